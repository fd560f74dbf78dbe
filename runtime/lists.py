"""What is asked of a list of records: filter, order, search; and its count and groups."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, cast

from builder.fields.region import written
from builder.operators import aggregates_of
from dsl import types as t
from dsl.diagnostics import Diagnostic
from dsl.types import Boolean
from dsl.values import format_value
from runtime import anywhere
from runtime.describe import known_entity
from runtime.errors import Invalid
from runtime.filters import known_path, read_match
from runtime.formulas import check_seen
from runtime.lookups import displays, is_seen, uids_of
from runtime.org import require
from store import query
from store.errors import BadCursorError, HiddenFieldError, UnknownNameError
from store.groups import Key, Measure
from store.query import Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.model.entity import Entity
    from dsl.formula import Formula
    from dsl.types import Raw
    from runtime.context import Context
    from runtime.filters import Known
    from store.groups import Aggregate, Step

Json = dict[str, Any]
Order = tuple[str, Literal["asc", "desc"]]
TIMES = frozenset({"created_at", "updated_at"})
STEPS = ("year", "quarter", "month", "day")
MAX_KEYS = 4
MAX_MEASURES = 12
MAX_COUNT = 10_000
MEAN_SCALE = 6  # decimals of a mean, at least


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as it is asked for; what all parts say must hold."""

    where: str | None = None  # a formula
    match: Sequence[object] = ()  # structured tests
    q: str = ""  # words to look for
    sort: str | None = None  # -field,field

    def query(self, ctx: Context, entity: Entity) -> Query:
        """The query without its fields and its page.

        Raises:
            Invalid: the filter or the order is wrong, or names what the actor may not see.
        """
        return Query(
            entity.name,
            where=compile_filter(ctx, entity.name, self.where),
            match=read_match(ctx, entity, self.match),
            search=self.q,
            order=order_of(ctx, entity, self.sort),
        )


ALL = Listing()


def readable(ctx: Context, name: str) -> Entity:
    """An entity the actor may read."""
    entity = known_entity(ctx, name)
    require(ctx, name, "read")
    return entity


@contextmanager
def told() -> Iterator[None]:
    """What the store refuses becomes a problem: a hidden field is as good as none."""
    try:
        yield
    except BadCursorError as error:
        raise Invalid(Diagnostic("RUN208", pointer="/cursor")) from error
    except (HiddenFieldError, UnknownNameError) as error:
        field = str(error.args[-1])
        raise Invalid(Diagnostic("RUN102", {"field": field}, pointer="/filter")) from error


def count_records(ctx: Context, name: str, listing: Listing, *, most: int = MAX_COUNT) -> Json:
    """How many records the list has; counted no further than `most`."""
    entity = readable(ctx, name)
    wanted = replace(listing.query(ctx, entity), order=())
    with told():
        found = query.count(
            ctx.uow,
            ctx.scope,
            wanted,
            tables=ctx.tables,
            catalog=ctx.catalog,
            params=ctx.params,
            most=most + 1,
        )
    return {"count": min(found, most), "exact": found <= most}


def compile_filter(ctx: Context, entity: str, where: str | None) -> Formula | None:
    """The condition of a list, typed by the reader in the formula language."""
    if where is None or not where.strip():
        return None
    compiled = ctx.catalog.row_formula(where, entity, expect=Boolean())
    try:
        check_seen(ctx, entity, where)  # first: what is out of sight is not suggested either
    except Invalid as refused:
        raise Invalid(*(each.at(pointer="/filter") for each in refused.problems)) from refused
    if compiled.formula is None:
        raise Invalid(*(problem.at(pointer="/filter") for problem in compiled.diagnostics))
    return compiled.formula


def order_of(ctx: Context, entity: Entity, sort: str | None) -> tuple[Order, ...]:
    """The order of a list: `-` before a field turns it round."""
    order: list[Order] = []
    for part in (sort or "").split(","):
        key = part.strip().lstrip("-")
        if not key:
            continue
        item = entity.field(key)
        sortable = item is not None and item.rows is None and is_seen(ctx, entity.name, key)
        if not sortable and not (key in TIMES and not entity.system):
            raise Invalid(Diagnostic("RUN207", {"field": key[:80]}, pointer="/sort"))
        order.append((key, "desc" if part.strip().startswith("-") else "asc"))
    return tuple(order)


# --- groups -------------------------------------------------------------------------------
def group_records(
    ctx: Context, name: str, listing: Listing, *, by: str, measures: str = "", limit: int = 200
) -> Json:
    """The records in groups: `by` is `field` or `date:month`, a measure `sum:field`."""
    entity = readable(ctx, name)
    keys = group_keys(ctx, entity, by)
    if not keys:
        raise Invalid(Diagnostic("RUN213", pointer="/by"))
    wanted = measures_of(ctx, entity, measures)
    with told():
        found = query.grouped(
            ctx.uow,
            ctx.scope,
            replace(listing.query(ctx, entity), order=(), limit=limit + 1),
            keys=[key for key, _ in keys],
            measures=[measure for measure, _ in wanted],
            tables=ctx.tables,
            catalog=ctx.catalog,
            params=ctx.params,
        )
    rows = found[:limit]
    columns = [
        _shown_keys(ctx, known, key.step, [group.keys[n] for group in rows])
        for n, (key, known) in enumerate(keys)
    ]
    items = [
        {
            "keys": [column[n] for column in columns],
            "count": group.count,
            "values": [
                _shown(value, measure, known)
                for value, (measure, known) in zip(group.values, wanted, strict=True)
            ],
        }
        for n, group in enumerate(rows)
    ]
    return {"items": items, "next": None, "more": len(found) > limit}


