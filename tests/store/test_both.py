"""Both databases hold the same after the same script; conflicts between units are survived."""

import threading

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from builder.catalog import Catalog
from store import record_schema, records
from store.db import Database
from store.errors import StoreError
from store.record_tables import tables_of
from store.records import Origin, Stamp
from store.tables import audit as audit_table
from store.tables import head

from .conftest import ENTITIES, Uids

LARGE = 2_500  # more than a batch that waits with its change number


def script(url, key):
    """A bit of everything; what is in all tables afterwards."""
    database = Database.open(url, audit_key=key)
    with database.write(publishing=True) as uow:
        record_schema.ensure(uow, Catalog.of(ENTITIES, revision=1))
    with database.read() as uow:
        tables = tables_of(uow)
    uid = Uids()

    def upsert(rows, at):
        stamp = Stamp("mes", at, Origin("system", "mes", run=at))
        with database.write() as uow:
            records.upsert_many(
                uow, tables, "test.goal", key=("name",), rows=rows, new_uid=uid, stamp=stamp
            )

    points = [{"on": n, "percent": n} for n in range(3)]
    upsert([{"name": f"n{n}", "weight": n, "active": n % 2 == 0} for n in range(40)], 1)
    upsert([{"name": f"n{n}", "weight": n // 2, "points": points[: n % 4]} for n in range(50)], 2)
    upsert([{"name": f"big{n}", "amount": n * 10**9} for n in range(LARGE)], 3)
    with database.write() as uow:
        me = Stamp("li", 4)
        records.delete(uow, tables, "test.goal", 3, stamp=me)
        records.update(uow, tables, "test.goal", 4, {"name": "新"}, base_version=None, stamp=me)
        values = {"points": [{"on": 9, "percent": None}]}
        records.update(uow, tables, "test.goal", 8, values, base_version=None, stamp=me)
        records.insert(uow, tables, "test.alarm", {"code": "x", "goal": 4}, uid="al", stamp=me)
    with database.write() as uow:
        records.restore(uow, tables, "test.goal", 3, stamp=Stamp("li", 5))
    with database.read() as uow:
        found = {"audit": _rows(uow, audit_table), "head": _rows(uow, head)}
        for name, each in tables.entities.items():
            found[name] = _rows(uow, each.current)
            if each.history is not None:
                found[f"{name} history"] = _rows(uow, each.history, without="hid")
    database.close()
    return found


def _rows(uow, table, without=None):
    columns = [column for column in table.c if column.name != without]
    return sorted(map(repr, uow.execute(select(*columns)).all()))


def test_the_same_script_leaves_the_same_rows(sqlite_url, postgresql_url, audit_key):
    one, other = script(sqlite_url, audit_key), script(postgresql_url, audit_key)
    assert one.keys() == other.keys()
    for name, rows in one.items():
        assert rows == other[name], name
    assert len(one["test.goal history"]) > LARGE


def test_units_that_lock_in_opposite_order_both_get_through(database, tables, stamp):
    with database.write() as uow:
        rows = [{"name": "a", "weight": 0}, {"name": "b", "weight": 0}]
        ids = records.insert_many(uow, tables, "test.goal", rows, uids=["a", "b"], stamp=stamp)
    barrier, failures = threading.Barrier(2), []

    def work(order):
        def add(uow):
            table, weight = tables.table("test.goal"), tables.column("test.goal", "weight")
            for record_id in order:
                row = select(weight).where(table.c.id == record_id).with_for_update()
                now = uow.execute(row).scalar_one()
                records.update(
                    uow, tables, "test.goal", record_id, {"weight": now + 1},
                    base_version=None, stamp=stamp,
                )  # fmt: skip

        barrier.wait()
        for _ in range(6):
            try:
                database.attempt(add)
            except (SQLAlchemyError, StoreError) as error:
                failures.append(error)

    threads = [threading.Thread(target=work, args=(order,)) for order in (ids, ids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.read() as uow:
        assert list(uow.execute(select(tables.column("test.goal", "weight"))).scalars()) == [12, 12]


@pytest.mark.parametrize("count", [1, 49, 51])
def test_few_and_many_rows_are_written_alike(database, tables, stamp, count):
    rows = [{"name": str(n), "weight": n, "active": bool(n % 2)} for n in range(count)]
    with database.write() as uow:
        uids = [f"u{n}" for n in range(count)]
        records.insert_many(uow, tables, "test.goal", rows, uids=uids, stamp=stamp)
    changed = [{**row, "weight": row["weight"] + 1, "active": None} for row in rows]
    with database.write() as uow:
        done = records.upsert_many(
            uow, tables, "test.goal", key=("name",), rows=changed, new_uid=Uids(), stamp=stamp
        )
    assert len(done.changes) == count
    with database.read() as uow:
        columns = [tables.column("test.goal", key) for key in ("name", "weight", "active")]
        found = {row[0]: tuple(row[1:]) for row in uow.execute(select(*columns))}
    assert found == {str(n): (n + 1, None) for n in range(count)}
