"""Read the literals of a formula: numbers with units, texts, dates."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from dsl import ast
from dsl.codes import BAD_NUMBER, NAME_STARTS_WITH_DIGIT, NO_SUCH_DATE, UNKNOWN_UNIT
from dsl.diagnostics import Diagnostic, Fix
from dsl.types import DIVISION_SCALE, INT64_MAX
from dsl.units import BY_SPELLING, UNITS
from dsl.values import parse_date
from dsl.words import hint

if TYPE_CHECKING:
    from dsl.lexer import Token
    from dsl.source import Source

_NUMBER = re.compile(r"([0-9]*)(?:\.([0-9]+))?\s*(.*)", re.DOTALL)
_FIRST_NON_ASCII = "\x80"


def read_literal(token: Token, source: Source) -> ast.Node | Diagnostic:
    """The leaf a NUMBER, TEXT or DATE token stands for."""
    if token.type == "NUMBER":
        return _number(token)
    if token.type == "DATE":
        try:
            return ast.Date(parse_date(token.text), token.span)
        except ValueError:
            return Diagnostic(NO_SUCH_DATE, {"found": token.text}, token.span)
    return ast.Text(source.quoted(token.span), token.span)


def _number(token: Token) -> ast.Number | Diagnostic:
    match = _NUMBER.fullmatch(token.text)
    whole, fraction, suffix = match.groups() if match else (token.text, None, "")
    digits = (fraction or "").rstrip("0")
    too_long = len(whole) > len(str(INT64_MAX)) or len(digits) > DIVISION_SCALE
    raw = 0 if too_long else int((whole + digits) or "0")
    if too_long or raw > INT64_MAX:
        return Diagnostic(BAD_NUMBER, {"found": token.text[:40]}, token.span)
    if suffix in {"", "%"}:
        return ast.Number(raw, len(digits), suffix, token.span)
    unit = BY_SPELLING.get(suffix)
    if unit is None:
        return _unknown_unit(token, suffix)
    return ast.Number(raw, len(digits), unit.key, token.span)


def _unknown_unit(token: Token, suffix: str) -> Diagnostic:
    close = get_close_matches(suffix, BY_SPELLING, n=1)
    if not close and suffix[0] >= _FIRST_NON_ASCII:
        fix = Fix(token.span, "{" + token.text + "}")
        return Diagnostic(NAME_STARTS_WITH_DIGIT, {}, token.span, fix=fix)
    known = " ".join(unit.key for unit in UNITS)
    args = {"unit": suffix, "known": known} | hint(close[0] if close else None)
    return Diagnostic(UNKNOWN_UNIT, args, token.span)
