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
from builder.fields.base import COMMON_SETTINGS, FieldType, Operator, Problem, Storage

if TYPE_CHECKING:
    from collections.abc import Mapping

_MODULES = (
    text, long_text, integer, decimal, money, percent, date, datetime, duration, boolean, choice,
    multi_choice, person, department, reference, any_reference, reference_list, child_table,
    incoming, file, image, signature, location, region, sequence, tree, formula, lookup, rollup,
)  # fmt: skip
FIELD_TYPES: Mapping[str, FieldType] = MappingProxyType(
    {module.FIELD_TYPE.key: module.FIELD_TYPE for module in _MODULES}
)

__all__ = ["COMMON_SETTINGS", "FIELD_TYPES", "FieldType", "Operator", "Problem", "Storage"]
