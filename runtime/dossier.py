"""Write down everything that is recorded about one person, in batches; handed out as a ZIP."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from dsl.values import format_datetime
from runtime import about_person, works
from runtime.dossier_records import batch_of
from runtime.errors import Invalid, NotFound
from runtime.exchange import Column, write_csv
from runtime.files import Download
from runtime.lookups import uids_of
from runtime.viewing import views_of
from runtime.works import Batch
from store import accounts, audit, files, person_data, query, work
from store.people import PERSON
from store.work import Item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from runtime.context import Context
    from store.work import Work

Json = dict[str, Any]
KIND = "person_export"
MOST_ITEMS = 10_000_000
MOST_COMMENTS = 10_000  # on one record
MOST_BYTES = 256 * 2**20  # of files in one ZIP
ZIP_TYPE = "application/zip"
TIMES = frozenset({"at", "edited_at", "read_at", "real_at"})


def start(ctx: Context, uid: str) -> Json:
    """Begin to write down what is recorded about a person; oneself, or anybody as administrator.

    Raises:
        NotFound: there is no such person, or it is somebody else.
    """
    _for_whom(ctx, uid)
    note(ctx, uid)
    request = {"person": uid, "total": len(_parts(ctx))}
    return works.start(ctx, KIND, PERSON, request=request, items=())


def start_own(ctx: Context) -> Json:
    """Begin to write down what is recorded about oneself.

    Raises:
        Invalid: the account belongs to no person.
    """
    mine = ctx.actor.person_id
    if mine is None:
        raise Invalid(Diagnostic("RUN124"))
    return start(ctx, uids_of(ctx, PERSON, [mine])[mine])


def person_of(ctx: Context, uid: str) -> int:
    """The row id of a person, who may be in the trash."""
    found = query.uid_to_id(ctx.uow, ctx.tables, PERSON, [uid]).get(uid)
    if found is None:
        raise NotFound(f"{PERSON} {uid[:64]}")
    return found


def _for_whom(ctx: Context, uid: str) -> int:
    """The person, if the actor may take home what is known of him; asked at every step.

    A program with a key reaches what roles show, and all of the own data is more than that.
    """
    person_id = person_of(ctx, uid)
    is_own = ctx.actor.person_id == person_id and ctx.actor.kind != "token"
    if not ctx.actor.admin and not is_own:
        raise NotFound(f"{PERSON} {uid[:64]}")
    return person_id


def note(ctx: Context, uid: str) -> None:
    """Write into the audit log that a person's data left the house."""
    audit.append(
        ctx.uow, actor=ctx.actor.name, action="person.export", target=uid, detail={}, at=ctx.now
    )


def step(ctx: Context, found: Work) -> Batch:
    """Write down the next records, or the next part when there are no more."""
    person_id = _for_whom(ctx, found.request["person"])
    parts = _parts(ctx)
    name, after, number = found.place or [parts[0], 0, 0]
    if name not in parts:  # its entity was removed while the work waited
        raise NotFound(name)
    if name in OTHERS:
        rows, following = OTHERS[name](ctx, person_id), None
    else:
        rows, following = batch_of(ctx, ctx.catalog.entity(name), person_id, after)
    if rows:
        work.put_items(ctx.uow, found.id, [Item(number, row=[name, rows])])
    if following is not None:
        return Batch(done=0, written=len(rows), place=[name, following, number + 1])
    rest = parts[parts.index(name) + 1 :]
    return Batch(done=1, written=len(rows), place=[rest[0], 0, number + 1] if rest else None)


def file_of(ctx: Context, uid: str) -> Download:
    """The ZIP of an export that is done: JSON and CSV by entity, and the files."""
    found = works.mine(ctx, uid)
    if found.kind != KIND or found.state != "done":
        raise NotFound(f"file of {uid[:64]}")
    _for_whom(ctx, found.request["person"])
    parts: dict[str, list[Json]] = {}
    for item in work.items(ctx.uow, found.id, after=-1, limit=MOST_ITEMS):
        name, rows = item.row
        parts.setdefault(name, []).extend(rows)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        left_out = _put_files(ctx, archive, parts)
        about = {
            "person": found.request["person"],
            "made_at": format_datetime(found.at),
            "made_by": found.actor.replace("\n", " "),
            "parts": {name: len(rows) for name, rows in parts.items()},
            "files_left_out": left_out,
        }
        archive.writestr("about.json", _text(about))
        for name, rows in parts.items():
            archive.writestr(f"{name}.json", _text(rows))
            archive.writestr(f"{name}.csv", _table(ctx, name, rows))
    return Download(f"person-{found.request['person']}.zip", ZIP_TYPE, out.getvalue(), "")


