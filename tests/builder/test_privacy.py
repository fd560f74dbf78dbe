"""Personal fields say what they are kept for, and for how long; older documents are read on."""

import pytest

from builder.check import check
from builder.codec import decode, encode
from builder.model.entity import Privacy

PACK = {"kind": "pack", "key": "hr", "version": "1.0.0"}
WORDS = {"zh-CN": "发工资", "en": "To pay wages"}
AMOUNT = {"key": "amount", "type": "money", "required": True}


def entity(*fields, **more):
    return {
        "kind": "entity",
        "key": "pay",
        "display": fields[0]["key"],
        "fields": list(fields),
        **more,
    }


def text(**more):
    return {"key": "bank", "type": "text", **more}


def codes(document):
    made = [decode(each["kind"], each, pack="hr") for each in (PACK, document)]
    return [problem.code for problem in check(made, manifests={})]


def test_what_is_said_of_personal_data_is_kept_in_the_document():
    said = {"class": "sensitive", "purpose": WORDS, "retain_days": 90}
    made = decode("entity", entity(text(privacy=said)), pack="hr")
    assert made.field("bank").privacy == Privacy("sensitive", WORDS, 90)
    assert made.field("bank").classification == "sensitive"
    assert encode(made)["fields"][0]["privacy"] == said
    assert decode("entity", entity(text()), pack="hr").field("bank").classification == "normal"


@pytest.mark.parametrize(("purpose", "problems"), [("To pay", []), (None, ["BLD430"])])
def test_an_older_document_is_read_and_written_in_the_new_words(purpose, problems):
    older = text(classification="personal") | ({} if purpose is None else {"purpose": purpose})
    made = decode("entity", entity(older), pack="hr")
    assert made.field("bank").classification == "personal"
    written = encode(made)
    assert written["fields"][0]["privacy"]["class"] == "personal"
    assert decode("entity", written, pack="hr") == made
    assert codes(entity(older)) == problems


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (entity(text(privacy={"class": "personal", "purpose": WORDS})), []),
        (entity(text(privacy={"class": "personal"})), ["BLD430"]),
        (entity(text(privacy={"class": "personal", "purpose": {"en": "x"}})), ["BLD430"]),
        (
            entity(text(), {"key": "n", "type": "formula", "formula": "LEN(bank)",
                            "privacy": {"class": "personal", "purpose": WORDS, "retain_days": 1}}),
            ["BLD431"],
        ),
        (
            entity(text(), {"key": "m", "type": "multi_choice", "options": [{"id": "a"}],
                            "privacy": {"class": "personal", "purpose": WORDS, "retain_days": 1}}),
            ["BLD433"],
        ),
        (
            entity(text(required=True),
                   AMOUNT | {"privacy": {"class": "personal", "purpose": WORDS, "retain_days": 1}},
                   log=True, balance={"group_by": ["bank"], "amount": "amount"}),
            ["BLD432"],
        ),
    ],
)  # fmt: skip
def test_publish_asks_for_a_purpose_and_for_what_can_be_cleared(document, expected):
    assert codes(document) == expected


def test_other_words_are_refused():
    wrong = [
        {"class": "normal"}, {"class": "personal", "retain_days": 0},
        {"class": "personal", "retain_days": "9"}, {"purpose": WORDS}, {"class": "x", "y": 1},
    ]  # fmt: skip
    for each in wrong:
        assert isinstance(decode("entity", entity(text(privacy=each)), pack="hr"), list), each
