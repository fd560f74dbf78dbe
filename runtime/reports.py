"""Say problems in words: lines for a terminal and the page of all error codes."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from dsl.diagnostics import MESSAGES

if TYPE_CHECKING:
    from dsl.diagnostics import Diagnostic, Language

CODE_MODULES = (
    "dsl.codes",
    "builder.codes",
    "runtime.codes",
    "runtime.decide.mapping",
    "runtime.sync",
)


def line_of(problem: Diagnostic, language: Language) -> str:
    """One line: file, pointer, span, severity, code, text and remedy."""
    place = ":".join(
        part
        for part in (
            problem.file,
            problem.pointer,
            f"{problem.span.start}-{problem.span.end}" if problem.span else None,
        )
        if part
    )
    fix = ""
    if problem.fix:
        word = "改为" if language == "zh-CN" else "replace by"
        fix = f" [{word} {problem.fix.replacement}]"
    return f"{place or '-'} {problem.severity} {problem.code} {problem.text(language)}{fix}"


def errors_page() -> str:
    """docs/errors.md: every code that is registered, with its text in both languages."""
    for module in CODE_MODULES:
        importlib.import_module(module)
    lines = [
        "# Error messages 错误信息",
        "",
        "Every problem carries a code, a place and a remedy. `{...}` is filled in.",
        "",
        "| code | 中文 | English |",
        "| --- | --- | --- |",
    ]
    for code in sorted(MESSAGES):
        chinese, english = (MESSAGES[code][each].replace("|", "\\|") for each in ("zh-CN", "en"))
        lines.append(f"| `{code}` | {chinese} | {english} |")
    return "\n".join(lines) + "\n"
