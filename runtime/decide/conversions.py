"""Convert one source value into the JSON value its field reads; exact, or refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from builder.model.others import FieldMapping

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PLAIN_NUMBER = re.compile(r"[+-]?\d{1,25}(\.\d{1,25})?")
LONGEST = 60  # digits of a number, so that 1e999999 can not fill the memory
YES = frozenset({"true", "yes", "y", "1", "是", "t"})
NO = frozenset({"false", "no", "n", "0", "否", "f"})
UNIT_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400}


class Unconvertible(Exception):  # noqa: N818 - says what it is
    """The value does not have the form its conversion expects."""


Converter = Callable[[object, str, Mapping[str, str]], object]


def convert(value: object, mapping: FieldMapping) -> object:
    """The converted value; without a conversion, the value in the form JSON would carry it."""
    if mapping.convert is None:
        return plain(value)
    name, _, argument = mapping.convert.partition(":")
    converter = CONVERTERS.get(name)
    if converter is None:
        raise Unconvertible
    try:
        return converter(value, argument, mapping.options)
    except (ValueError, OverflowError, InvalidOperation, ZoneInfoNotFoundError):
        raise Unconvertible from None


def plain(value: object) -> object:
    """Numbers as decimal texts, everything else as it is."""
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int | float | Decimal):
        return digits(_decimal(value))
    return value


def digits(number: Decimal) -> str:
    """A decimal as plain digits, without a trailing zero fraction."""
    if not number.is_finite() or abs(number.adjusted()) > LONGEST:
        raise Unconvertible
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _decimal(value: object) -> Decimal:
    # repr gives the shortest text that means the same double: 0.1 stays 0.1
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(str(value))


def _text(value: object, _: str, __: Mapping[str, str]) -> object:
    flat = plain(value)
    if isinstance(flat, bool):
        return "true" if flat else "false"
    if not isinstance(flat, str):
        raise Unconvertible
    return flat


def _trim(value: object, argument: str, options: Mapping[str, str]) -> object:
    return str(_text(value, argument, options)).strip()


def _upper(value: object, argument: str, options: Mapping[str, str]) -> object:
    return str(_trim(value, argument, options)).upper()


def _lower(value: object, argument: str, options: Mapping[str, str]) -> object:
    return str(_trim(value, argument, options)).lower()


def _parsed(value: object, decimal_mark: str) -> Decimal:
    if isinstance(value, bool):
        raise Unconvertible
    if isinstance(value, int | float | Decimal):
        return _decimal(value)
    # full-width digits and signs are common in Chinese exports
    text = unicodedata.normalize("NFKC", str(value)).strip().replace(" ", "").replace("−", "-")
    text = text.replace(".", "").replace(",", ".") if decimal_mark == "," else text.replace(",", "")
    if not PLAIN_NUMBER.fullmatch(text):
        raise Unconvertible
    return Decimal(text)


def _number(value: object, argument: str, _: Mapping[str, str]) -> object:
    return digits(_parsed(value, argument))


def _percent(value: object, argument: str, _: Mapping[str, str]) -> object:
    return digits(_parsed(_without_sign(value), argument).scaleb(-2))


def _ratio(value: object, argument: str, options: Mapping[str, str]) -> object:
    if isinstance(value, str) and value.strip().endswith(("%", "％")):
        return _percent(value, argument, options)
    return _number(value, argument, options)


def _unit(value: object, argument: str, _: Mapping[str, str]) -> object:
    return digits(_parsed(value, "") * Decimal(argument))


def _without_sign(value: object) -> object:
    return value.strip().rstrip("%％").strip() if isinstance(value, str) else value


def _boolean(value: object, _: str, __: Mapping[str, str]) -> object:
    word = str(value).strip().lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise Unconvertible


def _date(value: object, argument: str, _: Mapping[str, str]) -> object:
    text = str(value).strip()
    if not argument:
        return datetime.fromisoformat(text).date().isoformat()
    return datetime.strptime(text, argument).date().isoformat()  # noqa: DTZ007 - a date has no zone


def _datetime(value: object, argument: str, _: Mapping[str, str]) -> object:
    """`zone` or `zone|format`; the zone is that of values without one, and must be given."""
    zone, _bar, form = argument.partition("|")
    if not zone:
        raise Unconvertible
    text = str(value).strip()
    moment = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return moment.isoformat()


def _epoch(value: object, *, per_second: int) -> object:
    number = _parsed(value, "")
    micros = int(number * (1_000_000 // per_second))
    return (EPOCH + timedelta(microseconds=micros)).isoformat()


def _duration(value: object, argument: str, _: Mapping[str, str]) -> object:
    if not argument:
        return str(value).strip()
    seconds = _parsed(value, "") * UNIT_SECONDS.get(argument, 0)
    if argument not in UNIT_SECONDS:
        raise Unconvertible
    return f"PT{digits(seconds)}S"


def _map(value: object, _: str, options: Mapping[str, str]) -> object:
    found = options.get(str(_text(value, "", {})).strip())
    if found is None:
        raise Unconvertible
    return {"true": True, "false": False}.get(found, found)


CONVERTERS: Mapping[str, Converter] = {
    "text": _text,
    "trim": _trim,
    "upper": _upper,
    "lower": _lower,
    "number": _number,
    "percent": _percent,
    "ratio": _ratio,
    "unit": _unit,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "epoch_s": lambda value, _, __: _epoch(value, per_second=1),
    "epoch_ms": lambda value, _, __: _epoch(value, per_second=1_000),
    "duration": _duration,
    "map": _map,
}


def shown(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """A value for a message, short."""
    return str(value)[:80]
