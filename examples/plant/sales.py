"""Customer orders: taken, delivered, sometimes complained about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examples.plant.company import CUSTOMERS, TEAMS, team_code
from examples.plant.times import Event, Setting, civil_of, dice, instant, iso_day

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_DAYS = 36  # from the order to the last thing that can happen to it
_COMPLAINT_SHARE = 0.012


def order_events(setting: Setting, day: int) -> Iterator[Event]:
    """The orders taken on a day and their later versions."""
    rng = dice(setting.seed, "orders", day)
    for number in range(rng.randrange(3, 9)):
        key = f"SO-{civil_of(day):%y%m%d}-{number + 1:02}"
        promised = rng.randrange(8, 18)
        delivered = promised + rng.choice((-2, -1, 0, 0, 0, 0, 1, 3))
        record = {
            "order_no": key, "customer_code": f"C{rng.randrange(CUSTOMERS) + 1:03}",
            "team_code": team_code(rng.randrange(TEAMS)), "ordered_on": iso_day(day),
            "due_on": iso_day(day + promised), "delivered_on": None,
            "amount": f"{rng.randrange(8_000, 400_000)}.{rng.randrange(100):02}",
            "complained": False, "complained_on": None,
        }  # fmt: skip
        second = rng.randrange(9 * 3600, 17 * 3600)
        yield Event(instant(day, second), "orders", key, record)
        record = {**record, "delivered_on": iso_day(day + delivered)}
        yield Event(instant(day + delivered, second), "orders", key, record)
        if rng.random() < _COMPLAINT_SHARE:
            later = day + delivered + rng.randrange(1, 12)
            record = {**record, "complained": True, "complained_on": iso_day(later)}
            yield Event(instant(later, second), "orders", key, record)
