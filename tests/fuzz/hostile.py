"""Texts that nobody should type: random characters, broken formulas, soups, endless nesting."""

from .generate import Generator

MAX = 4096
_ASCII = [chr(code) for code in range(0x20, 0x7F)]
_SIGNS = [
    *"()[]{}'\"“”‘’+-*/^=<>&|!,.;:%#@$\\`~?",
    "<>",
    "<=",
    "（",
    "）",
    "，",
    "、",
    "。",
    "×",
    "÷",
]
_ODD = [
    *("\0", "\x01", "\x08", "\x1b", "\x7f", "\x85", "\xa0", "\xad", "\u200b", "\u200d", "\u202e"),
    *("\u2028", "\u2029", "\ufeff", "\ufffe", "\uffff", "\ud800", "\udfff", "\udc80", "\U0010ffff"),
    *("\u0301", "\u0660", "\u00b2", "\u2460", "\u1160", "ǅ", "ß", "ı", "İ", "ﬁ", "Å", "\U0001f600"),
    *("\U000e0041", "\U0001d7ce", "\U0001d5ba", "½", "Ⅷ", "㎏", "٪", "％", "＂", "＇", "｛", "｝"),
]
_WORDS = [
    *("IF", "AND", "OR", "NOT", "IN", "BETWEEN", "NULL", "TRUE", "this", "本行", "SUM", "ROUND"),
    *("count", "name", "start", "lines", "owner", "合格", "明细", "{一次合格率(%)}", "负责人.姓名"),
    *("1", "0", "9223372036854775807", "99999999999999999999", "0.00000001", "1e9", "20%", "3pp"),
    *("7d", "3个月", "2026-02-30", "2026-02-28", "4.2亿元", "'a'", "''", '"', "'", "“", "{", "MOD"),
    *("^64", "SWITCH", "COALESCE", "TODAY()", "DATE", "LEFT", "插值", "__class__", "lambda"),
]
_OPENERS = [
    *("(", "[", "{", "-", "+", "NOT ", "!", "IF(", "f(", "a.", "'", "“", "lines[", "COUNT(lines["),
    *(
        "1+",
        "1^",
        "TRUE AND ",
        "'a'&",
        "1,",
        "SUM(",
        "%",
        "（",
        "1 IN (",
        "1 BETWEEN ",
        "- -",
        "2^-",
    ),
    *(
        "((WEEKDAY(start)^64)^",
        "this.",
        "IFS(TRUE,",
        "COALESCE(count,",
        "count*",
        "0.1*",
        "(count/",
    ),
]


class Hostile:
    """Makes such texts, of every kind in turn."""

    def __init__(self, random):
        self._random = random
        self._generator = Generator(random)
        self._cheap = (self.characters, self.bytes, self.soup, self.signs, self.piece, self.piece)
        self._costly = (
            *(self.broken, self.broken, self.broken, self.spliced, self.full_width, self.valid),
        )
        self._last = "1"

    def text(self, number):
        """The text with that number: of ten one that costs, of 200 one endless nesting."""
        if number % 200 == 0:
            return self.nested()
        if number % 10 == 0:
            self._last = self._costly[number // 10 % len(self._costly)]()[: MAX + 10]
            return self._last
        return self._cheap[number % len(self._cheap)]()[: MAX + 10]

    def _length(self):
        return self._random.choice((1, 3, 10, 30, 80)) if self._random.random() < 0.99 else MAX

    def characters(self):
        """Any characters, the odd ones more often."""
        random = self._random
        pools = (_ASCII, _ODD, _SIGNS, [chr(random.randrange(0x110000)) for _ in range(8)])
        return "".join(random.choice(random.choice(pools)) for _ in range(self._length()))

    def bytes(self):
        """Bytes read as text, with lone surrogates for what is no UTF-8."""
        raw = self._random.randbytes(self._length())
        return raw.decode(self._random.choice(("utf-8", "ascii")), "surrogateescape")

    def soup(self):
        """Words of the language in any order."""
        random = self._random
        pool = [*_WORDS, *_SIGNS[:30]]
        joint = random.choice(("", " "))
        return joint.join(random.choice(pool) for _ in range(self._length()))

    def piece(self):
        """A short piece of the last costly text, perhaps with another one behind it."""
        random, text = self._random, self._last
        found = ""
        for _ in range(random.choice((1, 1, 2))):
            at = random.randrange(len(text) + 1)
            found += text[at : at + random.choice((2, 5, 12, 25))]
        return found

    def signs(self):
        """Signs alone."""
        return "".join(self._random.choice(_SIGNS) for _ in range(self._length()))

    def valid(self):
        """A formula as it should be."""
        return self._generator.formula()

    def full_width(self):
        """A formula in full-width signs, some of them."""
        share = self._random.random()
        return "".join(
            chr(ord(sign) + 0xFEE0)
            if "!" <= sign <= "~" and self._random.random() < share
            else sign
            for sign in self._generator.formula()
        )

    def broken(self):
        """A formula with a few characters changed."""
        random = self._random
        found = list(self._generator.formula())
        for _ in range(random.choice((1, 1, 2, 5))):
            at = random.randrange(len(found) + 1)
            size = random.choice((0, 1, 1, 4))
            new = random.choice(
                ("", random.choice(_SIGNS), random.choice(_ODD), random.choice(_WORDS))
            )
            found[at : at + size] = list(new) * random.choice((1, 1, 1, 3))
        return "".join(found)

    def spliced(self):
        """The beginning of one formula with the end of another."""
        first, second = self._generator.formula(), self._generator.formula()
        cut = self._random.randrange(len(first) + 1), self._random.randrange(len(second) + 1)
        return first[: cut[0]] + second[cut[1] :]

    def nested(self):
        """One thing again and again, perhaps closed, up to the length limit."""
        random = self._random
        opener = random.choice(_OPENERS)
        count = random.choice((10, 40, 64, 200, MAX // len(opener)))
        closers = {"(": ")", "[": "]", "{": "}", "（": "）"}
        tail = "".join(closers.get(sign, "") for sign in reversed(opener))
        middle = random.choice(("", "1", "count", "TRUE"))
        text = opener * count + middle + (tail * count if random.random() < 0.6 else "")
        return text[: MAX if random.random() < 0.9 else MAX + 1]
