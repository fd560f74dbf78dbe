"""Reading: scopes on every path, as known at a number, pages, formulas pushed down."""

import pytest

from dsl.backends.python import Params
from dsl.types import Boolean
from store import query, records
from store.errors import BadCursorError, HiddenFieldError, NotFoundError, UnknownNameError
from store.query import Query
from store.scope import AnyOf, Leads, Scope
from store.seen_ids import seen_ids
from store.system_scope import SYSTEM


@pytest.fixture
def people(database, tables, stamp):
    """Two departments; li leads wang; zhao stands apart."""
    with database.write() as uow:

        def add(entity, uid, **values):
            change = records.insert(uow, tables, entity, values, uid=uid, stamp=stamp)
            return change.id

        one, two = (add("department", f"d{n}", name=f"D{n}", code=f"d{n}") for n in (1, 2))
        li = add("person", "li", name="li", code="1", department=one)
        wang = add("person", "wang", name="wang", code="2", department=one, manager=li)
        zhao = add("person", "zhao", name="zhao", code="3", department=two)
        return {"li": li, "wang": wang, "zhao": zhao, "d1": one, "d2": two}


@pytest.fixture
def goals(database, tables, people, stamp):
    rows = [
        {"name": "a", "owner": people["li"], "weight": 300_000, "active": True},
        {"name": "b", "owner": people["wang"], "weight": 100_000, "active": False},
        {"name": "c", "owner": people["zhao"], "weight": None},
        {"name": "d", "owner": None, "weight": 200_000, "points": [
            {"on": 1, "percent": 10}, {"on": 2, "percent": None}, {"on": 3, "percent": 25},
        ]},
    ]  # fmt: skip
    with database.write() as uow:
        uids = [row["name"] for row in rows]
        ids = records.insert_many(uow, tables, "test.goal", rows, uids=uids, stamp=stamp)
    return dict(zip(uids, ids, strict=True))


@pytest.fixture
def ask(database, tables, catalog):
    def read(wanted, scope=SYSTEM, params=None):
        with database.read() as uow:
            return query.read(
                uow, scope, wanted, tables=tables, catalog=catalog, params=params or Params()
            )

    return read


def names(page):
    return [row["uid"] for row in page.rows]


def _where(catalog, source, entity="test.goal"):
    compiled = catalog.row_formula(source, entity, expect=Boolean())
    assert compiled.formula is not None, compiled.diagnostics
    return compiled.formula


def test_fields_paths_and_computed_fields(ask, goals):
    page = ask(Query("test.goal", ("name", "owner.department.name", "double", "active")))
    assert [
        (r["name"], r["owner.department.name"], r["double"], r["active"]) for r in page.rows
    ] == [
        ("a", "D1", 6_000, True),
        ("b", "D1", 2_000, False),
        ("c", "D2", None, None),
        ("d", None, 4_000, None),
    ]


def test_child_rows_come_in_order(ask, goals):
    page = ask(Query("test.goal", ("points",), uids=("d", "a")))
    by_uid = {row["uid"]: row["points"] for row in page.rows}
    assert [(p["on"], p["percent"], p["position"]) for p in by_uid["d"]] == [
        (1, 10, 0),
        (2, None, 1),
        (3, 25, 2),
    ]
    assert by_uid["a"] == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("weight > 15%", ["a", "d"]),
        ("owner.department.name = 'D1'", ["a", "b"]),
        ("owner.name = 'li' OR ISBLANK(owner)", ["a", "d"]),
        ("NOT active", ["b"]),
        ("extra = 0", ["a", "b", "c", "d"]),  # blank counts as 0 for that field
        ("double >= 0.4", ["a", "d"]),
        ("SUM(points.percent) > 0", ["d"]),
        ("COUNT(points[percent > 0.001%].on) = 1", ["d"]),
        ("MAX(points[on > DATE(1970, 1, 2)].on) = DATE(1970, 1, 4)", ["d"]),
        ("COUNT(points) = 0", ["a", "b", "c"]),
        ("CONTAINS(name, 'a') OR name = 'c'", ["a", "c"]),
    ],
)
def test_conditions_run_in_the_database(ask, goals, catalog, source, expected):
    assert names(ask(Query("test.goal", where=_where(catalog, source)))) == expected


def test_a_uid_leads_to_a_record_as_a_list_would(database, tables, catalog, goals, people, stamp):
    """However the ids are found: at once by uid, or by reading the rows."""
    with database.write() as uow:
        records.delete(uow, tables, "test.goal", goals["b"], stamp=stamp)
    own = frozenset({people["li"], goals["a"], goals["b"]})
    tests = ("all", "none", Leads("", own), Leads("", frozenset()), Leads("owner", own))
    found = {}
    with database.read() as uow:
        for entity, uid in (
            *(("test.goal", each) for each in ("a", "b", "c", "no")),
            ("person", "li"),
            ("person", "wang"),
            ("test.point", "no"),
            ("sys.alert", "no"),
        ):
            for test in tests if entity == "test.goal" else tests[:4]:
                scope = Scope({entity: test})
                known = {"tables": tables, "catalog": catalog}
                rows = query.read(uow, scope, Query(entity, uids=(uid,)), **known).rows
                ids = seen_ids(uow, scope, entity, [uid], params=Params(), **known)
                assert ids == {row["uid"]: row["id"] for row in rows}
                found |= ids
        goal = Scope(otherwise="all")
        both = seen_ids(uow, goal, "test.goal", ["a", "b", "c"], params=Params(), **known)
    assert found == {"a": goals["a"], "c": goals["c"], "li": people["li"], "wang": people["wang"]}
    assert both == {"a": goals["a"], "c": goals["c"]}


