"""Turn the rows of a stream into records and rejects; pure, exact, row by row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, cast

import jmespath
from jmespath.exceptions import JMESPathError

from builder.fields import FIELD_TYPES
from builder.fields.base import Problem
from builder.model.entity import Entity, Field
from dsl.diagnostics import Diagnostic, register_messages
from runtime.decide.conversions import Unconvertible, convert, plain, shown

if TYPE_CHECKING:
    from typing import TypeAlias

    from jmespath.parser import ParsedResult

    from builder.json_text import Json
    from builder.model.others import FieldMapping, StreamMapping
    from dsl.types import Raw

    ChildRow: TypeAlias = Mapping[str, Raw]
    Cell: TypeAlias = Raw | tuple[ChildRow, ...]
    Record: TypeAlias = Mapping[str, Cell]

Row = Mapping[str, Any]
Entities = Callable[[str], Entity]
BY_UID = "uid"
CHILD_TABLE = "child_table"
POINTING = frozenset({"reference", "person", "department"})
TEXTUAL = frozenset({"text", "long_text"})
RAW_LIMIT = 65_536
LONGEST_KEY = 400

register_messages(
    {
        "MAP101": (
            "“{label}”：“{value}”不符合转换 {convert}",
            "{label_en}: '{value}' does not fit the conversion {convert}",
        ),
        "MAP102": (
            "“{label}”：找不到 {by} 为“{value}”的记录",
            "{label_en}: no record whose {by} is '{value}'",
        ),
        "MAP103": ("主键“{label}”为空", "the key {label_en} is empty"),
        "MAP104": (
            "来源字段 {path} 的类型从 {old} 变为 {new}",
            "the source's {path} changed its type from {old} to {new}",
        ),
        "MAP105": ("来源不再提供 {path}", "the source no longer has {path}"),
        "MAP106": (
            "与已存的日志记录不同，日志不能修改",
            "differs from the stored entry of a log, which can not change",
        ),
        "MAP107": (
            "没有这条记录，而此数据流不提供新建所需的“{label}”",
            "there is no such record, and this stream has no {label_en} to make one",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that can not be stored, and why."""

    place: int  # in the batch
    key: str
    raw: str
    problem: Diagnostic


@dataclass(frozen=True, slots=True)
class LookUp:
    """Business keys to be found in bulk: field -> records of `entity` by the field `by`."""

    field: str
    entity: str
    by: str
    values: frozenset[Raw]


@dataclass(frozen=True, slots=True)
class Mapped:
    """The records of a batch; `places` says which row each came from."""

    records: tuple[Record, ...]
    places: tuple[int, ...]
    rejects: tuple[Reject, ...]


def look_ups(
    mapping: StreamMapping, entity: Entity, rows: Sequence[Row], *, entities: Entities
) -> tuple[LookUp, ...]:
    """What has to be found before the rows can be mapped."""
    found: list[LookUp] = []
    for item in mapping.fields:
        target = _field(entity, item.target)
        if target.type not in POINTING:
            continue
        pointed = target.entity or target.type
        known = entities(pointed)
        column = _Column(item, target, partial(_key_or_none, item, pointed=known))
        values = {column.cell(row) for row in rows} - {None}
        by = item.lookup or BY_UID
        found.append(LookUp(item.target, pointed, by, cast("frozenset[Raw]", frozenset(values))))
    return tuple(found)


def map_rows(
    mapping: StreamMapping,
    entity: Entity,
    rows: Sequence[Row],
    *,
    entities: Entities,
    found: Mapping[str, Mapping[Raw, int]],
) -> Mapped:
    """The records of these rows; `found` gives the ids of each look-up's business keys."""
    records: list[Record] = []
    places: list[int] = []
    rejects: list[Reject] = []
    columns = [_column(item, entity, entities, found) for item in mapping.fields]
    for place, row in enumerate(rows):
        mapped = _record(mapping, columns, row)
        if isinstance(mapped, Diagnostic):
            key = _reject_key(mapping, entity, row)
            rejects.append(Reject(place, key, raw_of(row), mapped))
        else:
            records.append(mapped)
            places.append(place)
    return Mapped(tuple(records), tuple(places), tuple(rejects))


def key_of(mapping: StreamMapping, row: Row) -> str:
    """What identifies a rejected row: the source values of its key, or the whole row."""
    sources = {item.target: item.source for item in mapping.fields}
    values = [_at(sources[key], row) for key in mapping.key if key in sources]
    if not values or any(value is None for value in values):
        return identity_of(raw_of(row))
    return identity_of(json.dumps(values, default=str, ensure_ascii=False))


def identity_of(text: str) -> str:
    """A text that fits into a key; two long ones that begin alike stay two."""
    if len(text) <= LONGEST_KEY:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{text[: LONGEST_KEY - len(digest) - 1]}…{digest}"


def raw_of(row: object) -> str:
    """A row as text, for the list of rejects."""
    return json.dumps(row, default=str, ensure_ascii=False, sort_keys=True)[:RAW_LIMIT]


def _reject_key(mapping: StreamMapping, entity: Entity, row: Row) -> str:
    """The key of a row put aside; the whole row when its key is spoiled: two such rows are two."""
    for item in mapping.fields:
        if item.target not in mapping.key:
            continue
        target = _field(entity, item.target)
        given = _given(item, row)
        if target.type in POINTING or given is None:
            continue
        if isinstance(_value(item, target, given), Diagnostic):
            return identity_of(raw_of(row))
    return key_of(mapping, row)


