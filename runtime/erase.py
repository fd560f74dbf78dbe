"""Erase what is known of one person, after a look at what that is, in batches that can resume.

Numbers and references stay, so nothing that was counted changes; they lead to an anonymous one.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from runtime import about_person, clearing, works
from runtime.clearing import clear_person
from runtime.decide.redaction import Redaction
from runtime.dossier import person_of
from runtime.errors import Conflicting, Invalid
from runtime.lookups import displays
from runtime.org import require_admin
from runtime.works import Batch
from store import accounts, audit, comments, erasure, jobs, person_data, work
from store.people import PERSON

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runtime.context import Context
    from store.work import Work

Json = dict[str, Any]
KIND, SCRUB = works.ERASE, "scrub"
BATCH = 200
AUDIT_BATCH = 2_000
END = "end"


def preview(ctx: Context, uid: str) -> Json:
    """What would be erased: records by entity with their personal fields; it asks for consent."""
    require_admin(ctx)
    person_id = person_of(ctx, uid)
    items = [each for name in _entities(ctx) if (each := _counted(ctx, name, person_id))]
    logins = person_data.logins_of(ctx.uow, person_id)
    counted = {
        "person": uid,
        "display": displays(ctx, PERSON, [person_id]).get(person_id, ""),
        "items": items,
        "accounts": len(logins),
        "comments": len(person_data.comments(ctx.uow, person_id, logins)),
    }
    text = json.dumps(counted, sort_keys=True)
    return {**counted, "consent": hashlib.sha256(text.encode()).hexdigest()[:16]}


def start(ctx: Context, uid: str, *, reason: str, consent: str) -> Json:
    """Begin to erase, which can not be stopped or undone.

    Raises:
        Invalid: no reason is given, or it is the actor's own account.
        Conflicting: something came in or went since the preview that the consent was given for,
            or it is the last administrator.
    """
    shown = preview(ctx, uid)
    if not reason.strip():
        raise Invalid(Diagnostic("RUN122", pointer="/reason"))
    if ctx.actor.person_id is not None and ctx.actor.person_id == person_of(ctx, uid):
        raise Invalid(Diagnostic("RUN121"))
    if consent != shown["consent"]:
        raise Conflicting(Diagnostic("RUN120", pointer="/consent"))
    for each in accounts.of_person(ctx.uow, person_of(ctx, uid)):
        accounts.set_active(ctx.uow, each.id, active=False)
    records = sum(each["records"] for each in shown["items"])
    _note(ctx, "person.erase", uid, {"reason": reason.strip(), "records": records})
    request = {"person": uid, "total": len(_parts(ctx)), "logins": [], "words": []}
    return works.start(ctx, KIND, PERSON, request=request, items=())


def step(ctx: Context, found: Work) -> Batch:
    """Do the next batch of a part; parts are found again by name when the catalog has changed."""
    person_id = person_of(ctx, found.request["person"])
    parts = _parts(ctx)
    name, after = found.place or [parts[0], None]
    part = name if name in parts else parts[0]
    kind, _, of = part.partition(":")
    following = PARTS[kind](ctx, found, person_id, of, after)
    if following is not None:
        return Batch(done=0, place=[part, following])
    rest = parts[parts.index(part) + 1 :]
    return Batch(done=1, written=1, place=[rest[0], None] if rest else None)


# --- what is looked at --------------------------------------------------------------------
def _entities(ctx: Context) -> list[str]:
    """The entities with rows of their own, those without a definition too; people come last."""
    tables = ctx.tables.entities.values()
    names = sorted(each.name for each in tables if each.parent is None and each.name != PERSON)
    return [*names, PERSON]


def _parts(ctx: Context) -> list[str]:
    """The parts in order: nobody signs in any more before anything else is done."""
    names = _entities(ctx)
    return [
        "accounts",
        *(f"records:{name}" for name in names),
        *(f"writers:{name}" for name in sorted(ctx.tables.entities)),
        *(f"words:{name}" for name in sorted(erasure.WORDED)),
        "audit",
        END,
    ]


def _about(ctx: Context, name: str, person_id: int) -> list[int]:
    """The records of an entity that are about the person."""
    entity = ctx.catalog.entities.get(name)
    if entity is not None:
        return sorted(about_person.about(ctx, entity, person_id))
    mine = ctx.tables[name]
    pointers = [column for column in mine.fields.values() if column.target == PERSON]
    return person_data.pointing(ctx.uow, mine, pointers, person_id)


def _counted(ctx: Context, name: str, person_id: int) -> Json | None:
    entity = ctx.catalog.entities.get(name)
    ids = _about(ctx, name, person_id)
    keys = clearing.personal_keys(entity)
    below = any(
        child.parent == name and clearing.personal_keys(ctx.catalog.entities.get(child.name))
        for child in ctx.tables.entities.values()
    )
    if not ids or (keys is not None and not keys and not below):
        return None
    label = {} if entity is None else dict(entity.label)
    return {"entity": name, "label": label, "records": len(ids), "fields": sorted(keys or ())}


# --- the parts ----------------------------------------------------------------------------
def _accounts(ctx: Context, found: Work, person_id: int, of: str, after: Any) -> None:  # noqa: ANN401 - a part has its own kind of place
    """Nobody signs in as the person again, and what only concerned the person is gone."""
    del of, after
    logins = [*found.request["logins"], *person_data.logins_of(ctx.uow, person_id)]
    if ctx.views is not None:
        ctx.views.rename(logins, erasure.anonymous(person_id))
    erasure.forget_accounts(ctx.uow, person_id, logins)
    erasure.forget_own(ctx.uow, person_id, logins, keep=found.id)
    erasure.forget_logins(ctx.uow, logins, erasure.anonymous(person_id))
    _remember(ctx, found, {"logins": logins})


def _records(ctx: Context, found: Work, person_id: int, of: str, after: Any) -> int | None:  # noqa: ANN401 - a part has its own kind of place
    """Take what is personal out of the next records, and remember which words that was."""
    ids = [each for each in _about(ctx, of, person_id) if each > (after or 0)][:BATCH]
    cleared = clear_person(ctx, of, ids)
    comments.redact(ctx.uow, of, ids)
    erasure.forget_files(ctx.uow, cleared.files)
    words = sorted({*found.request["words"], *cleared.words})
    if words != found.request["words"]:
        _remember(ctx, found, {"words": words})
    if of == PERSON and ids:
        active = ctx.tables[PERSON].column("active")
        erasure.retire(ctx.uow, ctx.tables[PERSON], person_id, active)
    return ids[-1] if len(ids) == BATCH else None


def _writers(ctx: Context, found: Work, person_id: int, of: str, after: Any) -> int | None:  # noqa: ANN401 - a part has its own kind of place
    logins, mark = found.request["logins"], erasure.anonymous(person_id)
    renamed = erasure.rename_writer(ctx.uow, ctx.tables[of], logins, mark)
    return (after or 0) + renamed if renamed else None


def _words(ctx: Context, found: Work, person_id: int, of: str, after: Any) -> list[int] | None:  # noqa: ANN401 - a part has its own kind of place
    change = _redaction(found, person_id).of
    return erasure.change_words(ctx.uow, of, change, after=after or (), keep=found.id)


def _audit(ctx: Context, found: Work, person_id: int, of: str, after: Any) -> int | None:  # noqa: ANN401 - a part has its own kind of place
    del of
    taken, logins = _redaction(found, person_id), frozenset(found.request["logins"])

    def change(actor: str, target: str, detail: str) -> audit.Said:
        who = taken.mark if actor in logins else actor
        what = taken.mark if target in logins else target
        return who, what, taken.of(detail) or detail

    return audit.redact(ctx.uow, audit_key(ctx), change, after=after or 0, limit=AUDIT_BATCH)


def _end(ctx: Context, found: Work, person_id: int, of: str, after: Any) -> None:  # noqa: ANN401 - a part has its own kind of place
    """Forget what had to be remembered for it, and have the file of the database rewritten."""
    del of, after
    mark = erasure.anonymous(person_id)
    erasure.forget_logins(ctx.uow, found.request["logins"], mark)  # what others still had in hand
    erasure.forget_letters(ctx.uow, mark)
    uid = found.request["person"]
    _remember(ctx, found, {"logins": [], "words": []})
    _note(ctx, "person.erased", uid, {"work": found.uid})
    jobs.put(ctx.uow, kind=SCRUB, key=f"{SCRUB}:{found.uid}", payload={}, at=ctx.now)


PARTS: Mapping[str, Callable[[Context, Work, int, str, Any], Any]] = {
    "accounts": _accounts,
    "records": _records,
    "writers": _writers,
    "words": _words,
    "audit": _audit,
    END: _end,
}


def _redaction(found: Work, person_id: int) -> Redaction:
    words = [*found.request["words"], *found.request["logins"]]
    return Redaction(words, erasure.anonymous(person_id))


def audit_key(ctx: Context) -> bytes:
    """What seals the audit chain."""
    if ctx.keyring is None:
        raise RuntimeError("this installation has no keys")
    return ctx.keyring.audit_key


def _remember(ctx: Context, found: Work, more: Json) -> None:
    request = {**found.request, **more}
    work.advance(ctx.uow, found.id, request=json.dumps(request, ensure_ascii=False))


def _note(ctx: Context, action: str, uid: str, detail: Json) -> None:
    audit.append(
        ctx.uow, actor=ctx.actor.name, action=action, target=uid, detail=detail, at=ctx.now
    )
