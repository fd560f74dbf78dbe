"""Offer, check, install and export packs."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder import packs
from builder.check import check
from builder.codec import kind_of
from builder.model.others import Source
from connectors.registry import load_registry
from dsl.diagnostics import Diagnostic
from runtime import publish
from runtime.context import SYSTEM_ACTOR
from runtime.endpoints import Endpoint, asked, put_parameters
from runtime.errors import Invalid, NotFound
from runtime.natural import write_samples
from runtime.org import require_admin
from runtime.publish import Proposal, Published
from runtime.wiring import kind_of_text
from store import definitions as stored
from store.definitions import Install

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from builder.diff import Name
    from builder.packs import LoadedPack
    from runtime.context import Actor, Context
    from runtime.wiring import Wiring

SHIPPED = Path(__file__).resolve().parents[1] / "templates_lib"


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installation did; `asks` are addresses the pack wants and nobody allowed yet."""

    pack: str
    published: Published
    samples: int
    allowed: tuple[Endpoint, ...]
    asks: tuple[Endpoint, ...]


def load_folder(path: Path) -> LoadedPack:
    """A pack from a folder or a zip file.

    Raises:
        Invalid: with file and pointer of everything that is wrong with its shape.
    """
    files = packs.read_zip(path.read_bytes()) if path.is_file() else packs.read_folder(path)
    return load_files(files)


def load_files(files: Mapping[str, bytes] | list[Diagnostic]) -> LoadedPack:
    """A pack from its files.

    Raises:
        Invalid: with file and pointer of everything that is wrong with its shape.
    """
    loaded = files if isinstance(files, list) else packs.load(files)
    if isinstance(loaded, list):
        raise Invalid(*loaded)
    return loaded


def check_folder(path: Path, *, beside: Collection[Path] = ()) -> list[Diagnostic]:
    """Everything wrong with a pack, checked with those it requires from the same shelf."""
    try:
        loaded = load_folder(path)
        shelf = [*beside, *(path.parent / name for name in loaded.pack.requires)]
        required = [load_folder(each) for each in shelf if each.exists()]
    except Invalid as refused:
        return list(refused.problems)
    every = [d for pack in (*required, loaded) for d in pack.definitions]
    return check(every, manifests=load_registry().manifests())


def list_packs(ctx: Context, shelf: Path | None) -> list[dict[str, Any]]:
    """The packs on offer, with what is installed of them."""
    require_admin(ctx)
    installed = {each.pack: each.version for each in stored.installs(ctx.uow)}
    offered = []
    for folder in sorted(p for p in (shelf or SHIPPED).iterdir() if (p / "pack.json").is_file()):
        files = packs.read_folder(folder)
        loaded = files if isinstance(files, list) else packs.load(files)
        if isinstance(loaded, list):
            continue  # a broken pack is not on offer; `plumbline check` says why
        pack = loaded.pack
        offered.append(
            {
                "name": pack.name,
                "label": dict(pack.label),
                "description": dict(pack.description),
                "version": pack.version,
                "installed_version": installed.get(pack.name),
                "parameters": [
                    {"name": name, "label": dict(label)} for name, label in pack.parameters.items()
                ],
            }
        )
    return offered


def install_offered(
    wiring: Wiring, name: str, *, parameters: Mapping[str, str], actor: Actor
) -> Installed:
    """Install one of the packs on offer."""
    folder = (wiring.settings.packs_dir or SHIPPED) / name
    if not name.isidentifier() or not (folder / "pack.json").is_file():
        raise NotFound(f"pack {name[:64]}")
    return install_folder(wiring, folder, parameters=parameters, actor=actor)


def install_folder(
    wiring: Wiring,
    path: Path,
    *,
    parameters: Mapping[str, str] | None = None,
    actor: Actor = SYSTEM_ACTOR,
    allow: Collection[tuple[str, int]] = (),
) -> Installed:
    """Install or upgrade a pack from a folder or a zip file."""
    return install_pack(
        wiring, load_folder(path), parameters=parameters or {}, actor=actor, allow=allow
    )


