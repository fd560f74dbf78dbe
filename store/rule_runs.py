"""Keep what has been judged of each rule, and where it stands with single subjects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Text, and_, delete, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from store.bulk import among, relation
from store.rule_states import FIRING, INACTIVE, upsert_states
from store.tables import rule_run, rule_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store.unit import UnitOfWork

BIG = BigInteger()


@dataclass(frozen=True, slots=True)
class Run:
    """What has been judged of a rule."""

    rule: str
    semantic_hash: str
    enabled_from: int | None
    enabled_at: int
    last_period: int | None


def get_run(uow: UnitOfWork, rule: str) -> Run | None:
    """How far a rule has come; None when it is not on."""
    row = uow.execute(select(rule_run).where(rule_run.c.rule == rule)).first()
    if row is None:
        return None
    return Run(
        row.rule, row.semantic_hash, row.enabled_from_period, row.enabled_at, row.last_period
    )


def put_run(uow: UnitOfWork, run: Run) -> None:
    """Start judging a rule, or go on after its meaning changed."""
    uow.execute(delete(rule_run).where(rule_run.c.rule == run.rule))
    uow.execute(
        insert(rule_run).values(
            rule=run.rule,
            semantic_hash=run.semantic_hash,
            enabled_from_period=run.enabled_from,
            enabled_at=run.enabled_at,
            last_period=run.last_period,
        )
    )


def drop_run(uow: UnitOfWork, rule: str) -> None:
    """Stop judging a rule; open alerts stay."""
    uow.execute(delete(rule_run).where(rule_run.c.rule == rule))


def all_runs(uow: UnitOfWork) -> dict[str, Run]:
    """Every rule that is on."""
    return {
        row.rule: Run(
            row.rule, row.semantic_hash, row.enabled_from_period, row.enabled_at, row.last_period
        )
        for row in uow.execute(select(rule_run))
    }


def seed(uow: UnitOfWork, rule: str, since: Sequence[tuple[int, int | None]]) -> int:
    """Note silently for whom a rule is true already: (subject, period it became so)."""
    if not since:
        return 0
    given = relation(
        uow, "given", {"s": (BIG, [s for s, _ in since]), "p": (BIG, [p for _, p in since])}
    )
    known = rule_state.alias("known")
    chosen = (
        select(
            literal(rule, Text),
            given.c.s,
            literal(FIRING, Text),
            func.coalesce(known.c.episode, 0) + 1,
            literal(0, BIG),
            given.c.p,
            given.c.p,
        )
        .select_from(
            given.outerjoin(known, and_(known.c.rule == rule, known.c.subject_id == given.c.s))
        )
        .where(func.coalesce(known.c.state, INACTIVE) == INACTIVE)
    )
    seeded = upsert_states(uow, chosen).returning(rule_state.c.subject_id)
    return len(uow.execute(seeded).all())


@dataclass(frozen=True, slots=True)
class State:
    """Where a rule stands with one subject."""

    subject_id: int
    state: str
    episode: int
    since_period: int | None = None
    last_period: int | None = None
    watermark: tuple[int, str] | None = None


def lock_states(uow: UnitOfWork, rule: str, subjects: Sequence[int]) -> dict[int, State]:
    """The states of these subjects, locked until commit; missing ones are made."""
    ordered = sorted(set(subjects))
    if not ordered:
        return {}
    dialect = postgresql if uow.dialect == "postgresql" else sqlite
    uow.execute(
        dialect.insert(rule_state).on_conflict_do_nothing(),
        [{"rule": rule, "subject_id": s, "state": INACTIVE} for s in ordered],
    )
    s = rule_state
    rows = uow.execute(
        select(s)
        .where(s.c.rule == rule, among(uow, s.c.subject_id, ordered))
        .order_by(s.c.subject_id)
        .with_for_update()
    )
    return {
        row.subject_id: State(
            row.subject_id,
            row.state,
            row.episode,
            row.since_period,
            row.last_period,
            None if row.watermark_at is None else (row.watermark_at, row.watermark_key or ""),
        )
        for row in rows
    }


def put_state(uow: UnitOfWork, rule: str, state: State, *, streak: int = 0) -> None:
    """Write the state of one subject (its row is locked)."""
    watermark_at, watermark_key = state.watermark or (None, None)
    uow.execute(
        update(rule_state)
        .where(rule_state.c.rule == rule, rule_state.c.subject_id == state.subject_id)
        .values(
            state=state.state,
            episode=state.episode,
            streak=streak,
            since_period=state.since_period,
            last_period=state.last_period,
            watermark_at=watermark_at,
            watermark_key=watermark_key,
        )
    )
