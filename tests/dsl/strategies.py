"""Random syntax trees: of any shape for the printer, well typed for the executors."""

from hypothesis import strategies as st

from dsl import ast

NAMES = [
    "a",
    "value",
    "end",
    "数量",
    "一次合格率(%)",
    "3月目标",
    "NOT",
    "AND",
    "x y",
    "this",
    "TRUE",
]
SUFFIXES = ["", "%", "d", "h", "mo", "pp", "万", "元"]
texts = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=6)


@st.composite
def numbers(draw):
    scale = draw(st.integers(0, 4))
    raw = draw(st.integers(0, 10**12))
    while scale and raw % 10 == 0:
        raw, scale = raw // 10, scale - 1
    return ast.Number(raw, scale if raw else 0, draw(st.sampled_from(SUFFIXES)))


def segments(where):
    return st.builds(ast.Segment, st.sampled_from(NAMES), st.none() | where)


def _grow(inner):
    binary = st.sampled_from(["+", "-", "*", "/", "^", "=", "<>", "<", "<=", ">", ">="])
    several = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        st.builds(ast.Path, st.lists(segments(inner), min_size=1, max_size=3).map(tuple)),
        st.builds(
            ast.Call,
            st.sampled_from(["IF", "ROUND", "求和", "AND"]),
            st.lists(inner, max_size=3).map(tuple),
        ),
        st.builds(ast.Unary, st.sampled_from(["-", "+", "NOT"]), inner),
        st.builds(ast.Binary, binary, inner, inner),
        st.builds(ast.Nary, st.sampled_from(["AND", "OR", "&"]), several),
        st.builds(ast.Within, inner, several, st.sampled_from(["", "NOT"])),
        st.builds(ast.Between, inner, inner, inner),
    )


trees = st.recursive(
    st.one_of(
        numbers(),
        st.builds(ast.Text, texts),
        st.builds(ast.Date, st.integers(-719_162, 2_932_896)),
        st.builds(ast.Path, segments(st.nothing()).map(lambda segment: (segment,))),
    ),
    _grow,
    max_leaves=12,
)


# Well-typed formulas over the scope of `world`, as text.
def _call(name, *parts):
    return st.tuples(*parts).map(lambda found: f"{name}({', '.join(found)})")


def _infix(operators, left, right):
    return st.tuples(left, st.sampled_from(operators), right).map(
        lambda f: f"({f[0]} {f[1]} {f[2]})"
    )


def _part(choices):
    """More leaves than nodes: trees that grow without end are thrown away, nine of ten."""

    @st.composite
    def part(draw):
        leaf, node = choices()
        return draw(node if draw(st.sampled_from([False, False, False, True, True])) else leaf)

    return part()


