"""Two at the same moment: one wins, the other is told so, and nothing is done twice."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from builder.packs import load, read_folder
from dsl.values import parse_date, parse_datetime
from runtime import accounts, act, edit, records, scheduler, worker
from runtime.admins import administrators
from runtime.clock import FixedClock
from runtime.context import SYSTEM_ACTOR
from runtime.errors import Conflicting, Invalid
from runtime.jobs_table import HANDLERS
from runtime.packs import SHIPPED, install_pack
from runtime.settings import Settings
from runtime.submit import Submitted, submit_form
from runtime.wiring import Wiring, new_uid
from store import accounts as stored_accounts
from store import jobs, tables
from store import records as stored
from store.errors import DuplicateError
from store.query import Query, read
from store.records import Stamp
from store.system_scope import SYSTEM

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]
START = parse_datetime("2026-06-28T21:30:00+08:00")  # Sunday: the week closes at midnight
CLOSED = parse_datetime("2026-06-29T00:15:00+08:00")
SECOND = 1_000_000
CORE, RED = "performance_core", "quality_red_line"
GOAL, REPORT, ALARM = f"{CORE}.goal", f"{CORE}.weekly_report", f"{RED}.alarm"
BEHIND, THREE = f"{CORE}.behind_plan", f"{RED}.dim_alarm_x3"
ROUNDS = 4


@dataclass
class Racers:
    """One installation and two processes' worth of wirings on it."""

    one: Wiring
    two: Wiring
    people: dict[str, int]
    uids: dict[str, str]

    def at(self, instant):
        self.one.clock = self.two.clock = FixedClock(instant)

    def insert(self, entity, *rows):
        with self.one.writing() as ctx:
            return records.insert(ctx, entity, list(rows))

    def rows(self, table, *columns, **where):
        with self.one.reading() as ctx:
            chosen = select(*(table.c[name] for name in columns)).order_by(*table.primary_key)
            for name, value in where.items():
                chosen = chosen.where(table.c[name] == value)
            return [tuple(row) for row in ctx.uow.execute(chosen)]

    def records(self, entity, *fields):
        with self.one.reading() as ctx:
            page = read(ctx.uow, SYSTEM, Query(entity, fields), tables=ctx.tables,
                        catalog=ctx.catalog, params=ctx.params)  # fmt: skip
        return [tuple(row[name] for name in fields) for row in page.rows]

    def meet(self, *works):
        """Run these at one moment, each in a unit of work of its own; what came of each.

        On PostgreSQL all units are open before the first does anything.
        """
        barrier = threading.Barrier(len(works))
        inside = self.one.database.dialect == "postgresql"

        def run(place):
            wiring = (self.one, self.two)[place % 2]
            try:
                if not inside:
                    barrier.wait(20)
                with wiring.writing() as ctx:
                    if inside:
                        barrier.wait(20)
                    return works[place](ctx)
            except (Invalid, Conflicting, DuplicateError) as refused:
                return refused

        with ThreadPoolExecutor(len(works)) as pool:
            return list(pool.map(run, range(len(works))))

    def beside(self, work):
        """Run `work(wiring, owner)` in both processes at one moment."""
        barrier = threading.Barrier(2)

        def run(wiring, owner):
            barrier.wait(20)
            return work(wiring, owner)

        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(run, (self.one, self.two), ("one", "two")))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def racers(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    url = ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql_server")
        name = server.take()
        url = server.url(name)
    settings = Settings(data_dir=folder, database_url=url)
    one = Wiring.open(settings, clock=FixedClock(START))
    nowhere = {"base_url": "http://plant.invalid"}
    for pack, more in ((CORE, {}), (RED, {"opcua_url": "opc.tcp://plant.invalid:4840"})):
        loaded = load(read_folder(SHIPPED / pack))
        install_pack(one, loaded, parameters={**nowhere, **more}, actor=SYSTEM_ACTOR)
    two = Wiring.open(settings, clock=FixedClock(START))
    found = Racers(one, two, {}, {})
    (boss,) = found.insert("person", {"name": "Wang", "code": "P1", "email": "p1@demo.example"})
    (other,) = found.insert(
        "person",
        {"name": "Li", "code": "P2", "email": "p2@demo.example", "manager": boss.id},
    )
    found.people |= {"boss": boss.id, "li": other.id}
    found.uids |= {"boss": boss.uid, "li": other.uid}
    yield found
    for wiring in (one, two):
        wiring.close()
    if url:
        server.give_back(name)


@pytest.fixture
def numbers(request):
    """Names no other test uses."""
    return (f"{request.node.name}-{n}" for n in range(1, 1000))


def goal_row(racers, name):
    return {
        "code": name, "name": name, "owner": racers.people["li"],
        "start": parse_date("2026-06-01"), "end": parse_date("2026-06-28"),
    }  # fmt: skip


def test_two_administrators_who_close_each_other_at_once_leave_one(racers, numbers):
    for _ in range(ROUNDS):
        with racers.one.writing() as ctx:
            for each in administrators(ctx.uow, ctx.catalog):  # of rounds before
                stored_accounts.set_active(ctx.uow, each.id, active=False)
            uids = [
                accounts.create_account(ctx, next(numbers), "correct horse 9", roles=["admin"])
                for _ in range(2)
            ]
        outcomes = racers.meet(*(lambda ctx, uid=uid: accounts.disable(ctx, uid) for uid in uids))
        codes = sorted(
            each.problems[0].code if isinstance(each, Conflicting) else "" for each in outcomes
        )
        assert codes == ["", "RUN158"]
        with racers.one.reading() as ctx:
            assert len(administrators(ctx.uow, ctx.catalog)) == 1


# --- forms and cards ----------------------------------------------------------------------
def card_of(racers, name, count=3):
    """A machine, its alarms, and the card they made."""
    (machine,) = racers.insert(
        f"{RED}.machine", {"code": name, "name": name, "leader": racers.people["li"]}
    )
    for number in range(count):
        racers.insert(ALARM, alarm_row(machine.id, f"{name}/{number}", number))
    ((uid,),) = racers.rows(tables.task, "uid", subject_id=machine.id, rule=THREE)
    return machine, uid


def alarm_row(machine, name, number):
    return {
        "source_event_id": name, "machine": machine, "code": "dim_out_of_tolerance",
        "batch": "B1", "raised_at": START + number * SECOND,
    }  # fmt: skip


def cause(machine, text):
    return {
        "machine": machine.uid, "causes": [{"id": "1", "text": text}], "root_cause": "tool",
        "countermeasure": text, "stop_line": False,
    }  # fmt: skip


def sending(task, values, key):
    return lambda ctx: act.submit_task(ctx, task, values, key=key)


def filling(racers, name, key):
    values = {
        "name": name, "owner": racers.uids["li"], "start": "2026-06-01", "end": "2026-06-30",
        "weight": "0.1",
    }  # fmt: skip
    return lambda ctx: submit_form(ctx, f"{CORE}.goal_form", values, key=key)


def test_one_card_is_submitted_by_two_and_becomes_one_record(racers, numbers):
    for name in (next(numbers) for _ in range(ROUNDS)):
        machine, task = card_of(racers, name)
        came = racers.meet(
            *(sending(task, cause(machine, who), f"{name}:{who}") for who in ("one", "two"))
        )
        (done,) = [each for each in came if isinstance(each, act.TaskDone)]
        (refused,) = [each for each in came if isinstance(each, Invalid)]
        assert [problem.code for problem in refused.problems] == ["RUN205"], "already closed"
        found = racers.records(f"{RED}.cause_analysis", "uid", "machine.code")
        assert [uid for uid, code in found if code == name] == [done.record_uid]
        closed = racers.rows(tables.alert, "state", "closed_at", subject_id=machine.id)
        assert closed == [("closed", START)]


def test_the_same_key_twice_at_once_is_one_submission(racers, numbers):
    for name in (next(numbers) for _ in range(ROUNDS)):
        came = racers.meet(*[filling(racers, name, name)] * 3)
        assert all(isinstance(each, Submitted) for each in came), came
        assert len({each.record_uid for each in came}) == 1
        assert racers.records(GOAL, "name").count((name,)) == 1


def test_one_card_sent_twice_under_one_key_is_one_answer(racers, numbers):
    for name in (next(numbers) for _ in range(ROUNDS)):
        machine, task = card_of(racers, name)
        came = racers.meet(*[sending(task, cause(machine, name), name)] * 2)
        assert isinstance(came[0], act.TaskDone), came
        assert came[0] == came[1]


def test_a_key_used_with_other_content_at_the_same_moment_is_refused(racers, numbers):
    name = next(numbers)
    came = racers.meet(*(filling(racers, f"{name}{part}", name) for part in "ab"))
    (refused,) = [each for each in came if isinstance(each, Conflicting)]
    assert [problem.code for problem in refused.problems] == ["RUN204"]
    kept = {(f"{name}a",), (f"{name}b",)} & set(racers.records(GOAL, "name"))
    assert len(kept) == 1


def alert_of(racers, machine):
    ((uid,),) = racers.rows(tables.alert, "uid", subject_id=machine.id)
    return uid


ACTS = {
    "send the card": lambda _racers, machine, task: sending(task, cause(machine, "one"), task),
    "acknowledge": lambda racers, machine, _: (
        lambda ctx: act.acknowledge(ctx, alert_of(racers, machine))
    ),
    "judge": lambda racers, machine, _: (
        lambda ctx: act.give_feedback(ctx, alert_of(racers, machine), "right")
    ),
}


@pytest.mark.parametrize("verb", list(ACTS))
def test_whoever_acts_on_an_alert_and_the_rule_that_touches_it_do_not_block_each_other(
    racers, numbers, verb
):
    """The rule wants the alert while somebody has it, who wants the change number the rule has."""
    for name in (next(numbers) for _ in range(ROUNDS)):
        machine, task = card_of(racers, name)
        work = ACTS[verb](racers, machine, task)
        has_it = threading.Event()

        def act_slowly(work=work, has_it=has_it):
            with racers.one.writing() as ctx:
                work(ctx)
                has_it.set()
                time.sleep(0.3)  # time for the other one to come as far as it can

        def alarm(machine=machine, name=name, has_it=has_it):
            assert has_it.wait(20)
            with racers.two.writing() as ctx:
                records.insert(ctx, ALARM, [alarm_row(machine.id, f"{name}/late", 3)])

        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(act_slowly), pool.submit(alarm)]:
                done.result(timeout=60)
        ((count, state),) = racers.rows(tables.alert, "count", "state", subject_id=machine.id)
        wanted = {"send the card": (3, "closed"), "acknowledge": (4, "acknowledged")}
        assert (count, state) == wanted.get(verb, (4, "firing"))


