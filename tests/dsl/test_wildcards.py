"""Wildcards against the definition, tried letter by letter."""

import time
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.formula import compile_formula
from dsl.scope import RowScope, Symbol
from dsl.types import Text
from dsl.wildcards import matches, parts

LETTERS = "ab*?~[]%_\\^点\U0001f600\n."
texts = st.text(LETTERS, max_size=8)
SCOPE = RowScope({"name": Symbol("name", Text())}, lambda _: None)


def fits(text, pattern):
    """By the definition alone."""
    signs = parts(pattern)

    @cache
    def rest(at, to):
        if at == len(signs):
            return to == len(text)
        sign, wild = signs[at]
        if wild and sign == "*":
            return rest(at + 1, to) or (to < len(text) and rest(at, to + 1))
        here = to < len(text) and (wild or text[to] == sign)
        return here and rest(at + 1, to + 1)

    return rest(0, 0)


@given(texts, texts)
def test_a_pattern_fits_what_it_says(text, pattern):
    assert matches(text, pattern) == fits(text, pattern)


@pytest.mark.parametrize(
    ("pattern", "signs"),
    [
        ("a~*b", [("a", False), ("*", False), ("b", False)]),
        ("~~*", [("~", False), ("*", True)]),
        ("~a~", [("~", False), ("a", False), ("~", False)]),
        ("a**?", [("a", False), ("*", True), ("?", True)]),
        ("~**", [("*", False), ("*", True)]),
    ],
)
def test_a_tilde_makes_a_wildcard_itself(pattern, signs):
    assert parts(pattern) == signs


@pytest.mark.parametrize(
    "pattern", ["*a" * 1500 + "b", "*" + "a?" * 1000 + "b*", "a*" * 1500 + "b"]
)
def test_no_pattern_takes_long(pattern):
    began = time.process_time()
    assert not matches("a" * 4096, pattern)
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize(
    ("source", "code"),
    [("MATCHES(name, name)", "DSL135"), ("MATCHES(name, '')", "DSL118"), ("MATCHES(1, 'a')", "DSL105")],
)  # fmt: skip
def test_a_pattern_is_written_out(source, code):
    (problem,) = compile_formula(source, SCOPE).diagnostics
    assert problem.code == code
