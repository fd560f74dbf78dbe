"""Decide who is told of an episode and how; no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, assert_never

from builder.model.rule import Mail, Notify, TaskCard
from runtime.decide.effects import PutMail, PutNotice, PutTask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.model.rule import Action, Rule
    from runtime.decide.effects import Effect

SUBJECT, EVENT = "subject", "event"


@dataclass(frozen=True, slots=True)
class Root:
    """Where a receiver's path starts, and the rest of it."""

    of: str  # subject | event
    path: str


def root_of(path: str, *, event_fields: frozenset[str] = frozenset()) -> Root:
    """Split `subject.owner.manager`, `event.machine.leader` or a bare `machine.leader`."""
    head, _, rest = path.partition(".")
    if head in {SUBJECT, EVENT}:
        return Root(head, rest)
    return Root(EVENT if head in event_fields else SUBJECT, path)


def receiver_paths(actions: Sequence[Action]) -> tuple[str, ...]:
    """Every path that leads to a receiver, each once."""
    found: dict[str, None] = {}
    for action in actions:
        found.update(dict.fromkeys((action.to,) if isinstance(action, TaskCard) else action.to))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Told:
    """One episode, with the people its paths lead to and the words for them."""

    rule: Rule
    subject_entity: str
    subject_id: int
    episode: int
    alert_id: int
    alert_uid: str
    people: Mapping[str, int | None]  # path -> person row id; None when it leads nowhere
    values: Mapping[str, Any]  # plain values for templates
    cards: Mapping[int, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)

    def key(self, person_id: int, place: int) -> str:
        """The identity of one message: the same however often it is tried."""
        base = f"{self.rule.name}:{self.subject_id}:{self.episode}:{person_id}"
        return base if place == 0 else f"{base}:{place}"


@dataclass(frozen=True, slots=True)
class Announced:
    """What is to be sent, and the paths that led to nobody."""

    effects: tuple[Effect, ...]
    missing: tuple[str, ...]


def announce(told: Told) -> Announced:
    """The effects of a new episode: each person once per action."""
    effects: list[Effect] = []
    missing: dict[str, None] = {}
    places: dict[type, int] = {}
    for number, action in enumerate(told.rule.actions):
        place = places.get(type(action), 0)  # mails, notices and cards have keys of their own
        places[type(action)] = place + 1
        paths = (action.to,) if isinstance(action, TaskCard) else action.to
        missing.update(dict.fromkeys(path for path in paths if told.people.get(path) is None))
        people = dict.fromkeys(person for path in paths if (person := told.people.get(path)))
        effects += [
            _effect(told, action, person_id=person, key=told.key(person, place), number=number)
            for person in people
        ]
    return Announced(tuple(effects), tuple(missing))


def _effect(told: Told, action: Action, *, person_id: int, key: str, number: int) -> Effect:
    match action:
        case Mail():
            return PutMail(key, person_id, action.template, told.values)
        case Notify():
            link = f"/alerts/{told.alert_uid}"
            return PutNotice(key, person_id, action.template, told.values, link)
        case TaskCard():
            return PutTask(
                key=key,
                person_id=person_id,
                title=action.label,
                card=told.cards.get(number, ()),
                due_hours=action.due.hours,
                due_calendar=action.due.calendar,
                alert_id=told.alert_id,
                rule=told.rule.name,
                subject_entity=told.subject_entity,
                subject_id=told.subject_id,
            )
        case _:
            assert_never(action)
