"""Definitions, accounts, tasks, sources, samples, files, people, secrets."""

import stat
from dataclasses import replace

import pytest

from store import (
    accounts,
    api_tokens,
    calendar_days,
    definitions,
    files,
    ingest,
    people,
    query,
    record_tables,
    records,
    samples,
    settings_table,
    sources,
    tasks,
    view_log,
)
from store.accounts import NewAccount
from store.definitions import Install, StoredDefinition
from store.errors import BadValueError
from store.query import Query
from store.samples import DAY_US, Sample
from store.secrets import KeyFileError, Keyring, UnreadableSecretError
from store.sources import Counts, Setting
from store.system_scope import SYSTEM
from store.tasks import NewNotice, NewTask

NOW = 1_767_225_600_000_000


# --- definitions --------------------------------------------------------------------------
def publish(uow, *put, removed=()):
    return definitions.publish(
        uow, put=put, removed=removed, author="li", note="n", at=NOW, real_at=NOW
    )


def test_every_revision_can_be_loaded_again(database):
    with database.write() as uow:
        assert definitions.current_revision(uow) == 0
        one = publish(uow, StoredDefinition("entity", "p.a", {"v": 1}))
    with database.write() as uow:
        two = publish(
            uow,
            StoredDefinition("entity", "p.a", {"v": 2}, "p"),
            StoredDefinition("rule", "p.r", {"中": "文"}),
        )
    with database.write() as uow:
        three = publish(uow, removed=[("rule", "p.r")])
    with database.read() as uow:
        assert definitions.load(uow, one) == [("entity", "p.a", {"v": 1})]
        assert [d[:2] for d in definitions.load(uow, two)] == [("entity", "p.a"), ("rule", "p.r")]
        assert definitions.load(uow) == [("entity", "p.a", {"v": 2})]
        assert definitions.current_revision(uow) == three == 3
        assert [r.number for r in definitions.revisions(uow)] == [3, 2, 1]
        assert definitions.load_stored(uow)[0].origin == "p"


def test_drafts_are_saved_by_version(database):
    settings = {"kind": "form", "name": "p.f", "editor": "li", "real_at": NOW}
    with database.write() as uow:
        draft = definitions.put_draft(uow, document={"a": 1}, expected_version=0, **settings)
        assert draft.version == 1
        assert definitions.put_draft(uow, document={}, expected_version=0, **settings) is None
        assert definitions.put_draft(uow, document={}, expected_version=7, **settings) is None
        draft = definitions.put_draft(uow, document=None, expected_version=1, **settings)
        assert (draft.version, draft.document) == (2, None)
        definitions.delete_drafts(uow, [("form", "p.f")])
        assert definitions.list_drafts(uow) == []


def test_a_pack_is_installed_once(database):
    with database.write() as uow:
        for version in ("1.0.0", "1.1.0"):
            definitions.put_install(uow, Install("p", version, {"pack.json": "{}"}, 1, NOW))
        (install,) = definitions.installs(uow)
    assert (install.version, install.base_files) == ("1.1.0", {"pack.json": "{}"})


# --- accounts -----------------------------------------------------------------------------
@pytest.fixture
def account(database, tables):
    with database.write() as uow:
        accounts.create(uow, NewAccount("a1", "li", "hash", None, ("r",), "zh-CN"))
        return accounts.by_login(uow, "li")


def open_session(uow, account, token="t"):
    accounts.open_session(uow, account, token_hash=token, csrf="c", real_at=NOW)


@pytest.mark.parametrize(
    "change",
    [
        lambda uow, a: accounts.set_password(uow, a.id, "new"),
        lambda uow, a: accounts.set_roles(uow, a.id, ("x",)),
        lambda uow, a: accounts.set_active(uow, a.id, active=False),
    ],
)
def test_what_makes_an_account_another_ends_its_sessions(database, account, change):
    with database.write() as uow:
        open_session(uow, account)
        change(uow, account)
        assert accounts.session(uow, "t") is None
        assert accounts.by_uid(uow, "a1").security_version == account.security_version + 1


def test_a_session_is_read_by_the_map_in_force(database, account):
    with database.write() as uow:
        open_session(uow, account)
    with database.read() as uow:
        before = record_tables.tables_of(uow).version
    with database.write(publishing=True) as uow:
        record_tables.map_changed(uow)  # as another process does when it publishes
    for _ in range(2):
        with database.read() as uow:
            assert accounts.session(uow, "t").account == account
            assert record_tables.last_known(uow).version == before + 1


