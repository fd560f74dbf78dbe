"""Turn the bytes of an answer into rows, exactly: decimals stay decimals."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

import jmespath

from connectors.errors import ConfigError, TransientError

RAW_LIMIT = 65_536  # of a rejected row
FIELD_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Decoded:
    """The document (None for line formats), its rows and what was not a row."""

    document: Any
    rows: tuple[Mapping[str, Any], ...]
    bad: tuple[tuple[str, str, Mapping[str, str]], ...] = ()


def loads(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """JSON with exact numbers; NaN and endless nesting are errors."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise TransientError("CON115", format="JSON") from None


def decode(body: bytes, *, how: str, encoding: str, records: str | None) -> Decoded:
    """The rows of an answer."""
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        raise TransientError("CON115", format=encoding) from None
    if how == "csv":
        return _csv(text)
    if how == "jsonl":
        return _json_lines(text)
    document = loads(text)
    return _split(document, _records(document, records))


def find(document: Any, expression: str) -> Any:  # noqa: ANN401 - any JSON value
    """What a JMESPath finds in a document; nothing when it does not apply."""
    if expression.isidentifier() and expression.isascii() and isinstance(document, dict):
        return document.get(expression)  # most are one name: no need to search
    try:
        return jmespath.search(expression, document)
    except jmespath.exceptions.JMESPathError:
        return None


def largest_list(document: Any, path: str = "@") -> str | None:  # noqa: ANN401 - any JSON value
    """The path of the longest list of objects, at most three levels down."""
    best, length = None, 0
    for where, items in _lists(document, path, depth=3):
        if len(items) > length and isinstance(items[0], Mapping):
            best, length = where, len(items)
    return best


def _lists(document: Any, path: str, *, depth: int) -> list[tuple[str, Sequence[Any]]]:  # noqa: ANN401
    if isinstance(document, list):
        return [(path, document)]
    if not isinstance(document, Mapping) or depth == 0:
        return []
    found: list[tuple[str, Sequence[Any]]] = []
    for key, value in document.items():
        name = json.dumps(key, ensure_ascii=False)
        found += _lists(value, name if path == "@" else f"{path}.{name}", depth=depth - 1)
    return found


def _records(document: Any, records: str | None) -> list[Any]:  # noqa: ANN401 - any JSON value
    path = records or ("@" if isinstance(document, list) else largest_list(document) or "@")
    found = find(document, path)
    if found is None and records is not None:
        # an absent path is not an empty page: it would silently move the checkpoint
        raise ConfigError("CON116", path=records)
    if isinstance(found, Mapping) and records is None:
        return []
    if not isinstance(found, list):
        raise ConfigError("CON116", path=path)
    return found


def _split(document: Any, items: Sequence[Any]) -> Decoded:  # noqa: ANN401 - any JSON value
    rows = tuple(item for item in items if isinstance(item, Mapping))
    bad = tuple(
        (json.dumps(item, default=str)[:RAW_LIMIT], "CON116", {"path": f"[{at}]"})
        for at, item in enumerate(items)
        if not isinstance(item, Mapping)
    )
    return Decoded(document, rows, bad)


def _json_lines(text: str) -> Decoded:
    rows: list[Mapping[str, Any]] = []
    bad: list[tuple[str, str, Mapping[str, str]]] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        try:
            value = loads(line)
        except TransientError:
            value = None
        if isinstance(value, Mapping):
            rows.append(value)
        else:
            bad.append((line[:RAW_LIMIT], "CON115", {"format": "JSON"}))
    return Decoded(None, tuple(rows), tuple(bad))


def _csv(text: str) -> Decoded:
    csv.field_size_limit(FIELD_LIMIT)
    rows: list[Mapping[str, Any]] = []
    bad: list[tuple[str, str, Mapping[str, str]]] = []
    try:
        for row in csv.DictReader(io.StringIO(text)):
            if None in row or None in row.values():
                raw = json.dumps({str(k): v for k, v in row.items()}, ensure_ascii=False)
                bad.append((raw[:RAW_LIMIT], "CON115", {"format": "CSV"}))
            else:
                rows.append(row)
    except csv.Error:
        raise TransientError("CON115", format="CSV") from None
    return Decoded(None, tuple(rows), tuple(bad))


def _no_constant(text: str) -> NoReturn:
    raise ValueError(text)
