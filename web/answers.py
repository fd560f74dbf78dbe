"""What answers look like: the JSON Schemas of the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Shape = dict[str, Any]

TEXT: Shape = {"type": "string"}
MAYBE_TEXT: Shape = {"type": ["string", "null"]}
INTEGER: Shape = {"type": "integer"}
MAYBE_INTEGER: Shape = {"type": ["integer", "null"]}
NUMBER: Shape = {"type": "number"}
FLAG: Shape = {"type": "boolean"}
ANY: Shape = {}
DECIMAL: Shape = {"type": ["string", "null"], "description": "an exact decimal"}
INSTANT: Shape = {"type": "string", "description": "ISO 8601 with an offset"}
MAYBE_INSTANT: Shape = {"type": ["string", "null"], "description": "ISO 8601 with an offset"}
LABELS: Shape = {
    "type": "object",
    "description": "the words by language: zh-CN, en",
    "additionalProperties": {"type": "string"},
}
WORDS: Shape = {"type": ["object", "string"], "description": "words by language, or one text"}
MAYBE_WORDS: Shape = {"type": ["object", "string", "null"]}
VALUES: Shape = {"type": "object", "additionalProperties": True}


def ref(name: str) -> Shape:
    """Another named shape."""
    return {"$ref": f"#/components/schemas/{name}"}


def maybe(shape: Shape) -> Shape:
    """The shape, or null."""
    return {"anyOf": [shape, {"type": "null"}]}


def many(shape: Shape) -> Shape:
    """A list of the shape."""
    return {"type": "array", "items": shape}


def thing(optional: Mapping[str, Shape] | None = None, /, **required: Shape) -> Shape:
    """An object with these keys; those of `optional` may be missing."""
    properties = {**required, **(optional or {})}
    return {"type": "object", "properties": properties, "required": list(required)}


def page(name: str) -> Shape:
    """A page of a list."""
    return thing(items=many(ref(name)), next=MAYBE_TEXT)


RECORD_REF = thing(entity=TEXT, uid=TEXT, display=TEXT)
SUBJECT = thing({"entity": TEXT}, uid=TEXT, display=TEXT)
NAMED_RULE = thing({"sentence": MAYBE_WORDS}, name=TEXT, label=WORDS)
ORIGIN = thing({"source": MAYBE_TEXT, "run": ANY}, kind=TEXT)
COLUMN = thing(
    {"decimals": MAYBE_INTEGER, "unit": MAYBE_TEXT, "options": many(ANY)},
    key=TEXT,
    label=WORDS,
    type=TEXT,
)
CALCULATION: Shape = {
    "type": "object",
    "required": ["text", "value"],
    "properties": {
        "text": TEXT,
        "value": ANY,
        "type": TEXT,
        "reason": MAYBE_TEXT,
        "children": many(ref("Calculation")),
    },
}
FIELD = thing(
    {
        "help": MAYBE_WORDS,
        "options": many(thing(id=TEXT, label=WORDS)),
        "decimals": MAYBE_INTEGER,
        "unit": MAYBE_TEXT,
        "entity": MAYBE_TEXT,
        "min": MAYBE_TEXT,
        "max": MAYBE_TEXT,
        "columns": many(ref("Field")),
        "computed": FLAG,
    },
    key=TEXT,
    type=TEXT,
    label=WORDS,
    required=FLAG,
)
TASK_KEYS: dict[str, Shape] = {
    "uid": TEXT,
    "title": WORDS,
    "kind": TEXT,
    "state": {"enum": ["open", "done", "cancelled"]},
    "opened_at": INSTANT,
}
TASK_MORE: dict[str, Shape] = {
    "due_at": MAYBE_INSTANT,
    "done_at": MAYBE_INSTANT,
    "subject": maybe(RECORD_REF),
    "rule": maybe(NAMED_RULE),
    "alert_uid": MAYBE_TEXT,
    "response_hours": DECIMAL,
}
MEASURED: dict[str, Shape] = {
    "target": DECIMAL,
    "band": MAYBE_TEXT,
    "n": MAYBE_INTEGER,
    "reasons": ANY,
    "automatic_share": DECIMAL,
    "formula_version": ANY,
    "at": MAYBE_INSTANT,
}
RECORD_MORE: dict[str, Shape] = {
    "display": TEXT,
    "display_values": VALUES,
    "origin": maybe(ORIGIN),
    "updated_at": MAYBE_INSTANT,
    "updated_by": MAYBE_TEXT,
    "created_at": MAYBE_INSTANT,
}
SPAN: dict[str, Shape] = {"start": MAYBE_INTEGER, "end": MAYBE_INTEGER}
FORMULA_TYPE = thing({"scale": INTEGER, "unit": MAYBE_TEXT, "entity": TEXT}, name=TEXT)
EDIT = thing(**SPAN, replacement=TEXT)
DEFINING: Mapping[str, Shape] = {
    "Use": thing(kind=TEXT, name=TEXT, pointer=TEXT),
    "UsePage": thing(items=many(ref("Use"))),
    "StuckValue": thing(uid=TEXT, value=TEXT, reason=TEXT),
    "Conversion": thing(field=TEXT, values=INTEGER, failed=INTEGER, rows=many(ref("StuckValue"))),
    "Impact": thing(
        plan=ref("Plan"),
        warnings=many(VALUES),
        conversions=many(ref("Conversion")),
        doubles=many(VALUES),
        touched=many(ref("Use")),
        widened=many(thing(role=TEXT, entity=TEXT, what=TEXT)),
        consent=many(TEXT),
    ),
    "Draft": thing(
        kind=TEXT,
        name=TEXT,
        document=maybe(VALUES),
        base_revision=INTEGER,
        editor=TEXT,
        version=INTEGER,
    ),
    "DraftPage": page("Draft"),
    "Revision": thing(revision=INTEGER, author=TEXT, note=TEXT, at=INSTANT),
    "RevisionPage": page("Revision"),
    "Compared": thing(
        plan=ref("Plan"),
        documents=many(thing(kind=TEXT, name=TEXT, before=maybe(VALUES), after=maybe(VALUES))),
    ),
    "Publication": thing(
        uid=TEXT,
        state=TEXT,
        author=TEXT,
        note=TEXT,
        at=INSTANT,
        revision=MAYBE_INTEGER,
        problems=many(VALUES),
    ),
    "PublicationPage": page("Publication"),
    "FieldChange": thing(
        uid=TEXT,
        publication=MAYBE_TEXT,
        entity=TEXT,
        field=TEXT,
        before=TEXT,
        after=TEXT,
        phase=TEXT,
        converted=INTEGER,
        failed=INTEGER,
        failed_versions=INTEGER,
        can_undo=FLAG,
    ),
    "FieldChangePage": page("FieldChange"),
    "FailurePage": page("StuckValue"),
    "PulledFiles": thing(files=VALUES, revision=INTEGER),
}
FORMULAS: Mapping[str, Shape] = {
    "FormulaDiagnostics": thing(
        diagnostics=many(
            thing(
                **SPAN,
                code=TEXT,
                message=TEXT,
                severity=TEXT,
                fixes=many(thing(**SPAN, title=TEXT, replacement=TEXT)),
            )
        ),
        type=maybe(FORMULA_TYPE),
        canonical=MAYBE_TEXT,
    ),
    "FormulaCompletions": thing(
        **SPAN,
        items=many(thing(label=TEXT, kind=TEXT, text=TEXT, detail=TEXT, doc=TEXT)),
    ),
    "FormulaHover": thing(
        found=maybe(
            thing(
                **SPAN,
                kind=TEXT,
                title=TEXT,
                detail=TEXT,
                doc=TEXT,
                examples=many(thing(formula=TEXT, result=MAYBE_TEXT)),
            )
        )
    ),
    "FormulaEdits": thing(text=TEXT, edits=many(EDIT)),
    "FormulaFormatted": thing(text=TEXT),
    "FormulaValue": thing(
        value=ANY, type=FORMULA_TYPE, reason=MAYBE_TEXT, record=TEXT, tree=ref("Calculation")
    ),
    "FormulaDependencies": thing(
        paths=many(TEXT),
        rows=VALUES,
        params=many(TEXT),
        runs=thing(
            sqlite=FLAG, postgresql=FLAG, browser=FLAG, server_only=FLAG, prevented_by=many(TEXT)
        ),
    ),
}

ANSWERS: Mapping[str, Shape] = {
    "Problem": thing(
        {"details": VALUES},
        type=TEXT,
        title=TEXT,
        status=INTEGER,
        code=TEXT,
        detail=TEXT,
        diagnostics=many(
            thing(
                {
                    "severity": TEXT,
                    "field": TEXT,
                    "pointer": TEXT,
                    "file": TEXT,
                    "span": thing(start=INTEGER, end=INTEGER),
                    "fix": thing(start=INTEGER, end=INTEGER, replacement=TEXT),
                },
                code=TEXT,
                message=TEXT,
            )
        ),
    ),
    "Session": thing(
        {"now": INSTANT, "clock_factor": INTEGER},
        account=thing({"person_uid": MAYBE_TEXT}, login=TEXT, name=TEXT, language=TEXT, admin=FLAG),
        csrf=TEXT,
    ),
    "Summary": thing(
        {"now": INSTANT, "clock_factor": INTEGER},
        tasks_open=INTEGER,
        tasks_overdue=INTEGER,
        to_do=INTEGER,
        alerts_firing=INTEGER,
        notices_unread=INTEGER,
    ),
    "Task": thing(TASK_MORE, **TASK_KEYS),
    "TaskPage": page("Task"),
    "TaskCard": thing(
        {**TASK_MORE, "alert": ANY}, **TASK_KEYS, steps=many(thing(type=TEXT, label=WORDS))
    ),
    "SubmittedTask": thing({"record_uid": MAYBE_TEXT, "response_hours": DECIMAL}, task=ref("Task")),
    "Alert": thing(
        {
            "closed_at": MAYBE_INSTANT,
            "period_label": MAYBE_TEXT,
            "count": INTEGER,
            "corrected": FLAG,
            "feedback": MAYBE_TEXT,
            "measurement_uid": MAYBE_TEXT,
            "evidence": many(ANY),
            "task_uid": MAYBE_TEXT,
        },
        uid=TEXT,
        rule=NAMED_RULE,
        subject=RECORD_REF,
        state=TEXT,
        episode=INTEGER,
        opened_at=INSTANT,
    ),
    "AlertPage": page("Alert"),
    "Notice": thing(
        {"read_at": MAYBE_INSTANT, "link": MAYBE_TEXT},
        uid=TEXT,
        subject=WORDS,
        body=WORDS,
        at=INSTANT,
    ),
    "NoticePage": page("Notice"),
    "Field": FIELD,
    "EntitySummary": thing(
        {"count": MAYBE_INTEGER, "system": FLAG}, name=TEXT, label=LABELS, can=VALUES
    ),
    "EntityPage": page("EntitySummary"),
    "Entity": thing(
        {"forms": many(TEXT), "can": VALUES, "log": FLAG, "system": FLAG},
        name=TEXT,
        label=LABELS,
        display=TEXT,
        fields=many(ref("Field")),
    ),
    "Record": thing(RECORD_MORE, uid=TEXT, version=INTEGER, values=VALUES),
    "RecordPage": page("Record"),
    "RecordVersion": thing(
        {
            "updated_by": MAYBE_TEXT,
            "deleted": FLAG,
            "display_values": VALUES,
            "origin": maybe(ORIGIN),
            "left_behind": VALUES,
        },
        version=INTEGER,
        updated_at=INSTANT,
        values=VALUES,
    ),
    "RecordVersionPage": page("RecordVersion"),
    "Form": thing(
        {
            "feeds": MAYBE_WORDS,
            "rules": many(VALUES),
            "defaults": VALUES,
            "calc": VALUES,
            "values": VALUES,
        },
        name=TEXT,
        label=LABELS,
        entity=TEXT,
        layout=many(VALUES),
        fields=many(ref("Field")),
    ),
    "Submitted": thing(record_uid=TEXT),
    "LookupItem": thing(uid=TEXT, display=TEXT),
    "LookupPage": page("LookupItem"),
    "Metric": thing(
        {"unit": MAYBE_TEXT, "target": DECIMAL, "status": TEXT, "latest": ANY},
        name=TEXT,
        label=LABELS,
        decimals=INTEGER,
        direction=TEXT,
        grain=TEXT,
        subject=ANY,
    ),
    "MetricPage": page("Metric"),
    "Measurement": thing(
        MEASURED, uid=TEXT, subject=SUBJECT, period=INTEGER, period_label=TEXT, value=DECIMAL
    ),
    "MeasurementPage": page("Measurement"),
    "Calculation": CALCULATION,
    "PassportInput": thing(
        {
            "count": MAYBE_INTEGER,
            "sum": DECIMAL,
            "truncated_total": MAYBE_INTEGER,
            "columns": many(COLUMN),
        },
        key=TEXT,
        label=WORDS,
        aggregate=TEXT,
        value=DECIMAL,
        records=many(VALUES),
    ),
    "Passport": thing(
        {"target": DECIMAL, "band": MAYBE_TEXT, "now": maybe(VALUES)},
        metric=VALUES,
        subject=SUBJECT,
        period_label=TEXT,
        value=DECIMAL,
        rev=ANY,
        at=INSTANT,
        formula=VALUES,
        tree=ref("Calculation"),
        inputs=many(ref("PassportInput")),
    ),
    "Rule": thing(
        {"metric": MAYBE_TEXT, "grain": MAYBE_TEXT},
        name=TEXT,
        label=LABELS,
        sentence=LABELS,
        kind=TEXT,
        enabled=FLAG,
    ),
    "RulePage": page("Rule"),
    "Backtest": thing(
        periods=many(thing(period_label=TEXT, firings=INTEGER)),
        episodes=many(VALUES),
        receivers=many(thing(name=TEXT, count=INTEGER)),
    ),
    "Pack": thing(
        {
            "description": MAYBE_WORDS,
            "installed_version": MAYBE_TEXT,
            "parameters": many(thing(name=TEXT, label=LABELS)),
            "requires": many(TEXT),
        },
        name=TEXT,
        label=LABELS,
        version=TEXT,
    ),
    "PackPage": page("Pack"),
    "AccountListed": thing(
        {"person": MAYBE_TEXT},
        uid=TEXT,
        login=TEXT,
        roles=many(TEXT),
        language=TEXT,
        active={"type": "boolean"},
    ),
    "AccountPage": page("AccountListed"),
    "AccountMade": thing(uid=TEXT),
    "Plan": thing(
        {"warnings": many(VALUES)},
        added=many(TEXT),
        changed=many(TEXT),
        removed=many(TEXT),
        steps=many(VALUES),
    ),
    "Installed": thing({"waiting": MAYBE_TEXT}, revision=INTEGER, plan=ref("Plan")),
    **DEFINING,
    "Checked": thing(diagnostics=many(VALUES), plan=maybe(ref("Plan"))),
    "Source": thing(
        {
            "checked_at": MAYBE_INSTANT,
            "delay_s": MAYBE_INTEGER,
            "limit_s": MAYBE_INTEGER,
            "code": MAYBE_TEXT,
            "message": MAYBE_WORDS,
            "rows": MAYBE_INTEGER,
        },
        name=TEXT,
        label=LABELS,
        connector=TEXT,
        state=TEXT,
    ),
    "SourcePage": page("Source"),
    "SourceTest": thing(
        {"step": MAYBE_TEXT, "code": MAYBE_TEXT, "message": MAYBE_WORDS, "steps": many(VALUES)},
        ok=FLAG,
    ),
    "File": thing(uid=TEXT, name=TEXT, media_type=TEXT, size=INTEGER),
    "SettingsOfSource": thing(
        settings=many(
            thing(
                {"value": MAYBE_TEXT, "bound_to": MAYBE_TEXT},
                name=TEXT,
                secret=FLAG,
                set=FLAG,
                fits=FLAG,
            )
        ),
        endpoints=many(thing(host=TEXT, port=INTEGER, allowed=FLAG)),
    ),
    "Settled": thing(allowed=many(VALUES), asks=many(VALUES)),
    "Queued": thing(queued=FLAG),
    "Reject": thing(
        {"uid": TEXT, "stream": MAYBE_TEXT, "message": MAYBE_WORDS, "row": ANY, "key": MAYBE_TEXT},
        at=INSTANT,
        code=TEXT,
    ),
    "RejectPage": page("Reject"),
    "Incident": thing(
        {
            "kind": MAYBE_TEXT,
            "code": MAYBE_TEXT,
            "title": MAYBE_WORDS,
            "message": MAYBE_WORDS,
            "owner": MAYBE_TEXT,
            "can_retry": FLAG,
            "count": INTEGER,
        },
        uid=TEXT,
        at=INSTANT,
        state=TEXT,
    ),
    "IncidentPage": page("Incident"),
    "AuditVerified": thing(ok=FLAG, breaks=many(VALUES)),
    "Done": thing(done=FLAG),
    **FORMULAS,
}
