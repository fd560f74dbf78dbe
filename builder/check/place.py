"""What every check needs: the catalog, the definition in hand, and ways to say what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder.codes import hint
from builder.compiler import Compiler
from builder.paths import Reached
from builder.schemas import did_you_mean
from dsl.backends.sql import is_pushable
from dsl.codes import SERVER_ONLY
from dsl.diagnostics import Diagnostic
from dsl.editor_reach import reach

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from builder.catalog import Catalog
    from builder.codec import AnyDefinition
    from builder.model.common import Kind, Labels
    from dsl.formula import Formula


class Place(Compiler):
    """One definition being checked."""

    def __init__(
        self,
        catalog: Catalog,
        definition: AnyDefinition,
        manifests: Mapping[str, Mapping[str, Any]],
    ) -> None:
        super().__init__(catalog)
        self.catalog = catalog
        self.definition = definition
        self.manifests = manifests

    def for_many(self, formula: Formula | None, pointer: str) -> None:
        """Warn when a formula that is asked of many records at once needs the server."""
        if formula is None or is_pushable(formula):
            return
        names = reach(formula.ir, formula.source).prevented_by or (formula.source,)
        self.diagnostics.append(
            Diagnostic(
                SERVER_ONLY, {"names": ", ".join(names)}, pointer=pointer, severity="warning"
            )
        )

    def refer(self, kind: Kind, name: str | None, pointer: str) -> bool:
        """Whether the named definition exists; notes it when not. No name is fine."""
        if name is None:
            return True
        known = self._names(kind)
        if name in known:
            return True
        guess = did_you_mean(name, known)
        if guess is not None and guess.rpartition(".")[0] == self.definition.pack:
            guess = guess.rpartition(".")[2]
        self.add("BLD202", pointer, kind=kind, name=name, hint=hint(guess))
        return False

    def _names(self, kind: Kind) -> Mapping[str, object]:
        catalog = self.catalog
        groups: Mapping[Kind, Mapping[str, object]] = {
            "entity": catalog.entities,
            "form": catalog.forms,
            "flow": catalog.flows,
            "rule": catalog.rules,
            "metric": catalog.metrics,
            "dashboard": catalog.dashboards,
            "source": catalog.sources,
            "role": catalog.roles,
            "document": catalog.documents,
            "calendar": catalog.calendars,
            "pack": catalog.packs,
        }
        return groups[kind]

    def own_table(self, entity: str, pointer: str) -> bool:
        """Whether the entity exists and can be written."""
        if not self.refer("entity", entity, pointer):
            return False
        if self.catalog.entities[entity].system:
            self.add("BLD226", pointer, entity=entity)
            return False
        return True

    def field(self, entity: str, key: str, pointer: str) -> bool:
        """Whether the entity has the field."""
        return self.end(entity, key, pointer=pointer) is not None

    def leads_to(self, entity: str, path: str, *, goal: str, pointer: str) -> None:
        """A path must end at a record of `goal`."""
        reached = self.end(entity, path, pointer=pointer)
        if reached is not None and reached.entity != goal:
            self.add("BLD204", pointer, path=path, expected=goal, actual=reached.describe())

    def receiver(self, roots: Mapping[str, str], path: str, pointer: str) -> None:
        """A receiver path starts at a root name or a field of the root "" and ends at a person."""
        first, _, rest = path.partition(".")
        start, tail = (roots[first], rest) if first in roots and first else (roots.get(""), path)
        if not path or start is None:
            known = [root for root in roots if root]
            self.add("BLD209", pointer, path=path, actual=" / ".join(known))
            return
        reached = self.end(start, tail, pointer=pointer)
        if isinstance(reached, Reached) and reached.entity != "person":
            self.add("BLD209", pointer, path=path, actual=reached.describe())

    def distinct_labels(self, things: Iterable[tuple[str, str, Labels]]) -> None:
        """Things of one scope (pointer, key, labels) must not share a label."""
        listed = list(things)
        owner: dict[tuple[str, str], str] = {}
        keys = {key for _, key, _ in listed}
        for pointer, key, labels in listed:
            for language, label in labels.items():
                other = owner.setdefault((language, label), key)
                if other != key or (label in keys and label != key):
                    self.add("BLD206", f"{pointer}/label/{language}", label=label)
