"""What XLSForm and our forms share: the sheets, the types, and what could not be converted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dsl.diagnostics import Diagnostic

Row = Mapping[str, str]
SHEETS = ("survey", "choices", "settings")
# a type of a row -> a type of a field; what the row says more goes by its appearance
TYPES: Mapping[str, str] = {
    "text": "text", "integer": "integer", "decimal": "decimal", "date": "date",
    "datetime": "datetime", "geopoint": "location", "image": "image", "photo": "image",
    "file": "file", "calculate": "formula", "select_one": "choice",
    "select_multiple": "multi_choice", "acknowledge": "boolean", "trigger": "boolean",
}  # fmt: skip
APPEARANCES: Mapping[tuple[str, str], str] = {
    ("text", "multiline"): "long_text", ("image", "signature"): "signature",
}  # fmt: skip
# types of rows and of fields that are taken for a near one, which is told
NEAR: Mapping[str, str] = {"barcode": "text", "audio": "file", "video": "file", "note": ""}


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in a workbook, numbered as Excel does."""

    sheet: str
    row: int
    column: str


def left_out(code: str, cell: Cell, value: str, **more: str) -> Diagnostic:
    """Something that was not converted, with its place and what stands there."""
    args = {"sheet": cell.sheet, "row": str(cell.row), "column": cell.column, "value": value[:120]}
    pointer = f"/{cell.sheet}/{cell.row}/{cell.column}"
    return Diagnostic(code, {**args, **more}, pointer=pointer, severity="warning")


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets of a workbook; a row is its cells by title, blank ones left out."""

    survey: Sequence[Row]
    choices: Sequence[Row] = ()
    settings: Sequence[Row] = ()
