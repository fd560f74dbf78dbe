"""Bring a catalog from one instance to another as files; deletions need their consent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder import packs
from builder.check import place_of
from builder.codec import dumps, encode, kind_of
from runtime.errors import Invalid
from runtime.org import require_admin
from runtime.proposals import Checked, Proposal, plan, taken_away
from runtime.publish import export_catalog, publish

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from builder.codec import AnyDefinition
    from runtime.context import Actor, Context
    from runtime.proposals import Published
    from runtime.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Difference:
    """Files of a folder beside those of an instance."""

    added: tuple[str, ...]  # only in the folder
    changed: tuple[str, ...]
    missing: tuple[str, ...]  # only in the instance

    @property
    def empty(self) -> bool:
        """Both are the same."""
        return not (self.added or self.changed or self.missing)


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push asks for: `delete` also takes away what the files do not have."""

    files: Mapping[str, bytes]
    delete: bool = False
    consent: frozenset[str] = frozenset()
    note: str = ""


def definition_files(ctx: Context) -> dict[str, bytes]:
    """The catalog in force, a folder per pack; secrets are names in it, never values."""
    require_admin(ctx)
    return export_catalog(ctx)


def canonical(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The definitions of some files as an instance would write them.

    Raises:
        Invalid: with the file of every problem.
    """
    return {place_of(d): dumps(encode(d)) for d in read(files)}


def compare(files: Mapping[str, bytes], there: Mapping[str, bytes]) -> Difference:
    """What pushing the files would add, change and, if asked, delete."""
    here = canonical(files)
    both = here.keys() & there.keys()
    return Difference(
        added=tuple(sorted(here.keys() - there.keys())),
        changed=tuple(sorted(name for name in both if here[name] != there[name])),
        missing=tuple(sorted(there.keys() - here.keys())),
    )


def read(files: Mapping[str, bytes]) -> tuple[AnyDefinition, ...]:
    """The definitions of a folder with a folder for each pack.

    Raises:
        Invalid: with the file of every problem.
    """
    folders: dict[str, dict[str, bytes]] = {}
    for path, content in files.items():
        problem = packs.path_problem(path)
        if problem is not None:
            raise Invalid(problem)
        pack, _, rest = path.partition("/")
        folders.setdefault(pack, {})[rest] = content
    found: list[AnyDefinition] = []
    problems = []
    for pack, members in sorted(folders.items()):
        loaded = packs.load(members)
        if isinstance(loaded, list):
            problems += [each.at(file=f"{pack}/{each.file or ''}") for each in loaded]
        else:
            found += loaded.definitions
    if problems:
        raise Invalid(*problems)
    return tuple(found)


def plan_push(
    ctx: Context, asked: Pushed, *, manifests: Mapping[str, Mapping[str, object]]
) -> tuple[Proposal, Checked]:
    """What a push would publish, checked."""
    require_admin(ctx)
    wanted = read(asked.files)
    now = {(kind_of(d), d.name): d for d in ctx.catalog.definitions()}
    kept = {(kind_of(d), d.name) for d in wanted}
    proposal = Proposal(
        put=tuple(d for d in wanted if now.get((kind_of(d), d.name)) != d),
        removed=tuple(sorted(now.keys() - kept)) if asked.delete else (),
        origin=None,
        note=asked.note,
        consent=asked.consent,
    )
    checked = plan(ctx, proposal, manifests=manifests)
    if asked.delete:
        given = asked.consent | frozenset(taken_away(checked.plan))
        proposal = replace(proposal, consent=given)
    return proposal, checked


def push(wiring: Wiring, asked: Pushed, *, actor: Actor) -> Published:
    """Publish the files, all or none."""
    with wiring.reading(actor) as ctx:
        proposal, _ = plan_push(ctx, asked, manifests=wiring.connectors.manifests())
    return publish(wiring, proposal, actor=actor)


def as_texts(files: Mapping[str, bytes]) -> dict[str, str]:
    """The files as JSON carries them."""
    return {name: content.decode() for name, content in files.items()}


def as_bytes(files: Mapping[str, str] | Iterable[tuple[str, str]]) -> dict[str, bytes]:
    """The files as they lie in a folder."""
    return {name: content.encode() for name, content in dict(files).items()}
