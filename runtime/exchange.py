"""Tables as files: read and write Excel and CSV; a cell is text, with the kind of its column."""

from __future__ import annotations

import codecs
import csv
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

from dsl.diagnostics import Diagnostic
from runtime.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Kind = Literal["text", "number", "date", "datetime"]
Format = Literal["xlsx", "csv"]
Row = Sequence[str | None]
Value = str | int | Decimal | date | datetime | None
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES: Mapping[str, str] = {"xlsx": XLSX_TYPE, "csv": "text/csv"}
# What a spreadsheet takes for the beginning of a formula, also as a full-width sign.
_FORMULA = re.compile("^[\\s\u200b\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20\u2212]|^[\t\r\n]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # not XML
MAX_ROWS, MAX_COLUMNS = 100_000, 300
MAX_UNPACKED, MAX_PARTS = 400 * 2**20, 2_000
MAX_CELL = 32_767  # of Excel
FIRST_YEAR = 1900  # of Excel's calendar
EXACT_DIGITS = 15  # a spreadsheet keeps no more of a number


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table on its way out."""

    title: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table on its way in: the titles of the first row, and the rows below it as text."""

    titles: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    names: tuple[str, ...] = ()  # of the sheets there are


# --- out ----------------------------------------------------------------------------------
def write_table(columns: Sequence[Column], rows: Iterable[Row], how: Format) -> bytes:
    """A table as a file."""
    return _write_xlsx(columns, rows) if how == "xlsx" else write_csv(columns, rows)


def write_csv(columns: Sequence[Column], rows: Iterable[Row], *, bom: str = "\ufeff") -> bytes:
    """UTF-8; the mark in front makes Excel see that it is."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([harmless(column.title) for column in columns])
    are_text = [column.kind == "text" for column in columns]
    for row in rows:
        writer.writerow(
            [harmless(c) if t and c else c or "" for c, t in zip(row, are_text, strict=True)]
        )
    return (bom + out.getvalue()).encode()


def _write_xlsx(columns: Sequence[Column], rows: Iterable[Row]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("1")
    sheet.freeze_panes = "A2"
    sheet.append([harmless(column.title) for column in columns])
    readers = [_VALUES[column.kind] for column in columns]
    for row in rows:
        cells: list[Any] = []
        for cell, reader in zip(row, readers, strict=True):
            value = None if cell is None else reader(cell)
            if isinstance(value, str) and value[:1] in "=#":  # else openpyxl takes it for one
                kept = WriteOnlyCell(sheet, value=value)
                kept.data_type = "s"
                cells.append(kept)
            else:
                cells.append(value)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write_sheets(sheets: Mapping[str, Sequence[Mapping[str, str]]]) -> bytes:
    """Several sheets of texts, each row by title; no cell of them is taken for a formula."""
    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        titles = list(dict.fromkeys(title for row in rows for title in row))
        for row in ({title: title for title in titles}, *rows):
            cells = [WriteOnlyCell(sheet, _ILLEGAL.sub("", row.get(t, ""))) for t in titles]
            for cell in cells:
                cell.data_type = "s"  # whatever it begins with
            sheet.append(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: the apostrophe says it is text."""
    clean = _ILLEGAL.sub("", text)[: MAX_CELL - 1]
    return f"'{clean}" if _FORMULA.match(clean) else clean


def _number(text: str) -> Value:
    exact = sum(sign.isdigit() for sign in text) <= EXACT_DIGITS
    return Decimal(text) if exact else text


def _moment(value: date, text: str) -> Value:
    return value if value.year >= FIRST_YEAR else text


_VALUES: Mapping[Kind, Callable[[str], Value]] = {
    "text": harmless,
    "number": _number,
    "date": lambda text: _moment(date.fromisoformat(text), text),
    "datetime": lambda text: _moment(datetime.fromisoformat(text), text),
}


# --- in -----------------------------------------------------------------------------------
def read_table(name: str, content: bytes, *, sheet: str | None = None) -> Sheet:
    """The table of a file.

    Raises:
        Invalid: it is no such file, has no titles, or is too large.
    """
    if name.lower().endswith(".xlsx"):
        titles, rows, names = _read_xlsx(content, sheet)
    else:
        titles, rows, names = _read_csv(content)
    if not any(titles):
        raise Invalid(Diagnostic("RUN232", pointer="/file"))
    twice = next((t for n, t in enumerate(titles) if t and t in titles[:n]), None)
    if twice is not None:
        raise Invalid(Diagnostic("RUN233", {"title": twice[:60]}, pointer="/file"))
    return Sheet(tuple(titles), tuple(rows), tuple(names))


Read = tuple[list[str], list[tuple[str | None, ...]], list[str]]


def _read_xlsx(content: bytes, wanted: str | None) -> Read:
    _check_archive(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions we do not read
        try:
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            names = list(book.sheetnames)
            found = book[wanted] if wanted in names else book.worksheets[0]
            titles, rows = _table(found.iter_rows(values_only=True))
        except Invalid:
            raise
        except Exception as error:  # openpyxl raises what the parts of a broken file raise
            raise Invalid(Diagnostic("RUN231", pointer="/file")) from error
    return titles, rows, names


def _check_archive(content: bytes) -> None:
    """A small file may unpack to a large one."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Invalid(Diagnostic("RUN231", pointer="/file")) from error
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise _too_large()


def _read_csv(content: bytes) -> Read:
    text = _decoded(content)
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        titles, rows = _table(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Invalid(Diagnostic("RUN231", pointer="/file")) from error
    return titles, rows, []


def _decoded(content: bytes) -> str:
    """UTF-8, or what Chinese spreadsheets write."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.removeprefix(codecs.BOM_UTF8).decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(Diagnostic("RUN231", pointer="/file"))


def _table(given: Iterable[Sequence[object]]) -> tuple[list[str], list[tuple[str | None, ...]]]:
    lines = iter(given)
    titles = [_text(cell) or "" for cell in next(lines, ())]
    while titles and not titles[-1]:
        titles.pop()
    if len(titles) > MAX_COLUMNS:
        raise _too_large()
    return titles, list(_rows(lines, len(titles)))


def _rows(lines: Iterator[Sequence[object]], width: int) -> Iterator[tuple[str | None, ...]]:
    for count, line in enumerate(lines):
        if count >= MAX_ROWS:
            raise _too_large()
        cells = [_text(cell) for cell in line[:width]]
        yield tuple(cells + [None] * (width - len(cells)))


def _text(cell: object) -> str | None:
    """A cell as a person would read it."""
    match cell:
        case None:
            return None
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
        case datetime():
            plain = cell.time() == time() and cell.tzinfo is None
            return cell.date().isoformat() if plain else cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case _:
            text = str(cell).strip()
            escaped = text.startswith("'") and _FORMULA.match(text[1:])
            return (text[1:] if escaped else text) or None


def _too_large() -> Invalid:
    limits = {"rows": str(MAX_ROWS), "columns": str(MAX_COLUMNS)}
    return Invalid(Diagnostic("RUN234", limits, pointer="/file"))
