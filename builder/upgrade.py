"""Bring a document of an older schema version to the newest one, hop by hop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import builder.codes  # noqa: F401 - registers the messages of the codes used here
from builder.schemas import SCHEMA_VERSION
from dsl.diagnostics import Diagnostic

if TYPE_CHECKING:
    from builder.model.common import Kind

Document = dict[str, Any]
Hop = Callable[[Document], Document]

# (kind, version it starts from) -> how to get to the next version. Hops are only ever added.
HOPS: Mapping[tuple[Kind, int], Hop] = {}


def upgrade(
    kind: Kind,
    document: Document,
    *,
    hops: Mapping[tuple[Kind, int], Hop] = HOPS,
    newest: Mapping[Kind, int] = SCHEMA_VERSION,
) -> Document | Diagnostic:
    """The document at the newest version. `schema` says its version; absent means 1."""
    version = document.get("schema", 1)
    known = isinstance(version, int) and not isinstance(version, bool)
    if not known or not 1 <= version <= newest[kind]:
        return Diagnostic("BLD121", {"kind": kind, "version": str(version)}, pointer="/schema")
    while version < newest[kind]:
        document = hops[kind, version](document)
        version += 1
        document["schema"] = version
    return document
