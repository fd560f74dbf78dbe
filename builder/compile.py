"""Turn definitions into their compiled forms; used by check and by the catalog alike."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from builder.compiled import (
    CompiledBreaker,
    CompiledEventRule,
    CompiledForm,
    CompiledInput,
    CompiledMetric,
    CompiledNowRule,
    CompiledPeriodRule,
    CompiledRole,
    CompiledVersion,
    DateType,
)
from builder.compiler import MEASURED, TRUTH, Compiler, entity_scope, words
from builder.fields import FIELD_TYPES
from builder.fields.pointing import pointed_at
from builder.model.form import Form, FormCheck, FormCondition, FormFilter
from builder.model.rule import Breaker, EventRule, NowRule, PeriodRule, Rule, TaskCard
from builder.paths import Reached, single_path
from dsl.scope import RowScope, Symbol
from dsl.types import MEASUREMENT_SCALE, Number
from dsl.values import parse_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.model.entity import Entity
    from builder.model.metric import Input, Metric, MetricVersion
    from builder.model.others import Role
    from dsl.formula import Formula

COUNTED = ("count", "sum")


def compile_metric(compiler: Compiler, metric: Metric) -> CompiledMetric | None:
    """The metric with its formulas, or None when something is wrong."""
    compiler.calendar = metric.calendar
    named = {metric.subject, *(item.entity for item in metric.inputs)}
    known = named <= compiler.scopes.entities.keys()
    inputs = {item.key: _input(compiler, metric, item) for item in metric.inputs}
    scope = measure_scope(compiler, metric)
    versions = [
        _version(compiler, metric, scope=scope, number=number)
        for number in range(len(metric.versions))
    ]
    who = compiler.row(metric.scope, metric.subject, pointer="/scope", expect=TRUTH)
    if compiler.failed or not known:
        return None
    return CompiledMetric(
        metric=metric,
        inputs={key: item for key, item in inputs.items() if item is not None},
        versions=tuple(version for version in versions if version is not None),
        scope=who,
    )


def measure_scope(compiler: Compiler, metric: Metric) -> RowScope:
    """What the formula of a metric reads: one number per input."""
    symbols = {
        item.key: Symbol(
            item.key,
            Number(MEASUREMENT_SCALE, nullable=item.agg not in COUNTED),
            words(item.label),
        )
        for item in metric.inputs
    }
    scopes = compiler.scopes
    return RowScope(
        symbols, entity_scope(scopes), calendars=scopes.calendar_names, calendar=metric.calendar
    )


def _input(compiler: Compiler, metric: Metric, item: Input) -> CompiledInput | None:
    at = f"/inputs/{item.key}"
    where = compiler.row(item.where, item.entity, pointer=f"{at}/where", expect=TRUTH)
    value = compiler.row(item.value, item.entity, pointer=f"{at}/value", expect=MEASURED)
    if item.agg != "count" and item.value is None:
        compiler.add("BLD210", f"{at}/agg", agg=item.agg)
    if item.distinct is not None:
        compiler.end(item.entity, item.distinct, pointer=f"{at}/distinct")
    subject = compiler.end(item.entity, item.subject, pointer=f"{at}/subject")
    if subject is not None and subject.entity != metric.subject:
        compiler.add(
            "BLD204",
            f"{at}/subject",
            path=item.subject or item.entity,
            expected=metric.subject,
            actual=subject.describe(),
        )
    kind = date_type(compiler, item.entity, item.date, pointer=f"{at}/date")
    if kind is None:
        return None
    return CompiledInput(item, where, value, item.subject, item.date, kind)


def date_type(compiler: Compiler, entity: str, path: str, *, pointer: str) -> DateType | None:
    """Whether a path ends at a date or an instant; anything else is noted."""
    reached = compiler.end(entity, path, pointer=pointer)
    if reached is None:
        return None
    match reached.field.type if reached.field else "":
        case "date":
            return "date"
        case "datetime":
            return "datetime"
        case _:
            compiler.add("BLD205", pointer, path=path)
            return None


def _version(
    compiler: Compiler, metric: Metric, *, scope: RowScope, number: int
) -> CompiledVersion | None:
    version = metric.versions[number]
    at = f"/versions/{number}"
    formula = compiler.formula(version.formula, scope, pointer=f"{at}/formula", expect=MEASURED)
    target = compiler.row(version.target, metric.subject, pointer=f"{at}/target", expect=MEASURED)
    bands = _bands(compiler, metric, version, at)
    start = _start_day(compiler, metric, number)
    if formula is None or start is None:
        return None
    return CompiledVersion(version, start, formula, target, bands)


def _bands(
    compiler: Compiler, metric: Metric, version: MetricVersion, at: str
) -> dict[str, Formula]:
    compiled = {
        colour: compiler.band(tail, metric.subject, pointer=f"{at}/bands/{colour}")
        for colour, tail in version.bands.items()
    }
    return {colour: formula for colour, formula in compiled.items() if formula is not None}


def _start_day(compiler: Compiler, metric: Metric, number: int) -> int | None:
    start = metric.versions[number].start
    pointer = f"/versions/{number}/from"
    try:
        day = parse_date(start)
    except ValueError:
        compiler.add("BLD117", pointer, value=start)
        return None
    if number and start <= metric.versions[number - 1].start:
        compiler.add("BLD216", pointer)
    return day


def compile_period_rule(
    compiler: Compiler, rule: PeriodRule, metric: Metric
) -> CompiledPeriodRule | None:
    """The period rule with its conditions, or None when something is wrong."""
    compiler.calendar = metric.calendar
    enter = compiler.judged(rule.enter, metric.subject, pointer="/enter", grain=metric.grain)
    leave = compiler.judged(rule.exit, metric.subject, pointer="/exit", grain=metric.grain)
    filters = card_filters(compiler, rule, event=None, subject=metric.subject)
    known = metric.subject in compiler.scopes.entities
    if enter is None or leave is None or compiler.failed or not known:
        return None
    meaning = [
        "period", rule.signal, metric.grain, metric.calendar, enter.hash, leave.hash,
        rule.quantifier.periods, rule.missing,
    ]  # fmt: skip
    return CompiledPeriodRule(rule, metric, enter, leave, _hash(meaning), filters)


def compile_event_rule(compiler: Compiler, rule: EventRule) -> CompiledEventRule | None:
    """The event rule with its conditions, or None when something is wrong."""
    when = compiler.row(rule.when, rule.events, pointer="/when", expect=TRUTH)
    subject = compiler.end(rule.events, rule.subject, pointer="/subject")
    if subject is None:
        return None
    if subject.entity is None:
        compiler.add(
            "BLD204", "/subject", path=rule.subject, expected="record", actual=subject.describe()
        )
        return None
    date_type(compiler, rule.events, rule.order[0], pointer="/order/0")
    for number, key in enumerate(rule.order[1:], 1):
        compiler.end(rule.events, key, pointer=f"/order/{number}")
    breakers = [
        _breaker(compiler, rule, subject=subject.entity, number=number)
        for number in range(len(rule.quantifier.broken_by))
    ]
    filters = card_filters(compiler, rule, event=rule.events, subject=subject.entity)
    if when is None or compiler.failed:
        return None
    found = tuple(breaker for breaker in breakers if breaker is not None)
    meaning = [
        "event", rule.events, rule.subject, list(rule.order), when.hash,
        rule.quantifier.events, rule.quantifier.within_s,
        [[b.entity, b.when.hash if b.when else None, b.subject_path, b.at] for b in found],
    ]  # fmt: skip
    return CompiledEventRule(rule, when, subject.entity, found, _hash(meaning), filters)


def _breaker(
    compiler: Compiler, rule: EventRule, *, subject: str, number: int
) -> CompiledBreaker | None:
    breaker = rule.quantifier.broken_by[number]
    at = f"/quantifier/broken_by/{number}"
    entity = compiler.scopes.entities.get(breaker.events)
    if entity is None:
        return None
    when = compiler.row(breaker.when, breaker.events, pointer=f"{at}/when", expect=TRUTH)
    path = _breaker_subject(compiler, rule, breaker, subject=subject, pointer=at)
    times = [f.key for f in entity.fields if f.type in {"datetime", "date"}]
    same = rule.order[0] if rule.order[0] in times else None
    time = breaker.at or same or next(iter(times), None)
    if time is None:
        compiler.add("BLD222", at, entity=breaker.events)
        return None
    date_type(compiler, breaker.events, time, pointer=f"{at}/at")
    return None if path is None else CompiledBreaker(breaker.events, when, path, time)


def _breaker_subject(
    compiler: Compiler, rule: EventRule, breaker: Breaker, *, subject: str, pointer: str
) -> str | None:
    """The path from the breaking event to the rule's subject: named, the same, or the only one."""
    entities = compiler.scopes.entities
    if breaker.subject is not None:
        end = compiler.end(breaker.events, breaker.subject, pointer=f"{pointer}/subject")
        if end is None or end.entity == subject:
            return None if end is None else breaker.subject
        compiler.add(
            "BLD204",
            f"{pointer}/subject",
            path=breaker.subject,
            expected=subject,
            actual=end.describe(),
        )
        return None
    quiet = Compiler(compiler.scopes)
    same = quiet.end(breaker.events, rule.subject, pointer=pointer)
    if isinstance(same, Reached) and same.entity == subject:
        return rule.subject
    path = single_path(entities, breaker.events, subject)
    if path is None:
        compiler.add("BLD221", pointer, entity=breaker.events, subject=subject)
    return path


