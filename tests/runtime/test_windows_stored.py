"""Window conditions in the database say what plain loops say: live, on the past, after late data."""

import random

import pytest
from sqlalchemy import delete, insert, select, update

from dsl.backends.sql import NotPushable
from dsl.series import periods_apart
from runtime.decide.calendars import OFFICE, closes_at
from runtime.decide.periods import label, parse_label
from runtime.decide.rules import Judged, Point, Quantifier, replay
from runtime.fire import rejudge
from runtime.judging import _asker as asker_of
from runtime.judging import question_of, question_then, questions_at, replay_subjects
from store import rule_questions, rule_runs, rule_states
from store.rule_questions import _Resolve
from store.rule_states import Now, Span
from store.tables import alert, measurement, rule_run, rule_state
from tests.runtime.test_windows import WINDOWS, YEARS
from tests.runtime.worlds import OFFICE_DOCUMENTS, World

METRIC = "p.progress"
PERIODS = 24
GOALS = 6
# Where the years of each grain are not alike: a leap day, week 53, the turn of a year.
FIRST_OF = {"day": "1900-01-01", "week": "1900-W01"}
LAST_OF = {"day": "2200-12-31", "week": "2200-W52"}
FIRST = {"day": "2024-02-20", "week": "2026-W45", "month": "2023-07", "quarter": "2022-Q3"}


def documents(grain, windows):
    """The office with one rule for each window, the rest of the rule by chance."""
    rng = random.Random(grain)
    kept = [d for d in OFFICE_DOCUMENTS if d["kind"] not in {"rule", "metric"}]
    metric = next(d for d in OFFICE_DOCUMENTS if d["kind"] == "metric")
    rule = next(d for d in OFFICE_DOCUMENTS if d["kind"] == "rule")
    rules = [
        {
            **rule,
            "key": f"r{place}",
            "enter": enter,
            "exit": rng.choice([*windows, "value > 4"]),
            "quantifier": {"consecutive": rng.randint(1, 3)},
            "missing": rng.choice(["unknown", "breaks", "ignored"]),
        }
        for place, enter in enumerate(windows)
    ]
    return [*kept, {**metric, "grain": grain}, *rules]


# Child rows of the subject are left to Python; none of the goals here has any.
IN_PYTHON = " AND COUNT(subject.points) = 0"


def truth(source, series, period, grain):
    if source.endswith(IN_PYTHON):
        source = source.removesuffix(IN_PYTHON)[1:-1]
    if source == "value > 4":
        value = series[period].value
        return None if value is None else value > 4 * 10**6
    if source in YEARS:
        return YEARS[source](series, period, grain)
    return WINDOWS[source](series, period)


def expected(compiled, series, upto):
    """The rule over one series by plain loops."""
    grain = compiled.metric.grain
    judged = [
        Judged(
            period,
            truth(compiled.rule.enter, series, period, grain),
            truth(compiled.rule.exit, series, period, grain),
        )
        for period in sorted(series)
        if period <= upto
    ]
    return replay(judged, Quantifier(compiled.rule.quantifier.periods, compiled.rule.missing))


def by_subject(points):
    series = {}
    for (subject, period), point in points.items():
        series.setdefault(subject, {})[period] = point
    return series


def spans_of(compiled, points, upto):
    return [
        Span(subject, episode.opened, episode.closed)
        for subject, series in sorted(by_subject(points).items())
        for episode in expected(compiled, series, upto).episodes
    ]


class Numbers:
    """The numbers of a metric as they come in, on time and late."""

    def __init__(self, rng, grain, first, subjects):
        self.rng, self.grain, self.subjects = rng, grain, subjects
        self.first, self.last = first, first + PERIODS - 1
        self.now, self.then, self._serial = {}, {}, 0

    def point(self, period):
        value = None if self.rng.random() < 0.1 else self.rng.choice((-3, 0, 1, 2, 2, 3, 5, 9))
        target = None if self.rng.random() < 0.05 else self.rng.choice((0, 2, 3, 4))
        return Point(period, *(None if n is None else n * 10**6 for n in (value, target)))

    def close(self, uow, period):
        """What is there when a period closes; most of it is never touched again."""
        at = closes_at(OFFICE, period, self.grain)
        for subject in self.subjects:
            if self.rng.random() < 0.8:
                self.put(uow, subject, self.point(period), at - self.rng.choice((0, 5)))
        self.then |= {key: point for key, point in self.now.items() if key[1] == period}

    def late(self, uow, period):
        """Numbers of earlier periods that come or change after their closing."""
        at = closes_at(OFFICE, period, self.grain) + 1
        touched = set()
        for _ in range(self.rng.choice((0, 0, 1, 2))):
            subject = self.rng.choice(self.subjects)
            old = max(self.first, period - self.rng.randrange(5))
            self.put(uow, subject, self.point(old), at)
            touched.add(subject)
        return sorted(touched)

    def put(self, uow, subject, point, at):
        self.now[subject, point.period] = point
        self._serial += 1
        m = measurement.c
        mine = (m.metric == METRIC, m.subject_id == subject, m.period == point.period, m.current)
        uow.execute(update(measurement).where(*mine).values(current=False))
        row = {
            "uid": f"u{self._serial}", "metric": METRIC, "subject_id": subject,
            "period": point.period, "value": point.value, "target": point.target, "n": 1,
            "reasons": "[]", "leaves": "{}", "formula_version": "", "formula_hash": "",
            "revision": 1, "rev": 1, "at": at,
        }  # fmt: skip
        uow.execute(insert(measurement), [row])


