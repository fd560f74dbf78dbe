"""Take uploads and hand them out; what a file is, its content decides."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from runtime.errors import Invalid, NotFound
from runtime.lookups import reachable, read
from runtime.viewing import note_views
from store import files as stored
from store import query
from store.query import Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from builder.model.entity import Entity
    from runtime.context import Context
    from runtime.decide.forms import Cell
    from store.files import StoredFile

FILES = frozenset({"file", "image", "signature"})  # types whose value is an upload
MEGABYTE = 2**20
MAX_BYTES = 20 * MEGABYTE
ZIP, TEXT = b"PK\x03\x04", b""
# media type by extension, and how such a file begins; nothing else is taken
KINDS: Mapping[str, tuple[str, tuple[bytes, ...]]] = {
    ".png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".webp": ("image/webp", (b"RIFF",)),
    ".gif": ("image/gif", (b"GIF87a", b"GIF89a")),
    ".pdf": ("application/pdf", (b"%PDF-",)),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (ZIP,)),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (ZIP,)),
    ".csv": ("text/csv", (TEXT,)),
    ".txt": ("text/plain", (TEXT,)),
}


@dataclass(frozen=True, slots=True)
class Download:
    """A file on its way out; only images are shown in place."""

    name: str
    media_type: str
    content: bytes
    sha256: str

    @property
    def is_inline(self) -> bool:
        """Whether a browser may show it instead of saving it."""
        return self.media_type.startswith("image/")


def upload(ctx: Context, name: str, content: bytes) -> dict[str, Any]:
    """Keep a file until a record takes it.

    Raises:
        Invalid: too large, of a kind that is not taken, or not what its name says.
    """
    clean = PurePosixPath(name.replace("\\", "/")).name.strip()[:200]
    media_type = _media_type(clean, content)
    kept = stored.put(
        ctx.uow,
        uid=ctx.new_uid(),
        name=clean,
        media_type=media_type,
        content=content,
        uploader=ctx.actor.name,
        at=ctx.now,
    )
    return {"uid": kept.uid, "name": kept.name, "media_type": media_type, "size": kept.size}


def download(ctx: Context, uid: str) -> Download:
    """A file: one's own upload, or one of a record that can be read."""
    found = stored.by_uid(ctx.uow, [uid])
    if not found or not _may_see(ctx, found[0]):
        raise NotFound(f"file {uid[:64]}")
    file = found[0]
    return Download(file.name, file.media_type, stored.content(ctx.uow, file), file.sha256)


def attach(ctx: Context, entity: Entity, record_id: int, values: Mapping[str, Cell]) -> None:
    """The uploads named in a record's values belong to it from now on."""
    uids = list(_uploads(ctx, entity, values))
    if not uids:
        return
    fresh = [each.uid for each in stored.by_uid(ctx.uow, uids) if each.record_id is None]
    if fresh:
        stored.attach(ctx.uow, fresh, entity=entity.name, record_id=record_id)


def _uploads(ctx: Context, entity: Entity, values: Mapping[str, Any]) -> Iterator[str]:
    """The files that values name, those in rows below included."""
    for item in entity.fields:
        value = values.get(item.key)
        if item.type in FILES and isinstance(value, str):
            yield value
        elif item.owns_rows and value:
            below = ctx.catalog.entity(item.rows or "")
            for row in value:
                yield from _uploads(ctx, below, row)


def _may_see(ctx: Context, file: StoredFile) -> bool:
    if file.record_id is None:
        return ctx.actor.admin or file.uploader == ctx.actor.name
    entity = ctx.catalog.entities.get(file.record_entity or "")
    if entity is None:
        return ctx.actor.admin
    there = reachable(ctx, entity.name, [file.record_id], scope=ctx.scope)
    if not there or not _is_shown(ctx, entity, file.record_id, file.uid):
        return ctx.actor.admin
    note_views(ctx, entity, [{"id": file.record_id}])
    return True


def _is_shown(ctx: Context, entity: Entity, record_id: int, uid: str) -> bool:
    """Whether a field that the actor sees names the file, now or in an earlier version."""
    tables = [item for item in entity.fields if item.owns_rows]
    children = [ctx.catalog.entity(item.rows or "") for item in tables]
    holding = [(each, f) for each in (entity, *children) for f in each.fields if f.type in FILES]
    holding += [(entity, item) for item in tables]
    if not any(ctx.scope.hides(each.name, item.key) for each, item in holding):
        return True
    shown = tuple(f.key for f in tables if not ctx.scope.hides(entity.name, f.key))
    rows = read(ctx, Query(entity.name, select=shown, ids=(record_id,))).rows
    versions = query.history(
        ctx.uow, ctx.scope, ctx.tables, ctx.catalog, entity.name, record_id, params=ctx.params
    )
    seen = (*rows, *(version.values for version in versions))
    return any(uid in _uploads(ctx, entity, values) for values in seen)


def _media_type(name: str, content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise Invalid(Diagnostic("RUN501", {"limit": str(MAX_BYTES // MEGABYTE)}))
    suffix = PurePosixPath(name).suffix.lower()
    kind = KINDS.get(suffix)
    if kind is None:
        raise Invalid(Diagnostic("RUN502", {"type": suffix or "?"}))
    media_type, beginnings = kind
    is_text = media_type.startswith("text/")
    if not any(content.startswith(each) for each in beginnings) or (is_text and b"\0" in content):
        raise Invalid(Diagnostic("RUN503"))
    return media_type
