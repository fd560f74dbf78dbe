"""Help whoever writes a formula: its scope as the writer may see it, its value on a record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from builder.compiler import MEASURED, Compiler, judge_scope
from builder.paths import Missing, follow
from dsl import ir
from dsl import types as t
from dsl.diagnostics import Diagnostic
from dsl.editor_reach import Reach, reach
from dsl.explain import Explained, Node, explain
from dsl.formula import Formula, compile_formula
from dsl.types import Boolean
from runtime.decide.periods import first_day, last_day, period_of
from runtime.describe import known_entity
from runtime.errors import Invalid, NotFound
from runtime.formula_numbers import Sample, inputs_of, inputs_scope, metric_of, numbers_of
from runtime.lookups import displays, read
from runtime.org import can, hidden_of, require
from runtime.viewing import note_views
from store.errors import HiddenFieldError, UnknownNameError
from store.query import Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from builder.model.common import Grain
    from dsl.backends.python import Params
    from dsl.needs import Needs
    from dsl.scope import RowScope
    from dsl.types import Type
    from runtime.context import Context

Kind = Literal["row", "rule", "metric"]
SUBJECT = "subject"
TEXT = "/text"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a formula stands: over a record, in a rule about it, or over a metric's inputs."""

    entity: str
    kind: Kind = "row"
    condition: bool = False
    grain: Grain = "week"  # of the periods, where no metric says it
    metric: str | None = None  # whose calendar and periods count; whose inputs are read

    @property
    def expect(self) -> Type | None:
        """What it must yield."""
        if self.kind == "metric":
            return MEASURED
        return Boolean() if self.condition or self.kind == "rule" else None

    @property
    def roots(self) -> Mapping[str, str]:
        """The entity of a record by the name it has in the formula; "" when it has none."""
        if self.kind == "metric":
            return {}
        return {SUBJECT if self.kind == "rule" else "": self.entity}

    @property
    def root(self) -> str:
        """The name of the record."""
        return next(iter(self.roots), "")


@dataclass(frozen=True, slots=True)
class Tried:
    """The value of a formula on a record; `shown` are the names of what references point to."""

    formula: Formula
    explained: Explained
    uid: str
    shown: Mapping[tuple[str, int], str]
    period: str | None = None  # of the inputs of a metric


# --- what the writer may see ----------------------------------------------------------------
def scope_of(ctx: Context, place: Place) -> RowScope:
    """The names a formula may use, without those the writer must not know.

    Raises:
        NotFound: there is no such entity, or not for the writer.
    """
    known_entity(ctx, place.entity)
    if place.kind == "metric":
        return inputs_scope(ctx, metric_of(ctx, place.metric, subject=place.entity))
    if place.kind == "rule":
        scope = judge_scope(ctx.catalog, place.entity, grain=_grain(ctx, place))
        if not ctx.actor.admin:
            scope = replace(scope, entity_of=_Seen(ctx))
    elif ctx.actor.admin:
        scope = ctx.catalog.scope(place.entity)
    else:
        scope = _Seen(ctx).scope(place.entity)
    if place.metric is None:
        return scope
    metric = metric_of(ctx, place.metric)
    return replace(scope, calendar=metric.calendar, grain=metric.grain)


def _grain(ctx: Context, place: Place) -> Grain:
    return place.grain if place.metric is None else metric_of(ctx, place.metric).grain


def check_seen(ctx: Context, entity: str, text: str) -> None:
    """Refuse a condition over records that names what its writer must not see.

    Raises:
        Invalid: a field out of sight is as good as none, a computed one too.
    """
    if not any((*ctx.scope.hidden.values(), *ctx.scope.masked.values())):
        return
    found = compile_formula(text, _Seen(ctx).scope(entity), expect=Boolean())
    if found.formula is None:
        raise Invalid(*found.diagnostics)


