"""What answers look like: the JSON Schemas of the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.answer_parts import (
    ANY,
    DECIMAL,
    FIELD_CHANGE,
    FLAG,
    INSTANT,
    INTEGER,
    LABELS,
    MAYBE_INSTANT,
    MAYBE_INTEGER,
    MAYBE_TEXT,
    MAYBE_WORDS,
    ORIGIN,
    RECORD_MORE,
    TEXT,
    VALUES,
    WORDS,
    Shape,
    many,
    maybe,
    page,
    ref,
    thing,
)
from web.answers_calendars import CALENDARS
from web.answers_formulas import FORMULAS
from web.answers_records import RECORDS

if TYPE_CHECKING:
    from collections.abc import Mapping


RECORD_REF = thing(entity=TEXT, uid=TEXT, display=TEXT)
SUBJECT = thing({"entity": TEXT}, uid=TEXT, display=TEXT)
LINK: dict[str, Shape] = {
    "uid": TEXT, "form": TEXT, "label": TEXT, "fixed": VALUES, "created_by": TEXT,
    "expires_at": INSTANT, "revoked_at": MAYBE_INSTANT,
    "per_minute": MAYBE_INTEGER, "most": MAYBE_INTEGER, "sent": INTEGER,
}  # fmt: skip
NAMED_RULE = thing({"sentence": MAYBE_WORDS}, name=TEXT, label=WORDS)
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
        "entities": many(thing(name=TEXT, label=WORDS)),
        "min": MAYBE_TEXT,
        "max": MAYBE_TEXT,
        "columns": many(ref("Field")),
        "computed": FLAG,
        "comparisons": many(thing(key=TEXT, takes=TEXT, label=WORDS)),
        "aggregates": many(TEXT),
        "masked": FLAG,
        "writable": FLAG,
        "privacy": maybe(
            thing(
                {"retain_days": MAYBE_INTEGER},
                **{"class": {"enum": ["personal", "sensitive"]}},
                purpose=LABELS,
            )
        ),
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
DEFINING: Mapping[str, Shape] = {
    "Use": thing(kind=TEXT, name=TEXT, pointer=TEXT),
    "UsePage": thing(items=many(ref("Use"))),
    "FormerFieldPage": thing(items=many(VALUES)),
    "StuckValue": thing(uid=TEXT, value=TEXT, reason=TEXT),
    "Conversion": thing(
        field=TEXT,
        values=INTEGER,
        failed=INTEGER,
        to_fill=INTEGER,
        rows=many(ref("StuckValue")),
    ),
    "Impact": thing(
        plan=ref("Plan"),
        warnings=many(VALUES),
        conversions=many(ref("Conversion")),
        doubles=many(VALUES),
        touched=many(ref("Use")),
        widened=many(thing(role=TEXT, entity=TEXT, what=TEXT)),
        new_fields=many(thing(role=TEXT, entity=TEXT, field=TEXT, right=TEXT)),
        consent=many(TEXT),
        statements=many(TEXT),
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
        progress=maybe(thing(done=INTEGER, total=INTEGER)),
        failed=INTEGER,
        failed_versions=INTEGER,
        can_undo=FLAG,
    ),
    "FieldChangePage": page("FieldChange"),
    "FailurePage": page("StuckValue"),
    "PulledFiles": thing(files=VALUES, revision=INTEGER),
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
        {"now": INSTANT, "clock_factor": INTEGER, "viewed_by": MAYBE_TEXT},
        account=thing({"person_uid": MAYBE_TEXT}, login=TEXT, name=TEXT, language=TEXT, admin=FLAG),
        csrf=TEXT,
        must_enrol=FLAG,
    ),
    "Access": thing(
        entity=TEXT,
        uid=TEXT,
        login=TEXT,
        admin=FLAG,
        actions={"type": "object", "additionalProperties": ref("AccessAction")},
        fields=many(
            thing(
                key=TEXT,
                label=WORDS,
                sees={"enum": ["shown", "masked", "hidden"]},
                writes=FLAG,
                barred_by=many(thing(role=TEXT, label=LABELS, rows=TEXT)),
            )
        ),
    ),
    "AccessAction": thing(
        allowed=FLAG,
        grants=many(
            thing(
                {"formula": MAYBE_TEXT},
                role=TEXT,
                label=WORDS,
                rows=TEXT,
                reaches=FLAG,
                path=many(TEXT),
            )
        ),
    ),
    "Summary": thing(
        {"now": INSTANT, "clock_factor": INTEGER},
        tasks_open=INTEGER,
        tasks_overdue=INTEGER,
        to_do=INTEGER,
        alerts_firing=INTEGER,
        notices_unread=INTEGER,
        writable=FLAG,
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
            "changes": many(FIELD_CHANGE),
            "origin": maybe(ORIGIN),
            "left_behind": VALUES,
        },
        version=INTEGER,
        updated_at=INSTANT,
        values=VALUES,
    ),
    **RECORDS,
    "RecordVersionPage": page("RecordVersion"),
    "Form": thing(
        {
            "feeds": MAYBE_WORDS,
            "rules": many(VALUES),
            "defaults": VALUES,
            "calc": VALUES,
            "filters": many(thing(at=TEXT, reads=many(TEXT))),
            "rows": VALUES,
            "values": VALUES,
        },
        name=TEXT,
        label=LABELS,
        entity=TEXT,
        layout=many(VALUES),
        fields=many(ref("Field")),
    ),
    "Submitted": thing(record_uid=TEXT),
    "LastSent": thing(values=VALUES, display_values=VALUES),
    "Received": thing(record_uid=TEXT),
    "Link": thing(**LINK),
    "LinkPage": page("Link"),
    "MadeLink": thing(**LINK, url=TEXT, qr_svg=TEXT),
    "LookupItem": thing(uid=TEXT, display=TEXT),
    "LookupPage": page("LookupItem"),
    "Metric": thing(
        {"unit": MAYBE_TEXT, "formula": TEXT, "target": DECIMAL, "status": TEXT, "latest": ANY},
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
        formula=thing(entity=TEXT, scope=TEXT, text=TEXT),
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
    "Departure": thing(
        person=SUBJECT,
        on=TEXT,
        state=TEXT,
        successor=maybe(SUBJECT),
        logins=many(TEXT),
        tasks=many(thing(uid=TEXT, title=ANY, due_at=MAYBE_INSTANT)),
        owned=many(
            thing(
                entity=TEXT, label=LABELS, field=TEXT, field_label=LABELS, count=INTEGER, goes=FLAG
            )
        ),
        handed=MAYBE_INTEGER,
        moved=MAYBE_INTEGER,
    ),
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
    "Ready": thing(done=FLAG, writable=FLAG),
    **FORMULAS,
    **CALENDARS,
}
