"""Numbers as text: formats like Excel's, and amounts of money in Chinese capitals."""

from __future__ import annotations

import re

from dsl.values import format_number, round_half_away

NUMBER_FORMAT = re.compile(r"([^#0,.%]*)(#,##0|#|0+)(?:\.(0*)(#*))?(%?)([^#0,.%]*)")

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿", "亿亿")


def number_text(raw: int, scale: int, pattern: str) -> str:
    """A number in a format.

    `0` is a digit that is always there, `#` one that is left out when it says nothing, `,` groups
    thousands, `%` shows a hundredfold; anything before and after is kept as it is.

    Raises:
        ValueError: the pattern is none of these.
    """
    found = NUMBER_FORMAT.fullmatch(pattern)
    if found is None:
        message = f"not a number format: {pattern!r}"
        raise ValueError(message)
    before, whole, fixed, free, percent, after = found.groups()
    scale -= 2 if percent else 0
    least, most = len(fixed or ""), len(fixed or "") + len(free or "")
    rounded = round_half_away(raw, scale, most)
    sign = "-" if rounded < 0 else ""
    digits, _, fraction = format_number(abs(rounded), most, decimals=most).partition(".")
    while len(fraction) > least and fraction.endswith("0"):
        fraction = fraction[:-1]
    if whole == "#,##0":
        digits = f"{int(digits):,}"
    elif whole == "#":
        digits = digits.lstrip("0")
    else:
        digits = digits.rjust(len(whole), "0")
    point = "." if fraction else ""
    return f"{sign}{before}{digits}{point}{fraction}{percent}{after}"


def capital_amount(cents: int) -> str:
    """An amount in fen as on a Chinese invoice: 壹佰元零伍分.

    The rules are those of 《会计基础工作规范》 article 52: zeros between digits are said once, an
    amount that ends with yuan or jiao ends with 整.
    """
    yuan, rest = divmod(abs(cents), 100)
    jiao, fen = divmod(rest, 10)
    text = f"{_whole(yuan)}元" if yuan or not rest else ""
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif fen and yuan:
        text += "零"
    text += f"{_DIGITS[fen]}分" if fen else "整"
    return f"负{text}" if cents < 0 else text


def _whole(number: int) -> str:
    """A whole number in capitals, by groups of four digits."""
    if not number:
        return _DIGITS[0]
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            gap = bool(text)
            continue
        if text and (gap or group < 1_000):  # noqa: PLR2004 -- a group of four digits
            text += _DIGITS[0]
        text += _group(group) + _GROUPS[place]
        gap = False
    # 亿亿 and 万亿 share the 亿 of the group below them
    return text.replace("万亿", "万", 1) if "万亿" in text and groups[2] else text


def _group(number: int) -> str:
    """One to four digits in capitals."""
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            text += (_DIGITS[0] if gap and text else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        else:
            gap = True
    return text
