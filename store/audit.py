"""The audit chain: who did what, each row sealed by an HMAC over itself and the row before."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import bindparam, insert, select, update

from store.prepared import Prepared
from store.rows import by_name
from store.tables import audit, head
from store.unit import AuditEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import Row

    from store.unit import UnitOfWork

_BATCH = 5_000
Said = tuple[str, str, str]  # actor, target, detail
_SEALED = ("seq", "rev", "at", "actor", "action", "target", "detail")
_STORED = (*_SEALED, "hash")
_ADD = Prepared(insert(audit), names=_STORED)
_MOVE = Prepared(
    update(head)
    .where(head.c.id == 1)
    .values(audit_seq=bindparam("seq"), audit_hash=bindparam("last"))
)


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain does not hold."""

    seq: int
    problem: Literal["changed", "missing", "truncated", "rewritten"]


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The end of the chain; kept outside the database it proves what was there that day."""

    seq: int
    hash: str


def append(
    uow: UnitOfWork,
    *,
    actor: str,
    action: str,
    target: str,
    detail: Mapping[str, Any],
    at: int,
) -> None:
    """Note what happened; it becomes a row of the chain when the unit commits."""
    text = json.dumps(detail, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    uow.audit_entries.append(AuditEntry(actor, action, target, text, at))


def write_entries(uow: UnitOfWork, *, key: bytes) -> None:
    """Extend the chain by the unit's entries, under the lock of `head`."""
    entries, uow.audit_entries = uow.audit_entries, []
    if not entries:
        return
    start = uow.locked_head()
    seq, last = start.audit_seq, start.audit_hash
    rows = []
    for entry in entries:
        seq += 1
        row = {
            "seq": seq,
            "rev": start.rev,
            "at": entry.at,
            "actor": entry.actor,
            "action": entry.action,
            "target": entry.target,
            "detail": entry.detail,
        }
        last = _seal(key, last, row)
        rows.append({**row, "hash": last})
    uow.change_each(_ADD, {name: [row[name] for row in rows] for name in _STORED})
    uow.change(_MOVE, {"seq": seq, "last": last})
    uow.chain_moved(seq, last)


def chain_head(uow: UnitOfWork) -> ChainHead:
    """The end of the chain now, to be kept somewhere else."""
    row = uow.execute(select(head).where(head.c.id == 1)).one()
    return ChainHead(row.audit_seq, row.audit_hash)


def verify(uow: UnitOfWork, key: bytes, *, known: Sequence[ChainHead] = ()) -> list[Break]:
    """Check the whole chain, and that earlier heads kept outside are still part of it."""
    breaks: list[Break] = []
    outside = {each.seq: each.hash for each in known}
    seq, last = 0, ""
    for row in _rows(uow):
        if row.seq != seq + 1:
            breaks.append(Break(seq + 1, "missing"))
        if not _holds(key, last, row):
            breaks.append(Break(row.seq, "changed"))
        if outside.pop(row.seq, row.hash) != row.hash:
            breaks.append(Break(row.seq, "rewritten"))
        seq, last = row.seq, row.hash
    now = chain_head(uow)
    if (now.seq, now.hash) != (seq, last):
        breaks.append(Break(now.seq, "truncated"))
    breaks += [Break(missing, "truncated") for missing in sorted(outside) if missing > 0]
    return breaks


def redact(
    uow: UnitOfWork, key: bytes, change: Callable[[str, str, str], Said], *, after: int, limit: int
) -> int | None:
    """Change who and what the next rows name; where to go on, None at the end.

    A changed row keeps its place in the chain: its own hash stays, so the rows behind it and the
    heads kept outside hold, and a second seal covers that hash and what the row says now.
    """
    rows = uow.execute(
        select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(limit)
    ).all()
    for row in rows:
        said = (row.actor, row.target, row.detail)
        now = change(*said)
        if now != said:
            values = dict(zip(("actor", "target", "detail"), now, strict=True))
            values["redacted"] = _cover(key, {**by_name(row), **values})
            uow.execute(update(audit).where(audit.c.seq == row.seq).values(values))
    return rows[-1].seq if len(rows) == limit else None


def _holds(key: bytes, last: str, row: Row[Any]) -> bool:
    fields = by_name(row)
    if row.redacted is not None:
        return hmac.compare_digest(_cover(key, fields), row.redacted)
    return hmac.compare_digest(_seal(key, last, fields), row.hash)


def _cover(key: bytes, row: Mapping[str, Any]) -> str:
    return _seal(key, f"redacted {row['hash']}", row)


def _rows(uow: UnitOfWork) -> Iterator[Row[Any]]:
    after = 0
    while True:
        page = uow.execute(
            select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(_BATCH)
        ).all()
        yield from page
        if len(page) < _BATCH:
            return
        after = page[-1].seq


def _seal(key: bytes, last: str, row: Mapping[str, Any]) -> str:
    content = json.dumps([last, *(row[name] for name in _SEALED)], ensure_ascii=False)
    return hmac.new(key, content.encode(), "sha256").hexdigest()
