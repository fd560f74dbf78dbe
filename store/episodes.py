"""Keep the alert rows of rules: one per episode, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from store.bulk import among, update_rows
from store.rows import by_name
from store.tables import alert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Row

    from store.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class NewAlert:
    """One episode to record; `closed_period` when it is over already."""

    uid: str
    rule: str
    subject_entity: str
    subject_id: int
    episode: int
    at: int
    evidence: str
    count: int = 1
    period: int | None = None
    closed_period: int | None = None


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An episode as recorded."""

    id: int
    uid: str
    rule: str
    subject_entity: str
    subject_id: int
    episode: int
    state: str
    opened_at: int
    period: int | None
    closed_period: int | None
    corrected: bool
    evidence: str
    count: int

    @property
    def is_open(self) -> bool:
        """Whether the episode goes on."""
        return self.state != "closed"


_NAMES = tuple(field.name for field in fields(AlertRow))


def open_alert(uow: UnitOfWork, new: NewAlert) -> int:
    """Record an episode; its row id."""
    over = new.closed_period is not None
    rev = uow.rev()
    statement = insert(alert).values(
        uid=new.uid,
        rule=new.rule,
        subject_entity=new.subject_entity,
        subject_id=new.subject_id,
        episode=new.episode,
        state="closed" if over else "firing",
        opened_at=new.at,
        opened_rev=rev,
        period=new.period,
        closed_period=new.closed_period,
        closed_at=new.at if over else None,
        closed_rev=rev if over else None,
        evidence=new.evidence,
        count=new.count,
    )
    return int(uow.execute(statement.returning(alert.c.id)).scalar_one())


def set_evidence(uow: UnitOfWork, evidence: Mapping[int, str]) -> None:
    """Write the evidence of many alerts."""
    if evidence:
        update_rows(
            uow, alert, list(evidence), columns={"evidence": list(evidence.values())}, constants={}
        )


def alerts_of(uow: UnitOfWork, rule: str, subjects: Sequence[int]) -> dict[int, list[AlertRow]]:
    """Every episode of these subjects, oldest first."""
    rows = uow.execute(
        select(alert)
        .where(alert.c.rule == rule, among(uow, alert.c.subject_id, subjects))
        .order_by(alert.c.subject_id, alert.c.episode)
    )
    found: dict[int, list[AlertRow]] = {subject: [] for subject in subjects}
    for row in rows:
        found[row.subject_id].append(_alert(row))
    return found


def open_of(uow: UnitOfWork, rule: str, subjects: Sequence[int]) -> dict[int, AlertRow]:
    """The episode that goes on, by subject."""
    return {
        subject: rows[-1]
        for subject, rows in alerts_of(uow, rule, subjects).items()
        if rows and rows[-1].is_open
    }


def get_alert(uow: UnitOfWork, alert_id: int) -> AlertRow | None:
    """One episode by its row id."""
    row = uow.execute(select(alert).where(alert.c.id == alert_id)).first()
    return None if row is None else _alert(row)


def join_alert(uow: UnitOfWork, alert_id: int, *, events: int, evidence: str) -> None:
    """More events belong to an episode that goes on."""
    uow.execute(
        update(alert)
        .where(alert.c.id == alert_id)
        .values(count=alert.c.count + events, evidence=evidence)
    )


def close_alerts(
    uow: UnitOfWork, ids: Sequence[int], *, at: int, period: int | None = None
) -> None:
    """End episodes."""
    if ids:
        uow.execute(
            update(alert)
            .where(among(uow, alert.c.id, ids), alert.c.state != "closed")
            .values(state="closed", closed_at=at, closed_rev=uow.rev(), closed_period=period)
        )


def reopen_alerts(uow: UnitOfWork, ids: Sequence[int]) -> None:
    """Corrected data says that the episode is not over; nobody is told again."""
    if ids:
        uow.execute(
            update(alert)
            .where(among(uow, alert.c.id, ids))
            .values(
                state="firing", closed_at=None, closed_rev=None, closed_period=None, corrected=True
            )
        )


def mark_corrected(uow: UnitOfWork, ids: Sequence[int]) -> None:
    """Today's data no longer supports these episodes as they were sent."""
    if ids:
        uow.execute(update(alert).where(among(uow, alert.c.id, ids)).values(corrected=True))


def count_open(uow: UnitOfWork, rule: str) -> int:
    """How many episodes of a rule go on."""
    statement = select(func.count()).where(alert.c.rule == rule, alert.c.state != "closed")
    return int(uow.execute(statement).scalar_one())


def _alert(row: Row[Any]) -> AlertRow:
    values = by_name(row)
    return AlertRow(**{name: values[name] for name in _NAMES})
