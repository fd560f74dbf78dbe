"""Tell people about new episodes: find them, word it, make the cards, keep the evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from builder.model.rule import EventRule, TaskCard
from dsl.values import format_value
from runtime.apply import apply
from runtime.cards import card_of
from runtime.context import MAX_DEPTH
from runtime.decide.announcing import EVENT, Told, announce, receiver_paths, root_of
from runtime.decide.effects import PutMail, PutNotice, PutTask
from runtime.files import FILES
from runtime.reading import read_ids
from store import episodes, incidents
from store.measurements import dumps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from builder.compiled import CompiledRule
    from builder.model.entity import Entity
    from builder.model.rule import Rule
    from dsl.types import Raw
    from runtime.context import Context
    from runtime.decide.effects import Effect

POINTERS = frozenset({"reference", "person", "department"})
UNPRINTED = FILES | {"child_table", "incoming", "multi_choice", "reference_list", "tree"}
NO_RECEIVER, STORM, TOO_DEEP, NO_ADDRESS = "RUN604", "RUN605", "RUN606", "RUN609"
MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Opening:
    """An episode that has its alert row, with what raised it."""

    alert_id: int
    alert_uid: str
    subject_id: int
    episode: int
    evidence: Mapping[str, Any]  # JSON-able: periods or events
    values: Mapping[str, Any]  # for templates: value, target, period_label, ...
    event_id: int | None = None  # the record that completed the row


def tell(
    ctx: Context, compiled: CompiledRule, subject_entity: str, openings: Sequence[Opening]
) -> None:
    """Carry out the actions of a rule for new episodes and write their evidence."""
    if not openings:
        return
    rule = compiled.rule
    allowed = _allowed(ctx, rule, len(openings))
    people = _receivers(ctx, rule, subject_entity, openings)
    subjects = _described(ctx, subject_entity, [each.subject_id for each in openings])
    effects: list[Effect] = []
    evidence: dict[int, str] = {}
    lost: dict[str, list[int]] = {}
    for place, opening in enumerate(openings):
        told = Told(
            rule=rule,
            subject_entity=subject_entity,
            subject_id=opening.subject_id,
            episode=opening.episode,
            alert_id=opening.alert_id,
            alert_uid=opening.alert_uid,
            people=people.paths.get(opening.alert_id, {}),
            values=_values(rule, opening, subjects.get(opening.subject_id, {})),
            cards=_cards(ctx, compiled, opening) if place < allowed else {},
        )
        announced = announce(told)
        sent = announced.effects if place < allowed else ()
        effects += sent
        evidence[opening.alert_id] = _evidence(ctx, opening, announced.missing, sent)
        for path in announced.missing:
            lost.setdefault(path, []).append(opening.subject_id)
    episodes.set_evidence(ctx.uow, evidence)
    _report_lost(ctx, rule, lost)
    _report_without_address(ctx, rule, effects, people.without_address)
    apply(replace(ctx, cause=ctx.cause.then(f"rule:{rule.name}")), effects)


def _allowed(ctx: Context, rule: Rule, count: int) -> int:
    """How many of the new episodes may be told of; the rest is an incident."""
    deep = ctx.cause.depth >= MAX_DEPTH
    allowed = 0 if deep else rule.limits.get("storm", count)
    if count > allowed:
        args = {"count": str(count), "limit": str(allowed)}
        _incident(ctx, rule, code=TOO_DEEP if deep else STORM, args=args)
    return allowed


def _evidence(
    ctx: Context, opening: Opening, missing: Sequence[str], sent: Sequence[Effect]
) -> str:
    told = {e.person_id for e in sent if isinstance(e, PutMail | PutNotice | PutTask)}
    return dumps(
        {
            **opening.evidence,
            "catalog_revision": ctx.catalog.revision,
            "missing_receivers": list(missing),
            "told": sorted(told),
        }
    )


def _report_lost(ctx: Context, rule: Rule, lost: Mapping[str, Sequence[int]]) -> None:
    """Receivers that nobody is: one incident per rule, whatever the number of episodes."""
    if lost:
        subjects = sorted({subject for own in lost.values() for subject in own})
        shown = ", ".join(str(subject) for subject in subjects[:MOST_NAMED])
        args = {"paths": ", ".join(lost), "subject": shown, "count": str(len(subjects))}
        _incident(ctx, rule, code=NO_RECEIVER, args=args)


def _report_without_address(
    ctx: Context, rule: Rule, effects: Sequence[Effect], without: frozenset[int]
) -> None:
    mailed = sorted({e.person_id for e in effects if isinstance(e, PutMail)} & without)
    if mailed:
        names = display_texts(ctx, "person", mailed[:MOST_NAMED])
        args = {"people": ", ".join(text for _, text in names.values()), "count": str(len(mailed))}
        _incident(ctx, rule, code=NO_ADDRESS, args=args)


# --- who ------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Receivers:
    """By alert: where each receiver's path leads today; and who can not be mailed."""

    paths: Mapping[int, Mapping[str, int | None]]
    without_address: frozenset[int]


