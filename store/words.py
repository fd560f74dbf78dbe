"""The words records are found by: CJK pairs and Latin words, kept as texts are written.

See docs/adr/0016-search-by-words.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, delete, select

from store import bulk, conflict
from store.tables_records import search_known, search_word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sqlalchemy import Row, Select, Table

    from store.record_tables import EntityTables
    from store.unit import UnitOfWork

SEARCHED = frozenset({"text", "long_text"})
MAX_WORDS = 2_000  # of one record: a book in a field does not fill the table
MAX_LATIN = 40
_CJK_SIGNS = r"\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_CJK = re.compile(f"[{_CJK_SIGNS}]")
_RUN = re.compile(rf"[{_CJK_SIGNS}]+|[^\W_{_CJK_SIGNS}]+")
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A word that must be there, or the beginning of one."""

    word: str
    is_start: bool

    def test(self) -> ColumnElement[bool]:
        """The condition on the stored word."""
        word = search_word.c.word
        if self.is_start:
            return and_(word >= self.word, word < self.word + _LAST)
        return word == self.word


def words_of(text: str) -> set[str]:
    """The words a text is found by: pairs of CJK characters, the last one alone, Latin words."""
    words: set[str] = set()
    for run in _runs(text):
        if _CJK.match(run):
            words.update(run[n : n + 2] for n in range(len(run)))  # the last one is alone
        else:
            words.add(run[:MAX_LATIN])
    return words


def wanted_words(term: str) -> list[Wanted]:
    """What must be stored of a record that has the term somewhere."""
    wanted: list[Wanted] = []
    runs = list(_runs(term))
    for place, run in enumerate(runs):
        if not _CJK.match(run):
            wanted.append(Wanted(run[:MAX_LATIN], is_start=place == len(runs) - 1))
        elif len(run) == 1:
            wanted.append(Wanted(run, is_start=True))
        else:
            wanted += [Wanted(run[n : n + 2], is_start=False) for n in range(len(run) - 1)]
    return wanted


def _runs(text: str) -> Iterator[str]:
    """Runs of CJK and runs of other letters and digits; `A线` is one of each."""
    return (found[0] for found in _RUN.finditer(text.lower()))


# --- keep ---------------------------------------------------------------------------------
def searched_columns(table: Table) -> tuple[str, ...]:
    """The physical columns whose texts are found."""
    return tuple(c.name for c in table.columns if c.info.get("type") in SEARCHED)


def put_words(uow: UnitOfWork, table: Table, rows: Iterable[Row[Any]]) -> None:
    """Store the words of records, given by id and the texts in their columns.

    Words of an earlier text stay and are met with the record.
    """
    found: list[tuple[str, int]] = []
    for row in rows:
        texts = [str(each) for each in tuple(row)[1:] if each]
        words = sorted(set[str]().union(*map(words_of, texts)))
        found += [(word, row.id) for word in words[:MAX_WORDS]]
    if found:
        found.sort()  # neighbours in the index are written together
        given: dict[str, list[Any]] = {
            "word": [word for word, _ in found],
            "record_id": [record_id for _, record_id in found],
        }
        key = ("entity_id", "word", "record_id")
        bulk.insert_rows(uow, search_word, given, {"entity_id": _number(table)}, unless_known=key)


def read_again(uow: UnitOfWork, table: Table, ids: Collection[int]) -> None:
    """Store the words of records as they are now, for who writes beside `store.records`."""
    put_words(uow, table, uow.execute(_texts(table).where(bulk.among(uow, table.c.id, ids))))


def _texts(table: Table) -> Select[Any]:
    return select(table.c.id, *(table.c[name] for name in searched_columns(table)))


def forget(uow: UnitOfWork, entity_id: int, ids: Collection[int]) -> None:
    """Drop the words of records that are purged: rare, so there is no index for it."""
    mine = (search_word.c.entity_id == entity_id, search_word.c.record_id)
    uow.execute(delete(search_word).where(mine[0], bulk.among_ids(uow, mine[1], set(ids))))


def needs_learning(uow: UnitOfWork, tables: EntityTables) -> bool:
    """Whether words of the entity would be stored, but are not of every record."""
    names = searched_columns(tables.current)
    return not tables.log and bool(names) and not is_known(uow, tables)


def is_known(uow: UnitOfWork, tables: EntityTables) -> bool:
    """Whether every record of the entity has its words stored, of all its fields."""
    known = search_known.c
    found = uow.execute(select(known.fields).where(known.entity_id == tables.number)).scalar()
    return found is not None and found == _signature(tables)


def learn(uow: UnitOfWork, tables: EntityTables, *, after: int, limit: int) -> int | None:
    """Store the words of the next records in order of id; where to go on, None at the end."""
    current = tables.current
    chosen = _texts(current).where(current.c.id > after).order_by(current.c.id).limit(limit)
    rows = uow.execute(chosen).all()
    if rows:
        put_words(uow, current, rows)
        return int(rows[-1].id)
    conflict.put(uow, search_known, {"entity_id": tables.number}, {"fields": _signature(tables)})
    return None


def _signature(tables: EntityTables) -> str:
    return ",".join(searched_columns(tables.current))


def _number(table: Table) -> int:
    return int(table.name.removeprefix("e"))
