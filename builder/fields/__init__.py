"""The types of fields, one file each; `FIELD_TYPES` is the registry."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from builder.fields import (
    any_reference,
    boolean,
    child_table,
    choice,
    date,
    datetime,
    decimal,
    department,
    duration,
    file,
    formula,
    image,
    incoming,
    integer,
    location,
    long_text,
    lookup,
    money,
    multi_choice,
    percent,
    person,
    reference,
    reference_list,
    region,
    rollup,
    sequence,
    signature,
    text,
    tree,
)
from builder.fields.base import COMMON_SETTINGS, FieldType, Problem, Storage
from builder.operators import comparisons_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.model.entity import Field
    from dsl.types import Type

_MODULES = (
    text, long_text, integer, decimal, money, percent, date, datetime, duration, boolean, choice,
    multi_choice, person, department, reference, any_reference, reference_list, child_table,
    incoming, file, image, signature, location, region, sequence, tree, formula, lookup, rollup,
)  # fmt: skip
FIELD_TYPES: Mapping[str, FieldType] = MappingProxyType(
    {module.FIELD_TYPE.key: module.FIELD_TYPE for module in _MODULES}
)


def comparisons(kind: Type, item: Field | None) -> tuple[str, ...]:
    """What a filter may ask of a value: as its field says, else as its formula type does."""
    own = None if item is None else FIELD_TYPES[item.type].comparisons
    return comparisons_of(kind) if own is None else own


__all__ = ["COMMON_SETTINGS", "FIELD_TYPES", "FieldType", "Problem", "Storage", "comparisons"]
