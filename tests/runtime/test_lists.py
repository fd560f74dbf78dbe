"""Lists: structured filters, search, counts and groups, all as far as a viewer's rights reach."""

from __future__ import annotations

import json
import random

import pytest

from builder.operators import COMPARISONS, HAS_ALL, HAS_ANY, HAS_NONE, NOT_WITHIN, WITHIN
from runtime import edit, lists, read, records
from runtime.errors import Invalid
from runtime.lists import Listing
from store import words
from store.conditions import WRITE

ENTITY = "shop.goal"


@pytest.fixture
def goals(either_world):
    world = either_world
    rows = [
        {"name": "提高一次合格率", "owner": world.ids["li"], "weight": 300_000, "start": 20_454,
         "end": 20_500, "reason": "客户投诉 QC-2026 增加", "secret_note": "机密计划"},
        {"name": "降低库存", "owner": world.ids["li"], "weight": 200_000, "start": 20_490,
         "secret_note": "质量"},
        {"name": "检查质量", "owner": world.ids["zhao"], "weight": 100_000, "start": 20_514},
        {"name": "Quality first", "owner": world.ids["wang"], "weight": None, "start": 20_454},
        {"name": "质 量", "owner": world.ids["chen"], "weight": 300_000},
    ]  # fmt: skip
    with world.writing() as ctx:
        records.insert(ctx, ENTITY, rows)
    return world


def names(world, listing, actor=None):
    with world.reading(*([actor] if actor else [])) as ctx:
        items = read.list_records(ctx, ENTITY, listing)["items"]
    return [item["display"] for item in items]


def matching(world, *tests):
    return set(names(world, Listing(match=tests)))


def test_every_offered_comparison_is_carried_out():
    made = {HAS_ANY, HAS_ALL, HAS_NONE, WITHIN, NOT_WITHIN}  # of others, when they are read
    assert set(COMPARISONS) == set(WRITE) | made


@pytest.mark.parametrize(
    ("test", "found"),
    [
        ({"field": "weight", "op": "=", "value": "0.3"}, {"提高一次合格率", "质 量"}),
        ({"field": "weight", "op": "!=", "value": "0.3"}, {"降低库存", "检查质量", "Quality first"}),
        ({"field": "weight", "op": ">", "value": 0.2}, {"提高一次合格率", "质 量"}),
        ({"field": "weight", "op": ">=", "value": "2"}, set()),
        ({"field": "weight", "op": "between", "value": ["0.1", "0.2"]}, {"降低库存", "检查质量"}),
        ({"field": "weight", "op": "blank"}, {"Quality first"}),
        ({"field": "name", "op": "contains", "value": "质量"}, {"检查质量"}),
        ({"field": "name", "op": "contains", "value": "QUALITY"}, {"Quality first"}),
        ({"field": "name", "op": "not_contains", "value": "量"},
         {"提高一次合格率", "降低库存", "Quality first"}),
        ({"field": "name", "op": "starts", "value": "降低"}, {"降低库存"}),
        ({"field": "name", "op": "in", "value": ["降低库存", "no"]}, {"降低库存"}),
        ({"field": "reason", "op": "not_in", "value": ["x"]},
         {"提高一次合格率", "降低库存", "检查质量", "Quality first", "质 量"}),
        ({"field": "start", "op": "<", "value": "2026-01-02"}, {"提高一次合格率", "Quality first"}),
        ({"field": "days", "op": ">", "value": 40}, {"提高一次合格率"}),
        ({"field": "owner.name", "op": "=", "value": "赵"}, {"检查质量"}),
        ({"field": "created_at", "op": "filled"},
         {"提高一次合格率", "降低库存", "检查质量", "Quality first", "质 量"}),
        ({"any": [{"field": "name", "op": "=", "value": "降低库存"},
                  {"not": {"field": "weight", "op": "filled"}}]}, {"降低库存", "Quality first"}),
        ({"not": {"field": "weight", "op": ">", "value": "0.15"}}, {"检查质量", "Quality first"}),
    ],
)  # fmt: skip
def test_a_structured_filter_finds_what_it_says(goals, test, found):
    assert matching(goals, test) == found


