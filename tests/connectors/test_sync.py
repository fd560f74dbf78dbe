"""Polling a source: whole batches or nothing, nothing twice, and every failure is seen."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from builder.model.others import StreamMapping
from connectors.errors import AuthError, ConfigError, TransientError
from connectors.registry import Registry
from runtime import accounts, records, sync
from runtime.sync import sync_source
from store import incidents, jobs
from store import sources as book
from tests.connectors.shop import NOW, TICKETS, Shop, batch, mapped, opened, source, ticket

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DOWN = TransientError("CON110", status="500")


@pytest.fixture
def shop(tmp_path: Path, database_url: str) -> Iterator[Shop]:
    with opened(tmp_path, url=database_url) as found:
        yield found


def numbers(shop: Shop) -> list[Any]:
    return [row["no"] for row in shop.rows("shop.ticket", "no")]


def state_of(shop: Shop) -> str | None:
    with shop.wiring.reading() as ctx:
        found = book.state(ctx.uow, "shop.mes")
    return found.state if found else None


def checkpoint(shop: Shop) -> Any:
    with shop.wiring.reading() as ctx:
        return book.checkpoint(ctx.uow, "shop.mes", "tickets")


def rejects(shop: Shop) -> list[book.Rejected]:
    with shop.wiring.reading() as ctx:
        return book.rejects(ctx.uow, "shop.mes")


def open_incidents(shop: Shop) -> list[str]:
    with shop.wiring.reading() as ctx:
        return [each.code for each in incidents.list_open(ctx.uow)]


def versions(shop: Shop) -> list[Any]:
    with shop.wiring.reading() as ctx:
        return list(ctx.uow.execute(ctx.tables.table("shop.ticket").select()).all())


def test_rows_become_records_with_their_origin(shop: Shop) -> None:
    shop.runs(
        [batch(ticket(1, q="12.5"), ticket(2, m="M2"), state={"until": 7}, newest_at=NOW - 9)]
    )
    done = sync_source(shop.wiring, "shop.mes")
    assert done.state == "done"
    assert (done.streams["tickets"].written, done.streams["tickets"].rejected) == (2, 0)
    rows = shop.rows("shop.ticket", "no", "qty", "machine.code")
    assert rows[0] == {"no": "1", "qty": 125_000, "machine.code": "M1"}
    assert rows[1]["machine.code"] == "M2"
    with shop.wiring.reading() as ctx:
        row = ctx.uow.execute(ctx.tables.table("shop.ticket").select()).first()
        (run,) = book.runs(ctx.uow, "shop.mes")
    assert row is not None
    assert (row.origin_kind, row.origin_source, row.origin_run) == ("system", "shop.mes", run.id)
    assert row.origin_delay_us == 9
    assert (run.state, run.rows_read, run.rows_written) == ("done", 2, 2)
    assert checkpoint(shop).state == {"until": 7}


def test_the_same_rows_again_write_nothing(shop: Shop) -> None:
    rows = [ticket(n) for n in range(5)]
    shop.runs([batch(*rows, state={})], [batch(*rows, state={})])
    sync_source(shop.wiring, "shop.mes")
    before = versions(shop)
    done = sync_source(shop.wiring, "shop.mes")
    assert done.streams["tickets"].unchanged == 5
    assert done.streams["tickets"].written == 0
    assert versions(shop) == before


def test_a_failure_keeps_whole_batches_and_the_old_checkpoint(shop: Shop) -> None:
    shop.runs(
        [batch(ticket(1), state={"until": 1})],
        [batch(ticket(2)), batch(ticket(3)), DOWN],
        [batch(ticket(2)), batch(ticket(3)), batch(ticket(4), state={"until": 2})],
    )
    sync_source(shop.wiring, "shop.mes")
    failed = sync_source(shop.wiring, "shop.mes")
    assert (failed.state, failed.code) == ("failed", "CON110")
    assert checkpoint(shop).state == {"until": 1}
    sync_source(shop.wiring, "shop.mes")
    assert numbers(shop) == ["1", "2", "3", "4"]
    assert shop.script.states[1:] == [{"until": 1}, {"until": 1}]
    assert checkpoint(shop).state == {"until": 2}


def test_a_bad_row_is_put_aside_with_its_field_and_comes_back(shop: Shop) -> None:
    good = [ticket(n) for n in range(9)]
    shop.runs(
        [batch(*good, ticket("x", q="many"), state={})],
        [batch(ticket("x", q="many"), state={})],
        [batch(ticket("x", q=4), state={})],
    )
    sync_source(shop.wiring, "shop.mes")
    (row,) = rejects(shop)
    assert (row.field, row.code, row.key, row.attempts) == ("qty", "BLD402", '["x"]', 1)
    assert len(numbers(shop)) == 9
    sync_source(shop.wiring, "shop.mes")
    assert rejects(shop)[0].attempts == 2
    sync_source(shop.wiring, "shop.mes")
    assert rejects(shop) == []
    assert "x" in numbers(shop)


def test_an_unknown_business_key_is_a_reject_until_its_record_is_there(shop: Shop) -> None:
    rows = [*(ticket(n) for n in range(9)), ticket("late", m="M9")]
    shop.runs([batch(*rows, state={})])
    sync_source(shop.wiring, "shop.mes")
    (row,) = rejects(shop)
    assert (row.code, row.field) == ("MAP102", "machine")


def test_too_many_bad_rows_stop_the_run_and_write_none_of_the_batch(shop: Shop) -> None:
    rows = [ticket(n, q="?" if n % 3 == 0 else 1) for n in range(30)]
    shop.runs(
        [batch(*rows, state={"until": 5})], [batch(*(ticket(n) for n in range(30)), state={})]
    )
    failed = sync_source(shop.wiring, "shop.mes")
    assert failed.code == "SYN101"
    assert numbers(shop) == []
    assert len(rejects(shop)) == 10
    assert checkpoint(shop) is None
    assert open_incidents(shop) == ["SYN101"]
    sync_source(shop.wiring, "shop.mes")
    assert len(numbers(shop)) == 30
    assert open_incidents(shop) == []
    assert rejects(shop) == []


def test_one_row_that_breaks_a_unique_rule_does_not_stop_the_others(shop: Shop) -> None:
    rows = [ticket(n, s=f"S{n}") for n in range(12)]
    rows[7]["s"] = "S3"
    shop.runs([batch(*rows, state={"until": 3})])
    done = sync_source(shop.wiring, "shop.mes")
    assert done.state == "done"
    assert len(numbers(shop)) == 11
    (row,) = rejects(shop)
    assert (row.code, row.key) == ("SYN103", '["7"]')
    assert checkpoint(shop).state == {"until": 3}


def test_a_source_of_people_can_not_take_the_last_administrator_away(
    tmp_path: Path, database_url: str
) -> None:
    people = StreamMapping(
        stream="people", into="person", key=("code",),
        fields=(mapped("no", "code"), mapped("name", "name"), mapped("here", "active")),
    )  # fmt: skip
    with opened(tmp_path, source(streams=(people,)), url=database_url) as shop:
        with shop.wiring.writing() as ctx:
            (wang,) = records.insert(ctx, "person", [{"name": "Wang", "code": "only here"}])
            (zhao,) = records.insert(
                ctx, "person", [{"name": "Zhao", "code": "zhao", "manager": wang.id}]
            )
            accounts.create_account(
                ctx, "zhao", "correct horse 9", roles=["admin"], person_id=zhao.id
            )
        gone = {"no": "zhao", "name": "Zhao", "here": False}
        rows = [gone, {"no": "li", "name": "Li", "here": True}]
        shop.script.runs["people"] = [[batch(*rows, state={"until": 3})]] * 2
        done = sync_source(shop.wiring, "shop.mes")
        assert (done.state, done.streams["people"].written) == ("done", 1)
        (row,) = rejects(shop)
        assert (row.code, row.key, row.args) == ("RUN158", '["zhao"]', {"login": "zhao"})
        with shop.wiring.writing() as ctx:
            accounts.create_account(ctx, "li", "correct horse 9", roles=["admin"])
        assert sync_source(shop.wiring, "shop.mes").streams["people"].written == 1
        assert rejects(shop) == []
        assert shop.rows("person", "code", "manager.code", "active") == [
            {"code": "li", "manager.code": None, "active": True},
            {"code": "only here", "manager.code": None, "active": None},
            {"code": "zhao", "manager.code": "only here", "active": False},
        ], "what the source does not know of stays as it is"


def test_a_lost_source_is_said_once_and_so_is_its_return(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="runtime.source_states")
    shop.runs([batch(state={})], [DOWN], [DOWN], [DOWN], [batch(state={})], [batch(state={})])
    states = []
    for minute in range(6):
        shop.at(minute * 60)
        sync_source(shop.wiring, "shop.mes")
        states.append(state_of(shop))
    assert states == ["ok", "lost", "lost", "lost", "ok", "ok"]
    assert [record.message.split(":")[0] for record in caplog.records] == [
        "source shop.mes is lost", "source shop.mes is back",
    ]  # fmt: skip


def test_a_loss_longer_than_the_limit_becomes_an_incident(shop: Shop) -> None:
    shop.runs([DOWN], [DOWN], [DOWN], [batch(state={})])
    for seconds, expected in ((0, []), (600, []), (1000, ["CON110"]), (1100, [])):
        shop.at(seconds)
        sync_source(shop.wiring, "shop.mes")
        assert open_incidents(shop) == expected


@pytest.mark.parametrize("error", [AuthError("CON113", status="401"), ConfigError("CON111")])
def test_what_needs_a_person_stops_the_source_and_is_tried_rarely(
    shop: Shop, error: ConfigError | AuthError
) -> None:
    shop.runs([error], [batch(ticket(1), state={})])
    assert sync_source(shop.wiring, "shop.mes").state == "failed"
    assert state_of(shop) == "stopped"
    assert open_incidents(shop) == [error.code]
    shop.at(300)
    assert sync_source(shop.wiring, "shop.mes").state == "skipped"
    assert len(shop.script.states) == 1, "the account is not locked by asking again and again"
    shop.at(1300)
    assert sync_source(shop.wiring, "shop.mes").state == "done", "it recovers without a restart"
    assert state_of(shop) == "ok"
    assert open_incidents(shop) == []


def test_a_person_may_try_a_stopped_source_at_once(shop: Shop) -> None:
    shop.runs([ConfigError("CON111")], [batch(state={})])
    sync_source(shop.wiring, "shop.mes")
    assert sync_source(shop.wiring, "shop.mes", force=True).state == "done"


def test_a_bug_in_a_connector_fails_the_run_and_moves_nothing(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.script.runs["tickets"] = [["nonsense"]]  # type: ignore[list-item]
    assert sync_source(shop.wiring, "shop.mes").code == "CON190"
    assert checkpoint(shop) is None
    assert open_incidents(shop) == ["CON190"]
    assert "shop.mes" in caplog.text


def test_a_missing_connector_says_so(shop: Shop) -> None:
    shop.wiring.connectors = Registry({}, {"fake": "ImportError: no module"})
    assert sync_source(shop.wiring, "shop.mes").code == "CON123"
    assert state_of(shop) == "stopped"


def test_a_due_job_is_worked_off(shop: Shop) -> None:
    shop.runs([batch(ticket(1), state={})])
    with shop.wiring.writing() as ctx:
        jobs.put(ctx.uow, kind="sync", key="sync:1", payload={"source": "shop.mes"}, at=ctx.now)
        jobs.put(ctx.uow, kind="sync", key="sync:2", payload={"source": "shop.gone"}, at=ctx.now)
    assert sync.run_once(shop.wiring, "test")
    assert sync.run_once(shop.wiring, "test")
    assert not sync.run_once(shop.wiring, "test")
    assert numbers(shop) == ["1"]


def test_a_frozen_stream_stops_when_the_source_changes_its_shape(
    tmp_path: Path, sqlite_url: str
) -> None:
    from dataclasses import replace

    frozen = source(streams=(replace(TICKETS, drift="freeze"),))
    with opened(tmp_path, frozen, url=sqlite_url) as shop:
        shop.runs([batch(ticket(1), state={})], [batch({"id": "2", "m": "M1"}, state={})])
        assert sync_source(shop.wiring, "shop.mes").state == "done"
        assert sync_source(shop.wiring, "shop.mes").code == "SYN102"
        assert numbers(shop) == ["1"]


def test_parameters_secrets_and_the_allow_list_reach_the_connector(
    tmp_path: Path, sqlite_url: str
) -> None:
    from connectors.base import ConnectorContext
    from runtime.sources import connector_context, held

    config = {"base_url": "${param.url}", "token": "${secret.key}"}
    with opened(tmp_path, source(config=config), url=sqlite_url) as shop:
        assert sync_source(shop.wiring, "shop.mes").code == "CON128", "a parameter is not set"
        with shop.wiring.writing() as ctx:
            book.put_setting(ctx.uow, "shop.mes", book.Setting("url", "http://erp", False, None))
            sealed = shop.wiring.keyring.encrypt("hunter2")
            book.put_setting(
                ctx.uow, "shop.mes", book.Setting("key", sealed, True, "http://erp:80")
            )
            book.set_egress_rules(ctx.uow, "shop.mes", [("erp", 80)])
        with shop.wiring.reading() as ctx:
            holds = held(ctx, shop.wiring, "shop.mes")
            found = connector_context(shop.wiring, ctx.catalog.sources["shop.mes"], holds)
    assert isinstance(found, ConnectorContext)
    assert found.config == {"base_url": "http://erp", "token": "${secret.key}"}
    assert found.secret("key", "http://erp:80") == "hunter2"
    assert found.egress.allow == (("erp", 80),)
    assert found.evaluate is not None
    assert found.evaluate("q > 1 AND s != 'x'", {"q": 2, "s": "y"}) is True


def test_a_stop_of_the_process_ends_a_run_between_batches_without_an_alarm(shop: Shop) -> None:
    script = [batch(ticket(n), state={"page": n}) for n in (1, 2, 3)]
    shop.runs(script, script)
    shop.wiring.stopping.set()
    done = sync_source(shop.wiring, "shop.mes")
    assert (done.state, done.code) == ("failed", "SYN105")
    assert numbers(shop) == ["1"]
    assert checkpoint(shop).state == {"page": 1}
    assert open_incidents(shop) == []
    assert state_of(shop) in {None, "ok"}
    shop.wiring.stopping.clear()
    assert sync_source(shop.wiring, "shop.mes").state == "done"
    assert numbers(shop) == ["1", "2", "3"]
