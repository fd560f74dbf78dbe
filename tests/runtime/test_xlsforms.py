"""XLSForm workbooks become drafts and forms become workbooks; what is lost on the way is listed."""

import io

import pytest
from openpyxl import Workbook

from builder.codec import decode
from runtime import xlsforms
from runtime.context import SYSTEM_ACTOR
from runtime.decide.xlsform_in import documents_of
from runtime.decide.xlsform_parts import Book
from runtime.errors import Invalid, NotAllowed, NotFound
from runtime.publish import Proposal, publish
from runtime.submit import Submitted, submit_form
from tests.runtime.worlds import entity, field

TITLES = (
    "type", "name", "label", "label::English (en)", "hint", "required", "relevant", "constraint",
    "constraint_message", "calculation", "default", "read_only", "appearance", "choice_filter",
)  # fmt: skip
SURVEY = [
    {"type": "start", "name": "began"},
    {"type": "begin group", "name": "who", "label": "检查人", "label::English (en)": "Inspector"},
    {"type": "text", "name": "Name", "label": "姓名", "required": "yes", "hint": "全名"},
    {"type": "select_one lines", "name": "line", "label": "产线", "default": "a1"},
    {"type": "end group"},
    {"type": "select_multiple faults", "name": "faults", "label": "缺陷"},
    {"type": "begin_group", "name": "more", "label": "更多", "relevant": "selected(${faults}, 'burr')"},
    {"type": "integer", "name": "count", "label": "数量", "required": "${line} = 'a1'",
     "constraint": ". > 0 and . <= 100", "constraint_message": "1 到 100"},
    {"type": "text", "name": "why", "label": "原因", "appearance": "multiline",
     "relevant": "${count} >= 10 or not(${Name} = '')"},
    {"type": "end_group"},
    {"type": "begin repeat", "name": "parts", "label": "零件"},
    {"type": "text", "name": "part", "label": "零件号", "required": "true()"},
    {"type": "decimal", "name": "size", "label": "尺寸", "constraint": ". < 9.5",
     "relevant": "${part} != 'none'"},
    {"type": "end repeat"},
    {"type": "calculate", "name": "total", "calculation": "round(sum(${size}) * 2, 1) + count(${parts})"},
    {"type": "date", "name": "day", "label": "日期", "default": "today()"},
    {"type": "geopoint", "name": "place", "label": "地点"},
    {"type": "image", "name": "sign", "label": "签名", "appearance": "signature"},
    {"type": "note", "name": "thanks", "label": "谢谢"},
    {"type": "audio", "name": "voice", "label": "录音"},
    {"type": "integer", "name": "odd", "label": "怪", "relevant": "regex(${Name}, '^a')"},
    {"type": "integer", "name": "wrong", "label": "错", "relevant": "${day} > 5"},
    {"type": "select_one lines", "name": "second", "label": "副线", "choice_filter": "x=${line}"},
]  # fmt: skip
CHOICES = [
    {"list_name": "lines", "name": "a1", "label": "一线"},
    {"list_name": "lines", "name": "a2", "label": "二线"},
    {"list_name": "faults", "name": "burr", "label": "毛刺"},
    {"list_name": "faults", "name": "two words", "label": "两词"},
]
SETTINGS = [{"form_title": "巡检", "form_id": "Round", "version": "7"}]
LEFT = {
    ("RUN243", "/survey/2/type"),  # start
    ("RUN243", "/survey/20/type"),  # note
    ("RUN244", "/survey/22/relevant"),  # regex()
    ("RUN244", "/survey/23/relevant"),  # a date compared with a number
    ("RUN245", "/settings/2/version"),
    ("RUN245", "/survey/24/choice_filter"),
    ("RUN247", "/survey/4/name"),  # Name became name
    ("RUN247", "/survey/21/type"),  # audio
    ("RUN247", "/choices/5/name"),
}