def test_a_person_is_compared_by_uid_and_as_oneself(goals):
    li = {"field": "owner", "op": "=", "value": goals.uids["li"]}
    assert matching(goals, li) == {"提高一次合格率", "降低库存"}
    mine = Listing(match=[{"field": "owner", "op": "=", "value": "$me"}])
    assert names(goals, mine, goals.actor("zhao", "boss", "employee")) == ["检查质量"]


@pytest.mark.parametrize(
    ("test", "code", "pointer"),
    [
        ({"field": "nme", "op": "=", "value": "x"}, "RUN102", "/match/0/field"),
        ({"field": "owner.email", "op": "=", "value": "x"}, "RUN102", "/match/0/field"),
        ({"field": "secret_note", "op": "filled"}, "RUN102", "/match/0/field"),
        ({"field": "steps", "op": "has_any", "value": ["x"]}, "RUN212", "/match/0/op"),
        ({"field": "weight", "op": "contains", "value": "x"}, "RUN212", "/match/0/op"),
        ({"field": "weight", "op": "=", "value": "viel"}, "RUN210", "/match/0/value"),
        ({"field": "weight", "op": "=", "value": True}, "RUN210", "/match/0/value"),
        ({"field": "start", "op": "=", "value": "2026-02-30"}, "RUN210", "/match/0/value"),
        ({"field": "weight", "op": "=", "value": ["1"]}, "RUN213", "/match/0/value"),
        ({"field": "weight", "op": "blank", "value": "1"}, "RUN213", "/match/0/value"),
        ({"field": "weight"}, "RUN213", "/match/0"),
        ({"any": {}}, "RUN213", "/match/0/any"),
        ("weight", "RUN213", "/match/0"),
    ],
)
def test_a_wrong_filter_is_told_at_its_place(goals, test, code, pointer):
    with goals.reading(goals.actor("li", "employee")) as ctx, pytest.raises(Invalid) as refused:
        read.list_records(ctx, ENTITY, Listing(match=[test]))
    problem = refused.value.problems[0]
    assert (problem.code, problem.pointer) == (code, pointer)
    assert problem.text("en") != problem.text("zh-CN")


def test_search_finds_chinese_and_latin_words(goals):
    assert names(goals, Listing(q="质量")) == ["降低库存", "检查质量"]  # the name, a note
    assert names(goals, Listing(q="量")) == ["降低库存", "检查质量", "质 量"]
    assert names(goals, Listing(q="合格")) == ["提高一次合格率"]
    assert names(goals, Listing(q="格合")) == []
    assert names(goals, Listing(q="qual")) == ["Quality first"]
    assert names(goals, Listing(q="客户 一次")) == ["提高一次合格率"]
    assert names(goals, Listing(q="qc-20")) == ["提高一次合格率"]
    assert names(goals, Listing(q="%_'\"")) == []
    assert len(names(goals, Listing(q="  "))) == 5


def test_search_is_answered_from_the_words(goals):
    """Without the words nothing is found: they are what is asked."""
    with goals.writing() as ctx:
        assert not words.needs_learning(ctx.uow, ctx.tables[ENTITY])
        ctx.uow.execute(words.search_word.delete())
        assert read.list_records(ctx, ENTITY, Listing(q="合格"))["items"] == []
        ctx.uow.execute(words.search_known.delete())
        assert len(read.list_records(ctx, ENTITY, Listing(q="合格"))["items"]) == 1
        assert words.learn(ctx.uow, ctx.tables[ENTITY], after=0, limit=3) == 3
        assert words.learn(ctx.uow, ctx.tables[ENTITY], after=3, limit=3) == 5
        assert words.learn(ctx.uow, ctx.tables[ENTITY], after=5, limit=3) is None
        assert words.is_known(ctx.uow, ctx.tables[ENTITY])
        assert names_in(ctx, "合格") == ["提高一次合格率"]


def names_in(ctx, q):
    return [each["display"] for each in read.list_records(ctx, ENTITY, Listing(q=q))["items"]]


def test_words_follow_changes_in_the_same_transaction(goals):
    with goals.writing() as ctx:
        uid = read.list_records(ctx, ENTITY, Listing(q="库存"))["items"][0]["uid"]
        edit.change_record(ctx, ENTITY, uid, {"name": "加快周转"}, base_version=1)
    assert names(goals, Listing(q="周转")) == ["加快周转"]
    assert names(goals, Listing(q="库存")) == []
    with goals.writing() as ctx:
        edit.delete_record(ctx, ENTITY, uid)
    assert names(goals, Listing(q="周转")) == []


