"""A small plant and a small office on an empty database, driven through the real verbs."""

from __future__ import annotations

import itertools

from sqlalchemy import select

from builder.catalog import Catalog
from builder.codec import decode
from builder.diff import Plan
from dsl.values import parse_date, parse_datetime, parse_number
from runtime import records
from runtime.after import after_changes, after_publish
from runtime.context import SYSTEM_ACTOR, Cause, Context
from runtime.decide.calendars import OFFICE, closes_at
from runtime.decide.periods import period_of
from runtime.jobs_table import HANDLERS
from store import jobs, record_schema
from store.record_tables import tables_of
from store.system_scope import SYSTEM
from store.tables import alert, measurement, notice, outbox, rule_state, task

LABEL = {"zh-CN": "x", "en": "x"}


def entity(key, *fields, display="name", **more):
    return {
        "kind": "entity", "key": key, "label": {"en": key}, "display": display,
        "fields": [{"label": {"en": f["key"]}, **f} for f in fields], **more,
    }  # fmt: skip


def ref(key, target):
    return {"key": key, "type": "reference", "entity": target}


def field(key, kind, **more):
    return {"key": key, "type": kind, **more}


WORDS = {
    "kind": "document", "key": "words", "label": {"en": "words"},
    "subject": {"en": "{{ subject.name }}"}, "body": {"en": "{{ value }} of {{ target }}"},
}  # fmt: skip

OFFICE_DOCUMENTS = [
    entity(
        "goal", field("name", "text"), field("owner", "person"), field("start", "date"),
        field("end", "date"), field("weight", "percent"),
        field("points", "child_table", entity="point"),
    ),
    entity("point", field("on", "date"), field("share", "percent"), display="on", parent="goal"),
    entity(
        "report", ref("goal", "goal"), field("week_end", "date"), field("progress", "percent"),
        field("draft", "boolean"), display="week_end", unique=[["goal", "week_end"]],
    ),
    {
        "kind": "metric", "key": "progress", "label": {"en": "progress"}, "subject": "goal",
        "grain": "week", "decimals": 4, "during": ["start", "end"],
        "inputs": {"progress": {
            "label": {"en": "progress"}, "from": "report", "agg": "latest", "value": "progress",
            "subject": "goal", "date": "week_end",
        }},
        "versions": [{
            "from": "2020-01-01", "formula": "progress",
            "target": "IF(COUNT(points) > 0, INTERPOLATE(points, on, share, PERIOD_END()), "
            "CLAMP(DAYS(start, PERIOD_END()) / DAYS(start, end), 0, 1))",
            "bands": {"red": "< target * 0.8"},
        }],
    },
    {
        "kind": "rule", "key": "behind", "label": {"en": "behind"}, "signal": "progress",
        "enter": "value < target × (1 − 20%)", "exit": "value >= target × (1 − 15%)",
        "quantifier": {"consecutive": 2}, "missing": "unknown",
        "actions": [
            {"type": "mail", "to": ["subject.owner", "subject.owner.manager"], "template": "words"},
            {"type": "notify", "to": ["subject.owner"], "template": "words"},
        ],
    },
    WORDS,
]  # fmt: skip

SHOP_DOCUMENTS = [
    WORDS,
    entity(
        "machine", field("code", "text"), field("team", "department"), field("leader", "person"),
        display="code", unique=[["code"]],
    ),
    entity(
        "alarm", field("event_id", "text"), ref("machine", "machine"), field("code", "text"),
        field("batch", "text"), field("raised_at", "datetime"), display="event_id", log=True,
        unique=[["event_id"]],
    ),
    entity(
        "ticket", field("number", "text"), ref("machine", "machine"), field("passed", "boolean"),
        field("checked_at", "datetime"), display="number",
    ),
    entity(
        "blank", field("batch", "text"), field("hardness", "decimal"), field("by", "person"),
        display="batch",
    ),
    entity("cause", field("note", "text"), display="note"),
    {
        "kind": "form", "key": "cause_form", "label": {"en": "cause"}, "entity": "cause",
        "layout": [{"id": "s", "box": "section", "children": [{"id": "n", "field": "note"}]}],
    },
    {
        "kind": "calendar", "key": "shop", "label": {"en": "shop"}, "holidays": "none",
        "workdays": [1, 2, 3, 4, 5, 6, 7],
    },
    {
        "kind": "rule", "key": "x3", "label": {"en": "three"}, "events": "alarm",
        "subject": "machine", "order": ["raised_at", "event_id"], "when": "code = 'dim'",
        "quantifier": {
            "events": 3, "within": "PT8H",
            "broken_by": [{"events": "ticket", "when": "passed", "at": "checked_at"}],
        },
        "close": "task_done",
        "actions": [{
            "type": "task_card", "to": "machine.leader", "due": {"hours": 12, "calendar": "shop"},
            "steps": [
                {"type": "chart", "series": "machine.wear", "last": "PT2H"},
                {"type": "records", "entity": "blank", "where": "batch = event.batch"},
                {"type": "form", "form": "cause_form"},
            ],
        }],
    },
    {
        "kind": "metric", "key": "passed", "label": {"en": "passed"}, "subject": "department",
        "grain": "month", "decimals": 3,
        "inputs": {
            "passed": {"label": {"en": "p"}, "from": "ticket", "where": "passed", "agg": "count",
                       "subject": "machine.team", "date": "checked_at"},
            "all": {"label": {"en": "a"}, "from": "ticket", "agg": "count",
                    "subject": "machine.team", "date": "checked_at"},
        },
        "versions": [{"from": "2020-01-01", "formula": "passed / all"}],
    },
    {
        "kind": "rule", "key": "soft", "label": {"en": "soft"}, "entity": "blank",
        "enter": "hardness < 100", "exit": "hardness >= 120",
        "actions": [{"type": "notify", "to": ["subject.by"], "template": "words"}],
    },
]  # fmt: skip


