"""The B2 rule on 100,000 goals with 12 weekly numbers each, beside hand-written SQL."""

from __future__ import annotations

import random
import time
from functools import partial

from sqlalchemy import create_engine, select, text

from benchmarks.databases import KINDS, fresh
from benchmarks.figures import Figure
from builder.catalog import Catalog
from runtime.after import after_changes
from runtime.context import SYSTEM_ACTOR, Cause, Context
from runtime.decide.calendars import OFFICE, closes_at
from runtime.decide.periods import period_of
from runtime.enabling import enable_rules
from runtime.fire import close_period
from runtime.judging import question_of
from runtime.packs import SHIPPED, load_folder
from store import record_schema, records, rule_states
from store.bulk import insert_rows
from store.db import Database
from store.record_tables import tables_of
from store.record_writes import Stamp
from store.rule_states import Now
from store.system_scope import SYSTEM
from store.tables import alert, measurement, rule_state

RULE, METRIC = "performance_core.behind_plan", "performance_core.goal_progress"
GOALS, WEEKS, REPEATS = 100_000, 12, 5
NAMES = {
    "evaluation": "one week judged",
    "backtest": "backtest of 12 weeks",
    "evaluation_with_mails": "one week judged and told",
}
FIRST = period_of(20_000, "week")
LAST = FIRST + WEEKS - 1
DAY_US = 86_400_000_000

BARE_MOVE = """
INSERT INTO rule_state (rule, subject_id, state, episode, streak, since_period, last_period)
SELECT 'bare', m.subject_id,
  CASE WHEN COALESCE(s.state, 'inactive') = 'inactive' THEN 'firing' ELSE 'inactive' END,
  COALESCE(s.episode, 0) + CASE WHEN COALESCE(s.state, 'inactive') = 'inactive' THEN 1 ELSE 0 END,
  0, m.period, m.period
FROM measurement m
LEFT JOIN rule_state s ON s.rule = 'bare' AND s.subject_id = m.subject_id
LEFT JOIN measurement p ON p.metric = m.metric AND p.{current} AND p.period = m.period - 1
  AND p.subject_id = m.subject_id
WHERE m.metric = :metric AND m.{current} AND m.period = :period AND (
  (COALESCE(s.state, 'inactive') = 'inactive' AND m.value * 100 < m.target * 80
   AND p.value * 100 < p.target * 80)
  OR (s.state = 'firing' AND m.value * 100 >= m.target * 85))
ON CONFLICT (rule, subject_id) DO UPDATE SET state = excluded.state, episode = excluded.episode,
  since_period = excluded.since_period, last_period = excluded.last_period
"""
BARE_OPEN = """
INSERT INTO alert (uid, rule, subject_entity, subject_id, episode, state, opened_at, opened_rev,
  period, evidence)
SELECT 'bare-' || s.subject_id || '-' || s.episode, s.rule, 'goal', s.subject_id, s.episode,
  'firing', 1, 1, :period, '{{}}'
FROM rule_state s
WHERE s.rule = 'bare' AND s.state = 'firing' AND s.since_period = :period
ON CONFLICT (rule, subject_id, episode) DO NOTHING
"""
BARE_CLOSE = """
UPDATE alert SET state = 'closed', closed_at = 1, closed_rev = 1
WHERE rule = 'bare' AND state <> 'closed' AND subject_id IN (
  SELECT subject_id FROM rule_state
  WHERE rule = 'bare' AND state = 'inactive' AND since_period = :period)
"""
BARE_BACKTEST = """
WITH marks AS (
  SELECT subject_id, period,
    CASE WHEN value * 100 >= target * 85 THEN 0
         WHEN value * 100 < target * 80
          AND LAG(value) OVER w * 100 < LAG(target) OVER w * 80
          AND LAG(period) OVER w = period - 1 THEN 1 END AS mark
  FROM measurement WHERE metric = :metric AND {current}
  WINDOW w AS (PARTITION BY subject_id ORDER BY period)
), followed AS (
  SELECT subject_id, period, mark,
    LAG(mark) OVER (PARTITION BY subject_id ORDER BY period) AS before
  FROM marks WHERE mark IS NOT NULL
)
SELECT subject_id, period, mark FROM followed
WHERE mark <> COALESCE(before, 0) ORDER BY subject_id, period
"""


