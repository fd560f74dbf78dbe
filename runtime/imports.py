"""Take in a table: match its columns, try it, write it in batches, give back what was refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from dsl.pinyin import spelled
from runtime import records, works
from runtime.decide.forms import fill, named, pointer_to, with_defaults
from runtime.describe import known_entity
from runtime.errors import Invalid, NotFound, Refused
from runtime.exchange import MEDIA_TYPES, Column, read_table, write_table
from runtime.files import FILES, Download, download
from runtime.filling import facts_of_rows
from runtime.fitting import outside
from runtime.import_cells import read_columns
from runtime.lookups import read
from runtime.org import hidden_of, is_known, require, unwritable_of
from runtime.standing import standing
from runtime.works import Batch, as_json
from store import work
from store.conditions import Test
from store.query import Query
from store.work import Item

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from builder.compiled import CompiledForm
    from builder.model.entity import Entity, Field
    from runtime.context import Context
    from runtime.decide.forms import Cell
    from runtime.exchange import Sheet
    from store.work import Work

Json = dict[str, Any]
IMPORT = "import"
BATCH = 1_000
SAMPLES = 5
NOT_IMPORTED = FILES | {"child_table"}  # a cell holds neither rows nor a file
REASON = {"zh-CN": "未导入的原因", "en": "Why it was not imported"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a file is taken in: field by title, the fields that say which record a row is."""

    file: str
    mapping: Mapping[str, str]
    key: tuple[str, ...] = ()
    sheet: str | None = None
    form: str | None = None
    dry_run: bool = False


# --- before ---------------------------------------------------------------------------------
def inspect(ctx: Context, name: str, file: str, sheet: str | None = None) -> Json:
    """What is in a file and which field each column is likely to be."""
    entity = known_entity(ctx, name)
    require(ctx, name, "create")
    table = table_of(ctx, file, sheet)
    fields = importable(ctx, entity)
    matched = match_titles(table.titles, list(fields.values()))
    columns = [
        {
            "title": title,
            "field": matched.get(title),
            "samples": [row[n] for row in table.rows[:SAMPLES] if row[n] is not None],
        }
        for n, title in enumerate(table.titles)
        if title
    ]
    return {
        "sheets": list(table.names),
        "rows": len(table.rows),
        "columns": columns,
        "fields": [
            {"key": f.key, "label": dict(f.label), "type": f.type, "required": f.required}
            for f in fields.values()
        ],
        "keys": [list(keys) for keys in entity.unique if set(keys) <= set(fields)],
    }


def importable(ctx: Context, entity: Entity) -> dict[str, Field]:
    """The fields the actor may fill in from a file."""
    barred = unwritable_of(ctx, entity.name, "create")
    return {
        item.key: item
        for item in entity.fields
        if item.is_filled
        and not item.hidden
        and item.key not in barred
        and is_known(ctx, entity.name, item.key)
        and item.type not in NOT_IMPORTED
    }


def match_titles(titles: Sequence[str], fields: Sequence[Field]) -> dict[str, str]:
    """The field of each title: by key, by label, then by pinyin; each field once."""
    matched: dict[str, str] = {}
    for names in (_exact, _spelled):
        for title in titles:
            wanted = _plain(title)
            free = [f for f in fields if f.key not in matched.values()]
            found = [f.key for f in free if wanted and wanted in names(f)]
            if title not in matched and len(found) == 1:
                matched[title] = found[0]
    return matched


def _plain(title: str) -> str:
    return "".join(sign for sign in title.lower() if sign.isalnum())


def _exact(item: Field) -> set[str]:
    return {_plain(item.key), *(_plain(label) for label in item.label.values())}


def _spelled(item: Field) -> set[str]:
    return {each.lower() for each in spelled(item.label.get("zh-CN", "")) if len(each) > 1}


def start(ctx: Context, name: str, wanted: Wanted, table: Sheet) -> Json:
    """Take a table in, in the background.

    Raises:
        Invalid: a column goes to no field.
    """
    entity = known_entity(ctx, name)
    places = _places(ctx, entity, wanted, table.titles)
    standing(ctx, entity, wanted.form)
    rows = [(n, row) for n, row in enumerate(table.rows) if any(cell for cell in row)]
    items = [Item(n + 2, row=list(row)) for n, row in rows]  # as a spreadsheet numbers them
    request = {
        "titles": list(table.titles), "places": places, "key": list(wanted.key),
        "form": wanted.form, "dry_run": wanted.dry_run, "file": wanted.file,
    }  # fmt: skip
    return works.start(ctx, IMPORT, name, request=request, items=items)


