"""Give new records their running numbers."""

from __future__ import annotations

import itertools
from datetime import date
from typing import TYPE_CHECKING

from builder.fields.sequence import numbering
from runtime.context import day_of
from store import sequences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.model.entity import Entity
    from runtime.context import Context
    from runtime.decide.forms import Cell

EPOCH = date(1970, 1, 1).toordinal()


def numbered(
    ctx: Context, entity: Entity, rows: Sequence[Mapping[str, Cell]]
) -> Sequence[Mapping[str, Cell]]:
    """The rows with a number in every sequence field that has none yet.

    A pack's samples and a copy from another installation bring their own numbers; those are kept.
    """
    for item in entity.fields:
        rule = None if item.rule is None else numbering(item.rule)
        open_rows = sum(row.get(item.key) is None for row in rows)
        if rule is None or not open_rows:
            continue
        today = date.fromordinal(day_of(ctx.now, ctx.zone) + EPOCH)
        period = rule.period((today.year, today.month, today.day))
        first = sequences.take(ctx.uow, entity.name, item.key, period, count=open_rows)
        numbers = (rule.number(count, period) for count in itertools.count(first))
        rows = [
            {**row, item.key: next(numbers)} if row.get(item.key) is None else row for row in rows
        ]
    return rows
