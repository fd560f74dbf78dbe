"""Overwrite what is personal, in current rows and in every version, and forget whose it was."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, and_, cast, delete, literal, or_, select, tuple_, update

from store import files, words
from store.bulk import among
from store.rows import by_name
from store.tables import (
    account,
    alert,
    api_token,
    departure,
    file,
    form_draft,
    idempotency,
    identity,
    incident,
    job,
    notice,
    outbox,
    public_link,
    publication,
    record_comment,
    record_work,
    rejected_row,
    revision,
    saved_view,
    schema_change_failure,
    second_factor,
    session,
    source_state,
    sync_run,
    task,
    view_as,
    view_log,
    work_item,
)
from store.tables import draft as drafts
from store.unit import OPEN_REV

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from sqlalchemy import Table

    from store.record_tables import EntityTables, FieldColumn
    from store.unit import UnitOfWork

BATCH = 1_000
TOLD = frozenset({"text", "long_text", "sequence"})  # types whose values are words
HELD = frozenset({"file", "image", "signature"})  # types whose values are files
# who did it, by login; audit rows are sealed and have a way of their own
LOGINS: Mapping[Table, str] = {
    revision: "author", drafts: "editor", publication: "author", public_link: "created_by",
    incident: "owner", record_comment: "author", view_log: "actor", file: "uploader",
    saved_view: "owner", departure: "by",
}  # fmt: skip
# texts in which somebody may be named
WORDED: Mapping[str, tuple[Table, tuple[str, ...]]] = {
    table.name: (table, names)
    for table, names in (
        (outbox, ("payload", "response", "error")), (notice, ("subject", "body")),
        (task, ("title", "card")), (alert, ("evidence",)), (idempotency, ("response",)),
        (record_comment, ("body",)), (record_work, ("request",)), (work_item, ("row", "problems")),
        (rejected_row, ("raw", "args")), (incident, ("args",)), (job, ("payload", "error")),
        (sync_run, ("args",)), (source_state, ("args",)), (schema_change_failure, ("args",)),
        (publication, ("note", "problems")), (revision, ("note",)),
        (saved_view, ("name", "document")), (file, ("name",)), (public_link, ("label", "fixed")),
        (form_draft, ("inputs",)),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cleared:
    """What was taken out of records: the words, and the files that were in them."""

    words: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()

    def __or__(self, other: Cleared) -> Cleared:
        """Both."""
        return Cleared(self.words | other.words, self.files | other.files)


def anonymous(number: int) -> str:
    """What a record is called from now on."""
    return f"anon-{number}"


# --- records ------------------------------------------------------------------------------
def clear(
    uow: UnitOfWork,
    mine: EntityTables,
    ids: Collection[int],
    columns: Sequence[FieldColumn],
    *,
    shown: str | None = None,
    until: int | None = None,
) -> Cleared:
    """Take values out of records and of all their versions; the field `shown` becomes a mark.

    With `until` only those versions that were written before then, beside the current row.
    """
    if not columns or not ids:
        return Cleared()
    found = Cleared()
    for table in _both(mine):
        here = among(uow, table.c.id, sorted(ids))
        if until is not None:
            here = and_(here, table.c.updated_at < until)
        values: dict[str, Any] = {
            c.name: literal("anon-") + cast(table.c.id, Text) if c.key == shown else None
            for c in columns
        }
        found |= _values(uow, table, columns, here)
        uow.execute(update(table).where(here).values(values))
    words.forget(uow, mine.number, ids)
    if not mine.log:
        words.read_again(uow, mine.current, sorted(ids))
    return found


def rows_below(uow: UnitOfWork, child: EntityTables, parents: Collection[int]) -> list[int]:
    """The rows that belong, or once belonged, to these records."""
    found: set[int] = set()
    for table in _both(child):
        chosen = select(table.c.id).where(among(uow, table.c.parent_id, sorted(parents)))
        found.update(uow.execute(chosen).scalars())
    return sorted(found)


def drop_rows(uow: UnitOfWork, child: EntityTables, ids: Collection[int]) -> None:
    """Forget the values of a list, with all their versions."""
    for table in _both(child):
        uow.execute(delete(table).where(among(uow, table.c.id, sorted(ids))))


def older_than(
    uow: UnitOfWork, mine: EntityTables, columns: Sequence[FieldColumn], *, at: int, limit: int
) -> list[int]:
    """Records with a value in these columns that was last written before `at`."""
    found: set[int] = set()
    for table in _both(mine):
        filled = or_(*(table.c[column.name].is_not(None) for column in columns))
        chosen = select(table.c.id).where(filled, table.c.updated_at < at).distinct()
        found.update(uow.execute(chosen.order_by(table.c.id).limit(limit)).scalars())
    return sorted(found)[:limit]


def still_held(
    uow: UnitOfWork, mine: EntityTables, columns: Sequence[FieldColumn], uids: Collection[str]
) -> frozenset[str]:
    """Which of these files some record or version still has in one of the columns."""
    names = [column.name for column in columns if column.type in HELD]
    return frozenset(
        uid
        for table in _both(mine)
        for name in names
        for uid in uow.execute(
            select(table.c[name]).where(among(uow, table.c[name], sorted(uids)))
        ).scalars()
    )


def _both(mine: EntityTables) -> list[Table]:
    return [table for table in (mine.current, mine.history) if table is not None]


def _values(uow: UnitOfWork, table: Table, columns: Sequence[FieldColumn], here: Any) -> Cleared:  # noqa: ANN401 - a condition
    told = [column.name for column in columns if column.type in TOLD]
    held = [column.name for column in columns if column.type in HELD]
    if not told and not held:
        return Cleared()
    rows = [by_name(r) for r in uow.execute(select(*(table.c[n] for n in told + held)).where(here))]
    return Cleared(
        frozenset(str(row[name]) for row in rows for name in told if row[name]),
        frozenset(str(row[name]) for row in rows for name in held if row[name]),
    )


def retire(uow: UnitOfWork, mine: EntityTables, person_id: int, active: FieldColumn) -> None:
    """The person works here no more: nobody asks an anonymous one to do anything."""
    for table in _both(mine):
        here = table.c.id == person_id
        if "rev_to" in table.c:
            here = and_(here, table.c.rev_to == OPEN_REV)
        uow.execute(update(table).where(here).values({active.name: False}))


def rename_writer(uow: UnitOfWork, mine: EntityTables, logins: Collection[str], mark: str) -> int:
    """Have the next rows and versions say that nobody by name wrote them; how many they were."""
    done = 0
    for table in _both(mine):
        key = table.c.hid if "hid" in table.c else table.c.id
        for name in ("created_by", "updated_by"):
            column = table.c[name]
            some = select(key).where(among(uow, column, logins)).limit(BATCH)
            keys = list(uow.execute(some).scalars())
            uow.execute(update(table).where(among(uow, key, keys)).values({name: mark}))
            done += len(keys)
    return done


# --- system tables ------------------------------------------------------------------------
def forget_accounts(uow: UnitOfWork, person_id: int, logins: Collection[str]) -> None:
    """Let nobody sign in as the person again: account, sessions, keys, codes, kept answers."""
    mine = select(account.c.id).where(account.c.person_id == person_id)
    tokens = select(session.c.token_hash).where(session.c.account_id.in_(mine))
    looking = or_(view_as.c.token_hash.in_(tokens), view_as.c.account_id.in_(mine))
    uow.execute(delete(view_as).where(or_(looking, among(uow, view_as.c.by, logins))))
    for table in (session, api_token, second_factor, identity):
        uow.execute(delete(table).where(table.c.account_id.in_(mine)))
    uow.execute(delete(idempotency).where(among(uow, idempotency.c.actor, logins)))
    uow.execute(delete(account).where(account.c.person_id == person_id))
    uow.rights_touched = True


def forget_own(uow: UnitOfWork, person_id: int, logins: Collection[str], *, keep: int) -> None:
    """Forget the person's inbox, drafts, remarks and work, and exports of the person's data."""
    uow.execute(delete(form_draft).where(among(uow, form_draft.c.owner, logins)))
    uow.execute(delete(notice).where(notice.c.person_id == person_id))
    said = or_(record_comment.c.person_id == person_id, among(uow, record_comment.c.author, logins))
    gone = {"body": "", "mentions": "[]", "deleted": True}
    uow.execute(update(record_comment).where(said).values(gone))
    loose = file.c.record_id.is_(None) & among(uow, file.c.uploader, logins)
    uow.execute(delete(file).where(loose))
    exported = and_(record_work.c.kind == "person_export", record_work.c.id != keep)
    theirs = or_(exported, among(uow, record_work.c.actor, logins))
    works = list(uow.execute(select(record_work.c.id).where(theirs)).scalars())
    uow.execute(delete(work_item).where(among(uow, work_item.c.work_id, works)))
    uow.execute(delete(record_work).where(among(uow, record_work.c.id, works)))


def forget_logins(uow: UnitOfWork, logins: Collection[str], mark: str) -> None:
    """Who did it was nobody by name."""
    for table, name in LOGINS.items():
        mine = among(uow, table.c[name], logins)
        uow.execute(update(table).where(mine).values({name: mark}))


def forget_letters(uow: UnitOfWork, mark: str) -> None:
    """Send nothing more to an address that was taken out."""
    waiting = select(outbox.c.id, outbox.c.payload).where(outbox.c.state == "pending")
    gone = [row.id for row in uow.execute(waiting) if json.loads(row.payload).get("to") == mark]
    uow.execute(delete(outbox).where(among(uow, outbox.c.id, gone)))


def forget_files(uow: UnitOfWork, uids: Collection[str]) -> None:
    """Delete files and what was in them, unless another file has the same content."""
    if not uids:
        return
    uow.execute(delete(file).where(among(uow, file.c.uid, sorted(uids))))
    files.purge_unheld(uow)


def change_words(
    uow: UnitOfWork,
    name: str,
    change: Callable[[str | None], str | None],
    *,
    after: Sequence[int],
    keep: int,
) -> list[int] | None:
    """Change the texts of the next rows of a system table; where to go on, None at the end.

    The work that carries the words with it is kept until it ends.
    """
    table, names = WORDED[name]
    keys = list(table.primary_key.columns)
    chosen = select(*keys, *(table.c[each] for each in names)).order_by(*keys).limit(BATCH)
    if after:
        chosen = chosen.where(tuple_(*keys) > tuple_(*after))
    rows = uow.execute(chosen).all() if _is_paged(table) else uow.execute(chosen.limit(None)).all()
    for row in rows:
        values = by_name(row)
        changed = {each: change(values[each]) for each in names}
        is_kept = table is record_work and row.id == keep
        if not is_kept and any(changed[each] != values[each] for each in names):
            here = and_(*(key == values[key.name] for key in keys))
            uow.execute(update(table).where(here).values(changed))
    if not _is_paged(table) or len(rows) < BATCH:
        return None
    return [by_name(rows[-1])[key.name] for key in keys]


def _is_paged(table: Table) -> bool:
    """Whether its rows are counted; the others are few."""
    return all(key.type.python_type is int for key in table.primary_key.columns)
