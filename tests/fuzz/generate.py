"""Random formulas that are well typed, over the scope of `tests.fuzz.world`."""

from dataclasses import dataclass

# The fields by type, per level of rows; `this.` in a child row leads to the record.
_ROW = {
    "number": (
        *("confirmed", "due", "rate", "price", "cost", "zeroed", "count", "limit", "big"),
        *("worth", "more", "worth"),  # computed, and beyond 64 bits now and then
        *(
            "传感器确认次数",
            "{一次合格率(%)}",
            "owner.share",
            "boss.team.budget",
            "负责人.班组.预算",
        ),
    ),
    "text": ("name", "note", "owner.name", "boss.team.name"),
    "condition": ("passed", "seen", "合格"),
    "choice": ("code", "was"),
    "day": ("start", "end", "owner.hired", "boss.team.since"),
    "instant": ("raised", "closed"),
    "duration": ("response", "pause"),
    "reference": ("owner", "boss"),
}
_LINE = {
    "number": (
        "quantity",
        "amount",
        "ratio",
        "value",
        "zeroed",
        "maker.share",
        "maker.team.budget",
    ),
    "text": ("note", "maker.name"),
    "condition": ("valid", "有效"),
    "choice": ("kind",),
    "day": ("day", "maker.hired"),
    "instant": ("at",),
    "duration": ("took",),
    "reference": ("maker",),
}
_MARK = {"number": ("score",), "day": ("on",)}


@dataclass(frozen=True)
class _Level:
    """The fields of the rows of a level by type, the level that `this.` leads to, child tables."""

    fields: dict
    outer: str | None
    tables: tuple


_LEVELS = {
    "row": _Level(_ROW, None, (("lines", "line"), ("明细", "line"), ("owner.marks", "mark"))),
    "line": _Level(_LINE, "row", (("maker.marks", "maker_mark"),)),
    "mark": _Level(_MARK, "row", ()),
    "maker_mark": _Level(_MARK, "line", ()),
}
_NUMBERS = (
    *("0", "1", "2", "3", "5", "7", "12", "100", "0.5", "0.25", "1.5", "2.5", "0.005", "0.05"),
    *("1.005", "2.675", "33.33333333", "0.00000001", "1000000", "20%", "150%", "0.5%", "4.2亿"),
    *("1万元", "3元", "2147483647", "2147483648", "4294967296", "3000000000", "9007199254740993"),
    *("1000000000000000000", "9223372036854775807", "92233720368.54775807", "0.1", "9", "10", "-1"),
)
_COUNTS = ("0", "1", "1", "2", "2", "3", "5", "-1", "2.9", "2147483648", "9223372036854775807")
_TEXTS = (
    *(
        "'a'",
        "'A'",
        '"点"',
        "'点检'",
        "'CNC'",
        "'cnc'",
        "' '",
        "'　'",
        "'\U0001f600'",
        "'12'",
        "'%'",
    ),
    *(
        "'_'",
        "'it''s'",
        "“ＡＢ”",
        "'\uffff'",
        "'\U00020bb7'",
        "''",
        "'é'",
        "'-'",
        "'\\'",
        "'%s %%'",
    ),
)
_PATTERNS = ("'*'", "'?'", "'a*'", "'*点*'", "'?*a?*'", "'~**'", "'*[*'", "'%_*'", "'*~~*'")
_DAYS = (
    *("2026-02-28", "2024-02-29", "0001-01-01", "9999-12-31", "1970-01-01", "2026-03-02"),
    *("TODAY()", "PERIOD_START()", "PERIOD_END()", "今天()"),
)
_DURATIONS = (
    "7d",
    "1d",
    "2w",
    "90min",
    "8h",
    "1s",
    "36小时",
    "0d",
    "3天",
    "5000000d",
    "100000000d",
)
_WHOLE_DAYS = ("7d", "1d", "2w", "3天", "0d", "5000000d", "100000000d")
_MONTHS = ("1mo", "13个月", "1y", "100y", "9000年", "0mo", "200000000y")
_OPTIONS = ("'dim_out'", "'coolant'", "'x_other'", "'尺寸超差'", "'冷却液低'")
_FORMATS = ("'0'", "'#,##0.00'", "'0.0%'", "'0.##'", "'¥#,##0'", "'000'", "'#.0'")
_DATE_FORMATS = ("'yyyy-mm-dd'", "'yy/m/d'", "'yyyy年m月d日'", "'mm-dd'")
_COMPARE = ("=", "<>", "<", "<=", ">", ">=")
_SPELLED = {"*": "×", "/": "÷", "+": "＋", "<=": "≤", ">=": "≥", "<>": "≠", "=": "＝"}
_ORDERED = ("number", "day", "instant", "duration", "text")
TYPES = {
    "number": 36,
    "condition": 30,
    "text": 12,
    "day": 10,
    "instant": 4,
    "duration": 6,
    "choice": 4,
}


