"""Formulas being written: problems, proposals, what stands where, names, a value, needs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from dsl import editor, editor_names, ir
from dsl import types as t
from dsl.editor_complete import complete
from dsl.formula import compile_formula
from dsl.values import format_value
from runtime import formulas
from runtime.formula_numbers import Sample
from runtime.formulas import Place
from web import payloads
from web.routes import Routes, signed_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsl.diagnostics import Language, Span
    from dsl.explain import Node
    from dsl.needs import Needs
    from dsl.scope import RowScope
    from dsl.types import Raw, Type
    from runtime.formulas import Tried
    from web.routes import Asked

Json = dict[str, Any]
routes = Routes()


@routes.post("/formulas/diagnostics", body=payloads.FormulaText, answer="FormulaDiagnostics")
@signed_in
def diagnostics(asked: Asked) -> Json:
    """What is wrong with a formula, with remedies of one click; its type when nothing is."""
    place, scope, text = _read(asked)
    found = editor.problems(text, scope, expect=place.expect, language=asked.language)
    formula = compile_formula(text, scope, expect=place.expect).formula if not found else None
    return {
        "diagnostics": [
            {
                "code": each.diagnostic.code,
                "message": each.diagnostic.text(asked.language),
                "severity": each.diagnostic.severity,
                **_span(each.diagnostic.span),
                "fixes": [
                    {"title": r.title, **_span(r.span), "replacement": r.replacement}
                    for r in each.remedies
                ],
            }
            for each in found
        ],
        "type": None if formula is None else _type(formula.type),
        "canonical": None if formula is None else formula.canonical,
        "names": [
            {**_span(mark.span), "kind": mark.kind} for mark in editor_names.marks(text, scope)
        ],
    }


@routes.post("/formulas/names", body=payloads.FormulaPath, answer="FormulaNames")
@signed_in
def names(asked: Asked) -> Json:
    """The fields and functions a formula may use, to look through; behind a path its fields."""
    path = asked.body.get("path", "")
    with asked.reading() as ctx:
        scope = formulas.scope_of(ctx, _place(asked.body))
    listed = editor_names.fields(scope, path=path, language=asked.language)
    known = () if path else editor_names.functions(scope, language=asked.language)
    return {
        "fields": [asdict(each) for each in listed],
        "functions": [asdict(each) for each in known],
    }


@routes.post("/formulas/completions", body=payloads.FormulaPlace, answer="FormulaCompletions")
@signed_in
def completions(asked: Asked) -> Json:
    """What may be typed at an offset, best first, and the part of the text it replaces."""
    _, scope, text = _read(asked)
    found = complete(text, asked.body["at"], scope, language=asked.language)
    return {
        **_span(found.span),
        "items": [
            {"label": i.label, "kind": i.kind, "text": i.text, "detail": i.detail, "doc": i.doc}
            for i in found.items
        ],
    }


@routes.post("/formulas/hover", body=payloads.FormulaPlace, answer="FormulaHover")
@signed_in
def hover(asked: Asked) -> Json:
    """What stands at an offset: a field, a function or a literal."""
    _, scope, text = _read(asked)
    found = editor.hover(text, asked.body["at"], scope, language=asked.language)
    if found is None:
        return {"found": None}
    examples = [{"formula": each.formula, "result": each.result} for each in found.examples]
    return {
        "found": {
            **_span(found.span),
            "kind": found.kind,
            "title": found.title,
            "detail": found.detail,
            "doc": found.doc,
            "examples": examples,
        }
    }


@routes.post("/formulas/rename", body=payloads.FormulaRename, answer="FormulaEdits")
@signed_in
def rename(asked: Asked) -> Json:
    """The text with another name for the field at an offset; nothing else is changed."""
    _, scope, text = _read(asked)
    found = editor.field_at(text, asked.body["at"], scope)
    edits = () if found is None else editor.rename(text, scope, found, new=asked.body["new"])
    return {
        "text": editor.apply_edits(text, edits),
        "edits": [{**_span(each.span), "replacement": each.replacement} for each in edits],
    }


@routes.post("/formulas/format", body=payloads.FormulaFormat, answer="FormulaFormatted")
@signed_in
def format_formula(asked: Asked) -> Json:
    """The formula in canonical spacing, with names as typed, keys or labels."""
    _, scope, text = _read(asked)
    names = asked.body.get("names", "typed")
    return {"text": editor.format_text(text, scope, names=names, language=asked.language)}


@routes.post("/formulas/value", body=payloads.FormulaSample, answer="FormulaValue")
@signed_in
def value(asked: Asked) -> Json:
    """The value on a record the reader may see, with the value of every part."""
    body = asked.body
    sample = Sample(*(body.get(key) for key in ("record", "metric", "value", "target", "period")))
    with asked.reading() as ctx:
        tried = formulas.try_on(ctx, _place(body), body["text"], sample)
    told = tried.explained
    return {
        "value": _shown(told.value, tried.formula.type, tried=tried, language=asked.language),
        "type": _type(tried.formula.type),
        "reason": told.reason,
        "record": tried.uid,
        "period": tried.period,
        "tree": _tree(told.tree, tried=tried, language=asked.language),
    }


@routes.post("/formulas/dependencies", body=payloads.FormulaText, answer="FormulaDependencies")
@signed_in
def dependencies(asked: Asked) -> Json:
    """What a formula reads, computed fields written out, and where it can run."""
    with asked.reading() as ctx:
        formula, reach = formulas.where_it_runs(ctx, _place(asked.body), asked.body["text"])
    return {
        **_needs(formula.needs),
        "params": sorted(formula.needs.params),
        "runs": {
            "sqlite": reach.sqlite,
            "postgresql": reach.postgresql,
            "browser": reach.browser,
            "server_only": reach.server_only,
            "prevented_by": list(reach.prevented_by),
        },
    }


# --- reading and writing --------------------------------------------------------------------
def _place(body: Mapping[str, Any]) -> Place:
    return Place(
        body["entity"],
        body.get("scope", "row"),
        condition=body.get("condition", False),
        grain=body.get("grain", "week"),
        metric=body.get("metric"),
    )


def _read(asked: Asked) -> tuple[Place, RowScope, str]:
    place = _place(asked.body)
    with asked.reading() as ctx:
        return place, formulas.scope_of(ctx, place), asked.body["text"]


def _span(span: Span | None) -> Json:
    return {"start": None, "end": None} if span is None else {"start": span.start, "end": span.end}


def _type(kind: Type) -> Json:
    described: Json = {"name": ir.type_name(kind)}
    match kind:
        case t.Number(scale=scale, unit=unit):
            described |= {"scale": scale, "unit": unit}
        case t.Reference(entity=entity) | t.Rows(entity=entity):
            described |= {"entity": entity}
        case _:
            pass
    return described


def _shown(value: Raw, kind: Type, *, tried: Tried, language: Language) -> str | bool | None:
    if isinstance(kind, t.Choice):
        return _label(value, kind, language)
    if isinstance(kind, t.Reference):  # never the id inside the house
        return tried.shown.get((kind.entity, value)) if isinstance(value, int) else None
    return value if isinstance(value, bool) else format_value(value, kind)


def _label(value: Raw, kind: t.Choice, language: Language) -> str | None:
    """What people call an option; one that is gone keeps its key."""
    labels = dict(kind.options).get(str(value), ())
    if not labels:
        return None if value is None else str(value)
    return labels[0] if language == "zh-CN" else labels[-1]


def _tree(node: Node, *, tried: Tried, language: Language) -> Json:
    return {
        "text": node.text,
        **_span(node.span),
        "value": _shown(node.value, node.type, tried=tried, language=language),
        "type": ir.type_name(node.type),
        "reason": node.reason,
        "evaluated": node.evaluated,
        "children": [_tree(child, tried=tried, language=language) for child in node.children],
    }


def _needs(needs: Needs) -> Json:
    paths = [path for path in needs.paths if not path.startswith("@")]
    return {"paths": paths, "rows": {path: _needs(inside) for path, inside in needs.rows.items()}}