def workbook(**sheets):
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        titles = list(dict.fromkeys(title for row in rows for title in row))
        page.append(titles)
        for row in rows:
            page.append([row.get(title) for title in titles])
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def wanted(**sheets):
    return xlsforms.Wanted("round.xlsx", workbook(**sheets), "field")


REAL = {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS}


def taken_in(world):
    with world.writing() as ctx:
        found = xlsforms.preview(ctx, wanted(**REAL), manifests={})
        made = xlsforms.make_drafts(ctx, wanted(**REAL), manifests={})
    assert made["left_out"] == found["left_out"]
    documents = [decode(d["kind"], d, pack="field") for d in found["documents"]]
    publish(world.wiring, Proposal(tuple(documents)), actor=SYSTEM_ACTOR)
    return found


def test_a_workbook_becomes_an_entity_its_rows_and_a_form(world):
    found = taken_in(world)
    assert {(each["code"], each["place"]) for each in found["left_out"]} == LEFT
    assert all("survey" in e["message"] or "s 第" in e["message"] for e in found["left_out"])
    pack, rows, main, form = found["documents"]
    assert (pack["kind"], rows["key"], rows["parent"]) == ("pack", "round_parts", "round")
    types = {f["key"]: f["type"] for f in main["fields"]}
    assert types == {
        "name": "text", "line": "choice", "faults": "multi_choice", "count": "integer",
        "why": "long_text", "parts": "child_table", "total": "formula", "day": "date",
        "place": "location", "sign": "signature", "voice": "file", "odd": "integer",
        "wrong": "integer", "second": "choice",
    }  # fmt: skip
    first = main["fields"][0]
    assert (first["required"], first["help"]["zh-CN"]) == (True, "全名")
    assert form["layout"][0]["label"] == {"zh-CN": "检查人", "en": "Inspector"}
    li = world.actor("li")
    with world.writing() as ctx:
        good = {"name": "李", "faults": ["burr"], "count": "10", "why": "x",
                "parts": [{"part": "p", "size": "1.5"}, {"part": "q", "size": "2"}]}  # fmt: skip
        assert isinstance(submit_form(ctx, "field.round_form", good, key="k"), Submitted)
    for bad, problems in (
        ({}, {("RUN101", "/values/name")}),
        ({"count": "200"}, {("RUN109", "/values/count")}),
        ({"count": None}, {("RUN101", "/values/count")}),  # line starts with a1
        ({"count": "200", "faults": []}, set()),  # hidden, so neither checked nor kept
        ({"parts": [{"part": "p", "size": "9.9"}, {"size": "1"}]},
         {("RUN109", "/values/parts/0/size"), ("RUN101", "/values/parts/1/part")}),
    ):  # fmt: skip
        values = {**good, **bad} if bad else {}
        with world.writing() as ctx:
            told = submit_form(ctx, "field.round_form", values, key=str(bad))
        assert (
            {(p.code, p.pointer) for p in told if p} == problems
            if isinstance(told, list)
            else not problems
        ), bad
    with world.reading(li) as ctx, pytest.raises(NotAllowed):
        xlsforms.preview(ctx, wanted(**REAL), manifests={})


def test_there_and_back_again_is_the_same_form(world):
    taken_in(world)
    with world.reading() as ctx:
        made = xlsforms.write(ctx, "field.round_form")
        again = xlsforms.preview(
            ctx, xlsforms.Wanted("x.xlsx", made.file.content, "second"), manifests={}
        )
    assert made.left == ()
    assert again["left_out"] == []
    first, second = (
        {d["key"]: d for d in documents_of(book).documents}
        for book in (
            Book(**REAL),
            xlsforms.read_book("x.xlsx", made.file.content),
        )
    )
    fields = [sorted(map(str, each["round"]["fields"])) for each in (first, second)]
    assert fields[0] == fields[1]
    assert first["round_parts"] == second["round_parts"]

    def rules(documents):
        found = documents["round_form"]["rules"]
        return sorted(
            (r.get("rows", ""), r.get("when", r.get("check")), r.get("at", ""),
             str(r.get("message", "")), str(r.get("then")))
            for r in found if "$" not in str(r) and r["id"] != "show_23"
        )  # fmt: skip

    assert rules(first) == rules(second)


