"""Read the values of a record from JSON and write them back; references are uids outside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from builder.fields import FIELD_TYPES, Problem
from builder.model.entity import VALUE
from dsl.diagnostics import Diagnostic
from dsl.values import format_value
from runtime.anywhere import within_reach
from runtime.decide.forms import Cell, named, pointer_to
from runtime.errors import Invalid
from runtime.files import FILES
from runtime.lookups import files_there, readable_ids, uids_of
from runtime.org import is_known, masks_of, unwritable_of

if TYPE_CHECKING:
    from builder.json_text import Json
    from builder.model.entity import Entity, Field
    from builder.model.others import ActionRight
    from dsl.types import Raw
    from runtime.context import Context

Path = tuple[str | int, ...]
POINTING = frozenset({"reference", "person", "department"})
MAX_ROWS = 500


def target_of(item: Field) -> str | None:
    """The entity a field points to."""
    return item.type if item.type in ("person", "department") else item.entity


@dataclass(slots=True)
class _Reading:
    """What is known while a record is read."""

    ctx: Context
    action: ActionRight | None
    problems: list[Diagnostic] = field(default_factory=list)
    pointers: list[tuple[Field, Path, dict[str, Cell]]] = field(default_factory=list)
    files: list[tuple[Field, Path, str]] = field(default_factory=list)
    anywhere: list[tuple[Field, Path, str]] = field(default_factory=list)


def parse(
    ctx: Context,
    entity: Entity,
    values: Mapping[str, object],
    *,
    action: ActionRight | None = None,
) -> dict[str, Cell]:
    """The raw values of a record that came as JSON, of the fields the actor may write.

    Without an action the right was settled by the caller (a task, a pack).


    Raises:
        Invalid: with one problem per field that can not be read.
    """
    reading = _Reading(ctx, action)
    row = _parse_row(reading, entity, values, path=())
    _resolve(reading)
    if reading.problems:
        raise Invalid(*reading.problems)
    return row


def _parse_row(
    reading: _Reading,
    entity: Entity,
    values: Mapping[str, object],
    *,
    path: Path,
) -> dict[str, Cell]:
    ctx, action = reading.ctx, reading.action
    barred = frozenset() if action is None else unwritable_of(ctx, entity.name, action)
    row: dict[str, Cell] = {}
    for key, value in values.items():
        here = (*path, key)
        item = entity.field(key)
        if item is None or (key in barred and not is_known(ctx, entity.name, key)):
            _add(reading, Diagnostic("RUN102", {"field": key[:80]}), here)
        elif key in barred:
            _add(reading, Diagnostic("RUN216", named(item)), here)
        elif not item.is_filled or item.hidden:
            _add(reading, Diagnostic("RUN103", {"field": key}), here)
        elif item.type == "child_table":
            row[key] = _parse_children(reading, item, value, path=here)
        elif item.listed is not None:
            row[key] = _parse_list(reading, item, value, path=here)
        else:
            row[key] = _parse_value(reading, item, value, path=here)
            if item.type in POINTING and row[key] is not None:
                reading.pointers.append((item, here, row))
    return row


def _parse_list(
    reading: _Reading, item: Field, value: object, *, path: Path
) -> list[dict[str, Raw]]:
    """The values of a list as rows of its implied entity, each value once."""
    given = [] if value is None else value
    if not isinstance(given, list):
        _add(reading, Diagnostic("RUN106", named(item)), path)
        return []
    low, high = int(item.min or 0), min(int(item.max or MAX_ROWS), MAX_ROWS)
    if len(given) > high:
        _add(reading, Diagnostic("RUN107", {**named(item), "limit": str(high)}), path)
        return []
    if given and len(given) < low:
        _add(reading, Diagnostic("RUN110", {**named(item), "limit": str(low)}), path)
    held = reading.ctx.catalog.entity(item.listed or "")
    rows = []
    for number, one in enumerate(given):
        row = _parse_row(reading, held, {VALUE: one}, path=(*path, number))
        if row[VALUE] is not None and row not in rows:
            rows.append(row)
    return cast("list[dict[str, Raw]]", rows)


def _parse_value(reading: _Reading, item: Field, value: object, *, path: Path) -> Raw:
    parsed = FIELD_TYPES[item.type].parse(item, cast("Json", value))
    if isinstance(parsed, Problem):
        _add(reading, Diagnostic(parsed.code, {**named(item), **parsed.args}), path)
        return None
    if item.type in FILES and isinstance(parsed, str):
        reading.files.append((item, path, parsed))
    if item.type == "any_reference" and isinstance(parsed, str):
        reading.anywhere.append((item, path, parsed))
    return parsed


def _parse_children(
    reading: _Reading, item: Field, value: object, *, path: Path
) -> list[dict[str, Raw]]:
    if value is None:
        return []
    is_rows = isinstance(value, list) and all(isinstance(row, Mapping) for row in value)
    if not is_rows:
        _add(reading, Diagnostic("RUN106", named(item)), path)
        return []
    rows = cast("list[Mapping[str, object]]", value)
    if len(rows) > MAX_ROWS:
        _add(reading, Diagnostic("RUN107", {**named(item), "limit": str(MAX_ROWS)}), path)
        return []
    child = reading.ctx.catalog.entity(item.entity or "")
    parsed = []
    for number, row in enumerate(rows):
        here = (*path, number)
        read = _parse_row(reading, child, row, path=here)
        parsed.append(cast("dict[str, Raw]", read))
    return parsed


def _add(reading: _Reading, problem: Diagnostic, path: Path) -> None:
    reading.problems.append(problem.at(pointer=pointer_to(*path)))


def _resolve(reading: _Reading) -> None:
    """Turn uids into row ids, one look-up per entity; what can not be read is not there."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for item, _, row in reading.pointers:
        wanted[target_of(item) or ""].add(str(row[item.key]))
    known = {name: readable_ids(reading.ctx, name, sorted(uids)) for name, uids in wanted.items()}
    for item, path, row in reading.pointers:
        found = known[target_of(item) or ""].get(str(row[item.key]))
        if found is None:
            _add(reading, Diagnostic("RUN104", named(item)), path)
        row[item.key] = found
    reached = within_reach(reading.ctx, [pointer for _, _, pointer in reading.anywhere])
    for item, path, pointer in reading.anywhere:
        if pointer not in reached:
            _add(reading, Diagnostic("RUN104", named(item)), path)
    there = files_there(reading.ctx, [uid for _, _, uid in reading.files])
    for item, path, uid in reading.files:
        if uid not in there:
            _add(reading, Diagnostic("RUN105", named(item)), path)


