"""The one canonical sentence of a rule, in Chinese and English, made from its structure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from builder.compiler import judge_scope
from builder.durations import format_duration
from builder.model.rule import (
    Action,
    EventRule,
    Mail,
    Notify,
    NowRule,
    PeriodRule,
    Rule,
    TaskCard,
)
from dsl.diagnostics import LANGUAGES, Language
from dsl.formula import relabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.catalog import Catalog
    from builder.model.common import Grain, Labels
    from builder.model.metric import Metric
    from dsl.scope import RowScope

GRAINS: dict[Grain, tuple[str, str]] = {
    "day": ("天", "day"),
    "week": ("周", "week"),
    "month": ("个月", "month"),
    "quarter": ("个季度", "quarter"),
    "year": ("年", "year"),
}
MISSING = {
    "unknown": ("缺数据时维持原状", "a missing {unit} changes nothing"),
    "breaks": ("缺数据时重新计数", "a missing {unit} restarts the count"),
    "ignored": ("缺数据的周期跳过", "a missing {unit} is skipped"),
}
CLOSES = {
    "task_done": ("任务完成后关闭", "closed when the task is done"),
    "acknowledged": ("确认后关闭", "closed when acknowledged"),
}
ROOT_WORDS = {"subject": ("对象", "subject"), "event": ("事件", "event")}
COUNTED_FROM = 2
QUOTES = frozenset("'\"")
SIGNS = (
    ("{", ""),
    ("}", ""),
    (" * ", " × "),
    (" / ", " ÷ "),
    (" - ", " − "),
    (" >= ", " ≥ "),
    (" <= ", " ≤ "),
)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the sentence; `slot` is the pointer of what it shows, None for glue words."""

    text: str
    slot: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """The parts in each language."""

    parts: dict[Language, tuple[Part, ...]]

    def text(self, language: Language) -> str:
        """The sentence as one line."""
        return "".join(part.text for part in self.parts[language])

    @property
    def texts(self) -> Labels:
        """The sentence in every language."""
        return {language: self.text(language) for language in LANGUAGES}


def sentence(catalog: Catalog, rule: Rule) -> Sentence:
    """What the rule says."""
    return Sentence(
        {language: tuple(_Writer(catalog, language).rule(rule)) for language in LANGUAGES}
    )