BROKEN = (
    ({"survey": [{"type": "begin group", "name": "g"}, {"type": "text", "name": "a"}]}, "RUN246"),
    ({"survey": [{"type": "text", "name": "a"}, {"type": "end repeat"}]}, "RUN246"),
    ({"survey": [{"type": "select_one none", "name": "a"}]}, "RUN248"),
    ({"survey": [{"type": "note", "name": "a"}]}, "RUN249"),
    ({"survey": [{"name": "a"}]}, "RUN249"),
    ({"other": [{"type": "text", "name": "a"}]}, "RUN249"),
)


def test_what_is_no_form_is_refused_with_its_place(world):
    for sheets, code in BROKEN:
        with world.reading() as ctx, pytest.raises(Invalid) as refused:
            xlsforms.preview(ctx, wanted(**sheets), manifests={})
        assert refused.value.problems[0].code == code, sheets
    with world.reading() as ctx, pytest.raises(NotFound):
        xlsforms.write(ctx, "field.none")


def test_a_repeat_in_a_repeat_is_listed_with_all_it_holds():
    survey = [
        {"type": "begin_repeat", "name": "a"}, {"type": "text", "name": "x"},
        {"type": "begin_repeat", "name": "b"}, {"type": "text", "name": "y"},
        {"type": "end_repeat"}, {"type": "end_repeat"},
    ]  # fmt: skip
    found = documents_of(Book(survey), key="k")
    assert [(p.code, p.pointer) for p in found.left] == [
        ("RUN243", "/survey/4/type"), ("RUN243", "/survey/5/type"),
    ]  # fmt: skip
    assert [d["key"] for d in found.documents] == ["k_a", "k", "k_form"]


def test_what_a_workbook_has_no_words_for_is_listed(world):
    order = entity(
        "order", field("name", "text"), field("buyer", "person"), field("price", "money"),
        field("state", "choice", options=[{"id": "a"}, {"id": "b"}]), field("area", "region"),
    )  # fmt: skip
    form = {
        "kind": "form", "key": "order_form", "entity": "order",
        "layout": [{"id": "t", "box": "tabs", "children": [{"id": "t1", "box": "tab", "children": [
            {"id": key, "field": key} for key in ("name", "buyer", "price", "state", "area")]}]}],
        "rules": [
            {"id": "f", "filter": "active", "at": "buyer"},
            {"id": "o", "when": "TRUE", "then": [{"offer": "state", "options": ["a"]}]},
            {"id": "w", "when": "NETWORKDAYS(TODAY(), TODAY()) > 0", "then": [{"show": "name"}]},
            {"id": "c", "check": "price IN (1, 2) OR price BETWEEN 5% AND 9", "at": "price",
             "message": {"en": "no"}},
        ],
    }  # fmt: skip
    pack = {"kind": "pack", "key": "shop2", "version": "1.0.0"}
    found = [decode(d["kind"], d, pack="shop2") for d in (pack, order, form)]
    publish(world.wiring, Proposal(tuple(found)), actor=SYSTEM_ACTOR)
    with world.reading() as ctx:
        made = xlsforms.write(ctx, "shop2.order_form")
    assert {(p.code, p.args["value"].partition(":")[0]) for p in made.left} == {
        ("RUN243", "person"), ("RUN243", "region"), ("RUN247", "price"), ("RUN245", "state"),
        ("RUN244", "active"), ("RUN244", "NETWORKDAYS(TODAY(), TODAY()) > 0"),
    }  # fmt: skip
    book = xlsforms.read_book("x.xlsx", made.file.content)
    price = next(row for row in book.survey if row.get("name") == "price")
    assert price["constraint"] == "(. = 1 or . = 2) or (. >= 0.05 and . <= 9)"
    assert [row["type"] for row in book.survey] == [
        "begin_group", "text", "decimal", "select_one state", "end_group",
    ]  # fmt: skip