class _Seen:
    """The scopes of entities without their hidden fields, each made once."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._made: dict[str, RowScope] = {}

    def __call__(self, entity: str) -> RowScope | None:
        """The scope behind a reference; None when the writer must not look there."""
        known = entity in self._ctx.catalog.entities
        return self.scope(entity) if known and can(self._ctx, entity, "read") else None

    def scope(self, entity: str) -> RowScope:
        """The fields of one entity."""
        if entity not in self._made:
            full = self._ctx.catalog.scope(entity)
            hidden = hidden_of(self._ctx, entity)
            shown = {key: each for key, each in full.symbols.items() if key not in hidden}
            self._made[entity] = replace(full, symbols=shown, entity_of=self)
        return self._made[entity]


def compiled(ctx: Context, place: Place, text: str) -> tuple[Formula, Formula]:
    """The formula as typed and over stored fields only.

    Raises:
        Invalid: it does not compile, or would show what a hidden field says.
    """
    scope = scope_of(ctx, place)
    found = compile_formula(text, scope, expect=place.expect)
    if found.formula is None:
        raise Invalid(*(problem.at(pointer=TEXT) for problem in found.diagnostics))
    whole = Compiler(ctx.catalog).written_out(found.formula, place.roots)
    hidden = next(_hidden(ctx, place, whole), None)
    if hidden is not None:
        raise _refused(hidden)
    return found.formula, whole


def _refused(typed: str) -> Invalid:
    """A hidden field is as good as none; only what was typed is repeated."""
    return Invalid(Diagnostic("RUN102", {"field": typed}, pointer=TEXT))


def _hidden(ctx: Context, place: Place, formula: Formula) -> Iterator[str]:
    """What of the text needs a field the reader must not see, behind computed ones too."""
    if not place.roots:  # numbers of a metric the reader may see
        return
    for node, start in _fields(formula.ir, place.root, place.entity, ctx):
        path = node.rows if isinstance(node, ir.Fold) else node.path
        if not _may_see(ctx, start, path):
            span = node.span
            yield "?" if span is None else formula.source[span.start : span.end]


def _fields(
    node: ir.Node, root: str, entity: str, ctx: Context
) -> Iterator[tuple[ir.Field | ir.Fold, tuple[str, str]]]:
    """Every field and child table that is read, with the root and entity its path starts from."""
    match node:
        case ir.Field(outer=False):
            yield node, (root, entity)
        case ir.Fold(rows=rows, where=where, values=values, args=args):
            yield node, (root, entity)
            child = _target(ctx, entity, _below(rows, root))
            for part in (where, *values) if child is not None else ():
                if part is not None:
                    yield from _fields(part, "", child or "", ctx)
                    yield from _outer(part, (root, entity))
            for part in args:
                yield from _fields(part, root, entity, ctx)
        case _:
            for part in ir.children(node):
                yield from _fields(part, root, entity, ctx)


def _outer(
    node: ir.Node, start: tuple[str, str]
) -> Iterator[tuple[ir.Field | ir.Fold, tuple[str, str]]]:
    for part in ir.walk(node):
        if isinstance(part, ir.Field) and part.outer:
            yield part, start


def _below(path: str, root: str) -> str:
    return path.removeprefix(f"{root}.") if root else path


def _may_see(ctx: Context, start: tuple[str, str], path: str) -> bool:
    """Whether the reader may see every field on a path."""
    root, here = start[0], ctx.catalog.entities.get(start[1])
    first = path.partition(".")[0]
    if root and first != root:
        return True  # value, target
    for key in _below(path, root).split(".") if path != root else ():
        item = None if here is None else here.field(key)
        if here is None or item is None:
            return True  # uid and the like; the database says what there is
        if key in hidden_of(ctx, here.name) or not can(ctx, here.name, "read"):
            return False
        here = ctx.catalog.entities.get(item.entity or item.type)
    return True


def _target(ctx: Context, entity: str, path: str) -> str | None:
    """The entity of the child table at a path."""
    reached = follow(ctx.catalog.entities, entity, path)
    if isinstance(reached, Missing) or reached.field is None:
        return None
    return reached.field.entity


# --- where it runs ----------------------------------------------------------------------------
def where_it_runs(ctx: Context, place: Place, text: str) -> tuple[Formula, Reach]:
    """The formula over stored fields only, and which executors compute it.

    Raises:
        Invalid: it does not compile.
    """
    typed, whole = compiled(ctx, place, text)
    return whole, reach(whole.ir, text, typed=typed.ir)


# --- its value on a record --------------------------------------------------------------------
def try_on(ctx: Context, place: Place, text: str, sample: Sample) -> Tried:
    """The value of a formula on a record the reader may see, and how it came about.

    Raises:
        Invalid: the formula is wrong, or reads what is hidden from the reader.
        NotFound: there is no such record, or not for the reader.
    """
    require(ctx, place.entity, "read")
    typed, whole = compiled(ctx, place, text)
    record = _record(ctx, place.entity, sample.uid)
    note_views(ctx, ctx.catalog.entity(place.entity), [record])
    if place.kind == "metric":
        metric = metric_of(ctx, place.metric, subject=place.entity)
        counted = inputs_of(ctx, metric, record["id"], sample.period)
        told = explain(whole, counted.row, counted.params)
        return Tried(typed, told, str(record["uid"]), {}, counted.period)
    needs = _below_root(whole.needs, place.root)
    try:
        rows = _rows(ctx, place.entity, [record["id"]], needs)
    except (HiddenFieldError, UnknownNameError) as error:
        raise _refused(str(error.args[-1])) from error
    own = rows[record["id"]]
    row = {f"{place.root}.{path}": value for path, value in own.items()} if place.root else own
    if place.kind == "rule":
        row |= {SUBJECT: record["id"]} | numbers_of(
            ctx, place.entity, record["id"], needs=whole.needs, sample=sample
        )
    told = explain(whole, row, _params(ctx, _grain(ctx, place)))
    return Tried(typed, told, str(record["uid"]), _shown(ctx, told.tree))


def _params(ctx: Context, grain: Grain) -> Params:
    """The day of business, and the period it lies in for formulas that look at one."""
    params = ctx.params
    period = period_of(params.today, grain) if params.today is not None else None
    if period is None:
        return params
    return replace(
        params, period_start=first_day(period, grain), period_end=last_day(period, grain)
    )


def _record(ctx: Context, entity: str, uid: str | None) -> Mapping[str, Any]:
    uids = None if uid is None else (uid,)
    rows = read(ctx, Query(entity, select=(), uids=uids, limit=1)).rows
    if not rows:
        raise NotFound(f"{entity} {(uid or '')[:64]}".strip())
    return rows[0]


def _below_root(needs: Needs, root: str) -> Needs:
    """What is read of the record itself."""
    if not root:
        return needs
    start = f"{root}."
    paths = tuple(p.removeprefix(start) for p in needs.paths if p.startswith(start))
    rows = {p.removeprefix(start): n for p, n in needs.rows.items() if p.startswith(start)}
    return replace(needs, paths=paths, rows=rows)


def _rows(ctx: Context, entity: str, ids: Sequence[int], needs: Needs) -> dict[int, dict[str, Any]]:
    """What a formula reads of records, by row id, with the reader's rights."""
    owners = {path: path.rpartition(".")[0] for path in needs.rows}
    wanted = dict.fromkeys((*needs.paths, *(owner for owner in owners.values() if owner)))
    page = read(ctx, Query(entity, select=tuple(wanted), ids=tuple(ids)))
    found = {int(row["id"]): dict(row) for row in page.rows}
    for path, inside in needs.rows.items():
        owned = {each: row[owners[path]] if owners[path] else each for each, row in found.items()}
        lists = _children(ctx, entity, path, [i for i in owned.values() if i is not None], inside)
        for each, row in found.items():
            row[path] = lists.get(owned[each], [])
    return found


