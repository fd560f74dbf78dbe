"""The whole plant as one pure function: `events(t0, t1)` gives what happened in (t0, t1]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examples.plant.company import static_events
from examples.plant.goals import goal_events, progress_events
from examples.plant.inspections import inspection_events, review_events
from examples.plant.sales import LONGEST_DAYS, order_events
from examples.plant.shopfloor import alarm_events, material_events, quality_events
from examples.plant.times import Event, Setting, day_of, instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# stream -> field that identifies a record
STREAMS = {
    "departments": "code", "people": "code", "machines": "code", "customers": "code",
    "goals": "code", "plan_points": "code", "weekly_progress": "goal_code+week_end",
    "alarms": "source_event_id", "qc_tickets": "ticket_no", "rework": "rework_no",
    "material_inspections": "report_no", "inspections_due": "due_no", "inspections": "record_no",
    "reviews": "review_no", "orders": "order_no",
}  # fmt: skip
# Each yields everything a day sets off, later versions included; second: the longest such delay.
_SOURCES: tuple[tuple[Callable[[Setting, int], Iterator[Event]], int], ...] = (
    (goal_events, 1), (progress_events, 3), (alarm_events, 2), (quality_events, 2),
    (material_events, 1), (inspection_events, 2), (review_events, 1), (order_events, LONGEST_DAYS),
)  # fmt: skip
_KEPT_DAYS = 400


class World:
    """The plant's past and future; holds nothing but a cache."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._caused: dict[tuple[int, int], dict[int, list[Event]]] = {}
        self._days: dict[int, tuple[Event, ...]] = {}

    @property
    def start(self) -> int:
        """Nothing happened before this."""
        return instant(self.setting.first_day)

    def events(self, t0: int, t1: int) -> list[Event]:
        """What happened after t0 up to t1, in order."""
        first, last = max(day_of(t0), self.setting.first_day), day_of(t1)
        days = (self._day(day) for day in range(first, last + 1))
        return [event for events in days for event in events if t0 < event.at <= t1]

    def _day(self, day: int) -> tuple[Event, ...]:
        if day not in self._days:
            if len(self._days) > _KEPT_DAYS:
                self._days.clear()
                self._caused.clear()
            found = list(self._reaching(day))
            found.sort(key=lambda event: (event.at, event.stream, event.key))
            self._days[day] = tuple(found)
        return self._days[day]

    def _reaching(self, day: int) -> Iterator[Event]:
        if day == self.setting.first_day:
            yield from (e for e in static_events(self.setting) if day_of(e.at) == day)
        for number, (source, longest) in enumerate(_SOURCES):
            for origin in range(max(self.setting.first_day, day - longest), day + 1):
                if (number, origin) not in self._caused:
                    self._caused[number, origin] = _by_day(source(self.setting, origin))
                yield from self._caused[number, origin].get(day, ())


def _by_day(events: Iterable[Event]) -> dict[int, list[Event]]:
    days: dict[int, list[Event]] = {}
    for event in events:
        days.setdefault(day_of(event.at), []).append(event)
    return days
