"""The set-based SQL of period rules says what the oracle says, on both databases."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from runtime.decide.rules import Judged, Quantifier, State, replay, step
from store import rule_runs, rule_states
from store.rule_states import Now, Numbers, Question, Truths
from store.tables import alert, measurement, rule_run, rule_state

RULE, METRIC, FIRST = "p.behind", "p.progress", 100
BASE = "01890000-0000-7000-8000-000000000000"


def moment(at):
    return Now(at, 7, f"{at:08x}{BASE[8:]}")


def enter_of(value, target):
    return None if value is None or target is None else value * 10 < target * 8


def exit_of(value, target):
    return None if value is None or target is None else value * 20 >= target * 17


def truths(rows):
    """The conditions of the B2 rule, by hand."""
    return Truths(rows.c.value * 10 < rows.c.target * 8, rows.c.value * 20 >= rows.c.target * 17)


def odd_truths(rows):
    """Conditions that overlap and that are known in different periods."""
    return Truths(rows.c.value < rows.c.target, rows.c.value > 60)


def question(periods, *, ignores, conditions=truths):
    rows, where = rule_states.current_numbers(METRIC)
    return Question(
        RULE, METRIC, "p.goal", periods, ignores, Numbers(rows, rows, where, conditions)
    )


def put_series(uow, all_series):
    for table in (measurement, alert, rule_state, rule_run):
        uow.execute(delete(table))
    rows = [
        {
            "uid": f"m{subject}.{period}", "metric": METRIC, "subject_id": subject,
            "period": FIRST + period, "value": cell[0], "target": cell[1], "n": 1, "reasons": "[]",
            "leaves": "{}", "formula_version": "", "formula_hash": "", "revision": 1, "rev": 1,
            "at": 0,
        }
        for subject, series in enumerate(all_series, 1)
        for period, cell in enumerate(series)
        if cell != "missing"
    ]  # fmt: skip
    if rows:
        uow.execute(insert(measurement), rows)


def judged(series, *, odd=False):
    cells = [(FIRST + place, cell) for place, cell in enumerate(series) if cell != "missing"]
    if odd:
        return [
            Judged(
                p,
                None if None in cell else cell[0] < cell[1],
                None if cell[0] is None else cell[0] > 60,
            )
            for p, cell in cells
        ]
    return [Judged(p, enter_of(*cell), exit_of(*cell)) for p, cell in cells]


number = st.one_of(st.none(), st.sampled_from([0, 40, 70, 79, 80, 82, 85, 90, 120]))
cell = st.one_of(st.just("missing"), st.tuples(number, st.sampled_from([None, 50, 100, 100, 100])))
worlds = st.lists(st.lists(cell, min_size=0, max_size=10), min_size=1, max_size=8)


@pytest.fixture(params=["unknown", "breaks", "ignored"])
def missing(request):
    return request.param


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds, periods=st.integers(1, 4), odd=st.booleans())
def test_sql_agrees_with_the_oracle(database, missing, world, periods, odd):
    """Period by period, and for the whole past in one statement."""
    quantifier = Quantifier(periods, missing)
    asked = question(
        periods, ignores=missing == "ignored", conditions=odd_truths if odd else truths
    )
    with database.write() as uow:
        put_series(uow, world)
        rule_runs.put_run(uow, rule_runs.Run(RULE, "h", FIRST, 0, None))
        oracle = {s: State() for s in range(1, len(world) + 1)}
        opened_by_oracle, opened_by_sql = set(), set()
        for period in range(FIRST, FIRST + 10):
            for new in rule_states.judge(uow, asked, period, moment(period)):
                opened_by_sql.add((new.subject_id, period))
            for subject, series in enumerate(world, 1):
                found = [j for j in judged(series, odd=odd) if j.period == period]
                if not found:
                    continue
                after = step(oracle[subject], found[0], quantifier)
                if (oracle[subject].name, after.name) == ("inactive", "firing"):
                    opened_by_oracle.add((subject, period))
                oracle[subject] = after
        assert opened_by_sql == opened_by_oracle
        firing = {s for s, state in oracle.items() if state.name == "firing"}
        stored = uow.execute(select(rule_state.c.subject_id).where(rule_state.c.state == "firing"))
        assert set(stored.scalars()) == firing
        still_open = uow.execute(select(alert.c.subject_id).where(alert.c.state != "closed"))
        assert set(still_open.scalars()) == firing
        assert_backtest(uow, asked, world, quantifier, odd=odd)
        uow.roll_back()


def assert_backtest(uow, asked, world, quantifier, *, odd):
    expected = [
        rule_states.Span(subject, episode.opened, episode.closed)
        for subject, series in enumerate(world, 1)
        for episode in replay(judged(series, odd=odd), quantifier).episodes
    ]
    assert rule_states.spans(uow, asked, to_period=FIRST + 9) == expected


def test_judging_a_period_again_opens_nothing(database):
    asked = question(2, ignores=False)
    with database.write() as uow:
        put_series(uow, [[(10, 100), (12, 100)], [(90, 100), (12, 100)]])
        rule_runs.put_run(uow, rule_runs.Run(RULE, "h", FIRST, 0, None))
        assert rule_states.judge(uow, asked, FIRST, moment(1)) == []
        (opened,) = rule_states.judge(uow, asked, FIRST + 1, moment(2))
        assert (opened.subject_id, opened.episode) == (1, 1)
        assert opened.uid == moment(2).uid[:-8] + "00000001"
        assert rule_states.judge(uow, asked, FIRST + 1, moment(3)) == []
        uow.roll_back()


def test_a_seeded_subject_is_not_alarmed_until_it_recovered(database):
    asked = question(1, ignores=False)
    low, high = (10, 100), (100, 100)
    with database.write() as uow:
        put_series(uow, [[low, low, high, low]])
        rule_runs.put_run(uow, rule_runs.Run(RULE, "h", FIRST + 1, 0, FIRST))
        assert rule_runs.seed(uow, RULE, [(1, FIRST)]) == 1
        assert rule_runs.seed(uow, RULE, [(1, FIRST)]) == 0
        opened = [
            new
            for period in range(FIRST + 1, FIRST + 4)
            for new in rule_states.judge(uow, asked, period, moment(period))
        ]
        assert [(new.subject_id, new.episode) for new in opened] == [(1, 2)]
        run = rule_runs.get_run(uow, RULE)
        assert run == rule_runs.Run(RULE, "h", FIRST + 1, 0, FIRST + 3)
        uow.roll_back()


def test_numbers_as_they_were_known_when_a_period_closed(database):
    with database.write() as uow:
        put_series(uow, [[(10, 100), (10, 100)]])
        late = {
            "metric": METRIC, "subject_id": 1, "n": 1, "reasons": "[]", "leaves": "{}",
            "formula_version": "", "formula_hash": "", "revision": 1, "rev": 2, "target": 100,
        }  # fmt: skip
        uow.execute(measurement.update().values(current=False))
        uow.execute(
            insert(measurement),
            [
                {**late, "uid": "new0", "period": FIRST, "value": 95, "at": 500},
                {**late, "uid": "new1", "period": FIRST + 1, "value": 95, "at": 50},
            ],
        )
        closings = [(FIRST, 100), (FIRST + 1, 200)]
        rows, where = rule_states.numbers_then(uow, METRIC, closings)
        then = replace(question(1, ignores=False), numbers=Numbers(rows, rows, where, truths))
        found = rule_states.spans(uow, then, to_period=FIRST + 1)
        assert found == [rule_states.Span(1, FIRST, FIRST + 1)]
        uow.roll_back()
