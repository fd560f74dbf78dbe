"""Definitions: check them, say what they would do, publish them, take them out as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from builder import packs
from builder.impact import used_in
from runtime.errors import Invalid, NotFound, Refused
from runtime.impact import impact_of
from runtime.publish import Proposal, export_catalog, plan, publish
from runtime.revisions import former_fields
from web import payloads, queries
from web.plans import impact_json, published_json, use_json
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


@routes.get("/definitions/export", query=queries.PackQuery)
@admin
def export(asked: Asked) -> Response:
    """Everything defined, or one pack, as a zip of JSON files; the same catalog, the same bytes."""
    wanted = asked.query.get("pack")
    with asked.reading() as ctx:
        files = export_catalog(ctx, [] if wanted is None else [wanted])
    response = Response(packs.to_zip(files), mimetype=ZIP)
    response.headers["Content-Disposition"] = 'attachment; filename="definitions.zip"'
    return response


@routes.get("/definitions/used-in", query=queries.FieldQuery, answer="UsePage")
@admin
def used(asked: Asked) -> dict[str, Any]:
    """Every place that names a field: formulas, forms, rules, metrics, roles, sources."""
    entity, key = asked.query["entity"], asked.query["field"]
    with asked.reading() as ctx:
        found = ctx.catalog.entities.get(entity)
        if found is None or found.field(key) is None:
            raise NotFound(f"{entity}.{key}")
        return {"items": [use_json(each) for each in used_in(ctx.catalog, entity, key)]}


@routes.get("/definitions/former-fields", query=queries.EntityQuery, answer="FormerFieldPage")
@admin
def former(asked: Asked) -> dict[str, Any]:
    """Fields that were taken away: put back into the entity they have their values again."""
    with asked.reading() as ctx:
        return {"items": former_fields(ctx, asked.query["entity"])}


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


@routes.post("/definitions/plan", body=payloads.DefinitionFiles, answer="Impact")
@admin
def plan_files(asked: Asked) -> dict[str, Any]:
    """What publishing these files would do: tables, values that do not convert, uses, rights."""
    proposal = _proposal(_loaded(asked.body["files"]), asked.body)
    manifests = asked.wiring.connectors.manifests()
    with asked.reading() as ctx:
        checked = plan(ctx, proposal, manifests=manifests)
        return impact_json(impact_of(ctx, checked), asked.language)


@routes.post("/definitions/publish", body=payloads.DefinitionFiles, answer="Installed")
@admin
def publish_files(asked: Asked) -> dict[str, Any]:
    """Put these files in force, all or none; what takes long goes on as a publication."""
    proposal = _proposal(_loaded(asked.body["files"]), asked.body)
    return published_json(publish(asked.wiring, proposal, actor=asked.actor))


def _checked(asked: Asked, pack: LoadedPack) -> Checked:
    manifests = asked.wiring.connectors.manifests()
    with asked.reading() as ctx:
        return plan(ctx, _proposal(pack, {}), manifests=manifests)


def _proposal(pack: LoadedPack, body: Mapping[str, Any]) -> Proposal:
    return Proposal(
        tuple(pack.definitions),
        origin=pack.pack.name,
        note=body.get("note", ""),
        consent=frozenset(body.get("consent", ())),
    )


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
