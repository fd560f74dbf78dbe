"""The calendars of the catalog as formulas count in them, with the days that people marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dsl.calendars import PREFIX, parameter_of
from runtime.decide.calendars import Days, working_days_of
from store import calendar_days

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.model.others import Calendar
    from store.db import UnitOfWork


class WorkingDays(Mapping[str, str]):
    """By the name of its parameter; a calendar is read when it is first asked for.

    Most formulas count no working days, and many evaluations happen in one unit of work.
    """

    def __init__(self, uow: UnitOfWork, calendars: Mapping[str, Calendar]) -> None:
        self._uow = uow
        self._calendars = calendars
        self._read: dict[str, str] = {}

    def __getitem__(self, parameter: str) -> str:
        """The working days of one calendar."""
        if parameter not in self._read:
            calendar = self._calendars[parameter.removeprefix(PREFIX)]
            table = calendar_days.table_of(self._uow, calendar.name)
            self._read[parameter] = working_days_of(Days(calendar, table))
        return self._read[parameter]

    def __iter__(self) -> Iterator[str]:
        """The names of the parameters."""
        return map(parameter_of, self._calendars)

    def __len__(self) -> int:
        """How many calendars there are."""
        return len(self._calendars)
