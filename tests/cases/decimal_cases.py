"""Write tests/cases/dsl/decimal.txt from the General Decimal Arithmetic test data in CPython.

Run it as `python tests/cases/decimal_cases.py [folder]`; the folder is `test/decimaltestdata` of
the standard library. What is expected follows from the data and the rules of `docs/formula.md`
alone: nothing here computes with the formula language. Lines `~ theirs: reason` mark where the
answer differs on purpose (docs/formula-cases.md).
"""

import sys
import sysconfig
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Context, Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

OUT = Path(__file__).parent / "dsl" / "decimal.txt"
LIMIT, DECIMALS = 2**63 - 1, 8
NEAR = 60  # powers of ten
PER_FILE = 48
FILES = (
    *("add", "subtract", "multiply", "divide", "divideint", "remainder", "quantize", "rescale"),
    *("rounding", "tointegral", "compare", "abs", "minus", "plus", "max", "min", "ddAdd"),
    *("ddDivide", "ddMultiply", "ddQuantize", "ddCompare"),
)
INFIX = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}
CALLS = {"abs": "ABS", "max": "MAX", "min": "MIN", "divideint": "QUOTIENT", "remainder": "MOD"}
ROUNDERS = {"half_up": "ROUND", "down": "ROUNDDOWN", "up": "ROUNDUP"}
MODES = {"half_up": ROUND_HALF_UP, "down": ROUND_DOWN, "up": ROUND_UP}
WIDE = Context(prec=400)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the data, with the rounding in force."""

    operation: str
    operands: tuple[Decimal, ...]
    result: str
    flags: frozenset[str]
    rounding: str


def main(folder):
    """Write the case file."""
    head = [
        "# Decimal arithmetic: cases of the General Decimal Arithmetic test data (Mike Cowlishaw,",
        "# IBM; in the test package of CPython), as far as they fit 64 bits and 8 decimals.",
        "# Written by tests/cases/decimal_cases.py; do not edit.",
    ]
    seen = set()
    for name in FILES:
        found = {}
        for line in read(folder / f"{name}.decTest"):
            case = convert(line)
            if case is not None and case[0] not in seen:
                found[case[0]] = case
        kept = spread(list(found.values()))
        seen |= {case[0] for case in kept}
        head.append(f"# {name}.decTest")
        for formula, *answer in kept:
            head += [f">> {formula}", *answer]
    OUT.write_text("\n".join(head) + "\n", encoding="utf-8")


def spread(cases):
    """At most so many of them, evenly spread; where the answers differ is spread by itself."""
    same = [case for case in cases if len(case) == 2]
    other = [case for case in cases if len(case) > 2]
    return [case for part, most in ((same, PER_FILE), (other, 12)) for case in thin(part, most)]


def thin(cases, most):
    """So many of them, evenly spread."""
    count = min(most, len(cases))
    return [cases[n * len(cases) // count] for n in range(count)]


# --- reading ------------------------------------------------------------------------------
def read(path):
    """The lines of a file whose operands are finite numbers."""
    rounding = "half_up"
    for text in path.read_text(encoding="utf-8").splitlines():
        words = text.split("--")[0].replace("'", "").split()
        if words and words[0].lower() == "rounding:":
            rounding = words[1].lower()
        if "->" not in words:
            continue
        arrow = words.index("->")
        operands = [number(word) for word in words[2:arrow]]
        if operands and None not in operands:
            flags = frozenset(words[arrow + 2 :])
            yield Line(words[1].lower(), tuple(operands), words[arrow + 1], flags, rounding)


def number(word):
    """The number a word stands for; none when it is no finite number, or far out of range."""
    try:
        found = Decimal(word)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) < NEAR else None


# --- writing numbers ----------------------------------------------------------------------
def plain(value):
    """As the language writes a number: no exponent, no zeros at the end, no negative zero."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def scale(value):
    """Decimals of a number as written."""
    text = plain(value)
    return len(text.partition(".")[2])


def fits(value, decimals):
    """Whether it is within 64 bits with so many decimals."""
    return WIDE.multiply(abs(value), Decimal(10) ** decimals) <= LIMIT


def operand(value):
    """An operand of a formula."""
    return f"({plain(value)})" if value < 0 else plain(value)


def rounded(value, digits, mode):
    """A fraction as a decimal with so many digits after the point."""
    places = Fraction(10) ** digits
    whole, rest = divmod(abs(value) * places, 1)
    up = {ROUND_HALF_UP: rest >= Fraction(1, 2), ROUND_UP: rest > 0, ROUND_DOWN: False}[mode]
    sign = -1 if value < 0 else 1
    return WIDE.divide(Decimal(sign * int(whole + up)), Decimal(int(10 ** max(digits, 0)))) * (
        Decimal(10) ** max(-digits, 0)
    )


