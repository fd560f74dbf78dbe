"""The typed tree every executor prints: all null, rounding, unit and date rules are decided here.

Numbers are scaled integers and every change of scale is an explicit `mul` or `div` by a power of
ten; there is no other place where a value is rounded. `dsl.ops` says what each operation means.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, cast

from dsl import types as t

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dsl.diagnostics import Span
    from dsl.types import Raw, Type

PARAMETERS = ("today", "now", "period_start", "period_end")
FoldKind = Literal[
    "sum",
    "count",
    "rows",
    "avg",
    "min",
    "max",
    "distinct",
    "interpolate",
    "percentile",
    "deviation",
    "nth_largest",
    "nth_smallest",
    "join",
]
Json = dict[str, "Json"] | list["Json"] | str | int | bool | None


@dataclass(frozen=True, slots=True)
class Const:
    """A value that is the same for every row; `unsaid`: the null of an "else" that was left out."""

    value: Raw
    type: Type
    span: Span | None = field(default=None, compare=False)
    unsaid: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A value of the row, by dotted to-one path; `outer` = of the row that owns the child rows."""

    path: str
    type: Type
    outer: bool = False
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of the evaluation, fixed per run: of PARAMETERS, or one of `dsl.calendars`."""

    name: str
    type: Type
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """One operation of `dsl.ops` on arguments whose scales already fit."""

    op: str
    args: tuple[Node, ...]
    type: Type
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Fold:
    """An aggregate over the child rows at `rows`; `where` and `values` see the child row.

    `rows` counts the rows that pass; `count` the rows whose value is not null, `distinct` how many
    different ones; `interpolate` has the values (x, y) and the outer argument `at`; the last five
    are `dsl.host.FOLDS` of the values and one outer argument.
    """

    kind: FoldKind
    rows: str
    where: Node | None
    values: tuple[Node, ...]
    args: tuple[Node, ...]
    type: Type
    span: Span | None = field(default=None, compare=False)


Node = Const | Field | Param | Call | Fold


def children(node: Node) -> tuple[Node, ...]:
    """The operands, in order of evaluation."""
    if isinstance(node, Call):
        return node.args
    if isinstance(node, Fold):
        return (*node.args, *((node.where,) if node.where is not None else ()), *node.values)
    return ()


def placed(node: Node, span: Span | None) -> Node:
    """The node at another place of the text; what most nodes are is copied without a detour."""
    if isinstance(node, Call):
        return Call(node.op, node.args, node.type, span)
    if isinstance(node, Field):
        return Field(node.path, node.type, node.outer, span)
    return replace(node, span=span)


def without_params(node: Node, missing: frozenset[str]) -> Node:
    """The node with NULL for the parameters that an evaluation does not have."""
    if not missing:
        return node
    if isinstance(node, Param):
        return Const(None, node.type, node.span) if node.name in missing else node
    if isinstance(node, Call):
        return replace(node, args=_without(node.args, missing))
    if isinstance(node, Fold):
        where = None if node.where is None else without_params(node.where, missing)
        values, args = _without(node.values, missing), _without(node.args, missing)
        return replace(node, where=where, values=values, args=args)
    return node


def _without(nodes: tuple[Node, ...], missing: frozenset[str]) -> tuple[Node, ...]:
    return tuple(without_params(node, missing) for node in nodes)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


_TYPES: dict[str, type[Type]] = {
    "number": t.Number,
    "text": t.Text,
    "boolean": t.Boolean,
    "date": t.Date,
    "datetime": t.DateTime,
    "duration": t.Duration,
    "choice": t.Choice,
    "reference": t.Reference,
    "pointer": t.Pointer,
    "rows": t.Rows,
}
_TYPE_NAMES: dict[type[Type], str] = {kind: name for name, kind in _TYPES.items()}


def type_name(kind: Type) -> str:
    """The word for a type in JSON: number, text, boolean, date, datetime, ..."""
    return _TYPE_NAMES[type(kind)]


def type_to_json(kind: Type) -> Json:
    """A type as JSON: its word, then the attributes that matter to an executor."""
    nullable = getattr(kind, "nullable", False)
    body: list[Json] = [type_name(kind), nullable]
    match kind:
        case t.Number(scale=scale, unit=unit, lo=lo, hi=hi):
            body += [scale, unit, lo, hi]
        case t.Choice(options=options):
            body.append([[key, list(labels)] for key, labels in options])
        case t.Reference(entity=entity) | t.Rows(entity=entity):
            body.append(entity)
        case t.Pointer(entities=entities):
            body.append([*entities])
    return body


def type_from_json(data: Json) -> Type:
    """The inverse of `type_to_json`; equal types are one object."""
    parts = tuple(cast("list[Json]", data))
    try:
        return _shared_type(parts)
    except TypeError:  # the options of a choice are a list, which no cache can look up
        return _type_of(parts)


@lru_cache(maxsize=1024, typed=True)
def _shared_type(data: tuple[Json, ...]) -> Type:
    return _type_of(data)


def _type_of(data: tuple[Json, ...]) -> Type:
    name, nullable, *rest = cast("tuple[str, bool, *tuple[Json, ...]]", data)
    match name:
        case "number":
            scale, unit, lo, hi = cast("tuple[int, str | None, int | None, int | None]", rest)
            return t.Number(scale, unit, nullable, lo, hi)
        case "choice":
            listed = cast("list[tuple[str, list[str]]]", rest[0])
            return t.Choice(tuple((key, tuple(labels)) for key, labels in listed), nullable)
        case "reference":
            return t.Reference(cast("str", rest[0]), nullable)
        case "pointer":
            return t.Pointer(tuple(cast("list[str]", rest[0])), nullable)
        case "rows":
            return t.Rows(cast("str", rest[0]))
        case _:
            plain = cast("type[t.Text]", _TYPES[name])
            return plain(nullable)


def to_json(node: Node) -> Json:
    """A node as JSON: `{"k": kind, ...}`; spans are left out, they do not change the meaning."""
    kind = type_to_json(node.type)
    match node:
        case Const(value=value, unsaid=unsaid):
            shown = str(value) if type(value) is int else value
            return {"k": "const", "v": shown, "t": kind} | ({"u": True} if unsaid else {})
        case Field(path=path, outer=outer):
            return {"k": "field", "p": path, "o": outer, "t": kind}
        case Param(name=name):
            return {"k": "param", "n": name, "t": kind}
        case Call(op=op, args=args):
            return {"k": "call", "op": op, "a": [to_json(arg) for arg in args], "t": kind}
        case Fold(kind=fold, rows=rows, where=where, values=values, args=args):
            return {
                "k": "fold",
                "f": fold,
                "r": rows,
                "w": None if where is None else to_json(where),
                "v": [to_json(value) for value in values],
                "a": [to_json(arg) for arg in args],
                "t": kind,
            }


def from_json(data: Json) -> Node:
    """The inverse of `to_json`, for formulas kept beside their definition."""
    body = cast("dict[str, Any]", data)
    kind = type_from_json(body["t"])
    match body["k"]:
        case "call":
            return Call(body["op"], tuple([from_json(arg) for arg in body["a"]]), kind)
        case "field":
            return _shared_field(body["p"], kind, body["o"])
        case "const":
            value: Raw = body["v"]
            is_number = isinstance(value, str) and not isinstance(
                kind, t.Text | t.Choice | t.Pointer
            )
            raw = int(cast("str", value)) if is_number else value
            return Const(raw, kind, unsaid="u" in body)
        case "param":
            return Param(body["n"], kind)
        case _:
            where = None if body["w"] is None else from_json(body["w"])
            return Fold(body["f"], body["r"], where, _nodes(body["v"]), _nodes(body["a"]), kind)


@lru_cache(maxsize=4096)
def _shared_field(path: str, kind: Type, outer: bool) -> Field:  # noqa: FBT001 -- hashed by place
    """Many formulas read the same fields."""
    return Field(path, kind, outer)


def _nodes(data: Json) -> tuple[Node, ...]:
    return tuple(from_json(item) for item in cast("list[Json]", data))


def hash_of(node: Node) -> str:
    """The identity of a meaning: equal formulas in other words or spacing have equal hashes."""
    return hashlib.sha256(_meaning(node).encode("utf-8", "surrogatepass")).hexdigest()


def _meaning(node: Node) -> str:
    """All that changes a result, as text; of a type its word and its scale do."""
    kind = type_name(node.type)
    if isinstance(node.type, t.Number):
        kind = f"{kind} {node.type.scale}"
    match node:
        case Call(op=op, args=args):
            return f"{op}({','.join(map(_meaning, args))}):{kind}"
        case Field(path=path, outer=outer):
            return f"{'outer' * outer}{path!r}:{kind}"
        case Const(value=value, unsaid=unsaid):
            return f"={value!r}{'unsaid' * unsaid}:{kind}"
        case Param(name=name):
            return f"@{name}:{kind}"
        case Fold():
            where = "" if node.where is None else _meaning(node.where)
            inside = ",".join(map(_meaning, node.values))
            outside = ",".join(map(_meaning, node.args))
            return f"{node.kind}[{node.rows!r};{where};{inside};{outside}]:{kind}"
