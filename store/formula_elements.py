"""Formula operations as SQLAlchemy elements of our own; SQLAlchemy's overloaded ones round."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from sqlalchemy import ColumnElement, FunctionElement
from sqlalchemy.ext.compiler import compiles

from store.calendar_sql import working_day_after, working_days
from store.column_types import BIGINT, TEXT, TRUTH
from store.sql_operations import WRITE, Writer

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler
    from sqlalchemy.types import TypeEngine

Shape = Literal["integer", "text", "boolean"]
TYPES: dict[Shape, TypeEngine[Any]] = {"integer": BIGINT, "text": TEXT, "boolean": TRUTH}


class Operation(FunctionElement[Any]):
    """One operation; a subclass per name, shape and way of computing, so statements cache well."""

    inherit_cache = True
    operation: ClassVar[str]
    numeric: ClassVar[bool]
    aside: ClassVar[bool]  # compute the arguments once, in a sub-select


@cache
def operation_class(
    name: str, shape: Shape, *, numeric: bool = False, aside: bool = False
) -> type[Operation]:
    """The element class of an operation."""
    return type(
        f"{name}_{shape}{'_numeric' * numeric}{'_aside' * aside}",
        (Operation,),
        {
            "name": f"op_{name}",
            "operation": name,
            "type": TYPES[shape],
            "inherit_cache": True,
            "numeric": numeric,
            "aside": aside,
        },
    )


def operate(
    name: str,
    shape: Shape,
    *args: ColumnElement[Any],
    numeric: bool = False,
    aside: bool = False,
) -> ColumnElement[Any]:
    """An operation on arguments."""
    return operation_class(name, shape, numeric=numeric, aside=aside)(*args)


@compiles(Operation)
def _write(element: Operation, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's signature
    options.pop("add_to_result_map", None)  # that is for the whole, not for the arguments
    args = [compiler.process(each, **options) for each in element.clauses]
    dialect = compiler.dialect.name
    writer = Writer("numeric" if element.numeric else dialect)  # type: ignore[arg-type]  # one of the two
    write = _OUTER.get(element.operation) or WRITE[element.operation]
    if not element.aside:
        return write(writer, args)
    # OFFSET 0 keeps PostgreSQL from putting the arguments back in; SQLite never does
    names = [f"l.x{n}" for n in range(len(args))]
    inner = ", ".join(f"{arg} AS x{n}" for n, arg in enumerate(args))
    fence = "" if dialect == "sqlite" else " OFFSET 0"
    value = write(writer, names)
    return f"(SELECT {value} FROM (SELECT {inner}{fence}) AS l)"  # noqa: S608 - fixed texts


def _int64(_: Writer, args: list[str]) -> str:
    (a,) = args
    limit = 2**63 - 1
    return f"CASE WHEN {a} BETWEEN -{limit} AND {limit} THEN CAST({a} AS BIGINT) END"


def _exact_number(_: Writer, args: list[str]) -> str:
    return f"CAST({args[0]} AS NUMERIC)"


def _call(name: str) -> Any:  # noqa: ANN401 - a writer
    return lambda _, args: f"{name}({', '.join(args)})"


_OUTER: dict[str, Any] = {
    "int64": _int64,
    "exact_number": _exact_number,
    "half_high": lambda _, args: f"({args[0]} / 1000000000)",
    "half_low": lambda _, args: f"({args[0]} % 1000000000)",
    "pl_exact": _call("pl_exact"),
    "pl_exact_packed": _call("pl_exact_packed"),
    "pl_pack": _call("pl_pack"),
    "pl_join_halves": _call("pl_join_halves"),
    "working_days": working_days,
    "working_day_after": working_day_after,
}
