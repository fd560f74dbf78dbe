"""How leaves become a number, which numbers a change touches, and who is told."""

from dataclasses import replace

import pytest

from builder.catalog import Catalog
from builder.codec import decode
from dsl.backends.python import Params
from runtime.decide.announcing import Told, announce, receiver_paths, root_of
from runtime.decide.dependencies import _passed, edges_of, touches
from runtime.decide.effects import PutMail, PutNotice, PutTask
from runtime.decide.metrics import (
    ONE,
    Asked,
    Leaf,
    band_of,
    carried,
    compute,
    meaning_hashes,
    round_to,
    scale_to_measurement,
    version_at,
)
from runtime.decide.series_notation import parse_series
from tests.runtime.worlds import OFFICE_DOCUMENTS, SHOP_DOCUMENTS, day, entity, field, ref, week

CREDIBILITY = [
    entity("check", ref("team", "department"), field("on", "date"), field("share", "percent"),
           display="on"),
    {
        "kind": "metric", "key": "index", "label": {"en": "index"}, "subject": "department",
        "grain": "month", "decimals": 3,
        "inputs": {
            key: {"label": {"en": key}, "from": "check", "agg": agg, "subject": "team",
                  "date": "on", **more}
            for key, agg, more in (
                ("confirmed", "count", {}), ("due", "count", {}), ("review", "avg",
                                                                   {"value": "share"}),
            )
        },
        "versions": [
            {"from": "2026-01-01", "formula": "(confirmed ÷ due) × 0.6 + review × 0.4",
             "target": "0.9", "bands": {"red": "< 0.7", "yellow": "< 0.85"}},
            {"from": "2026-05-01", "formula": "review"},
        ],
    },
]  # fmt: skip
MARCH, MAY = 2026 * 12 + 2, 2026 * 12 + 4


def catalog_of(documents):
    return Catalog.of([decode(d["kind"], d, pack="p") for d in documents], revision=1)


INDEX = catalog_of(CREDIBILITY).compiled_metric("p.index")


def number(period=MARCH, *, measured=True, **leaves):
    asked = Asked(period, leaves, measured=measured)
    return compute(INDEX, asked, Params(), hashes=meaning_hashes(INDEX))


def counted(n, *, automatic=0):
    return Leaf("count", count=n, records=n, automatic=automatic)


