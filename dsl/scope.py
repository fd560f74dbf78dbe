"""The names a formula may use: the fields of one row and, through references, of others."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from dsl.calendars import OFFICE
from dsl.source import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dsl.series import Grain
    from dsl.types import Type

NO_CATALOG: Mapping[str, str] = MappingProxyType({OFFICE: OFFICE})


@dataclass(frozen=True, slots=True)
class Symbol:
    """One name: its key, its type and the labels a user may type instead of the key."""

    key: str
    type: Type
    labels: tuple[str, ...] = ()
    blank_as_zero: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class RowScope:
    """The symbols of one entity; `entity_of` gives the scope behind a reference or child table.

    `series` are the names that have values in earlier periods, each as long as `grain`.
    `calendars` has the key of a calendar by each of its names; `calendar` counts where none is
    named.
    """

    symbols: Mapping[str, Symbol]
    entity_of: Callable[[str], RowScope | None]
    series: frozenset[str] = frozenset()
    grain: Grain | None = None
    calendars: Mapping[str, str] = field(default_factory=lambda: NO_CATALOG)
    calendar: str = OFFICE
    _labels: dict[str, list[Symbol]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        for symbol in self.symbols.values():
            for label in {fold(label) for label in symbol.labels}:
                self._labels.setdefault(label, []).append(symbol)

    def find(self, name: str) -> tuple[Symbol, ...]:
        """Every symbol that name can mean: none, one, or several when a label is ambiguous."""
        symbol = self.symbols.get(name)
        if symbol is not None:
            return (symbol,)
        return tuple(self._labels.get(fold(name), ()))

    def names(self) -> tuple[str, ...]:
        """All keys and labels, for suggestions."""
        return (*self.symbols, *self._labels)


EMPTY_SCOPE = RowScope({}, lambda _entity: None)