def table_of(ctx: Context, file: str, sheet: str | None = None) -> Sheet:
    """The table of an uploaded file: read before anything is written, for that takes a while.

    Raises:
        Invalid: the file can not be read.
    """
    found = download(ctx, file)
    return read_table(found.name, found.content, sheet=sheet)


def _places(ctx: Context, entity: Entity, wanted: Wanted, titles: Sequence[str]) -> dict[str, int]:
    """By field: the number of its column."""
    require(ctx, entity.name, "create")
    if wanted.key:
        require(ctx, entity.name, "update")
    fields = importable(ctx, entity)
    places: dict[str, int] = {}
    for title, key in wanted.mapping.items():
        if title not in titles or key not in fields or key in places:
            raise Invalid(Diagnostic("RUN238", {"title": title[:60]}, pointer="/mapping"))
        places[key] = titles.index(title)
    if not places:
        raise Invalid(Diagnostic("RUN239", pointer="/mapping"))
    for key in wanted.key:
        if key not in places or fields[key].rows is not None:
            item = entity.field(key)
            args = {"label": key, "label_en": key} if item is None else named(item)
            raise Invalid(Diagnostic("RUN240", args, pointer="/key"))
    if wanted.key:
        _check_changed(ctx, entity.name, [fields[key] for key in places], by=wanted.key)
    return places


def _check_changed(
    ctx: Context, entity: str, fields: Iterable[Field], *, by: Sequence[str]
) -> None:
    """Records are found by what the actor sees, and changed in what he may change."""
    unseen, unwritable = hidden_of(ctx, entity), unwritable_of(ctx, entity, "update")
    barred = [f for f in fields if f.key in (unseen if f.key in by else unwritable)]
    if barred:
        raise Invalid(*(Diagnostic("RUN216", named(f), pointer="/mapping") for f in barred))


# --- one batch ------------------------------------------------------------------------------
@dataclass(slots=True)
class _Taking:
    """The rows of one batch on their way in; by place what is wrong with them."""

    ctx: Context
    entity: Entity
    compiled: CompiledForm
    key: tuple[str, ...]
    form: str | None
    values: dict[int, dict[str, Cell]]
    problems: dict[int, list[Diagnostic]] = field(default_factory=dict)
    written: int = 0
    unchanged: int = 0

    def refuse(self, place: int, problems: Iterable[Diagnostic]) -> None:
        """The row is not taken."""
        self.problems.setdefault(place, []).extend(problems)
        self.values.pop(place, None)


class _OnlyTried(Exception):  # noqa: N818 -- it ends a try, nothing is wrong
    """Everything was tried; nothing is to stay."""


def step(ctx: Context, found: Work) -> Batch:
    """Take in the next rows; a try leaves nothing behind but what it found."""
    after = -1 if found.place is None else int(found.place)
    batch = work.items(ctx.uow, found.id, after=after, limit=BATCH)
    asked = found.request
    taking = _read(ctx, found, batch)
    try:
        with ctx.uow.savepoint():
            _take(taking)
            _end(is_try=bool(asked["dry_run"]))
    except _OnlyTried:
        pass
    refused = [
        Item(each.place, problems=[as_json(p) for p in taking.problems[each.place]], row=each.row)
        for each in batch
        if each.place in taking.problems
    ]
    work.drop(ctx.uow, found.id, [each.place for each in batch])
    work.put_items(ctx.uow, found.id, refused)
    is_last = found.done + len(batch) >= found.total or not batch
    return Batch(
        done=len(batch),
        written=taking.written,
        unchanged=taking.unchanged,
        refused=len(refused),
        place=None if is_last else batch[-1].place,
    )


def _end(*, is_try: bool) -> None:
    if is_try:
        raise _OnlyTried


def _read(ctx: Context, found: Work, batch: Sequence[Item]) -> _Taking:
    """The values of the rows; those that can not be read are refused already."""
    entity = known_entity(ctx, found.entity)
    asked = found.request
    places: Mapping[str, int] = asked["places"]
    wanted = Wanted(
        "", {asked["titles"][at]: key for key, at in places.items()}, tuple(asked["key"])
    )
    _places(ctx, entity, wanted, asked["titles"])  # the rights may be others by now
    fields = importable(ctx, entity)
    columns = {key: [each.row[at] for each in batch] for key, at in places.items()}
    rows, problems = read_columns(ctx, columns, fields)
    compiled = standing(ctx, entity, asked["form"])
    values = {each.place: row for each, row in zip(batch, rows, strict=True)}
    taking = _Taking(ctx, entity, compiled, wanted.key, asked["form"], values)
    for each, wrong in zip(batch, problems, strict=True):
        if wrong:
            taking.refuse(each.place, wrong)
    return taking


