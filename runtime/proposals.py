"""What is to change in the catalog: checked with everything there is, then put in force."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder.catalog import Catalog
from builder.check import check
from builder.codec import AnyDefinition, encode, kind_of
from builder.diff import HideEntity, HideField, Name, Plan, diff
from runtime.after import after_publish
from runtime.clock import real_now
from runtime.errors import Invalid
from store import definitions as stored
from store import record_schema
from store.definitions import LOCAL, StoredDefinition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsl.diagnostics import Diagnostic
    from runtime.context import Context


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is to change: definitions to put, names to remove, and where they come from.

    `consent` names what may be taken away: `<kind> <name>`, `<entity>.<field>`.
    """

    put: tuple[AnyDefinition, ...]
    removed: tuple[Name, ...] = ()
    origin: str | None = LOCAL  # or the pack they come with; None: each as it was
    note: str = ""
    consent: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[Name]:
        """The definitions it touches."""
        return frozenset((kind_of(d), d.name) for d in self.put) | frozenset(self.removed)


@dataclass(frozen=True, slots=True)
class Checked:
    """A proposal that may be published: the catalog it makes and the way there."""

    catalog: Catalog
    plan: Plan
    warnings: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """The new revision and what it changed; `waiting` names a publication that goes on."""

    revision: int
    plan: Plan
    warnings: tuple[Diagnostic, ...]
    waiting: str | None = None


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


def taken_away(plan: Plan) -> tuple[str, ...]:
    """What a plan deletes, by the names that consent is given to."""
    gone = [f"{kind} {name}" for kind, name in plan.removed]
    for step in plan.steps:
        match step:
            case HideField(entity=entity, field=key):
                gone.append(f"{entity}.{key}")
            case HideEntity(entity=entity) if ("entity", entity) not in plan.removed:
                gone.append(f"entity {entity}")
    return tuple(gone)


def put_in_force(ctx: Context, proposal: Proposal, checked: Checked) -> tuple[Context, Published]:
    """Widen the tables and put the new catalog in force; the context goes on with it."""
    if checked.plan.empty:
        return ctx, Published(ctx.catalog.revision, checked.plan, checked.warnings)
    changed = {*checked.plan.added, *checked.plan.changed}
    entities = {name for kind, name in changed if kind == "entity"}
    tables = record_schema.ensure(ctx.uow, checked.catalog, real_at=real_now(), only=entities)
    origins = _origins(ctx, proposal)
    revision = stored.publish(
        ctx.uow,
        put=[
            StoredDefinition(
                kind_of(d), d.name, encode(d), origins.get((kind_of(d), d.name), LOCAL)
            )
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
    after_publish(after, checked.plan, before=ctx.catalog)
    return after, Published(revision, checked.plan, checked.warnings)


def _origins(ctx: Context, proposal: Proposal) -> dict[tuple[str, str], str]:
    if proposal.origin is not None:
        return dict.fromkeys(proposal.names, proposal.origin)
    return {(each.kind, each.name): each.origin for each in stored.load_stored(ctx.uow)}


def _merged(catalog: Catalog, proposal: Proposal) -> list[AnyDefinition]:
    """Everything in force with the proposal on top. The same name twice stays, to be refused."""
    kept = [d for d in catalog.definitions() if (kind_of(d), d.name) not in proposal.names]
    return [*kept, *proposal.put]
