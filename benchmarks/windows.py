"""50 rules that look back at earlier weeks, on 10,000 goals, beside hand-written SQL."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlalchemy import select

from benchmarks.databases import KINDS, fresh
from benchmarks.figures import Figure
from benchmarks.rules import FIRST, METRIC, Bench, rolled_back, states
from builder.codec import decode
from runtime.judging import questions_at
from store import rule_states
from store.rule_states import Now
from store.tables import alert

GOALS, WEEKS, PREPARED, REPEATS = 10_000, 58, 2, 5
PACK = "performance_core"
LAST = FIRST + WEEKS - 1
MEAN_OF_4 = "(p1.value + p2.value + p3.value + p4.value)"


@dataclass(frozen=True, slots=True)
class Window:
    """A condition in our language and by hand; `m` is the week, `p1` the one before."""

    formula: str
    sql: str
    back: tuple[int, ...]  # the earlier weeks that the SQL needs


def behind(weeks, less):
    """By hand: which of some weeks are behind the plan."""
    return [f"{week}.value * 100 < {week}.target * {less}" for week in weeks]


def windows():
    """Ten kinds of windows, each with five numbers."""
    for percent in range(10, 25, 3):
        less, more = 100 - percent, 100 + percent
        late = behind(("m", "p1", "p2", "p3"), less)
        counted = " + ".join(f"CASE WHEN {each} THEN 1 ELSE 0 END" for each in late)
        yield Window(
            f"value < PREVIOUS(value) × {less}% AND PREVIOUS(value) < PREVIOUS(value, 2)",
            f"m.value * 100 < p1.value * {less} AND p1.value < p2.value",
            (1, 2),
        )
        yield Window(
            f"FALLING(value, 2) AND value < target × {less}%",
            f"m.value < p1.value AND p1.value < p2.value AND {late[0]}",
            (1, 2),
        )
        yield Window(
            f"RISING(value, 2) AND value > target × {more}%",
            f"m.value > p1.value AND p1.value > p2.value AND m.value * 100 > m.target * {more}",
            (1, 2),
        )
        yield Window(
            f"CHANGE(value) < 0 - {percent}%",
            f"(m.value - p1.value) * 100 < -p1.value * {percent}",
            (1,),
        )
        yield Window(
            f"value < AVGBEFORE(value, 4) × {less}%",
            f"m.value * 400 < {MEAN_OF_4} * {less}",
            (1, 2, 3, 4),
        )
        yield Window(
            f"MOVINGAVG(value, 5) < target × {less}%",
            f"(m.value + {MEAN_OF_4}) * 20 < m.target * {less}",
            (1, 2, 3, 4),
        )
        yield Window(
            f"YOY(value) > {percent * 60}%",
            f"(m.value - p52.value) * 100 > p52.value * {percent * 60}",
            (52,),
        )
        yield Window(
            f"value < LASTYEAR(value) × {percent}", f"m.value < p52.value * {percent}", (52,)
        )
        yield Window(f"CONSECUTIVE(value < target × {less}%, 3)", " AND ".join(late[:3]), (1, 2))
        yield Window(f"ATLEAST(value < target × {less}%, 2, 4)", f"{counted} >= 2", (1, 2, 3))


WINDOWS = tuple(windows())
EXIT = ("value >= target", "m.value >= m.target")
NAMES = [f"{PACK}.window{number}" for number in range(len(WINDOWS))]


def definitions():
    """The windows as rules about the progress of goals; they tell nobody."""
    for number, window in enumerate(WINDOWS):
        document = {
            "kind": "rule", "key": f"window{number}", "label": {"en": window.formula},
            "signal": "goal_progress", "enter": window.formula, "exit": EXIT[0],
            "quantifier": {"consecutive": 1}, "missing": "unknown", "actions": [],
        }  # fmt: skip
        yield decode("rule", document, pack=PACK)


MOVE = """
INSERT INTO rule_state (rule, subject_id, state, episode, streak, since_period, last_period)
SELECT '{rule}', m.subject_id,
  CASE WHEN COALESCE(s.state, 'inactive') = 'inactive' THEN 'firing' ELSE 'inactive' END,
  COALESCE(s.episode, 0) + CASE WHEN COALESCE(s.state, 'inactive') = 'inactive' THEN 1 ELSE 0 END,
  0, m.period, m.period
FROM measurement m
LEFT JOIN rule_state s ON s.rule = '{rule}' AND s.subject_id = m.subject_id
{joins}
WHERE m.metric = :metric AND m.{{current}} AND m.period = :period
  AND CASE WHEN COALESCE(s.state, 'inactive') <> 'inactive' THEN {leave}
      WHEN {enter} THEN NOT ({leave}) END