def dump_rows(
    ctx: Context, entity: Entity, rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The field values of records as JSON: masks where the actor sees no more than that.

    Fields a row does not hold are left out.
    """
    pointed: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        for item in entity.fields:
            if item.type in POINTING and isinstance(row.get(item.key), int):
                pointed[target_of(item) or ""].add(row[item.key])
    uids = {name: uids_of(ctx, name, sorted(ids)) for name, ids in pointed.items()}
    writers = [(item.key, _writer(ctx, entity, item, uids)) for item in entity.fields]
    masks = masks_of(ctx, entity.name).items()
    return [
        {key: write(row[key]) for key, write in writers if key in row}
        | {key: mask.of(row.get(key)) for key, mask in masks}
        for row in rows
    ]


def _writer(
    ctx: Context, entity: Entity, item: Field, uids: Mapping[str, Mapping[int, str]]
) -> Callable[[Any], object]:
    """How values of a field become JSON; decided once for all rows."""
    if item.type in POINTING:
        return uids.get(target_of(item) or "", {}).get
    if item.rows is not None:
        below, is_list = ctx.catalog.entity(item.rows), item.listed is not None

        def rows_of(value: Sequence[Mapping[str, Any]] | None) -> object:
            found = dump_rows(ctx, below, value or ())
            return [each[VALUE] for each in found] if is_list else found

        return rows_of
    return partial(dump_value, ctx, entity, item)


def dump_value(ctx: Context, entity: Entity, item: Field, value: Raw) -> object:
    """One value as JSON."""
    if item.formula is None:
        return FIELD_TYPES[item.type].dump(item, value)
    if value is None or isinstance(value, bool | str):
        return value
    return format_value(value, ctx.catalog.field_type(entity.name, item.key))
