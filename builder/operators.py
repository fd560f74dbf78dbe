"""Which comparisons a list offers for which type of field: data, for the server and the screen."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from dsl import types as t

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.model.common import Labels

Arity = Literal["none", "one", "two", "many"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One way to compare a field; `takes` says how many values it wants."""

    key: str
    takes: Arity
    label: Labels


def _known(key: str, takes: Arity, chinese: str, english: str) -> Comparison:
    return Comparison(key, takes, {"zh-CN": chinese, "en": english})


HAS_ANY, HAS_ALL, HAS_NONE = "has_any", "has_all", "has_none"  # of the values of a list
WITHIN, NOT_WITHIN = "within", "not_within"  # a division of the country and all below it
COMPARISONS: Mapping[str, Comparison] = MappingProxyType(
    {
        each.key: each
        for each in (
            _known("=", "one", "等于", "is"),
            _known("!=", "one", "不等于", "is not"),
            _known("<", "one", "小于", "less than"),
            _known("<=", "one", "不大于", "at most"),
            _known(">", "one", "大于", "more than"),
            _known(">=", "one", "不小于", "at least"),
            _known("between", "two", "介于", "between"),
            _known("in", "many", "是其中之一", "is one of"),
            _known("not_in", "many", "不是其中任何一个", "is none of"),
            _known("contains", "one", "包含", "contains"),
            _known("not_contains", "one", "不包含", "does not contain"),
            _known("starts", "one", "开头是", "starts with"),
            _known(HAS_ANY, "many", "包含其中任一", "has any of"),
            _known(HAS_ALL, "many", "全部包含", "has all of"),
            _known(HAS_NONE, "many", "一个都不包含", "has none of"),
            _known(WITHIN, "one", "位于", "is in"),
            _known(NOT_WITHIN, "one", "不在", "is not in"),
            _known("blank", "none", "为空", "is blank"),
            _known("filled", "none", "不为空", "is not blank"),
        )
    }
)
PRESENCE = ("blank", "filled")
LISTED = (HAS_ANY, HAS_ALL, HAS_NONE, *PRESENCE)
EQUALITY = ("=", "!=", "in", "not_in", *PRESENCE)
_ORDER = ("=", "!=", "<", "<=", ">", ">=", "between", *PRESENCE)
_BY_TYPE: Mapping[type, tuple[str, ...]] = MappingProxyType(
    {
        t.Number: _ORDER,
        t.Date: _ORDER,
        t.DateTime: _ORDER,
        t.Duration: _ORDER,
        t.Text: ("contains", "not_contains", "starts", *EQUALITY),
        t.Choice: EQUALITY,
        t.Reference: EQUALITY,
        t.Pointer: ("starts", *EQUALITY),
        t.Boolean: ("=", "!=", *PRESENCE),
        t.Rows: PRESENCE,
    }
)
# By group of a list: which sums make sense of a value of that type.
_AGGREGATES: Mapping[type, tuple[str, ...]] = MappingProxyType(
    {
        t.Number: ("count", "distinct", "sum", "avg", "min", "max"),
        t.Duration: ("count", "distinct", "sum", "avg", "min", "max"),
        t.Date: ("count", "distinct", "min", "max"),
        t.DateTime: ("count", "distinct", "min", "max"),
        t.Rows: (),
    }
)


def comparisons_of(kind: t.Type) -> tuple[str, ...]:
    """The comparisons of a type in formulas; of one not listed, whether it is there."""
    return _BY_TYPE.get(type(kind), PRESENCE)


def aggregates_of(kind: t.Type) -> tuple[str, ...]:
    """The aggregates of a type."""
    return _AGGREGATES.get(type(kind), ("count", "distinct"))
