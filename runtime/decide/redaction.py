"""Take what is known of a person out of texts and out of JSON kept as text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

SHORTEST, SHORTEST_CJK = 3, 2  # shorter words would be found in everything
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")


@dataclass
class Redaction:
    """The words to be taken out, and what is put in their place."""

    words: Collection[str]
    mark: str

    def of(self, text: str | None) -> str | None:
        """The text without the words; JSON stays JSON, and its keys and numbers stay."""
        if not text or not self._known:
            return text
        if text[0] in "{[":
            try:
                value = json.loads(text)
            except ValueError:
                return self._plain(text)
            walked = self._walked(value)
            return text if walked == value else json.dumps(walked, ensure_ascii=False)
        return self._plain(text)

    @cached_property
    def _known(self) -> list[tuple[str, re.Pattern[str]]]:
        """Longest first, so that a part of a word does not take the word apart."""
        words = sorted({w.strip() for w in self.words if _is_telling(w.strip())}, key=len)
        return [(word, _pattern(word)) for word in reversed(words)]

    def _plain(self, text: str) -> str:
        for word, pattern in self._known:
            if word in text:
                text = pattern.sub(lambda _: self.mark, text)
        return text

    def _walked(self, value: object) -> object:
        match value:
            case str():
                return self._plain(value)
            case list():
                return [self._walked(each) for each in value]
            case dict():
                return {key: self._walked(each) for key, each in value.items()}
            case _:
                return value


def _is_telling(word: str) -> bool:
    return len(word) >= (SHORTEST_CJK if _CJK.search(word) else SHORTEST)


def _pattern(word: str) -> re.Pattern[str]:
    """The word by itself: `Li An` is not in `Li Anna`; Chinese has no such borders."""
    before = r"(?<![^\W_])" if word[0].isascii() and word[0].isalnum() else ""
    after = r"(?![^\W_])" if word[-1].isascii() and word[-1].isalnum() else ""
    return re.compile(f"{before}{re.escape(word)}{after}")