class Bench:
    """A database with goals and numbers, and the pack's own rule."""

    def __init__(self, url, goals, *, weeks=WEEKS, more=()):
        self.database = Database.open(url)
        self.database.migrate()
        self.goals = goals
        loaded = load_folder(SHIPPED / "performance_core")
        self.catalog = Catalog.of([*loaded.definitions, *more], revision=1)
        self.weeks = weeks
        self.now = closes_at(OFFICE, FIRST - 1, "week")
        self.uids = iter(range(1, 1 << 62))
        with self.database.write(publishing=True) as uow:
            record_schema.ensure(uow, self.catalog)
        with self.database.write() as uow:
            enable_rules(self.context(uow))
        with self.database.write() as uow:
            self.fill(uow)
        self.url = url
        self.tidy()

    def tidy(self, *tables):
        """What autovacuum does in its own time: after a load, and after turns rolled back."""
        if self.database.dialect != "postgresql":
            return
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"VACUUM ANALYZE {', '.join(tables)}"))
        engine.dispose()

    def context(self, uow):
        return Context(
            uow=uow,
            catalog=self.catalog,
            tables=tables_of(uow, self.catalog),
            scope=SYSTEM,
            actor=SYSTEM_ACTOR,
            now=self.now,
            new_uid=lambda: f"{next(self.uids):016x}-7000-8000-00000000"[-36:].rjust(36, "0"),
            cause=Cause("bench"),
            after=after_changes,
        )

    def fill(self, uow):
        """Goals with an owner each, and numbers that wander around the plan."""
        dice = random.Random(7)
        tables = tables_of(uow, self.catalog)
        stamp = Stamp("bench", 0)
        people = [{"name": f"p{n}", "email": f"p{n}@x", "active": True} for n in range(1000)]
        ids = records.insert_many(
            uow, tables, "person", people, uids=[f"p{n}" for n in range(1000)], stamp=stamp
        )
        rows = [{"name": f"g{n}", "owner": ids[n % 1000]} for n in range(self.goals)]
        goals = records.insert_many(
            uow, tables, "performance_core.goal", rows,
            uids=[f"g{n}" for n in range(self.goals)], stamp=stamp,
        )  # fmt: skip
        level = [0.95] * self.goals
        for week in range(self.weeks):
            target = 1_000_000 * (week + 1) // self.weeks
            level = [min(1.2, max(0.5, own + dice.gauss(0.0, 0.05))) for own in level]
            insert_rows(
                uow,
                measurement,
                {
                    "uid": [f"m{goal}.{week}" for goal in goals],
                    "subject_id": goals,
                    "value": [int(target * own) // 100 * 100 for own in level],
                },
                {
                    "metric": METRIC, "period": FIRST + week, "target": target, "n": 1,
                    "reasons": "[]", "leaves": "{}", "formula_version": "", "formula_hash": "",
                    "revision": 1, "rev": 1, "at": 0, "edition": 1, "current": True,
                },
            )  # fmt: skip

    def bare(self, uow, statement, **values):
        current = "current" if uow.dialect == "postgresql" else "current = 1"
        return uow.execute(text(statement.format(current=current)), values)


def prepare(bench):
    """Judge all weeks but the last, ours and bare."""
    with bench.database.write() as uow:
        ctx = bench.context(uow)
        compiled = ctx.catalog.compiled_rule(RULE)
        for period in range(FIRST, LAST):
            question = question_of(ctx, compiled, to_period=period)
            rule_states.judge(uow, question, period, Now(1, 1, ctx.new_uid()))
            for statement in (BARE_MOVE, BARE_OPEN, BARE_CLOSE):
                bench.bare(uow, statement, metric=METRIC, period=period)


def rolled_back(bench, act):
    """Do it in a transaction that is taken back; the time counts up to there."""
    with bench.database.write() as uow:
        start, busy = time.perf_counter(), time.process_time()
        result = act(bench.context(uow))
        taken, used = time.perf_counter() - start, time.process_time() - busy
        uow.roll_back()
    return taken, used, result


def ours(_, ctx):
    """One evaluation by the product: who is alarmed, who fires now."""
    question = question_of(ctx, ctx.catalog.compiled_rule(RULE), to_period=LAST)
    opened = rule_states.judge(ctx.uow, question, LAST, Now(1, 1, ctx.new_uid()))
    return {each.subject_id for each in opened}, states(ctx.uow, RULE)


def by_hand(bench, ctx):
    """The same by hand-written statements."""
    for statement in (BARE_MOVE, BARE_OPEN, BARE_CLOSE):
        bench.bare(ctx.uow, statement, metric=METRIC, period=LAST)
    chosen = select(alert.c.subject_id).where(alert.c.rule == "bare", alert.c.period == LAST)
    return set(ctx.uow.execute(chosen).scalars()), states(ctx.uow, "bare")


def with_mails(bench, ctx):
    """The whole verb: evidence, receivers, mails and notices of every new episode too."""
    bench.now = closes_at(OFFICE, LAST, "week")
    return close_period(bench.context(ctx.uow), "week", LAST, "office")


def replayed(_, ctx):
    """The backtest of all weeks by the product."""
    question = question_of(ctx, ctx.catalog.compiled_rule(RULE), to_period=LAST, whole=True)
    return rule_states.spans(ctx.uow, question, to_period=LAST)


def marks_of(spans):
    """Openings (1) and closings (0) one by one, as the hand-written statement gives them."""
    opened = [(each.subject_id, each.opened, 1) for each in spans]
    return sorted(opened + [(s.subject_id, s.closed, 0) for s in spans if s.closed is not None])


def replayed_by_hand(bench, ctx):
    """The same by a hand-written statement."""
    return [tuple(row) for row in bench.bare(ctx.uow, BARE_BACKTEST, metric=METRIC)]


STEPS = {
    "evaluation": ours,
    "evaluation_bare": by_hand,
    "backtest": replayed,
    "backtest_bare": replayed_by_hand,
    "evaluation_with_mails": with_mails,
}


def measure(bench, repeats):
    """The best wall-clock and processor seconds of each step, and how much there was to do."""
    prepare(bench)
    best, results = {}, {}
    for _ in range(repeats):  # turn and turn about, so that noise falls on all
        for name, step in STEPS.items():
            bench.tidy("rule_state", "alert", "rule_run", "outbox")
            taken, used, results[name] = rolled_back(bench, partial(step, bench))
            best[name] = min(taken, best.get(name, taken))
            best[f"{name}_cpu"] = min(used, best.get(f"{name}_cpu", used))
    assert results["evaluation"] == results["evaluation_bare"]
    assert results["evaluation_with_mails"] == len(results["evaluation"][0])
    assert marks_of(results["backtest"]) == results["backtest_bare"]
    best["opened"] = results["evaluation_with_mails"]
    best["changes"] = len(results["backtest_bare"])
    return best


def states(uow, rule):
    chosen = select(rule_state.c.subject_id).where(
        rule_state.c.rule == rule, rule_state.c.state == "firing"
    )
    return set(uow.execute(chosen).scalars())


def run():
    """Every step on both databases."""
    figures = []
    for kind in KINDS:
        with fresh(kind) as url:
            bench = Bench(url, GOALS)
            best = measure(bench, REPEATS)
            bench.database.close()
        figures += [
            Figure(
                f"{NAMES[what]}, {kind}",
                best[what],
                limit_s=limit_s,
                baseline_s=best[f"{what}_bare"],
                ratio_limit=2,
                baseline="hand-written statements",
                note=note.format(**best),
            )
            for what, limit_s, note in (
                ("evaluation", 0.5, "{opened} episodes opened"),
                ("backtest", 1.0, "{changes} openings and closings in 12 weeks"),
            )
        ]
        figures.append(
            Figure(
                f"{NAMES['evaluation_with_mails']}, {kind}",
                best["evaluation_with_mails"],
                baseline_s=best["evaluation_bare"],
                baseline="hand-written statements without any message",
                note=f"{best['opened']} new episodes with receivers, evidence, mails and notices",
            )
        )
    return figures