def _receivers(
    ctx: Context, rule: Rule, subject_entity: str, openings: Sequence[Opening]
) -> _Receivers:
    event_entity = rule.events if isinstance(rule, EventRule) else None
    fields = (
        frozenset(f.key for f in ctx.catalog.entity(event_entity).fields)
        if event_entity
        else frozenset()
    )
    roots = {path: root_of(path, event_fields=fields) for path in receiver_paths(rule.actions)}
    of_subject = {path: r.path for path, r in roots.items() if r.of != EVENT}
    of_event = {path: r.path for path, r in roots.items() if r.of == EVENT}
    subjects = _people_at(ctx, subject_entity, [o.subject_id for o in openings], of_subject)
    events = {}
    if event_entity is not None:
        ids = [o.event_id for o in openings if o.event_id is not None]
        events = _people_at(ctx, event_entity, ids, of_event)
    found = {
        o.alert_id: {**subjects.get(o.subject_id, {}), **events.get(o.event_id or 0, {})}
        for o in openings
    }
    active = _active(ctx, {p for people in found.values() for p in people.values() if p})
    return _Receivers(
        {
            alert: {path: p if p in active else None for path, p in people.items()}
            for alert, people in found.items()
        },
        frozenset(person for person, address in active.items() if not address),
    )


def receivers_of(
    ctx: Context, rule: Rule, entity: str, subjects: Sequence[int]
) -> dict[int, tuple[int, ...]]:
    """By subject: the people a rule would tell today, as far as the subject alone says."""
    paths = {path: root_of(path).path for path in receiver_paths(rule.actions)}
    found = _people_at(ctx, entity, subjects, paths)
    active = _active(ctx, {p for people in found.values() for p in people.values() if p})
    return {
        subject: tuple(dict.fromkeys(p for p in people.values() if p in active and p))
        for subject, people in found.items()
    }


def _people_at(
    ctx: Context, entity: str, ids: Sequence[int], paths: Mapping[str, str]
) -> dict[int, dict[str, int | None]]:
    """By record: the person at the end of each path."""
    select = tuple(dict.fromkeys(path for path in paths.values() if path))
    found = {}
    for row in read_ids(ctx, entity, ids, select):
        own = int(row["id"])
        found[own] = {name: _person(row[path] if path else own) for name, path in paths.items()}
    return found


def _person(raw: Raw) -> int | None:
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None


def _active(ctx: Context, people: Iterable[int]) -> dict[int, str | None]:
    """Those who have not left, with their address; nobody said anything means active."""
    rows = read_ids(ctx, "person", sorted(people), ("active", "email"))
    return {int(row["id"]): row["email"] for row in rows if row["active"] is not False}


# --- words ----------------------------------------------------------------------------------------
def _described(ctx: Context, entity_name: str, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """By record: its fields as plain text, references with the name of what they point to."""
    entity = ctx.catalog.entity(entity_name)
    plain = [f for f in entity.fields if f.type not in UNPRINTED and f.type not in POINTERS]
    pointers = {
        f.key: f"{f.key}.{ctx.catalog.entity(f.entity).display}"
        for f in entity.fields
        if f.type in POINTERS and f.entity
    }
    select = (*(f.key for f in plain), *pointers.values())
    described = {}
    for row in read_ids(ctx, entity_name, ids, select):
        texts = {
            f.key: format_value(row[f.key], ctx.catalog.field_type(entity_name, f.key))
            for f in plain
        }
        names = {key: {"name": _text(row[path])} for key, path in pointers.items()}
        display = display_of(entity, {**texts, **{k: n["name"] for k, n in names.items()}})
        described[int(row["id"])] = {
            "uid": row["uid"], "entity": entity_name, "display": display, **texts, **names,
        }  # fmt: skip
    return described


def display_texts(ctx: Context, entity: str, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """By record: its public id and how it is called."""
    described = _described(ctx, entity, ids)
    return {record: (each["uid"], each["display"]) for record, each in described.items()}


def display_of(entity: Entity, texts: Mapping[str, Any]) -> str:
    """How a record is called."""
    return _text(texts.get(entity.display)) or "?"


def _text(raw: object) -> str:
    return "" if raw is None else str(raw)


def _values(rule: Rule, opening: Opening, subject: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "rule": {"name": rule.name, "label": dict(rule.label)},
        "subject": dict(subject),
        "episode": opening.episode,
        "link": f"/alerts/{opening.alert_uid}",
        **opening.values,
    }


def _cards(
    ctx: Context, compiled: CompiledRule, opening: Opening
) -> dict[int, tuple[Mapping[str, Any], ...]]:
    return {
        number: card_of(
            ctx,
            compiled,
            number=number,
            action=action,
            subject_id=opening.subject_id,
            event_id=opening.event_id,
        )
        for number, action in enumerate(compiled.rule.actions)
        if isinstance(action, TaskCard)
    }


def _incident(ctx: Context, rule: Rule, *, code: str, args: Mapping[str, str]) -> None:
    incidents.open_incident(
        ctx.uow,
        uid=ctx.new_uid(),
        kind="definition",
        key=f"rule:{rule.name}:{code}",
        code=code,
        args={"rule": rule.name, **args},
        at=ctx.now,
    )
