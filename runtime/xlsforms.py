"""XLSForm workbooks: read into drafts of an entity and its form, and written from a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from dsl.formula import relabel
from runtime import draft
from runtime.decide.xlsform_in import documents_of
from runtime.decide.xlsform_out import book_of
from runtime.decide.xlsform_parts import SHEETS, Book, left_out
from runtime.errors import Invalid, NotFound
from runtime.exchange import MAX_COLUMNS, XLSX_TYPE, read_table, write_sheets
from runtime.files import Download
from runtime.org import require_admin
from runtime.sheet_entity import KEY, problems_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtime.context import Context
    from runtime.decide.xlsform_in import Converted
    from runtime.sheet_entity import Manifests

Json = dict[str, Any]
MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A workbook, and the pack for it; the key of the entity where the form's own is not it."""

    name: str
    content: bytes
    pack: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A workbook, and what of the form is not in it."""

    file: Download
    left: tuple[Diagnostic, ...]


def preview(ctx: Context, wanted: Wanted, *, manifests: Manifests) -> Json:
    """The documents and what could not be converted; nothing is kept."""
    found = _converted(ctx, wanted, manifests)
    return {"documents": found.documents, "left_out": told(ctx, found.left)}


def make_drafts(ctx: Context, wanted: Wanted, *, manifests: Manifests) -> Json:
    """Keep the documents as drafts; publishing them is a step of its own.

    Raises:
        Invalid: it is no XLSForm, or there is a definition or a draft of that name.
    """
    found = _converted(ctx, wanted, manifests)
    names = []
    for document in found.documents:
        kind = document["kind"]
        name = wanted.pack if kind == "pack" else f"{wanted.pack}.{document['key']}"
        draft.save_draft(ctx, (kind, name), document, expected_version=0)
        names.append({"kind": kind, "name": name})
    return {"drafts": names, "left_out": told(ctx, found.left)}


def write(ctx: Context, name: str) -> Made:
    """A form as a workbook.

    Raises:
        NotFound: there is no such form.
    """
    require_admin(ctx)
    form = ctx.catalog.forms.get(name)
    if form is None:
        raise NotFound(name)

    def keys(source: str, entity: str) -> str:
        return relabel(source, ctx.catalog.scope(entity), label=None)

    written = book_of(form, ctx.catalog.entities, keys=keys)
    file = Download(f"{form.key}.xlsx", XLSX_TYPE, workbook(written.book), "")
    return Made(file, tuple(written.left))


def told(ctx: Context, left: Sequence[Diagnostic]) -> list[Json]:
    """What was left out, with its place and the reason in the actor's language."""
    return [
        {
            "code": each.code,
            "place": each.pointer,
            "message": each.text(ctx.actor.language),
        }
        for each in left
    ]


def read_book(name: str, content: bytes) -> Book:
    """The sheets of a workbook.

    Raises:
        Invalid: it has no questions.
    """
    sheets = {"survey": (), "choices": (), "settings": ()}
    found: dict[str, list[dict[str, str]]] = {sheet: [] for sheet in sheets}
    for sheet in SHEETS:
        table = read_table(name, content, sheet=sheet)
        if sheet not in table.names:
            continue
        if len(table.rows) > MOST_ROWS:
            limits = {"rows": str(MOST_ROWS), "columns": str(MAX_COLUMNS)}
            raise Invalid(Diagnostic("RUN230", limits, pointer="/file"))
        titles = [title if "::" in title else title.lower() for title in table.titles]
        found[sheet] = [_cells(titles, row) for row in table.rows]
    if not any("type" in row for row in found["survey"]):
        raise Invalid(Diagnostic("RUN249", pointer="/file"))
    return Book(**found)


def _cells(titles: Sequence[str], row: Sequence[str | None]) -> dict[str, str]:
    cells = zip(titles, row, strict=True)
    return {title.strip(): text.strip() for title, text in cells if title and text and text.strip()}


def workbook(book: Book) -> bytes:
    """The sheets as a file."""
    return write_sheets({sheet: getattr(book, sheet) for sheet in SHEETS})


def _converted(ctx: Context, wanted: Wanted, manifests: Manifests) -> Converted:
    require_admin(ctx)
    for place, key in (("pack", wanted.pack), ("key", wanted.key)):
        if key is not None and KEY.fullmatch(key) is None:
            args = {"name": place, "value": key[:60]}
            raise Invalid(Diagnostic("RUN210", args, pointer=f"/{place}"))
    found = documents_of(read_book(wanted.name, wanted.content), key=wanted.key)
    if found.wrong:
        raise Invalid(*found.wrong)
    if not found.documents:
        raise Invalid(Diagnostic("RUN249", pointer="/file"))
    if wanted.pack not in ctx.catalog.packs:
        found.documents.insert(0, {"kind": "pack", "key": wanted.pack, "version": "1.0.0"})
    while problems := problems_of(ctx, wanted.pack, found.documents, manifests):
        _without(ctx, found, problems)
    return found


def _without(ctx: Context, found: Converted, problems: Sequence[Diagnostic]) -> None:
    """Leave out the rules and formulas that do not fit the fields, and tell which.

    Raises:
        Invalid: something else is wrong.
    """
    gone = False
    for problem in problems:
        for document in found.documents:
            part, key = _part(document, problem)
            origin = found.origins.get((str(document["key"]), key))
            if part is None or origin is None:
                continue
            cell, text = origin
            reason = problem.text(ctx.actor.language)
            found.left.append(left_out("RUN244", cell, text, reason=reason))
            gone = _take_out(document, part, key) or gone
            break
    if not gone:
        raise Invalid(*problems)


def _part(document: Json, problem: Diagnostic) -> tuple[str | None, str]:
    """The rule or the field of a document that a problem is about."""
    steps = (problem.pointer or "").split("/")
    here = f"/{document['key']}.json"
    if len(steps) < len(("", "rules", "0")) or not (problem.file or "").endswith(here):
        return None, ""
    parts, number = document.get(steps[1]), steps[2]
    if steps[1] not in ("rules", "fields") or not number.isdigit() or parts is None:
        return None, ""
    at = parts[int(number)] if int(number) < len(parts) else {}
    return steps[1], str(at.get("id") or at.get("key") or "")


def _take_out(document: Json, part: str, key: str) -> bool:
    """A rule goes as a whole; a field keeps its place but not its formula."""
    before = len(document[part])
    if part == "rules":
        document[part] = [rule for rule in document[part] if rule["id"] != key]
        return len(document[part]) < before
    for item in document[part]:
        if item["key"] == key and item.pop("default", None) is not None:
            return True
    document[part] = [item for item in document[part] if item["key"] != key]
    return len(document[part]) < before