# --- cases --------------------------------------------------------------------------------
def convert(line):
    """`formula, answer` or `formula, answer, note`; none when the case does not fit."""
    if any(scale(value) > DECIMALS or not fits(value, scale(value)) for value in line.operands):
        return None
    if line.operation in {"quantize", "rescale", "tointegral", "tointegralx"}:
        return to_digits(line)
    if line.operation == "compare":
        left, right = map(plain, line.operands)
        return f"IF({left} < {right}, -1, IF({left} > {right}, 1, 0))", line.result
    if line.flags & {"Division_by_zero", "Division_undefined"}:
        return by_zero(line)
    theirs = number(line.result)
    if theirs is None or line.operation not in {*INFIX, *CALLS, "plus", "minus"}:
        return None
    return computed(line, theirs)


def to_digits(line):
    """Rounding to a power of ten."""
    digits = 0
    if line.operation == "quantize":
        digits = -line.operands[1].as_tuple().exponent
    elif line.operation == "rescale":
        digits = -int(line.operands[1])
    theirs = number(line.result)
    mode = ROUNDERS.get(line.rounding)
    if theirs is None or mode is None or not -18 <= digits <= DECIMALS:
        return None
    if not fits(theirs, max(digits, 0)):
        return None
    return f"{mode}({plain(line.operands[0])}, {digits})", plain(theirs)


def by_zero(line):
    """A quotient that they call infinite or no number."""
    text = written(line)
    return (text, "! DSL201 1:1", f"~ {line.result}: no-infinity") if text else None


def written(line):
    """The formula of a line."""
    if line.operation in INFIX:
        left, right = line.operands
        return f"{plain(left)} {INFIX[line.operation]} {operand(right)}"
    if line.operation in CALLS:
        return f"{CALLS[line.operation]}({', '.join(map(plain, line.operands))})"
    sign = {"minus": "-", "plus": "+"}.get(line.operation)
    return f"{sign}{operand(line.operands[0])}" if sign else None


def exact(line):
    """The value without any rounding, and the decimals it has here."""
    values = [Fraction(value) for value in line.operands]
    scales = [scale(value) for value in line.operands]
    match line.operation:
        case "add":
            return values[0] + values[1], max(scales)
        case "subtract":
            return values[0] - values[1], max(scales)
        case "multiply":
            return values[0] * values[1], min(DECIMALS, sum(scales))
        case "divide":
            return values[0] / values[1], DECIMALS
    return None


def computed(line, theirs):
    """A case of arithmetic: exact, rounded by both, or different on purpose."""
    text, real = written(line), exact(line)
    if real is None:
        return called(line, text, theirs)
    value, decimals = real
    ours = rounded(value, decimals, ROUND_HALF_UP)
    if not fits(ours, decimals):
        return text, "! DSL202 1:1", f"~ {line.result}: 64-bits"
    if "Inexact" not in line.flags:
        note = () if ours == theirs else (f"~ {line.result}: eight-decimals",)
        return text, plain(ours), *note
    digits = -theirs.as_tuple().exponent
    if digits > DECIMALS:
        return text, plain(ours), f"~ {line.result}: eight-decimals"
    if line.rounding not in MODES or digits < -18:
        return None
    twice = rounded(Fraction(ours), digits, MODES[line.rounding])
    if not fits(twice, max(digits, 0)):
        return None
    note = () if twice == theirs else (f"~ {line.result}: rounded-twice",)
    return f"{ROUNDERS[line.rounding]}({text}, {digits})", plain(twice), *note


def called(line, text, theirs):
    """A case of a function, whose result they may have cut to their precision."""
    if line.flags & {"Inexact", "Rounded"} or scale(theirs) > DECIMALS:
        return None
    decimals = max(scale(value) for value in line.operands)
    if line.operation == "divideint":
        decimals = 0
    if not fits(theirs, decimals):
        return None
    if line.operation == "remainder":
        divisor = line.operands[1]
        if theirs and (theirs < 0) != (divisor < 0):
            return text, plain(WIDE.add(theirs, divisor)), f"~ {line.result}: sign-of-the-divisor"
    return text, plain(theirs)


if __name__ == "__main__":
    stdlib = Path(sysconfig.get_path("stdlib"))
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else stdlib / "test" / "decimaltestdata")
