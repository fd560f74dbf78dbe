"""Bring numbers up to date, and judge again what was judged with the old ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.fire import judge_again, refresh
from runtime.measuring import measure_all

if TYPE_CHECKING:
    from runtime.context import Context


def measure_dirty(ctx: Context, metric: str) -> int:
    """Measure what is out of date of one metric; how many numbers changed."""
    return refresh(ctx, metric)


def recompute_all(ctx: Context, metric: str) -> int:
    """Measure everything of one metric from its records; how many numbers changed."""
    changed = measure_all(ctx, metric)
    judge_again(ctx, metric, changed)
    return len(changed)