def test_nobody_finds_a_record_by_a_field_they_do_not_see(goals):
    li = goals.actor("li", "employee")
    assert names(goals, Listing(q="机密"), li) == []
    assert names(goals, Listing(q="质量"), li) == []
    assert names(goals, Listing(q="机密")) == ["提高一次合格率"]


def test_a_hidden_field_changes_no_byte_of_any_answer(goals):
    """Nothing but the version and the time of the change tells that somebody wrote it."""
    everywhere = goals.actor("li", "employee")

    def answers():
        with goals.reading(everywhere) as ctx:
            listings = [
                Listing(), Listing(q="质量"), Listing(q="机密"), Listing(sort="-weight,name"),
                Listing(match=[{"field": "weight", "op": "filled"}]), Listing(where="weight > 0"),
            ]  # fmt: skip
            pages = [read.list_records(ctx, ENTITY, each) for each in listings]
            for page in pages:
                for item in page["items"]:
                    del item["version"]
            counts = [lists.count_records(ctx, ENTITY, each) for each in listings]
            groups = [
                lists.group_records(ctx, ENTITY, each, by="owner", measures="sum:weight")
                for each in listings
            ]
            return json.dumps([pages, counts, groups], sort_keys=True)

    before = answers()
    with goals.writing() as ctx:
        rows = read.list_records(ctx, ENTITY)["items"]
        for n, row in enumerate(rows):
            note = {"secret_note": f"质量 机密 {n}"}
            edit.change_record(ctx, ENTITY, row["uid"], note, base_version=row["version"])
    assert answers() == before


def test_a_count_ends_where_it_was_told_to(goals):
    with goals.reading() as ctx:
        assert lists.count_records(ctx, ENTITY, Listing()) == {"count": 5, "exact": True}
        assert lists.count_records(ctx, ENTITY, Listing(), most=3) == {"count": 3, "exact": False}
    with goals.reading(goals.actor("li", "employee")) as ctx:
        found = lists.count_records(
            ctx, ENTITY, Listing(match=[{"field": "weight", "op": "filled"}])
        )
        assert found == {"count": 2, "exact": True}


def test_groups_have_exact_sums_for_what_the_viewer_sees(goals):
    wanted = {"by": "owner", "measures": "sum:weight,avg:weight,min:start,distinct:start"}
    with goals.reading(goals.actor("wang", "boss")) as ctx:
        found = lists.group_records(ctx, ENTITY, Listing(), **wanted)
    assert found["more"] is False
    assert [(g["keys"][0]["display"], g["count"], g["values"]) for g in found["items"]] == [
        ("王", 1, ["0", None, "2026-01-01", 1]),
        ("李", 2, ["0.5", "0.25", "2026-01-01", 2]),
        ("赵", 1, ["0.1", "0.1", "2026-03-02", 1]),
    ]


def test_groups_by_month_quarter_and_field(goals):
    with goals.reading() as ctx:
        months = lists.group_records(ctx, ENTITY, Listing(), by="start:month")["items"]
        quarters = lists.group_records(ctx, ENTITY, Listing(), by="start:quarter,weight")["items"]
        first = lists.group_records(ctx, ENTITY, Listing(), by="name", limit=2)
    assert [(g["keys"][0]["value"], g["count"]) for g in months] == [
        ("2026-01", 2), ("2026-02", 1), ("2026-03", 1), (None, 1),
    ]  # fmt: skip
    assert [k["value"] for k in quarters[0]["keys"]] == ["2026-Q1", "0.1"]
    assert (len(first["items"]), first["more"]) == (2, True)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"by": "secret_note"}, "RUN102"),
        ({"by": "owner.email"}, "RUN102"),
        ({"by": "weight", "measures": "min:secret_note"}, "RUN102"),
        ({"by": "name", "measures": "sum:name"}, "RUN214"),
        ({"by": "name", "measures": "median:weight"}, "RUN214"),
        ({"by": "steps"}, "RUN215"),
        ({"by": "weight:month"}, "RUN215"),
        ({"by": ""}, "RUN213"),
        ({"by": "a,b,c,d,e"}, "RUN213"),
    ],
)
def test_groups_refuse_what_is_hidden_or_makes_no_sense(goals, wanted, code):
    with goals.reading(goals.actor("li", "employee")) as ctx, pytest.raises(Invalid) as refused:
        lists.group_records(ctx, ENTITY, Listing(), **wanted)
    assert refused.value.problems[0].code == code