def compile_now_rule(compiler: Compiler, rule: NowRule) -> CompiledNowRule | None:
    """The now rule with its conditions, or None when something is wrong."""
    enter = compiler.row(rule.enter, rule.entity, pointer="/enter", expect=TRUTH)
    leave = compiler.row(rule.exit, rule.entity, pointer="/exit", expect=TRUTH)
    filters = card_filters(compiler, rule, event=None, subject=rule.entity)
    if enter is None or leave is None or compiler.failed:
        return None
    meaning = ["now", rule.entity, enter.hash, leave.hash]
    return CompiledNowRule(rule, enter, leave, _hash(meaning), filters)


def card_filters(
    compiler: Compiler, rule: Rule, *, event: str | None, subject: str
) -> dict[str, Formula]:
    """The filters of the record steps of a rule's cards: "action/step" -> formula."""
    found: dict[str, Formula] = {}
    for index, action in enumerate(rule.actions):
        for number, step in enumerate(action.steps if isinstance(action, TaskCard) else ()):
            where, entity = step.props.get("where"), step.props.get("entity", "")
            if where is None or entity not in compiler.scopes.entities:
                continue
            pointer = f"/actions/{index}/steps/{number}/where"
            formula = compiler.card_filter(
                where, entity, event=event, subject=subject, pointer=pointer
            )
            if formula is not None:
                found[f"{index}/{number}"] = formula
    return found


