"""Earlier revisions of the catalog: what changed between two, and how to go back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from builder.catalog import Catalog
from builder.codec import encode, kind_of
from builder.diff import diff
from dsl.diagnostics import Diagnostic
from runtime import reshape
from runtime.errors import Conflicting, NotFound
from runtime.org import require_admin
from runtime.proposals import Proposal, Published, plan
from runtime.wiring import decode_catalog
from store import definitions as stored
from store import schema_changes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.codec import AnyDefinition
    from builder.diff import Name, Plan
    from runtime.context import Actor, Context
    from runtime.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Compared:
    """Two revisions: the plan between them, and both documents of what differs."""

    plan: Plan
    documents: tuple[tuple[Name, dict[str, Any] | None, dict[str, Any] | None], ...]


def compare(ctx: Context, older: int, newer: int) -> Compared:
    """What changed from one revision to another."""
    require_admin(ctx)
    before, after = catalog_at(ctx, older), catalog_at(ctx, newer)
    found = diff(before, after)
    was, now = _by_name(before), _by_name(after)
    names = sorted({*found.added, *found.changed, *found.removed})
    return Compared(
        found, tuple((name, _document(was, name), _document(now, name)) for name in names)
    )


def catalog_at(ctx: Context, revision: int) -> Catalog:
    """The catalog as it was.

    Raises:
        NotFound: there is no such revision.
    """
    if not 0 <= revision <= ctx.catalog.revision:
        raise NotFound(f"revision {revision}")
    return decode_catalog(ctx.uow, revision) if revision else Catalog.of((), revision=0)


def roll_back(
    wiring: Wiring, revision: int, *, actor: Actor, consent: Iterable[str] = (), note: str = ""
) -> Published:
    """Publish what was in force at an earlier revision; all records are kept."""

    def once(ctx: Context) -> Published:
        require_admin(ctx)
        then, now = _by_name(catalog_at(ctx, revision)), _by_name(ctx.catalog)
        proposal = Proposal(
            put=tuple(d for name, d in sorted(then.items()) if now.get(name) != d),
            removed=tuple(sorted(now.keys() - then.keys())),
            note=note or f"back to revision {revision}",
            consent=frozenset(consent),
        )
        checked = plan(ctx, proposal, manifests=wiring.connectors.manifests())
        return reshape.begin(ctx, proposal, checked)[1]

    return wiring.attempt(once, actor, cause="publish", publishing=True)


def undo(wiring: Wiring, uid: str, *, actor: Actor, consent: Iterable[str] = ()) -> Published:
    """Give a field its former type back, with its former values; what was written since converts.

    Raises:
        Conflicting: the field has changed again since, or too long ago.
    """

    def once(ctx: Context) -> Published:
        require_admin(ctx)
        change = schema_changes.change_of(ctx.uow, uid)
        if change is None:
            raise NotFound(f"change {uid[:64]}")
        entity = ctx.catalog.entities.get(change.entity)
        column = ctx.tables.entities[change.entity].fields.get(change.key)
        current = column is not None and column.id == change.target and not column.hidden
        if change.phase != "switched" or not current or not reshape.is_fresh(change):
            raise Conflicting(Diagnostic("RUN417", {"field": reshape.name_of(change)}))
        if entity is None:
            raise NotFound(change.entity)
        former = reshape.fields_of(change)[0]
        fields = tuple(former if f.key == change.key else f for f in entity.fields)
        proposal = Proposal(
            (replace(entity, fields=fields),),
            note=f"undo {reshape.name_of(change)}",
            consent=frozenset(consent),
        )
        checked = plan(ctx, proposal, manifests=wiring.connectors.manifests())
        return reshape.begin(ctx, proposal, checked)[1]

    return wiring.attempt(once, actor, cause="publish", publishing=True)


def former_fields(ctx: Context, entity: str) -> list[dict[str, Any]]:
    """The fields an entity has no more and could have again with their values: as last defined.

    Raises:
        NotFound: there is no such entity.
    """
    require_admin(ctx)
    if entity not in ctx.tables.entities or entity not in ctx.catalog.entities:
        raise NotFound(entity)
    gone = {key: each for key, each in ctx.tables[entity].fields.items() if each.hidden}
    found: dict[str, dict[str, Any]] = {}
    for document in stored.documents_of(ctx.uow, kind="entity", name=entity) if gone else ():
        for field in document.get("fields", ()):
            column = gone.get(field["key"])
            if column is not None and column.type == field["type"]:
                found.setdefault(field["key"], field)
    return [found[key] for key in sorted(found)]


def revisions(ctx: Context) -> list[stored.Revision]:
    """The newest publications first."""
    require_admin(ctx)
    return stored.revisions(ctx.uow)


def _by_name(catalog: Catalog) -> dict[Name, AnyDefinition]:
    return {(kind_of(d), d.name): d for d in catalog.definitions()}


def _document(group: dict[Name, AnyDefinition], name: Name) -> dict[str, Any] | None:
    return encode(group[name]) if name in group else None
