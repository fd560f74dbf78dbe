"""Export and import of records as Excel and CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import dossier, exports, imports, sheet_entity, works, xlsforms
from runtime.errors import NotFound
from runtime.files import download
from runtime.lists import Listing
from web import payloads, queries
from web.api.files import handed_out
from web.api.records import listing_of
from web.routes import Routes, admin, signed_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Response

    from runtime.context import Context
    from web.routes import Asked

routes = Routes("records")  # a key for records may do all this to them
ENTITY = "/entities/<name:name>"


@routes.get(ENTITY + "/export", query=queries.ExportQuery)
@signed_in
def export(asked: Asked, name: str) -> Response:
    """The file of a list that is not long; a long one is made by `POST .../exports`."""
    query = asked.query
    columns = query.get("columns")
    keys = None if columns is None else tuple(columns.split(","))
    with asked.reading() as ctx:
        found = exports.export_now(ctx, name, _wanted(query, listing_of(query), keys))
    with asked.writing("export", needed=True) as ctx:
        exports.note(ctx, name)
    return handed_out(found)


@routes.post(ENTITY + "/exports", body=payloads.NewExport, answer="Work", status=202)
@signed_in
def start_export(asked: Asked, name: str) -> dict[str, Any]:
    """Make the file in the background."""
    body = asked.body
    listing = Listing(
        body.get("filter"), tuple(body.get("match", ())), body.get("q", ""), body.get("sort")
    )
    columns = body.get("columns")
    keys = None if columns is None else tuple(columns)
    with asked.writing("export") as ctx:
        return exports.start(ctx, name, _wanted(body, listing, keys))


@routes.get("/work/<uid:uid>/file")
@signed_in
def file_of(asked: Asked, uid: str) -> Response:
    """The file of one's own export, when it is done."""
    with asked.reading() as ctx:
        known = dossier if works.mine(ctx, uid).kind == dossier.KIND else exports
        if known is dossier and asked.session is not None and asked.session.viewed_by:
            raise NotFound(uid)  # who looks as somebody else sees what that person's roles show
        found = known.file_of(ctx, uid)
    return handed_out(found)


@routes.post(ENTITY + "/imports/preview", body=payloads.ImportFile, answer="ImportPreview")
@signed_in
def preview_import(asked: Asked, name: str) -> dict[str, Any]:
    """What is in an uploaded file, and which field each column is likely to be."""
    with asked.reading() as ctx:
        return imports.inspect(ctx, name, asked.body["file"], asked.body.get("sheet"))


@routes.post(ENTITY + "/imports", body=payloads.NewImport, answer="Work", status=202)
@signed_in
def start_import(asked: Asked, name: str) -> dict[str, Any]:
    """Take a file in, in the background; `dry_run` only finds out what would be refused."""
    body = asked.body
    wanted = imports.Wanted(
        file=body["file"],
        mapping=body["mapping"],
        key=tuple(body.get("key", ())),
        sheet=body.get("sheet"),
        form=body.get("form"),
        dry_run=body.get("dry_run", False),
    )
    with asked.reading() as ctx:
        table = imports.table_of(ctx, wanted.file, wanted.sheet)
    with asked.writing("import") as ctx:
        return imports.start(ctx, name, wanted, table)


@routes.get("/work/<uid:uid>/refused")
@signed_in
def refused_rows(asked: Asked, uid: str) -> Response:
    """The rows an import has refused, as Excel with the reason beside each."""
    with asked.reading() as ctx:
        found = imports.refused_rows(ctx, uid)
    return handed_out(found)


# --- a table becomes an entity --------------------------------------------------------------
@routes.post("/definitions/from-table/preview", body=payloads.SheetEntity, answer="SheetPreview")
@admin
def preview_entity(asked: Asked) -> dict[str, Any]:
    """The entity and the form an uploaded table would become; nothing is kept."""
    manifests = asked.wiring.connectors.manifests()
    with asked.reading() as ctx:
        return sheet_entity.preview(ctx, _sheet(asked.body), manifests=manifests)


@routes.post("/definitions/from-table", body=payloads.SheetEntity, answer="SheetDrafts", status=201)
@admin
def draft_entity(asked: Asked) -> dict[str, Any]:
    """Drafts of an entity and its form from an uploaded table."""
    manifests = asked.wiring.connectors.manifests()
    with asked.writing("api") as ctx:
        return sheet_entity.make_drafts(ctx, _sheet(asked.body), manifests=manifests)


# --- XLSForm --------------------------------------------------------------------------------
@routes.post("/definitions/from-xlsform/preview", body=payloads.XlsForm, answer="XlsFormPreview")
@admin
def preview_xlsform(asked: Asked) -> dict[str, Any]:
    """What an uploaded XLSForm becomes, and what of it has no counterpart; nothing is kept."""
    manifests = asked.wiring.connectors.manifests()
    with asked.reading() as ctx:
        return xlsforms.preview(ctx, _workbook(ctx, asked.body), manifests=manifests)


@routes.post("/definitions/from-xlsform", body=payloads.XlsForm, answer="XlsFormDrafts", status=201)
@admin
def draft_xlsform(asked: Asked) -> dict[str, Any]:
    """Drafts of an entity and its form from an uploaded XLSForm."""
    manifests = asked.wiring.connectors.manifests()
    with asked.writing("api") as ctx:
        return xlsforms.make_drafts(ctx, _workbook(ctx, asked.body), manifests=manifests)


@routes.get("/forms/<name:name>/xlsform/left-out", answer="LeftOut")
@admin
def xlsform_left_out(asked: Asked, name: str) -> dict[str, Any]:
    """What of a form an XLSForm has no words for."""
    with asked.reading() as ctx:
        return {"left_out": xlsforms.told(ctx, xlsforms.write(ctx, name).left)}


@routes.get("/forms/<name:name>/xlsform")
@admin
def xlsform(asked: Asked, name: str) -> Response:
    """A form as an XLSForm workbook."""
    with asked.reading() as ctx:
        return handed_out(xlsforms.write(ctx, name).file)


def _workbook(ctx: Context, body: Mapping[str, Any]) -> xlsforms.Wanted:
    file = download(ctx, body["file"])
    return xlsforms.Wanted(file.name, file.content, body["pack"], body.get("key"))


def _sheet(body: Mapping[str, Any]) -> sheet_entity.Wanted:
    return sheet_entity.Wanted(
        file=body["file"],
        pack=body["pack"],
        key=body["key"],
        label=body["label"],
        sheet=body.get("sheet"),
        types=body.get("types", {}),
    )


def _wanted(
    asked: Mapping[str, Any], listing: Listing, columns: tuple[str, ...] | None
) -> exports.Wanted:
    return exports.Wanted(
        listing, columns, how=asked.get("format", "xlsx"), bom=asked.get("bom") != "no"
    )