def firing(uow, rule):
    chosen = select(rule_state.c.subject_id).where(
        rule_state.c.rule == rule, rule_state.c.state == "firing"
    )
    return set(uow.execute(chosen).scalars())


def empty(uow):
    for table in (measurement, alert, rule_state, rule_run):
        uow.execute(delete(table))


@pytest.mark.parametrize("grain", FIRST)
def test_windows_in_the_database_are_what_plain_loops_say(database, grain):
    place = [*FIRST].index(grain)
    world = World(database, documents(grain, [*WINDOWS][place :: len(FIRST)]))
    subjects = world.insert("goal", *({"name": f"g{n}"} for n in range(GOALS)))
    numbers = Numbers(random.Random(grain), grain, parse_label(FIRST[grain], grain), subjects)
    rules = [world.catalog.compiled_rule(name) for name in world.catalog.rules]
    with world.writing() as ctx:
        empty(ctx.uow)
        for each in rules:
            run = rule_runs.Run(each.rule.name, "h", numbers.first, 0, None)
            rule_runs.put_run(ctx.uow, run)
        for period in range(numbers.first, numbers.last + 1):
            assert_judged(ctx, rules, numbers, period)
        assert_past(ctx, rules, numbers)
        ctx.uow.roll_back()


def assert_judged(ctx, rules, numbers, period):
    """One period closes and, later, numbers of the past change: states follow both times."""
    numbers.close(ctx.uow, period)
    numbers.put(ctx.uow, numbers.subjects[0], numbers.point(period + 1), 1)  # in progress
    for each in rules:
        now = Now(period, 7, f"{period:08x}-{each.rule.name[3:]:0>4}-7000-8000-000000000000")
        asked = question_of(ctx, each, to_period=period)
        before = firing(ctx.uow, each.rule.name)
        opened = {new.subject_id for new in rule_states.judge(ctx.uow, asked, period, now)}
        replays = {
            subject: expected(each, series, period)
            for subject, series in by_subject(numbers.now).items()
        }
        firing_now = {s for s, found in replays.items() if found.state.name == "firing"}
        assert firing(ctx.uow, each.rule.name) == firing_now, (each.rule, label_of(numbers, period))
        assert opened == firing_now - before
    touched = numbers.late(ctx.uow, period)
    for each in rules if touched else ():
        rejudge(ctx, each.rule.name, touched)
        found = replay_subjects(ctx, each, touched, to_period=period)
        for subject in touched:
            series = by_subject(numbers.now)[subject]
            assert found[subject][0] == expected(each, series, period)


def label_of(numbers, period):
    return label(period, numbers.grain)


def assert_past(ctx, rules, numbers):
    """The whole past in one statement, with the numbers of today and with those of then."""
    closed = range(numbers.first, numbers.last + 1)
    assert numbers.then != numbers.now
    for each in rules:
        today = question_of(ctx, each, to_period=numbers.last, whole=True)
        spans = rule_states.spans(ctx.uow, today, to_period=numbers.last)
        assert spans == spans_of(each, numbers.now, numbers.last), each.rule
        then = question_then(ctx, each, closed)
        spans_then = rule_states.spans(ctx.uow, then, to_period=numbers.last)
        assert spans_then == spans_of(each, numbers.then, numbers.last), each.rule


