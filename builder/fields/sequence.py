"""A running number with a rule, given by the system when the record is made.

`QC-{yyyy}{mm}-{0000}` counts from 1 in every month: the dates in the rule are the period. Digits
beyond the width are written out, never cut off. Numbers are counted in the transaction that
stores the record, so they have no gaps, and none is given twice, not even of a deleted record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from builder.fields.base import FieldType, Problem, as_is
from dsl.types import Text

_PART = re.compile(r"\{([^{}]*)\}")
_COUNTER = re.compile(r"0{1,12}")
_DATES = {"yyyy": "{0:04d}", "yy": "{3:02d}", "mm": "{1:02d}", "dd": "{2:02d}"}


@dataclass(frozen=True, slots=True)
class Numbering:
    """A rule taken apart: the texts before and after the counter, and its width."""

    before: str
    after: str
    width: int

    def period(self, day: tuple[int, int, int]) -> str:
        """What the dates of the rule say on that day: the counter runs within it."""
        return f"{_dated(self.before, day)}#{_dated(self.after, day)}"

    def number(self, count: int, period: str) -> str:
        """The number as it is written."""
        before, _, after = period.partition("#")
        return f"{before}{count:0{self.width}d}{after}"


def numbering(rule: str) -> Numbering | None:
    """A rule taken apart; None when it is none: one counter of zeros, dates, and text."""
    parts = [(found.group(1), found.span()) for found in _PART.finditer(rule)]
    counters = [(name, span) for name, span in parts if _COUNTER.fullmatch(name)]
    known = all(name in _DATES or _COUNTER.fullmatch(name) for name, _ in parts)
    strange = set(_PART.sub("", rule)) & set("{}#")
    if len(counters) != 1 or not known or strange:
        return None
    name, (start, end) = counters[0]
    return Numbering(rule[:start], rule[end:], len(name))


def _dated(text: str, day: tuple[int, int, int]) -> str:
    year, month, date = day
    return _PART.sub(
        lambda found: _DATES[found.group(1)].format(year, month, date, year % 100), text
    )


FIELD_TYPE = FieldType(
    key="sequence",
    storage="text",
    formula_type=lambda _field: Text(nullable=True),
    parse=lambda _field, value: None if value is None else Problem("BLD408"),
    dump=as_is,
    json_schema=lambda _field: {"type": ["string", "null"], "readOnly": True},
    settings=frozenset({"rule"}),
    needs=frozenset({"rule"}),
)
