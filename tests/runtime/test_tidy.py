"""What is old is forgotten once a day, and what still explains or guards something stays."""

from sqlalchemy import insert, select

from runtime import scheduler, tidy, worker
from runtime.clock import real_now
from runtime.recovery import recover
from store import tables
from tests.runtime.conftest import MONDAY

DAY = tidy.DAY
OLD = 400 * DAY


def put(ctx, table, *rows):
    for row in rows:
        ctx.uow.execute(insert(table).values(**row))


def fill(ctx):
    """Old and new rows of everything that is forgotten."""
    now, real = ctx.now, real_now()
    run = {"source": "s", "stream": "x", "state": "done"}
    put(
        ctx, tables.sync_run,
        {**run, "uid": "old, brought nothing", "started_at": now - 31 * DAY},
        {**run, "uid": "old, brought rows", "started_at": now - OLD, "rows_written": 1},
        {**run, "uid": "new", "started_at": now - 29 * DAY},
        {**run, "uid": "cut off", "started_at": now - 1, "state": "running"},
        {**run, "uid": "runs", "started_at": now + DAY - 1, "state": "running"},
    )  # fmt: skip
    job = {"kind": "k", "payload": "{}", "run_at": 0, "at": 0}
    put(
        ctx, tables.job,
        {**job, "key": "done long ago", "state": "done", "done_at": now - 91 * DAY},
        {**job, "key": "done", "state": "done", "done_at": now - 89 * DAY},
        {**job, "key": "dead", "state": "dead"},
    )  # fmt: skip
    put(
        ctx, tables.fire,
        {"schedule_id": 99, "local_time": "old", "at": now - 91 * DAY},
        {"schedule_id": 99, "local_time": "new", "at": now - 89 * DAY},
    )  # fmt: skip
    file = {"name": "x", "media_type": "text/plain", "size": 1, "uploader": "li"}
    put(
        ctx, tables.file,
        {**file, "uid": "loose and old", "sha256": "a", "at": now - 16 * DAY},
        {**file, "uid": "loose", "sha256": "b", "at": now - 14 * DAY},
        {**file, "uid": "taken", "sha256": "c", "at": now - OLD, "record_entity": "e", "record_id": 1},
    )  # fmt: skip
    put(ctx, tables.file_content, *({"sha256": each, "content": b"x"} for each in "abc"))
    answer = {"actor": "li", "request_hash": "", "response": ""}
    put(
        ctx, tables.idempotency,
        {**answer, "key": "old", "real_at": real - 31 * DAY},
        {**answer, "key": "new", "real_at": real - 29 * DAY},
    )  # fmt: skip
    draft = {"owner": "li", "form": "f", "inputs": "{}", "version": 1}
    put(
        ctx, tables.form_draft,
        {**draft, "key": "old draft", "real_at": real - 15 * DAY},
        {**draft, "key": "draft", "real_at": real - 13 * DAY},
    )  # fmt: skip
    session = {"account_id": 1, "security_version": 0, "csrf": ""}
    put(
        ctx, tables.session,
        {**session, "token_hash": "over", "real_created": real - DAY, "real_seen": real},
        {**session, "token_hash": "idle", "real_created": real, "real_seen": real - DAY},
        {**session, "token_hash": "good", "real_created": real, "real_seen": real},
    )  # fmt: skip


KEPT = {
    (tables.sync_run, "uid"): {"old, brought rows", "new", "cut off", "runs"},
    (tables.fire, "local_time"): {"new"},
    (tables.file, "uid"): {"loose", "taken"},
    (tables.file_content, "sha256"): {"b", "c"},
    (tables.idempotency, "key"): {"new"},
    (tables.form_draft, "key"): {"draft"},
    (tables.session, "token_hash"): {"good"},
}


def left(world, table, column):
    with world.reading() as ctx:
        return set(ctx.uow.execute(select(table.c[column])).scalars())


def test_old_things_are_forgotten_once_a_day(either_world):
    world = either_world
    recover(world.wiring)
    with world.writing() as ctx:
        fill(ctx)
    assert scheduler.tick(world.wiring) == 0
    world.at(MONDAY + DAY)
    assert scheduler.tick(world.wiring) == 2, "this, and what comes into force at midnight"
    worker.drain(world.wiring, "test")
    for (table, column), kept in KEPT.items():
        found = left(world, table, column)
        assert {each for each in found if not each.isdigit()} == kept, table.name
    with world.reading() as ctx:
        c = tables.sync_run.c
        states = dict(map(tuple, ctx.uow.execute(select(c.uid, c.state))))
    assert (states["cut off"], states["runs"]) == ("failed", "running")
    assert {"done", "dead"} <= left(world, tables.job, "key")
    assert "done long ago" not in left(world, tables.job, "key")
    assert scheduler.tick(world.wiring) == 0, "once a day"


def test_a_day_that_was_missed_is_made_up_for_once(either_world):
    world = either_world
    recover(world.wiring)
    world.at(MONDAY + 5 * DAY)
    recover(world.wiring)  # a start does not put it off
    assert scheduler.tick(world.wiring) == 2
    with world.reading() as ctx:
        kinds = list(ctx.uow.execute(select(tables.job.c.kind)).scalars())
    assert sorted(kinds) == ["tidy", "transfers"]
