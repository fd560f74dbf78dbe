"""What a stored value of one field becomes in another: the conversions behind a change of type."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from builder.fields import FIELD_TYPES, Problem
from builder.fields.base import expected
from dsl.values import format_date, local_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.model.entity import Field
    from dsl.types import Raw

FAMILIES: Mapping[str, str] = {
    "text": "text", "long_text": "text",
    "integer": "number", "decimal": "number", "money": "number", "percent": "number",
    "boolean": "boolean", "choice": "choice", "date": "date", "datetime": "datetime",
    "duration": "duration",
    "reference": "pointer", "person": "pointer", "department": "pointer",
}  # fmt: skip
ALLOWED = frozenset(
    {(family, "text") for family in FAMILIES.values()}
    | {("text", family) for family in FAMILIES.values()}
    | {(family, family) for family in FAMILIES.values() if family != "pointer"}
    | {("number", "boolean"), ("boolean", "number"), ("boolean", "choice"), ("choice", "boolean")}
    | {("number", "choice"), ("choice", "number"), ("date", "datetime"), ("datetime", "date")}
    | {("pointer", "pointer")}
)
TRUE = frozenset({"true", "yes", "y", "1", "是", "对", "真"})
FALSE = frozenset({"false", "no", "n", "0", "否", "错", "假"})
SEVERAL = 0  # stands for a row id where a text names more than one record
_THOUSANDS = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Around:
    """What a conversion needs of the outside: the zone, and the records of pointers."""

    zone: str
    names: Mapping[int, str] = field(default_factory=dict)  # what pointed-to records are called
    ids: Mapping[str, int] = field(default_factory=dict)  # the record a text names, or SEVERAL


def family_of(item: Field) -> str | None:
    """Types of one family hold the same kind of thing; None: a file, a tree, a table."""
    return FAMILIES.get(item.type)


def convertible(before: Field, after: Field) -> bool:
    """Whether there is a conversion at all between the types of two fields."""
    return before.type == after.type or (family_of(before), family_of(after)) in ALLOWED


def is_blank(raw: Raw) -> bool:
    """Nothing is there: null, or text of spaces."""
    return raw is None or (isinstance(raw, str) and not raw.strip(" "))


def convert(before: Field, after: Field, raw: Raw, *, around: Around) -> Raw | Problem:
    """The value as the other field stores it, or why it has none there; blank becomes null."""
    if is_blank(raw):
        return None
    if not convertible(before, after):
        return Problem("BLD421", {"before": before.type, "after": after.type})
    spoken = _spoken(before, after, raw, around)
    if isinstance(spoken, Problem):
        return spoken
    if family_of(after) == "pointer":
        return _pointed(spoken, around)
    return _read(after, spoken, around)


def shown(before: Field, raw: Raw, around: Around) -> str:
    """A stored value in words, for the list of what will not convert."""
    spoken = _spoken(before, before, raw, around)
    return str(raw if isinstance(spoken, Problem) else spoken)[:500]


def _spoken(before: Field, after: Field, raw: Raw, around: Around) -> str | Problem:
    """The value in words that people would type."""
    match family_of(before):
        case "pointer":
            name = around.names.get(raw) if isinstance(raw, int) else None
            return Problem("BLD425") if name is None else name
        case "boolean":
            if family_of(after) == "number":
                return "1" if raw else "0"
            return "是" if raw else "否"
        case "choice":
            return str(raw) if family_of(after) == "choice" else _label(before, str(raw))
        case "datetime" if family_of(after) == "date" and isinstance(raw, int):
            return format_date(local_day(raw, around.zone))
        case "number" if before.type == "percent" and family_of(after) == "text":
            return _per_cent(str(FIELD_TYPES[before.type].dump(before, raw)))
        case _:
            return str(FIELD_TYPES[before.type].dump(before, raw))


def _label(item: Field, option_id: str) -> str:
    for option in item.options:
        if option.id == option_id:
            return option.label.get("zh-CN") or next(iter(option.label.values()), option_id)
    return option_id


def _per_cent(ratio: str) -> str:
    return f"{(Decimal(ratio) * 100).normalize():f}%"


def _read(after: Field, spoken: str, around: Around) -> Raw | Problem:
    match family_of(after):
        case "number":
            return _number(after, spoken)
        case "boolean":
            word = _plain(spoken).lower()
            return word in TRUE if word in TRUE | FALSE else expected("true / false")
        case "choice":
            return _option(after, spoken)
        case "date":
            return _parsed(after, _iso_day(spoken) or _plain(spoken))
        case "datetime":
            return _instant(after, spoken, around)
        case "text":
            return _parsed(after, spoken)
        case _:
            return _parsed(after, _plain(spoken))


def _parsed(after: Field, text: str) -> Raw | Problem:
    return FIELD_TYPES[after.type].parse(after, text)


def _number(after: Field, spoken: str) -> Raw | Problem:
    """A number with all its digits: nothing is rounded away by a change of type."""
    text = _plain(spoken)
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if text.endswith("%"):
        text = _shifted(text[:-1].strip())
    raw = _parsed(after, text)
    if isinstance(raw, int):
        kept = FIELD_TYPES[after.type].dump(after, raw)
        if Decimal(str(kept)) != Decimal(text):
            return Problem("BLD422", {"value": spoken[:_LONGEST_SHOWN]})
    return raw


def _shifted(text: str) -> str:
    """A number of per cent as a ratio."""
    try:
        return f"{Decimal(text).scaleb(-2):f}"
    except InvalidOperation:
        return text


def _option(after: Field, spoken: str) -> Raw | Problem:
    wanted = _plain(spoken)
    known = {option.id for option in after.options}
    if wanted in known:
        return wanted
    words = TRUE if wanted == "是" else FALSE if wanted == "否" else frozenset({wanted.lower()})
    found = {
        option.id
        for option in after.options
        if {option.id.lower(), *(label.lower() for label in option.label.values())} & words
    }
    if len(found) == 1:
        return found.pop()
    return Problem("BLD406", {"value": spoken[:_LONGEST_SHOWN]})


def _iso_day(text: str) -> str | None:
    found = _DAY.fullmatch(_plain(text))
    if found is None:
        return None
    year, month, day = found.groups()
    return f"{year}-{int(month):02d}-{int(day):02d}"


def _instant(after: Field, spoken: str, around: Around) -> Raw | Problem:
    """An instant; a day alone is its midnight, a local time is one of the installation's zone."""
    text = _iso_day(spoken) or _plain(spoken)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _parsed(after, text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(around.zone))
    return _parsed(after, moment.isoformat())


def _pointed(spoken: str, around: Around) -> Raw | Problem:
    found = around.ids.get(spoken.strip())
    if found is None:
        return Problem("BLD423", {"value": spoken[:_LONGEST_SHOWN]})
    if found == SEVERAL:
        return Problem("BLD424", {"value": spoken[:_LONGEST_SHOWN]})
    return found


def _plain(text: str) -> str:
    """Without blanks around it and with full-width characters made plain."""
    return unicodedata.normalize("NFKC", text).strip()