# --- records ------------------------------------------------------------------------------
HEAVY = 400_000  # over 30 % a reason is asked for


def editing(goal, **values):
    return lambda ctx: edit.change_record(ctx, GOAL, goal.uid, values, base_version=1)


def test_two_edits_on_one_version_conflict_on_the_field_they_share(racers, numbers):
    for name in (next(numbers) for _ in range(ROUNDS)):
        (goal,) = racers.insert(GOAL, {**goal_row(racers, name), "weight": HEAVY})
        came = racers.meet(editing(goal, reason="one"), editing(goal, reason="two"))
        (refused,) = [each for each in came if isinstance(each, Conflicting)]
        (kept,) = [each for each in came if not isinstance(each, Conflicting)]
        clash = refused.details["fields"]["reason"]
        assert (clash["base"], clash["theirs"]) == (None, kept.after["reason"])
        assert refused.details["version"] == 2
        versions = history_of(racers, goal.id, "version", "reason")
        assert versions == [(1, None), (2, kept.after["reason"])]


def test_two_edits_of_different_fields_both_hold(racers, numbers):
    for name in (next(numbers) for _ in range(ROUNDS)):
        (goal,) = racers.insert(GOAL, {**goal_row(racers, name), "weight": HEAVY})
        came = racers.meet(editing(goal, reason="late"), editing(goal, weight="0.5"))
        assert not [each for each in came if isinstance(each, Conflicting)]
        versions = history_of(racers, goal.id, "version", "reason", "weight")
        assert [version for version, *_ in versions] == [1, 2, 3]
        assert versions[-1] == (3, "late", 500_000)


