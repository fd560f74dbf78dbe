"""The executors side by side: Python by row, by column and node by node, and the databases."""

from dataclasses import dataclass
from itertools import count

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from dsl.backends import sql
from dsl.backends.python import program
from dsl.interpret import interpret
from runtime.formula_browser import UNDECIDED
from store import record_schema, records
from store.db import Database
from store.record_tables import tables_of
from store.records import Stamp
from store.source import Source
from store.system_scope import SYSTEM

from .world import CATALOG, flat

STAMP = Stamp("fuzz", 0)
_uids = (f"u{n}" for n in count())


@dataclass(frozen=True)
class Sheet:
    """Formulas and the rows they are computed for, with one set of parameters."""

    formulas: tuple
    rows: tuple  # as stored
    people: object
    params: object

    def flat(self):
        """The rows as Python formulas see them."""
        return [flat(row, self.people) for row in self.rows]


class Raised(str):
    """Stands for the values of a formula that an executor could not compute."""

    __slots__ = ()


# --- Python -------------------------------------------------------------------------------
def by_row(sheet):
    """Row mode: one call per row."""
    rows = sheet.flat()
    runs = (program(formula).bind(sheet.params) for formula in sheet.formulas)
    return [[run(row) for row in rows] for run in runs]


def by_column(sheet):
    """Batch mode: one call for all rows."""
    rows = sheet.flat()
    columns = {key: [row[key] for row in rows] for key in rows[0]}
    return [
        program(formula).evaluate_columns(columns, len(rows), sheet.params)
        for formula in sheet.formulas
    ]


def by_reference(sheet):
    """The plain interpreter, which says why a value is missing and what explanations show."""
    rows, params = sheet.flat(), sheet.params.by_name()
    return [[interpret(formula.ir, row, params)[0] for row in rows] for formula in sheet.formulas]


def in_browser(interpreter, sheet, wanted):
    """The interpreter of the client; it may leave open what needs a parameter it was not given."""
    answers = interpreter.values(sheet.formulas, sheet.flat(), sheet.params)
    given = sheet.params.by_name()
    missing = {name for name, value in given.items() if value is None} | {*sheet.params.calendars}
    for n, formula in enumerate(sheet.formulas):
        if formula.needs.params & missing:
            pairs = zip(answers[n], wanted[n], strict=True)
            answers[n] = [known if found == UNDECIDED else found for found, known in pairs]
    return answers


PYTHON = {"python row": by_row, "python batch": by_column, "python reference": by_reference}


# --- databases ----------------------------------------------------------------------------
@dataclass
class World:
    """A database with the entities and the people of the fuzz."""

    name: str
    database: Database
    people: object
    tables: object = None

    def prepare(self):
        """Make the tables and write what references point to."""
        with self.database.write(publishing=True) as uow:
            record_schema.ensure(uow, CATALOG)
        with self.database.read() as uow:
            self.tables = tables_of(uow)
        with self.database.write() as uow:
            for entity, rows in self.people.pools.items():
                uids = [next(_uids) for _ in rows]
                ids = records.insert_many(uow, self.tables, entity, rows, uids=uids, stamp=STAMP)
                assert ids == list(range(1, len(rows) + 1))

    def answers(self, sheet):
        """Every formula for every row, in few statements; the rows are not kept."""
        with self.database.write() as uow:
            uids = [next(_uids) for _ in sheet.rows]
            records.insert_many(uow, self.tables, "f.row", sheet.rows, uids=uids, stamp=STAMP)
            found = self._all(uow, sheet.formulas, sheet)
            uow.roll_back()
        return found

    def _all(self, uow, formulas, sheet):
        """One statement; when it fails, its halves, to find the formulas that make it fail."""
        try:
            with uow.connection.begin_nested():
                return self._selected(uow, formulas, sheet)
        except (SQLAlchemyError, OverflowError, ValueError) as error:
            if len(formulas) == 1:
                return [[Raised(str(error)[:200])] * len(sheet.rows)]
            half = len(formulas) // 2
            return [
                *self._all(uow, formulas[:half], sheet),
                *self._all(uow, formulas[half:], sheet),
            ]

    def _selected(self, uow, formulas, sheet):
        source = Source(uow, self.tables, CATALOG, "f.row", scope=SYSTEM, params=sheet.params)
        columns = [source.formula(formula).label(f"v{n}") for n, formula in enumerate(formulas)]
        statement = select(*columns).select_from(source.from_).where(*source.conditions)
        found = uow.execute(statement.order_by(source.column("id"))).all()
        return [list(values) for values in zip(*found, strict=True)]


def pushable(formulas):
    """Those that a database can compute."""
    return tuple(formula for formula in formulas if sql.is_pushable(formula))
