"""Records: checked, versioned, audited; unchanged means unwritten."""

import itertools
import threading

import pytest
from sqlalchemy import MetaData, func, select

from store import audit, records
from store.column_types import alive
from store.errors import (
    AppendOnlyError,
    BadValueError,
    DuplicateError,
    NotFoundError,
    UnknownNameError,
)
from store.record_tables import FieldColumn, build_entity
from store.record_values import checked_columns
from store.records import Change, Conflict, Origin, Stamp
from store.unit import OPEN_REV

from .conftest import AT


def versions(database, tables, entity, record_id):
    history = tables.history(entity)
    with database.read() as uow:
        return [
            (row.version, row.rev_from, row.rev_to, row.deleted)
            for row in uow.execute(
                select(history).where(history.c.id == record_id).order_by(history.c.rev_from)
            )
        ]


def count(database, table):
    with database.read() as uow:
        return uow.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.fixture
def goal(database, tables, stamp):
    with database.write() as uow:
        return records.insert(
            uow, tables, "test.goal", {"name": "g1", "weight": 100_000}, uid="g1", stamp=stamp
        )


def _update(database, tables, record_id, values, *, base=None, stamp):
    with database.write() as uow:
        return records.update(
            uow, tables, "test.goal", record_id, values, base_version=base, stamp=stamp
        )


def test_a_new_record_is_one_version(database, tables, goal):
    assert goal.after["name"] == "g1"
    assert goal.after["owner"] is None
    assert versions(database, tables, "test.goal", goal.id) == [(1, 1, OPEN_REV, False)]
    with database.read() as uow:
        row = uow.execute(select(tables.table("test.goal"))).one()
    assert (row.version, row.rev, row.created_by, row.origin_kind) == (1, 1, "li", "manual")


def test_a_change_closes_the_old_version(database, tables, goal, stamp):
    change = _update(database, tables, goal.id, {"weight": 200_000}, stamp=stamp)
    assert (change.before["weight"], change.after["weight"]) == (100_000, 200_000)
    assert versions(database, tables, "test.goal", goal.id) == [
        (1, 1, 2, False),
        (2, 2, OPEN_REV, False),
    ]


def test_an_update_that_changes_nothing_writes_nothing(database, tables, goal, stamp):
    change = _update(database, tables, goal.id, {"weight": 100_000, "name": "g1"}, stamp=stamp)
    assert isinstance(change, Change)
    assert change.is_empty
    with database.read() as uow:
        assert uow.known_rev() == 1
        assert audit.chain_head(uow).seq == 1


def test_two_updates_in_one_unit_are_one_version(database, tables, goal, stamp):
    with database.write() as uow:
        for weight in (1, 2):
            records.update(
                uow, tables, "test.goal", goal.id, {"weight": weight},
                base_version=None, stamp=stamp,
            )  # fmt: skip
    assert [v[:3] for v in versions(database, tables, "test.goal", goal.id)] == [
        (1, 1, 2),
        (2, 2, OPEN_REV),
    ]


def test_insert_and_update_in_one_unit_are_one_version(database, tables, stamp):
    with database.write() as uow:
        change = records.insert(uow, tables, "test.goal", {"name": "x"}, uid="x", stamp=stamp)
        records.update(
            uow, tables, "test.goal", change.id, {"name": "y"}, base_version=None, stamp=stamp
        )
    assert versions(database, tables, "test.goal", change.id) == [(1, 1, OPEN_REV, False)]


def test_somebody_elses_change_of_the_same_field_is_a_conflict(database, tables, goal, stamp):
    _update(database, tables, goal.id, {"weight": 200_000}, base=1, stamp=stamp)
    conflict = _update(database, tables, goal.id, {"weight": 300_000}, base=1, stamp=stamp)
    assert isinstance(conflict, Conflict)
    clash = conflict.fields["weight"]
    assert (clash.base, clash.theirs, clash.mine) == (100_000, 200_000, 300_000)
    assert conflict.version == 2


