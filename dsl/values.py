"""Raw values to and from text: exact decimals, ISO dates, instants and durations."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from dsl import types as t
from dsl.types import INT64_MAX, Raw, Type

DAY_US = 86_400_000_000
FIRST_DAY = -719_162  # 0001-01-01
LAST_DAY = 2_932_896  # 9999-12-31
FIRST_INSTANT = FIRST_DAY * DAY_US
LAST_INSTANT = (LAST_DAY + 1) * DAY_US - 1

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NUMBER = re.compile(r"([+-]?)([0-9]{1,40})(?:\.([0-9]{1,40}))?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DURATION = re.compile(
    r"(-?)P(?:([0-9]{1,9})W|(?:([0-9]{1,9})D)?"
    r"(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})(?:\.([0-9]{1,6}))?S)?)?)"
)


def round_half_away(raw: int, from_scale: int, to_scale: int) -> int:
    """Change the scale of a number; ties go away from zero (四舍五入)."""
    if to_scale >= from_scale:
        return raw * int(10 ** (to_scale - from_scale))
    return div_half_away(raw, int(10 ** (from_scale - to_scale)))


def div_half_away(numerator: int, denominator: int) -> int:
    """The integer nearest to a quotient; ties go away from zero."""
    doubled = 2 * numerator
    if (numerator >= 0) == (denominator > 0):
        return (doubled + denominator) // (2 * denominator)
    return -((denominator - doubled) // (2 * denominator))


def parse_number(text: str, scale: int) -> int:
    """Read a plain decimal; digits beyond the scale are rounded. ValueError if it is none."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        message = f"not a plain decimal number: {text[:40]!r}"
        raise ValueError(message)
    sign, whole, fraction = match.group(1), match.group(2), match.group(3) or ""
    raw = round_half_away(int(whole + fraction), len(fraction), scale)
    if raw > INT64_MAX:
        message = f"number too large: {text[:40]!r}"
        raise ValueError(message)
    return -raw if sign == "-" else raw


def format_number(raw: int, scale: int, *, decimals: int | None = None) -> str:
    """Write a plain decimal: no exponent; no trailing zeros unless `decimals` fixes the places."""
    if decimals is not None:
        raw, scale = round_half_away(raw, scale, decimals), decimals
    if scale <= 0:
        return str(raw * 10**-scale)
    digits = str(abs(raw)).rjust(scale + 1, "0")
    whole, fraction = digits[:-scale], digits[-scale:]
    if decimals is None:
        fraction = fraction.rstrip("0")
    sign = "-" if raw < 0 else ""
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def parse_date(text: str) -> int:
    """Read `2026-02-08` as days since 1970-01-01. ValueError if it is no such date."""
    if _DATE.fullmatch(text.strip()) is None:
        message = f"not a date like 2026-02-08: {text[:40]!r}"
        raise ValueError(message)
    return date.fromisoformat(text.strip()).toordinal() - _EPOCH_ORDINAL


def format_date(day: int) -> str:
    """Write days since 1970-01-01 as `2026-02-08`."""
    return date.fromordinal(day + _EPOCH_ORDINAL).isoformat()


def parse_datetime(text: str, *, zone: str | None = None) -> int:
    """Read an ISO instant as microseconds. Without an offset it is local time of `zone`."""
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        if zone is None:
            message = f"an instant needs an offset like +08:00 or Z: {text[:40]!r}"
            raise ValueError(message)
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    try:
        return int((moment - _EPOCH) // _MICROSECOND)
    except OverflowError as error:
        raise ValueError(str(error)) from error


def format_datetime(raw: int, *, zone: str | None = None) -> str:
    """Write an instant as ISO 8601: `Z`, or with the offset that `zone` has then."""
    moment = _EPOCH + timedelta(microseconds=raw)
    if zone is None:
        return moment.isoformat().replace("+00:00", "Z")
    return moment.astimezone(ZoneInfo(zone)).isoformat()


def local_day(raw: int, zone: str) -> int:
    """The civil day of an instant in a zone."""
    moment = (_EPOCH + timedelta(microseconds=raw)).astimezone(_zone(zone))
    return moment.date().toordinal() - _EPOCH_ORDINAL


def _zone(name: str) -> timezone | ZoneInfo:
    return UTC if name == "UTC" else ZoneInfo(name)


def parse_duration(text: str) -> int:
    """Read an ISO 8601 duration without months (`PT8H`, `P7D`, `-PT30M`) as microseconds."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or text.strip().endswith(("P", "T")):
        message = f"not a duration like PT8H or P7D: {text[:40]!r}"
        raise ValueError(message)
    sign, *parts, fraction = match.groups()
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in parts)
    total = ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds
    raw = total * 1_000_000 + int((fraction or "").ljust(6, "0"))
    return -raw if sign else raw


def format_duration(raw: int) -> str:
    """Write microseconds as an ISO 8601 duration: `P7D`, `PT8H30M`."""
    days, rest = divmod(abs(raw), DAY_US)
    seconds, micros = divmod(rest, 1_000_000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    shown = format_number(second * 1_000_000 + micros, 6)
    parts = ((hour, f"{hour}H"), (minute, f"{minute}M"), (shown != "0", f"{shown}S"))
    clock = "".join(text for present, text in parts if present)
    day = f"{days}D" if days else ""
    body = day + (f"T{clock}" if clock else "")
    return ("-" if raw < 0 else "") + "P" + (body or "T0S")


def format_value(raw: Raw, kind: Type) -> str | None:
    """Write any raw value as text without words of a language; None stays None."""
    if raw is None:
        return None
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, str):
        return raw
    match kind:
        case t.Number(scale=scale):
            return format_number(raw, scale)
        case t.Date():
            return format_date(raw)
        case t.DateTime():
            return format_datetime(raw)
        case t.Duration():
            return format_duration(raw)
        case _:
            return str(raw)
