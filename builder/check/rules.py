"""Check rules and metrics: what they read, when they fire, whom they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from builder.compile import (
    compile_event_rule,
    compile_metric,
    compile_now_rule,
    compile_period_rule,
)
from builder.model.rule import (
    Action,
    CardStep,
    EventRule,
    Mail,
    Notify,
    NowRule,
    PeriodRule,
    Rule,
    TaskCard,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.check.place import Place
    from builder.model.metric import Metric


def check_metric(place: Place, metric: Metric) -> None:
    """Everything that can be wrong with a metric."""
    if not place.refer("entity", metric.subject, "/subject"):
        return
    place.refer("calendar", metric.calendar, "/calendar")
    place.refer("metric", metric.parent, "/parent")
    place.refer("metric", metric.counter_metric, "/counter_metric")
    place.distinct_labels((f"/inputs/{item.key}", item.key, item.label) for item in metric.inputs)
    for item in metric.inputs:
        place.refer("entity", item.entity, f"/inputs/{item.key}/from")
    for number, key in enumerate(metric.during or ()):
        reached = place.end(metric.subject, key, pointer=f"/during/{number}")
        if reached is not None and (reached.field is None or reached.field.type != "date"):
            place.add("BLD205", f"/during/{number}", path=key)
    _parents(place, metric)
    compiled = compile_metric(place, metric)
    if compiled is None:
        return
    for key, leaf in compiled.inputs.items():
        place.for_many(leaf.where, f"/inputs/{key}/where")
        place.for_many(leaf.value, f"/inputs/{key}/value")


def _parents(place: Place, metric: Metric) -> None:
    seen = [metric.name]
    here: Metric | None = metric
    while here is not None and here.parent is not None:
        seen.append(here.parent)
        if here.parent == metric.name:
            place.add("BLD207", "/parent", path=" → ".join(seen))
        if here.parent in seen[:-1]:
            return
        here = place.catalog.metrics.get(here.parent)


def check_rule(place: Place, rule: Rule) -> None:
    """Everything that can be wrong with a rule."""
    match rule:
        case PeriodRule():
            if place.refer("metric", rule.signal, "/signal"):
                metric = place.catalog.metrics[rule.signal]
                judged = compile_period_rule(place, rule, metric)
                if judged is not None:
                    place.for_many(judged.enter, "/enter")
                    place.for_many(judged.exit, "/exit")
                _actions(place, rule, {"subject": metric.subject})
        case EventRule():
            _event_rule(place, rule)
        case NowRule():
            if place.refer("entity", rule.entity, "/entity"):
                compiled = compile_now_rule(place, rule)
                if compiled is not None:
                    place.for_many(compiled.enter, "/enter")
                    place.for_many(compiled.exit, "/exit")
                _actions(place, rule, {"subject": rule.entity, "": rule.entity})
        case _:
            assert_never(rule)


def _event_rule(place: Place, rule: EventRule) -> None:
    if not place.refer("entity", rule.events, "/events"):
        return
    if not place.catalog.entities[rule.events].log:
        place.add("BLD215", "/events", entity=rule.events)
    if not rule.subject:
        place.add("BLD231", "/subject", path="subject")
        return
    for number, breaker in enumerate(rule.quantifier.broken_by):
        place.refer("entity", breaker.events, f"/quantifier/broken_by/{number}/events")
    compiled = compile_event_rule(place, rule)
    if compiled is not None:
        place.for_many(compiled.when, "/when")
    reached = place.end(rule.events, rule.subject, pointer="/subject")
    if reached is not None and reached.entity is not None:
        roots = {"subject": reached.entity, "event": rule.events, "": rule.events}
        _actions(place, rule, roots)


def _actions(place: Place, rule: Rule, roots: Mapping[str, str]) -> None:
    for number, action in enumerate(rule.actions):
        _action(place, action, roots, f"/actions/{number}")


def _action(place: Place, action: Action, roots: Mapping[str, str], at: str) -> None:
    match action:
        case Mail() | Notify():
            place.refer("document", action.template, f"{at}/template")
            for number, path in enumerate(action.to):
                place.receiver(roots, path, f"{at}/to/{number}")
        case TaskCard():
            place.receiver(roots, action.to, f"{at}/to")
            place.refer("calendar", action.due.calendar, f"{at}/due/calendar")
            for number, step in enumerate(action.steps):
                _step(place, step, roots["subject"], f"{at}/steps/{number}")
        case _:
            assert_never(action)


def _subject_into(place: Place, step: CardStep, subject: str, at: str) -> None:
    """The field that takes the subject must be there and point to such records."""
    form = place.catalog.forms.get(step.props["form"])
    key = step.props.get("subject_into")
    if form is None or key is None or form.entity not in place.catalog.entities:
        return
    field = place.catalog.entities[form.entity].field(key)
    if field is None or field.entity != subject:
        place.add("BLD234", f"{at}/subject_into", field=key, entity=subject)


def _step(place: Place, step: CardStep, subject: str, at: str) -> None:
    match step.type:
        case "form":
            place.refer("form", step.props["form"], f"{at}/form")
            _subject_into(place, step, subject, at)
        case "records":
            place.refer("entity", step.props["entity"], f"{at}/entity")
        case "chart":
            series = step.props["series"]
            place.refer("entity", series.rpartition(".")[0], f"{at}/series")
            known = {
                f"{item.entity}.{item.series}"
                for source in place.catalog.sources.values()
                for item in source.series
            }
            if series not in known:
                place.add("BLD230", f"{at}/series", name=series)
        case "confirm":
            pass
        case _:
            assert_never(step.type)