def test_sessions_and_failures(database, account):
    with database.write() as uow:
        accounts.count_failure(uow, account.id, failures=3, real_locked_until=NOW)
        failing = accounts.by_login(uow, "li")
        assert (failing.failed_logins, failing.real_locked_until) == (3, NOW)
        open_session(uow, failing)
        assert accounts.by_login(uow, "li").failed_logins == 0
        accounts.touch_session(uow, "t", real_at=NOW + 1)
        assert accounts.session(uow, "t").real_seen == NOW + 1
        accounts.close_session(uow, "t")
        assert accounts.session(uow, "t") is None
        open_session(uow, failing)
        assert accounts.purge_sessions(uow, seen_before=NOW + 1, created_before=0) == 1


def test_tokens_and_answers(database, account):
    with database.write() as uow:
        api_tokens.create(
            uow,
            api_tokens.NewToken(
                uid="t1", token_hash="h", account_id=account.id, label="ci",
                scopes=["records:read"], real_expires=NOW,
            ),
        )  # fmt: skip
        api_tokens.touch(uow, "h", real_at=5)
        found = api_tokens.by_hash(uow, "h")
        assert (found.account_id, found.scopes, found.real_used) == (
            account.id, ("records:read",), 5,
        )  # fmt: skip
        assert api_tokens.of_account(uow, account.id) == [found]
        assert not api_tokens.remove(uow, account.id + 1, "t1")
        assert api_tokens.remove(uow, account.id, "t1")
        assert api_tokens.by_hash(uow, "h") is None
        accounts.remember(uow, actor="li", key="k", request_hash="h", response="r", real_at=NOW)
        assert accounts.recall(uow, actor="li", key="k").response == "r"
        assert accounts.recall(uow, actor="wang", key="k") is None


# --- tasks, notices -----------------------------------------------------------------------
def new_task(key="k", **more):
    return NewTask(
        uid=f"uid-{key}", key=key, kind="card", title="{}", assignee_id=1, card="[]",
        opened_at=NOW, **more,
    )  # fmt: skip


def test_a_task_is_given_once_and_ends_once(database):
    with database.write() as uow:
        task = tasks.put_task(uow, new_task(due_at=NOW - 1))
        assert tasks.put_task(uow, new_task()) is None
        assert tasks.count_open(uow, 1, now=NOW) == (1, 1)
    with database.write() as uow:
        locked = tasks.lock_task(uow, task.uid)
        done = tasks.finish_task(uow, locked, at=NOW + 5, by=1, response_hours=7)
        assert (done.state, done.response_hours, done.done_by) == ("done", 7, 1)
        with pytest.raises(ValueError, match="not open"):
            tasks.finish_task(uow, locked, at=NOW + 6, by=1)
        assert tasks.tasks_of(uow, 1, state="open") == []
        assert [t.uid for t in tasks.tasks_of(uow, None)] == [task.uid]


def test_tasks_are_records_of_the_language_as_known_at(database, tables, catalog):
    def read(uow, **more):
        wanted = Query("sys.task", ("state", "done_at", "response_hours"), **more)
        page = query.read(uow, SYSTEM, wanted, tables=tables, catalog=catalog)
        return [(r["uid"], r["state"], r["done_at"], r["response_hours"]) for r in page.rows]

    with database.write() as uow:
        task = tasks.put_task(uow, new_task())
    with database.read() as uow:
        opened = uow.known_rev()
    with database.write() as uow:
        tasks.finish_task(uow, task, at=NOW + 5, by=1, response_hours=7)
    with database.read() as uow:
        assert read(uow) == [(task.uid, "done", NOW + 5, 7)]
        assert read(uow, as_of=opened) == [(task.uid, "open", None, None)]
        assert read(uow, as_of=opened - 1) == []


def test_notices_are_read_by_their_owner_only(database):
    with database.write() as uow:
        notice = NewNotice(uid="n", key="k", person_id=1, subject="{}", body="{}", at=NOW)
        other = replace(notice, uid="o", key="l", person_id=2, link="/alerts/x")
        tasks.put_notices(uow, [notice, replace(notice, uid="m"), other])
        tasks.put_notices(uow, [replace(notice, uid="m")])
        assert tasks.count_unread(uow, 1) == 1
        assert tasks.notices_of(uow, 2)[0].link == "/alerts/x"
        assert not tasks.mark_read(uow, "n", person_id=2, at=NOW)
        assert tasks.mark_read(uow, "n", person_id=1, at=NOW)
        assert tasks.mark_read(uow, "n", person_id=1, at=NOW + 1)
        assert tasks.notices_of(uow, 1)[0].read_at == NOW
        assert tasks.notices_of(uow, 1, unread_only=True) == []


