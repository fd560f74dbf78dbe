"""The life of records: trash, versions, comments and changes of many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import bulk_edit, comments, read, trash, versions, works
from runtime.bulk_edit import Chosen
from runtime.lists import Listing
from web import payloads, queries
from web.api.records import PATH, seen_version
from web.routes import Answer, Routes, admin, signed_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.routes import Asked

routes = Routes("records")  # a key for records may do all this to them
ENTITY = "/entities/<name:name>"


# --- trash --------------------------------------------------------------------------------
@routes.get(ENTITY + "/trash", query=queries.Paged, answer="TrashPage")
@signed_in
def list_trash(asked: Asked, name: str) -> dict[str, Any]:
    """What was deleted and may be brought back, last deleted first."""
    query = asked.query
    with asked.reading() as ctx:
        limit, cursor = query.get("limit", 50), query.get("cursor")
        return trash.list_trash(ctx, name, limit=limit, cursor=cursor)


@routes.post(ENTITY + "/trash/<uid:uid>/restore", answer="Record")
@signed_in
def bring_back(asked: Asked, name: str, uid: str) -> dict[str, Any]:
    """Out of the trash, as it was."""
    with asked.writing("api") as ctx:
        trash.bring_back(ctx, name, uid)
    with asked.reading() as ctx:
        return read.get_record(ctx, name, uid)


@routes.delete(ENTITY + "/trash/<uid:uid>", query=queries.PurgeQuery, status=204)
@admin
def purge(asked: Asked, name: str, uid: str) -> Answer:
    """Forget a record for good, after 30 days in the trash or `at_once=yes`."""
    with asked.writing("api", needed=True) as ctx:
        trash.purge(ctx, name, uid, at_once=asked.query.get("at_once") == "yes")
    return Answer(status=204)


# --- versions -----------------------------------------------------------------------------
@routes.post(PATH + "/<uid:uid>/restore", body=payloads.VersionRestore, answer="Record")
@signed_in
def restore_version(asked: Asked, name: str, uid: str) -> dict[str, Any]:
    """What the record was in a version, as a new version."""
    base, version = seen_version(asked.body), asked.body["version"]
    with asked.writing("api") as ctx:
        versions.restore_version(ctx, name, uid, version, base_version=base)
    with asked.reading() as ctx:
        return read.get_record(ctx, name, uid)


# --- comments -----------------------------------------------------------------------------
@routes.get(PATH + "/<uid:uid>/comments", query=queries.Paged, answer="CommentPage")
@signed_in
def list_comments(asked: Asked, name: str, uid: str) -> dict[str, Any]:
    """What was said about a record, oldest first."""
    query = asked.query
    with asked.reading() as ctx:
        limit, cursor = query.get("limit", 50), query.get("cursor")
        return comments.list_comments(ctx, name, uid, limit=limit, cursor=cursor)


@routes.post(PATH + "/<uid:uid>/comments", body=payloads.CommentText, answer="Comment", status=201)
@signed_in
def comment(asked: Asked, name: str, uid: str) -> dict[str, Any]:
    """Say something; who is mentioned is told, if he may read the record."""
    with asked.writing("api") as ctx:
        return comments.comment(ctx, name, uid, asked.body["body"], asked.body.get("mentions", ()))


@routes.patch("/comments/<uid:uid>", body=payloads.CommentText, answer="Comment")
@signed_in
def edit_comment(asked: Asked, uid: str) -> dict[str, Any]:
    """Say it differently."""
    with asked.writing("api") as ctx:
        body, mentions = asked.body["body"], asked.body.get("mentions", ())
        return comments.edit_comment(ctx, uid, body, mentions)


@routes.delete("/comments/<uid:uid>", status=204)
@signed_in
def withdraw_comment(asked: Asked, uid: str) -> Answer:
    """Take a remark back."""
    with asked.writing("api") as ctx:
        comments.withdraw_comment(ctx, uid)
    return Answer(status=204)


# --- many at once -------------------------------------------------------------------------
@routes.post(ENTITY + "/bulk/preview", body=payloads.BulkChange, answer="BulkPreview")
@signed_in
def preview_bulk(asked: Asked, name: str) -> dict[str, Any]:
    """How many records would change and which are refused; nothing is written."""
    with asked.reading() as ctx:
        return bulk_edit.preview(ctx, name, _chosen(asked.body), asked.body["values"])


@routes.post(ENTITY + "/bulk", body=payloads.BulkChange, answer="Work", status=202)
@signed_in
def start_bulk(asked: Asked, name: str) -> dict[str, Any]:
    """Change the records in the background."""
    with asked.writing("api") as ctx:
        return bulk_edit.start(ctx, name, _chosen(asked.body), asked.body["values"])


@routes.get("/work", answer="WorkPage")
@signed_in
def list_work(asked: Asked) -> dict[str, Any]:
    """One's own long work, newest first."""
    with asked.reading() as ctx:
        return {"items": works.list_works(ctx), "next": None}


@routes.get("/work/<uid:uid>", answer="Work")
@signed_in
def show_work(asked: Asked, uid: str) -> dict[str, Any]:
    """How far it is, with the first of its problems."""
    with asked.reading() as ctx:
        return works.show(ctx, uid)


@routes.post("/work/<uid:uid>/cancel", answer="Work")
@signed_in
def cancel_work(asked: Asked, uid: str) -> dict[str, Any]:
    """Stop before the next batch; what was done stays done."""
    with asked.writing("api") as ctx:
        return works.cancel(ctx, uid)


@routes.post("/work/<uid:uid>/undo", answer="Work", status=202)
@signed_in
def undo_work(asked: Asked, uid: str) -> dict[str, Any]:
    """Undo a bulk change, except where somebody changed a record since."""
    with asked.writing("api") as ctx:
        return bulk_edit.undo(ctx, uid)


def _chosen(body: Mapping[str, Any]) -> Chosen:
    uids = body.get("uids")
    listing = Listing(where=body.get("filter"), match=body.get("match", ()), q=body.get("q", ""))
    return Chosen(listing, None if uids is None else tuple(uids))
