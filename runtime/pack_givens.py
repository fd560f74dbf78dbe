"""Put what a pack test gives into the database, the way people name things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from dsl.values import parse_date, parse_datetime
from runtime import act, records
from runtime.context import SYSTEM_ACTOR
from runtime.decide.calendars import DAY
from runtime.decide.series_notation import parse_series
from runtime.errors import Invalid, NotFound
from runtime.natural import in_order, natural_ids, resolved, target_of
from runtime.reading import read_ids
from store import business_keys, followed
from store.query import Query, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from builder.model.entity import Entity
    from runtime.context import Context
    from runtime.wiring import Wiring

Given = Mapping[str, Any]
PERSON = "person"
BAD_TEST = "RUN608"
ISO_DAY = len("2026-01-01")


def rows_of(given: object) -> list[dict[str, Any]]:
    """The records of one entity, written out."""
    if isinstance(given, list):
        return [dict(row) for row in given]
    if not isinstance(given, Mapping):
        raise wrong("records are a list, or an object with rows and series")
    series = given.get("series", [])
    texts = [series] if isinstance(series, str) else list(series)
    try:
        made = [row for text in texts for row in parse_series(text)]
    except ValueError as error:
        raise wrong(str(error)) from error
    return [*rows_of(given.get("rows", [])), *made]


def wrong(problem: str) -> Invalid:
    """A mistake in the test itself."""
    return Invalid(Diagnostic(BAD_TEST, {"problem": problem}))


def oldest_date(given: Given) -> int | None:
    """The oldest date or instant that is written in what is given."""
    found = [
        at
        for records_ in given.values()
        for row in rows_of(records_)
        for value in row.values()
        if isinstance(value, str) and (at := _instant(value)) is not None
    ]
    return min(found, default=None)


def _instant(text: str) -> int | None:
    try:
        if len(text) == ISO_DAY:
            return parse_date(text) * DAY
        return parse_datetime(text) if "T" in text else None
    except ValueError:
        return None


class Givens:
    """The records of one test case and the names they go by."""

    def __init__(self, wiring: Wiring, pack: str) -> None:
        self._wiring = wiring
        self._pack = pack
        self._submissions = 0

    def put(self, given: Given) -> None:
        """Insert records, or change those whose unique key is there."""
        by_entity = {self._entity(name): rows_of(rows) for name, rows in given.items()}
        self._people(by_entity)
        with self._wiring.reading(SYSTEM_ACTOR) as ctx:
            ordered = in_order(ctx, by_entity)
        for name in ordered:
            with self._wiring.writing(SYSTEM_ACTOR, cause="test") as ctx:
                self._write(ctx, name, by_entity[name])

    def delete(self, names: Mapping[str, Sequence[str]]) -> None:
        """Put records into the trash."""
        for key, wanted in names.items():
            entity = self._entity(key)
            with self._wiring.writing(SYSTEM_ACTOR, cause="test") as ctx:
                found = natural_ids(ctx, entity, wanted)
                for name in wanted:
                    if name not in found:
                        raise NotFound(f"{key} {name}")
                    records.remove(ctx, entity, found[name])

    def submit(self, submission: Mapping[str, Any]) -> list[str]:
        """Send the form of the open card of a rule; what is wrong with it."""
        rule = self.full_name(str(submission["rule"]))
        self._submissions += 1
        with self._wiring.writing(SYSTEM_ACTOR, cause="test") as ctx:
            tasks = followed.followed(ctx.uow, followed.Mark()).tasks
            cards = [task for task in tasks if task["rule"] == rule and task["state"] == "open"]
            if len(cards) != 1:
                return [f"{len(cards)} open cards of {rule}, expected one to submit"]
            values = submission.get("values", {})
            done = act.submit_task(ctx, cards[0]["uid"], values, key=f"test-{self._submissions}")
        return [problem.text("en") for problem in done] if isinstance(done, list) else []

    # --- names ----------------------------------------------------------------------------------
    def full_name(self, name: str) -> str:
        """The full name of a definition of the pack."""
        return name if "." in name else f"{self._pack}.{name}"

    def record(self, ctx: Context, entity: str, path: str) -> int | None:
        """The record that `name` or `name.field.field` leads to."""
        whole = natural_ids(ctx, entity, [path])
        if path in whole:
            return whole[path]
        name, _, rest = path.partition(".")
        found = natural_ids(ctx, entity, [name]).get(name)
        if found is None or not rest:
            return found
        (row,) = read_ids(ctx, entity, [found], (rest,)) or ({},)
        end = row.get(rest)
        return end if isinstance(end, int) else None

    def _entity(self, key: str) -> str:
        with self._wiring.reading(SYSTEM_ACTOR) as ctx:
            name = ctx.catalog.resolve(key, self._pack)
            if name is None or name not in ctx.catalog.entities:
                raise wrong(f"no such entity: {key}")
            return name

    # --- writing --------------------------------------------------------------------------------
    def _people(self, given: Mapping[str, list[dict[str, Any]]]) -> None:
        """Make the persons that are named but not described, each with a manager."""
        with self._wiring.writing(SYSTEM_ACTOR, cause="test") as ctx:
            named = {
                str(row[field.key]): None
                for name, rows in given.items()
                for field in ctx.catalog.entity(name).fields
                if field.type == PERSON
                for row in rows
                if row.get(field.key) is not None
            }
            described = [row for row in given.get(PERSON, ()) if "name" in row]
            own = {str(row.get(key)) for row in described for key in ("name", "code")}
            known = natural_ids(ctx, PERSON, list(named))
            missing = [text for text in named if text not in known and text not in own]
            for text in missing:
                manager = records.insert(ctx, PERSON, [_person(f"{text}.manager", None)])[0].id
                records.insert(ctx, PERSON, [_person(text, manager)])

    def _write(self, ctx: Context, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        entity = ctx.catalog.entity(name)
        parsed, missing = resolved(ctx, entity, rows)
        circular = [(n, f, text) for n, f, text in missing if target_of(f) == name]
        if len(circular) != len(missing):
            _, field, text = next(each for each in missing if target_of(each[1]) != name)
            raise wrong(f"no such record: {entity.key}.{field.key} {text!r}")
        ids = []
        for values in parsed:
            known = _known(ctx, entity, values)
            if known is None:
                ids.append(records.insert(ctx, name, [values])[0].id)
            else:
                records.update(ctx, name, known, values)
                ids.append(known)
        for number, field, text in circular:
            target = natural_ids(ctx, name, [text]).get(text)
            if target is None:
                raise wrong(f"no such record: {entity.key}.{field.key} {text!r}")
            records.update(ctx, name, ids[number], {field.key: target})


def _person(name: str, manager: int | None) -> dict[str, Any]:
    address = f"{name}@example.com"
    return {"name": name, "code": name, "email": address, "manager": manager, "active": True}


def _known(ctx: Context, entity: Entity, values: Mapping[str, Any]) -> int | None:
    """The record that has the same unique key already."""
    if entity.log:
        return None
    for keys in entity.unique:
        if any(values.get(key) is None for key in keys):
            continue
        first, *rest = keys
        found = business_keys.ids_by(
            ctx.uow, ctx.tables, entity.name, by=first, values=[values[first]]
        )
        same = _matching(ctx, entity.name, first, values, rest) if rest else list(found.values())
        if same:
            return same[0]
    return None


def _matching(
    ctx: Context, entity: str, first: str, values: Mapping[str, Any], rest: Iterable[str]
) -> list[int]:
    keys = (first, *rest)
    page = read(
        ctx.uow,
        ctx.as_system.scope,
        Query(entity, keys),
        tables=ctx.tables,
        catalog=ctx.catalog,
    )
    return [int(r["id"]) for r in page.rows if all(r[key] == values[key] for key in keys)]
