"""Take uploads and hand them out; what a file is, its content decides."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from runtime.errors import Invalid, NotFound
from runtime.lookups import reachable
from store import files as stored

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    uids = [
        value
        for item in entity.fields
        if item.type in FILES and isinstance(value := values.get(item.key), str)
    ]
    if not uids:
        return
    fresh = [each.uid for each in stored.by_uid(ctx.uow, uids) if each.record_id is None]
    if fresh:
        stored.attach(ctx.uow, fresh, entity=entity.name, record_id=record_id)


def _may_see(ctx: Context, file: StoredFile) -> bool:
    if ctx.actor.admin or (file.record_id is None and file.uploader == ctx.actor.name):
        return True
    entity = file.record_entity or ""
    if file.record_id is None or entity not in ctx.catalog.entities:
        return False
    return bool(reachable(ctx, entity, [file.record_id], scope=ctx.scope))


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