def labels_of(item: Field) -> dict[str, str]:
    """What messages call a field."""
    label = item.label
    return {"label": label.get("zh-CN", item.key), "label_en": label.get("en", item.key)}


@dataclass(frozen=True, slots=True)
class _Column:
    """A mapped field, and how the batch's values of it are read: the same text only once."""

    item: FieldMapping
    target: Field
    read: Callable[[object], Cell | Diagnostic]
    known: dict[str, Cell | Diagnostic] = field(default_factory=dict)

    def cell(self, row: Row) -> Cell | Diagnostic:
        """The value of a row."""
        given = _given(self.item, row)
        if given is None:
            return None
        if not isinstance(given, str):
            return self.read(given)
        if given not in self.known:
            self.known[given] = self.read(given)
        return self.known[given]


def _column(
    item: FieldMapping,
    entity: Entity,
    entities: Entities,
    found: Mapping[str, Mapping[Raw, int]],
) -> _Column:
    target = _field(entity, item.target)
    if target.type in POINTING:
        pointed = entities(target.entity or target.type)
        hits = found.get(item.target, {})
        return _Column(item, target, partial(_pointed, item, target, pointed=pointed, hits=hits))
    if target.type == CHILD_TABLE:
        return _Column(item, target, partial(_rows, target, child=entities(target.entity or "")))
    return _Column(item, target, partial(_value, item, target))


def _record(mapping: StreamMapping, columns: Sequence[_Column], row: Row) -> Record | Diagnostic:
    record: dict[str, Cell] = {}
    for column in columns:
        value, target = column.cell(row), column.target
        if isinstance(value, Diagnostic):
            return value.at(pointer=f"/{target.key}")
        if value is None and (target.required or target.key in mapping.key):
            code = "MAP103" if target.key in mapping.key else "BLD401"
            return Diagnostic(code, labels_of(target), pointer=f"/{target.key}")
        record[target.key] = value
    return record


def _rows(target: Field, given: object, *, child: Entity) -> tuple[ChildRow, ...] | Diagnostic:
    """A list of objects becomes the rows of a child table; names are the child's field keys."""
    if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
        return Diagnostic(
            "MAP101",
            {**labels_of(target), "value": shown(given), "convert": "rows of a child table"},
        )
    rows: list[ChildRow] = []
    for each in given:
        cells: dict[str, Raw] = {}
        for cell in child.fields:
            value = None if each.get(cell.key) is None else _parsed(cell, plain(each[cell.key]))
            if isinstance(value, Diagnostic):
                return value
            if value is None and cell.required:
                return Diagnostic("BLD401", labels_of(cell))
            cells[cell.key] = value
        rows.append(cells)
    return tuple(rows)


def _value(item: FieldMapping, target: Field, given: object) -> Raw | Diagnostic:
    try:
        value = convert(given, item)
    except Unconvertible:
        args = {"value": shown(given), "convert": item.convert or "text"}
        return Diagnostic("MAP101", {**labels_of(target), **args})
    return _parsed(target, value)


def _parsed(target: Field, value: object) -> Raw | Diagnostic:
    kind = FIELD_TYPES[target.type]
    if target.type in TEXTUAL and isinstance(value, bool):
        value = "true" if value else "false"
    elif not isinstance(value, str) and isinstance(value, list | Mapping):
        value = json.dumps(value, default=str, ensure_ascii=False)
    parsed = kind.parse(target, cast("Json", value))
    if isinstance(parsed, Problem):
        return Diagnostic(parsed.code, {**labels_of(target), **parsed.args})
    return parsed


def _pointed(
    item: FieldMapping, target: Field, given: object, *, pointed: Entity, hits: Mapping[Raw, int]
) -> Raw | Diagnostic:
    try:
        key = _key_value(item, given, pointed=pointed)
    except Unconvertible:
        key, hit = shown(given), None
    else:
        if key is None:
            return None
        hit = hits.get(key)
    if hit is None:
        by = item.lookup or BY_UID
        return Diagnostic("MAP102", {**labels_of(target), "by": by, "value": shown(key)})
    return hit


def _key_or_none(item: FieldMapping, given: object, *, pointed: Entity) -> Raw:
    try:
        return _key_value(item, given, pointed=pointed)
    except Unconvertible:
        return None  # told when the row is mapped


def _key_value(item: FieldMapping, given: object, *, pointed: Entity) -> Raw:
    value = convert(given, item)
    if item.lookup is None:
        return value if isinstance(value, str) else None
    parsed = _parsed(_field(pointed, item.lookup), value)
    if isinstance(parsed, Diagnostic):
        raise Unconvertible
    return parsed


def _given(item: FieldMapping, row: Row) -> object:
    value = _at(item.source, row)
    if value is None or (isinstance(value, str) and not value.strip()):
        return item.default
    return value


def _at(source: str, row: Row) -> object:
    if source in row:
        return row[source]  # the common case, and columns with odd names
    try:
        return _compiled(source).search(row)
    except JMESPathError:
        return None


@lru_cache(maxsize=4_096)
def _compiled(source: str) -> ParsedResult:
    return jmespath.compile(source)


def _field(entity: Entity, key: str) -> Field:
    found = entity.field(key)
    if found is None:
        raise KeyError(f"{entity.name}.{key}")
    return found
