"""One script of verbs on SQLite and on PostgreSQL leaves equal tables; so do changes and a recompute."""

import itertools
import json
import random
import shutil
from dataclasses import replace

import pytest
from sqlalchemy import select

from builder.model.entity import Field
from builder.packs import load, read_folder
from dsl.values import parse_date, parse_datetime
from runtime import act, edit, measure, publish, records, scheduler, sync, worker
from runtime.clock import FixedClock
from runtime.context import SYSTEM_ACTOR
from runtime.deliver import Courier
from runtime.endpoints import settle
from runtime.packs import SHIPPED, install_pack
from runtime.publish import Proposal
from runtime.settings import Settings
from runtime.submit import Submitted, submit_form
from runtime.wiring import Wiring
from store import audit, tables
from tests.faults.chaos import GOAL, MACHINE, REPORT, SCALE, Chaos, read_all
from tests.faults.houses import BUSINESS, CORE, QUALITY, RED, START, plant_process
from tests.faults.replay import replaying

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]
BEHIND = f"{CORE}.behind_plan"
STEPS = 60  # random changes

# What is not equal by nature, and why. Everything else is.
CLOCK = "read from the machine's clock"
GAPS = "a number nobody refers to; PostgreSQL's sequence also counts what met a taken key"
NOT_COMPARED = {
    ("revision", "real_at"): CLOCK,
    ("field_map", "real_hidden_at"): CLOCK,
    ("idempotency", "real_at"): CLOCK,
    ("outbox", "real_next"): CLOCK,
    ("outbox", "real_lease_until"): CLOCK,
    ("idempotency", "id"): GAPS,
    ("job", "id"): GAPS,
}
ORDERED_BY = {"job": ("at", "kind", "key"), "idempotency": ("actor", "key")}  # instead of the id


@pytest.fixture(scope="module")
def both(tmp_path_factory, postgresql_server):
    """The same script on both databases, one after the other."""
    name = postgresql_server.take()
    urls = {"sqlite": "", "postgresql": postgresql_server.url(name)}
    keys = tmp_path_factory.mktemp("keys") / "keys"
    with (
        plant_process(tmp_path_factory.mktemp("plant"), weeks=5) as plant,
        replaying(plant) as replay,
    ):
        worlds = {}
        for dialect, url in urls.items():
            folder = tmp_path_factory.mktemp(dialect)
            if keys.exists():  # the audit chain is sealed with it
                shutil.copy(keys, folder / "keys")
            worlds[dialect] = Script(folder, url, replay)
            worlds[dialect].run()
            shutil.copy(folder / "keys", keys)
        yield worlds
        for world in worlds.values():
            world.wiring.close()
    postgresql_server.give_back(name)


