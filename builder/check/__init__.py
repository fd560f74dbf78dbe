"""Find everything that is wrong with a set of definitions taken together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, assert_never

from builder.catalog import Catalog
from builder.check.entities import check_entity
from builder.check.forms import check_flow, check_form
from builder.check.others import (
    check_calendar,
    check_dashboard,
    check_pack,
    check_role,
    check_source,
)
from builder.check.place import Place
from builder.check.rules import check_metric, check_rule
from builder.codec import AnyDefinition, kind_of
from builder.model.entity import Entity
from builder.model.form import Form
from builder.model.metric import Metric
from builder.model.others import Calendar, Dashboard, Document, Flow, Pack, Role, Source
from builder.model.rule import EventRule, NowRule, PeriodRule
from builder.packs import file_of, pack_of
from dsl.diagnostics import Diagnostic

Manifests = Mapping[str, Mapping[str, Any]]


def check(
    definitions: Iterable[AnyDefinition],
    *,
    manifests: Manifests,
    only: frozenset[str] | None = None,
) -> list[Diagnostic]:
    """Everything wrong, in order of file and place.

    The set must be whole: what it refers to is in it or built in. `only` names the packs whose
    own problems are wanted. Without manifests the connectors of sources are taken on trust.
    """
    every = list(definitions)
    catalog = Catalog.of(every, revision=0)
    found = list(_doubles(every))
    for definition in every:
        if only is None or pack_of(definition) in only:
            place = Place(catalog, definition, manifests)
            _check(place, definition)
            found += [d.at(file=place_of(definition)) for d in place.diagnostics]
    found += _cycles(catalog, {d.name: d for d in every if isinstance(d, Entity)})
    return sorted(_each_once(found), key=_order)


def place_of(definition: AnyDefinition) -> str:
    """The file of a definition, with its pack in front."""
    pack = pack_of(definition)
    return f"{pack}/{file_of(definition)}" if pack else file_of(definition)


def _order(d: Diagnostic) -> tuple[str, str, int, str]:
    return (d.file or "", d.pointer or "", d.span.start if d.span else -1, d.code)


def _each_once(found: list[Diagnostic]) -> list[Diagnostic]:
    seen: dict[tuple[object, ...], Diagnostic] = {}
    for d in found:
        seen.setdefault((*_order(d), tuple(sorted(d.args.items()))), d)
    return list(seen.values())


def _doubles(definitions: list[AnyDefinition]) -> Iterator[Diagnostic]:
    seen: set[tuple[str, str]] = set()
    for definition in definitions:
        kind = kind_of(definition)
        if (kind, definition.name) in seen:
            args = {"kind": kind, "name": definition.name}
            yield Diagnostic("BLD201", args, file=place_of(definition), pointer="/key")
        seen.add((kind, definition.name))


def _cycles(catalog: Catalog, own: Mapping[str, Entity]) -> Iterator[Diagnostic]:
    """Computed fields that need themselves, and entities that are rows of themselves."""
    for chain in catalog.computed_cycles():
        entity = own.get(chain[0][0])
        if entity is not None:
            number = [field.key for field in entity.fields].index(chain[0][1])
            args = {"path": " → ".join(".".join(step) for step in chain)}
            pointer = f"/fields/{number}/formula"
            yield Diagnostic("BLD207", args, file=place_of(entity), pointer=pointer)
    for entity in own.values():
        seen = [entity.name]
        while (parent := catalog.entities[seen[-1]].parent) in catalog.entities:
            seen.append(parent or "")
            if seen[-1] in seen[:-1]:
                args = {"path": " → ".join(seen)}
                yield Diagnostic("BLD207", args, file=place_of(entity), pointer="/parent")
                break


def _check(place: Place, definition: AnyDefinition) -> None:
    match definition:
        case Entity():
            check_entity(place, definition)
        case Form():
            check_form(place, definition)
        case Flow():
            check_flow(place, definition)
        case PeriodRule() | EventRule() | NowRule():
            check_rule(place, definition)
        case Metric():
            check_metric(place, definition)
        case Source():
            check_source(place, definition)
        case Role():
            check_role(place, definition)
        case _:
            _check_plain(place, definition)


def _check_plain(place: Place, definition: Dashboard | Document | Calendar | Pack) -> None:
    match definition:
        case Dashboard():
            check_dashboard(place, definition)
        case Calendar():
            check_calendar(place, definition)
        case Pack():
            check_pack(place, definition)
        case Document():
            pass  # the shape is all a template can get wrong before it is rendered
        case _:
            assert_never(definition)
