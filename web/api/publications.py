"""Drafts, revisions, publications that wait for data, and changes of fields that can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.values import format_datetime
from runtime import draft, listing, reshape, revisions
from runtime.errors import NotFound
from runtime.impact import impact_of
from runtime.publish import plan
from runtime.wiring import KINDS
from web import payloads, queries
from web.plans import (
    change_json,
    failure_json,
    impact_json,
    publication_json,
    published_json,
)
from web.routes import Answer, Routes, admin
from web.shapes import plan_json

if TYPE_CHECKING:
    from builder.diff import Name
    from runtime.draft import Draft
    from web.routes import Asked

routes = Routes()
DRAFT = "/definitions/drafts/<name:kind>/<name:name>"


# --- drafts -------------------------------------------------------------------------------
@routes.get("/definitions/drafts", answer="DraftPage")
@admin
def list_drafts(asked: Asked) -> dict[str, Any]:
    """Everybody's drafts."""
    with asked.reading() as ctx:
        return {"items": [_draft(each) for each in draft.list_drafts(ctx)], "next": None}


@routes.put(DRAFT, body=payloads.DraftChange, answer="Draft")
@admin
def save_draft(asked: Asked, kind: str, name: str) -> dict[str, Any]:
    """Save an edit on top of the version that was seen; a document of null asks for deletion."""
    body = asked.body
    with asked.writing("draft") as ctx:
        saved = draft.save_draft(
            ctx,
            _name(kind, name),
            body["document"],
            expected_version=body["version"],
            rebase=body.get("rebase", False),
        )
    return _draft(saved)


@routes.delete(DRAFT, status=204)
@admin
def throw_away(asked: Asked, kind: str, name: str) -> Answer:
    """Forget an edit."""
    with asked.writing("draft") as ctx:
        draft.throw_away(ctx, _name(kind, name))
    return Answer(status=204)


@routes.post("/definitions/drafts/plan", body=payloads.DraftNames, answer="Impact")
@admin
def plan_drafts(asked: Asked) -> dict[str, Any]:
    """What publishing these drafts together would do."""
    manifests = asked.wiring.connectors.manifests()
    with asked.reading() as ctx:
        proposal = draft.proposal_of(ctx, _names(asked))
        return impact_json(impact_of(ctx, plan(ctx, proposal, manifests=manifests)), asked.language)


@routes.post("/definitions/drafts/publish", body=payloads.DraftNames, answer="Installed")
@admin
def publish_drafts(asked: Asked) -> dict[str, Any]:
    """Publish drafts together, several people's too; 409 when one is out of date."""
    published = draft.publish_drafts(
        asked.wiring,
        _names(asked),
        actor=asked.actor,
        note=asked.body.get("note", ""),
        consent=asked.body.get("consent", ()),
    )
    return published_json(published)


# --- revisions ----------------------------------------------------------------------------
@routes.get("/definitions/revisions", answer="RevisionPage")
@admin
def list_revisions(asked: Asked) -> dict[str, Any]:
    """The newest publications first."""
    with asked.reading() as ctx:
        found = revisions.revisions(ctx)
    items = [
        {"revision": r.number, "author": r.author, "note": r.note, "at": format_datetime(r.at)}
        for r in found
    ]
    return {"items": items, "next": None}


@routes.get("/definitions/compare", query=queries.RevisionPair, answer="Compared")
@admin
def compare(asked: Asked) -> dict[str, Any]:
    """What changed between two revisions, with both documents of everything that did."""
    with asked.reading() as ctx:
        found = revisions.compare(ctx, asked.query["older"], asked.query["newer"])
    documents = [
        {"kind": kind, "name": name, "before": before, "after": after}
        for (kind, name), before, after in found.documents
    ]
    return {"plan": plan_json(found.plan), "documents": documents}


@routes.post("/definitions/rollback", body=payloads.RollBack, answer="Installed")
@admin
def roll_back(asked: Asked) -> dict[str, Any]:
    """Publish an earlier revision anew; records are kept."""
    published = revisions.roll_back(
        asked.wiring,
        asked.body["revision"],
        actor=asked.actor,
        consent=asked.body.get("consent", ()),
        note=asked.body.get("note", ""),
    )
    return published_json(published)


# --- what waits, and what was converted ---------------------------------------------------
@routes.get("/definitions/publications", answer="PublicationPage")
@admin
def list_publications(asked: Asked) -> dict[str, Any]:
    """Publications that wait for data, and those that did."""
    with asked.reading() as ctx:
        found = listing.publications(ctx)
    return {"items": [publication_json(each, asked.language) for each in found], "next": None}


@routes.post("/definitions/publications/<uid:uid>/consent", body=payloads.Consent, answer="Done")
@admin
def consent(asked: Asked, uid: str) -> dict[str, Any]:
    """Let a publication go on although values stay behind in their old column."""
    with asked.writing("publish") as ctx:
        reshape.consent(ctx, uid, asked.body.get("consent", ()))
    return {"done": True}


@routes.post("/definitions/publications/<uid:uid>/cancel", answer="Done")
@admin
def cancel(asked: Asked, uid: str) -> dict[str, Any]:
    """Give a publication up before its switch."""
    with asked.writing("publish") as ctx:
        reshape.cancel(ctx, uid)
    return {"done": True}


@routes.get("/definitions/changes", answer="FieldChangePage")
@admin
def list_changes(asked: Asked) -> dict[str, Any]:
    """Fields that changed their type, or are about to."""
    with asked.reading() as ctx:
        return {"items": [change_json(each) for each in listing.changes(ctx)], "next": None}


@routes.get(
    "/definitions/changes/<uid:uid>/failures", query=queries.FailureQuery, answer="FailurePage"
)
@admin
def list_failures(asked: Asked, uid: str) -> dict[str, Any]:
    """Values that did not convert, row by row, as they still are in the old column."""
    history = asked.query.get("of", "records") == "versions"
    with asked.reading() as ctx:
        found = listing.failures(ctx, uid, history=history, after=asked.query.get("after", 0))
    following = str(found[-1].failure.row) if found else None
    return {"items": [failure_json(each, asked.language) for each in found], "next": following}


@routes.post("/definitions/changes/<uid:uid>/undo", body=payloads.Consent, answer="Installed")
@admin
def undo(asked: Asked, uid: str) -> dict[str, Any]:
    """Give a field its former type and its former values back, for 30 days."""
    published = revisions.undo(
        asked.wiring, uid, actor=asked.actor, consent=asked.body.get("consent", ())
    )
    return published_json(published)


def _name(kind: str, name: str) -> Name:
    found = KINDS.get(kind)
    if found is None:
        raise NotFound(kind)
    return found, name


def _names(asked: Asked) -> list[Name]:
    return [_name(*each.partition(" ")[::2]) for each in asked.body["names"]]


def _draft(found: Draft) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "name": found.name,
        "document": found.document,
        "base_revision": found.base_revision,
        "editor": found.editor,
        "version": found.version,
    }
