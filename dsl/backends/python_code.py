"""Write expressions of a formula as Python `ast` nodes, with as few tests for None as needed."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from dsl.backends import python_nodes as n
from dsl.backends import python_ops as w
from dsl.ir import Call, Const, Field, Fold, Node, Param
from dsl.ops import OPERATIONS

if TYPE_CHECKING:
    from dsl.backends.python_ops import Expr

_LOGIC = frozenset({"and", "or", "not", "in", "between", "is_null"})
_PLAIN_LOGIC = frozenset({"and", "or", "not", "in", "between", *w.COMPARE})
_CHEAP = frozenset({"add", "sub", "mul", "neg"})
Special = Callable[["Writer", Call, str], None]
FoldWriter = Callable[["Writer", Fold, str], None]


class Level:
    """One row that is being read: the fields and child tables of it in local variables."""

    def __init__(self, names: w.Names, outer: Level | None) -> None:
        self._names = names
        self.outer = outer
        self.fields: dict[str, str] = {}
        self.rows: dict[str, str] = {}

    def field(self, path: str) -> str:
        """The variable of a field."""
        return self._named(self.fields, path)

    def table(self, path: str) -> str:
        """The variable of a child table."""
        return self._named(self.rows, path)

    def _named(self, group: dict[str, str], path: str) -> str:
        name = group.get(path)
        if name is None:
            name = group[path] = self._names.fresh()
        return name


class Writer:
    """Writes statements into the current block until a value is in a variable."""

    def __init__(self, specials: Mapping[str, Special], fold: FoldWriter) -> None:
        self._specials = specials
        self._fold = fold
        self._count = 0
        self.level = Level(self, None)
        self.params: dict[str, str] = {}
        self.block: list[ast.stmt] = []
        self._known: dict[int, str] = {}  # id(node) -> variable
        self._nullable: dict[int, bool] = {}
        self._there: frozenset[str] = frozenset()  # variables proved not to be None
        self._given: dict[Node, str] = {}
        self._nodes: list[Node] = []  # keeps temporary nodes alive, so that ids stay unique

    def fresh(self) -> str:
        """A name that was not used before."""
        self._count += 1
        return f"v{self._count}"

    def kept(self, node: Call) -> Call:
        """A node that is not part of the formula, kept alive as long as the writer."""
        self._nodes.append(node)
        return node

    def given(self, node: Node) -> str:
        """The variable of a node whose value is handed in instead of computed."""
        match node:
            case Field(path=path, outer=False):
                return self.level.field(path)
            case Param(name=parameter):
                name = self._given[node] = self.params.setdefault(parameter, f"p_{parameter}")
                return name
            case _:
                name = self._given[node] = self.fresh()
                return name

    # -- values

    def value(self, node: Node) -> Expr:
        """A variable or constant with the value; None when it is null."""
        match node:
            case Const(value=value):
                return w.constant(value)
            case Field(path=path, outer=outer):
                if self._given and node in self._given:  # outer and inner fields share names
                    return w.load(self._given[node])
                level = self.level.outer if outer and self.level.outer else self.level
                return w.load(level.field(path))
            case Param(name=name):
                return w.load(self.params.setdefault(name, f"p_{name}"))
            case _:
                known = self._known.get(id(node)) or (self._given and self._given.get(node))
                return w.load(known or self._compute(node))

    def _compute(self, node: Call | Fold) -> str:
        name = self.fresh()
        if isinstance(node, Fold):
            self._fold(self, node, name)
        else:
            special = self._specials.get(node.op)
            if special is None:
                self.assign(name, self._strict_value(node))
            else:
                special(self, node, name)
        self._known[id(node)] = name
        self._nodes.append(node)
        return name

    def assign(self, name: str, value: Expr) -> None:
        """Put a value into a variable."""
        self.block.append(n.Assign([n.Name(name, n.STORE)], value))

    @contextmanager
    def inside(self, block: list[ast.stmt]) -> Iterator[None]:
        """Write into another block; what it computes is not known behind it."""
        before, known = self.block, dict(self._known)
        self.block = block
        yield
        self.block, self._known = before, known

    def last(self, node: Node) -> tuple[list[Expr], Expr]:
        """What must hold, and the value then (else it is null): for a value used only once."""
        if isinstance(node, Call) and id(node) not in self._known:
            if node.op not in self._specials:
                guards: list[Expr] = []
                return guards, self._expression(node, guards)
            if node.op in _LOGIC:
                return [], self._asked(node)
        value = self.value(node)
        return ([w.is_not_none(value)] if self.nullable(node) else []), value

    # -- strict operations: one test for all nulls below, then one expression

    def _strict_value(self, node: Call) -> Expr:
        guards: list[Expr] = []
        expression = self._expression(node, guards)
        if not guards:
            return expression
        return w.chosen(w.both(guards), expression, w.constant(None))

    def _expression(self, node: Call, guards: list[Expr]) -> Expr:
        args = [self._operand(arg, guards) for arg in node.args]
        if node.op in w.DIVISIONS and not _is_nonzero(node.args[1]):
            first, args[1] = w.kept(args[1], self)
            _demand(first, guards)
        return w.write(node.op, args, self)

    def _operand(self, node: Node, guards: list[Expr]) -> Expr:
        if isinstance(node, Call) and self._can_inline(node):
            return self._expression(node, guards)
        value = self.value(node)
        if self.nullable(node):
            guard = w.is_not_none(value)
            name = w.tested(guard)  # none of a constant NULL, nor of a divisor that was computed
            if name is None or name not in map(w.tested, guards):
                guards.append(guard)
        return value

    def _can_inline(self, node: Call) -> bool:
        strict = OPERATIONS[node.op].nulls == "strict" and node.op not in w.PARTIAL
        logical = node.op in w.COMPARE or node.op == "not"
        return strict and not logical and id(node) not in self._known

    # -- truth: a plain Python condition, where null counts as false

    def truth(self, node: Node) -> Expr:
        """An expression that is true exactly when the node is TRUE."""
        if isinstance(node, Call) and id(node) not in self._known:
            found = self._condition(node, negated="")
            if found is not None:
                return found
        return self.value(node)

    def falsity(self, node: Node) -> Expr:
        """An expression that is true exactly when the node is FALSE."""
        if isinstance(node, Call) and id(node) not in self._known:
            found = self._condition(node, negated="not")
            if found is not None:
                return found
        return w.compared(self.value(node), ast.Is(), w.FALSE)

    def _condition(self, node: Call, *, negated: Literal["", "not"]) -> Expr | None:
        flip = bool(negated)
        side = self.falsity if flip else self.truth
        match node.op:
            case "and" | "or":
                parts = [side(arg) for arg in sorted(node.args, key=effort)]
                return w.both(parts) if (node.op == "and") is not flip else w.either(parts)
            case "not":
                return self.truth(node.args[0]) if flip else self.falsity(node.args[0])
            case "is_null":
                test = w.is_not_none if flip else w.is_none
                return test(self.value(node.args[0]))
            case "in" | "between":
                return self._membership(node, negated=negated)
            case op if op in w.COMPARE:
                return self._comparison(w.OPPOSITE[op] if flip else op, node.args)
            case _:
                return None

    def _comparison(self, op: str, sides: tuple[Node, ...]) -> Expr:
        """A comparison that null fails; to equal a constant that needs no test for None."""
        guards: list[Expr] = []
        args = [self._operand(arg, guards) for arg in sides]
        plain = all(isinstance(arg, n.Name | n.Constant) for arg in args)
        written = [arg for arg in args if isinstance(arg, n.Constant) and arg.value is not None]
        if op == "eq" and plain and written:
            guards = []
        return w.both([*guards, w.write(op, args, self)])

    def _membership(self, node: Call, *, negated: Literal["", "not"]) -> Expr:
        """`x in (...)`, or the comparisons it stands for, with x computed once."""
        item, *others = node.args
        if node.op == "in" and all(isinstance(o, Const) and o.value is not None for o in others):
            guards: list[Expr] = []
            value = self._operand(item, guards)
            listed = n.Tuple([self.value(option) for option in others], n.LOAD)
            test = w.compared(value, ast.NotIn() if negated else ast.In(), listed)
            return w.both([*guards, test])
        self.value(item)
        expanded = self._expanded(node)
        return self.falsity(expanded) if negated else self.truth(expanded)

    def _expanded(self, node: Call) -> Call:
        item, *others = node.args
        if node.op == "in":
            parts = tuple(Call("eq", (item, other), node.type) for other in others)
            result = Call("or", parts, node.type)
        else:
            low, high = others
            ends = (Call("ge", (item, low), node.type), Call("le", (item, high), node.type))
            result = Call("and", ends, node.type)
        return self.kept(result)

    def logic(self, node: Call, name: str) -> None:
        """A boolean in a variable: true, false or None."""
        self.assign(name, self._asked(node))

    def _asked(self, node: Call) -> Expr:
        if not self.nullable(node):
            return self._both_ways(node, "")
        self.prepare(node)
        unless = w.chosen(self._both_ways(node, "not"), w.FALSE, w.constant(None))
        asked = w.chosen(self._both_ways(node, ""), w.TRUE, unless)
        blank = self._may_be_blank(node)
        if blank:  # without a blank anywhere, plain two-valued logic says the same
            with self.all_there(blank):
                if not self.nullable(node):
                    test = w.both([w.is_not_none(w.load(each)) for each in blank])
                    asked = w.chosen(test, self._both_ways(node, ""), asked)
        return asked

    def _may_be_blank(self, node: Node) -> list[str]:
        """The variables whose None alone makes a condition unknown, each once."""
        found: dict[str, None] = {}
        waiting = [node]
        while waiting:
            here = waiting.pop()
            if isinstance(here, Call) and id(here) not in self._known:
                if here.op in _PLAIN_LOGIC or self._can_inline(here):
                    waiting.extend(reversed(here.args))
                continue
            value = self.value(here)
            if isinstance(value, n.Name) and self.nullable(here):
                found[value.id] = None
        return list(found)

    @contextmanager
    def all_there(self, names: list[str]) -> Iterator[None]:
        """Write for the case that none of these variables is None."""
        there, nullable = self._there, self._nullable
        self._there, self._nullable = there | set(names), {}
        yield
        self._there, self._nullable = there, nullable

    def _both_ways(self, node: Call, negated: Literal["", "not"]) -> Expr:
        found = self._condition(node, negated=negated)
        assert found is not None  # noqa: S101 -- logic() gets the operations _condition knows
        return found

    def known(self, part: Node, *, conjunction: bool) -> list[Expr]:
        """Tests that a part is not null, when it is known not to be FALSE (else: not TRUE)."""
        if not self.nullable(part):
            return []
        if isinstance(part, Call) and part.op in w.COMPARE and self._is_cheap(part):
            guards: list[Expr] = []
            for arg in part.args:
                self._operand(arg, guards)
            return guards
        return [self.truth(part) if conjunction else self.falsity(part)]

    def demanded(self, part: Node) -> list[str]:
        """The variables without which a simple comparison is null; none for other parts."""
        if not isinstance(part, Call) or part.op not in w.COMPARE or not self._is_cheap(part):
            return []
        tests = self.known(part, conjunction=True)
        return [name for name in map(w.tested, tests) if name is not None]

    def prepare(self, node: Call) -> None:
        """Compute what is more than a comparison of variables once, for both questions."""
        for arg in node.args:
            if not isinstance(arg, Call):
                continue
            if arg.op in {"and", "or", "not"}:
                self.prepare(arg)
            elif arg.op not in {"is_null", *w.COMPARE} or not self._is_cheap(arg):
                self.value(arg)

    def _is_cheap(self, node: Call) -> bool:
        """Whether a comparison may be written twice: all below is variables and short sums."""
        calls = [arg for arg in node.args if isinstance(arg, Call | Fold)]
        return all(
            isinstance(arg, Call) and arg.op in _CHEAP and self._is_cheap(arg) for arg in calls
        )

    # -- nullability

    def nullable(self, node: Node) -> bool:
        """Whether a value may be None; stored fields always may, whatever their type says."""
        if self._there and self._is_there(node):
            return False
        match node:
            case Const(value=value):
                return value is None
            case Fold(kind=kind):
                return kind not in {"count", "rows", "distinct"}
            case Param():  # where one is missing, the formula has NULL instead
                return node in self._given
            case Call():
                found = self._nullable.get(id(node))
                if found is None:
                    self._nodes.append(node)
                    found = self._nullable[id(node)] = self._call_nullable(node)
                return found
            case _:
                return True

    def _is_there(self, node: Node) -> bool:
        if isinstance(node, Field | Param):
            value = self.value(node)
            return isinstance(value, n.Name) and value.id in self._there
        return self._known.get(id(node)) in self._there

    def _call_nullable(self, node: Call) -> bool:
        operation = OPERATIONS[node.op]
        args = [self.nullable(arg) for arg in node.args]
        match node.op:
            case "coalesce" | "least" | "greatest":
                return all(args)
            case "case":
                return any([*args[1::2], args[-1]])
            case "switch":
                return any([*args[2::2], args[-1]])
            case "concat":
                return True
            case op if op in w.DIVISIONS:
                return any(args) or not _is_nonzero(node.args[1])
            case _:
                return operation.nulls != "never" and (any(args) or node.op in w.PARTIAL)


def _is_nonzero(node: Node) -> bool:
    return isinstance(node, Const) and bool(node.value)


def _demand(divisor: Expr, guards: list[Expr]) -> None:
    """A guard against 0; as None is false too it takes the place of a guard against None."""
    name = w.tested(divisor)
    for at, guard in enumerate(guards):
        if name is not None and w.tested(guard) == name:
            guards[at] = divisor
            return
    guards.append(divisor)


def effort(node: Node) -> int:
    """How much is to be computed for a condition: what is cheap is asked first."""
    match node:
        case Call(op="and" | "or" | "in", args=args):
            return 2 * sum(map(effort, args))
        case Call(op="is_null" | "not", args=args):
            return sum(map(effort, args))
        case Call(args=args) if not all(isinstance(arg, Const) for arg in args):
            return 1 + sum(map(effort, args))
        case Fold():
            return 1
        case _:
            return 0