class Script:
    """An installation and what is done in it."""

    def __init__(self, folder, url, replay):
        self.replay = replay
        settings = Settings(data_dir=folder, database_url=url)
        self.wiring = Wiring.open(settings, clock=FixedClock(START))
        numbers = itertools.count(1)
        self.wiring.new_uid = lambda: f"{next(numbers):08x}-0000-7000-8000-000000000000"
        self.courier = Courier(self.wiring, "script")
        self.seen = {}  # what the script itself found: shows that it did not do nothing

    def run(self):
        self.replay.begin()
        self.install()
        self.read_sources()
        self.fill_in_forms()
        self.do_the_card()
        self.widen()
        self.fall_behind_and_recover()
        self.correct_the_past()
        self.change_at_random()

    # --- steps ---------------------------------------------------------------------------
    def install(self):
        address = {"base_url": self.replay.url}
        for pack, more in ((CORE, {}), (RED, {"opcua_url": "opc.tcp://plant.invalid:4840"})):
            loaded = load(read_folder(SHIPPED / pack))
            install_pack(self.wiring, loaded, parameters={**address, **more}, actor=SYSTEM_ACTOR)
        line = self.replay.plant.line
        host, _, port = line["smtp"].rpartition(":")
        mail = {"host": host, "port": port, "security": "none", "sender": "equal@demo.example"}
        with self.writing() as ctx:
            settle(ctx, "mail", mail, allow=[(host, int(port))])
            for source in (BUSINESS, QUALITY):
                settle(ctx, source, {"user": line["user"], "password": line["password"]})

    def read_sources(self):
        self.replay.turn()
        self.sync()
        self.at("2026-06-28T22:00:00")
        self.replay.turn(late_news)
        self.sync()

    def fill_in_forms(self):
        self.owner = self.one("person", code="P005")
        goal = {
            "name": "降低换刀时间", "owner": self.owner["uid"], "start": "2026-06-01",
            "end": "2026-08-09", "weight": "0.4", "reason": "瓶颈工序",
            "plan_points": [
                {"on": "2026-06-01", "percent": "0"}, {"on": "2026-06-28", "percent": "0.4"},
                {"on": "2026-08-09", "percent": "1"},
            ],
        }  # fmt: skip
        done = self.submit(f"{CORE}.goal_form", goal, "goal")
        again = self.submit(f"{CORE}.goal_form", goal, "goal")
        assert done == again, "the same key is the same submission"
        self.goal = done
        bad = self.submit(f"{CORE}.goal_form", {**goal, "end": "2026-05-01"}, "bad")
        assert [problem.pointer for problem in bad] == ["/values/end"]
        with self.writing() as ctx:
            uid = edit.create_record(ctx, GOAL, {**goal, "name": "临时目标", "weight": None})
        with self.writing() as ctx:
            edit.change_record(
                ctx,
                GOAL,
                uid,
                {"weight": "0.2", "plan_points": goal["plan_points"][1:]},
                base_version=1,
            )
        with self.writing() as ctx:
            edit.delete_record(ctx, GOAL, uid)
        with self.writing() as ctx:
            ids = ctx.uow.execute(select(ctx.tables.table(GOAL).c.id).where(
                ctx.tables.table(GOAL).c.uid == uid)).scalars().all()  # fmt: skip
            records.bring_back(ctx, GOAL, ids[0])
        with self.writing() as ctx:
            edit.delete_record(ctx, GOAL, uid)
        self.work()

    def do_the_card(self):
        """The three alarms of the second reading made a card; its form is sent."""
        ((task,),) = self.rows(tables.task, "uid", state="open", subject_id=self.cnc["id"])
        self.at("2026-06-28T23:10:00")
        values = {
            "causes": [{"id": "1", "text": "尺寸超差", "children": [{"id": "2", "text": "磨损"}]}],
            "root_cause": "tool", "countermeasure": "换刀", "stop_line": True,
            "stop_reason": "等待备件",
        }  # fmt: skip
        with self.writing() as ctx:
            done = act.submit_task(ctx, task, values, key="card")
        assert isinstance(done, act.TaskDone), done
        with self.writing() as ctx:
            (alert,) = ctx.uow.execute(
                select(tables.alert.c.uid).where(tables.alert.c.subject_id == self.cnc["id"])
            ).scalars()
            act.give_feedback(ctx, alert, "right")
        self.work()
        self.seen["response"] = [
            row for row in self.rows(tables.task, "state", "response_hours") if row[0] == "done"
        ]

    def widen(self):
        """Publish an additive field and a metric with another formula."""
        with self.wiring.reading() as ctx:
            review = ctx.catalog.entity(f"{RED}.review")
            metric = ctx.catalog.metrics[f"{RED}.inspection_credibility"]
        note = Field(key="x_note", type="text", label={"zh-CN": "备注", "en": "Note"})
        wider = replace(review, fields=(*review.fields, note))
        newer = replace(metric.versions[0], formula="(confirmed ÷ due) × 0.5 + review × 0.5")
        changed = replace(metric, versions=(newer,))
        proposal = Proposal((wider, changed), note="wider")
        publish.publish(self.wiring, proposal, actor=SYSTEM_ACTOR)
        self.work()
        with self.writing() as ctx:
            (row,) = read_all(ctx, f"{RED}.review")[:1]
            edit.change_record(
                ctx, f"{RED}.review", row["uid"], {"x_note": "看过"}, base_version=None
            )
        self.work()

    def fall_behind_and_recover(self):
        """Two weeks behind, one that is well, two behind again; each week is closed."""
        weeks = (
            ("2026-06-28", "0.1"), ("2026-07-05", "0.2"), ("2026-07-12", "0.7"),
            ("2026-07-19", "0.3"), ("2026-07-26", "0.35"),
        )  # fmt: skip
        counts = []
        for week_end, progress in weeks:
            values = {"goal": self.goal.record_uid, "week_end": week_end, "progress": progress}
            done = self.submit(f"{CORE}.weekly_report_form", values, f"report {week_end}")
            assert isinstance(done, Submitted), done
            self.work()
            closing = parse_datetime(f"{week_end}T23:59:00+08:00") + 20 * 60 * SCALE
            self.wiring.clock = FixedClock(closing)
            scheduler.tick(self.wiring)
            self.work()
            self.courier.drain()
            found = self.rows(
                tables.alert, "episode", "state", rule=BEHIND, subject_id=self.goal.record_id
            )
            counts.append(found)
        self.seen["episodes"] = counts
        with self.writing() as ctx:
            (uid, person), *_ = ctx.uow.execute(
                select(tables.notice.c.uid, tables.notice.c.person_id).order_by(tables.notice.c.id)
            ).all()
            act.read_notice(replace(ctx, actor=replace(SYSTEM_ACTOR, person_id=person)), uid)

    def correct_the_past(self):
        """A report of a closed week was wrong: numbers and alerts follow, nothing is unsent."""
        before = self.rows(tables.outbox, "key")
        report = self.one(REPORT, goal=self.goal.record_id, week_end=parse_date("2026-07-05"))
        with self.writing() as ctx:
            edit.change_record(ctx, REPORT, report["uid"], {"progress": "0.6"}, base_version=1)
        self.work()
        self.courier.drain()
        assert self.rows(tables.outbox, "key") == before
        found = {"rule": BEHIND, "subject_id": self.goal.record_id}
        self.seen["corrected"] = self.rows(tables.alert, "episode", "corrected", **found)

    def change_at_random(self):
        """Inserts, changes and deletions of what the metrics read, measured now and then."""
        rng = random.Random(11)
        chaos = Chaos(rng)
        for number in range(STEPS):
            with self.writing() as ctx:
                chaos.step(ctx, number)
            if rng.random() < 0.2:
                self.work()
        self.work()
        self.at("2026-08-03T00:20:00")
        scheduler.tick(self.wiring)
        self.work()
        self.courier.drain()

    # --- helpers -------------------------------------------------------------------------
    def writing(self):
        return self.wiring.writing(SYSTEM_ACTOR, cause="script")

    def at(self, text):
        self.wiring.clock = FixedClock(parse_datetime(f"{text}+08:00"))

    def sync(self):
        for source in (BUSINESS, QUALITY):
            done = sync.sync_source(self.wiring, source, force=True)
            assert done.state == "done", done
        self.work()
        self.cnc = self.one(MACHINE, code="CNC-05")

    def work(self):
        worker.drain(self.wiring, "script")
        assert self.rows(tables.job, "key", state="retry") == [], "a job failed; see the log"

    def submit(self, form, values, key):
        with self.writing() as ctx:
            return submit_form(ctx, form, values, key=key)

    def one(self, entity, **where):
        """The record with these values."""
        with self.wiring.reading() as ctx:
            found = read_all(ctx, entity, *where)
        (row,) = (row for row in found if all(row[key] == where[key] for key in where))
        return row

    def rows(self, table, *columns, **where):
        with self.wiring.reading() as ctx:
            chosen = select(*(table.c[name] for name in columns)).order_by(*table.primary_key)
            for name, value in where.items():
                chosen = chosen.where(table.c[name] == value)
            return [tuple(row) for row in ctx.uow.execute(chosen)]

    def table_rows(self):
        """Every row of every table of ours, by table and in the order of the primary key."""
        with self.wiring.reading() as ctx:
            own = {table.name: table for table in tables.metadata.sorted_tables}
            for entity in ctx.tables.entities.values():
                for table in (entity.current, entity.history):
                    if table is not None:
                        own[table.name] = table
            return {name: dump(self, ctx, table) for name, table in sorted(own.items())}

    def plain(self, table, row):
        """A row as it means the same on both databases."""
        row = {k: int(v) if isinstance(v, bool) else v for k, v in row.items()}  # SQLite's truth
        match table:
            case "source_setting" if row["secret"]:  # encrypted with a random nonce
                row["value"] = self.wiring.keyring.decrypt(row["value"])
            case "job" if row["merge_key"]:  # ends in a number that keeps equal jobs apart
                row["key"] = row["key"].rpartition("~")[0]
            case "setting" if row["name"] == "clock":
                row["value"] = sorted(json.loads(row["value"]))  # when it was installed
        return row