def test_a_sum_beyond_64_bits_is_blank_and_never_wrong(either_world):
    from store.groups import Key, Measure
    from store.query import Query, grouped

    big = 2**62
    with either_world.writing() as ctx:
        rows = [{"name": f"g{n}", "weight": value} for n, value in enumerate([big, big, -big, 7])]
        records.insert(ctx, ENTITY, rows)
        wanted = [Measure("sum", "weight"), Measure("avg", "weight")]
        asked = {"keys": [], "measures": wanted, "tables": ctx.tables, "catalog": ctx.catalog}
        (all_,) = grouped(ctx.uow, ctx.scope, Query(ENTITY), **asked)
        assert all_.values == (big + 7, (big + 7 + 2) // 4)
        some = Query(ENTITY, where=lists.compile_filter(ctx, ENTITY, "weight > 0"))
        (above,) = grouped(ctx.uow, ctx.scope, some, **{**asked, "keys": [Key("reason")]})
        assert above.values[0] is None
        assert above.count == 3


def test_pages_stay_whole_while_others_write(either_world):
    """A record added or removed meanwhile makes no other one appear twice or be missed."""
    world, chance = either_world, random.Random(5)
    with world.writing() as ctx:
        records.insert(ctx, ENTITY, [{"name": f"n{n:03d}", "weight": n % 3} for n in range(60)])
    seen, cursor = [], None
    while True:
        with world.reading() as ctx:
            page = read.list_records(
                ctx, ENTITY, Listing(sort="-weight,name"), limit=7, cursor=cursor
            )
        seen += [item["display"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
        with world.writing() as ctx:
            edit.create_record(
                ctx, ENTITY, {"name": f"x{chance.random()}", "weight": "0.5", "reason": "x"}
            )
            gone = chance.choice(page["items"])
            edit.delete_record(ctx, ENTITY, gone["uid"])
    assert len(seen) == len(set(seen))
    assert {name for name in seen if name.startswith("n")} == {f"n{n:03d}" for n in range(60)}


def test_only_the_columns_asked_for_are_read(goals):
    with goals.reading() as ctx:
        item = read.list_records(ctx, ENTITY, Listing(), columns=["weight", "owner"])["items"][0]
        assert set(item["values"]) == {"weight", "owner", "name"}  # it is called by its name
        assert item["display_values"]["owner"] == "李"
        assert item["display"] == "提高一次合格率"
    with goals.reading(goals.actor("li", "employee")) as ctx, pytest.raises(Invalid):
        read.list_records(ctx, ENTITY, Listing(), columns=["secret_note"])


def test_a_filter_of_any_shape_is_answered_or_refused(goals):
    """Generated nonsense never becomes anything but a refusal with a place."""
    chance = random.Random(11)
    atoms = [
        "weight",
        "name",
        "=",
        "in",
        None,
        1,
        -1,
        0.5,
        True,
        "$me",
        "",
        "2026-01-01",
        "\x00",
        "💥",
    ]

    def grow(depth):
        if depth == 0 or chance.random() < 0.3:
            return chance.choice(atoms)
        if chance.random() < 0.5:
            return [grow(depth - 1) for _ in range(chance.randrange(3))]
        keys = chance.sample(["field", "op", "value", "any", "all", "not"], chance.randrange(1, 4))
        return {key: grow(depth - 1) for key in keys}

    answered, told = 0, []
    with goals.reading() as ctx:
        for _ in range(400):
            test = chance.choice(
                [
                    grow(4),
                    {
                        "field": chance.choice(["weight", "name", "start", "owner"]),
                        "op": chance.choice(list(COMPARISONS)),
                        "value": grow(2),
                    },
                ]
            )
            try:
                read.list_records(ctx, ENTITY, Listing(match=[test]))
                answered += 1
            except Invalid as refused:
                told += [(p.pointer, json.dumps(test)) for p in refused.problems]
    assert [each for each in told if not each[0].startswith("/match/0")] == []
    assert answered > 5
