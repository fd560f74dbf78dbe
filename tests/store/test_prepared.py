"""Statements handed to the driver as text: the same rows and the same errors as SQLAlchemy's."""

import pytest
from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from store.column_types import TRUTH
from store.errors import is_unavailable
from store.prepared import Prepared
from store.tables import setting

_PUT = Prepared(insert(setting), names=("name", "value"))
_ASK = Prepared(select(setting).where(setting.c.name == bindparam("called")))
_SET = Prepared(update(setting).where(setting.c.name != "b").values(value=bindparam("to")))
_COUNT = Prepared(select(func.count().label("n")).select_from(setting))


def test_rows_have_the_names_and_types_of_their_columns(database):
    with database.write() as uow:
        assert uow.change(_PUT, {"name": "a", "value": "1"}) == 1
        uow.change_each(_PUT, {"name": ["b", "c"], "value": ["2", "3"]})
        assert uow.rows(_ASK, {"called": "a"}).one() == ("a", "1")
        assert uow.rows(_ASK, {"called": "c"}).one().value == "3"
        assert uow.rows(_ASK, {"called": "x"}).first() is None
        assert uow.change(_SET, {"to": "9"}) == 2, "a fixed value stays part of the statement"
        assert uow.rows(_COUNT, {}).one().n == 3


def test_values_are_converted_as_elsewhere(database):
    asked = select(bindparam("given", type_=TRUTH).label("truth"))
    with database.read() as uow:
        stored = uow.execute(asked, {"given": True}).scalar_one()
        assert stored is uow.rows(Prepared(asked), {"given": True}).scalar_one() is True


def test_a_parameter_nobody_gave_is_not_null(database):
    refused = (KeyError, ProgrammingError)
    with pytest.raises(refused, match="called"), database.read() as uow:
        uow.rows(_ASK, {})


def test_a_list_that_grows_is_refused():
    grows = Prepared(select(setting).where(setting.c.name.in_(["a", "b"])))
    with pytest.raises(ValueError, match="stays the same"):
        grows.text(sqlite.dialect())


def _twice(database):
    with database.write() as uow:
        uow.change(_PUT, {"name": "a", "value": "1"})
        uow.change(_PUT, {"name": "a", "value": "2"})


def _twice_at_once(database):
    with database.write() as uow:
        uow.change_each(_PUT, {"name": ["a", "a"], "value": ["1", "2"]})


@pytest.mark.parametrize("work", [_twice, _twice_at_once])
def test_errors_are_those_of_sqlalchemy(database, work):
    with pytest.raises(IntegrityError):
        work(database)
    with database.read() as uow:
        assert uow.rows(_COUNT, {}).scalar() == 0


def _cut_off(database):
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
    with database.write() as uow:
        uow.rows(_COUNT, {})
        with database.write() as other:
            other.execute(text(others))
        uow.rows(_COUNT, {})


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_lost_connection_is_given_up(database):
    with pytest.raises(DBAPIError) as told:
        _cut_off(database)
    assert told.value.connection_invalidated
    assert is_unavailable(told.value)
    with database.read() as uow:
        assert uow.rows(_COUNT, {}).scalar() == 0
