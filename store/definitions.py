"""The catalog in the database: revisions, drafts and installed packs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, insert, or_, select, tuple_, update

from store import audit
from store.in_force import changed, in_force
from store.tables import definition, draft, pack_install, revision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement

    from store.unit import UnitOfWork

LOCAL = "local"
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredDefinition:
    """One definition: its document and the pack install it came with."""

    kind: str
    name: str
    document: Document
    origin: str = LOCAL


@dataclass(frozen=True, slots=True)
class Draft:
    """An edit not yet published; `document` None deletes. `version` is its ETag."""

    kind: str
    name: str
    document: Document | None
    base_revision: int
    editor: str
    version: int
    real_at: int


@dataclass(frozen=True, slots=True)
class Install:
    """A pack as installed, with its files for the three-way merge of an upgrade."""

    pack: str
    version: str
    base_files: Mapping[str, str]
    revision: int
    at: int


@dataclass(frozen=True, slots=True)
class Revision:
    """One publication."""

    number: int
    author: str
    note: str
    at: int


def current_revision(uow: UnitOfWork) -> int:
    """The revision in force; 0 before the first publication."""
    return in_force(uow).revision


def load(uow: UnitOfWork, number: int | None = None) -> list[tuple[str, str, Document]]:
    """All definitions in force at a revision (now, if None) as (kind, name, document)."""
    return [(each.kind, each.name, each.document) for each in load_stored(uow, number)]


def load_stored(uow: UnitOfWork, number: int | None = None) -> list[StoredDefinition]:
    """Like `load`, with the origin of each."""
    statement = select(definition).where(_in_force(number))
    rows = uow.execute(statement.order_by(definition.c.kind, definition.c.name))
    return [
        StoredDefinition(row.kind, row.name, json.loads(row.document), row.origin) for row in rows
    ]


def publish(
    uow: UnitOfWork,
    *,
    put: Sequence[StoredDefinition],
    removed: Sequence[tuple[str, str]] = (),
    author: str,
    note: str,
    at: int,
    real_at: int,
) -> int:
    """Make the next revision: `put` are new or changed, `removed` are (kind, name)."""
    number = int(
        uow.execute(
            insert(revision)
            .values(rev=0, author=author, note=note, at=at, real_at=real_at)
            .returning(revision.c.id)
        ).scalar_one()
    )
    changed(uow)
    uow.on_rev(
        lambda rev: uow.execute(update(revision).where(revision.c.id == number).values(rev=rev))
    )
    gone = [*removed, *((each.kind, each.name) for each in put)]
    uow.rights_touched |= any(kind == "role" for kind, _ in gone)
    if gone:
        uow.execute(
            update(definition)
            .where(_in_force(None), tuple_(definition.c.kind, definition.c.name).in_(gone))
            .values(to_revision=number)
        )
    if put:
        rows = [
            {
                "kind": each.kind,
                "name": each.name,
                "document": _text(each.document),
                "from_revision": number,
                "origin": each.origin,
            }
            for each in put
        ]
        uow.execute(insert(definition), rows)
    audit.append(
        uow,
        actor=author,
        action="catalog.publish",
        target=str(number),
        detail={
            "note": note,
            "put": [f"{each.kind} {each.name}" for each in put],
            "removed": [f"{kind} {name}" for kind, name in removed],
        },
        at=at,
    )
    return number


def changed_since(
    uow: UnitOfWork, names: Sequence[tuple[str, str]], base: int
) -> set[tuple[str, str]]:
    """Which of these were published or removed after a revision."""
    if not names:
        return set()
    later = or_(definition.c.from_revision > base, definition.c.to_revision > base)
    chosen = select(definition.c.kind, definition.c.name).where(
        later, tuple_(definition.c.kind, definition.c.name).in_(list(names))
    )
    return {(row.kind, row.name) for row in uow.execute(chosen)}


def documents_of(uow: UnitOfWork, *, kind: str, name: str) -> list[Document]:
    """What one object has been, the newest first."""
    mine = and_(definition.c.kind == kind, definition.c.name == name)
    chosen = select(definition.c.document).where(mine).order_by(definition.c.from_revision.desc())
    return [json.loads(text) for text in uow.execute(chosen).scalars()]


def revisions(uow: UnitOfWork, *, limit: int = 100) -> list[Revision]:
    """The newest publications first."""
    rows = uow.execute(select(revision).order_by(revision.c.id.desc()).limit(limit))
    return [Revision(row.id, row.author, row.note, row.at) for row in rows]


# --- drafts -------------------------------------------------------------------------------
def put_draft(
    uow: UnitOfWork,
    *,
    kind: str,
    name: str,
    document: Document | None,
    editor: str,
    expected_version: int,
    real_at: int,
    rebase: bool = False,
) -> Draft | None:
    """Save an edit; None when the stored draft is not at `expected_version` (0: none yet).

    `rebase` says that the edit has taken in what was published since the draft was begun.
    """
    text = None if document is None else _text(document)
    key = and_(draft.c.kind == kind, draft.c.name == name)
    if expected_version == 0:
        if uow.execute(select(draft.c.id).where(key)).first() is not None:
            return None
        base = current_revision(uow)
        uow.execute(
            insert(draft).values(
                kind=kind,
                name=name,
                document=text,
                base_revision=base,
                editor=editor,
                version=1,
                real_at=real_at,
            )
        )
    else:
        values: dict[str, Any] = {"document": text, "editor": editor, "real_at": real_at}
        if rebase:
            values["base_revision"] = current_revision(uow)
        result = uow.execute(
            update(draft)
            .where(key, draft.c.version == expected_version)
            .values(version=draft.c.version + 1, **values)
        )
        if result.rowcount == 0:
            return None
    return get_draft(uow, kind=kind, name=name)


def get_draft(uow: UnitOfWork, *, kind: str, name: str) -> Draft | None:
    """The draft of one object."""
    return next((each for each in list_drafts(uow) if (each.kind, each.name) == (kind, name)), None)


def list_drafts(uow: UnitOfWork) -> list[Draft]:
    """All drafts by kind and name."""
    rows = uow.execute(select(draft).order_by(draft.c.kind, draft.c.name))
    return [
        Draft(
            row.kind,
            row.name,
            None if row.document is None else json.loads(row.document),
            row.base_revision,
            row.editor,
            row.version,
            row.real_at,
        )
        for row in rows
    ]


def delete_drafts(uow: UnitOfWork, names: Sequence[tuple[str, str]]) -> None:
    """Forget drafts: thrown away, or published."""
    if names:
        uow.execute(delete(draft).where(tuple_(draft.c.kind, draft.c.name).in_(list(names))))


# --- packs --------------------------------------------------------------------------------
def put_install(uow: UnitOfWork, install: Install) -> None:
    """Remember which pack is installed, in place of an older version of it."""
    uow.execute(delete(pack_install).where(pack_install.c.pack == install.pack))
    uow.execute(
        insert(pack_install).values(
            pack=install.pack,
            version=install.version,
            base_files=_text(dict(install.base_files)),
            revision=install.revision,
            at=install.at,
        )
    )


def installs(uow: UnitOfWork) -> list[Install]:
    """The installed packs by name."""
    rows = uow.execute(select(pack_install).order_by(pack_install.c.pack))
    return [
        Install(row.pack, row.version, json.loads(row.base_files), row.revision, row.at)
        for row in rows
    ]


def _in_force(number: int | None) -> ColumnElement[bool]:
    if number is None:
        return definition.c.to_revision.is_(None)
    return and_(
        definition.c.from_revision <= number,
        or_(definition.c.to_revision.is_(None), definition.c.to_revision > number),
    )


def _text(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
