"""The formula commands for machines: one JSON object in, one out, never an exception."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from dsl import ir, values
from dsl import types as t
from dsl.backends.python import Params, program
from dsl.codes import BAD_REQUEST
from dsl.diagnostics import Diagnostic, Language
from dsl.explain import Node, explain
from dsl.formula import Compiled, Formula, compile_formula
from dsl.parser import parse
from dsl.printer import print_formula
from dsl.scope import RowScope, Symbol
from dsl.types import Raw, Type

Line = Mapping[str, Any]
Answer = dict[str, Any]
# What computes a formula for a row; other executors are handed in by the floors above.
Executor = Callable[[Formula, Mapping[str, Any], Params], tuple[Raw, str | None]]
MAX_SCALE = 8


class _BadRequestError(ValueError):
    """The line is not a request; the text says why."""


def python_executor(
    formula: Formula, row: Mapping[str, Any], params: Params
) -> tuple[Raw, str | None]:
    """Run a formula with the generated Python code."""
    outcome = program(formula).evaluate(row, params)
    return outcome.value, outcome.reason


def run(line: Line, *, executor: Executor = python_executor, language: Language = "en") -> Answer:
    """The value of one formula: `{"id", "value", "type", "reason", "errors"}`."""

    def answer(request: _Request) -> Answer:
        formula = request.compiled.formula
        if formula is None:
            return {"value": None, "type": None, "reason": None}
        value, reason = executor(formula, request.row, request.params)
        return {
            "value": _shown(value, formula.type),
            "type": ir.type_name(formula.type),
            "reason": reason,
        }

    return _answered(line, answer, language)


def explain_line(line: Line, *, language: Language = "en") -> Answer:
    """Like `run`, with the tree of parts: `{"text", "start", "end", "value", "children", ...}`."""

    def answer(request: _Request) -> Answer:
        formula = request.compiled.formula
        if formula is None:
            return {"value": None, "type": None, "reason": None, "tree": None}
        told = explain(formula, request.row, request.params)
        return {
            "value": _shown(told.value, formula.type),
            "type": ir.type_name(formula.type),
            "reason": told.reason,
            "tree": _tree(told.tree),
        }

    return _answered(line, answer, language)


def check_line(line: Line, *, language: Language = "en") -> Answer:
    """What a formula is: its type, its text with keys, what it reads; or its errors."""

    def answer(request: _Request) -> Answer:
        formula = request.compiled.formula
        if formula is None:
            return {"ok": False, "type": None, "canonical": None}
        return {
            "ok": True,
            "type": ir.type_name(formula.type),
            "canonical": formula.canonical,
            "paths": list(formula.needs.paths),
            "params": sorted(formula.needs.params),
        }

    return _answered(line, answer, language)


def format_line(line: Line, *, language: Language = "en") -> Answer:
    """The formula in canonical spacing; with fields also with keys for labels."""
    source = line.get("formula")
    parsed = parse(source) if isinstance(source, str) else None
    text = print_formula(parsed.tree) if parsed is not None and parsed.tree is not None else None

    def answer(request: _Request) -> Answer:
        formula = request.compiled.formula
        return {"formula": text if formula is None else formula.canonical}

    result = _answered(line, answer, language)
    if text is not None and not line.get("fields"):
        return {"id": result["id"], "formula": text, "errors": []}
    return result


def answer_text(
    text: str, command: Callable[[Line], Answer] = run, *, language: Language = "en"
) -> str:
    """One line of JSON answered by one line of JSON, whatever is in it."""
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        line = None
    if isinstance(line, dict):
        answer = command(line)
    else:
        problem = Diagnostic(BAD_REQUEST, {"problem": "the line is not a JSON object"})
        answer = {"id": None, "value": None, "type": None, "reason": None}
        answer["errors"] = [_error(problem, language)]
    return json.dumps(answer, ensure_ascii=True)


class _Request:
    """A line that was understood: the compiled formula, the row, the parameters."""

    def __init__(self, line: Line) -> None:
        source = line.get("formula")
        if not isinstance(source, str):
            raise _BadRequestError("'formula' must be a text")
        fields = _mapping(line, "fields")
        types = {name: _type(name, field) for name, field in fields.items()}
        symbols = {
            name: Symbol(name, kind, blank_as_zero=fields[name].get("blank_as_zero") is True)
            for name, kind in types.items()
        }
        self.compiled: Compiled = compile_formula(source, RowScope(symbols, lambda _name: None))
        zone = line.get("zone", "Asia/Shanghai")
        if not isinstance(zone, str):
            raise _BadRequestError("'zone' must be a text")
        row = _mapping(line, "row")
        self.row = {name: _raw(name, row.get(name), kind) for name, kind in types.items()}
        self.params = Params(
            today=_day(line, "today"),
            now=cast("int | None", _raw("now", line.get("now"), t.DateTime())),
            zone=zone,
            period_start=cast(
                "int | None", _raw("period_start", line.get("period_start"), t.Date())
            ),
            period_end=cast("int | None", _raw("period_end", line.get("period_end"), t.Date())),
        )


def _day(line: Line, key: str) -> int | None:
    return cast("int | None", _raw(key, line.get(key), t.Date()))


def _answered(line: Line, answer: Callable[[_Request], Answer], language: Language) -> Answer:
    head: Answer = {"id": line.get("id")}
    try:
        request = _Request(line)
    except _BadRequestError as error:
        problem = Diagnostic(BAD_REQUEST, {"problem": str(error)})
        return head | {
            "value": None,
            "type": None,
            "reason": None,
            "errors": [_error(problem, language)],
        }
    errors = [_error(problem, language) for problem in request.compiled.diagnostics]
    return head | answer(request) | {"errors": errors}


def _error(problem: Diagnostic, language: Language) -> Answer:
    span = problem.span
    found: Answer = {
        "code": problem.code,
        "start": None if span is None else span.start,
        "end": None if span is None else span.end,
        "message": problem.text(language),
    }
    if problem.fix is not None:
        fix = problem.fix
        found["fix"] = {"start": fix.span.start, "end": fix.span.end, "text": fix.replacement}
    return found


def _mapping(line: Line, key: str) -> Mapping[str, Any]:
    found = line.get(key) or {}
    if not isinstance(found, Mapping):
        raise _BadRequestError(f"'{key}' must be an object")
    return found


def _type(name: str, field: object) -> Type:
    if not isinstance(field, Mapping):
        raise _BadRequestError(f"field '{name}' must be an object")
    word = field.get("type")
    plain = _PLAIN.get(word) if isinstance(word, str) else None
    if plain is not None:
        return plain
    if word == "number":
        scale = field.get("scale", 4)
        unit = field.get("unit")
        if type(scale) is not int or not 0 <= scale <= MAX_SCALE:
            raise _BadRequestError(f"field '{name}': scale must be 0 to {MAX_SCALE}")
        return t.Number(scale, unit if isinstance(unit, str) else None)
    if word == "choice":
        options = field.get("options") or ()
        if not isinstance(options, list | tuple):
            raise _BadRequestError(f"field '{name}': 'options' must be a list")
        return t.Choice(tuple(_option(name, option) for option in options))
    raise _BadRequestError(f"field '{name}': unknown type {word!r}")


def _option(name: str, option: object) -> tuple[str, tuple[str, ...]]:
    if isinstance(option, str):
        return option, ()
    if isinstance(option, Mapping) and isinstance(option.get("id"), str):
        labels = option.get("label")
        texts = labels.values() if isinstance(labels, Mapping) else [labels]
        return option["id"], tuple(text for text in texts if isinstance(text, str))
    raise _BadRequestError(f"field '{name}': an option is a text or an object with an 'id'")


_PLAIN: dict[str, Type] = {
    "text": t.Text(),
    "boolean": t.Boolean(),
    "date": t.Date(),
    "datetime": t.DateTime(),
    "duration": t.Duration(),
}


def _raw(name: str, value: object, kind: Type) -> Raw:
    """A value of the wire as a raw value."""
    if value is None or value == "":
        return None
    if isinstance(kind, t.Boolean):
        if isinstance(value, bool):
            return value
        raise _BadRequestError(f"'{name}' must be true, false or null")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise _BadRequestError(f"'{name}' must be a text")
    try:
        return _read(value, kind)
    except ValueError as error:
        raise _BadRequestError(f"'{name}': {error}") from error


def _read(text: str, kind: Type) -> Raw:
    match kind:
        case t.Number(scale=scale):
            return values.parse_number(text, scale)
        case t.Date():
            return values.parse_date(text)
        case t.DateTime():
            return values.parse_datetime(text)
        case t.Duration():
            return values.parse_duration(text)
        case _:
            return text


def _shown(value: Raw, kind: Type) -> str | bool | None:
    return value if isinstance(value, bool) else values.format_value(value, kind)


def _tree(node: Node) -> Answer:
    return {
        "text": node.text,
        "start": node.span.start,
        "end": node.span.end,
        "value": _shown(node.value, node.type),
        "type": ir.type_name(node.type),
        "reason": node.reason,
        "evaluated": node.evaluated,
        "children": [_tree(child) for child in node.children],
    }