@pytest.mark.parametrize("grain", ["week", "month"])
def test_windows_that_python_judges_are_what_plain_loops_say(database, grain):
    windows = [f"({window}){IN_PYTHON}" for window in [*WINDOWS][::9]]
    world = World(database, documents(grain, windows))
    subjects = world.insert("goal", *({"name": f"g{n}"} for n in range(GOALS)))
    numbers = Numbers(random.Random(grain), grain, parse_label(FIRST[grain], grain), subjects)
    rules = [world.catalog.compiled_rule(name) for name in world.catalog.rules]
    with world.writing() as ctx:
        empty(ctx.uow)
        for each in rules:
            with pytest.raises(NotPushable):
                rule_questions.question_of(asker_of(ctx), each)
        for period in range(numbers.first, numbers.last + 1):
            numbers.close(ctx.uow, period)
            numbers.late(ctx.uow, period)
        assert_past(ctx, rules, numbers)
        assert any(spans_of(each, numbers.now, numbers.last) for each in rules)
        ctx.uow.roll_back()


@pytest.mark.parametrize("grain", ["week", "quarter"])
def test_rules_that_share_a_closing_say_what_plain_loops_say(database, grain):
    windows = [*[*WINDOWS][:: len(WINDOWS) // 6], *YEARS]
    world = World(database, documents(grain, windows))
    subjects = world.insert("goal", *({"name": f"g{n}"} for n in range(GOALS)))
    gone = subjects[0]
    world.delete("goal", gone)
    numbers = Numbers(random.Random(grain), grain, parse_label(FIRST[grain], grain), subjects)
    rules = [world.catalog.compiled_rule(name) for name in world.catalog.rules]
    with world.writing() as ctx:
        empty(ctx.uow)
        for each in rules:
            run = rule_runs.Run(each.rule.name, "h", numbers.first, 0, None)
            rule_runs.put_run(ctx.uow, run)
        for period in range(numbers.first, numbers.last + 1):
            numbers.close(ctx.uow, period)
            asked = dict.fromkeys(each.rule.name for each in rules)
            for rule, question in questions_at(ctx, rules, period):
                asked.pop(rule.rule.name)
                now = Now(
                    period, 7, f"{period:08x}-{rule.rule.name[3:]:0>4}-7000-8000-000000000000"
                )
                rule_states.judge(ctx.uow, question, period, now)
                replays = {
                    subject: expected(rule, series, period)
                    for subject, series in by_subject(numbers.now).items()
                }
                wanted = {s for s, found in replays.items() if found.state.name == "firing"}
                assert firing(ctx.uow, rule.rule.name) == wanted - {gone}, (rule.rule, period)
            assert not asked, "every rule was judged"
        ctx.uow.roll_back()


# The last four periods, which are judged one by one, hold a leap day and a week 53.
@pytest.mark.parametrize(
    ("grain", "start", "count"),
    [("day", "2023-01-10", 419), ("week", "2019-W40", 67), ("month", "2023-11", 32)],
)
def test_a_year_before_in_the_database_is_what_plain_loops_say(database, grain, start, count):
    world = World(database, documents(grain, YEARS))
    subjects = world.insert("goal", {"name": "g1"}, {"name": "g2"})
    numbers = Numbers(random.Random(start), grain, parse_label(start, grain), subjects)
    rules = [world.catalog.compiled_rule(name) for name in world.catalog.rules]
    with world.writing() as ctx:
        empty(ctx.uow)
        numbers.last = numbers.first + count - 1
        judged = numbers.last - 4
        for period in range(numbers.first, judged + 1):
            numbers.close(ctx.uow, period)
        for each in rules:
            rule_runs.put_run(ctx.uow, rule_runs.Run(each.rule.name, "h", numbers.first, 0, judged))
            rejudge(ctx, each.rule.name, subjects)
        for period in range(judged + 1, numbers.last + 1):
            assert_judged(ctx, rules, numbers, period)
        assert_past(ctx, rules, numbers)
        assert any(spans_of(each, numbers.now, numbers.last) for each in rules)
        ctx.uow.roll_back()


@pytest.mark.parametrize("grain", ["day", "week"])
def test_the_distance_to_a_year_before_is_the_same_in_the_database(database, grain):
    """Of every day and week of the years 1900 to 2200."""
    bounds = range(parse_label(FIRST_OF[grain], grain), parse_label(LAST_OF[grain], grain))
    computed = [rule_states.Computed(1, period, None, None) for period in bounds]
    with database.write() as uow:
        rows = rule_states.computed_numbers(uow, computed).rows
        resolve = _Resolve(rows, None, (), lambda _rows: (), rows)
        chosen = select(rows.c.period, resolve.column(f"@{grain}").label("apart"))
        for period, apart in uow.execute(chosen):
            assert apart == periods_apart(f"@{grain}", period), label(period, grain)
        uow.roll_back()
