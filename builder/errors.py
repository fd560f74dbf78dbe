"""The one exception of the builder: a definition that was checked can not be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsl.diagnostics import Diagnostic


class BrokenDefinitionError(Exception):
    """A definition in the catalog does not compile; publish would have refused it."""

    def __init__(self, name: str, diagnostics: Sequence[Diagnostic]) -> None:
        details = "; ".join(f"{d.pointer or ''} {d.text('en')}".strip() for d in diagnostics[:5])
        super().__init__(f"{name}: {details}")
        self.name = name
        self.diagnostics = tuple(diagnostics)
