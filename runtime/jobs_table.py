"""Say who carries out each kind of job; every one runs inside one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from runtime import (
    bulk_edit,
    dossier,
    erase,
    exports,
    fire_now,
    handing,
    imports,
    leaving,
    reshape,
    retention,
    search,
    transfers,
    works,
)
from runtime.decide.periods import GRAINS
from runtime.fire import close_period, rejudge
from runtime.measure import measure_dirty, recompute_all
from runtime.tidy import tidy

if TYPE_CHECKING:
    from builder.model.common import Grain
    from runtime.context import Context
    from runtime.wiring import Wiring

Payload = Mapping[str, Any]
Handle = Callable[["Context", Payload], None]


def _measure(ctx: Context, payload: Payload) -> None:
    metric = str(payload["metric"])
    if metric not in ctx.catalog.metrics:
        return  # it was removed while the job waited
    if payload.get("all"):
        recompute_all(ctx, metric)
    else:
        measure_dirty(ctx, metric)


def _close_period(ctx: Context, payload: Payload) -> None:
    close_period(ctx, grain_of(payload["grain"]), int(payload["period"]), str(payload["calendar"]))


def _rejudge(ctx: Context, payload: Payload) -> None:
    if payload["rule"] in ctx.catalog.rules:
        rejudge(ctx, str(payload["rule"]), [int(subject) for subject in payload["subjects"]])


def _learn(ctx: Context, payload: Payload) -> None:
    search.learn(ctx, str(payload["entity"]), after=int(payload["after"]))


def _work(ctx: Context, payload: Payload) -> None:
    works.step(ctx, str(payload["uid"]), STEPS)


def _tidy(ctx: Context, _payload: Payload) -> None:
    tidy(ctx)


def _transfers(ctx: Context, _payload: Payload) -> None:
    transfers.follow(ctx)


def _departure(ctx: Context, payload: Payload) -> None:
    leaving.carry_out(ctx, str(payload["uid"]))


def _scrubbed(ctx: Context, payload: Payload) -> None:
    """The file was rewritten before this transaction began."""
    del ctx, payload


def grain_of(text: object) -> Grain:
    """A stored grain, known to be one."""
    found = next((grain for grain in GRAINS if grain == text), None)
    if found is None:
        message = f"there is no grain {text!r}"
        raise ValueError(message)
    return found


STEPS: Mapping[str, works.Step] = {
    bulk_edit.EDIT: bulk_edit.edit_step,
    bulk_edit.UNDO: bulk_edit.undo_step,
    dossier.KIND: dossier.step,
    erase.KIND: erase.step,
    exports.EXPORT: exports.step,
    imports.IMPORT: imports.step,
}
HANDLERS: Mapping[str, Handle] = {
    "measure": _measure,
    "close_period": _close_period,
    "rejudge": _rejudge,
    fire_now.KIND: fire_now.judge_part,
    "tidy": _tidy,
    **reshape.HANDLERS,
    "transfers": _transfers,
    leaving.KIND: _departure,
    handing.KIND: handing.step,
    "search": _learn,
    "work": _work,
    erase.SCRUB: _scrubbed,
    retention.KIND: retention.retain,
}
BEFORE: Mapping[str, Callable[[Wiring], None]] = {  # outside any transaction; may be done twice
    erase.SCRUB: lambda wiring: wiring.database.scrub(),
}
ALONE = frozenset({reshape.SWITCH})  # kinds that keep every writer out while they run
