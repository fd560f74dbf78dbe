"""Publish definitions: check them together, widen the tables, switch; all at once or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.packs import export_all, pack_of
from runtime import reshape
from runtime.org import require_admin
from runtime.proposals import Checked, Proposal, Published, plan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runtime.context import Actor, Context
    from runtime.wiring import Wiring

__all__ = ["Checked", "Proposal", "Published", "export_catalog", "plan", "publish", "switch"]

switch = reshape.at_once


def publish(wiring: Wiring, proposal: Proposal, *, actor: Actor) -> Published:
    """Publish a proposal; the catalog changes between units of work only."""
    manifests = wiring.connectors.manifests()
    with wiring.reading(actor) as seen:  # checking takes long, and publishing keeps writers out
        require_admin(seen)
        early = plan(seen, proposal, manifests=manifests)

    def once(ctx: Context) -> Published:
        same = ctx.catalog.revision == seen.catalog.revision
        checked = early if same else plan(ctx, proposal, manifests=manifests)
        _, published = reshape.begin(ctx, proposal, checked)
        return published

    return wiring.attempt(once, actor, cause="publish", publishing=True)


def export_catalog(ctx: Context, packs: Iterable[str] = ()) -> dict[str, bytes]:
    """The files of the catalog in force, or of some packs of it."""
    wanted = frozenset(packs)
    return export_all(d for d in ctx.catalog.definitions() if not wanted or pack_of(d) in wanted)
