"""The shapes of answers about formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.answer_parts import (
    ANY,
    FLAG,
    INTEGER,
    MAYBE_INTEGER,
    MAYBE_TEXT,
    TEXT,
    VALUES,
    many,
    maybe,
    ref,
    thing,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.answer_parts import Shape

SPAN: dict[str, Shape] = {"start": MAYBE_INTEGER, "end": MAYBE_INTEGER}
FORMULA_TYPE = thing({"scale": INTEGER, "unit": MAYBE_TEXT, "entity": TEXT}, name=TEXT)
EXAMPLE = thing(formula=TEXT, result=MAYBE_TEXT)
EDIT = thing(**SPAN, replacement=TEXT)
FORMULAS: Mapping[str, Shape] = {
    "FormulaDiagnostics": thing(
        diagnostics=many(
            thing(
                **SPAN,
                code=TEXT,
                message=TEXT,
                severity=TEXT,
                fixes=many(thing(**SPAN, title=TEXT, replacement=TEXT)),
            )
        ),
        type=maybe(FORMULA_TYPE),
        canonical=MAYBE_TEXT,
        names=many(thing(**SPAN, kind=TEXT)),
    ),
    "FormulaNames": thing(
        fields=many(
            thing(
                key=TEXT,
                label=TEXT,
                text=TEXT,
                detail=TEXT,
                kind=TEXT,
                path=TEXT,
                words=many(TEXT),
            )
        ),
        functions=many(
            thing(
                name=TEXT,
                category=TEXT,
                signature=TEXT,
                doc=TEXT,
                where=TEXT,
                examples=many(EXAMPLE),
                words=many(TEXT),
            )
        ),
    ),
    "FormulaCompletions": thing(
        **SPAN,
        items=many(thing(label=TEXT, kind=TEXT, text=TEXT, detail=TEXT, doc=TEXT)),
    ),
    "FormulaHover": thing(
        found=maybe(
            thing(
                **SPAN,
                kind=TEXT,
                title=TEXT,
                detail=TEXT,
                doc=TEXT,
                examples=many(EXAMPLE),
            )
        )
    ),
    "FormulaEdits": thing(text=TEXT, edits=many(EDIT)),
    "FormulaFormatted": thing(text=TEXT),
    "FormulaValue": thing(
        value=ANY,
        type=FORMULA_TYPE,
        reason=MAYBE_TEXT,
        record=TEXT,
        period=MAYBE_TEXT,
        tree=ref("Calculation"),
    ),
    "FormulaDependencies": thing(
        paths=many(TEXT),
        rows=VALUES,
        params=many(TEXT),
        runs=thing(
            sqlite=FLAG, postgresql=FLAG, browser=FLAG, server_only=FLAG, prevented_by=many(TEXT)
        ),
    ),
}