# --- sources ------------------------------------------------------------------------------
def test_what_is_held_for_a_source(database):
    with database.write() as uow:
        sources.put_setting(uow, "mes", Setting("url", "http://x", secret=False))
        sources.put_setting(uow, "mes", Setting("url", "http://y", secret=False))
        sources.put_setting(uow, "mes", Setting("token", "enc", secret=True, origin="http://y:80"))
        sources.set_egress_rules(uow, "mes", [("h", 1), ("h", 1), ("g", 2)])
        sources.put_checkpoint(uow, "mes", "s", state={"c": 1}, checked_at=NOW)
        sources.put_checkpoint(uow, "mes", "s", state={"c": 2}, checked_at=NOW, newest_at=3)
    with database.read() as uow:
        assert [(s.name, s.value, s.secret) for s in sources.settings(uow, "mes")] == [
            ("token", "enc", True),
            ("url", "http://y", False),
        ]
        assert sources.egress_rules(uow, "mes") == [("h", 1), ("g", 2)]
        assert sources.checkpoint(uow, "mes", "s").state == {"c": 2}
        assert sources.checkpoint(uow, "mes", "t") is None
        assert set(sources.checkpoints(uow, "mes")) == {"s"}


def test_runs_states_and_rejects(database):
    with database.write() as uow:
        run = sources.start_run(uow, uid="r", source="mes", stream="s", at=NOW)
        sources.end_run(uow, run, state="done", counts=Counts(read=3, written=2), at=NOW + 1)
        lost = sources.start_run(uow, uid="q", source="mes", stream="s", at=NOW + 2)
        assert sources.fail_abandoned_runs(uow, at=NOW, code="X") == 1
        assert sources.run(uow, lost).state == "failed"
        assert sources.last_run_at(uow, "mes") == NOW + 2
        assert [(r.uid, r.rows_written) for r in sources.runs(uow, "mes")] == [("q", 0), ("r", 2)]
        assert sources.set_state(uow, "mes", "ok", at=1)
        assert not sources.set_state(uow, "mes", "ok", at=2)
        assert sources.set_state(uow, "mes", "lost", at=3, code="C", args={"a": "b"})
        assert not sources.set_state(uow, "mes", "lost", at=4, code="D")
        found = sources.state(uow, "mes")
        assert (found.since, found.code, found.args) == (3, "D", {})
        bad = {"raw": "{}", "code": "C", "args": {}, "field": None, "at": NOW}
        for _ in range(2):
            sources.reject(uow, "mes", "s", key="k", **bad)
        (reject,) = sources.rejects(uow, "mes")
        assert reject.attempts == 2
        assert sources.count_rejects(uow) == {"mes": 1}
        assert sources.resolve_rejects(uow, "mes", "s", keys=["k", "other"]) == 1
        assert sources.rejects(uow, "mes") == []
        assert sources.run(uow, run).rev is None or sources.run(uow, run).rev > 0


def test_batches_come_in_once_and_gaps_are_declared(database):
    with database.write() as uow:
        assert ingest.take_batch(uow, "c", 1)
        assert not ingest.take_batch(uow, "c", 1)
        assert ingest.take_batch(uow, "c", 3)
        assert ingest.last_sequence(uow, "c") == 3
        ingest.open_gap(uow, "c", "n", from_at=5, cause="lost")
        ingest.open_gap(uow, "c", "n", from_at=5, cause="lost")
        assert ingest.close_gaps(uow, "c", None, to_at=9) == 1
        assert [g.to_at for g in ingest.gaps(uow, "c", from_at=8, to_at=10)] == [9]
        assert ingest.gaps(uow, "c", from_at=9, to_at=10) == []


# --- samples ------------------------------------------------------------------------------
def test_samples_come_in_once_and_over_midnight(database):
    batch = [
        Sample("m.wear", 1, DAY_US - 2, 1.5),
        Sample("m.wear", 1, DAY_US, 0.1 + 0.2, quality=0x40000000),
        Sample("m.wear", 1, DAY_US, None, sequence=1),
        Sample("m.wear", 2, DAY_US, 9.0),
    ]
    with database.write() as uow:
        assert samples.append(uow, batch, source="c", units={"m.wear": "mm"}) == 4
    with database.write() as uow:
        assert samples.append(uow, [*batch, Sample("m.wear", 1, 5, 2.0)], source="c") == 1
    with database.read() as uow:
        points = samples.window(uow, "m.wear", 1, from_at=DAY_US - 2, to_at=DAY_US + 1)
        assert [(p.at, p.value) for p in points] == [
            (DAY_US - 2, 1.5),
            (DAY_US, 0.1 + 0.2),
            (DAY_US, None),
        ]
        assert samples.latest(uow, "m.wear", 2).value == 9.0
        assert samples.latest(uow, "m.wear", 1).value is None
        assert samples.state(uow, "m.wear", 1).unit == "mm"
        last = samples.last_window(uow, "m.wear", 1, until=DAY_US, length_us=1)
        assert [p.at for p in last] == [DAY_US - 2, DAY_US, DAY_US]
        assert samples.window(uow, "m.other", 1, from_at=0, to_at=9) == []
    with database.write() as uow:
        assert samples.drop_days(uow, before_day=1) == 1
        assert samples.oldest_day(uow) == 1
        assert len(samples.window(uow, "m.wear", 1, from_at=0, to_at=2 * DAY_US)) == 2


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_samples_are_finite(database, value):
    with pytest.raises(BadValueError), database.write() as uow:
        samples.append(uow, [Sample("m.x", 1, 0, value)], source="c")