class Generator:
    """Writes formulas; `literal` of the leaves are written out instead of read from the row.

    `hosted`: also those functions that only Python computes, in a database SQLite alone.
    """

    def __init__(self, random, *, hosted=False):
        self._random = random
        self._hosted = hosted
        self._level = "row"
        self._literal = 0.35

    def formula(self, size=None):
        """A formula of any type; small ones are more frequent."""
        random = self._random
        self._literal = random.choice((0.1, 0.3, 0.3, 0.5, 1.0))
        kind = random.choices(list(TYPES), TYPES.values())[0]
        if size is None:
            size = random.choice((1, 1, 2, 2, 2, 3, 3, 3, 4, 5))
        return self.of(kind, size)

    def chain(self, length):
        """A narrow formula, nested `length` times."""
        self._literal = 0.2
        text, kind = self.of("number", 0), "number"
        for _ in range(length):
            text = self._wrap_condition(text) if kind == "condition" else self._wrap_number(text)
            if kind == "condition":
                text = f"IF({text}, {self.of('number', 0)}, 1.5)"
                kind = "number"
            elif self._random.random() < 0.2:
                text, kind = f"({text} < {self.of('number', 0)})", "condition"
        return text

    def _wrap_number(self, text):
        other = self.of("number", 0)
        return self._pick(
            f"({text} + {other})",
            f"({other} - {text})",
            f"ABS({text})",
            f"-({text})",
            f"MIN({text}, {other})",
            f"COALESCE({text}, {other})",
            f"IF({self.of('condition', 0)}, {text}, {other})",
            f"IFS({self.of('condition', 0)}, {other}, passed, {text})",
            f"MOD({text}, {other})",
            f"ROUND({text} / 3, 4)",
            f"CLAMP({text}, {other}, 100)",
            f"SWITCH({text}, 1, {other}, {text if len(text) < 60 else other})",
        )

    def _wrap_condition(self, text):
        other = self.of("condition", 0)
        return self._pick(
            f"NOT ({text})",
            f"({text} AND {other})",
            f"({other} OR {text})",
            f"({text} = {other})",
            f"ISBLANK({text})",
            f"COALESCE({text}, {other})",
        )

    # --- one type -------------------------------------------------------------------------
    def of(self, kind, size):
        """A formula of one type; `size` levels at most."""
        if size <= 0 or self._random.random() < 0.1:
            return self._leaf(kind)
        return getattr(self, f"_{kind}")(size - 1)

    def _leaf(self, kind):
        if kind == "reference" or self._random.random() >= self._literal:
            return self._field(kind)
        if kind not in {"condition", "text"} and self._random.random() < 0.03:
            return "NULL"
        return self._literal_of(kind)

    def _field(self, kind):
        level = _LEVELS[self._level]
        own = level.fields.get(kind, ())
        if level.outer and (not own or self._random.random() < 0.2):
            return "this." + self._random.choice(_LEVELS[level.outer].fields[kind])
        return self._random.choice(own)

    def _literal_of(self, kind):
        match kind:
            case "number":
                return self._random.choice(_NUMBERS)
            case "text":
                return self._random.choice(_TEXTS)
            case "day":
                return self._random.choice(_DAYS)
            case "instant":
                return "NOW()"
            case "duration":
                return self._random.choice(_DURATIONS)
            case "condition":
                return self._random.choice(("TRUE", "FALSE"))
            case _:
                return self._field(kind)

    def _pick(self, *texts):
        return self._random.choice(texts)

    def _infix(self, left, operator, right):
        if self._random.random() < 0.1:
            operator = _SPELLED.get(operator, operator)
        return f"({left} {operator} {right})"

    def _any(self, size):
        return self.of(self._random.choice((*TYPES, "reference")), size)

    def _several(self, kind, size, low=2, high=4):
        count = self._random.randint(low, high)
        return ", ".join(self.of(kind, size) for _ in range(count))

    def _branches(self, kind, size):
        """What every type has: conditions and defaults."""
        value = [self.of(kind, size) for _ in range(3)]
        test = [self.of("condition", size) for _ in range(2)]
        key = self._random.choice(("number", "text", "day"))
        keys = [self._compared(key, size) for _ in range(3)]
        tail = self._pick("", f", {value[2]}")
        return self._pick(
            f"IF({test[0]}, {value[0]}{tail})",
            f"如果({test[0]}, {value[0]}, {value[1]})",
            f"IFS({test[0]}, {value[0]}, {test[1]}, {value[1]}{tail})",
            f"SWITCH({keys[0]}, {keys[1]}, {value[0]}, {keys[2]}, {value[1]}{tail})",
            f"COALESCE({value[0]}, {value[1]}{tail})",
            f"空值按({value[0]}, {value[1]})",
        )

    def _compared(self, kind, size):
        """A value that may be compared: the literal NULL and '' may not."""
        for _ in range(9):
            found = self.of(kind, size)
            if found not in {"NULL", "''"}:
                return found
        return self._field(kind)

    # --- numbers --------------------------------------------------------------------------
    def _number(self, size):
        random = self._random
        pick = random.random()
        if self._hosted and pick < 0.3:
            return self._server_number(size)
        if pick < 0.4:
            return self._arithmetic(size)
        if pick < 0.55:
            return self._rounded(size)
        if pick < 0.68:
            return self._branches("number", size)
        if pick < 0.82 and self._has_tables:
            return self._aggregate("number", size)
        return self._measured(size)

    def _arithmetic(self, size):
        left, right = self.of("number", size), self.of("number", size)
        operator = self._random.choice("++--**//")
        if operator in "+-" and right.endswith("%"):  # the checker asks what is meant
            right = "0.2"
        exponent = self._random.choice((1, 2, 2, 3, 5, 11))
        few = self._several("number", size)
        name = self._pick("MIN", "MAX", "SUM", "AVG", "COUNT", "最大值", "求和")
        return self._random.choices(
            (
                self._infix(left, operator, right),
                f"-({left})",
                f"({left})^{exponent}",
                f"MOD({left}, {right})",
                f"CLAMP({left}, {right}, {self.of('number', 0)})",
                f"{name}({few})",
            ),
            (50, 5, 6, 12, 7, 20),
        )[0]

    def _rounded(self, size):
        value = self.of("number", size)
        digits = self._random.choice(("0", "0", "1", "2", "4", "6", "8", "-1", "-2", "-6", "-15"))
        name = self._pick("ROUND", "ROUND", "ROUNDUP", "ROUNDUP", "ROUNDDOWN", "TRUNC", "四舍五入")
        return self._pick(
            f"{name}({value}, {digits})",
            f"{name}({value})",
            f"INT({value})",
            f"{self._pick('CEILING', 'FLOOR')}({value})",
            f"{self._pick('CEILING', 'FLOOR', 'MROUND')}({value}, {self.of('number', 0)})",
            f"QUOTIENT({value}, {self.of('number', 0)})",
            f"ABS({value})",
            f"SIGN({value})",
        )

    def _measured(self, size):
        """Numbers of other types."""
        day = [self.of("day", size) for _ in range(2)]
        text = self.of("text", size)
        length = [self.of("duration", size) for _ in range(2)]
        part = self._pick("YEAR", "MONTH", "DAY", "WEEKDAY", "QUARTER", "年", "星期")
        return self._pick(
            f"LEN({text})",
            f"{part}({day[0]})",
            f"{part}({day[0]})",
            f"DAYS({day[0]}, {day[1]})",
            f"WEEKNUM({day[0]})",
            f"MONTHS({day[0]}, {day[1]})",
            f"({self._real(day[0], 'day')} - {self._real(day[1], 'day')})",
            f"HOURS({length[0]})",
            f"NETWORKDAYS({day[0]}, {day[1]})",
            f"({self._real(length[0], 'duration')} / {self._real(length[1], 'duration')})",
            f"COUNT({text}, {day[0]}, {self.of('condition', size)})",
        )

    def _computed(self, kind, size):
        """Not a literal: of those the checker knows more."""
        found = self.of(kind, size)
        return found if found[-1] == ")" and found[:3] != "NOW" else self._field(kind)

    def _real(self, text, kind):
        """NULL would take its type from the other side."""
        return self._field(kind) if text == "NULL" else text

    def _aggregate(self, kind, size):
        """An aggregate over child rows, sometimes beside plain values."""
        table, level = self._random.choice(_LEVELS[self._level].tables)
        where = ""
        if self._random.random() < 0.6:
            where = f"[{self._inside(level, size)}]"
        plain = _LEVELS[level].fields.get(kind)
        if plain is None:
            return self._leaf(kind)
        path = f"{table}{where}.{self._random.choice(plain)}"
        if kind != "number":
            name = self._pick("MIN", "MAX") if kind != "duration" else self._pick("MIN", "SUM")
            return self._pick(f"{name}({path})", f"{name}({path}, {self.of(kind, size)})")
        if self._random.random() < 0.25:
            return self._excel_aggregate(table, where, level)
        name = self._pick("SUM", "SUM", "AVG", "MIN", "MAX", "COUNT", "合计", "平均值")
        return self._pick(
            f"{name}({path})",
            f"{name}({path})",
            f"{name}({path}, {self.of('number', size)})",
            f"COUNT({table}{where})",
        )

    def _excel_aggregate(self, table, where, level):
        """SUMIF and its relatives."""
        numbers = _LEVELS[level].fields["number"]
        plain, second, tested = (f"{table}.{self._random.choice(numbers)}" for _ in range(3))
        own = _LEVELS[self._level].fields["number"]
        test = self._pick("'>0'", "'<=2'", "1", "'<>3'", self._random.choice(own))
        value = f"{table}{where}.{self._random.choice(numbers)}"
        return self._pick(
            f"SUMIF({tested}, {test}, {value})",
            f"AVERAGEIF({tested}, {test})",
            f"COUNTIF({value}, {test})",
            f"COUNTIFS({tested}, {test}, {value}, '>=1')",
            f"SUMIFS({plain}, {tested}, {test}, {second}, '>0')",
            f"{self._pick('MINIFS', 'MAXIFS')}({plain}, {tested}, {test})",
            f"COUNTBLANK({value})",
            f"COUNTUNIQUE({value})",
            f"RANK({self._random.choice(own)}, {value})",
        )

    def _server_number(self, size):
        """Numbers that only Python computes."""
        x, y = self.of("number", size), self.of("number", 0)
        text = self.of("text", size)
        if self._has_tables and self._random.random() < 0.3:
            return self._statistic()
        return self._pick(
            f"SQRT({x})",
            f"{self._pick('LN', 'LOG10', 'EXP')}({x})",
            f"POWER({x}, {y})",
            f"FIND({self.of('text', 0)}, {text})",
            f"VALUE({text})",
            f"LEN(SUBSTITUTE({text}, {self.of('text', 0)}, 'xy'))",
            f"LEN(TEXT({x}, {self._pick(*_FORMATS)}))",
            f"LEN(RMB({x}))",
        )

    def _statistic(self):
        table, level = self._random.choice(_LEVELS[self._level].tables)
        values, other = (
            f"{table}.{self._random.choice(_LEVELS[level].fields['number'])}" for _ in range(2)
        )
        return self._pick(
            f"SUMPRODUCT({values}, {other})",
            f"MEDIAN({values})",
            f"PERCENTILE({values}, {self._pick('0', '1', '25%', '0.999', 'rate')})",
            f"{self._pick('STDEV', 'STDEVP')}({values})",
            f"{self._pick('LARGE', 'SMALL')}({values}, {self._pick(*_COUNTS)})",
        )

    @property
    def _has_tables(self):
        return bool(_LEVELS[self._level].tables)

    def _inside(self, level, size):
        """A filter over child rows."""
        before, self._level = self._level, level
        found = self.of("condition", max(size, 1))
        self._level = before
        return found

    # --- conditions -----------------------------------------------------------------------
    def _condition(self, size):
        pick = self._random.random()
        if pick < 0.42:
            return self._comparison(size)
        if pick < 0.78:
            return self._logic(size)
        if pick < 0.84:
            return self._branches("condition", size)
        text, part = self.of("text", size), self.of("text", 0)
        name = self._pick("CONTAINS", "STARTSWITH", "ENDSWITH", "包含")
        return self._pick(
            f"ISBLANK({self._any(size)})",
            f"{name}({text}, {part})",
            f"{name}({text}, {part})",
            f"ISWORKDAY({self.of('day', size)})",
            f"MATCHES({text}, {self._pick(*_PATTERNS)})",
        )

    def _comparison(self, size):
        kind = self._random.choice((*_ORDERED, "number", "number", "choice", "reference"))
        if kind == "choice":
            return self._option_test()
        left, right = self._compared(kind, size), self._compared(kind, size)
        if kind == "reference":
            return self._infix(left, self._pick("=", "<>"), right)
        low, high = self._compared(kind, 0), self._compared(kind, 0)
        return self._pick(
            *(
                self._infix(left, operator, right)
                for operator in self._random.choices(_COMPARE, k=5)
            ),
            f"({left} IN ({right}, {low}))",
            f"({left} NOT IN ({low}, {high}, {right}))",
            f"({left} BETWEEN {low} AND {right})",
            f"BETWEEN({left}, {low}, {high})",
        )

    def _option_test(self):
        options = ", ".join(self._random.choice(_OPTIONS) for _ in range(2))
        field = self._field("choice")
        return self._pick(
            f"({field} = {self._random.choice(_OPTIONS)})",
            f"({field} <> {self._field('choice')})",
            f"({field} IN ({options}))",
            f"({field} NOT IN ({options}, {self._field('choice')}))",
        )

    def _logic(self, size):
        parts = [self.of("condition", size) for _ in range(self._random.choice((2, 2, 3)))]
        word = self._pick("AND", "OR")
        return self._pick(
            "(" + f" {word} ".join(parts) + ")",
            f"{word}({', '.join(parts)})",
            f"(NOT {parts[0]})",
            f"NOT({parts[0]})",
            f"({parts[0]} = {parts[1]})",
            f"({parts[0]} IN ({parts[1]}, TRUE))",
        )

    # --- texts, times, choices ------------------------------------------------------------
    def _text(self, size):
        if self._random.random() < 0.2:
            return self._branches("text", size)
        text, other = self.of("text", size), self.of("text", size)
        if self._hosted and self._random.random() < 0.4:
            return self._server_text(text, size)
        count = self.of("number", size) if self._random.random() < 0.4 else self._pick(*_COUNTS)
        start = self._pick(*_COUNTS, "count", "limit", "big")
        return self._pick(
            f"({text} & {other})",
            f"CONCAT({text}, {other}, {self.of('text', 0)})",
            f"LEFT({text}, {count})",
            f"RIGHT({text}, {count})",
            f"MID({text}, {start}, {count})",
            f"TRIM({text})",
            f"UPPER({text})",
            f"LOWER({text})",
            f"去空格({text} & ' ')",
        )

    def _server_text(self, text, size):
        """Texts that only Python writes."""
        return self._pick(
            f"TEXT({self.of('number', size)}, {self._pick(*_FORMATS)})",
            f"TEXT({self._computed('day', size)}, {self._pick(*_DATE_FORMATS)})",
            f"RMB({self.of('number', size)})",
            f"SUBSTITUTE({text}, {self.of('text', 0)}, {self._pick(*_TEXTS)})",
            f"REPT({text}, {self._pick(*_COUNTS)})",
        )

    def _day(self, size):
        if self._random.random() < 0.2:
            return self._branches("day", size)
        if self._random.random() < 0.12 and self._has_tables:
            return self._aggregate("day", size)
        day = self._real(self.of("day", size), "day")
        number = [self.of("number", size) for _ in range(3)]
        months = self._pick(*_COUNTS, number[0])
        if self._random.random() < 0.1:
            return f"WORKDAY({day}, {months})"
        return self._pick(
            f"({day} {self._pick('+', '-')} {self._pick(*_WHOLE_DAYS)})",
            f"({day} {self._pick('+', '-')} {self._pick(*_MONTHS)})",
            f"({day} + {self._computed('duration', size)})",
            f"EDATE({day}, {months})",
            f"EOMONTH({day}, {months})",
            f"DATE({number[0]}, {number[1]}, {number[2]})",
            f"DATE(YEAR({day}), {self._pick('2', '13', 'count')}, {self._pick('29', '31', '0')})",
            f"{self._pick('MIN', 'MAX')}({day}, {self.of('day', size)})",
        )

    def _instant(self, size):
        if self._random.random() < 0.3:
            return self._branches("instant", size)
        instant = self._real(self.of("instant", size), "instant")
        length = self._real(self.of("duration", size), "duration")
        return self._pick(
            f"({instant} + {length})",
            f"({instant} - {length})",
            f"MAX({instant}, {self.of('instant', size)})",
            self._aggregate("instant", size) if self._has_tables else instant,
        )

    def _duration(self, size):
        if self._random.random() < 0.2:
            return self._branches("duration", size)
        first, second = (self._real(self.of("duration", size), "duration") for _ in range(2))
        number = self._compared("number", size)
        instants = [self._real(self.of("instant", size), "instant") for _ in range(2)]
        return self._pick(
            f"({first} + {second})",
            f"({first} - {second})",
            f"({first} * {number})",
            f"({number} * {first})",
            f"({first} / {number})",
            f"({instants[0]} - {instants[1]})",
            f"-({first})",
            f"SUM({first}, {second})",
            self._aggregate("duration", size) if self._has_tables else first,
        )

    def _choice(self, size):
        first, second = self._field("choice"), self._field("choice")
        test = self.of("condition", size)
        return self._pick(
            f"COALESCE({first}, {second})",
            f"IF({test}, {first}, {self._random.choice(_OPTIONS)})",
            f"SWITCH({first}, 'coolant', {second}, 'dim_out', 'x_other')",
        )

    def _reference(self, _size):
        return self._field("reference")