class _Writer:
    """Writes in one language."""

    def __init__(self, catalog: Catalog, language: Language) -> None:
        self._catalog = catalog
        self._language = language
        self._zh = language == "zh-CN"

    def rule(self, rule: Rule) -> list[Part]:
        """The whole sentence."""
        match rule:
            case PeriodRule():
                body = self._period(rule)
                start, subject = None, self._metric_subject(rule.signal)
            case EventRule():
                body = self._event(rule)
                start, subject = rule.events, None
            case NowRule():
                body = self._now(rule)
                start, subject = rule.entity, rule.entity
            case _:
                assert_never(rule)
        return [
            *body,
            *self._actions(rule.actions, start, subject),
            Part("。" if self._zh else "."),
        ]

    def _say(self, chinese: str, english: str) -> Part:
        return Part(chinese if self._zh else english)

    def _label(self, labels: Labels, name: str) -> str:
        other = "en" if self._zh else "zh-CN"
        return labels.get(self._language) or labels.get(other) or name

    def _period(self, rule: PeriodRule) -> list[Part]:
        metric = self._catalog.metrics.get(rule.signal)
        name = rule.signal if metric is None else self._label(metric.label, rule.signal)
        unit = GRAINS["week" if metric is None else metric.grain][0 if self._zh else 1]
        times = rule.quantifier.periods
        scope = self._judged(metric)
        plural = "" if self._zh or times < COUNTED_FROM else "s in a row"
        missing = MISSING[rule.missing][0 if self._zh else 1].format(unit=unit)
        return [
            self._say("当", "When "),
            Part(f"「{name}」" if self._zh else f'"{name}"', "/signal"),
            self._say("连续 ", " for "),
            Part(str(times), "/quantifier/consecutive"),
            Part(f" {unit}{plural}"),
            self._say("满足 ", " meets "),
            Part(self._condition(rule.enter, scope), "/enter"),
            self._say(" 时告警，满足 ", ", alert; recovered when "),
            Part(self._condition(rule.exit, scope), "/exit"),
            self._say(" 时恢复；", "; "),
            Part(missing, "/missing"),
        ]

    def _judged(self, metric: Metric | None) -> RowScope | None:
        if metric is None:
            return None
        return judge_scope(self._catalog, metric.subject, grain=metric.grain)

    def _event(self, rule: EventRule) -> list[Part]:
        entity = self._catalog.entities.get(rule.events)
        name = rule.events if entity is None else self._label(entity.label, rule.events)
        within = format_duration(rule.quantifier.within_s)
        parts = [
            self._say("当同一", "When the same "),
            Part(self._path(rule.subject, rule.events, None), "/subject"),
            self._say("在 ", " raises within "),
            Part(self._duration(within), "/quantifier/within"),
            self._say("内连续出现 ", " "),
            Part(str(rule.quantifier.events), "/quantifier/events"),
            self._say(" 次「", ' times in a row "'),
            Part(name, "/events"),
            self._say("」且 ", '" with '),
            Part(self._condition(rule.when, self._scope(rule.events)), "/when"),
            self._say(" 时告警", ", alert"),
        ]
        for number, breaker in enumerate(rule.quantifier.broken_by):
            log = self._catalog.entities.get(breaker.events)
            label = breaker.events if log is None else self._label(log.label, breaker.events)
            told = self._condition(breaker.when or "", self._scope(breaker.events))
            when = f" ({told})" if breaker.when else ""
            parts += [
                self._say("；遇到", "; restarted by "),
                Part(
                    f"「{label}」{when}" if self._zh else f'"{label}"{when}',
                    f"/quantifier/broken_by/{number}",
                ),
                self._say("重新计数", ""),
            ]
        closes = CLOSES[rule.close][0 if self._zh else 1]
        return [*parts, self._say("；", "; "), Part(closes, "/close")]

    def _now(self, rule: NowRule) -> list[Part]:
        entity = self._catalog.entities.get(rule.entity)
        name = rule.entity if entity is None else self._label(entity.label, rule.entity)
        return [
            self._say("当「", 'When a "'),
            Part(name, "/entity"),
            self._say("」满足 ", '" meets '),
            Part(self._condition(rule.enter, self._scope(rule.entity)), "/enter"),
            self._say(" 时告警，满足 ", ", alert; recovered when "),
            Part(self._condition(rule.exit, self._scope(rule.entity)), "/exit"),
            self._say(" 时恢复", ""),
        ]

    def _actions(
        self, actions: Sequence[Action], start: str | None, subject: str | None
    ) -> list[Part]:
        parts: list[Part] = []
        for number, action in enumerate(actions):
            parts += [
                self._say("；", "; "),
                Part(self._action(action, start, subject), f"/actions/{number}"),
            ]
        return parts

    def _action(self, action: Action, start: str | None, subject: str | None) -> str:
        match action:
            case Mail() | Notify():
                glue = "、" if self._zh else ", "
                people = glue.join(self._path(path, start, subject) for path in action.to)
                template = self._catalog.documents.get(action.template)
                title = (
                    action.template
                    if template is None
                    else self._label(template.label, action.template)
                )
                if isinstance(action, Mail):
                    return (
                        f"发邮件《{title}》给{people}"
                        if self._zh
                        else f'mail "{title}" to {people}'
                    )
                return (
                    f"站内通知《{title}》给{people}" if self._zh else f'notify {people}: "{title}"'
                )
            case TaskCard():
                person = self._path(action.to, start, subject)
                title = self._label(action.label, "")
                hours = action.due.hours
                if self._zh:
                    return f"给{person}一张任务卡《{title}》，{hours} 小时内完成"
                return f'give {person} the task card "{title}", due within {hours} h'
            case _:
                assert_never(action)

    def _condition(self, source: str, scope: RowScope | None) -> str:
        """The formula with labels for keys; as written when its scope is not known."""
        if scope is None:
            return source
        text = relabel(source, scope, label=0 if self._zh else 1)
        if not QUOTES.isdisjoint(text):
            return text
        for typed, read in SIGNS:
            text = text.replace(typed, read)
        return text

    def _scope(self, entity: str) -> RowScope | None:
        return self._catalog.scope(entity) if entity in self._catalog.entities else None

    def _duration(self, iso: str) -> str:
        units = {"D": ("天", " d"), "H": ("小时", " h"), "M": ("分钟", " min"), "S": ("秒", " s")}
        text = iso.removeprefix("P").replace("T", "")
        for sign, both in units.items():
            text = text.replace(sign, both[0 if self._zh else 1] + (" " if not self._zh else ""))
        return text.strip()

    def _metric_subject(self, metric: str) -> str | None:
        found = self._catalog.metrics.get(metric)
        return None if found is None else found.subject

    def _path(self, path: str, start: str | None, subject: str | None) -> str:
        """The labels along a path: 负责人的上级, owner's manager."""
        here = start
        words: list[str] = []
        for number, segment in enumerate(path.split(".")):
            if number == 0 and segment in ROOT_WORDS:
                here = subject if segment == "subject" else start
                continue
            entity = self._catalog.entities.get(here or "")
            field = entity.field(segment) if entity else None
            words.append(segment if field is None else self._label(field.label, segment))
            here = field.entity if field else None
        if not words:
            return ROOT_WORDS[path][0 if self._zh else 1]
        return ("的" if self._zh else "'s ").join(words)