def history_of(racers, record_id, *fields):
    with racers.one.reading() as ctx:
        mine = ctx.tables[GOAL]
        history = mine.history
        columns = [
            history.c[name] if name in history.c else history.c[mine.column(name).name]
            for name in fields
        ]
        found = select(*columns).where(history.c.id == record_id).order_by(history.c.rev_from)
        return [tuple(row) for row in ctx.uow.execute(found)]


def test_two_imports_of_the_same_keys_make_each_record_once(racers, numbers):
    names = [next(numbers) for _ in range(20)]

    def upsert(ctx, rows, text):
        mapped = [{**goal_row(racers, name), "reason": text} for name in rows]
        done = stored.upsert_many(
            ctx.uow, ctx.tables, GOAL, key=("code",), rows=mapped, new_uid=new_uid,
            stamp=Stamp(text, ctx.now),
        )  # fmt: skip
        records.follow(ctx, done.changes)
        return len(done.changes)

    came = racers.meet(
        lambda ctx: upsert(ctx, names, "one"), lambda ctx: upsert(ctx, names[::-1], "two")
    )
    assert came == [20, 20]  # the second one found them and changed the reason
    found = [code for (code,) in racers.records(GOAL, "code") if code in names]
    assert sorted(found) == sorted(names)


def importing(racers, name):
    def upsert(ctx):
        return stored.upsert_many(
            ctx.uow, ctx.tables, GOAL, key=("code",), rows=[goal_row(racers, name)],
            new_uid=new_uid, stamp=Stamp("import", ctx.now),
        )  # fmt: skip

    return upsert