def moment(text):
    """An instant of Shanghai."""
    return parse_datetime(text, zone="Asia/Shanghai")


def day(text):
    return parse_date(text)


def percent(text):
    return parse_number(text, 6)


def week(text):
    return period_of(day(text), "week")


class World:
    """A database with definitions, a clock that is set by hand, and the worker at hand."""

    def __init__(self, database, documents, *, pack="p", now="2026-01-01T09:00:00"):
        definitions = [decode(d["kind"], d, pack=pack) for d in documents]
        problems = [d for d in definitions if isinstance(d, list)]
        assert not problems, problems
        self.database = database
        self.now = moment(now)
        self.catalog = Catalog.of(definitions, revision=1)
        self._numbers = itertools.count(1)
        with database.write(publishing=True) as uow:
            record_schema.ensure(uow, self.catalog)
        self.publish(self.catalog)

    def publish(self, catalog, *, changed=()):
        before, self.catalog = self.catalog, catalog
        with self.writing() as ctx:
            plan = Plan((), added=(), changed=tuple(changed), removed=())
            after_publish(ctx, plan, before=before)

    def uid(self):
        return f"{next(self._numbers):08x}-0000-7000-8000-000000000000"

    def context(self, uow):
        tables = uow.memo["tables"] = tables_of(uow, self.catalog)  # as `Wiring` does
        return Context(
            uow=uow, catalog=self.catalog, tables=tables, scope=SYSTEM,
            actor=SYSTEM_ACTOR, now=self.now, new_uid=self.uid, cause=Cause("test"),
            after=after_changes,
        )  # fmt: skip

    def writing(self):
        return _Writing(self)

    def insert(self, name, *rows):
        with self.writing() as ctx:
            return [change.id for change in records.insert(ctx, f"{self._full(name)}", list(rows))]

    def update(self, name, record_id, /, **values):
        with self.writing() as ctx:
            records.update(ctx, self._full(name), record_id, values)

    def delete(self, name, record_id):
        with self.writing() as ctx:
            records.remove(ctx, self._full(name), record_id)

    def _full(self, name):
        return f"p.{name}" if f"p.{name}" in self.catalog.entities else name

    def work(self):
        """Do every job that is due; their kinds."""
        done = []
        while True:
            with self.writing() as ctx:
                job = jobs.claim(
                    ctx.uow, now=self.now, real_now=2**60, owner="t", kinds=tuple(HANDLERS)
                )
                if job is None:
                    return done
                HANDLERS[job.kind](ctx, job.payload)
                jobs.done(ctx.uow, job, at=self.now)
                done.append(job.kind)

    def close_week(self, text):
        """Move the clock to the closing of a week and judge it."""
        period = week(text)
        self.now = max(self.now, closes_at(OFFICE, period, "week"))
        with self.writing() as ctx:
            payload = {"grain": "week", "period": period, "calendar": "office"}
            HANDLERS["close_period"](ctx, payload)

    def rows(self, table, *columns, **where):
        with self.database.read() as uow:
            chosen = select(*(table.c[c] for c in columns)).order_by(table.c[columns[0]])
            for name, value in where.items():
                chosen = chosen.where(table.c[name] == value)
            found = uow.execute(chosen).all()
            return [row[0] for row in found] if len(columns) == 1 else [tuple(r) for r in found]

    def mails(self):
        return self.rows(outbox, "key")

    def alerts(self, *columns):
        return self.rows(alert, *(columns or ("episode", "state", "corrected")))

    def numbers(self):
        """Every number in force: (metric, subject, period) -> (value, target, n)."""
        rows = self.rows(
            measurement, "metric", "subject_id", "period", "value", "target", "n", "reasons",
            "leaves", "automatic_share", current=True,
        )  # fmt: skip
        return {row[:3]: row[3:] for row in rows}


class _Writing:
    def __init__(self, world):
        self._world = world

    def __enter__(self):
        self._unit = self._world.database.write()
        return self._world.context(self._unit.__enter__())

    def __exit__(self, *error):
        return self._unit.__exit__(*error)


__all__ = [
    "OFFICE_DOCUMENTS", "SHOP_DOCUMENTS", "World", "alert", "day", "measurement", "moment",
    "notice", "percent", "rule_state", "task", "week",
]  # fmt: skip
