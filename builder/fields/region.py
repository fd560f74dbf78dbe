"""A place in the administrative divisions of China (GB/T 2260): its six-digit code.

The codes and names are those of `regions.json`; a code ends in 0000 for a province, in 00 for a
city. Codes that were given up stay readable when a record has them; new ones must be known.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from builder.fields.base import FieldType, Problem, as_is, blank, expected
from builder.operators import EQUALITY, NOT_WITHIN, WITHIN
from dsl.types import Raw, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.json_text import Json
    from builder.model.entity import Field

SEPARATOR = "/"
_EXAMPLE = "a division code such as 330106"


@cache
def regions() -> Mapping[str, str]:
    """Every division by its code."""
    text = resources.files("builder.fields").joinpath("regions.json").read_text("utf-8")
    found: dict[str, str] = json.loads(text)
    return found


def chain(code: str) -> tuple[str, ...]:
    """The codes from the province down to this one."""
    above = (f"{code[:2]}0000", f"{code[:4]}00", code)
    return tuple(each for each in dict.fromkeys(above) if each in regions())


def below(code: str | None) -> tuple[str, ...]:
    """The divisions directly below one; the provinces below none."""
    return _below().get(code or "", ())


@cache
def _below() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for code in regions():
        parents = chain(code)[:-1]
        found.setdefault(parents[-1] if parents else "", []).append(code)
    return {code: tuple(children) for code, children in found.items()}


def written(code: str) -> str:
    """The names from the province down: 浙江省/杭州市/西湖区."""
    return SEPARATOR.join(regions()[each] for each in chain(code)) or code


def prefix(code: str) -> str:
    """What the codes of a division and of all below it begin with: 33 of 330000."""
    return code[:2] if code.endswith("0000") else code.removesuffix("00")


def is_code(text: object) -> bool:
    """Whether it looks like the code of a division, of today or of former days."""
    return isinstance(text, str) and re.fullmatch(r"[0-9]{6}", text) is not None


@cache
def _by_name() -> Mapping[str, str]:
    return {written(code): code for code in regions()}


def _parse(field: Field, value: Json) -> Raw | Problem:
    del field
    if blank(value):
        return None
    return value if isinstance(value, str) and value in regions() else expected(_EXAMPLE)


FIELD_TYPE = FieldType(
    key="region",
    storage="text",
    formula_type=lambda field: Text(nullable=not field.required),
    parse=_parse,
    dump=as_is,
    json_schema=lambda _field: {"type": ["string", "null"], "pattern": "^[0-9]{6}$"},
    comparisons=(WITHIN, NOT_WITHIN, *EQUALITY),
    cell=lambda _field, raw: written(str(raw)),
    read_cell=lambda field, text: _parse(field, _by_name().get(text, text)),
)