# --- files, settings, days ----------------------------------------------------------------
def test_equal_content_is_kept_once(database):
    with database.write() as uow:
        for uid in ("f1", "f2"):
            files.put(
                uow, uid=uid, name="图.png", media_type="image/png", content=b"\x00\x01",
                uploader="li", at=NOW,
            )  # fmt: skip
        files.attach(uow, ["f1"], entity="e", record_id=7)
        first, second = files.by_uid(uow, ["f1", "f2", "f3"])
        assert (first.record_id, second.record_id) == (7, None)
        assert files.content(uow, first) == b"\x00\x01"
        assert files.purge_loose(uow, before=NOW + 1) == 1
        assert files.content(uow, first) == b"\x00\x01"


def test_settings_and_days(database):
    with database.write() as uow:
        settings_table.put(uow, "a", "1")
        settings_table.put(uow, "a", "2")
        assert settings_table.get(uow, "a") == "2"
        assert settings_table.get(uow, "b") is None
        calendar_days.put(uow, "office", 3, workday=True, source="li")
        calendar_days.put(uow, "office", 3, workday=False, source="li")
        calendar_days.put(uow, "office", 4, workday=True, source="li")
        calendar_days.clear(uow, "office", 4)
        assert calendar_days.table_of(uow, "office") == {3: False}


def test_views_are_records_of_the_language(database, tables, catalog):
    with database.write() as uow:
        view_log.append(uow, [view_log.View("li", "person", 1, NOW)])
    with database.read() as uow:
        page = query.read(
            uow, SYSTEM, Query("sys.view_log", ("actor", "at")), tables=tables, catalog=catalog
        )
    assert [(r["actor"], r["at"]) for r in page.rows] == [("li", NOW)]


# --- people -------------------------------------------------------------------------------
def test_the_organisation_is_walked_without_end(database, tables, stamp):
    with database.write() as uow:

        def add(entity, uid, **values):
            change = records.insert(
                uow, tables, entity, {"name": uid, **values}, uid=uid, stamp=stamp
            )
            return change.id

        top = add("department", "top")
        below = add("department", "below", parent=top)
        boss = add("person", "boss", department=top)
        li = add("person", "li", manager=boss, department=below)
        wang = add("person", "wang", manager=li)
        records.update(
            uow, tables, "person", boss, {"manager": wang}, base_version=None, stamp=stamp
        )  # a circle
        found = people.Organisation(uow, tables, day=0)
        assert found.subordinates(li) == {wang, boss}
        assert found.departments_under([top]) == {top, below}
        assert found.departments_of(li) == {below}
        assert found.departments_of(wang) == frozenset()


# --- secrets ------------------------------------------------------------------------------
def test_keys_are_made_once_and_kept_private(tmp_path):
    path = tmp_path / "keys"
    ring = Keyring.open(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    token = ring.encrypt("秘密")
    again = Keyring.open(path)
    assert again.decrypt(token) == "秘密"
    assert again.audit_key == ring.audit_key
    rotated = again.rotated(path)
    assert Keyring.open(path) == rotated
    assert rotated.decrypt(token) == "秘密"
    with pytest.raises(UnreadableSecretError):
        ring.decrypt(rotated.encrypt("x"))
    assert "秘密" not in token
    assert ring.keys[0] not in repr(ring)


def test_a_key_file_others_can_read_or_that_is_broken_is_refused(tmp_path):
    path = tmp_path / "keys"
    Keyring.open(path)
    path.chmod(0o640)
    with pytest.raises(KeyFileError, match="owner only"):
        Keyring.open(path)
    path.chmod(0o600)
    path.write_text("{}")
    with pytest.raises(KeyFileError, match="not a key file"):
        Keyring.open(path)