def test_order_puts_blanks_last_in_both_directions(ask, goals):
    assert names(ask(Query("test.goal", order=(("weight", "asc"),)))) == ["b", "d", "a", "c"]
    assert names(ask(Query("test.goal", order=(("weight", "desc"),)))) == ["a", "d", "b", "c"]


@pytest.mark.parametrize("way", ["asc", "desc"])
@pytest.mark.parametrize("key", ["weight", "active", "owner.name"])
def test_pages_cover_everything_once(ask, goals, way, key):
    order = ((key, way), ("name", "desc"))
    whole = names(ask(Query("test.goal", order=order)))
    seen, cursor = [], None
    while True:
        page = ask(Query("test.goal", order=order, limit=1, cursor=cursor))
        seen += names(page)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == whole


@pytest.mark.parametrize("cursor", ["", "x", "e30=", "W10=", "ü", "W1tdLCBbWzFdXSwgMV0="])
def test_foreign_cursors_are_refused(ask, goals, cursor):
    with pytest.raises(BadCursorError):
        ask(Query("test.goal", limit=1, cursor=cursor))


def test_a_scope_that_names_no_entity_shows_nothing(ask, goals):
    assert ask(Query("test.goal"), Scope()).rows == []


def test_rows_are_seen_by_path(ask, goals, people):
    own = Scope({"test.goal": Leads("owner", frozenset({people["wang"]}))})
    assert names(ask(Query("test.goal"), own)) == ["b"]
    department = Scope({"test.goal": Leads("owner.department", frozenset({people["d1"]}))})
    assert names(ask(Query("test.goal"), department)) == ["a", "b"]
    itself = Scope({"person": Leads("", frozenset({people["li"]}))})
    assert names(ask(Query("person"), itself)) == ["li"]


def test_rows_are_seen_by_formula_or_path(ask, goals, people, catalog):
    rows = AnyOf(
        (Leads("owner", frozenset({people["zhao"]})), _where(catalog, "weight > 25%")),
    )
    assert names(ask(Query("test.goal"), Scope({"test.goal": rows}))) == ["a", "c"]


def test_references_show_no_more_than_a_name_of_what_is_out_of_sight(ask, goals, catalog):
    scope = Scope({"test.goal": "all"})
    (row,) = ask(Query("test.goal", ("owner.name", "owner.code"), uids=("a",)), scope).rows
    assert (row["owner.name"], row["owner.code"]) == ("li", None)
    guess = Query("test.goal", where=_where(catalog, "owner.code = '1'"))
    assert ask(guess, scope).rows == []
    sort = Query("test.goal", order=(("owner.department.code", "desc"), ("name", "asc")))
    assert names(ask(sort, scope)) == ["a", "b", "c", "d"]


def test_hidden_fields_are_out_of_reach_on_every_path(ask, goals, catalog):
    scope = Scope({"test.goal": "all"}, hidden={"test.goal": frozenset({"weight", "points"})})
    for wanted in (
        Query("test.goal", ("weight",)),
        Query("test.goal", ("double",)),
        Query("test.goal", ("points",)),
        Query("test.goal", order=(("weight", "asc"),)),
        Query("test.goal", where=_where(catalog, "weight > 0%")),
        Query("test.goal", where=_where(catalog, "COUNT(points) > 0")),
    ):
        with pytest.raises(HiddenFieldError):
            ask(wanted, scope)
    (row,) = ask(Query("test.goal", ("*",), uids=("a",)), scope).rows
    assert {"weight", "double", "points"}.isdisjoint(row)
    assert row["name"] == "a"


def test_child_rows_are_seen_with_their_record(ask, goals, people):
    assert len(ask(Query("test.point"), Scope({"test.goal": "all"})).rows) == 3
    own = Scope({"test.goal": Leads("owner", frozenset({people["li"]}))})
    assert ask(Query("test.point"), own).rows == []


def test_unknown_names_are_refused(ask, goals):
    for wanted in (Query("nothing"), Query("test.goal", ("nme",)), Query("test.goal", ("name.x",))):
        with pytest.raises(UnknownNameError):
            ask(wanted)