def _children(
    ctx: Context, entity: str, path: str, owners: Sequence[int], inside: Needs
) -> dict[int, list[dict[str, Any]]]:
    """The child rows of the records at the end of a path, by owner."""
    owner_path, _, key = path.rpartition(".")
    end = follow(ctx.catalog.entities, entity, owner_path)
    owner = None if isinstance(end, Missing) else end.entity
    child = None if owner is None else _target(ctx, owner, key)
    if owner is None or child is None or not owners:
        return {}
    page = read(ctx, Query(owner, select=(key,), ids=tuple(dict.fromkeys(owners))))
    listed = {int(row["id"]): [int(each["id"]) for each in row[key]] for row in page.rows}
    every = [each for ids in listed.values() for each in ids]
    values = _rows(ctx, child, every, inside) if every else {}
    return {own: [values[i] for i in ids if i in values] for own, ids in listed.items()}


def _shown(ctx: Context, tree: Node) -> dict[tuple[str, int], str]:
    """The names of the records a tree points to; an id inside the house is told to nobody."""
    pointed: dict[str, set[int]] = {}
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node.type, t.Reference) and isinstance(node.value, int):
            pointed.setdefault(node.type.entity, set()).add(node.value)
        stack.extend(node.children)
    return {
        (entity, each): name
        for entity, ids in pointed.items()
        for each, name in displays(ctx, entity, ids).items()
    }
