"""Packs: what is on offer, and installing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder.packs import MAX_BYTES, read_zip
from runtime.packs import install_offered, install_pack, list_packs, load_files
from web import payloads, queries
from web.bodies import read_json, read_upload
from web.routes import Routes, admin
from web.shapes import plan_json

if TYPE_CHECKING:
    from runtime.packs import Installed
    from web.routes import Asked

routes = Routes()
ZIP = "application/zip"


@routes.get("/packs", answer="PackPage")
@admin
def packs(asked: Asked) -> dict[str, Any]:
    """The packs on offer, with what is installed of them."""
    with asked.reading() as ctx:
        return {"items": list_packs(ctx, asked.wiring.settings.packs_dir), "next": None}


@routes.post("/packs/<name:name>/install", body=payloads.InstallPack, answer="Installed")
@admin
def install(asked: Asked, name: str) -> dict[str, Any]:
    """Install or upgrade a pack on offer: all of it, or nothing."""
    parameters = asked.body["parameters"]
    installed = install_offered(asked.wiring, name, parameters=parameters, actor=asked.actor)
    return installed_json(installed)


@routes.post("/packs", query=queries.UploadQuery, upload=ZIP, answer="Installed")
@admin
def upload(asked: Asked) -> dict[str, Any]:
    """Install or upgrade a pack sent as a zip; `parameters` is a JSON object of texts."""
    loaded = load_files(read_zip(read_upload(ZIP, limit=MAX_BYTES)))
    parameters = read_json(asked.query.get("parameters", "{}"), field="parameters")
    installed = install_pack(asked.wiring, loaded, parameters=parameters, actor=asked.actor)
    return installed_json(installed)


def installed_json(installed: Installed) -> dict[str, Any]:
    """What an installation did."""
    return {
        "pack": installed.pack,
        "revision": installed.published.revision,
        "plan": plan_json(installed.published.plan),
        "samples": installed.samples,
        "allowed": [{"host": e.host, "port": e.port} for e in installed.allowed],
        "asks": [{"source": e.source, "host": e.host, "port": e.port} for e in installed.asks],
    }
