"""One run of one stream: each batch stored in one transaction, the checkpoint with it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from connectors.errors import ConfigError, ConnectorError, Reaction
from dsl.diagnostics import Diagnostic, register_messages
from runtime import intake
from runtime.admins import LastAdministrator
from runtime.context import Actor
from runtime.intake import Decided, Fetch, added
from runtime.patience import patiently
from store import sources as book
from store.errors import BadValueError, DuplicateError
from store.sources import Checkpoint, Counts

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from builder.model.others import Source, StreamMapping
    from connectors.base import Batch, Connector, ConnectorContext
    from runtime.context import Context
    from runtime.wiring import Wiring

log = logging.getLogger(__name__)
REJECT_SHARE = 0.20  # more than that is not bad rows but a wrong mapping
FEW = 10  # rows; a share of fewer says nothing
REFUSING = (DuplicateError, BadValueError, LastAdministrator)  # one row spoils its whole batch
Rows = Sequence[Mapping[str, Any]]

register_messages(
    {
        "SYN101": (
            "{rejected}/{read} 行被拒绝；请检查映射，检查点未移动",
            "{rejected} of {read} rows were refused; check the mapping, the checkpoint stays",
        ),
        "SYN102": ("来源结构已变化：{path}", "the source changed its shape: {path}"),
        "SYN103": ("与其他记录重复", "another record has the same unique value"),
        "SYN104": ("值无法存储", "the value can not be stored"),
        "SYN105": ("运行被中断", "the run was interrupted"),
    }
)


class RunStopped(ConnectorError):  # noqa: N818 - says what it is
    """The run ends without a fault of the connection; the next one tries again."""

    reaction: ClassVar[Reaction] = "retry"


class Interrupted(ConnectorError):  # noqa: N818 - says what it is
    """The process ends: nothing is wrong, and the next start goes on from the checkpoint."""

    reaction: ClassVar[Reaction] = "retry"

    def __init__(self) -> None:
        super().__init__("SYN105")


def actor_of(source: str) -> Actor:
    """A source writes under its own name, with the rights of the system."""
    return Actor(kind="connector", name=f"source:{source}", admin=True)


def writing(wiring: Wiring, source: Source) -> AbstractContextManager[Context]:
    """A unit of work in the name of a source."""
    return wiring.writing(actor_of(source.name), cause=f"sync:{source.name}")


@dataclass(slots=True)
class StreamRun:
    """What one run of one stream knows and has done."""

    wiring: Wiring
    source: Source
    mapping: StreamMapping
    run: int
    known: Checkpoint
    total: Counts = field(default_factory=Counts)

    @classmethod
    def start(cls, wiring: Wiring, source: Source, mapping: StreamMapping) -> StreamRun:
        """Note the start and take the checkpoint."""
        with writing(wiring, source) as ctx:
            run = book.start_run(
                ctx.uow, uid=ctx.new_uid(), source=source.name, stream=mapping.stream, at=ctx.now
            )
            known = book.checkpoint(ctx.uow, source.name, mapping.stream)
        return cls(wiring, source, mapping, run, known or Checkpoint({}, 0, None, None))

    def read(self, connector: Connector, context: ConnectorContext) -> Counts:
        """Read to the end; a failure leaves the checkpoint where the last batch put it."""
        try:
            for batch in connector.read(
                context, self.mapping.stream, self.known.state, window=None
            ):
                self.store(batch)
                if self.wiring.stopping.is_set():
                    raise Interrupted  # noqa: TRY301 - the run is noted as any that fails
        except ConnectorError as error:
            self._end(error)
            raise
        except Exception as error:
            # a bug: the run fails, the checkpoint stays, and somebody is told
            log.exception("source %s, stream %s", self.source.name, self.mapping.stream)
            failure = ConfigError("CON190", reason=f"{type(error).__name__}: {error}"[:200])
            self._end(failure)
            raise failure from error
        self._end(None)
        return self.total

    def store(self, batch: Batch) -> None:
        """Rows, rejects and checkpoint in one transaction."""
        fetch = Fetch(self.source.name, self.mapping, self.run, batch.newest_at, batch.bad)
        known = self.known

        def whole() -> Counts:
            self.known = known  # a try that lost a lock conflict left nothing behind
            with writing(self.wiring, self.source) as ctx:
                decided = self._decide(ctx, fetch, batch.rows)
                done = intake.store(ctx, fetch, decided)
                self._move(ctx, batch, decided)
            return done

        try:
            done = patiently(whole)
        except REFUSING:
            self.known = known
            done = self._piecemeal(fetch, batch)
        self.total = added(self.total, done)

    def _decide(self, ctx: Context, fetch: Fetch, rows: Rows) -> Decided:
        """What would be stored; a batch that is wrong as a whole is refused as a whole."""
        decided = intake.decide(ctx, self.mapping, rows, fingerprint=self.known.fingerprint)
        drift = decided.drift
        if self.mapping.drift == "freeze" and (drift.changed or drift.missing):
            raise ConfigError("SYN102", path=next(iter([*drift.changed, *drift.missing])))
        read = self.total.read + len(rows) + len(fetch.bad)
        rejected = self.total.rejected + len(decided.rejects) + len(fetch.bad)
        if read >= FEW and rejected > REJECT_SHARE * read:
            raise _TooBad(decided, read=read, rejected=rejected)
        return decided

    def _piecemeal(self, fetch: Fetch, batch: Batch) -> Counts:
        """One row breaks a rule of its table: store the others alone, put that one aside."""
        done = Counts()
        for row in batch.rows:
            try:
                with writing(self.wiring, self.source) as ctx:
                    alone = intake.decide(
                        ctx, self.mapping, [row], fingerprint=self.known.fingerprint
                    )
                    stored = intake.store(ctx, replace(fetch, bad=()), alone)
            except REFUSING as error:
                with writing(self.wiring, self.source) as ctx:
                    intake.reject_one(ctx, fetch, row, _reason(error))
                stored = Counts(read=1, rejected=1)
            done = added(done, stored)
        with writing(self.wiring, self.source) as ctx:
            intake.put_aside(ctx, fetch, ())
            decided = intake.decide(
                ctx, self.mapping, batch.rows, fingerprint=self.known.fingerprint
            )
            self._move(ctx, batch, decided)
        return added(done, Counts(read=len(fetch.bad), rejected=len(fetch.bad)))

    def _move(self, ctx: Context, batch: Batch, decided: Decided) -> None:
        """Advance the checkpoint; a batch without a state leaves the connector's part alone."""
        before = self.known
        newest = [at for at in (before.newest_at, batch.newest_at) if at is not None]
        self.known = Checkpoint(
            state=before.state if batch.state is None else batch.state,
            checked_at=before.checked_at if batch.state is None else batch.checked_at,
            newest_at=max(newest, default=None),
            fingerprint=decided.drift.fingerprint,
        )
        book.put_checkpoint(
            ctx.uow,
            self.source.name,
            self.mapping.stream,
            state=self.known.state,
            checked_at=self.known.checked_at,
            newest_at=self.known.newest_at,
            fingerprint=self.known.fingerprint,
        )

    def _end(self, error: ConnectorError | None) -> None:
        with writing(self.wiring, self.source) as ctx:
            if isinstance(error, _TooBad):
                fetch = Fetch(self.source.name, self.mapping, self.run)
                intake.put_aside(ctx, fetch, error.decided.rejects, state="held")
                self.total = added(self.total, Counts(rejected=len(error.decided.rejects)))
            if error is None:
                book.resolve_held(ctx.uow, self.source.name, self.mapping.stream)
            book.end_run(
                ctx.uow,
                self.run,
                at=ctx.now,
                state="done" if error is None else "failed",
                counts=self.total,
                code=None if error is None else error.code,
                args=None if error is None else error.arguments,
            )


def _reason(error: Exception) -> Diagnostic:
    """Why one row is put aside."""
    if isinstance(error, LastAdministrator):
        return error.problems[0]
    return Diagnostic("SYN103" if isinstance(error, DuplicateError) else "SYN104")


class _TooBad(RunStopped):
    """More of the rows are refused than can be accident."""

    def __init__(self, decided: Decided, *, read: int, rejected: int) -> None:
        super().__init__("SYN101", read=str(read), rejected=str(rejected))
        self.decided = decided
