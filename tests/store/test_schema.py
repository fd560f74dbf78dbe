"""Migrations make exactly what the code describes; DDL for entities only ever adds."""

from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select

from builder.catalog import Catalog
from store import query, record_schema, records, schema
from store.db import Database
from store.errors import DuplicateError, SchemaChangeError
from store.query import Query
from store.record_tables import tables_of
from store.system_scope import SYSTEM
from store.tables import metadata

from .conftest import ALARM, GOAL, POINT, make_field


def test_migrations_make_the_tables_of_the_code(database):
    with database.read() as uow:
        context = MigrationContext.configure(uow.connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    assert differences == []


def test_migrating_again_changes_nothing(database):
    database.migrate()
    with database.read() as uow:
        assert uow.known_rev() == 0


def test_the_names_of_the_revisions_tell_the_newest():
    scripts = ScriptDirectory(str(schema.MIGRATIONS))
    assert schema.newest() == scripts.get_current_head()
    assert {s.module.__name__.partition("_")[0] for s in scripts.walk_revisions()} == {
        f"r{s.revision}" for s in scripts.walk_revisions()
    }


def test_every_sqlite_table_is_strict(sqlite_url, catalog):
    database = Database.open(sqlite_url)
    with database.write() as uow:
        record_schema.ensure(uow, catalog)
        rows = uow.connection.exec_driver_sql("PRAGMA table_list").all()
    database.close()
    loose = {row.name for row in rows if row.type == "table" and not row.strict}
    assert loose <= {"alembic_version", "sqlite_schema", "sqlite_temp_schema", "sqlite_sequence"}


def _publish(database, *entities):
    catalog = Catalog.of(entities, revision=1)
    with database.write(publishing=True) as uow:
        record_schema.ensure(uow, catalog, real_at=1)
    with database.read() as uow:
        return catalog, tables_of(uow, catalog)


def test_a_new_field_is_a_new_column_beside_the_old_data(database, stamp):
    _, tables = _publish(database, GOAL, POINT, ALARM)
    with database.write() as uow:
        records.insert(uow, tables, "test.goal", {"name": "old"}, uid="old", stamp=stamp)
    wider = replace(GOAL, fields=(*GOAL.fields, make_field("note", "text")))
    catalog, tables = _publish(database, wider, POINT, ALARM)
    with database.write() as uow:
        values = {"name": "new", "note": "hello"}
        records.insert(uow, tables, "test.goal", values, uid="new", stamp=stamp)
        page = query.read(
            uow, SYSTEM, Query("test.goal", ("name", "note")), tables=tables, catalog=catalog
        )
    assert [(r["name"], r["note"]) for r in page.rows] == [("old", None), ("new", "hello")]


def test_a_field_given_up_keeps_its_column_and_can_come_back(database, stamp):
    _, tables = _publish(database, GOAL, POINT, ALARM)
    with database.write() as uow:
        records.insert(uow, tables, "test.goal", {"name": "a", "amount": 7}, uid="a", stamp=stamp)
    narrower = replace(GOAL, fields=tuple(f for f in GOAL.fields if f.key != "amount"))
    _, tables = _publish(database, narrower, POINT, ALARM)
    assert tables["test.goal"].fields["amount"].hidden
    _, tables = _publish(database, GOAL, POINT, ALARM)
    assert not tables["test.goal"].fields["amount"].hidden
    with database.read() as uow:
        assert uow.execute(select(tables.column("test.goal", "amount"))).scalar() == 7


def test_another_type_of_storage_is_refused(database):
    _publish(database, GOAL, POINT, ALARM)
    fields = tuple(make_field("name", "integer") if f.key == "name" else f for f in GOAL.fields)
    with pytest.raises(SchemaChangeError):
        _publish(database, replace(GOAL, fields=fields), POINT, ALARM)


def test_unique_keys_follow_the_definition(database, stamp):
    loose = replace(GOAL, unique=())
    _, tables = _publish(database, loose, POINT, ALARM)
    twice = [{"name": "a", "owner": 1}] * 2
    with database.write() as uow:
        records.insert_many(uow, tables, "test.goal", twice, uids=["a", "b"], stamp=stamp)
    with pytest.raises(DuplicateError):
        _publish(database, GOAL, POINT, ALARM)
    with database.write() as uow:
        records.delete(uow, tables, "test.goal", 2, stamp=stamp)
    _publish(database, GOAL, POINT, ALARM)
    _, tables = _publish(database, loose, POINT, ALARM)
    with database.write() as uow:
        records.restore(uow, tables, "test.goal", 2, stamp=stamp)


def test_a_publication_that_fails_leaves_no_table(database):
    catalog = Catalog.of([GOAL, POINT, ALARM], revision=1)

    def work(uow):
        record_schema.ensure(uow, catalog)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.attempt(work)
    with database.read() as uow:
        assert not [n for n in inspect(uow.connection).get_table_names() if n.startswith("e1")]
        assert tables_of(uow).entities == {}
