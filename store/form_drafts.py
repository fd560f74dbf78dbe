"""Forms that somebody has filled in half: one row per opened form, under the key it will have."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, exists, func, select, update

from store.conflict import insert_new
from store.prepared import Prepared
from store.tables import form_draft, idempotency

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Row

    from store.unit import UnitOfWork

c = form_draft.c
# who typed on while the form was on its way leaves a row behind; it is of no use any more
_sent = exists().where(and_(idempotency.c.actor == c.owner, idempotency.c.key == c.key))

# made once: every form that is sent asks
_REMOVE = Prepared(
    delete(form_draft).where(c.owner == bindparam("of"), c.key == bindparam("called"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was typed so far into one opened form."""

    key: str
    form: str
    task: str | None
    record: str | None
    record_version: int | None
    inputs: str  # JSON
    version: int
    real_at: int


def put(uow: UnitOfWork, owner: str, draft: Draft) -> bool:
    """Keep the draft after `draft.version`, or as a new one; False when another is in force."""
    values = {**asdict(draft), "version": draft.version + 1}
    seen = (*_mine(owner, draft.key), c.version == draft.version)
    if uow.execute(update(form_draft).where(*seen).values(values)).rowcount:
        return True
    new = {"owner": owner, **values}
    return insert_new(uow, form_draft, new, unique=("owner", "key")) is not None


def of_owner(
    uow: UnitOfWork, owner: str, *, form: str | None, task: str | None, record: str | None
) -> list[Draft]:
    """The owner's drafts, newest first; of one form, card or record where it is given."""
    asked = {c.form: form, c.task: task, c.record: record}
    wanted = [column == value for column, value in asked.items() if value is not None]
    chosen = select(form_draft).where(c.owner == owner, ~_sent, *wanted)
    return [_draft(row) for row in uow.execute(chosen.order_by(c.real_at.desc(), c.id.desc()))]


def by_key(uow: UnitOfWork, owner: str, key: str) -> Draft | None:
    """One draft of the owner."""
    row = uow.execute(select(form_draft).where(*_mine(owner, key), ~_sent)).first()
    return None if row is None else _draft(row)


def count(uow: UnitOfWork, owner: str) -> int:
    """How many drafts the owner has."""
    return int(uow.execute(select(func.count()).where(c.owner == owner)).scalar_one())


def remove(uow: UnitOfWork, owner: str, key: str) -> bool:
    """Forget a draft; False when there is none."""
    return bool(uow.change(_REMOVE, {"of": owner, "called": key}))


def purge(uow: UnitOfWork, *, before: int) -> int:
    """Forget what nobody came back to."""
    return int(uow.execute(delete(form_draft).where(c.real_at < before)).rowcount)


def _mine(owner: str, key: str) -> tuple[ColumnElement[bool], ...]:
    return c.owner == owner, c.key == key


def _draft(row: Row[Any]) -> Draft:
    return Draft(
        key=row.key,
        form=row.form,
        task=row.task,
        record=row.record,
        record_version=row.record_version,
        inputs=row.inputs,
        version=row.version,
        real_at=row.real_at,
    )
