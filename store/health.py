"""Ask the database how it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, inspect, select, text

from store.tables import entity_map, field_map, file, file_content

if TYPE_CHECKING:
    from sqlalchemy import Inspector

    from store.unit import UnitOfWork


_DAMAGED = """
SELECT checksum_failures || ' damaged pages were read' FROM pg_stat_database
WHERE datname = current_database() AND checksum_failures > 0"""
_INDEXES = """
SELECT 'index ' || indexrelid::regclass || ' is not valid' FROM pg_index
WHERE NOT (indisvalid AND indisready AND indislive)"""
_CONSTRAINTS = """
SELECT 'constraint ' || conname || ' was never checked' FROM pg_constraint
WHERE NOT convalidated"""
_ASKED = (_DAMAGED, _INDEXES, _CONSTRAINTS)


def version(uow: UnitOfWork) -> str:
    """Which database this is."""
    statement = "SELECT sqlite_version()" if uow.dialect == "sqlite" else "SHOW server_version"
    return f"{uow.dialect} {uow.execute(text(statement)).scalar_one()}"


def integrity(uow: UnitOfWork) -> list[str]:
    """What the database's own check finds.

    PostgreSQL checks pages as it reads them and counts the bad ones; a backup reads all.
    """
    if uow.dialect != "sqlite":
        return [str(each) for query in _ASKED for each in uow.execute(text(query)).scalars()]
    found = [str(row) for row in uow.execute(text("PRAGMA integrity_check")).scalars()]
    keys = [f"foreign key {tuple(row)}" for row in uow.execute(text("PRAGMA foreign_key_check"))]
    return [each for each in found if each != "ok"] + keys


def orphans(uow: UnitOfWork) -> list[str]:
    """Files without content, and content without a file."""
    held = exists().where(file_content.c.sha256 == file.c.sha256)
    lost = uow.execute(select(file.c.uid).where(~held).order_by(file.c.id)).scalars().all()
    used = exists().where(file.c.sha256 == file_content.c.sha256)
    loose = uow.execute(select(file_content.c.sha256).where(~used)).scalars().all()
    return [f"file {uid} has no content" for uid in lost] + [
        f"content {digest[:12]} belongs to no file" for digest in loose
    ]


def map_problems(uow: UnitOfWork) -> list[str]:
    """Where the map of entities and fields and the tables there are do not agree."""
    inspector = inspect(uow.connection)
    tables = set(inspector.get_table_names())
    found: list[str] = []
    for row in uow.execute(select(entity_map).order_by(entity_map.c.id)):
        name = f"e{row.id}"
        missing = [
            each for each in (name, *(() if row.log else (f"{name}_h",))) if each not in tables
        ]
        found += [f"table {each} of {row.name} is missing" for each in missing]
        if not missing:
            found += _missing_columns(uow, inspector, row.id, row.name)
    return found


def _missing_columns(
    uow: UnitOfWork, inspector: Inspector, entity_id: int, entity: str
) -> list[str]:
    there = {column["name"] for column in inspector.get_columns(f"e{entity_id}")}
    mine = select(field_map).where(field_map.c.entity_id == entity_id).order_by(field_map.c.id)
    return [
        f"column c{row.id} of {entity}.{row.key} is missing"
        for row in uow.execute(mine)
        if row.storage != "child" and f"c{row.id}" not in there
    ]
