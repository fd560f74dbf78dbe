"""What answers about lists of records, their life, export and import look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.answer_parts import (
    ANY,
    FLAG,
    INSTANT,
    INTEGER,
    LABELS,
    MAYBE_INSTANT,
    MAYBE_INTEGER,
    MAYBE_TEXT,
    RECORD_MORE,
    TEXT,
    VALUES,
    WORDS,
    Shape,
    many,
    page,
    ref,
    thing,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

LEFT_OUT = many(thing(code=TEXT, place=TEXT, message=TEXT))
RECORDS: Mapping[str, Shape] = {
    "TrashedRecord": thing(
        RECORD_MORE, uid=TEXT, version=INTEGER, values=VALUES, deleted_at=INSTANT, deleted_by=TEXT
    ),
    "TrashPage": page("TrashedRecord"),
    "Comment": thing(
        {"told": many(TEXT)},
        uid=TEXT,
        author=TEXT,
        author_name=TEXT,
        body=TEXT,
        mentions=many(thing(uid=TEXT, display=TEXT)),
        at=INSTANT,
        edited_at=MAYBE_INSTANT,
        mine=FLAG,
    ),
    "CommentPage": page("Comment"),
    "View": thing(
        uid=TEXT,
        name=TEXT,
        entity=TEXT,
        document=VALUES,
        roles=many(TEXT),
        mine=FLAG,
        version=INTEGER,
        at=INSTANT,
    ),
    "ViewPage": page("View"),
    "XlsFormPreview": thing(documents=many(VALUES), left_out=LEFT_OUT),
    "XlsFormDrafts": thing(drafts=many(thing(kind=TEXT, name=TEXT)), left_out=LEFT_OUT),
    "LeftOut": thing(left_out=LEFT_OUT),
    "FormDraft": thing(
        {"inputs": VALUES},
        key=TEXT,
        form=TEXT,
        entity=TEXT,
        label=LABELS,
        task=MAYBE_TEXT,
        record=MAYBE_TEXT,
        record_version=MAYBE_INTEGER,
        version=INTEGER,
        at=INSTANT,
    ),
    "FormDraftPage": page("FormDraft"),
    "KeptDraft": thing(key=TEXT, version=INTEGER, at=INSTANT),
    "BulkPreview": thing(
        count=INTEGER,
        would_change=INTEGER,
        unchanged=INTEGER,
        refused=INTEGER,
        judged=INTEGER,
        is_partial=FLAG,
        rows=many(thing(uid=TEXT, display=TEXT, reason=TEXT)),
    ),
    "Work": thing(
        uid=TEXT,
        kind=TEXT,
        entity=TEXT,
        state={"enum": ["running", "stopping", "done", "cancelled"]},
        total=INTEGER,
        done=INTEGER,
        written=INTEGER,
        unchanged=INTEGER,
        refused=INTEGER,
        at=INSTANT,
        ended_at=MAYBE_INSTANT,
        rows=many(
            thing(row=INTEGER, problems=many(thing(code=TEXT, field=MAYBE_TEXT, message=TEXT)))
        ),
    ),
    "ErasurePreview": thing(
        person=TEXT,
        display=TEXT,
        items=many(thing(entity=TEXT, label=LABELS, records=INTEGER, fields=many(TEXT))),
        accounts=INTEGER,
        comments=INTEGER,
        consent=TEXT,
    ),
    "ImportPreview": thing(
        sheets=many(TEXT),
        rows=INTEGER,
        columns=many(thing(title=TEXT, field=MAYBE_TEXT, samples=many(TEXT))),
        fields=many(thing(key=TEXT, label=WORDS, type=TEXT, required=FLAG)),
        keys=many(many(TEXT)),
    ),
    "SheetColumn": thing(title=TEXT, key=TEXT, type=TEXT, samples=many(TEXT)),
    "SheetPreview": thing(
        columns=many(ref("SheetColumn")),
        documents=many(VALUES),
        problems=many(thing(code=TEXT, message=TEXT)),
    ),
    "SheetDrafts": thing(
        drafts=many(thing(kind=TEXT, name=TEXT)), columns=many(ref("SheetColumn"))
    ),
    "WorkPage": page("Work"),
    "RecordCount": thing(count=INTEGER, exact=FLAG),
    "RecordGroup": thing(
        keys=many(thing(value=ANY, display=TEXT)), count=INTEGER, values=many(ANY)
    ),
    "RecordGroupPage": thing(items=many(ref("RecordGroup")), next=MAYBE_TEXT, more=FLAG),
}
