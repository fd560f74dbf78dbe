"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Boolean, Integer, Text, false
from sqlalchemy.types import TypeDecorator, TypeEngine

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Dialect
    from sqlalchemy.sql.selectable import FromClause

BIGINT: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
# Code-point order on both: PostgreSQL's default collation follows the language instead.
TEXT: TypeEngine[str] = Text(collation="C").with_variant(Text(), "sqlite")


class Truth(TypeDecorator[bool]):
    """True, false or null: boolean on PostgreSQL, 0 and 1 in SQLite's STRICT tables."""

    impl = Boolean
    cache_ok = True

    @property
    def python_type(self) -> type[bool]:
        """What the values are."""
        return bool

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Integer where there is no boolean."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Integer())
        return dialect.type_descriptor(Boolean())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> Any:  # noqa: ANN401, FBT001 - SQLAlchemy's signature
        """What the driver gets."""
        return None if value is None else int(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:  # noqa: ANN401, ARG002 - SQLAlchemy's signature
        """What we get."""
        return None if value is None else bool(value)


TRUTH: TypeEngine[bool] = Truth()
STORAGE_TYPES: dict[str, TypeEngine[Any]] = {
    "bigint": BIGINT,
    "ref": BIGINT,
    "text": TEXT,
    "boolean": TRUTH,
}


def alive(source: FromClause) -> ColumnElement[bool]:
    """Not in the trash; written the one way that the partial indexes are written."""
    return source.c.deleted.is_(false())
