"""Hand a formula to the browser: the IR as JSON, interpreted there without eval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import ir

if TYPE_CHECKING:
    from dsl.formula import Formula
    from dsl.ir import Json

VERSION = 1


def to_json(formula: Formula) -> Json:
    """The formula as JSON: integers are decimal strings, so that no digit is lost on the way.

    `{"v": 1, "hash", "type", "ir", "needs": {"paths", "rows", "params"}}`; the nodes are those of
    `dsl.ir.to_json`, the operations those of the table in `dsl.backends.sql` plus `pow` and the
    folds `avg` (sum / count with 8 decimals) and `interpolate`.
    """
    return {
        "v": VERSION,
        "hash": formula.hash,
        "type": ir.type_to_json(formula.type),
        "ir": ir.to_json(formula.ir),
        "needs": _needs(formula),
    }


def _needs(formula: Formula) -> Json:
    rows: dict[str, Json] = {path: [*inner.paths] for path, inner in formula.needs.rows.items()}
    params: list[Json] = [*sorted(formula.needs.params)]
    return {"paths": [*formula.needs.paths], "rows": rows, "params": params}