def _take(taking: _Taking) -> None:
    """Change the records that are there, make those that are not."""
    there = _known(taking) if taking.key else {}
    fresh = []
    for place in list(taking.values):
        if place in there:
            _change(taking, place, there[place])
        else:
            fresh.append(place)
    _create(taking, _filled(taking, fresh))


def _known(taking: _Taking) -> dict[int, int]:
    """By row: the record that has its key; a key twice in the batch is refused."""
    first, *_ = taking.key
    cells = (row.get(first) for row in taking.values.values())
    wanted = tuple({cell for cell in cells if isinstance(cell, str | int)})
    test = Test(first, "in", wanted)
    rows = read(taking.ctx, Query(taking.entity.name, select=taking.key, match=test)).rows
    by_key = {tuple(row[key] for key in taking.key): int(row["id"]) for row in rows}
    there: dict[int, int] = {}
    seen: set[tuple[Cell, ...]] = set()
    for place, row in list(taking.values.items()):
        mine = tuple(row.get(key) for key in taking.key)
        if None in mine:
            missing = taking.entity.field(taking.key[mine.index(None)])
            args = {} if missing is None else named(missing)
            taking.refuse(place, [Diagnostic("RUN101", args, pointer=pointer_to(first))])
        elif mine in seen:
            taking.refuse(place, [Diagnostic("RUN237", pointer=pointer_to(first))])
        elif mine in by_key:
            there[place] = by_key[mine]
        seen.add(mine)
    return there


def _change(taking: _Taking, place: int, record_id: int) -> None:
    ctx = taking.ctx
    row = {key: cell for key, cell in taking.values[place].items() if key not in taking.key}
    try:
        with ctx.uow.savepoint():
            changed = records.change(
                ctx, taking.entity.name, record_id, row, base_version=None, form=taking.form
            )
    except Refused as refused:
        taking.refuse(place, refused.problems)
        return
    if changed.is_empty:
        taking.unchanged += 1
    else:
        taking.written += 1


def _filled(taking: _Taking, places: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """New records under the rules of the form; those that break one are refused."""
    ctx, compiled = taking.ctx, taking.compiled
    given = [taking.values[place] for place in places]
    filled: dict[int, Mapping[str, Any]] = {}
    known = facts_of_rows(ctx, compiled, given)
    done_rows = []
    for sent, facts in zip(given, known, strict=True):
        values = {key: value for key, value in sent.items() if value is not None}
        defaults = with_defaults(compiled, values, facts=facts, params=ctx.params)
        done_rows.append(fill(compiled, values, defaults=defaults, facts=facts, params=ctx.params))
    pairs = [(done.values, facts) for done, facts in zip(done_rows, known, strict=True)]
    left_out = outside(ctx, compiled, pairs)
    for place, done, more in zip(places, done_rows, left_out, strict=True):
        if done.problems or more:
            taking.refuse(place, (*done.problems, *more))
        else:
            filled[place] = done.values
    return filled


def _create(taking: _Taking, filled: Mapping[int, Mapping[str, Any]]) -> None:
    """All at once; when one of them is refused, one by one."""
    if not filled:
        return
    ctx, name = taking.ctx, taking.entity.name
    try:
        with ctx.uow.savepoint():
            records.create(ctx, name, list(filled.values()))
    except Refused as refused:
        if len(filled) == 1:
            taking.refuse(next(iter(filled)), refused.problems)
            return
        for place, row in filled.items():
            _create(taking, {place: row})
        return
    taking.written += len(filled)


# --- after ----------------------------------------------------------------------------------
def refused_rows(ctx: Context, uid: str) -> Download:
    """The rows that were not taken, with the reason beside each, ready to be corrected."""
    found = works.mine(ctx, uid)
    if found.kind != IMPORT:
        raise NotFound(f"rows of {uid[:64]}")
    titles = [str(title) for title in found.request["titles"]]
    language = ctx.actor.language
    columns = [*(Column(title) for title in titles), Column(REASON[language])]
    rows = work.items(ctx.uow, found.id, after=-1, limit=found.total, refused_only=True)
    cells = [
        [*each.row, "; ".join(works.told(ctx, p)["message"] for p in each.problems)]
        for each in rows
        if each.row is not None
    ]
    content = write_table(columns, cells, "xlsx")
    return Download("refused.xlsx", MEDIA_TYPES["xlsx"], content, "")