number = _part(lambda: (number_leaf, number_node))
condition = _part(lambda: (condition_leaf, condition_node))
day = _part(lambda: (day_leaf, day_node))
text = _part(lambda: (text_leaf, text_node))
number_leaf = st.sampled_from(
    [
        "confirmed",
        "due",
        "value",
        "none",
        "zeroed",
        "count",
        "big",
        "0",
        "1",
        "0.5",
        "20%",
        "7.25",
        "3",
        "NULL",
    ]
)
number_node = st.one_of(
    _infix(["+", "-", "*", "/"], number, number),
    number.map(lambda x: f"-({x})"),
    number.map(lambda x: f"({x})^2"),
    _call("MOD", number, number),
    _call("ROUND", number, st.sampled_from(["0", "2", "-1"])),
    _call("ROUNDUP", number, st.sampled_from(["0", "1"])),
    _call("TRUNC", number, st.just("1")),
    _call("INT", number),
    _call("ABS", number),
    _call("SIGN", number),
    _call("CLAMP", number, number, number),
    _call("MIN", number, number),
    _call("MAX", number, number, number),
    _call("SUM", number, number),
    _call("AVG", number, number),
    _call("COUNT", number, number),
    _call("IF", condition, number, number),
    _call("IFS", condition, number, condition, number),
    _call("SWITCH", number, number, number, number),
    _call("COALESCE", number, number),
    _call("LEN", text),
    _call("DAYS", day, day),
    _call("YEAR", day),
    _call("MONTH", day),
    _call("WEEKDAY", day),
    st.tuples(
        st.sampled_from(["SUM", "AVG", "MIN", "MAX", "COUNT"]),
        condition_child := st.sampled_from(
            ["", "[quantity > 0]", "[valid]", "[quantity < this.count AND NOT valid]"]
        ),
    ).map(lambda f: f"{f[0]}(lines{f[1]}.amount)"),
    condition_child.map(lambda f: f"COUNT(lines{f})"),
)
condition_leaf = st.sampled_from(["passed", "unknown", "TRUE", "FALSE", "NULL"])
condition_node = st.one_of(
    _infix(
        ["=", "<>", "<", "<=", ">", ">="],
        number.filter(lambda x: x != "NULL"),
        number.filter(lambda x: x != "NULL"),
    ),
    _infix(["<", ">="], day, day),
    _infix(
        ["=", "<"],
        text_field := st.sampled_from(["name", "blank", "'点'", "TRIM(name)"]),
        text_field,
    ),
    _infix(["AND", "OR"], condition, condition),
    condition.map(lambda x: f"(NOT {x})"),
    number.map(lambda x: f"ISBLANK({x})"),
    st.tuples(
        number.filter(lambda x: x != "NULL"),
        st.sampled_from(["IN (1, 7, 0.5)", "NOT IN (none, 7)", "BETWEEN 1 AND none"]),
    ).map(lambda f: f"({f[0]} {f[1]})"),
    _call("CONTAINS", text, text),
    st.sampled_from(["code = '尺寸超差'", "code IN ('coolant_low')"]),
)
day_leaf = st.sampled_from(["start", "end", "2026-02-28", "TODAY()", "PERIOD_END()"])
day_node = st.one_of(
    _infix(["+", "-"], day, st.sampled_from(["7d", "1mo", "3000y", "2w"])),
    _call("EDATE", day, number),
    _call("EOMONTH", day, number),
    _call("DATE", number, number, number),
    _call("IF", condition, day, day),
    _call("MAX", day, day),
)
text_leaf = st.sampled_from(["name", "blank", "'点检 A'", "''"])
text_node = st.one_of(
    _infix(["&"], text, text),
    _call("LEFT", text, number),
    _call("RIGHT", text, number),
    _call("MID", text, number, number),
    _call("TRIM", text),
    _call("UPPER", text),
    _call("IF", condition, text, text),
)


@st.composite
def _whole(draw):
    some = [number, condition, day, text, number_node, condition_node, day_node, text_node]
    return draw(some[draw(st.integers(0, len(some) - 1))])


formulas = _whole()

_integers = (
    st.none()
    | st.integers(-(10**9), 10**9)
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.integers(-3, 3)
)
_days = st.none() | st.integers(-719_162, 2_932_896) | st.integers(20_000, 21_000)
_texts = st.none() | st.sampled_from(["点检 A-12", " a ", "😀中", "é"])
_booleans = st.none() | st.booleans()
_children = st.lists(
    st.fixed_dictionaries({"quantity": _integers, "amount": _integers, "valid": _booleans}),
    max_size=4,
)
rows = st.fixed_dictionaries(
    {
        **dict.fromkeys(("confirmed", "due", "value", "none", "zeroed", "count", "big"), _integers),
        **dict.fromkeys(("start", "end"), _days),
        **dict.fromkeys(("name", "blank"), _texts),
        **dict.fromkeys(("passed", "unknown"), _booleans),
        "code": st.none() | st.sampled_from(["dim_out_of_tolerance", "coolant_low"]),
        "lines": st.none() | _children,
    }
)