def late_news(plant):
    """Alarms and corrections after the first reading."""
    plant.post("/raise_alarm", machine="CNC-05", code="dim_out_of_tolerance", count=4)
    review = plant.all("reviews")[-1]
    plant.post(
        "/correct", stream="reviews", key=review["review_no"], changes={"passed_share": "0.9100"}
    )


def dump(script, ctx, table):
    """The rows of a table in the order of its key, without what is not compared."""
    left_out = {column for name, column in NOT_COMPARED if name == table.name}
    names = [column.name for column in table.columns if column.name not in left_out]
    order = [table.c[name] for name in ORDERED_BY.get(table.name, ())]
    rows = ctx.uow.execute(select(table).order_by(*(order or table.primary_key))).mappings()
    return [script.plain(table.name, {name: row[name] for name in names}) for row in rows]


def test_the_script_did_what_it_says(both):
    for script in both.values():
        assert script.seen["response"] == [("done", 1_166_667)]  # hours, 70 minutes
        assert script.seen["episodes"] == [
            [], [(1, "firing")], [(1, "closed")], [(1, "closed")], [(1, "closed"), (2, "firing")],
        ]  # fmt: skip
        assert script.seen["corrected"] == [(1, True), (2, False)]
        assert {state for (state,) in script.rows(tables.outbox, "state")} == {"sent"}
        counts = {name: len(rows) for name, rows in script.table_rows().items()}
        few = ("alert", "task", "notice", "outbox", "fire", "sync_run", "revision", "idempotency")
        assert all(counts[name] for name in few), counts
        assert counts["measurement"] > 400
        assert counts["audit"] > 100


