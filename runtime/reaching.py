"""Find the records that reach changed records, as they stood before and as they stand now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.decide.dependencies import touches
from runtime.reading import read_ids, source_of
from store import leaves
from store.record_children import parents_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from dsl.types import Raw
    from runtime.context import Context
    from runtime.decide.dependencies import FarEdge, Hop, RuleEdge
    from store.record_changes import Change

    Stood = Mapping[str, Mapping[int, Mapping[str, Raw]]]  # by entity and row id


@dataclass(frozen=True, slots=True)
class Version:
    """A record as it is, or as it `was` before it changed."""

    id: int
    row: Mapping[str, Raw]
    was: bool


def versions(changes: Iterable[Change]) -> Iterator[Version]:
    """Each record as it was and as it is."""
    for change in changes:
        if change.before is not None:
            yield Version(change.id, change.before, was=True)
        if change.after is not None:
            yield Version(change.id, change.after, was=False)


def touched(fields: frozenset[str], changes: Iterable[Change]) -> list[int]:
    """The records of which any of these fields changed."""
    return sorted({c.id for c in changes if touches(fields, c.before, c.after)})


@dataclass(frozen=True, slots=True)
class Reach:
    """Walks from changed records to those that read them.

    `stood` has every record changed in the same unit of work as it was before: when a record and
    one behind it change together, the way to where it counted before is found nowhere else.
    """

    ctx: Context
    stood: Stood

    # --- against the arrows --------------------------------------------------------------------
    def owners(
        self, edge: FarEdge | RuleEdge, changes: Sequence[Change]
    ) -> tuple[str, Sequence[int]]:
        """Where the way back has passed all hops: the prefix that is left, and the records at it.

        What reached them before without reaching them now has changed itself, and is heard of.
        """
        own = [c for c in changes if touches(edge.fields, c.before, c.after)]
        ids: Sequence[int] = sorted({change.id for change in own})
        prefix = edge.prefix
        for place, hop in reversed(list(enumerate(edge.hops))):
            at_end = not prefix and place == len(edge.hops) - 1
            if ids:
                ids = self._owners(hop, prefix, ids=ids, changed=own if at_end else ())
            prefix = hop.owner
        return prefix, ids

    def _owners(
        self, hop: Hop, prefix: str, *, ids: Sequence[int], changed: Sequence[Change]
    ) -> list[int]:
        """The records whose rows are these, or reach these by `prefix`, now or before."""
        if changed and hop.by is not None:
            found = {version.row.get(hop.by) for version in versions(changed)}
            return sorted(owner for owner in found if isinstance(owner, int))
        if changed:
            return parents_of(self.ctx.uow, self.ctx.tables[hop.entity], ids)
        rows = self.reaching(hop.entity, prefix, ids)
        source = source_of(self.ctx, hop.entity)
        return leaves.ends_of(self.ctx.uow, source, path=hop.by or "parent_id", ids=rows)

    def reaching(self, entity: str, prefix: str, ids: Sequence[int]) -> Sequence[int]:
        """The records that reach these by a path; "" are the records themselves."""
        if not prefix or not ids:
            return ids
        source = source_of(self.ctx, entity)
        return leaves.ids_reaching(self.ctx.uow, source, prefix=prefix, ids=ids)

    # --- along the arrows ----------------------------------------------------------------------
    def follow(self, entity: str, path: str, rows: Sequence[Version]) -> list[Raw]:
        """The value at the end of a path, for each version of a record."""
        if not path:
            return [version.id for version in rows]
        first, _, rest = path.partition(".")
        values = [version.row.get(first) for version in rows]
        target = self._target(entity, first)
        if not rest or target is None:
            return values
        moved = self._moved(target, rest)
        ways = [(moved and version.was, value) for version, value in zip(rows, values, strict=True)]
        now, then = (
            [value for before, value in ways if before is was and isinstance(value, int)]
            for was in (False, True)
        )
        ends = (self._ends_now(target, rest, now), self._ends_then(target, rest, then))
        return [ends[before].get(value) for before, value in ways]

    def _ends_now(self, entity: str, path: str, ids: Sequence[int]) -> Mapping[Raw, Raw]:
        return {row["id"]: row[path] for row in read_ids(self.ctx, entity, sorted(ids), (path,))}

    def _ends_then(self, entity: str, path: str, ids: Sequence[int]) -> Mapping[Raw, Raw]:
        """Step by step: what changed as it stood, the rest as it is."""
        first = path.partition(".")[0]
        known = self.stood.get(entity, {})
        still = read_ids(self.ctx, entity, sorted(set(ids) - known.keys()), (first,))
        rows = [Version(id_, known[id_], was=True) for id_ in sorted(known.keys() & set(ids))]
        rows += [Version(int(row["id"]), row, was=True) for row in still]
        ends = self.follow(entity, path, rows)
        return {version.id: end for version, end in zip(rows, ends, strict=True)}

    def _moved(self, entity: str, path: str) -> bool:
        """Whether a path goes through records of which some were changed."""
        here: str | None = entity
        for segment in path.split("."):
            if here is None or here in self.stood:
                break
            here = self._target(here, segment)
        return here in self.stood

    def _target(self, entity: str, key: str) -> str | None:
        field = self.ctx.catalog.entity(entity).field(key)
        return None if field is None else field.entity
