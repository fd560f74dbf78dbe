"""Read the cells of a table as values of fields: references by what people call records."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from builder.fields import FIELD_TYPES, Problem
from builder.fields.any_reference import pointer_to as pointer_of_record
from builder.model.entity import VALUE
from dsl.diagnostics import Diagnostic
from dsl.values import format_datetime, parse_datetime
from runtime.decide.forms import named, pointer_to
from runtime.lookups import POINTING, read, uids_of
from runtime.natural import natural_keys
from runtime.values import MAX_ROWS, target_of
from store.conditions import Test
from store.errors import HiddenFieldError
from store.query import Query

if TYPE_CHECKING:
    from builder.json_text import Json
    from builder.model.entity import Field
    from dsl.types import Raw
    from runtime.context import Context
    from runtime.decide.forms import Cell

Cells = Sequence[str | None]
YES = frozenset({"true", "yes", "y", "1", "是", "√", "✓", "对", "有"})
NO = frozenset({"false", "no", "n", "0", "否", "×", "✗", "错", "无"})
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_BETWEEN = re.compile("[、,，;；\\n]")
_KIND = re.compile(r"\s*[:：/]\s*")
_WIDE = str.maketrans("０１２３４５６７８９．，－＋％", "0123456789.,-+%")


def read_columns(
    ctx: Context, columns: Mapping[str, Cells], fields: Mapping[str, Field]
) -> tuple[list[dict[str, Cell]], list[list[Diagnostic]]]:
    """The values of the rows by field, and by row what is wrong; one look-up per reference."""
    count = len(next(iter(columns.values()), ()))
    rows: list[dict[str, Cell]] = [{} for _ in range(count)]
    problems: list[list[Diagnostic]] = [[] for _ in range(count)]
    for key, cells in columns.items():
        item = fields[key]
        for n, found in enumerate(_values(ctx, item, cells)):
            if isinstance(found, Diagnostic):
                problems[n].append(found)
            else:
                rows[n][key] = found
    return rows, problems


def _values(ctx: Context, item: Field, cells: Cells) -> Sequence[Cell | Diagnostic]:
    if item.listed is not None:
        return _lists(ctx, item, cells)
    if item.type in POINTING:
        return _references(ctx, item, cells)
    if item.entities:
        return _anywhere(ctx, item, cells)
    return [_value(ctx, item, cell) for cell in cells]


def _lists(ctx: Context, item: Field, cells: Cells) -> list[Cell | Diagnostic]:
    """The values of lists as rows of their implied entity; a cell holds them side by side."""
    parts = [_parts(cell) for cell in cells]
    (held,) = ctx.catalog.entity(item.listed or "").fields
    texts = list(dict.fromkeys(text for each in parts for text in each))
    if held.type in POINTING:
        read_ = _references(ctx, replace(held, key=item.key, label=item.label), texts)
    else:
        read_ = [_value(ctx, replace(held, key=item.key, label=item.label), each) for each in texts]
    known = dict(zip(texts, read_, strict=True))
    high = min(int(item.max or MAX_ROWS), MAX_ROWS)
    found: list[Cell | Diagnostic] = []
    for each in parts:
        values = [known[text] for text in each]
        wrong = [value for value in values if isinstance(value, Diagnostic)]
        if len(values) > high:
            args = {**named(item), "limit": str(high)}
            wrong.append(Diagnostic("RUN107", args, pointer=pointer_to(item.key)))
        rows = [{VALUE: value} for value in values if not isinstance(value, Diagnostic)]
        found.append(wrong[0] if wrong else rows)
    return found


def _parts(cell: str | None) -> list[str]:
    texts = (text.strip() for text in _BETWEEN.split(cell or ""))
    return list(dict.fromkeys(text for text in texts if text))


def _value(ctx: Context, item: Field, cell: str | None) -> Raw | Diagnostic:
    if cell is None:
        return None
    written = _WRITTEN.get(item.type)
    text = cell if written is None else written(ctx, item, cell.strip())
    parsed = FIELD_TYPES[item.type].parse(item, text)
    if isinstance(parsed, Problem):
        args = {**named(item), **parsed.args}
        return Diagnostic(parsed.code, args, pointer=pointer_to(item.key))
    return parsed


# --- as people write them -------------------------------------------------------------------
def _choice(ctx: Context, item: Field, text: str) -> Json:
    del ctx
    for option in item.options:
        if text == option.id or text in option.label.values():
            return option.id
    return text


def _boolean(ctx: Context, item: Field, text: str) -> Json:
    del ctx, item
    low = text.lower()
    return True if low in YES else False if low in NO else text


def _number(ctx: Context, item: Field, text: str) -> Json:
    """Full-width digits, thousands and a percent sign are understood."""
    del ctx
    plain = text.translate(_WIDE)
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?%?", plain):
        plain = plain.replace(",", "")
    if item.type == "percent" and plain.endswith("%"):
        return _hundredth(plain[:-1].strip()) or text
    return plain


def _hundredth(text: str) -> str | None:
    """The hundredth part of a decimal text, exactly."""
    found = re.fullmatch(r"([-+]?)(\d{1,15})(?:\.(\d{0,12}))?", text)
    if found is None:
        return None
    digits = found[2].rjust(3, "0")
    return f"{found[1]}{digits[:-2]}.{digits[-2:]}{found[3] or ''}"


def _date(ctx: Context, item: Field, text: str) -> Json:
    del ctx, item
    found = _DAY.match(text.translate(_WIDE))
    rest = "" if found is None else text[found.end() :].strip(" T:0")
    if found is None or rest:
        return text
    return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"


def _datetime(ctx: Context, item: Field, text: str) -> Json:
    """Local time unless an offset is written."""
    del item
    found = _DAY.match(text.translate(_WIDE))
    if found is not None:
        clock = text[found.end() :].strip(" T") or "00:00"
        day = f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"
        text = f"{day}T{clock.rjust(5, '0') if len(clock) <= 5 else clock}"  # noqa: PLR2004 -- hh:mm
    try:
        return format_datetime(parse_datetime(text, zone=ctx.zone))
    except ValueError:
        return text


_WRITTEN: Mapping[str, Callable[[Context, Field, str], Json]] = {
    "choice": _choice,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    **dict.fromkeys(("integer", "decimal", "money", "percent"), _number),
}


def _anywhere(ctx: Context, item: Field, cells: Cells) -> list[Raw | Diagnostic]:
    """Pointers from cells like `Machine: M-01`: the kind of record before what it is called."""
    kinds = {
        word: name
        for name in item.entities
        for word in (name, name.rpartition(".")[2], *ctx.catalog.entity(name).label.values())
    }
    told = [_kind_and_text(kinds, cell) for cell in cells]
    found: list[Raw | Diagnostic] = [None] * len(cells)
    for name in {*item.entities, ""}:
        places = [n for n, one in enumerate(told) if one is not None and one[0] == name]
        texts = [one[1] for one in told if one is not None and one[0] == name]
        known, several = _called(ctx, name, texts) if name else ({}, set())
        uids = uids_of(ctx, name, sorted(known.values())) if known else {}
        for place, text in zip(places, texts, strict=True):
            code = "RUN236" if text in several else "RUN104"
            args = {**named(item), "value": text[:60]}
            found[place] = (
                pointer_of_record(name, uids[known[text]])
                if text in known
                else Diagnostic(code, args, pointer=pointer_to(item.key))
            )
    return found


def _kind_and_text(kinds: Mapping[str, str], cell: str | None) -> tuple[str, str] | None:
    """The entity a cell names ("" for none of them) and the record; None for a blank cell."""
    text = (cell or "").strip()
    if not text:
        return None
    before, after = (*_KIND.split(text, maxsplit=1), "")[:2]
    return kinds.get(before, ""), after


# --- references -----------------------------------------------------------------------------
def _references(ctx: Context, item: Field, cells: Cells) -> list[Raw | Diagnostic]:
    """Row ids of the records the cells name, among those the actor can read."""
    target = target_of(item) or ""
    texts = list(dict.fromkeys(cell.strip() for cell in cells if cell and cell.strip()))
    known, several = _called(ctx, target, texts)
    found: list[Raw | Diagnostic] = []
    for cell in cells:
        text = (cell or "").strip()
        if text in several:
            args = {**named(item), "value": text[:60]}
            found.append(Diagnostic("RUN236", args, pointer=pointer_to(item.key)))
        elif text and text not in known:
            found.append(Diagnostic("RUN104", named(item), pointer=pointer_to(item.key)))
        else:
            found.append(known.get(text))
    return found


def _called(ctx: Context, target: str, texts: Sequence[str]) -> tuple[dict[str, int], set[str]]:
    """Records by uid, by a unique field, by what they are called; and names of several."""
    if not texts:
        return {}, set()
    rows = read(ctx, Query(target, uids=texts)).rows
    known = {str(row["uid"]): int(row["id"]) for row in rows}
    several: set[str] = set()
    for key in natural_keys(ctx.catalog.entity(target)):
        missing = [text for text in texts if text not in known and text not in several]
        if not missing:
            break
        try:
            wanted = Query(target, select=(key,), match=Test(key, "in", tuple(missing)))
            rows = read(ctx, wanted).rows
        except HiddenFieldError:  # nothing is found by what the actor does not see
            continue
        mine: dict[str, int] = {}
        for row in rows:
            if str(row[key]) in mine:
                several.add(str(row[key]))
            mine[str(row[key])] = int(row["id"])
        known.update({text: id_ for text, id_ in mine.items() if text not in several})
    return known, several
