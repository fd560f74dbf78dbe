"""Parse a formula: text in, syntax tree with spans or diagnostics out, never an exception."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeGuard, cast

from lark import Lark, Transformer, UnexpectedToken
from lark.lexer import Lexer
from lark.parsers.lalr_analysis import Shift

from dsl import ast
from dsl.codes import (
    CHAINED_COMPARISON,
    EMPTY,
    MINUS_OR_POWER,
    POWER_OF_POWER,
    STRAY_PERCENT,
    TOO_DEEP,
    TOO_MANY_PARTS,
    UNEXPECTED,
    UNEXPECTED_END,
)
from dsl.diagnostics import Diagnostic, Fix, Span
from dsl.lexer import Token, tokens
from dsl.literals import read_literal
from dsl.source import MAX_DEPTH, MAX_NODES, Source, read_source
from dsl.tables import Actions, Reduction, Tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_COMPARISONS = {"==": "=", "!=": "<>", "≠": "<>", "≤": "<=", "≥": ">="}
_LITERALS = frozenset({"NUMBER", "TEXT", "DATE"})


@dataclass(frozen=True, slots=True)
class Parsed:
    """The outcome of a parse; `tree` is None exactly when there are diagnostics."""

    tree: ast.Node | None
    diagnostics: tuple[Diagnostic, ...] = ()


def parse(text: str) -> Parsed:
    """Read a formula."""
    source = read_source(text)
    if isinstance(source, Diagnostic):
        return Parsed(None, (source,))
    found = tokens(source)
    if isinstance(found, Diagnostic):
        return Parsed(None, (found,))
    if not found:
        return Parsed(None, (Diagnostic(EMPTY, {}, Span(0, len(text))),))
    problems = _read_values(found, source)
    if problems:
        return Parsed(None, problems)
    tree: ast.Node | None = _tables().read(found)
    if tree is None:
        return Parsed(None, (_syntax_problem(_refusal(found), source),))
    problems = _review(tree, source)
    return Parsed(None if problems else tree, problems)


def _refusal(found: list[Token]) -> UnexpectedToken:
    """Why a text cannot be read."""
    try:
        _engine().parse(cast("Any", found))
    except UnexpectedToken as error:
        return error
    message = "Lark reads what its tables refuse"
    raise AssertionError(message)


def _read_values(found: list[Token], source: Source) -> tuple[Diagnostic, ...]:
    """Give every literal and every name its value."""
    problems: list[Diagnostic] = []
    for token in found:
        if token.type in _LITERALS:
            value = read_literal(token, source)
            if isinstance(value, Diagnostic):
                problems.append(value)
            token.node = value
        elif token.type == "BRACED":
            token.node = source.quoted(token.span)
    return tuple(problems)


class _Stream(Lexer):
    """Hands the tokens to the parser."""

    def __init__(self, _conf: object) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[Any]:  # noqa: ANN401, ARG002 -- lark's signature
        return iter(lexer_state)


def _join(first: Span, last: Span) -> Span:
    return Span(first.start, last.end)


class _Builder(Transformer[Any, Any]):
    """Builds the tree bottom-up while the parser reduces; every method is one rule."""

    def disjunction(self, parts: list[ast.Node]) -> ast.Node:
        return ast.Nary("OR", tuple(parts), _join(parts[0].span, parts[-1].span))

    def conjunction(self, parts: list[ast.Node]) -> ast.Node:
        return ast.Nary("AND", tuple(parts), _join(parts[0].span, parts[-1].span))

    def concat(self, parts: list[ast.Node]) -> ast.Node:
        return ast.Nary("&", tuple(parts), _join(parts[0].span, parts[-1].span))

    def negation(self, parts: Sequence[Any]) -> ast.Node:
        return ast.Unary("NOT", parts[1], _join(parts[0].span, parts[1].span))

    def sign(self, parts: Sequence[Any]) -> ast.Node:
        return ast.Unary(parts[0].node, parts[1], _join(parts[0].span, parts[1].span))

    def binary(self, parts: Sequence[Any]) -> ast.Node:
        left, operator, right = parts
        return ast.Binary(operator.node, left, right, _join(left.span, right.span))

    power = binary

    def compare(self, parts: Sequence[Any]) -> ast.Node:
        left, operator, right = parts
        sign = _COMPARISONS.get(operator.node, operator.node)
        return ast.Binary(cast("ast.BinaryOp", sign), left, right, _join(left.span, right.span))

    def within(self, parts: Sequence[Any]) -> ast.Node:
        item, _open, *options, close = parts
        return ast.Within(item, tuple(options), "", _join(item.span, close.span))

    def not_within(self, parts: Sequence[Any]) -> ast.Node:
        item, _not, _open, *options, close = parts
        return ast.Within(item, tuple(options), "NOT", _join(item.span, close.span))

    def between(self, parts: Sequence[Any]) -> ast.Node:
        item, low, high = parts
        return ast.Between(item, low, high, _join(item.span, high.span))

    def group(self, parts: Sequence[Any]) -> ast.Node:
        opening, inner, closing = parts
        return cast("ast.Node", replace(inner, span=_join(opening.span, closing.span)))

    def call(self, parts: Sequence[Any]) -> ast.Node:
        name, _open, *args, close = parts
        if name.node.upper() == "NOT" and len(args) == 1:  # one meaning, one tree
            return ast.Unary("NOT", args[0], _join(name.span, close.span))
        return ast.Call(name.node, tuple(args), name.span, _join(name.span, close.span))

    def path(self, parts: list[ast.Segment]) -> ast.Node:
        return ast.Path(tuple(parts), _join(parts[0].span, parts[-1].span))

    def segment(self, parts: Sequence[Any]) -> ast.Segment:
        name = parts[0]
        if len(parts) == 1:
            return ast.Segment(name.node, None, name.span, name.span)
        return ast.Segment(name.node, parts[2], name.span, _join(name.span, parts[3].span))

    def literal(self, parts: Sequence[Any]) -> ast.Node:
        return cast("ast.Node", parts[0].node)


@cache
def _engine() -> Lark:
    """The grammar; read once, when the first formula is."""
    grammar = files("dsl").joinpath("grammar.lark").read_text(encoding="utf-8")
    transformer = _Builder()
    return Lark(
        grammar, parser="lalr", lexer=_Stream, transformer=transformer, maybe_placeholders=False
    )


@cache
def _tables() -> Tables:
    """Lark's tables for a loop that takes a third of the time of Lark's own.

    Lark's is asked only about a text that is wrong: it says what could have stood there.
    """
    engine: Any = _engine().parser.parser
    table, makers = engine.parser.parse_table, engine.parser.callbacks
    actions: Actions = {
        state: {
            str(kind): target if action is Shift else _reduction(target, makers)
            for kind, (action, target) in row.items()
        }
        for state, row in table.states.items()
    }
    return Tables(actions, table.start_states["start"], table.end_states["start"])


def _reduction(rule: Any, makers: Any) -> Reduction:  # noqa: ANN401 -- Lark's own classes
    size = len(rule.expansion)
    hands_on = size == 1 and rule.options.expand1 and rule.alias is None
    return size, None if hands_on else makers[rule], str(rule.origin.name)


_EXPECTED: tuple[tuple[str, str], ...] = (
    ("NAME", "a value"),
    ("PLUS", "+ - * / ^ &"),
    ("COMPARE", "= <> < <= > >= IN BETWEEN"),
    ("_AND", "AND OR"),
    ("RPAR", ")"),
    ("RSQB", "]"),
    ("_COMMA", ","),
    ("LPAR", "("),
)


def _syntax_problem(error: UnexpectedToken, source: Source) -> Diagnostic:
    token = cast("Any", error.token)
    expected = set(error.accepts or ())
    words = [word for terminal, word in _EXPECTED if terminal in expected]
    if "NAME" in expected:
        words = ["a value", *(word for word in words if word in {")", "]"})]
    said = " ".join(words) or "…"
    listed = {"expected": said, "expected_zh": said.replace("a value", "一个值")}
    if token.type == "$END":
        end = len(source.original.rstrip())
        return Diagnostic(UNEXPECTED_END, listed, Span(end, len(source.original)))
    span = Span(token.start_pos, token.end_pos)
    if token.type == "COMPARE" and "_AND" in expected and "COMPARE" not in expected:
        return Diagnostic(CHAINED_COMPARISON, {}, span)
    if source.text[: span.start].rstrip().endswith("%"):
        return Diagnostic(STRAY_PERCENT, {}, span)
    found = source.original[span.start : span.end]
    return Diagnostic(UNEXPECTED, {"found": found} | listed, span)


def _review(tree: ast.Node, source: Source) -> tuple[Diagnostic, ...]:
    """Limits, and spellings that people read in two ways."""
    problems: list[Diagnostic] = []
    for count, (node, depth) in enumerate(ast.walk(tree), 1):
        if depth > MAX_DEPTH:
            return (Diagnostic(TOO_DEEP, {"limit": str(MAX_DEPTH)}, node.span),)
        if count > MAX_NODES:
            return (Diagnostic(TOO_MANY_PARTS, {"limit": str(MAX_NODES)}, tree.span),)
        problem = None
        if isinstance(node, ast.Unary) and node.op == "-":
            problem = _minus_or_power(node, node.operand, source)
        elif isinstance(node, ast.Binary) and node.op == "^" and _is_bare_power(node.right, source):
            problem = Diagnostic(POWER_OF_POWER, {}, node.span)
        if problem is not None:
            problems.append(problem)
    return tuple(sorted(problems, key=lambda problem: problem.span or Span(0, 0)))


def _is_bare_power(node: ast.Node, source: Source) -> TypeGuard[ast.Binary]:
    power = isinstance(node, ast.Binary) and node.op == "^"
    return power and source.text[node.span.start] != "("


def _minus_or_power(node: ast.Unary, power: ast.Node, source: Source) -> Diagnostic | None:
    if not _is_bare_power(power, source):
        return None
    base = power.left
    shown = source.original[node.span.start : node.span.end]
    inner = source.original[power.span.start : power.span.end]
    minus = "-" + source.original[base.span.start : base.span.end]
    fix = Fix(node.span, f"-({inner})")
    return Diagnostic(MINUS_OR_POWER, {"text": shown, "minus": minus}, node.span, fix=fix)


def following(text: str) -> frozenset[str] | None:
    """The kinds of tokens that may come behind a text; None when it is wrong already."""
    source = read_source(text)
    found = source if isinstance(source, Diagnostic) else tokens(source)
    if isinstance(source, Diagnostic) or isinstance(found, Diagnostic):
        return None
    problems = _read_values(found, source)
    stop = Token("_STOP", "", len(text))  # nothing accepts it, wherever it stands
    error = _refusal([*found, stop])
    reached = not problems and cast("Any", error.token) is stop
    return frozenset(error.accepts or ()) if reached else None