def making(racers, name):
    values = {
        "code": name, "name": f"{name} by hand", "owner": racers.uids["li"],
        "start": "2026-06-01", "end": "2026-06-30",
    }  # fmt: skip
    return lambda ctx: edit.create_record(ctx, GOAL, values)


def test_an_import_and_a_form_with_one_key_make_one_record(racers, numbers):
    for name in (next(numbers) for _ in range(ROUNDS)):
        came = racers.meet(importing(racers, name), making(racers, name))
        assert [code for (code,) in racers.records(GOAL, "code")].count(name) == 1
        # the import meets the record when it takes its rows one by one, and changes it
        assert len([each for each in came if isinstance(each, Invalid | DuplicateError)]) <= 1


# --- rules and jobs -----------------------------------------------------------------------
def test_alarms_that_arrive_at_one_moment_make_one_card(racers, numbers):
    for name in (next(numbers) for _ in range(ROUNDS)):
        (machine,) = racers.insert(
            f"{RED}.machine", {"code": name, "name": name, "leader": racers.people["li"]}
        )
        alarms = [alarm_row(machine.id, f"{name}/{n}", n) for n in range(4)]
        racers.meet(*(lambda ctx, row=row: records.insert(ctx, ALARM, [row]) for row in alarms))
        assert racers.rows(tables.alert, "count", "episode", subject_id=machine.id) == [(4, 1)]
        assert len(racers.rows(tables.task, "uid", subject_id=machine.id)) == 1


