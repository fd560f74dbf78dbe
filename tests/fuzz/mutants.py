"""Deliberate mistakes: single operations of the generated Python code, each replaced by a copy
that is wrong the way other formula languages are or were."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import isqrt
from typing import TYPE_CHECKING

from dsl import calendars, exact, number_format, wildcards
from dsl.backends import python as backend
from dsl.backends import python_branches as branches
from dsl.backends import python_nodes as nodes
from dsl.backends import python_ops as ops
from dsl.host import deviation as exact_deviation
from dsl.ir import Call, Const, Fold
from dsl.types import Number

if TYPE_CHECKING:
    from collections.abc import Callable

_EPOCH = date(1970, 1, 1)
_WRAP = 2**64


@dataclass(frozen=True)
class Mutant:
    """`operations` are those whose formulas can show the mistake."""

    name: str
    operations: frozenset
    install: Callable
    hosted: bool = False  # of operations that only Python and SQLite compute


def _strict(name, *operations):
    """Replaces operations that null arguments do not reach."""

    def decorate(function):
        def install(patch):
            for operation in operations:
                patch.setitem(ops.HELPERS, operation, function)
                for table in (ops._WRITERS, ops._ARITHMETIC, ops.COMPARE):
                    patch.delitem(table, operation, raising=False)

        MUTANTS.append(Mutant(name, frozenset(operations), install))
        return function

    return decorate


def _special(name, *operations):
    """Replaces operations with a null rule of their own; gets the values, nulls included."""

    def decorate(function):
        def write(writer, node, variable):
            values = [writer.value(arg) for arg in node.args]
            writer.assign(variable, ops.called("mutant", values))

        def install(patch):
            patch.setitem(ops.HELPERS, "mutant", function)
            for operation in operations:
                patch.setitem(branches.SPECIALS, operation, write)

        MUTANTS.append(Mutant(name, frozenset(operations), install))
        return function

    return decorate


def _helper(name, helper, *operations, hosted=False):
    """Replaces a function the generated code calls."""

    def decorate(function):
        def install(patch):
            patch.setitem(ops.HELPERS, helper, function)

        MUTANTS.append(Mutant(name, frozenset(operations), install, hosted))
        return function

    return decorate


def _hosted(name, operation):
    """Replaces an operation of Python alone."""
    return _helper(name, operation, operation, hosted=True)


def _rewriting(name, operation):
    """Compiles the formula with every such operation replaced by other ones."""

    def decorate(change):
        def rewritten(node):
            match node:
                case Call(args=args):
                    node = replace(node, args=tuple(map(rewritten, args)))
                    return change(node) if node.op == operation else node
                case Fold(where=where, values=values):
                    where = None if where is None else rewritten(where)
                    return replace(node, where=where, values=tuple(map(rewritten, values)))
                case _:
                    return node

        def install(patch):
            right = backend.Program
            patch.setattr(backend, "Program", lambda node: right(rewritten(node)))

        MUTANTS.append(Mutant(name, frozenset({operation}), install))
        return change

    return decorate


MUTANTS: list[Mutant] = []


# --- logic and null -----------------------------------------------------------------------
@_rewriting("AND of two values", "and")
@_rewriting("OR of two values", "or")
def _two_values(node):
    known = (Call("coalesce", (arg, Const(False, arg.type)), arg.type) for arg in node.args)
    return replace(node, args=tuple(known))


@_special("NOT of nothing is true", "not")
def _not(value):
    return value is not True


@_special("nothing equals nothing", "eq")
def _eq(left, right):
    return left == right


@_special("IN skips nothing", "in")
def _in(item, *options):
    return item in options


@_special("an unknown condition gives nothing", "case")
def _case(*args):
    *pairs, otherwise = args
    for condition, value in zip(pairs[::2], pairs[1::2], strict=True):
        if condition is None:
            return None
        if condition:
            return value
    return otherwise


@_special("SWITCH matches nothing with nothing", "switch")
def _switch(item, *args):
    *pairs, otherwise = args
    for key, value in zip(pairs[::2], pairs[1::2], strict=True):
        if item == key:
            return value
    return otherwise


@_special("zero is blank", "coalesce")
def _coalesce(*values):
    return next((value for value in values if value), None)


@_rewriting("ISBLANK of zero is true", "is_null")
def _is_null(node):
    (value,) = node.args
    if not isinstance(value.type, Number):
        return node
    zero = Call("eq", (value, Const(0, value.type)), node.type)
    return Call("coalesce", (zero, Const(True, node.type)), node.type)


@_special("BETWEEN leaves out its ends", "between")
def _between(item, low, high):
    return None if None in {item, low, high} else low < item < high


@_special("the sum of nothing is nothing", "total")
def _total(*values):
    known = [value for value in values if value is not None]
    return sum(known) if known else None


@_special("text joined with nothing is nothing", "concat")
def _concat(*texts):
    return None if None in texts else "".join(texts) or None


@_helper("the smallest is nothing when one is", "least", "least")
def _least(*values):
    return None if None in values else min(values)


# --- numbers ------------------------------------------------------------------------------
@_strict("half to even", "div")
def _half_even(a, b):
    quotient, rest = divmod(a, b)
    twice = 2 * rest - b if b > 0 else b - 2 * rest
    return quotient + (twice > 0 or (twice == 0 and quotient % 2 == 1))


@_strict("half upwards", "div")
def _half_up(a, b):
    return (2 * a + b) // (2 * b)


@_strict("division cuts digits off", "div")
def _cut(a, b):
    return exact.div_down(a, b)


@_strict("division of floats", "div")
def _float(a, b):
    return round(a / b)


@_strict("remainder with the sign of the dividend", "mod")
def _modulo(a, b):
    return a - b * exact.div_down(a, b)


@_strict("INT cuts digits off", "div_floor")
def _floor(a, b):
    return exact.div_down(a, b)


@_strict("ROUNDUP goes upwards", "div_up")
def _ceiling(a, b):
    return -(-a // b)


@_strict("products wrap around at 64 bits", "mul")
def _wrap(a, b):
    return (a * b + _WRAP // 2) % _WRAP - _WRAP // 2


@_strict("sums of floats", "add", "sub")
def _add(a, b):
    return int(float(a) + float(b))


@_strict("CLAMP prefers the upper bound", "clamp")
def _clamp(x, low, high):
    return min(max(x, low), high)


@_helper("the mean is cut", "mean", "avg")
def _mean(total, count, factor):
    return total * factor // count if count else None


@_helper("the sum of child rows may leave 64 bits", "fits_int64", "sum")
def _fits(value):
    return value


def _unguarded(patch):
    patch.setattr(backend, "leaves_int64", lambda _node: False)


MUTANTS.append(Mutant("no overflow guard", frozenset({"add", "sub", "mul", "div"}), _unguarded))


# --- texts --------------------------------------------------------------------------------
def _utf16(text):
    return text.encode("utf-16-be", "surrogatepass")


@_special("length in UTF-16", "length")
def _length(text):
    return len(_utf16(text or "")) // 2


def _ordered(patch):
    right = ops.write

    def write(op, args, names):
        if op in _ORDER:
            args = [ops.called("unit_order", [arg]) for arg in args]
        return right(op, args, names)

    patch.setattr(ops, "write", write)
    patch.setitem(ops.HELPERS, "unit_order", lambda v: _utf16(v) if isinstance(v, str) else v)


_ORDER = frozenset({"lt", "le", "gt", "ge"})
TEXT_ORDER = "order of texts"  # numbers are compared far more often
ORDER = _ORDER | {"least", "greatest", "between"}
MUTANTS.append(Mutant("order of UTF-16", frozenset({TEXT_ORDER}), _ordered))


@_strict("CONTAINS as LIKE does", "contains")
def _like(text, part):
    return part.lower() in text.lower()


@_strict("LEFT in UTF-16", "left")
def _left(text, count):
    return _utf16(text)[: 2 * count].decode("utf-16-be", "ignore") or None if count > 0 else None


@_strict("RIGHT of none is all", "right")
def _right(text, count):
    return text[-count:] or None


@_strict("MID counts from 0", "mid")
def _mid(text, start, count):
    return text[start : start + count] or None if start > 0 and count > 0 else None


@_strict("TRIM strips all white space", "trim")
def _trim(text):
    return text.strip() or None


@_strict("UPPER of all letters", "upper")
def _upper(text):
    return text.upper()


@_strict("LOWER of all letters", "lower")
def _lower(text):
    return text.lower()


# --- dates --------------------------------------------------------------------------------
def _rolled(year, month, day):
    """A day that does not exist rolls over into the next month."""
    try:
        return (date(year, month, 1) - _EPOCH + timedelta(day - 1)).days
    except (ValueError, OverflowError):
        return None


@_strict("EDATE rolls over the end of a month", "add_months")
def _add_months(day, months):
    if exact.add_months(day, months) is None:
        return None
    start = _EPOCH + timedelta(day)
    index = start.year * 12 + start.month - 1 + months
    return _rolled(index // 12, index % 12 + 1, start.day)


@_strict("DATE rolls over the end of a month", "make_date")
def _make_date(year, month, day):
    return _rolled(year, month, day)


@_strict("Sunday is the first day", "weekday")
def _weekday(day):
    return (day + 4) % 7 + 1


@_strict("days beyond the year 9999", "add_days")
def _add_days(day, count):
    return day + count


# --- operations of Python alone, and folds over lists ----------------------------------------
class _AllListed(branches._Distinct):
    """Collects the blanks, too."""

    def step(self, writer, node, name):
        value = writer.value(node.values[0])
        writer.block.append(branches._increase(name, nodes.List([value], nodes.LOAD)))


def _count_blanks(patch):
    patch.setitem(branches._FOLDS, "distinct", _AllListed())


MUTANTS.append(Mutant("blank is a value of its own", frozenset({"distinct"}), _count_blanks))


@_hosted("percentile without interpolation", "percentile")
def _percentile(values, share):
    known = values and 0 <= share <= 10**8
    return sorted(values)[(len(values) - 1) * share // 10**8] if known else None


@_hosted("deviation of all for a sample", "deviation")
def _deviation(values, freedom):
    return exact_deviation(values, 1 - freedom)


@_hosted("LARGE counts from 0", "nth_largest")
def _nth_largest(values, place):
    return sorted(values, reverse=True)[place] if 0 <= place < len(values) else None


@_hosted("an amount without its zeros", "capital_amount")
def _capital(cents):
    text = number_format.capital_amount(cents)
    return text if text.startswith("零") else text.replace("零", "")


@_hosted("an amount without 整", "capital_amount")
def _capital_end(cents):
    return number_format.capital_amount(cents).removesuffix("整")


@_hosted("FIND counts from 0", "find")
def _find(part, text, start):
    found = text.find(part, start - 1) if start > 0 else -1
    return None if found < 0 else found


@_hosted("TEXT loses the sign", "write_number")
def _write_number(raw, scale, pattern):
    return number_format.number_text(abs(raw), scale, pattern)


@_hosted("the root is cut", "root")
def _root(x):
    return None if x < 0 else isqrt(x * 10**8)


@_helper("working days without the first", "working_days", "working_days")
def _working_days(start, end, calendar):
    return calendars.working_days(start + 1, end, calendar)


@_helper("WORKDAY counts the start", "working_day_after", "working_day_after")
def _working_day_after(start, days, calendar):
    return calendars.working_day_after(start - 1, days, calendar)


@_helper("a pattern fits a part of the text", "matches", "matches")
def _matches(text, pattern):
    return wildcards.matches(text, f"*{pattern}*")