def test_changes_of_different_fields_do_not_conflict(database, tables, goal, stamp):
    _update(database, tables, goal.id, {"weight": 200_000}, base=1, stamp=stamp)
    change = _update(database, tables, goal.id, {"active": True}, base=1, stamp=stamp)
    assert change.after["weight"] == 200_000
    assert change.after["active"] is True


def test_delete_writes_a_tombstone_and_frees_the_key(database, tables, goal, stamp):
    with database.write() as uow:
        gone = records.delete(uow, tables, "test.goal", goal.id, stamp=stamp)
    assert gone.after is None
    assert versions(database, tables, "test.goal", goal.id)[-1] == (2, 2, OPEN_REV, True)
    with pytest.raises(NotFoundError):
        _update(database, tables, goal.id, {"weight": 1}, stamp=stamp)
    with database.write() as uow:
        back = records.restore(uow, tables, "test.goal", goal.id, stamp=stamp)
    assert back.after["name"] == "g1"
    assert versions(database, tables, "test.goal", goal.id)[-1] == (3, 3, OPEN_REV, False)


def test_unique_keys_hold_for_current_records_only(database, tables, stamp):
    with database.write() as uow:
        person = records.insert(uow, tables, "person", {"name": "li"}, uid="p", stamp=stamp)
        values = {"name": "g", "owner": person.id}
        first = records.insert(uow, tables, "test.goal", values, uid="a", stamp=stamp)
    with pytest.raises(DuplicateError) as caught, database.write() as uow:
        records.insert(uow, tables, "test.goal", values, uid="b", stamp=stamp)
    assert set(caught.value.args) == {"test.goal", "name", "owner"}
    with database.write() as uow:
        records.delete(uow, tables, "test.goal", first.id, stamp=stamp)
        records.insert(uow, tables, "test.goal", values, uid="b", stamp=stamp)
    with pytest.raises(DuplicateError), database.write() as uow:
        records.restore(uow, tables, "test.goal", first.id, stamp=stamp)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"name": "a\x00b"}, "NUL"),
        ({"name": "\ud800"}, "surrogate"),
        ({"name": 5}, "not text"),
        ({"weight": 2**63}, "64 bits"),
        ({"weight": True}, "integer"),
        ({"weight": 1.5}, "integer"),
        ({"weight": "1"}, "integer"),
        ({"active": 1}, "true or false"),
    ],
)
def test_values_a_column_cannot_hold_are_refused(values, problem):
    storages = (("name", "text"), ("weight", "bigint"), ("active", "boolean"))
    columns = {
        key: FieldColumn(n, key, storage, None, "", None, hidden=False)
        for n, (key, storage) in enumerate(storages)
    }
    goal = build_entity(MetaData(), name="goal", number=1, log=False, parent=None, columns=columns)
    with pytest.raises(BadValueError, match=problem):
        checked_columns(goal, [values], values)


def test_a_refused_value_stores_nothing(database, tables, stamp):
    rows = [{"name": "good"}, {"name": "bad", "points": "x"}]
    with pytest.raises(BadValueError, match="list of rows"), database.write() as uow:
        records.insert_many(uow, tables, "test.goal", rows, uids=["a", "b"], stamp=stamp)
    assert count(database, tables.table("test.goal")) == 0


def test_the_ends_of_the_integers_are_kept(database, tables, stamp):
    with database.write() as uow:
        for weight in (2**63 - 1, -(2**63)):
            uid = str(weight)
            records.insert(uow, tables, "test.goal", {"weight": weight}, uid=uid, stamp=stamp)
    with database.read() as uow:
        column = tables.column("test.goal", "weight")
        assert set(uow.execute(select(column)).scalars()) == {2**63 - 1, -(2**63)}


def test_unknown_fields_are_refused(database, tables, stamp):
    with pytest.raises(UnknownNameError), database.write() as uow:
        records.insert(uow, tables, "test.goal", {"nmae": "x"}, uid="a", stamp=stamp)


# --- child tables -------------------------------------------------------------------------
def _points(*pairs):
    return [{"on": on, "percent": percent} for on, percent in pairs]


@pytest.fixture
def curve(database, tables, stamp):
    values = {"name": "g", "points": _points((1, 10), (2, 20))}
    with database.write() as uow:
        return records.insert(uow, tables, "test.goal", values, uid="g", stamp=stamp)


