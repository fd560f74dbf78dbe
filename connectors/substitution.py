"""Fill `${config.x}`, `${param.x}` and `${secret.x}` into texts, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from connectors.errors import ConfigError

PLACE = re.compile(r"\$\{([a-z]+)\.([A-Za-z0-9_]{1,60})\}")
Json = Any  # any JSON value; `fill` gives the same shape back
Lookup = Callable[[str, str], str | None]  # (kind, name) -> text; None leaves the place as it is


def fill(value: Json, lookup: Lookup) -> Json:
    """The same JSON value with the places in its texts filled; texts put in are not read again."""
    if isinstance(value, str):
        return PLACE.sub(lambda match: _one(match, lookup), value)
    if isinstance(value, Mapping):
        return {key: fill(part, lookup) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [fill(part, lookup) for part in value]
    return value


def fill_parameters(value: Json, parameters: Mapping[str, str]) -> Json:
    """Fill `${param.x}`; a parameter that is not set is an error."""

    def lookup(kind: str, name: str) -> str | None:
        if kind != "param":
            return None
        if name not in parameters:
            raise ConfigError("CON128", name=name)
        return parameters[name]

    return fill(value, lookup)


def names(value: Json, kind: str) -> frozenset[str]:
    """The names of that kind a value asks for."""
    found: set[str] = set()

    def lookup(seen: str, name: str) -> str | None:
        if seen == kind:
            found.add(name)
        return None

    fill(value, lookup)
    return frozenset(found)


def _one(match: re.Match[str], lookup: Lookup) -> str:
    filled = lookup(match[1], match[2])
    return match[0] if filled is None else filled
