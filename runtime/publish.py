"""Publish definitions: check them together, widen the tables, switch; all at once or not at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder.catalog import Catalog
from builder.check import check
from builder.codec import AnyDefinition, encode, kind_of
from builder.diff import Name, Plan, diff
from builder.packs import export_all, pack_of
from runtime.after import after_publish
from runtime.clock import real_now
from runtime.errors import Invalid
from runtime.org import require_admin
from store import definitions as stored
from store import record_schema
from store.definitions import LOCAL, StoredDefinition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dsl.diagnostics import Diagnostic
    from runtime.context import Actor, Context
    from runtime.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is to change: definitions to put, names to remove, and where they come from."""

    put: tuple[AnyDefinition, ...]
    removed: tuple[Name, ...] = ()
    origin: str = LOCAL  # or the pack they come with
    note: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """A proposal that may be published: the catalog it makes and the way there."""

    catalog: Catalog
    plan: Plan
    warnings: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """The new revision and what it changed."""

    revision: int
    plan: Plan
    warnings: tuple[Diagnostic, ...]


def plan(
    ctx: Context, proposal: Proposal, *, manifests: Mapping[str, Mapping[str, object]]
) -> Checked:
    """Check a proposal together with everything in force.

    Raises:
        Invalid: with file, pointer and span of every error; nothing may be published.
    """
    after = _merged(ctx.catalog, proposal)
    problems = check(after, manifests=manifests)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise Invalid(*errors)
    catalog = Catalog.of(after, revision=ctx.catalog.revision + 1)
    return Checked(catalog, diff(ctx.catalog, catalog), tuple(problems))


def publish(wiring: Wiring, proposal: Proposal, *, actor: Actor) -> Published:
    """Publish a proposal; the catalog changes between units of work only."""
    with wiring.writing(actor, cause="publish", publishing=True) as ctx:
        require_admin(ctx)
        checked = plan(ctx, proposal, manifests=wiring.connectors.manifests())
        _, published = switch(ctx, proposal, checked)
        return published


def switch(ctx: Context, proposal: Proposal, checked: Checked) -> tuple[Context, Published]:
    """Widen the tables and put the new catalog in force; the context goes on with it."""
    if checked.plan.empty:
        return ctx, Published(ctx.catalog.revision, checked.plan, checked.warnings)
    tables = record_schema.ensure(ctx.uow, checked.catalog, real_at=real_now())
    changed = {*checked.plan.added, *checked.plan.changed}
    revision = stored.publish(
        ctx.uow,
        put=[
            StoredDefinition(kind_of(d), d.name, encode(d), proposal.origin)
            for d in proposal.put
            if (kind_of(d), d.name) in changed
        ],
        removed=checked.plan.removed,
        author=ctx.actor.name,
        note=proposal.note,
        at=ctx.now,
        real_at=real_now(),
    )
    catalog = replace(checked.catalog, revision=revision)
    after = replace(ctx, catalog=catalog, tables=tables)
    after_publish(after, checked.plan)
    return after, Published(revision, checked.plan, checked.warnings)


def export_catalog(ctx: Context, packs: Iterable[str] = ()) -> dict[str, bytes]:
    """The files of the catalog in force, or of some packs of it."""
    wanted = frozenset(packs)
    return export_all(d for d in ctx.catalog.definitions() if not wanted or pack_of(d) in wanted)


def _merged(catalog: Catalog, proposal: Proposal) -> list[AnyDefinition]:
    """Everything in force with the proposal on top. The same name twice stays, to be refused."""
    replaced = {(kind_of(d), d.name) for d in proposal.put} | set(proposal.removed)
    kept = [d for d in catalog.definitions() if (kind_of(d), d.name) not in replaced]
    return [*kept, *proposal.put]
