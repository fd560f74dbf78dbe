"""Read a structured filter: JSON tests of field, comparison and value, as typed conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from builder.fields import comparisons
from builder.fields.region import is_code, prefix
from builder.model.entity import VALUE
from builder.operators import COMPARISONS, HAS_ALL, HAS_ANY, HAS_NONE, NOT_WITHIN, WITHIN
from dsl import types as t
from dsl.diagnostics import Diagnostic
from dsl.values import parse_date, parse_datetime, parse_duration, parse_number
from runtime.decide.forms import in_both
from runtime.errors import Invalid
from runtime.lookups import POINTING, is_seen, readable_ids
from store.conditions import Every, HasRows, Not, Some, Test

if TYPE_CHECKING:
    from builder.model.common import Labels
    from builder.model.entity import Entity, Field
    from dsl.types import Raw
    from runtime.context import Context
    from store.conditions import Condition, Operator

MAX_TESTS = 200
MAX_VALUES = 1_000
ME = "$me"  # the person who asks, so that a shared view shows everybody their own
SYSTEM_FIELDS: Mapping[str, tuple[t.Type, Labels]] = {
    "created_at": (t.DateTime(), {"zh-CN": "创建时间", "en": "created at"}),
    "updated_at": (t.DateTime(), {"zh-CN": "更新时间", "en": "updated at"}),
    "created_by": (t.Text(), {"zh-CN": "创建人", "en": "created by"}),
    "updated_by": (t.Text(), {"zh-CN": "更新人", "en": "updated by"}),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What a path leads to, as its reader may know it."""

    path: str
    kind: t.Type
    label: Labels
    item: Field | None = None  # none: a system column

    @property
    def named(self) -> dict[str, str]:
        """Its name as an argument of a message."""
        return in_both("label", self.label, self.path)


def read_match(ctx: Context, entity: Entity, tests: Sequence[object]) -> Condition | None:
    """The condition that all the tests hold.

    Raises:
        Invalid: a test names no field the actor sees, or compares it with what it can not be.
    """
    if not tests:
        return None
    reading = _Reading(ctx, entity)
    return Every(tuple(reading.test(each, f"/match/{n}") for n, each in enumerate(tests)))


def known_path(ctx: Context, entity: Entity, path: str, *, pointer: str) -> Known:
    """The field a dotted to-one path leads to; a hidden one is as good as none."""
    *steps, last = path.split(".")
    here: Entity | None = entity
    for step in steps:
        item = _shown(ctx, here, step)
        target = None if item is None or item.type not in POINTING else item.entity or item.type
        here = None if target is None else ctx.catalog.entities.get(target)
    found = _shown(ctx, here, last)
    if here is not None and found is not None and _says_nothing_else(ctx, entity, path, found):
        return Known(path, ctx.catalog.field_type(here.name, last), found.label, found)
    if not steps and last in SYSTEM_FIELDS and not entity.system:
        kind, label = SYSTEM_FIELDS[last]
        return Known(path, kind, label)
    raise Invalid(Diagnostic("RUN102", {"field": path[:80]}, pointer=pointer))


def _says_nothing_else(ctx: Context, entity: Entity, path: str, found: Field) -> bool:
    """Whether a computed field tells only what the actor sees."""
    return found.formula is None or is_seen(ctx, entity.name, path)


def _shown(ctx: Context, entity: Entity | None, key: str) -> Field | None:
    if entity is None or ctx.scope.hides(entity.name, key):
        return None
    item = entity.field(key)
    return None if item is None or item.hidden else item