def mean(*percents):
    raw = [p * ONE // 100 for p in percents]
    return Leaf("avg", count=len(raw), total=sum(raw), records=len(raw))


def test_92_of_100_and_95_percent_are_932():
    found = number(confirmed=counted(92, automatic=92), due=counted(100), review=mean(90, 100))
    assert (found.value, found.target, found.n) == (932_000, 900_000, 194)
    assert found.automatic_share == 474_227  # 92 of 194 records
    assert (found.formula_version, found.reasons) == ("2026-01-01", ())
    version = version_at(INDEX, MARCH)
    assert band_of(version, found.value, found.target) == "green"
    assert band_of(version, 800_000, None) == "yellow"
    assert band_of(version, 100_000, None, facts={"name": "x"}) == "red"
    assert band_of(version, None, None) is None


def test_nothing_due_is_no_value_and_says_why():
    found = number(review=mean(95))
    assert (found.value, found.n) == (None, 1)
    assert found.reasons == ("DSL201", "RUN601:confirmed", "RUN601:due")


def test_no_record_no_version_and_not_measured():
    assert number().reasons == ("RUN601",)
    assert number().target == 900_000
    early = number(2025 * 12, due=counted(1))
    assert (early.reasons, early.formula_hash, early.target) == (("RUN603",), "", None)
    outside = number(measured=False, due=counted(1))
    assert (outside.reasons, outside.target) == (("RUN602",), None)
    assert not number().says_something
    assert outside.says_something


def test_a_new_version_holds_from_its_first_period():
    found = number(MAY, review=mean(95))
    assert (found.value, found.target, found.formula_version) == (950_000, None, "2026-05-01")
    assert len(set(meaning_hashes(INDEX).values())) == 2


def test_leaves_of_nothing():
    assert Leaf("count").value == 0
    assert Leaf("sum").value == 0
    assert Leaf("avg").value is None
    assert Leaf("max").value is None
    assert Leaf("sum", count=2, total=-15, scale=1).value == -1_500_000
    assert Leaf("sum", count=2, total=3_000_000).as_json() == {
        "value": "3", "sum": "3", "count": 2, "records": 0, "automatic": 0,
    }  # fmt: skip


def test_a_carried_leaf_has_no_record_of_its_own():
    old = Leaf("latest", count=1, total=5, records=3, automatic=1)
    empty = Leaf("latest", records=2)
    assert carried({1: old, 2: empty}, 2) == replace(old, records=2, automatic=0, carried=True)
    assert carried({1: old}, 1) is old
    assert carried({1: old}, 3) == replace(old, records=0, automatic=0, carried=True)
    assert carried({2: empty}, 2) is empty
    assert carried({}, 2) is None
    assert carried({1: old}, 3).as_json()["carried"] == 1
    found = number(review=replace(mean(95), records=0, carried=True))
    assert found.reasons == ("DSL201", "RUN601:confirmed", "RUN601:due")
    assert found.says_something


def test_what_is_seen_is_what_is_judged():
    assert round_to(999_500, 3) == ONE
    assert round_to(-999_500, 3) == -ONE
    assert round_to(123_456, 6) == 123_456
    assert round_to(123_456, 8) == 123_456
    formula = INDEX.versions[0].formula
    assert scale_to_measurement(True, formula) is None
    assert scale_to_measurement("x", formula) is None


# --- dependencies ---------------------------------------------------------------------------------
def test_the_graph_knows_leaves_subjects_and_what_lies_between():
    edges = edges_of(catalog_of([*OFFICE_DOCUMENTS, *SHOP_DOCUMENTS[1:]]))
    (leaf,) = edges.leaves["p.report"]
    assert leaf.fields == {"goal", "week_end", "progress"}
    (subject,) = edges.subjects["p.goal"]
    assert subject.fields == {"start", "end", "points"}
    far = {(edge.input_key, edge.prefix): edge.fields for edge in edges.far["p.machine"]}
    assert far == {("passed", "machine"): {"team"}, ("all", "machine"): {"team"}}
    assert edges.reads("p.goal")
    assert edges.reads("p.machine")
    assert not edges.reads("p.cause")


def test_drafts_depend_on_nothing():
    documents = [{**d, "status": "draft"} if d["kind"] == "metric" else d for d in CREDIBILITY]
    assert not edges_of(catalog_of(documents)).reads("p.check")


def test_a_scope_that_looks_at_the_owner_depends_on_persons():
    documents = [
        {**d, "scope": "owner.active"} if d["kind"] == "metric" else d for d in OFFICE_DOCUMENTS
    ]
    catalog = catalog_of(documents)
    (edge,) = edges_of(catalog).far["person"]
    assert (edge.input_key, edge.prefix, edge.fields) == (None, "owner", {"active"})
    assert _passed(catalog, "p.goal", ["gone.x", "name.x", "owner"]) == {}


def test_rows_and_what_they_point_to_lead_back_to_the_metric():
    (edge,) = edges_of(catalog_of(OFFICE_DOCUMENTS)).far["p.point"]
    assert (edge.metric, edge.input_key, edge.prefix) == ("p.progress", None, "")
    assert edge.fields == {"on", "share"}
    assert [(hop.owner, hop.entity, hop.by) for hop in edge.hops] == [("", "p.point", None)]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {"p.blank": [{"hardness"}]}),
        ({"enabled": False}, {}),
        # nobody sees the day change, so any change of the record asks again
        ({"enter": "hardness < DAY(TODAY())"}, {"p.blank": [{"batch", "hardness", "by"}]}),
    ],
)
def test_a_now_rule_depends_on_what_its_conditions_read(changed, expected):
    documents = [{**d, **changed} if d.get("key") == "soft" else d for d in SHOP_DOCUMENTS]
    edges = edges_of(catalog_of(documents)).rules
    assert {name: [each.fields for each in own] for name, own in edges.items()} == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, {"a": 1}, True),
        ({"a": 1}, None, True),
        ({"a": 1, "b": 1}, {"a": 1, "b": 2}, False),
        ({"a": 1}, {"a": 2}, True),
    ],
)
def test_only_the_fields_that_matter_count(before, after, expected):
    assert touches(frozenset({"a"}), before, after) is expected


