"""Definitions: check them, publish them, take them out as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from builder import packs
from runtime.errors import Invalid, Refused
from runtime.publish import Proposal, export_catalog, plan, publish
from web import payloads
from web.problems import described
from web.routes import Routes, admin
from web.shapes import plan_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from builder.packs import LoadedPack
    from dsl.diagnostics import Diagnostic
    from runtime.publish import Checked
    from web.routes import Asked

routes = Routes()
ZIP = "application/zip"


@routes.get("/definitions/export", query=payloads.PackQuery)
@admin
def export(asked: Asked) -> Response:
    """Everything defined, or one pack, as a zip of JSON files; the same catalog, the same bytes."""
    wanted = asked.query.get("pack")
    with asked.reading() as ctx:
        files = export_catalog(ctx, [] if wanted is None else [wanted])
    response = Response(packs.to_zip(files), mimetype=ZIP)
    response.headers["Content-Disposition"] = 'attachment; filename="definitions.zip"'
    return response


@routes.post("/definitions/check", body=payloads.DefinitionFiles, answer="Checked")
@admin
def check(asked: Asked) -> dict[str, Any]:
    """What would be wrong with these files, and the plan if nothing is."""
    try:
        checked = _checked(asked, _loaded(asked.body["files"]))
    except Refused as refused:
        found = [described(problem, asked.language) for problem in refused.problems]
        return {"diagnostics": found, "plan": None}
    warnings = [described(warning, asked.language) for warning in checked.warnings]
    return {"diagnostics": warnings, "plan": plan_json(checked.plan)}


@routes.post("/definitions/publish", body=payloads.DefinitionFiles, answer="Installed")
@admin
def publish_files(asked: Asked) -> dict[str, Any]:
    """Put these files in force, all or none."""
    pack = _loaded(asked.body["files"])
    proposal = Proposal(
        tuple(pack.definitions), origin=pack.pack.name, note=asked.body.get("note", "")
    )
    published = publish(asked.wiring, proposal, actor=asked.actor)
    return {"revision": published.revision, "plan": plan_json(published.plan)}


def _checked(asked: Asked, pack: LoadedPack) -> Checked:
    manifests = asked.wiring.connectors.manifests()
    with asked.reading() as ctx:
        proposal = Proposal(tuple(pack.definitions), origin=pack.pack.name)
        return plan(ctx, proposal, manifests=manifests)


def _loaded(files: Mapping[str, str]) -> LoadedPack:
    problems = list(_path_problems(files))
    loaded = problems or packs.load({path: text.encode() for path, text in files.items()})
    if isinstance(loaded, list):
        raise Invalid(*loaded)
    return loaded


def _path_problems(files: Mapping[str, str]) -> Iterator[Diagnostic]:
    for path in files:
        problem = packs.path_problem(path)
        if problem is not None:
            yield problem
