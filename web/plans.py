"""Plans, publications and changes of fields as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from dsl.values import format_datetime
from web.problems import described
from web.shapes import plan_json

if TYPE_CHECKING:
    from builder.impact import Use
    from dsl.diagnostics import Language
    from runtime.impact import Impact
    from runtime.listing import ListedChange, ListedFailure, Publication
    from runtime.proposals import Published
    from runtime.trial import Trial


def impact_json(impact: Impact, language: Language) -> dict[str, Any]:
    """What a publication would do."""
    return {
        "plan": plan_json(impact.checked.plan),
        "warnings": [described(each, language) for each in impact.checked.warnings],
        "conversions": [_trial(each, language) for each in impact.trials],
        "doubles": [described(each, language) for each in impact.doubles],
        "touched": [use_json(each) for each in impact.touched],
        "widened": [
            {"role": each.role, "entity": each.entity, "what": each.what} for each in impact.widened
        ],
        "new_fields": [asdict(each) for each in impact.new_fields],
        "consent": list(impact.consent),
        "statements": list(impact.statements),
    }


def _trial(trial: Trial, language: Language) -> dict[str, Any]:
    rows = [
        {
            "uid": each.uid,
            "value": each.value,
            "reason": reason(each.problem.code, each.problem.args, trial.label, language),
        }
        for each in trial.first
    ]
    return {
        "field": trial.name,
        "values": trial.values,
        "failed": trial.failed,
        "to_fill": trial.rows,
        "rows": rows,
    }


def reason(code: str, args: Any, label: Any, language: Language) -> str:  # noqa: ANN401 -- mappings of text
    """Why a value does not convert, in words."""
    words = {"label": label.get("zh-CN", ""), "label_en": label.get("en", "")}
    return Diagnostic(code, {**words, **args}).text(language)


def use_json(use: Use) -> dict[str, str]:
    """A place that names a field."""
    return {"kind": use.kind, "name": use.name, "pointer": use.pointer}


def published_json(published: Published) -> dict[str, Any]:
    """What came of a publication; `waiting` names one that goes on."""
    return {
        "revision": published.revision,
        "plan": plan_json(published.plan),
        "waiting": published.waiting,
    }


def publication_json(found: Publication, language: Language) -> dict[str, Any]:
    """A publication that waits for its data, or did."""
    problems = [described(Diagnostic(p["code"], p["args"]), language) for p in found.problems]
    return {
        "uid": found.uid,
        "state": found.state,
        "author": found.author,
        "note": found.note,
        "at": format_datetime(found.at),
        "revision": found.revision,
        "problems": problems,
    }


def change_json(found: ListedChange) -> dict[str, Any]:
    """A field on its way, or arrived."""
    change = found.change
    return {
        "uid": change.uid,
        "publication": found.publication,
        "entity": change.entity,
        "field": change.key,
        "before": found.before,
        "after": found.after,
        "phase": change.phase,
        "converted": change.converted,
        "progress": None if found.total is None else {"done": found.done, "total": found.total},
        "failed": found.failed,
        "failed_versions": found.failed_versions,
        "can_undo": found.can_undo,
    }


def failure_json(found: ListedFailure, language: Language) -> dict[str, Any]:
    """A value that stayed behind."""
    return {
        "uid": found.failure.uid,
        "value": found.value,
        "reason": reason(found.failure.code, found.args, found.label, language),
    }