# --- beside the records -------------------------------------------------------------------
def _parts(ctx: Context) -> list[str]:
    return [*sorted(each.name for each in about_person.entities_of(ctx)), *OTHERS]


def _account(ctx: Context, person_id: int) -> list[Json]:
    found = [accounts.by_login(ctx.uow, each) for each in person_data.logins_of(ctx.uow, person_id)]
    return [
        {"login": each.login, "roles": list(each.roles), "language": each.language,
         "active": each.active}
        for each in found if each is not None
    ]  # fmt: skip


def _comments(ctx: Context, person_id: int) -> list[Json]:
    logins = person_data.logins_of(ctx.uow, person_id)
    said = person_data.comments(ctx.uow, person_id, logins)
    return [_readable(each) for each in said]


def _notices(ctx: Context, person_id: int) -> list[Json]:
    return [_readable(each) for each in person_data.notices(ctx.uow, person_id)]


def _drafts(ctx: Context, person_id: int) -> list[Json]:
    logins = person_data.logins_of(ctx.uow, person_id)
    return [_readable(each) for each in person_data.drafts(ctx.uow, logins)]


def _looked_at(ctx: Context, person_id: int) -> list[Json]:
    logins = person_data.logins_of(ctx.uow, person_id)
    return [_readable(each) for each in person_data.views_by(ctx.uow, logins)]


def _audit(ctx: Context, person_id: int) -> list[Json]:
    logins = person_data.logins_of(ctx.uow, person_id)
    return [_readable(each) for each in person_data.audit_lines(ctx.uow, person_id, logins)]


def _uploads(ctx: Context, person_id: int) -> list[Json]:
    uids = person_data.files_of(ctx.uow, person_data.logins_of(ctx.uow, person_id))
    return [{"files": [uid]} for uid in uids]


OTHERS: Mapping[str, Callable[[Context, int], list[Json]]] = {
    "account": _account,
    "comments": _comments,
    "notices": _notices,
    "drafts": _drafts,
    "looked_at_by": views_of,
    "looked_at": _looked_at,
    "audit": _audit,
    "uploads": _uploads,
}


def _readable(row: Json) -> Json:
    return {
        key: format_datetime(value) if key in TIMES and value is not None else value
        for key, value in row.items()
    }


# --- the archive --------------------------------------------------------------------------
def _put_files(ctx: Context, archive: zipfile.ZipFile, parts: Mapping[str, list[Json]]) -> int:
    """Add the files that records hold; how many were left out because there is no more room."""
    uids = {uid for rows in parts.values() for row in rows for uid in row.get("files", ())}
    room, left_out = MOST_BYTES, 0
    for stored in files.by_uid(ctx.uow, sorted(uids)):
        room -= stored.size
        if room < 0:
            left_out += 1
            continue
        archive.writestr(f"files/{stored.uid}-{stored.name}", files.content(ctx.uow, stored))
    return left_out


def _table(ctx: Context, name: str, rows: Sequence[Json]) -> bytes:
    """A part as a table: a column for each field; lists and rows below stand in it as JSON."""
    flat = list(_flat(rows))
    keys = list(dict.fromkeys(key for row in flat for key in row))
    entity = ctx.catalog.entities.get(name)
    labels = {} if entity is None else {f.key: f.label for f in entity.fields}
    titles = [Column(labels.get(key, {}).get(ctx.actor.language) or key) for key in keys]
    return write_csv(titles, [[_cell(row.get(key)) for key in keys] for row in flat])


def _flat(rows: Sequence[Json]) -> Iterator[Json]:
    for row in rows:
        if "values" not in row:
            yield row
            continue
        told = {k: v for k, v in row["display_values"].items() if k in row["values"]}
        yield {"uid": row["uid"], "deleted": row["deleted"], **row["values"], **told}


def _cell(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
