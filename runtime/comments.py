"""Talk about a record; who is mentioned is told, if he may read it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from dsl.values import format_datetime
from runtime.errors import Invalid, NotAllowed, NotFound
from runtime.lists import readable
from runtime.lookups import displays, one_id, reachable, readable_ids, uids_of
from runtime.org import scope_of
from runtime.read import get_record
from runtime.sign_in import actor_for
from store import accounts, audit, comments, tasks
from store.comments import Comment
from store.tasks import NewNotice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtime.context import Context

Json = dict[str, Any]
MAX_PAGE = 200
SUBJECT = {
    "zh-CN": "{{ who }} 在“{{ record }}”的评论里提到了你",
    "en": "{{ who }} mentioned you in a comment on “{{ record }}”",
}
BODY = {"zh-CN": "{{ said }}", "en": "{{ said }}"}


def list_comments(
    ctx: Context, entity: str, uid: str, *, limit: int = 50, cursor: str | None = None
) -> Json:
    """The remarks on a record the actor can read, oldest first."""
    readable(ctx, entity)
    record_id = one_id(ctx, entity, uid)
    after = _number(cursor)
    limit = min(limit, MAX_PAGE)
    found = comments.of_record(ctx.uow, entity, record_id, after=after, limit=limit + 1)
    page = found[:limit]
    following = str(page[-1].id) if len(found) > limit else None
    return {"items": _items(ctx, page), "next": following}


def comment(ctx: Context, entity: str, uid: str, body: str, mentions: Sequence[str] = ()) -> Json:
    """Say something about a record.

    Raises:
        Invalid: nothing is said, or a mentioned person is not there.
    """
    readable(ctx, entity)
    record_id = one_id(ctx, entity, uid)
    said = Comment(
        uid=ctx.new_uid(),
        entity=entity,
        record_id=record_id,
        author=ctx.actor.name,
        person_id=ctx.actor.person_id,
        body=_words(body),
        mentions=_people(ctx, mentions),
        at=ctx.now,
    )
    comments.put(ctx.uow, said)
    told = _tell(ctx, said, uid, said.mentions)
    return _items(ctx, [said])[0] | {"told": told}


def edit_comment(ctx: Context, uid: str, body: str, mentions: Sequence[str] = ()) -> Json:
    """Say it differently; only who wrote it. Who is mentioned anew is told."""
    found = _mine(ctx, uid)
    people = _people(ctx, mentions)
    comments.edit(ctx.uow, uid, _words(body), people, at=ctx.now)
    changed = comments.by_uid(ctx.uow, uid) or found
    record = uids_of(ctx, found.entity, [found.record_id])[found.record_id]
    fresh = [each for each in people if each not in found.mentions]
    return _items(ctx, [changed])[0] | {"told": _tell(ctx, changed, record, fresh)}


def withdraw_comment(ctx: Context, uid: str) -> None:
    """Take a remark back: who wrote it, or an administrator."""
    found = _mine(ctx, uid)
    comments.withdraw(ctx.uow, uid, at=ctx.now)
    audit.append(
        ctx.uow,
        actor=ctx.actor.name,
        action="comment.withdraw",
        target=found.entity,
        detail={"id": found.record_id, "comment": uid, "author": found.author},
        at=ctx.now,
    )


def _mine(ctx: Context, uid: str) -> Comment:
    found = comments.by_uid(ctx.uow, uid)
    is_there = found is not None and found.entity in ctx.catalog.entities
    if found is None or not is_there or not _reads(ctx, found):
        raise NotFound(f"comment {uid[:64]}")
    if found.author != ctx.actor.name and not ctx.actor.admin:
        raise NotAllowed("comment")
    return found


def _reads(ctx: Context, found: Comment) -> bool:
    return bool(reachable(ctx, found.entity, [found.record_id], scope=ctx.scope))


def _tell(ctx: Context, said: Comment, record: str, people: Sequence[int]) -> list[str]:
    """Put a notice to each who may read the record; the uids of those who were told."""
    readers = {
        person: reader
        for person in people
        if person != ctx.actor.person_id and (reader := _reader(ctx, said, person)) is not None
    }
    notices = [
        NewNotice(
            uid=ctx.new_uid(),
            key=f"comment:{said.uid}:{person}",
            person_id=person,
            subject=json.dumps(SUBJECT, ensure_ascii=False),
            body=json.dumps(
                {"text": BODY, "values": _told(reader, said, record)}, ensure_ascii=False
            ),
            at=ctx.now,
            link=f"/entities/{said.entity}/records/{record}",
        )
        for person, reader in readers.items()
    ]
    tasks.put_notices(ctx.uow, notices)
    uids = uids_of(ctx, "person", sorted(readers))
    return [uids[person] for person in readers]


def _reader(ctx: Context, said: Comment, person_id: int) -> Context | None:
    """The eyes of a person who reads the record today by one of his accounts."""
    for account in accounts.of_person(ctx.uow, person_id):
        actor = actor_for(ctx.catalog, account)
        scope = scope_of(ctx.uow, ctx.catalog, ctx.tables, actor=actor, today=ctx.today)
        if reachable(ctx, said.entity, [said.record_id], scope=scope):
            return replace(ctx, actor=actor, scope=scope)
    return None


def _told(reader: Context, said: Comment, record: str) -> dict[str, str]:
    """The record is called what its reader calls it."""
    called = str(get_record(reader, said.entity, record)["display"])
    return {"who": _author(reader, said), "said": said.body, "record": called}


def _author(ctx: Context, said: Comment) -> str:
    return accounts.person_name(ctx.uow, said.person_id) or said.author


def _people(ctx: Context, mentions: Sequence[str]) -> tuple[int, ...]:
    known = readable_ids(ctx, "person", list(dict.fromkeys(mentions)))
    unknown = [n for n, uid in enumerate(mentions) if uid not in known]
    if unknown:
        raise Invalid(Diagnostic("RUN222", pointer=f"/mentions/{unknown[0]}"))
    return tuple(dict.fromkeys(known[uid] for uid in mentions))


def _words(body: str) -> str:
    if not body.strip():
        raise Invalid(Diagnostic("RUN223", pointer="/body"))
    return body.strip()


def _items(ctx: Context, found: Sequence[Comment]) -> list[Json]:
    ids = {each for said in found for each in (*said.mentions, said.person_id) if each is not None}
    uids = uids_of(ctx, "person", sorted(ids))
    names = displays(ctx, "person", ids)
    return [
        {
            "uid": said.uid,
            "author": said.author,
            "author_name": names.get(said.person_id or 0, said.author),
            "body": said.body,
            "mentions": [
                {"uid": uids[each], "display": names.get(each, "")} for each in said.mentions
            ],
            "at": format_datetime(said.at),
            "edited_at": None if said.edited_at is None else format_datetime(said.edited_at),
            "mine": said.author == ctx.actor.name,
        }
        for said in found
    ]


def _number(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):  # noqa: PLR2004 -- within 64 bits
        raise Invalid(Diagnostic("RUN208", pointer="/cursor"))
    return int(cursor)
