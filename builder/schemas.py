"""The JSON Schemas of the kinds: loaded once, applied to documents, turned into Diagnostics."""

from __future__ import annotations

import difflib
import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, cast, get_args

from jsonschema import Draft202012Validator
from referencing import Registry

from builder.codes import hint
from builder.json_text import pointer_of
from builder.model.common import Kind
from dsl.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jsonschema.exceptions import ValidationError

KINDS: tuple[Kind, ...] = get_args(Kind)
SCHEMA_VERSION: Mapping[Kind, int] = dict.fromkeys(KINDS, 1)
FOLDERS: Mapping[Kind, str] = {
    "entity": "entities", "form": "forms", "flow": "flows", "rule": "rules",
    "metric": "metrics", "dashboard": "dashboards", "source": "sources", "role": "roles",
    "document": "documents", "calendar": "calendars",
}  # fmt: skip
_TYPE_NAMES = {dict: "object", list: "list", str: "text", bool: "true/false", int: "number",
               float: "number", type(None): "null"}  # fmt: skip
MAX_REPORTED = 100
MAX_SHOWN = 60


@cache
def schema_of(kind: Kind) -> Mapping[str, Any]:
    """The newest schema of a kind."""
    name = f"{kind}.v{SCHEMA_VERSION[kind]}.json"
    text = resources.files("builder").joinpath("schema", name).read_text("utf-8")
    schema: Mapping[str, Any] = json.loads(text)
    return schema


@cache
def _validator(kind: Kind) -> Draft202012Validator:
    # an empty registry: nothing is ever fetched, whatever a $ref says
    return Draft202012Validator(schema_of(kind), registry=Registry())


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The closest known word, if one is close."""
    close = difflib.get_close_matches(word[:100], sorted(known), n=1, cutoff=0.6)
    return close[0] if close else None


def shape_problems(kind: Kind, document: object, *, file: str | None) -> list[Diagnostic]:
    """Everything in the document that does not fit the schema of its kind."""
    errors = _validator(kind).iter_errors(document)
    found = {d for error in errors for d in _diagnostics(error, file)}
    ordered = sorted(found, key=lambda d: (d.pointer or "", d.code, sorted(d.args.items())))
    return ordered[:MAX_REPORTED]


class _Frozen(dict[str, str]):
    """Arguments of a message that can stand in a set."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(sorted(self.items())))


def _diagnostics(error: ValidationError, file: str | None) -> Iterator[Diagnostic]:
    pointer = pointer_of(error.absolute_path)
    rows = _EXPLAIN.get(str(error.validator), _limit)(error)
    for code, more, args in rows:
        yield Diagnostic(code, _Frozen(args), pointer=pointer + pointer_of(more), file=file)


_Row = tuple[str, tuple[str, ...], dict[str, str]]


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."


def _required(error: ValidationError) -> Iterator[_Row]:
    for key in cast("list[str]", error.validator_value):
        if key not in cast("dict[str, object]", error.instance):
            yield "BLD110", (), {"key": key}


def _unknown(error: ValidationError) -> Iterator[_Row]:
    known = cast("dict[str, Any]", error.schema).get("properties", {})
    written = cast("dict[str, object]", error.instance)
    for key in written:
        if key not in known:
            guess = hint(did_you_mean(key, set(known) - set(written)))
            yield "BLD111", (key,), {"key": _short(key), "hint": guess}


def _type(error: ValidationError) -> Iterator[_Row]:
    actual = _TYPE_NAMES.get(type(error.instance), "?")
    yield "BLD112", (), {"expected": kinds_of(error.validator_value), "actual": actual}


def kinds_of(said: object) -> str:
    """What a schema wants, as a phrase when it is one kind."""
    return " | ".join(map(str, said)) if isinstance(said, list) else str(said)


def _enum(error: ValidationError) -> Iterator[_Row]:
    wanted = error.validator_value
    options = [str(v) for v in (wanted if isinstance(wanted, list) else [wanted])]
    guess = hint(did_you_mean(str(error.instance), options))
    args = {"value": _short(error.instance), "options": ", ".join(options), "hint": guess}
    yield "BLD113", (), args


def _pattern(error: ValidationError) -> Iterator[_Row]:
    pattern = str(error.validator_value).replace(r"(?!\n)", "")
    yield "BLD114", (), {"value": _short(error.instance), "pattern": pattern}


def _limit(error: ValidationError) -> Iterator[_Row]:
    yield "BLD115", (), {"rule": str(error.validator), "limit": _short(error.validator_value)}


_EXPLAIN = {
    "required": _required,
    "additionalProperties": _unknown,
    "type": _type,
    "enum": _enum,
    "const": _enum,
    "pattern": _pattern,
}


class SchemaWalk:
    """Follows a document and its schema side by side."""

    def __init__(self, kind: Kind) -> None:
        self._root = schema_of(kind)
        self._validator = _validator(kind)

    def resolve(self, schema: Mapping[str, Any], value: object) -> Mapping[str, Any]:
        """The schema that really describes `value`: references and if/then/else followed."""
        while True:
            if "$ref" in schema:
                schema = self._root["$defs"][schema["$ref"].rpartition("/")[2]]
            elif "if" in schema:
                fits = self._validator.evolve(schema=schema["if"]).is_valid(value)
                schema = schema.get("then" if fits else "else", {})
            else:
                return schema

    def ordered(self, value: Any, schema: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        """The same JSON with the keys of every object in canonical order."""
        schema = self.resolve(self._root if schema is None else schema, value)
        if isinstance(value, list):
            return [self.ordered(item, schema.get("items", {})) for item in value]
        if not isinstance(value, dict):
            return value
        known = schema.get("properties", {})
        rest = [key for key in value if key not in known]
        if schema.get("x-order") != "kept":
            rest.sort()
        free = schema.get("additionalProperties")
        other = free if isinstance(free, dict) else {}
        keys = [key for key in known if key in value] + rest
        return {key: self.ordered(value[key], known.get(key, other)) for key in keys}

    def duplicates(
        self,
        value: Any,  # noqa: ANN401 - JSON
        schema: Mapping[str, Any] | None = None,
        path: tuple[object, ...] = (),
    ) -> Iterator[tuple[tuple[object, ...], str]]:
        """Items of keyed lists that have the same key as an earlier one."""
        schema = self.resolve(self._root if schema is None else schema, value)
        if isinstance(value, list):
            yield from _repeated(value, schema, path)
            for index, item in enumerate(value):
                yield from self.duplicates(item, schema.get("items", {}), (*path, index))
        elif isinstance(value, dict):
            known = schema.get("properties", {})
            free = schema.get("additionalProperties")
            other = free if isinstance(free, dict) else {}
            for key, item in value.items():
                yield from self.duplicates(item, known.get(key, other), (*path, key))


def _repeated(
    items: list[Any], schema: Mapping[str, Any], path: tuple[object, ...]
) -> Iterator[tuple[tuple[object, ...], str]]:
    if schema.get("x-merge") != "keyed":
        return
    seen: set[str] = set()
    for index, item in enumerate(items):
        key = " ".join(str(item[name]) for name in schema.get("x-key", ["id"]))
        if key in seen:
            yield (*path, index), key
        seen.add(key)