def install_pack(
    wiring: Wiring,
    loaded: LoadedPack,
    *,
    parameters: Mapping[str, str],
    actor: Actor,
    allow: Collection[tuple[str, int]] = (),
) -> Installed:
    """Definitions, parameters and samples in one transaction: all of the pack, or nothing.

    An administrator allows an address by typing it as a parameter; other addresses that the
    pack wants to call need `allow`.

    Raises:
        Invalid: with file, pointer and span of every error.
    """
    with wiring.writing(actor, cause=f"install:{loaded.pack.name}", publishing=True) as ctx:
        require_admin(ctx)
        _check_head(ctx, loaded, parameters)
        proposal = Proposal(
            loaded.definitions,
            _gone(ctx, loaded),
            origin=loaded.pack.name,
            note=f"install {loaded.pack.name} {loaded.pack.version}",
        )
        checked = publish.plan(ctx, proposal, manifests=wiring.connectors.manifests())
        after, published = publish.switch(ctx, proposal, checked)
        stored.put_install(
            after.uow,
            Install(
                pack=loaded.pack.name,
                version=loaded.pack.version,
                base_files=_base_files(loaded),
                revision=published.revision,
                at=after.now,
            ),
        )
        settled = put_parameters(after, loaded.pack.name, parameters, allow=allow)
        written = write_samples(after, _sample_rows(after, loaded))
        return Installed(loaded.pack.name, published, written, settled.allowed, settled.asks)


def export_catalog(ctx: Context, pack: str | None = None) -> dict[str, bytes]:
    """The files of the catalog in force: of one pack, or of all in a folder each."""
    if pack is None:
        return publish.export_catalog(ctx)
    if pack not in ctx.catalog.packs:
        raise NotFound(f"pack {pack[:64]}")
    return packs.export(d for d in ctx.catalog.definitions() if packs.pack_of(d) == pack)


def _check_head(ctx: Context, loaded: LoadedPack, parameters: Mapping[str, str]) -> None:
    missing = [
        Diagnostic("RUN404", {"pack": name}, file="pack.json", pointer="/requires")
        for name in loaded.pack.requires
        if name not in ctx.catalog.packs
    ]
    secret = {key for d in loaded.definitions if isinstance(d, Source) for key in asked(d)}
    strange = [
        Diagnostic("RUN403", {"name": name}, pointer=f"/parameters/{name}")
        for name in parameters
        if name not in loaded.pack.parameters and name not in secret
    ]
    if missing or strange:
        raise Invalid(*missing, *strange)


def _gone(ctx: Context, loaded: LoadedPack) -> tuple[Name, ...]:
    """What an older version of the pack brought and this one no longer has."""
    kept = {(kind_of(d), d.name) for d in loaded.definitions}
    return tuple(
        (kind_of_text(each.kind), each.name)
        for each in stored.load_stored(ctx.uow)
        if each.origin == loaded.pack.name and (kind_of_text(each.kind), each.name) not in kept
    )


def _sample_rows(ctx: Context, loaded: LoadedPack) -> dict[str, tuple[Mapping[str, Any], ...]]:
    rows = {}
    for key, found in loaded.samples.items():
        name = ctx.catalog.resolve(key, loaded.pack.name)
        if name is None or name not in ctx.catalog.entities:
            file = f"samples/{key}.json"
            raise Invalid(Diagnostic("RUN405", {"problem": f"no such entity: {key}"}, file=file))
        rows[name] = found
    return rows


def _base_files(loaded: LoadedPack) -> dict[str, str]:
    """The pack as delivered, for the three-way merge of an upgrade."""
    texts = {name: data.decode() for name, data in packs.export(loaded.definitions).items()}
    images = {name: base64.b64encode(data).decode() for name, data in loaded.images.items()}
    return {**texts, **images}
