"""What a period rule means, and what late data asks for."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.backends.python import Params
from dsl.formula import compile_formula
from dsl.scope import RowScope, Symbol
from dsl.types import Number
from runtime.decide.rules import (
    Episode,
    Fired,
    Judged,
    Point,
    Quantifier,
    Reconciled,
    Replay,
    State,
    acknowledge,
    judge_series,
    reconcile,
    replay,
    step,
)

CASES = Path(__file__).parents[1] / "cases" / "rules" / "period_rules.txt"
SIGNS = {
    "e": (True, False), "x": (False, True), "b": (True, True), ".": (False, False),
    "u": (None, None),
}  # fmt: skip


def cases():
    lines = [x for x in CASES.read_text("utf-8").splitlines() if x and not x.startswith("#")]
    for number, (asked, answer) in enumerate(zip(lines[::2], lines[1::2], strict=True)):
        head, _, signs = asked.removeprefix(">> ").partition(" :")
        periods, missing = head.split()
        quantifier = Quantifier(int(periods), missing)
        yield pytest.param(quantifier, signs.strip(), answer, id=f"{CASES.name}:{number}:{asked}")


def judged_of(signs):
    return [Judged(n, *SIGNS[sign]) for n, sign in enumerate(signs, 1) if sign != "_"]


@pytest.mark.parametrize(("quantifier", "signs", "answer"), list(cases()))
def test_cases(quantifier, signs, answer):
    episodes = replay(judged_of(signs), quantifier).episodes
    shown = " ".join(f"{e.opened}-{e.closed or ''}" for e in episodes)
    assert (shown or "-") == answer


@given(
    signs=st.text("ex.ub_", max_size=30),
    periods=st.integers(1, 4),
    missing=st.sampled_from(["unknown", "breaks", "ignored"]),
)
def test_episodes_follow_each_other(signs, periods, missing):
    found = replay(judged_of(signs), Quantifier(periods, missing))
    edges = [edge for e in found.episodes for edge in (e.opened, e.closed)]
    closed = [edge for edge in edges if edge is not None]
    assert closed == sorted(set(closed))
    assert None not in edges[:-1]
    assert (found.state.name == "firing") == bool(edges and edges[-1] is None)


def test_an_acknowledged_episode_still_ends_by_exit():
    quantifier = Quantifier(1, "unknown")
    firing = step(State(), Judged(1, enter=True, exit=False), quantifier)
    seen = acknowledge(firing)
    assert (firing.name, seen.name) == ("firing", "acknowledged")
    assert acknowledge(State()) == State()
    assert step(seen, Judged(2, enter=True, exit=False), quantifier).name == "acknowledged"
    assert step(seen, Judged(2, enter=False, exit=True), quantifier).name == "inactive"


def test_truths_come_from_the_formulas():
    scope = RowScope({k: Symbol(k, Number(6)) for k in ("value", "target")}, lambda _: None)
    enter = compile_formula("value < target × (1 − 20%)", scope).formula
    leave = compile_formula("value >= target × (1 − 15%)", scope).formula
    points = [Point(1, 799_999, 1_000_000), Point(2, 800_000, 1_000_000), Point(3, None, 1)]
    points.append(Point(4, 850_000, 1_000_000))
    judged = judge_series(enter, leave, points, facts={}, params=Params())
    assert [(j.enter, j.exit) for j in judged] == [
        (True, False), (False, False), (None, None), (False, True),
    ]  # fmt: skip


# --- late data ---------------------------------------------------------------------------------
def fired(alert_id, opened, closed=None, *, is_open=None, corrected=False):
    going_on = closed is None if is_open is None else is_open
    return Fired(alert_id, Episode(opened, closed), going_on, corrected)


def replayed(*episodes, last=9):
    name = "firing" if episodes and episodes[-1].closed is None else "inactive"
    return Replay(tuple(episodes), State(name, last=last))


def test_nothing_to_do_when_all_was_told():
    assert reconcile([fired(1, 3)], replayed(Episode(3)), enabled_from=1) == Reconciled()


def test_an_episode_nobody_was_told_of_fires_even_when_it_is_over():
    found = reconcile([], replayed(Episode(3, 5), Episode(7)), enabled_from=1)
    assert found.fire == (Episode(3, 5), Episode(7))


def test_episodes_from_before_the_rule_was_on_stay_silent():
    found = reconcile([], replayed(Episode(3, 5), Episode(7)), enabled_from=4)
    assert found.fire == (Episode(7),)


def test_an_episode_that_moved_is_the_same_one():
    found = reconcile([fired(1, 5)], replayed(Episode(4)), enabled_from=1)
    assert found == Reconciled(corrected=(1,))
    again = reconcile([fired(1, 5, corrected=True)], replayed(Episode(4)), enabled_from=1)
    assert again == Reconciled()


def test_an_episode_that_vanished_is_closed_and_marked():
    found = reconcile([fired(1, 5)], replayed(), enabled_from=1)
    assert found == Reconciled(close=((1, 9),), corrected=(1,))
    assert reconcile([fired(1, 5, 7)], replayed(), enabled_from=1).close == ()


def test_a_recovery_that_comes_to_light_closes_and_the_next_episode_is_told():
    found = reconcile([fired(1, 5)], replayed(Episode(5, 7), Episode(8)), enabled_from=1)
    assert found == Reconciled(fire=(Episode(8),), close=((1, 7),))


def test_a_recovery_that_was_corrected_away_reopens():
    found = reconcile([fired(1, 5, 7)], replayed(Episode(5)), enabled_from=1)
    assert found == Reconciled(reopen=(1,))
    both = reconcile([fired(1, 5, 7), fired(2, 8)], replayed(Episode(5)), enabled_from=1)
    assert both == Reconciled(corrected=(2,))


def test_a_vanished_episode_that_comes_back_is_not_told_again():
    gone = fired(1, 5, 5, corrected=True)
    assert reconcile([gone], replayed(Episode(5, 8)), enabled_from=1).fire == ()


def test_alerts_of_an_older_meaning_wait_for_the_new_exit():
    waiting = reconcile([fired(1, 3)], replayed(), enabled_from=5, leaves=(2, 4))
    assert waiting == Reconciled(still_open=True)
    found = reconcile([fired(1, 3)], replayed(Episode(6)), enabled_from=5, leaves=(2,))
    assert found.fire == ()
    ended = reconcile([fired(1, 3)], replayed(Episode(8)), enabled_from=5, leaves=(2, 7))
    assert ended == Reconciled(fire=(Episode(8),), close=((1, 7),))
    assert reconcile([fired(1, 3, 4)], replayed(), enabled_from=5) == Reconciled()


episodes = st.lists(st.integers(0, 20), unique=True, max_size=6).map(
    lambda edges: [
        Episode(o, c)
        for o, c in zip(sorted(edges)[::2], [*sorted(edges)[1::2], None], strict=False)
    ]
)


@given(told=episodes, now=episodes)
def test_every_new_episode_has_an_alert_afterwards_and_none_has_two_tellings(told, now):
    alerts = [Fired(n, e, e.closed is None) for n, e in enumerate(told)]
    found = reconcile(alerts, replayed(*now, last=30), enabled_from=0)
    for episode in now:
        covered = any(e.overlaps(episode) for e in told)
        assert episode in found.fire or covered
    assert not any(e.overlaps(f) for f in found.fire for e in told if e.opened == f.opened)