def test_two_workers_take_every_job_once(racers, monkeypatch):
    racers.beside(worker.drain)
    taken = []
    monkeypatch.setitem(HANDLERS, "count", lambda _, payload: taken.append(payload["n"]))
    with racers.one.writing() as ctx:
        for n in range(30):
            jobs.put(ctx.uow, kind="count", key=f"count:{n}", payload={"n": n}, at=ctx.now)
    done = racers.beside(worker.drain)
    assert sum(done) == 30
    assert sorted(taken) == list(range(30))
    counted = racers.rows(tables.job, "state", "attempts", kind="count")
    assert counted == [("done", 1)] * 30


def test_a_week_closed_by_two_at_once_fires_once_for_each(racers, numbers, caplog):
    names = [next(numbers) for _ in range(6)]
    goals = racers.insert(GOAL, *(goal_row(racers, name) for name in names))
    reports = [
        {"goal": goal.id, "week_end": parse_date(day), "progress": 10_000}
        for goal in goals for day in ("2026-06-21", "2026-06-28")
    ]  # fmt: skip
    racers.insert(REPORT, *reports)
    racers.at(CLOSED)
    racers.beside(lambda wiring, _: scheduler.tick(wiring))
    racers.beside(worker.drain)
    # the same period again, by hand and in both at once
    payload = {"grain": "week", "period": week_of("2026-06-28"), "calendar": "office"}
    racers.meet(*[lambda ctx: HANDLERS["close_period"](ctx, payload)] * 2)
    ids = {goal.id for goal in goals}
    fired = racers.rows(tables.alert, "subject_id", "episode", "state", rule=BEHIND)
    mine = [each for each in fired if each[0] in ids]
    assert sorted(mine) == sorted((goal.id, 1, "firing") for goal in goals)
    mails = [json.loads(text) for (text,) in racers.rows(tables.outbox, "payload")]
    told = [(m["to"], m["values"]["subject"]["uid"]) for m in mails if "subject" in m["values"]]
    wanted = {(f"{who}@demo.example", goal.uid) for who in ("p1", "p2") for goal in goals}
    assert wanted <= set(told)
    assert len(told) == len(set(told))
    # late data for all of them, in two parts at once: corrected once, nobody is told again
    last = [
        (record_id, goal)
        for record_id, goal, day in racers.records(REPORT, "id", "goal", "week_end")
        if goal in ids and day == parse_date("2026-06-28")
    ]
    racers.meet(catching_up(last[::2]), catching_up(last[1::2]))
    racers.beside(worker.drain)
    fired = racers.rows(tables.alert, "subject_id", "corrected", rule=BEHIND)
    assert [bool(corrected) for subject, corrected in fired if subject in ids] == [True] * 6
    assert len(racers.rows(tables.outbox, "id")) == len(mails)
    failed = [r.getMessage() for r in caplog.records if r.name == "runtime.worker"]
    assert failed == [], "no worker lost a job to the other"


def catching_up(reports):
    return lambda ctx: [
        records.update(ctx, REPORT, record_id, {"progress": 1_000_000}) for record_id, _ in reports
    ]


def week_of(text):
    return (parse_date(text) + 3) // 7


def test_nothing_is_left_between_two_states(racers):
    """After all these races: no job or message hangs, every record has one version in force."""
    states = {state for (state,) in racers.rows(tables.job, "state")}
    assert states <= {"done", "ready"}
    with racers.one.reading() as ctx:
        for name in (GOAL, REPORT, f"{RED}.machine"):
            mine = ctx.tables[name]
            current = ctx.uow.execute(select(mine.current.c.id, mine.current.c.version)).all()
            in_force = ctx.uow.execute(
                select(mine.history.c.id, func.max(mine.history.c.version))
                .where(mine.history.c.rev_to == 2**63 - 1)
                .group_by(mine.history.c.id)
                .having(func.count() == 1)
            ).all()
            assert sorted(map(tuple, current)) == sorted(map(tuple, in_force))
