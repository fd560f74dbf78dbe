"""The manual of the formula language, written from the function table and the codes."""

from __future__ import annotations

from importlib.resources import files

from dsl import codes
from dsl.functions import CATEGORY_WORDS, FUNCTIONS, TIER_WORDS, Function
from dsl.units import UNITS


def manual() -> str:
    """The whole page, `docs/formula.md`."""
    introduction = files("dsl").joinpath("manual.md").read_text(encoding="utf-8")
    parts = [introduction, _units(), "## Functions 函数\n"]
    for key, (chinese, english) in CATEGORY_WORDS.items():
        parts.append(f"### {english} {chinese}\n")
        parts.extend(_function(row) for row in FUNCTIONS if row.category == key)
    parts.append(_messages())
    return "\n".join(parts)


def _units() -> str:
    rows = [f"| `{unit.key}` | {' '.join(unit.spellings)} |" for unit in UNITS]
    head = ["## Units 单位", "", "| unit | also |", "| --- | --- |"]
    return "\n".join([*head, *rows, ""])


def _function(function: Function) -> str:
    aliases = ", ".join(function.aliases)
    where = " · ".join(TIER_WORDS[function.tier])
    lines = [
        f"#### {function.name}",
        "",
        f"`{function.signature}` · {aliases} · {where}",
        "",
        function.zh,
        function.en,
        "",
        "```formula",
    ]
    for example in function.examples:
        lines += [f">> {example.formula}", "NULL" if example.result is None else example.result]
    return "\n".join([*lines, "```", ""])


def _messages() -> str:
    head = ["## Messages 提示", "", "| code | 中文 | English |", "| --- | --- | --- |"]
    rows = [f"| {code} | {zh} | {en} |" for code, (zh, en) in codes.MESSAGES.items()]
    return "\n".join([*head, *rows, ""])


if __name__ == "__main__":
    import sys

    sys.stdout.write(manual())