def test_every_table_is_equal(both):
    one, two = (script.table_rows() for script in both.values())
    assert list(one) == list(two)
    different = {
        name: next((a, b) for a, b in itertools.zip_longest(rows, two[name]) if a != b)
        for name, rows in one.items()
        if rows != two[name]
    }
    assert different == {}


def test_incremental_numbers_equal_a_full_recompute(both):
    for script in both.values():
        incremental = numbers(script)
        assert len(incremental) > 400
        with script.writing() as ctx:
            changed = {
                metric: measure.recompute_all(ctx, metric) for metric in sorted(ctx.catalog.metrics)
            }
            assert changed == dict.fromkeys(changed, 0)
            ctx.uow.roll_back()
        with script.writing() as ctx:
            ctx.uow.execute(tables.measurement.delete())
            for metric in changed:
                measure.recompute_all(ctx, metric)
            anew = current_numbers(ctx)
            ctx.uow.roll_back()
        said = {key: number for key, number in incremental.items() if number[2]}
        assert {key: number for key, number in anew.items() if number[2]} == said


def test_the_audit_chain_holds(both):
    for script in both.values():
        with script.wiring.reading() as ctx:
            assert audit.verify(ctx.uow, script.wiring.keyring.audit_key) == []


def numbers(script):
    with script.wiring.reading() as ctx:
        return current_numbers(ctx)


def current_numbers(ctx):
    """Value, target, count and leaves of every number in force."""
    c = tables.measurement.c
    rows = ctx.uow.execute(
        select(c.metric, c.subject_id, c.period, c.value, c.target, c.n, c.leaves, c.reasons)
        .where(c.current)
    )  # fmt: skip
    return {tuple(row[:3]): tuple(row[3:]) for row in rows}
