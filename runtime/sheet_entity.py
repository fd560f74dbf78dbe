"""Make a new entity and its form from a table: first as a preview, then as drafts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from builder.codec import decode
from dsl.diagnostics import Diagnostic
from runtime import draft
from runtime.decide.sheet_entity import TYPES, documents_of, guess_columns
from runtime.errors import Invalid, Refused
from runtime.imports import table_of
from runtime.org import require_admin
from runtime.publish import Proposal, plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtime.context import Context

Json = dict[str, Any]
Manifests: TypeAlias = "Mapping[str, Mapping[str, object]]"
SAMPLES = 5
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which file, and what the entity is called; types by title where the guess was wrong."""

    file: str
    pack: str
    key: str
    label: str
    sheet: str | None = None
    types: Mapping[str, str] = field(default_factory=dict)


def preview(ctx: Context, wanted: Wanted, *, manifests: Manifests) -> Json:
    """The guessed fields with samples, the documents, and what would be wrong with them."""
    documents, columns = _documents(ctx, wanted)
    return {
        "columns": columns,
        "documents": documents,
        "problems": [
            {"code": problem.code, "message": problem.text(ctx.actor.language)}
            for problem in problems_of(ctx, wanted.pack, documents, manifests)
        ],
    }


def make_drafts(ctx: Context, wanted: Wanted, *, manifests: Manifests) -> Json:
    """Keep the documents as drafts; publishing them is a step of its own.

    Raises:
        Invalid: a document would be wrong, or there is a draft of that name.
    """
    documents, columns = _documents(ctx, wanted)
    problems = problems_of(ctx, wanted.pack, documents, manifests)
    if problems:
        raise Invalid(*problems)
    names = []
    for document in documents:
        kind = document["kind"]
        name = wanted.pack if kind == "pack" else f"{wanted.pack}.{document['key']}"
        draft.save_draft(ctx, (kind, name), document, expected_version=0)
        names.append({"kind": kind, "name": name})
    return {"drafts": names, "columns": columns}


def _documents(ctx: Context, wanted: Wanted) -> tuple[list[Json], list[Json]]:
    require_admin(ctx)
    for place, key in (("pack", wanted.pack), ("key", wanted.key)):
        if KEY.fullmatch(key) is None:
            args = {"name": place, "value": key[:60]}
            raise Invalid(Diagnostic("RUN210", args, pointer=f"/{place}"))
    strange = next((kind for kind in wanted.types.values() if kind not in TYPES), None)
    if strange is not None:
        args = {"name": "types", "value": strange[:60]}
        raise Invalid(Diagnostic("RUN210", args, pointer="/types"))
    table = table_of(ctx, wanted.file, wanted.sheet)
    guesses = guess_columns(table.titles, table.rows, wanted.types)
    columns = [
        {
            "title": guess.title,
            "key": guess.key,
            "type": guess.type,
            "samples": [
                cell
                for row in table.rows[:SAMPLES]
                if (cell := row[table.titles.index(guess.title)]) is not None
            ],
        }
        for guess in guesses
    ]
    documents = list(documents_of(wanted.key, wanted.label, guesses))
    if wanted.pack not in ctx.catalog.packs:
        documents.insert(0, {"kind": "pack", "key": wanted.pack, "version": "1.0.0"})
    return documents, columns


def problems_of(
    ctx: Context, pack: str, documents: list[Json], manifests: Manifests
) -> list[Diagnostic]:
    """What would be wrong with documents that are to be published together."""
    found: list[Diagnostic] = []
    definitions = []
    for document in documents:
        decoded = decode(document["kind"], document, pack=pack)
        if isinstance(decoded, list):
            found += decoded
        else:
            definitions.append(decoded)
    taken = [d.name for d in definitions if d.name in {*ctx.catalog.entities, *ctx.catalog.forms}]
    found += [Diagnostic("RUN242", {"name": name}, pointer="/key") for name in taken]
    if not found:
        try:
            plan(ctx, Proposal(tuple(definitions)), manifests=manifests)
        except Refused as refused:
            found += refused.problems
    return found