def _stored_points(database, tables):
    table = tables.table("test.point")
    on, percent = (tables.column("test.point", key) for key in ("on", "percent"))
    with database.read() as uow:
        return uow.execute(
            select(on, percent, table.c.version, table.c.rev)
            .where(alive(table))
            .order_by(table.c.parent_id, table.c.position)
        ).all()


def test_child_rows_share_the_change_number(database, tables, curve):
    assert _stored_points(database, tables) == [(1, 10, 1, 1), (2, 20, 1, 1)]


def test_a_changed_child_row_is_a_new_version_of_its_record(database, tables, curve, stamp):
    values = {"points": _points((1, 10), (2, 25), (3, 30))}
    change = _update(database, tables, curve.id, values, stamp=stamp)
    assert len(change.children) == 2
    assert _stored_points(database, tables) == [(1, 10, 1, 1), (2, 25, 2, 2), (3, 30, 1, 2)]
    assert [v[0] for v in versions(database, tables, "test.goal", curve.id)] == [1, 2]


def test_equal_child_rows_write_nothing(database, tables, curve, stamp):
    values = {"points": _points((1, 10), (2, 20))}
    assert _update(database, tables, curve.id, values, stamp=stamp).is_empty


def test_missing_child_rows_go_to_the_trash_and_come_back(database, tables, curve, stamp):
    _update(database, tables, curve.id, {"points": _points((2, 20))}, stamp=stamp)
    assert _stored_points(database, tables) == [(2, 20, 2, 2)]
    with database.write() as uow:
        records.delete(uow, tables, "test.goal", curve.id, stamp=stamp)
    assert _stored_points(database, tables) == []
    with database.write() as uow:
        records.restore(uow, tables, "test.goal", curve.id, stamp=stamp)
    assert _stored_points(database, tables) == [(2, 20, 4, 4)]


def test_child_rows_named_by_uid_keep_their_identity(database, tables, curve, stamp):
    table = tables.table("test.point")
    with database.read() as uow:
        first, second = uow.execute(select(table.c.uid).order_by(table.c.id)).scalars()
    values = {"points": [{"uid": second, "percent": 21}, {"uid": first}]}
    _update(database, tables, curve.id, values, stamp=stamp)
    assert [p[:2] for p in _stored_points(database, tables)] == [(2, 21), (1, 10)]


def test_a_child_row_written_alone_bumps_its_record(database, tables, curve, stamp):
    table = tables.table("test.point")
    with database.write() as uow:
        first = uow.execute(select(table.c.id).order_by(table.c.id)).scalars().first()
        records.update(
            uow, tables, "test.point", first, {"percent": 11}, base_version=None, stamp=stamp
        )
    assert [v[0] for v in versions(database, tables, "test.goal", curve.id)] == [1, 2]


# --- upsert -------------------------------------------------------------------------------
def _upsert(database, tables, rows, *, new_uid, stamp, entity="test.goal", key=("name",)):
    with database.write() as uow:
        return records.upsert_many(
            uow, tables, entity, key=key, rows=rows, new_uid=new_uid, stamp=stamp
        )


def test_upsert_inserts_changes_and_leaves_alone(database, tables, new_uid, stamp):
    write = {"new_uid": new_uid, "stamp": stamp}
    first = _upsert(
        database, tables, [{"name": "a", "weight": 1}, {"name": "b", "weight": 2}], **write
    )
    assert [c.before for c in first.changes] == [None, None]
    second = _upsert(
        database,
        tables,
        [{"name": "a", "weight": 1}, {"name": "b", "weight": 3}, {"name": "c"}],
        **write,
    )
    assert second.unchanged == 1
    assert {c.after["name"] for c in second.changes} == {"b", "c"}
    third = _upsert(database, tables, [{"name": "b", "weight": 3}, {"name": "c"}], **write)
    assert third == records.Upserted((), 2)
    with database.read() as uow:
        assert uow.known_rev() == 2