def compile_form(compiler: Compiler, form: Form) -> CompiledForm | None:
    """The form with its conditions and checks, or None when something is wrong."""
    entity = compiler.scopes.entities.get(form.entity)
    if entity is None:
        return None
    tables = {f.key: f.entity or "" for f in entity.fields if f.type == "child_table"}
    for number, rule in enumerate(form.rules):
        if rule.rows is not None and rule.rows not in tables:
            compiler.add("BLD239", f"/rules/{number}/rows", name=rule.rows)
    whole = compile_rules(compiler, form, entity)
    below = {
        key: compile_rules(compiler, form, compiler.scopes.entities[name], rows=key)
        for key, name in tables.items()
        if name in compiler.scopes.entities
    }
    if compiler.failed or whole is None or None in below.values():
        return None
    return replace(whole, rows={key: each for key, each in below.items() if each is not None})


def compile_rules(
    compiler: Compiler, form: Form, entity: Entity, *, rows: str | None = None
) -> CompiledForm | None:
    """The rules about the record, or about the rows of one child table."""
    conditions: list[tuple[FormCondition, Formula]] = []
    checks: list[tuple[FormCheck, Formula]] = []
    filters: list[tuple[FormFilter, Formula]] = []
    for number, rule in enumerate(form.rules):
        if rule.rows != rows:
            continue
        if isinstance(rule, FormFilter):
            filters += _filter(compiler, form, rule, entity, pointer=f"/rules/{number}/filter")
            continue
        source, key = (
            (rule.when, "when") if isinstance(rule, FormCondition) else (rule.check, "check")
        )
        formula = compiler.row(source, entity.name, pointer=f"/rules/{number}/{key}", expect=TRUTH)
        if formula is None:
            continue
        if isinstance(rule, FormCondition):
            conditions.append((rule, formula))
        else:
            checks.append((rule, formula))
    own = Compiler(compiler.scopes)  # what is wrong with the entity is told there, not here
    defaults, computed = entity_formulas(own, entity.name)
    if own.failed:
        return None
    return CompiledForm(
        form,
        entity,
        tuple(conditions),
        tuple(checks),
        defaults,
        computed,
        filters=tuple(filters),
    )


def _filter(
    compiler: Compiler, form: Form, rule: FormFilter, entity: Entity, *, pointer: str
) -> list[tuple[FormFilter, Formula]]:
    item = entity.field(rule.at)
    target = None if item is None else pointed_at(item)
    if target is None or target not in compiler.scopes.entities:
        return []
    row = None if rule.rows is None else entity.name
    formula = compiler.choosing(rule.filter, target, form=form.entity, row=row, pointer=pointer)
    return [] if formula is None else [(rule, formula)]


def entity_formulas(
    compiler: Compiler, entity_name: str
) -> tuple[dict[str, Formula], dict[str, Formula]]:
    """The defaults and the computed fields of an entity."""
    defaults: dict[str, Formula] = {}
    computed: dict[str, Formula] = {}
    for number, field in enumerate(compiler.scopes.entities[entity_name].fields):
        at = f"/fields/{number}"
        kind = FIELD_TYPES[field.type].formula_type(field)
        default = compiler.row(field.default, entity_name, pointer=f"{at}/default", expect=kind)
        if default is not None:
            defaults[field.key] = default
        wanted = None if field.decimals is None else Number(field.decimals, field.unit)
        value = compiler.row(field.formula, entity_name, pointer=f"{at}/formula", expect=wanted)
        if value is not None:
            computed[field.key] = value
    return defaults, computed


def compile_role(compiler: Compiler, role: Role) -> CompiledRole | None:
    """The role with the row conditions of its grants, or None when something is wrong."""
    formulas: dict[int, Formula] = {}
    for number, grant in enumerate(role.grants):
        formula = compiler.row(
            grant.formula, grant.entity, pointer=f"/grants/{number}/formula", expect=TRUTH
        )
        if formula is not None:
            formulas[number] = formula
    return None if compiler.failed else CompiledRole(role, formulas)


def _hash(meaning: Sequence[object]) -> str:
    text = json.dumps(meaning, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