# --- telling -------------------------------------------------------------------------------------
def told(rule, people, cards=None):
    return Told(rule, "p.goal", 7, 2, 11, "u", people, {"value": "1"}, cards or {})


def test_each_person_hears_once_per_action():
    rule = catalog_of(OFFICE_DOCUMENTS).rules["p.behind"]
    assert receiver_paths(rule.actions) == ("subject.owner", "subject.owner.manager")
    boss = announce(told(rule, {"subject.owner": 5, "subject.owner.manager": 5}))
    assert [type(e) for e in boss.effects] == [PutMail, PutNotice]
    assert {e.key for e in boss.effects} == {"p.behind:7:2:5"}
    assert boss.missing == ()
    alone = announce(told(rule, {"subject.owner": 5, "subject.owner.manager": None}))
    assert alone.missing == ("subject.owner.manager",)
    assert len(alone.effects) == 2


def test_two_actions_of_one_kind_have_keys_of_their_own():
    rule = catalog_of(OFFICE_DOCUMENTS).rules["p.behind"]
    twice = replace(rule, actions=(rule.actions[0], rule.actions[0]))
    found = announce(told(twice, {"subject.owner": 5, "subject.owner.manager": None}))
    assert [e.key for e in found.effects] == ["p.behind:7:2:5", "p.behind:7:2:5:1"]


def test_a_card_goes_to_one_person_with_its_steps():
    rule = catalog_of(SHOP_DOCUMENTS).rules["p.x3"]
    card = ({"type": "confirm"},)
    (effect,) = announce(told(rule, {"machine.leader": 5}, {0: card})).effects
    assert isinstance(effect, PutTask)
    assert (effect.card, effect.due_hours, effect.due_calendar) == (card, 12, "p.shop")


@pytest.mark.parametrize(
    ("path", "of", "rest"),
    [
        ("subject.owner.manager", "subject", "owner.manager"),
        ("event.machine.leader", "event", "machine.leader"),
        ("machine.leader", "event", "machine.leader"),
        ("leader", "subject", "leader"),
        ("subject", "subject", ""),
    ],
)
def test_receivers_start_at_the_subject_or_the_event(path, of, rest):
    root = root_of(path, event_fields=frozenset({"machine"}))
    assert (root.of, root.path) == (of, rest)


# --- the notation of pack tests ------------------------------------------------------------------
def test_the_series_of_the_manual():
    assert parse_series("goal=g1 week_end=2026-02-08.. progress: 0.10 0.12 _ 0.14") == [
        {"goal": "g1", "week_end": "2026-02-08", "progress": "0.10"},
        {"goal": "g1", "week_end": "2026-02-15", "progress": "0.12"},
        {"goal": "g1", "week_end": "2026-03-01", "progress": "0.14"},
    ]


@pytest.mark.parametrize(
    ("text", "key", "found"),
    [
        ("on=2026-02-28.. v: 1 2", "on", ["2026-02-28", "2026-03-01"]),
        ("month=2025-12-01.. v: 1 2", "month", ["2025-12-01", "2026-01-01"]),
        ("on=2026-01-31..+2d v: 1 2", "on", ["2026-01-31", "2026-02-02"]),
        ("at=2026-01-31T23:00:00+08:00..+90m v: 1 2", "at",
         ["2026-01-31T23:00:00+08:00", "2026-02-01T00:30:00+08:00"]),
        ("v: 1+2x3 0.5-0.1x2 _", "v", ["1", "3", "5", "7", "0.5", "0.4", "0.3"]),
    ],
)  # fmt: skip
def test_axes_and_runs(text, key, found):
    assert [row[key] for row in parse_series(text)] == found


@pytest.mark.parametrize("text", ["goal=g1", "goal=g1: 1", "goal v: 1"])
def test_what_is_not_a_series_is_refused(text):
    with pytest.raises(ValueError, match="field"):
        parse_series(text)


def test_the_world_of_these_tests_has_weeks():
    assert week("2026-02-08") * 7 - 3 <= day("2026-02-08")