# --- as known at --------------------------------------------------------------------------
@pytest.fixture
def changed(database, tables, goals, people, stamp):
    """The change number before and after a, its owner and d's points changed."""
    with database.read() as uow:
        before = uow.known_rev()
    with database.write() as uow:

        def change(entity, record_id, **values):
            records.update(uow, tables, entity, record_id, values, base_version=None, stamp=stamp)

        change("test.goal", goals["a"], weight=999)
        change("person", people["li"], name="LI")
        change("test.goal", goals["d"], points=[{"on": 9, "percent": 9}])
        records.delete(uow, tables, "test.goal", goals["c"], stamp=stamp)
        records.insert(uow, tables, "test.goal", {"name": "e"}, uid="e", stamp=stamp)
    with database.read() as uow:
        return before, uow.known_rev()


def test_a_read_as_known_at_gives_the_same_for_ever(ask, changed):
    before, after = changed
    wanted = ("weight", "owner.name", "points", "double")
    then = ask(Query("test.goal", wanted, as_of=before)).rows
    now = ask(Query("test.goal", wanted)).rows
    assert [(r["uid"], r["weight"], r["owner.name"], len(r["points"])) for r in then] == [
        ("a", 300_000, "li", 0),
        ("b", 100_000, "wang", 0),
        ("c", None, "zhao", 0),
        ("d", 200_000, None, 3),
    ]
    assert [(r["uid"], r["weight"], r["owner.name"], len(r["points"])) for r in now] == [
        ("a", 999, "LI", 0),
        ("b", 100_000, "wang", 0),
        ("d", 200_000, None, 1),
        ("e", None, None, 0),
    ]
    assert ask(Query("test.goal", wanted, as_of=after)).rows == now


def test_conditions_see_what_was_known(ask, changed, catalog):
    before, _ = changed
    where = _where(catalog, "SUM(points.percent) > 0.003% AND owner.name <> 'LI' OR weight > 25%")
    assert names(ask(Query("test.goal", where=where, as_of=before))) == ["a"]


def test_who_sees_the_past_is_decided_by_today(ask, database, tables, goals, people, stamp):
    with database.read() as uow:
        before = uow.known_rev()
    with database.write() as uow:
        records.update(
            uow, tables, "test.goal", goals["a"], {"owner": people["zhao"]},
            base_version=None, stamp=stamp,
        )  # fmt: skip
    li, zhao = (
        Scope({"test.goal": Leads("owner", frozenset({people[name]}))}) for name in ("li", "zhao")
    )
    assert names(ask(Query("test.goal", as_of=before), li)) == []
    page = ask(Query("test.goal", ("owner",), as_of=before), zhao)
    assert [(r["uid"], r["owner"]) for r in page.rows] == [
        ("a", people["li"]),
        ("c", people["zhao"]),
    ]


def test_a_unit_sees_its_own_changes_as_known(database, tables, catalog, goals, stamp):
    with database.write() as uow:
        for weight in (1, 2):
            records.update(
                uow, tables, "test.goal", goals["a"], {"weight": weight},
                base_version=None, stamp=stamp,
            )  # fmt: skip
            page = query.read(
                uow,
                SYSTEM,
                Query("test.goal", ("weight",), uids=("a",), as_of=uow.rev()),
                tables=tables,
                catalog=catalog,
            )
            assert page.rows[0]["weight"] == weight
    with database.read() as uow:
        versions = query.history(uow, SYSTEM, tables, catalog, "test.goal", goals["a"])
    assert [(v.version, v.values["weight"]) for v in versions] == [(1, 300_000), (2, 2)]


def test_logs_are_cut_by_number_too(ask, database, tables, new_uid, stamp):
    revs = []
    for code in ("x", "y"):
        with database.write() as uow:
            records.insert(uow, tables, "test.alarm", {"code": code}, uid=code, stamp=stamp)
            revs.append(uow.rev())
    assert names(ask(Query("test.alarm", as_of=revs[0]))) == ["x"]
    assert names(ask(Query("test.alarm"))) == ["x", "y"]


# --- history, trash, ids ------------------------------------------------------------------
def test_history_shows_what_the_reader_may_see(database, tables, catalog, changed, goals):
    scope = Scope({"test.goal": "all"}, hidden={"test.goal": frozenset({"weight"})})
    with database.read() as uow:
        versions = query.history(uow, scope, tables, catalog, "test.goal", goals["c"])
        with pytest.raises(NotFoundError):
            query.history(uow, Scope(), tables, catalog, "test.goal", goals["c"])
    assert [(v.version, v.deleted) for v in versions] == [(1, False), (2, True)]
    assert "weight" not in versions[0].values


def test_the_trash_is_read_apart(ask, changed):
    assert names(ask(Query("test.goal", deleted=True))) == ["c"]


def test_ids_and_uids(database, tables, goals):
    with database.read() as uow:
        assert query.uid_to_id(uow, tables, "test.goal", ["a", "zzz"]) == {"a": goals["a"]}
        assert query.id_to_uid(uow, tables, "test.goal", [goals["b"], -1]) == {goals["b"]: "b"}


def test_count_is_the_number_of_rows_in_all_pages(database, tables, catalog, goals):
    wanted = Query("test.goal", where=_where(catalog, "weight > 15%"), limit=1)
    with database.read() as uow:
        assert query.count(uow, SYSTEM, wanted, tables=tables, catalog=catalog) == 2
