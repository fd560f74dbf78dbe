"""Units of work: all or nothing, one writer at a time, no lost update."""

import threading

import pytest
from sqlalchemy import insert, select, update

from store.db import Database
from store.errors import DatabaseInUseError
from store.tables import setting


def _put(database, name, value):
    with database.write() as uow:
        uow.execute(insert(setting).values(name=name, value=value))


def _value(database, name):
    with database.read() as uow:
        return uow.execute(select(setting.c.value).where(setting.c.name == name)).scalar()


def test_a_finished_block_is_stored(database):
    _put(database, "a", "1")
    assert _value(database, "a") == "1"


def test_an_exception_stores_nothing(database):
    def work(uow):
        uow.execute(insert(setting).values(name="a", value="1"))
        uow.rev()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.attempt(work)
    assert _value(database, "a") is None
    with database.read() as uow:
        assert uow.known_rev() == 0


def test_a_simulation_stores_nothing_and_calls_nobody(database):
    called = []
    with database.write() as uow:
        uow.execute(insert(setting).values(name="a", value="1"))
        uow.after_commit(lambda: called.append(1))
        uow.roll_back()
    assert _value(database, "a") is None
    assert called == []


def test_a_reading_unit_cannot_write(database):
    with pytest.raises(Exception, match=r"(?i)read-?only"), database.read() as uow:
        uow.execute(insert(setting).values(name="a", value="1"))


def test_a_reading_unit_sees_one_snapshot(database):
    _put(database, "a", "old")
    with database.read() as uow:
        first = uow.execute(select(setting.c.value)).scalar()
        with database.write() as writing:
            writing.execute(update(setting).values(value="new"))
        second = uow.execute(select(setting.c.value)).scalar()
    assert (first, second) == ("old", "old")


def test_read_then_write_from_eight_threads_loses_no_update(database):
    _put(database, "n", "0")

    def add(count):
        for _ in range(count):
            with database.write() as uow:
                row = select(setting.c.value).where(setting.c.name == "n").with_for_update()
                value = int(uow.execute(row).scalar_one())
                uow.execute(update(setting).values(value=str(value + 1)))

    threads = [threading.Thread(target=add, args=(25,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _value(database, "n") == "200"


def test_change_numbers_follow_the_order_of_commits(database):
    drawn, lock = [], threading.Lock()

    def draw():
        for _ in range(20):
            with database.write() as uow:
                rev = uow.rev()
                with lock:
                    drawn.append(rev)

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawn == list(range(1, 81))


def test_units_of_work_of_one_thread_do_not_nest(sqlite_url):
    database = Database.open(sqlite_url)
    with database.write(), pytest.raises(RuntimeError), database.write():
        pass
    database.close()


def test_a_second_exclusive_process_is_refused(sqlite_url):
    server = Database.open(sqlite_url, exclusive=True)
    with pytest.raises(DatabaseInUseError, match="process"):
        Database.open(sqlite_url, exclusive=True)
    other = Database.open(sqlite_url)
    with pytest.raises(DatabaseInUseError), other.write():
        pass
    assert _value(other, "a") is None  # reading is always possible
    server.close()
    _put(other, "a", "1")
    other.close()


def test_sqlite_is_set_up_as_measured(sqlite_url):
    database = Database.open(sqlite_url)
    with database.write() as uow:
        pragmas = {
            name: uow.connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    database.close()
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "busy_timeout": 30_000,
        "foreign_keys": 1,
    }


def test_a_scratch_database_leaves_nothing_behind():
    database = Database.open("sqlite://")
    database.migrate()
    folder = database._scratch
    _put(database, "a", "1")
    assert _value(database, "a") == "1"
    database.close()
    assert not folder.exists()


def test_a_lost_lock_conflict_is_tried_again(database):
    calls = []

    def work(uow):
        calls.append(1)
        if len(calls) == 1:
            from store.errors import BusyError

            raise BusyError
        return uow.known_rev()

    assert database.attempt(work) == 0
    assert len(calls) == 2


def test_the_version_is_known(database):
    kind, _, number = database.version().partition(" ")
    assert kind == database.dialect
    assert number[0].isdigit()
