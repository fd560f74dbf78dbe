"""Choose the language of an answer: what the browser asks for, else what the account says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from werkzeug.datastructures import LanguageAccept

    from dsl.diagnostics import Language

DEFAULT: Language = "zh-CN"
_PREFIXES: tuple[tuple[str, Language], ...] = (("zh", "zh-CN"), ("en", "en"))


def chosen(accepted: LanguageAccept, account: Language | None) -> Language:
    """The first language asked for that we speak."""
    for tag, quality in accepted:
        for prefix, language in _PREFIXES:
            if quality > 0 and tag.lower().partition("-")[0] == prefix:
                return language
    return account or DEFAULT