def group_keys(ctx: Context, entity: Entity, by: str) -> list[tuple[Key, Known]]:
    """What a list is grouped by.

    Raises:
        Invalid: a field is not there, or makes no groups.
    """
    return [_key(ctx, entity, part, n) for n, part in enumerate(_parts(by, MAX_KEYS, "/by"))]


def measures_of(ctx: Context, entity: Entity, text: str) -> list[tuple[Measure, Known]]:
    """What is said of each group.

    Raises:
        Invalid: a field is not there, or that can not be said of it.
    """
    asked = _parts(text, MAX_MEASURES, "/measures")
    return [_measure(ctx, entity, part, n) for n, part in enumerate(asked)]


def _parts(text: str, most: int, pointer: str) -> list[str]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > most:
        raise Invalid(Diagnostic("RUN213", pointer=pointer))
    return parts


def _key(ctx: Context, entity: Entity, part: str, n: int) -> tuple[Key, Known]:
    path, _, step = part.partition(":")
    known = known_path(ctx, entity, path, pointer=f"/by/{n}")
    is_date = isinstance(known.kind, t.Date)
    if isinstance(known.kind, t.Rows) or (step and not (is_date and step in STEPS)):
        raise Invalid(Diagnostic("RUN215", known.named, pointer=f"/by/{n}"))
    return Key(path, cast("Step | None", step or None)), known


def _measure(ctx: Context, entity: Entity, part: str, n: int) -> tuple[Measure, Known]:
    aggregate, _, path = part.partition(":")
    known = known_path(ctx, entity, path, pointer=f"/measures/{n}")
    if aggregate not in aggregates_of(known.kind):
        args = {**known.named, "aggregate": aggregate[:20]}
        raise Invalid(Diagnostic("RUN214", args, pointer=f"/measures/{n}"))
    factor: int = 1
    if aggregate == "avg" and isinstance(known.kind, t.Number):
        factor = 10 ** (max(MEAN_SCALE, known.kind.scale) - known.kind.scale)
    return Measure(cast("Aggregate", aggregate), path, factor), known


def _shown(value: Raw, measure: Measure, known: Known) -> object:
    """An aggregate as JSON: exact decimals as text, counts as numbers."""
    if measure.aggregate in ("count", "distinct") or value is None:
        return value
    kind = known.kind
    if measure.aggregate == "avg" and isinstance(kind, t.Number):
        kind = t.Number(max(MEAN_SCALE, kind.scale))
    return format_value(value, kind)


def _shown_keys(
    ctx: Context, known: Known, step: str | None, values: Sequence[Raw]
) -> list[dict[str, object]]:
    """Keys of groups as value and words."""
    if isinstance(known.kind, t.Reference):
        ids = [value for value in values if isinstance(value, int)]
        uids = uids_of(ctx, known.kind.entity, sorted(set(ids)))
        names = displays(ctx, known.kind.entity, ids)
        return [
            {"value": uids.get(value), "display": names.get(value, "")}  # type: ignore[arg-type]  # a reference is an id or None
            for value in values
        ]
    if isinstance(known.kind, t.Pointer):
        pointers = [value for value in values if isinstance(value, str)]
        called = anywhere.called(ctx, pointers)
        return [{"value": value, "display": called.get(str(value), "")} for value in values]
    return [_shown_key(ctx, known, step, value) for value in values]


def _shown_key(ctx: Context, known: Known, step: str | None, value: Raw) -> dict[str, object]:
    if value is None:
        return {"value": None, "display": ""}
    if isinstance(value, bool):
        return {"value": value, "display": ""}
    if step in ("year", "quarter", "month"):
        text = _period(int(value), step)
        return {"value": text, "display": text}
    if isinstance(known.kind, t.Choice):
        return {"value": value, "display": _option(known.kind, str(value), ctx.actor.language)}
    text = format_value(value, known.kind) or ""
    is_region = known.item is not None and known.item.type == "region"
    return {"value": text, "display": written(text) if is_region else text}


def _option(kind: t.Choice, key: str, language: str) -> str:
    words = next((labels for option, labels in kind.options if option == key), ())
    at = 0 if language == "zh-CN" else -1
    return words[at] if words else key


def _period(month: int, step: str) -> str:
    year, number = divmod(month, 100)
    match step:
        case "year":
            return f"{year:04d}"
        case "quarter":
            return f"{year:04d}-Q{(number + 2) // 3}"
        case _:
            return f"{year:04d}-{number:02d}"
