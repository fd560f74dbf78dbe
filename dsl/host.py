"""Operations of Python alone: no database and no browser would compute them to the last digit.

Numbers are scaled to 8 decimals (`ONE` is 1). Roots are exact; LN, LOG10, EXP and POWER come from
the decimal library, whose last digit is right and the same on every machine.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal, DecimalException
from math import isqrt
from typing import TYPE_CHECKING

from dsl.number_format import capital_amount, number_text
from dsl.types import DIVISION_SCALE, INT64_MAX
from dsl.values import div_half_away, format_date

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dsl.types import Raw

ONE: int = 10**DIVISION_SCALE
MOST_REPEATED = 4096  # characters
_DIGITS = 60  # of a calculation; an int64 with 8 decimals has 19
_CONTEXT = Context(prec=_DIGITS, rounding=ROUND_HALF_UP, Emin=-999_999, Emax=999_999)
_NUMBER = re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,19})(?:\.([0-9]{1,19}))?(%?)")
_WIDE = str.maketrans("０１２３４５６７８９．，％＋－", "0123456789.,%+-")
_PART = re.compile(r"yyyy|yy|mm|m|dd|d", re.IGNORECASE)


# --- numbers ------------------------------------------------------------------------------
def root(x: int) -> int | None:
    """The square root; none of a negative number."""
    return None if x < 0 else (isqrt(4 * ONE * x) + 1) // 2


def natural_logarithm(x: int) -> int | None:
    """The logarithm to base e; none of zero or less."""
    return None if x <= 0 else _raw(_decimal(x).ln(_CONTEXT))


def decimal_logarithm(x: int) -> int | None:
    """The logarithm to base 10; none of zero or less."""
    return None if x <= 0 else _raw(_decimal(x).log10(_CONTEXT))


def exponential(x: int) -> int | None:
    """E to the power of x; none when it leaves 64 bits."""
    try:
        return _raw(_decimal(x).exp(_CONTEXT))
    except DecimalException:
        return None


def power(x: int, y: int) -> int | None:
    """The power of two numbers; none for a root of a negative number or 0 to minus one."""
    if y == 0:
        return ONE
    try:
        return _raw(_CONTEXT.power(_decimal(x), _decimal(y)))
    except DecimalException:
        return None


def _decimal(raw: int) -> Decimal:
    return Decimal(raw).scaleb(-DIVISION_SCALE, _CONTEXT)


def _raw(value: Decimal) -> int | None:
    """Rounded half away from zero, or None beyond 64 bits."""
    if not value.is_finite() or value.adjusted() > _DIGITS // 2:
        return None
    raw = int(value.scaleb(DIVISION_SCALE, _CONTEXT).to_integral_value(ROUND_HALF_UP))
    return raw if abs(raw) <= INT64_MAX else None


def _rounded_root(numerator: int, denominator: int) -> int:
    """The integer nearest to the square root of a fraction."""
    return (isqrt(4 * numerator // denominator) + 1) // 2


# --- lists of numbers, of which none is None ---------------------------------------------
def percentile(values: Sequence[int], share: int) -> int | None:
    """The value below which a share lies, on the line between neighbours (Excel's .INC)."""
    if not values or not 0 <= share <= ONE:
        return None
    ordered = sorted(values)
    place, rest = divmod((len(ordered) - 1) * share, ONE)
    low = ordered[place]
    high = ordered[min(place + 1, len(ordered) - 1)]
    return _fitting(low + div_half_away((high - low) * rest, ONE))


def deviation(values: Sequence[int], freedom: int) -> int | None:
    """The standard deviation; `freedom` is 1 for a sample and 0 for all there are."""
    count = len(values)
    if count <= freedom:
        return None
    spread = count * sum(x * x for x in values) - sum(values) ** 2
    return _fitting(_rounded_root(spread, count * (count - freedom)))


def _fitting(value: int) -> int | None:
    return value if abs(value) <= INT64_MAX else None


def nth_largest(values: Sequence[int], place: int) -> int | None:
    """The value at a place from the top, which counts from 1."""
    return sorted(values, reverse=True)[place - 1] if 0 < place <= len(values) else None


def nth_smallest(values: Sequence[int], place: int) -> int | None:
    """The value at a place from the bottom, which counts from 1."""
    return sorted(values)[place - 1] if 0 < place <= len(values) else None


def join(values: Sequence[str], separator: str) -> str | None:
    """The texts in the order of their rows; None when it would get too long."""
    joined = separator.join(values)
    return joined if 0 < len(joined) <= MOST_REPEATED else None


# --- texts --------------------------------------------------------------------------------
def substitute(text: str, old: str, new: str) -> str | None:
    """A text with every occurrence of a part replaced."""
    changed = text.replace(old, new)
    return changed if 0 < len(changed) <= MOST_REPEATED else None


def remove(text: str, part: str) -> str | None:
    """A text without any occurrence of a part."""
    return text.replace(part, "") or None


def find(part: str, text: str, start: int) -> int | None:
    """Where a part begins, counted from 1 and looked for from `start`."""
    return None if start < 1 else (text.find(part, start - 1) + 1) or None


def repeat(text: str, count: int) -> str | None:
    """A text several times; None when it would get too long."""
    if count <= 0 or count * len(text) > MOST_REPEATED:
        return None
    return text * count


def read_number(text: str) -> int | None:
    """A number that was typed: `1,234.5`, `20%`, full-width digits; None when it is none."""
    found = _NUMBER.fullmatch(text.translate(_WIDE).strip())
    if found is None:
        return None
    sign, whole, fraction, percent = found.groups()
    digits = whole.replace(",", "") + (fraction or "")
    scale = len(fraction or "") + (2 if percent else 0)
    raw = div_half_away(int(digits) * ONE, 10**scale)
    if raw > INT64_MAX:
        return None
    return -raw if sign == "-" else raw


def write_number(raw: int, scale: int, pattern: str) -> str:
    """A number in a format like `#,##0.00` or `0.0%`."""
    return number_text(raw, scale, pattern)


def write_date(day: int, pattern: str) -> str:
    """A date in a format like `yyyy-mm-dd` or `yyyy年m月d日`."""
    year, month, date = format_date(day).split("-")
    parts = {"yyyy": year, "yy": year[2:], "mm": month, "dd": date}
    parts |= {"m": str(int(month)), "d": str(int(date))}
    return _PART.sub(lambda found: parts[found[0].lower()], pattern)


HOST: dict[str, Callable[..., Raw]] = {
    operation.__name__: operation
    for operation in (
        *(root, natural_logarithm, decimal_logarithm, exponential, power),
        *(substitute, remove, find, repeat, read_number, write_number, write_date),
        capital_amount,
    )
}
FOLDS: dict[str, Callable[..., Raw]] = {
    "percentile": percentile,
    "deviation": deviation,
    "nth_largest": nth_largest,
    "nth_smallest": nth_smallest,
    "join": join,
}
