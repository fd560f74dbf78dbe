"""Uploaded files: what is known of them, and their content once per content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, select, update

from store import conflict
from store.bulk import among
from store.conflict import insert_new
from store.rows import by_name
from store.tables import file, file_content

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Row

    from store.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file without its content; `record_*` say which record holds it."""

    id: int
    uid: str
    name: str
    media_type: str
    size: int
    sha256: str
    uploader: str
    at: int
    record_entity: str | None
    record_id: int | None


_NAMES = tuple(each.name for each in fields(StoredFile))


def put(
    uow: UnitOfWork,
    *,
    uid: str,
    name: str,
    media_type: str,
    content: bytes,
    uploader: str,
    at: int,
) -> StoredFile:
    """Keep a file; equal content is kept once."""
    digest = hashlib.sha256(content).hexdigest()
    conflict.put_new(uow, file_content, {"sha256": digest, "content": content})
    values = {
        "uid": uid,
        "name": name,
        "media_type": media_type,
        "size": len(content),
        "sha256": digest,
        "uploader": uploader,
        "at": at,
    }
    if insert_new(uow, file, values, unique=("uid",)) is None:
        raise ValueError(f"file {uid} exists")
    return by_uid(uow, [uid])[0]


def by_uid(uow: UnitOfWork, uids: Collection[str]) -> list[StoredFile]:
    """The files with these uids."""
    rows = uow.execute(select(file).where(among(uow, file.c.uid, uids)).order_by(file.c.id))
    return [_file(row) for row in rows]


def content(uow: UnitOfWork, stored: StoredFile) -> bytes:
    """The content of a file, checked against its hash."""
    found = uow.execute(
        select(file_content.c.content).where(file_content.c.sha256 == stored.sha256)
    ).scalar()
    data = bytes(found or b"")
    if found is None or hashlib.sha256(data).hexdigest() != stored.sha256:
        raise ValueError(f"the content of file {stored.uid} is damaged")
    return data


def some(uow: UnitOfWork, limit: int) -> list[StoredFile]:
    """A few files, spread over all there are."""
    ids = list(uow.execute(select(file.c.id).order_by(file.c.id)).scalars())
    chosen = ids[:: max(1, len(ids) // limit)][:limit]
    rows = uow.execute(select(file).where(among(uow, file.c.id, chosen)).order_by(file.c.id))
    return [_file(row) for row in rows]


def attach(uow: UnitOfWork, uids: Collection[str], *, entity: str, record_id: int) -> None:
    """These files belong to a record from now on."""
    uow.execute(
        update(file)
        .where(among(uow, file.c.uid, uids))
        .values(record_entity=entity, record_id=record_id)
    )


def purge_loose(uow: UnitOfWork, *, before: int) -> int:
    """Forget uploads that no record took, and content no file has any more."""
    loose = (file.c.record_id.is_(None), file.c.at < before)
    gone = int(uow.execute(delete(file).where(*loose)).rowcount)
    purge_unheld(uow)
    return gone


def purge_unheld(uow: UnitOfWork) -> None:
    """Forget content no file has any more."""
    kept = exists().where(file.c.sha256 == file_content.c.sha256)
    uow.execute(delete(file_content).where(~kept))


def _file(row: Row[Any]) -> StoredFile:
    return StoredFile(**{name: by_name(row)[name] for name in _NAMES})
