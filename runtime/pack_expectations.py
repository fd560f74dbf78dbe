"""Compare what a pack test expects with what is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dsl.types import MEASUREMENT_SCALE
from dsl.values import format_number, parse_datetime, parse_number
from runtime.context import SYSTEM_ACTOR
from runtime.decide.periods import first_day, label
from runtime.pack_givens import PERSON, wrong
from runtime.reading import read_ids
from runtime.subjects import bands
from store import followed, measurements
from store.followed import Mark

if TYPE_CHECKING:
    from runtime.context import Context
    from runtime.pack_givens import Givens
    from runtime.wiring import Wiring

Row = Mapping[str, Any]
Matches = Callable[["Context", "Givens", Row, Row], str | None]


def problems_with(wiring: Wiring, givens: Givens, expect: Row) -> list[str]:
    """Everything that is not as expected, in words."""
    if not expect:
        return []
    strange = sorted(set(expect) - {*_KINDS, "measurements"})
    if strange:
        raise wrong(f"no such name in expect: {', '.join(strange)}")
    with wiring.reading(SYSTEM_ACTOR) as ctx:
        found = followed.followed(ctx.uow, Mark())
        problems = [
            problem
            for kind, matches in _KINDS.items()
            if kind in expect
            for problem in _compare(
                ctx, givens, kind, expect[kind], getattr(found, kind), matches=matches
            )
        ]
        for wanted in expect.get("measurements", ()):
            problems += _measurement(ctx, givens, wanted)
    return problems


def _compare(
    ctx: Context,
    givens: Givens,
    kind: str,
    wanted: Sequence[Row],
    there: Sequence[Row],
    *,
    matches: Matches,
) -> list[str]:
    """Each expected row takes one of those there; what is left over on either side is wrong."""
    left = list(there)
    problems = []
    for each in wanted:
        differences = [(row, matches(ctx, givens, each, row)) for row in left]
        hit = next((row for row, difference in differences if difference is None), None)
        if hit is not None:
            left.remove(hit)
            continue
        closest = "; ".join(str(difference) for _, difference in differences[:3])
        problems.append(f"{kind}: expected {dict(each)}, {closest or 'there is none'}")
    shown = [_short(kind, row) for row in left]
    return [*problems, *(f"{kind}: not expected: {text}" for text in shown)]


def _short(kind: str, row: Row) -> str:
    match kind:
        case "mails":
            return f"mail to {row['payload'].get('to')} ({row['payload'].get('template')})"
        case "alerts":
            return f"{row['rule']} {row['state']} of {row['subject_entity']} {row['subject_id']}"
        case _:
            return str(row["key"])


# --- one kind each ------------------------------------------------------------------------------
def _same(wanted: Row, actual: Mapping[str, Callable[[], Any]]) -> str | None:
    strange = sorted(set(wanted) - set(actual))
    if strange:
        raise wrong(f"no such name here: {', '.join(strange)} → {', '.join(actual)}")
    for key, value in wanted.items():
        there = actual[key]()
        if there != value:
            return f"{key} is {there!r}"
    return None


def _mail(ctx: Context, givens: Givens, wanted: Row, row: Row) -> str | None:
    payload = row["payload"]
    return _same(
        wanted,
        {
            "to": lambda: _echo(wanted["to"], _address(ctx, givens, wanted["to"]), payload["to"]),
            "template": lambda: _named(givens, wanted["template"], payload["template"]),
        },
    )


def _notice(ctx: Context, givens: Givens, wanted: Row, row: Row) -> str | None:
    return _same(
        wanted,
        {
            "to": lambda: _echo(
                wanted["to"], givens.record(ctx, PERSON, wanted["to"]), row["person_id"]
            ),
            "rule": lambda: _named(givens, wanted["rule"], row["key"].split(":")[1]),
        },
    )


def _alert(ctx: Context, givens: Givens, wanted: Row, row: Row) -> str | None:
    return _same(
        wanted,
        {
            "rule": lambda: _named(givens, wanted["rule"], row["rule"]),
            "state": lambda: row["state"],
            "episode": lambda: row["episode"],
            "count": lambda: row["count"],
            "corrected": lambda: bool(row["corrected"]),
            "subject": lambda: _subject(ctx, givens, wanted["subject"], row),
            "period": lambda: _period(ctx, row),
        },
    )


def _task(ctx: Context, givens: Givens, wanted: Row, row: Row) -> str | None:
    return _same(
        wanted,
        {
            "rule": lambda: _named(givens, wanted["rule"], row["rule"]),
            "to": lambda: _echo(
                wanted["to"], givens.record(ctx, PERSON, wanted["to"]), row["assignee_id"]
            ),
            "state": lambda: row["state"],
            "subject": lambda: _subject(ctx, givens, wanted["subject"], row),
            "due_at": lambda: _echo(
                wanted["due_at"], parse_datetime(wanted["due_at"]), row["due_at"]
            ),
            "steps": lambda: [step["type"] for step in row["card"]],
        },
    )


_KINDS: Mapping[str, Matches] = {
    "mails": _mail, "notices": _notice, "alerts": _alert, "tasks": _task,
}  # fmt: skip


def _echo(wanted: object, meant: object, there: object) -> object:
    """The expected words when they mean what is there, else what is there."""
    return wanted if meant is not None and meant == there else there


def _named(givens: Givens, wanted: str, there: str) -> str:
    return wanted if givens.full_name(wanted) == there else there


def _address(ctx: Context, givens: Givens, path: str) -> str | None:
    person = givens.record(ctx, PERSON, path)
    rows = [] if person is None else read_ids(ctx, PERSON, [person], ("email",))
    return rows[0]["email"] if rows else path if "@" in path else None


def _subject(ctx: Context, givens: Givens, wanted: str, row: Row) -> object:
    meant = givens.record(ctx, row["subject_entity"], wanted)
    return _echo(wanted, meant, row["subject_id"])


def _period(ctx: Context, row: Row) -> str | None:
    rule = ctx.catalog.rules.get(row["rule"])
    signal = getattr(rule, "signal", None)
    if row["period"] is None or signal is None:
        return None
    return label(row["period"], ctx.catalog.metrics[signal].grain)


# --- numbers ------------------------------------------------------------------------------------
def _measurement(ctx: Context, givens: Givens, wanted: Row) -> list[str]:
    metric = givens.full_name(str(wanted["metric"]))
    if metric not in ctx.catalog.metrics:
        raise wrong(f"no such metric: {metric}")
    compiled = ctx.catalog.compiled_metric(metric)
    subject = givens.record(ctx, compiled.metric.subject, str(wanted["subject"]))
    found = [] if subject is None else measurements.read_series(ctx.uow, metric, subjects=[subject])
    grain = compiled.metric.grain
    mine = [
        m for m in found if "period" not in wanted or label(m.period, grain) == wanted["period"]
    ]
    what = f"{wanted['metric']} of {wanted['subject']} {wanted.get('period', '')}".rstrip()
    if len(mine) != 1:
        return [f"measurements: {what}: {len(mine)} there"]
    number = mine[0]
    version = compiled.version_at(first_day(number.period, grain))
    (band,) = bands(ctx, compiled, [(number, version)])
    difference = _same(
        {key: value for key, value in wanted.items() if key not in {"metric", "subject", "period"}},
        {
            "value": lambda: _number(wanted["value"], number.value),
            "target": lambda: _number(wanted["target"], number.target),
            "n": lambda: number.n,
            "reasons": lambda: list(number.reasons),
            "band": lambda: band,
        },
    )
    return [] if difference is None else [f"measurements: {what}: {difference}"]


def _number(wanted: str | None, there: int | None) -> str | None:
    """The expected text when it is the same number, else the number as text."""
    if there is None or wanted is None:
        return None if there is None else format_number(there, MEASUREMENT_SCALE)
    meant = parse_number(str(wanted), MEASUREMENT_SCALE)
    return wanted if meant == there else format_number(there, MEASUREMENT_SCALE)