def test_upsert_takes_the_last_of_two_rows_with_one_key(database, tables, new_uid, stamp):
    rows = [{"name": "a", "weight": 1}, {"name": "a", "weight": 2}]
    done = _upsert(database, tables, rows, new_uid=new_uid, stamp=stamp)
    assert [c.after["weight"] for c in done.changes] == [2]


def test_upsert_by_two_keys_and_child_rows(database, tables, new_uid, stamp):
    write = {"new_uid": new_uid, "stamp": stamp, "key": ("name", "start")}
    rows = [
        {"name": "a", "start": 1, "points": _points((1, 1))},
        {"name": "a", "start": 2, "points": _points((1, 2))},
    ]
    assert len(_upsert(database, tables, rows, **write).changes) == 2
    assert _upsert(database, tables, rows, **write).changes == ()
    rows[1]["points"] = _points((1, 3))
    (change,) = _upsert(database, tables, rows, **write).changes
    assert change.before == change.after
    assert change.children[0].after["percent"] == 3
    assert [v[0] for v in versions(database, tables, "test.goal", change.id)] == [1, 2]


def test_an_empty_key_is_refused(database, tables, new_uid, stamp):
    with pytest.raises(BadValueError, match="key is empty"):
        _upsert(database, tables, [{"weight": 1}], new_uid=new_uid, stamp=stamp)


def test_a_log_is_append_only(database, tables, new_uid, stamp):
    write = {"new_uid": new_uid, "stamp": stamp, "entity": "test.alarm", "key": ("code",)}
    done = _upsert(database, tables, [{"code": "a", "raised_at": 1}], **write)
    again = _upsert(
        database, tables, [{"code": "a", "raised_at": 2}, {"code": "b", "raised_at": 1}], **write
    )
    assert again.refused == (0,)
    assert len(again.changes) == 1
    with pytest.raises(AppendOnlyError), database.write() as uow:
        records.delete(uow, tables, "test.alarm", done.changes[0].id, stamp=stamp)
    assert tables.history("test.alarm") is None


def test_upserts_of_one_key_from_many_threads_make_one_record(database, tables, stamp):
    barrier = threading.Barrier(4)

    def work(name):
        numbers = iter(range(1000))
        barrier.wait()
        for weight in range(5):
            _upsert(
                database,
                tables,
                [{"name": "same", "weight": weight}],
                new_uid=lambda: f"{name}-{next(numbers)}",
                stamp=stamp,
            )

    threads = [threading.Thread(target=work, args=(n,)) for n in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(database, tables.table("test.goal")) == 1


def test_concurrent_changes_of_one_record_make_a_gapless_history(database, tables, goal, stamp):
    def work(field):
        for n in range(10):
            _update(database, tables, goal.id, {field: n + 1}, stamp=stamp)

    threads = [threading.Thread(target=work, args=(f,)) for f in ("weight", "start", "amount")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    chain = versions(database, tables, "test.goal", goal.id)
    assert [v[0] for v in chain] == list(range(1, 32))
    assert all(a[2] == b[1] for a, b in itertools.pairwise(chain))


def test_origin_is_kept_per_version(database, tables, goal):
    sensor = Stamp("mes", AT, Origin("sensor", "mes", run=7, delay_us=5))
    _update(database, tables, goal.id, {"weight": 5}, stamp=sensor)
    history = tables.history("test.goal")
    with database.read() as uow:
        rows = uow.execute(
            select(history.c.origin_kind, history.c.origin_source, history.c.origin_run)
            .order_by(history.c.rev_from)
        ).all()  # fmt: skip
    assert rows == [("manual", None, None), ("sensor", "mes", 7)]


def test_large_batches_are_written_as_one(database, tables, stamp):
    rows = [{"name": f"n{n}", "weight": n} for n in range(5_000)]
    with database.write() as uow:
        ids = records.insert_many(
            uow, tables, "test.goal", rows, uids=[f"x{n}" for n in range(5_000)], stamp=stamp
        )
    assert len(set(ids)) == 5_000
    assert count(database, tables.history("test.goal")) == 5_000
    with database.read() as uow:
        assert audit.chain_head(uow).seq == 1
