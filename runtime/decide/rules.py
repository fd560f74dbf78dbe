"""Decide when a period rule opens and closes its episodes; no I/O.

One period is judged by two truths, enter and exit, each true, false or unknown. A period counts
towards an episode when enter is true and exit is not; exit ends an episode. Opening takes n such
periods in a row:

- missing = unknown: a period without truth neither counts nor ends anything; the row starts anew
- missing = breaks: as if enter were false; the row starts anew, an open episode stays open
- missing = ignored: the period is skipped, the row goes on behind it

`replay` is the meaning of a rule: the SQL of `store.rule_states` must agree with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from dsl.backends.python import Params, program
from dsl.series import APART, periods_apart, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from builder.model.rule import Missing
    from dsl.formula import Formula
    from dsl.types import Raw

Truth = bool | None
StateName = Literal["inactive", "firing", "acknowledged"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the two conditions say of one period."""

    period: int
    enter: Truth
    exit: Truth

    @property
    def counts(self) -> Truth:
        """Whether the period counts towards an episode."""
        return False if self.exit is True else self.enter


@dataclass(frozen=True, slots=True)
class Quantifier:
    """So many periods in a row, and what a period without truth means."""

    periods: int
    missing: Missing


@dataclass(frozen=True, slots=True)
class Episode:
    """From the period that opened it to the one that closed it."""

    opened: int
    closed: int | None = None

    def overlaps(self, other: Episode) -> bool:
        """Whether both were open at the same time, or opened with the same period."""
        return self.opened == other.opened or (
            (self.closed is None or other.opened < self.closed)
            and (other.closed is None or self.opened < other.closed)
        )


@dataclass(frozen=True, slots=True)
class State:
    """Where a rule stands with one subject after `last`."""

    name: StateName = "inactive"
    streak: int = 0
    last: int | None = None
    since: int | None = None


def step(state: State, judged: Judged, quantifier: Quantifier) -> State:
    """The state after one more period; `since == judged.period` tells that it changed."""
    streak = _streak(state, judged, quantifier)
    moved = replace(state, streak=streak, last=judged.period)
    if state.name == "inactive" and streak >= quantifier.periods:
        return replace(moved, name="firing", since=judged.period)
    if state.name != "inactive" and judged.exit is True:
        return replace(moved, name="inactive", since=judged.period)
    return moved


def _streak(state: State, judged: Judged, quantifier: Quantifier) -> int:
    skips = quantifier.missing == "ignored"
    follows = skips or state.last is None or judged.period == state.last + 1
    before = state.streak if follows else 0
    if judged.counts is None:
        return before if skips else 0
    return before + 1 if judged.counts else 0


def acknowledge(state: State) -> State:
    """The state after a person took note of a firing episode."""
    return replace(state, name="acknowledged") if state.name == "firing" else state


@dataclass(frozen=True, slots=True)
class Replay:
    """A whole series judged: its episodes in order and the state at its end."""

    episodes: tuple[Episode, ...]
    state: State


def replay(series: Iterable[Judged], quantifier: Quantifier) -> Replay:
    """Judge a series, oldest first; a period that is not in it is missing."""
    state, episodes = State(), list[Episode]()
    for judged in series:
        after = step(state, judged, quantifier)
        if state.name == "inactive" and after.name == "firing":
            episodes.append(Episode(judged.period))
        elif state.name != "inactive" and after.name == "inactive":
            episodes[-1] = replace(episodes[-1], closed=judged.period)
        state = after
    return Replay(tuple(episodes), state)


# --- truths by the formulas of a rule ---------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Point:
    """One measurement of a series."""

    period: int
    value: int | None
    target: int | None


def judge_series(
    enter: Formula,
    exit_: Formula,
    points: Iterable[Point],
    *,
    facts: Mapping[str, Raw],
    params: Params,
) -> list[Judged]:
    """The truths of each period of a series; `facts` are the subject's values by path."""
    entering, exiting = program(enter), program(exit_)
    series = list(points)
    paths = {*enter.needs.paths, *exit_.needs.paths}
    back = [path for path in paths if split(path)[1] or path in APART]
    by_period = {point.period: point for point in series} if back else {}
    judged = []
    for point in series:
        row = {**facts, "value": point.value, "target": point.target}
        row |= {path: _earlier(by_period, point.period, path) for path in back}
        judged.append(
            Judged(
                point.period,
                truth(entering.evaluate(row, params).value),
                truth(exiting.evaluate(row, params).value),
            )
        )
    return judged


def _earlier(by_period: Mapping[int, Point], period: int, path: str) -> int | None:
    """What a path of another period stands for."""
    name, back = split(path)
    if name in APART:
        return periods_apart(name, period - back)
    then = by_period.get(period - back)
    return None if then is None else then.value if name == "value" else then.target


def truth(value: Raw) -> Truth:
    """A boolean result as a truth."""
    return value if value is None else bool(value)


# --- reconciling what was fired with what should have been --------------------------------------
@dataclass(frozen=True, slots=True)
class Fired:
    """An alert as it stands: the periods it covers, whether it goes on, whether it is marked."""

    alert_id: int
    episode: Episode
    is_open: bool
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What late or corrected data asks for; nothing that was sent is unsent."""

    fire: tuple[Episode, ...] = ()  # episodes nobody was told of
    close: tuple[tuple[int, int], ...] = ()  # alert row, period that closed it
    corrected: tuple[int, ...] = ()  # alert rows that today's data does not support as sent
    reopen: tuple[int, ...] = ()  # alert rows that are not over after all
    still_open: bool = False  # an alert of an older meaning of the rule goes on


def reconcile(
    fired: Sequence[Fired],
    replayed: Replay,
    *,
    enabled_from: int,
    leaves: Sequence[int] = (),
) -> Reconciled:
    """Compare the alerts of a subject with its replayed series.

    An alert and the first episode it overlaps are the same one: nobody is told twice. Episodes
    that opened before `enabled_from` stay silent. Alerts older than that were raised by another
    meaning of the rule: they only wait for one of the periods in `leaves`, where exit is true.
    """
    told: list[Episode] = []
    close, corrected = list[tuple[int, int]](), list[int]()
    reopen: dict[Episode, int] = {}
    for each in fired:
        if each.episode.opened < enabled_from:
            ended = next((p for p in leaves if p >= enabled_from), None)
            old = Episode(each.episode.opened, ended) if each.is_open else each.episode
            told += [e for e in replayed.episodes if e.overlaps(old)]
        else:
            match = next((e for e in replayed.episodes if e.overlaps(each.episode)), None)
            told += [] if match is None else [match]
            if not each.corrected and (match is None or match.opened != each.episode.opened):
                corrected.append(each.alert_id)
            ended = replayed.state.last if match is None else match.closed
            if match is not None and match.closed is None:
                reopen[match] = each.alert_id  # the newest alert of an episode carries it on
        if each.is_open and ended is not None:
            close.append((each.alert_id, ended))
    gone = {alert for alert, _ in close}
    is_open = {each.alert_id: each.is_open for each in fired}
    return Reconciled(
        fire=tuple(e for e in replayed.episodes if e.opened >= enabled_from and e not in told),
        close=tuple(close),
        corrected=tuple(corrected),
        reopen=tuple(alert for alert in reopen.values() if not is_open[alert]),
        still_open=any(
            e.is_open and e.alert_id not in gone and e.episode.opened < enabled_from for e in fired
        ),
    )