ON CONFLICT (rule, subject_id) DO UPDATE SET state = excluded.state, episode = excluded.episode,
  since_period = excluded.since_period, last_period = excluded.last_period
"""
JOIN = """LEFT JOIN measurement p{back} ON p{back}.metric = m.metric AND p{back}.{{current}}
  AND p{back}.period = m.period - {back} AND p{back}.subject_id = m.subject_id"""
OPEN = """
INSERT INTO alert (uid, rule, subject_entity, subject_id, episode, state, opened_at, opened_rev,
  period, evidence)
SELECT s.rule || '-' || s.subject_id || '-' || s.episode, s.rule, 'goal', s.subject_id, s.episode,
  'firing', 1, 1, :period, '{{{{}}}}'
FROM rule_state s
WHERE s.rule = '{rule}' AND s.state = 'firing' AND s.since_period = :period
ON CONFLICT (rule, subject_id, episode) DO NOTHING
"""
CLOSE = """
UPDATE alert SET state = 'closed', closed_at = 1, closed_rev = 1
WHERE rule = '{rule}' AND state <> 'closed' AND subject_id IN (
  SELECT subject_id FROM rule_state
  WHERE rule = '{rule}' AND state = 'inactive' AND since_period = :period)
"""


def statements():
    """Three statements for each rule, which know what it says."""
    for number, window in enumerate(WINDOWS):
        parts = {
            "rule": f"bare{number}",
            "joins": "\n".join(JOIN.format(back=back) for back in window.back),
            "enter": window.sql,
            "leave": EXIT[1],
        }
        yield from (each.format(**parts) for each in (MOVE, OPEN, CLOSE))


BY_HAND = tuple(statements())


def ours(_, ctx, period=LAST):
    """One week closed by the product: all rules judged."""
    rules = [ctx.catalog.compiled_rule(name) for name in NAMES]
    for rule, question in questions_at(ctx, rules, period):
        rule_states.judge(ctx.uow, question, period, Now(1, 1, ctx.new_uid()))
        assert rule.rule.name == question.rule


def by_hand(bench, ctx, period=LAST):
    """The same by hand-written statements."""
    for statement in BY_HAND:
        bench.bare(ctx.uow, statement, metric=METRIC, period=period)


def outcome(uow):
    """By rule: who is alarmed in the end, ours and by hand, and how many alerts were opened."""
    found = []
    for number, name in enumerate(NAMES):
        pair = [states(uow, rule) for rule in (name, f"bare{number}")]
        assert pair[0] == pair[1], WINDOWS[number]
        found.append(len(pair[0]))
    opened = select(alert.c.id).where(alert.c.rule.in_(NAMES), alert.c.period == LAST)
    return found, len(uow.execute(opened).all())


def both(bench, ctx):
    """The answers of both in one transaction."""
    ours(bench, ctx)
    by_hand(bench, ctx)
    return outcome(ctx.uow)


def measure(bench, repeats):
    """The best wall-clock and processor seconds of each side, and what they found."""
    for period in range(LAST - PREPARED, LAST):
        with bench.database.write() as uow:
            ctx = bench.context(uow)
            ours(bench, ctx, period)
            by_hand(bench, ctx, period)
    best = {}
    for _ in range(repeats):
        for name, step in (("ours", ours), ("bare", by_hand)):
            bench.tidy("rule_state", "alert", "rule_run")
            taken, used, _none = rolled_back(bench, partial(step, bench))
            best[name] = min(taken, best.get(name, taken))
            best[f"{name}_cpu"] = min(used, best.get(f"{name}_cpu", used))
    _, _, (alarmed, opened) = rolled_back(bench, partial(both, bench))
    assert opened
    assert sum(0 < each < GOALS for each in alarmed) > len(WINDOWS) * 0.8, alarmed
    return best | {"opened": opened, "alarmed": sum(alarmed)}


def run():
    """One closing on both databases; the limit is that of SQLite."""
    figures = []
    for kind in KINDS:
        with fresh(kind) as url:
            bench = Bench(url, GOALS, weeks=WEEKS, more=definitions())
            best = measure(bench, REPEATS)
            bench.database.close()
        figures.append(
            Figure(
                f"one week judged by {len(WINDOWS)} rules with windows, {kind}",
                best["ours"],
                limit_s=1.0 if kind == "sqlite" else None,
                baseline_s=best["bare"],
                baseline="hand-written statements, three for each rule",
                note=f"{best['opened']} episodes opened, {best['alarmed']} subjects alarmed",
            )
        )
    return figures
