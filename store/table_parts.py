"""What the system tables are made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()
Id = BigInteger().with_variant(Integer(), "sqlite")
Flag = Boolean(create_constraint=False).with_variant(Integer(), "sqlite")


def make_table(name: str, *parts: Column[Any] | UniqueConstraint | Index) -> Table:
    """A system table; STRICT on SQLite."""
    return Table(name, metadata, *parts, sqlite_strict=True)


def row_id() -> Column[Any]:
    """The primary key."""
    return Column("id", Id, primary_key=True, autoincrement=True)


def text(name: str, *, null: bool = False, unique: bool = False) -> Column[Any]:
    """A column of text."""
    return Column(name, Text, nullable=null, unique=unique)


def big(name: str, *, null: bool = False, default: int | None = None) -> Column[Any]:
    """A column of 64-bit integers."""
    return Column(name, Id, nullable=null, server_default=None if default is None else str(default))
