"""Read JSON text strictly: no duplicate keys, no NaN, bounded depth and numbers."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING

import builder.codes  # noqa: F401 - registers the messages of the codes used here
from dsl.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_DEPTH = 64
INT64_MAX = 2**63 - 1
MAX_DIGITS = 400
_NESTING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[{]|[\]}]', re.DOTALL)
_BAD_TEXT = re.compile("[\x00\ud800-\udfff]")

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class _Refused(Exception):  # noqa: N818 - control flow inside this module only
    def __init__(self, code: str, **args: str) -> None:
        super().__init__(code)
        self.diagnostic = Diagnostic(code, args)


def pointer_of(parts: Iterable[object]) -> str:
    """An RFC 6901 pointer from its parts."""
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in parts)


def _pairs(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    seen: dict[str, Json] = {}
    for key, value in pairs:
        if key in seen:
            raise _Refused("BLD102", key=key[:100])
        seen[key] = value
    return seen


class _BadNumber(str):
    """A number that is refused; it stands in the tree until its place is known."""

    __slots__ = ()


def _integer(text: str) -> int | _BadNumber:
    if len(text) > MAX_DIGITS or abs(number := int(text)) > INT64_MAX:
        return _BadNumber(text)
    return number


def _float(text: str) -> float | _BadNumber:
    number = float(text)
    return number if math.isfinite(number) else _BadNumber(text)


def _is_deeper(text: str, limit: int) -> bool:
    """Whether brackets outside strings are nested deeper, found before anything recurses."""
    if text.count("[") + text.count("{") <= limit:
        return False
    depth = 0
    for token in _NESTING.finditer(text):
        match text[token.start()]:
            case "[" | "{":
                depth += 1
                if depth > limit:
                    return True
            case "]" | "}":
                depth -= 1
    return False


def _limit_depth(text: str, limit: int) -> None:
    if _is_deeper(text, limit):
        raise _Refused("BLD104", limit=str(limit))


def _refuse_bad_leaves(value: Json) -> Diagnostic | None:
    """The first number or text that may not be there, with its place."""
    stack: list[tuple[tuple[object, ...], Json]] = [((), value)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, _BadNumber):
            return Diagnostic("BLD103", {"number": node[:40]}, pointer=pointer_of(path))
        if isinstance(node, str) and _BAD_TEXT.search(node):
            return Diagnostic("BLD105", pointer=pointer_of(path))
        if isinstance(node, dict):
            if any(_BAD_TEXT.search(key) for key in node):
                return Diagnostic("BLD105", pointer=pointer_of(path))
            stack.extend(((*path, key), item) for key, item in reversed(node.items()))
        elif isinstance(node, list):
            stack.extend(((*path, index), item) for index, item in enumerate(node))
    return None


def _decoded(data: bytes | str) -> str:
    if isinstance(data, str):
        return data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Refused("BLD101", reason=f"not UTF-8, byte: {error.start}") from error


def parse_json(
    data: bytes | str, *, file: str | None = None, max_depth: int = MAX_DEPTH
) -> Json | Diagnostic:
    """The value, or the one reason why the text is refused."""
    try:
        text = _decoded(data)
        _limit_depth(text, max_depth)
        value: Json = json.loads(
            text,
            object_pairs_hook=_pairs,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_BadNumber,
        )
    except _Refused as error:
        return error.diagnostic.at(file=file)
    except json.JSONDecodeError as error:
        reason = f"{error.msg}: {error.lineno}:{error.colno}"
        return Diagnostic("BLD101", {"reason": reason}, file=file)
    refused = _refuse_bad_leaves(value)
    return value if refused is None else refused.at(file=file)
