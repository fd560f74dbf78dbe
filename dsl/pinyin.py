"""How Chinese names are spelled in Latin letters; the dictionaries are loaded on first use."""

from __future__ import annotations

import re
from functools import lru_cache

_CHINESE = re.compile("[㐀-鿿]")
LONGEST = 64  # characters; a name beyond is no name that was typed


def is_chinese(text: str) -> bool:
    """Whether a text has a Chinese character."""
    return _CHINESE.search(text) is not None


@lru_cache(maxsize=16384)
def syllables(name: str) -> tuple[str, ...]:
    """The syllables without tones; what is not Chinese stays as it is, in small letters."""
    # The dictionaries take half a second and 30 MB: only who mistypes or completes needs them.
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    if len(name) > LONGEST or not is_chinese(name):
        return (name.casefold(),)
    return tuple(part.casefold() for part in lazy_pinyin(name))


@lru_cache(maxsize=16384)
def _readings(sign: str) -> frozenset[str]:
    """All readings of one character: `都` is `dou` and `du`."""
    from pypinyin import Style, pinyin  # noqa: PLC0415

    return frozenset(pinyin(sign, style=Style.NORMAL, heteronym=True)[0])


def sounds_alike(left: str, right: str) -> bool:
    """Whether two names of as many characters can be read alike."""
    pairs = [(a, b) for a, b in zip(left, right, strict=False) if a != b]
    return len(left) == len(right) and all(
        is_chinese(a + b) and not _readings(a).isdisjoint(_readings(b)) for a, b in pairs
    )


@lru_cache(maxsize=16384)
def spelled(name: str) -> tuple[str, str]:
    """The initials and the full spelling of a name: `进度` is `jd` and `jindu`."""
    parts = syllables(name)
    return "".join(p if not p.isalpha() or len(parts) == 1 else p[0] for p in parts), "".join(parts)
