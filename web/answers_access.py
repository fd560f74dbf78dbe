"""The shapes of answers about sessions, one-time codes and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.answer_parts import (
    FLAG,
    INSTANT,
    INTEGER,
    LABELS,
    MAYBE_INSTANT,
    MAYBE_TEXT,
    TEXT,
    many,
    page,
    ref,
    thing,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.answer_parts import Shape

ACCESS_ANSWERS: Mapping[str, Shape] = {
    "Provider": thing({"label": TEXT, "address": TEXT}, key=TEXT),
    "ProviderPage": page("Provider"),
    "SecondFactor": thing(active=FLAG, recovery_left=INTEGER),
    "SecondFactorBegun": thing(secret=TEXT, uri=TEXT, svg=TEXT),
    "RecoveryCodes": thing(recovery_codes=many(TEXT)),
    "OwnSession": thing(uid=TEXT, agent=TEXT, opened_at=INSTANT, seen_at=INSTANT, current=FLAG),
    "SessionPage": page("OwnSession"),
    "Key": thing(
        uid=TEXT, label=TEXT, scopes=many(TEXT), expires_at=INSTANT, used_at=MAYBE_INSTANT
    ),
    "KeyPage": thing(items=many(ref("Key")), next=MAYBE_TEXT, scopes=many(TEXT)),
    "Viewing": thing({"purpose": MAYBE_TEXT}, by=TEXT, entity=TEXT, label=LABELS, at=INSTANT),
    "ViewingPage": page("Viewing"),
    "KeyMade": thing(uid=TEXT, key=TEXT),
}
