"""Read a period from a request: a day of it, or its label."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic
from dsl.values import parse_date
from runtime.decide.periods import parse_label, period_of
from web.problems import Problem

if TYPE_CHECKING:
    from builder.model.common import Grain

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_period(text: str, grain: Grain, *, field: str) -> int:
    """The period a text names."""
    try:
        if DAY.fullmatch(text):
            return period_of(parse_date(text), grain)
        return parse_label(text, grain)
    except (ValueError, OverflowError):
        raise Problem(422, Diagnostic("WEB202", {"field": field}, pointer=f"/{field}")) from None
