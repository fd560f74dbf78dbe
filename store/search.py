"""Find records by words: the stored words narrow down, what the reader sees decides."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from store.conditions import has_part
from store.tables_records import search_word
from store.words import SEARCHED, Wanted, is_known, wanted_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from store.record_tables import EntityTables
    from store.source import Source
    from store.unit import UnitOfWork

__all__ = ["SEARCHED", "search_sql"]

MAX_TERMS = 8
FEW = 2_000  # so many records are found first and read then; more are met while reading


def search_sql(
    uow: UnitOfWork, source: Source, tables: EntityTables | None, text: str, paths: Sequence[str]
) -> ColumnElement[bool]:
    """Records that have every term of a text in one of the fields, or more than one."""
    terms = text.split()[:MAX_TERMS]
    columns = [source.column(path) for path in paths]
    read = [or_(false(), *(_has(uow, column, term) for column in columns)) for term in terms]
    if tables is None or not is_known(uow, tables):
        return and_(*read)
    wanted = list(dict.fromkeys(chain.from_iterable(map(wanted_words, terms))))
    return and_(*_narrowed(uow, tables.number, source.column("id"), wanted), *read)


def _has(uow: UnitOfWork, column: ColumnElement[Any], term: str) -> ColumnElement[bool]:
    return and_(column.is_not(None), has_part(uow, column, term))


def _narrowed(
    uow: UnitOfWork, entity_id: int, row_id: ColumnElement[int], wanted: Sequence[Wanted]
) -> Iterator[ColumnElement[bool]]:
    """The rarest word gives the records, when there are few; the others are looked up."""
    mine = search_word.c.entity_id == entity_id
    sizes = {}
    for each in wanted:
        some = select(search_word.c.record_id).where(mine, each.test()).limit(FEW).subquery()
        sizes[each] = int(uow.execute(select(func.count()).select_from(some)).scalar_one())
    rarest = min(sizes, key=lambda each: sizes[each], default=None)
    for each in wanted:
        if each is rarest and sizes[each] < FEW:
            yield row_id.in_(select(search_word.c.record_id).where(mine, each.test()))
        elif not each.is_start:
            here = search_word.c.record_id == row_id
            yield exists().where(mine, each.test(), here).correlate_except(search_word)
