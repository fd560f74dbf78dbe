"""Keep edits of definitions until they are published together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from builder.codec import decode, encode, kind_of
from dsl.diagnostics import Diagnostic
from runtime import reshape
from runtime.clock import real_now
from runtime.errors import Conflicting, Invalid, NotFound
from runtime.org import require_admin
from runtime.proposals import Proposal, Published, plan
from runtime.wiring import kind_of_text
from store import definitions as stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from builder.diff import Name
    from runtime.context import Actor, Context
    from runtime.wiring import Wiring

Draft = stored.Draft


def save_draft(
    ctx: Context,
    name: Name,
    document: dict[str, Any] | None,
    *,
    expected_version: int,
    rebase: bool = False,
) -> Draft:
    """Save an edit; None as document asks for deletion. Version 0: there is no draft yet.

    `rebase` says that it has taken in what was published since the draft was begun.
    """
    require_admin(ctx)
    kind, full = name
    saved = stored.put_draft(
        ctx.uow,
        kind=kind,
        name=full,
        document=document,
        editor=ctx.actor.name,
        expected_version=expected_version,
        real_at=real_now(),
        rebase=rebase,
    )
    if saved is None:
        raise Conflicting(Diagnostic("RUN407"))
    return saved


def list_drafts(ctx: Context) -> list[Draft]:
    """All drafts."""
    require_admin(ctx)
    return stored.list_drafts(ctx.uow)


def throw_away(ctx: Context, name: Name) -> None:
    """Forget a draft."""
    require_admin(ctx)
    stored.delete_drafts(ctx.uow, [name])


def publish_drafts(
    wiring: Wiring,
    names: Sequence[Name],
    *,
    actor: Actor,
    note: str,
    consent: Iterable[str] = (),
) -> Published:
    """Publish drafts together; afterwards they are gone."""

    def once(ctx: Context) -> Published:
        require_admin(ctx)
        proposal = replace(proposal_of(ctx, names), note=note, consent=frozenset(consent))
        checked = plan(ctx, proposal, manifests=wiring.connectors.manifests())
        _, published = reshape.begin(ctx, proposal, checked, drafts=names)
        if published.waiting is None:
            stored.delete_drafts(ctx.uow, list(names))
        return published

    return wiring.attempt(once, actor, cause="publish", publishing=True)


def proposal_of(ctx: Context, names: Sequence[Name]) -> Proposal:
    """The drafts of these names as one proposal.

    Raises:
        NotFound: there is no such draft.
        Conflicting: a definition was published after its draft was begun; with both versions.
        Invalid: a document has not the shape of its kind.
    """
    drafts = {(draft.kind, draft.name): draft for draft in stored.list_drafts(ctx.uow)}
    _refuse_outdated(ctx, [drafts[name] for name in names if name in drafts])
    put, removed, problems = [], [], []
    for kind, full in names:
        draft = drafts.get((kind, full))
        if draft is None:
            raise NotFound(f"{kind} {full}")
        if draft.document is None:
            removed.append((kind, full))
            continue
        pack = full if kind == "pack" else full.rpartition(".")[0]
        decoded = decode(kind_of_text(kind), draft.document, pack=pack, file=f"{kind}/{full}")
        if isinstance(decoded, list):
            problems += decoded
        else:
            put.append(decoded)
    if problems:
        raise Invalid(*problems)
    return Proposal(tuple(put), tuple(removed))


def _refuse_outdated(ctx: Context, drafts: Sequence[Draft]) -> None:
    """Nobody's publication is overwritten by an older draft."""
    for each in drafts:
        name = (kind_of_text(each.kind), each.name)
        if stored.changed_since(ctx.uow, [name], each.base_revision):
            in_force = {(kind_of(d), d.name): encode(d) for d in ctx.catalog.definitions()}
            raise Conflicting(
                Diagnostic("RUN418", {"name": each.name, "base": str(each.base_revision)}),
                {"theirs": in_force.get(name), "mine": each.document},
            )
