"""A row of events, against a brute-force reader of the same rule."""

from hypothesis import given
from hypothesis import strategies as st

from runtime.decide.event_rules import Happened, find_run, is_broken


def event(at, *, breaks=False, record=None):
    return Happened(at, str(at), record if record is not None else at, breaks)


def test_the_first_row_wins_and_the_rest_joins():
    run = find_run([event(at) for at in (5, 1, 3, 9)], count=3, within_us=10)
    assert [h.at for h in run.events] == [1, 3, 5]
    assert [h.at for h in run.joined] == [9]
    assert (run.count, run.mark) == (4, (9, "9"))


def test_a_breaker_of_the_same_instant_comes_after_the_event():
    happened = [event(1), event(2), event(3), event(3, breaks=True, record=7)]
    assert find_run(happened, count=3, within_us=10) is not None
    early = [event(1), event(1, breaks=True, record=7), event(2), event(3)]
    assert find_run(early, count=3, within_us=10) is None


def test_what_is_used_up_does_not_count():
    happened = [event(at) for at in (1, 2, 3, 4)]
    assert find_run(happened, count=3, within_us=10, after=(1, "1")).events[0].at == 2
    assert find_run(happened, count=3, within_us=10, after=(2, "2")) is None


def test_a_late_breaker_inside_the_row_counts():
    row = [event(1), event(5)]
    assert is_broken(row, [event(3, breaks=True)])
    assert is_broken(row, [event(1, breaks=True)])
    assert not is_broken(row, [event(5, breaks=True)])
    assert not is_broken([], [event(3, breaks=True)])


def brute_force(happened, count, within):
    """Every contiguous choice of matching events, tried one by one."""
    ordered = sorted(happened, key=lambda h: (h.at, h.breaks, h.key, h.record_id))
    for end in range(len(ordered)):
        row = []
        for each in reversed(ordered[: end + 1]):
            if each.breaks:
                break
            row.append(each)
        row = row[:count][::-1]
        if len(row) == count and row[-1].at - row[0].at <= within:
            return row
    return None


happenings = st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=12).map(
    lambda rows: [event(at, breaks=b, record=n) for n, (at, b) in enumerate(rows)]
)


@given(happened=happenings, count=st.integers(1, 4), within=st.integers(0, 8))
def test_the_row_is_the_one_brute_force_finds(happened, count, within):
    run = find_run(happened, count=count, within_us=within)
    expected = brute_force(happened, count, within)
    assert (None if run is None else list(run.events)) == expected


@given(happened=happenings, order=st.randoms())
def test_the_order_of_arrival_does_not_matter(happened, order):
    shuffled = list(happened)
    order.shuffle(shuffled)
    one, other = (find_run(h, count=3, within_us=8) for h in (happened, shuffled))
    assert one == other
