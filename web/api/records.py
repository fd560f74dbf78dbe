"""Records of an entity: lists, single records, their history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from dsl.diagnostics import Diagnostic
from runtime import edit, lists, lookups, read
from runtime.errors import NotFound
from runtime.lists import Listing
from runtime.submit import remember, remembered, request_hash
from web import payloads, queries
from web.bodies import read_list
from web.problems import Problem
from web.routes import Answer, Routes, signed_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtime.context import Context
    from web.routes import Asked

routes = Routes()
PATH = "/entities/<name:name>/records"
MAX_DIGITS = 12


@routes.get(PATH, query=queries.RecordQuery, answer="RecordPage")
@signed_in
def list_records(asked: Asked, name: str) -> dict[str, Any]:
    """A page of the records the person may see: `filter` is a formula, `match` a list of tests."""
    query = asked.query
    columns = query.get("columns")
    with asked.reading() as ctx:
        return read.list_records(
            ctx,
            name,
            listing_of(query),
            limit=query.get("limit", 50),
            cursor=query.get("cursor"),
            columns=None if columns is None else columns.split(","),
        )


@routes.get("/entities/<name:name>/count", query=queries.CountQuery, answer="RecordCount")
@signed_in
def count_records(asked: Asked, name: str) -> dict[str, Any]:
    """How many records a list has, counted no further than `most`."""
    most = asked.query.get("most", lists.MAX_COUNT)
    with asked.reading() as ctx:
        return lists.count_records(ctx, name, listing_of(asked.query), most=most)


@routes.get("/entities/<name:name>/groups", query=queries.GroupQuery, answer="RecordGroupPage")
@signed_in
def group_records(asked: Asked, name: str) -> dict[str, Any]:
    """Groups of records with sums: `by=owner,start:month`, `measures=sum:weight,avg:weight`."""
    query = asked.query
    with asked.reading() as ctx:
        return lists.group_records(
            ctx,
            name,
            listing_of(query),
            by=query["by"],
            measures=query.get("measures", ""),
            limit=query.get("limit", 200),
        )


def listing_of(query: Mapping[str, Any]) -> Listing:
    """What the parameters of a list ask for."""
    match = query.get("match")
    return Listing(
        where=query.get("filter"),
        match=() if match is None else read_list(match, field="match"),
        q=query.get("q", ""),
        sort=query.get("sort"),
    )


@routes.post(PATH, body=payloads.NewRecord, answer="Record", status=201)
@signed_in
def create_record(asked: Asked, name: str) -> dict[str, Any]:
    """A new record without a form; the same key again makes no second one."""
    values, key = asked.body["values"], asked.body.get("key")
    with asked.writing("api") as ctx:
        if key is None:
            uid = edit.create_record(ctx, name, values)
        else:
            uid = _create_once(ctx, name, values, key=key)
    try:
        return _record(asked, name, uid)
    except NotFound:  # who may create may not be who may read
        return {"uid": uid, "version": 1, "display": "", "values": {}}


def _create_once(ctx: Context, name: str, values: Mapping[str, object], *, key: str) -> str:
    request = request_hash({"create": name, "values": values})
    earlier = remembered(ctx, key, request)
    if earlier is not None:
        return earlier
    uid = edit.create_record(ctx, name, values)
    remember(ctx, key, request, response=uid)
    return uid


@routes.get(PATH + "/<uid:uid>", answer="Record")
@signed_in
def get_record(asked: Asked, name: str, uid: str) -> Answer:
    """One record with its child rows; its ETag may be sent back as If-Match."""
    found = _record(asked, name, uid)
    return Answer(found, version=found["version"])


@routes.patch(PATH + "/<uid:uid>", body=payloads.RecordChange, answer="Record")
@signed_in
def change_record(asked: Asked, name: str, uid: str) -> dict[str, Any]:
    """New values of some fields; 409 with both values when they were changed meanwhile.

    What was seen is told by `base_version` or by If-Match.
    """
    base = seen_version(asked.body)
    with asked.writing("api") as ctx:
        edit.change_record(
            ctx,
            name,
            uid,
            asked.body["values"],
            base_version=base,
            form=asked.body.get("form"),
        )
    return _record(asked, name, uid)


def seen_version(body: Mapping[str, Any]) -> int:
    """The version a change is made on top of, from the body or from the ETag that was seen."""
    if "base_version" in body:
        return int(body["base_version"])
    tag = next(iter(request.if_match.as_set(include_weak=True)), "")
    number = tag.partition(".")[0]
    if not number.isascii() or not number.isdigit() or len(number) > MAX_DIGITS:
        field = "base_version"
        raise Problem(422, Diagnostic("WEB201", {"field": field}, pointer=f"/{field}"))
    return int(number)


@routes.delete(PATH + "/<uid:uid>", status=204)
@signed_in
def delete_record(asked: Asked, name: str, uid: str) -> Answer:
    """Into the trash."""
    with asked.writing("api", needed=True) as ctx:
        edit.delete_record(ctx, name, uid)
    return Answer(status=204)


@routes.get(PATH + "/<uid:uid>/history", answer="RecordVersionPage")
@signed_in
def record_history(asked: Asked, name: str, uid: str) -> dict[str, Any]:
    """Every version of a record: who, when and from where."""
    with asked.reading() as ctx:
        history: dict[str, Any] = read.record_history(ctx, name, uid)
    items = [
        {**version, "updated_at": version["at"], "updated_by": version["by"]}
        for version in history["items"]
    ]
    return {**history, "items": items}


@routes.get("/lookup/<name:entity>", query=queries.LookupQuery, answer="LookupPage")
@signed_in
def look_up(asked: Asked, entity: str) -> dict[str, Any]:
    """Records for a picker whose name contains `q`."""
    with asked.reading() as ctx:
        found = lookups.look_up(
            ctx, entity, asked.query.get("q", ""), limit=asked.query.get("limit", 20)
        )
    return {"items": found, "next": None}


def _record(asked: Asked, name: str, uid: str) -> dict[str, Any]:
    with asked.reading() as ctx:
        return read.get_record(ctx, name, uid)