@dataclass(slots=True)
class _Reading:
    """One filter on its way in."""

    ctx: Context
    entity: Entity
    count: int = 0

    def test(self, given: object, pointer: str) -> Condition:
        """One test, or several joined by all, any or not."""
        self.count += 1
        if not isinstance(given, Mapping) or self.count > MAX_TESTS:
            raise _malformed(pointer)
        match sorted(given):
            case ["all"]:
                return Every(self._several(given["all"], f"{pointer}/all"))
            case ["any"]:
                return Some(self._several(given["any"], f"{pointer}/any"))
            case ["not"]:
                return Not(self.test(given["not"], f"{pointer}/not"))
            case ["field", "op"] | ["field", "op", "value"]:
                return self._single(given, pointer)
            case _:
                raise _malformed(pointer)

    def _several(self, given: object, pointer: str) -> tuple[Condition, ...]:
        if not isinstance(given, list):
            raise _malformed(pointer)
        return tuple(self.test(each, f"{pointer}/{n}") for n, each in enumerate(given))

    def _single(self, given: Mapping[object, object], pointer: str) -> Condition:
        path, operator = given["field"], given["op"]
        if not isinstance(path, str) or not isinstance(operator, str):
            raise _malformed(pointer)
        known = known_path(self.ctx, self.entity, path, pointer=f"{pointer}/field")
        if operator not in comparisons(known.kind, known.item):
            args = {**known.named, "operator": operator[:20]}
            raise Invalid(Diagnostic("RUN212", args, pointer=f"{pointer}/op"))
        values = self._values(given.get("value"), operator, known, pointer=f"{pointer}/value")
        return _condition(path, operator, values, has_rows=isinstance(known.kind, t.Rows))

    def _values(
        self, given: object, operator: str, known: Known, *, pointer: str
    ) -> tuple[Raw, ...]:
        match COMPARISONS[operator].takes, given:
            case "none", None:
                return ()
            case "one", _ if not isinstance(given, list):
                return (self._value(given, known, pointer),)
            case "two", [low, high]:
                return (self._value(low, known, pointer), self._value(high, known, pointer))
            case "many", [*several] if len(several) <= MAX_VALUES:
                return tuple(self._value(each, known, pointer) for each in several)
            case _:
                raise _malformed(pointer)

    def _value(self, given: object, known: Known, pointer: str) -> Raw:
        found: Raw = None
        kind = known.kind
        if isinstance(kind, t.Rows):  # of a list: what one of its values is
            kind = self.ctx.catalog.field_type(kind.entity, VALUE)
        if isinstance(kind, t.Reference):
            found = self._record(given, kind.entity)
        elif isinstance(given, bool | int | float | str):
            found = read_value(given, kind, zone=self.ctx.zone)
        if known.item is not None and known.item.type == "region" and not is_code(found):
            found = None
        if found is None:
            label = known.named
            args = {"name": label["label"], "value": str(given)[:60]}
            raise Invalid(Diagnostic("RUN210", args, pointer=pointer))
        return found

    def _record(self, given: object, entity: str) -> int | None:
        """The record a uid means; one that can not be read equals nothing."""
        if given == ME and entity == "person":
            return self.ctx.actor.person_id or 0
        if not isinstance(given, str):
            return None
        return readable_ids(self.ctx, entity, [given]).get(given, 0)


def _condition(path: str, operator: str, values: tuple[Raw, ...], *, has_rows: bool) -> Condition:
    """A comparison as a condition on the rows of the database."""
    match operator:
        case _ if operator in (HAS_ANY, HAS_NONE):
            some = HasRows(path, values)
            return some if operator == HAS_ANY else Not(some)
        case _ if operator == HAS_ALL:
            return Every(tuple(HasRows(path, (each,)) for each in values))
        case "blank" | "filled" if has_rows:
            return HasRows(path) if operator == "filled" else Not(HasRows(path))
        case _ if operator in (WITHIN, NOT_WITHIN):
            inside = Test(path, "starts", (prefix(str(values[0])),))
            return inside if operator == WITHIN else Not(inside)
        case _:
            return Test(path, cast("Operator", operator), values)


def read_value(given: bool | float | str, kind: t.Type, *, zone: str) -> Raw:  # noqa: FBT001 -- a value of a filter
    """A value as the type keeps it; None when it is none of it."""
    try:
        return _read_value(given, kind, zone)
    except (ValueError, OverflowError):
        return None


def _read_value(given: bool | float | str, kind: t.Type, zone: str) -> Raw:  # noqa: FBT001 -- a value of a filter
    if isinstance(given, bool) or isinstance(kind, t.Boolean):
        return given if isinstance(given, bool) and isinstance(kind, t.Boolean) else None
    if isinstance(kind, t.Number):
        return _fitting(parse_number(str(given), kind.scale))
    if not isinstance(given, str):
        return None
    if isinstance(kind, t.Choice):
        return given if any(given == key for key, _ in kind.options) else None
    reader = READERS.get(type(kind))
    return None if reader is None else reader(given, zone)


READERS: Mapping[type, Callable[[str, str], Raw]] = {
    t.Text: lambda text, _: None if "\x00" in text else text,
    t.Pointer: lambda text, _: None if "\x00" in text else text,
    t.Date: lambda text, _: parse_date(text),
    t.DateTime: lambda text, zone: parse_datetime(text, zone=zone),
    t.Duration: lambda text, _: parse_duration(text),
}


def _fitting(raw: int) -> int | None:
    return raw if abs(raw) <= t.INT64_MAX else None


def _malformed(pointer: str) -> Invalid:
    return Invalid(Diagnostic("RUN213", pointer=pointer))
