"""Deliver messages to the outside world: lease, commit, call, fenced completion."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from connectors.errors import ConfigError, ConnectorError
from runtime.asking import ask_a_person
from runtime.clock import SECOND, real_now
from runtime.context import SYSTEM_ACTOR
from runtime.letters import letter_of, write
from runtime.notify import RenderError, RenderLateError
from runtime.outside import act, source_for
from runtime.source_states import note_recovery, note_trouble
from store import outbox
from store.crash import crash_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from builder.model.others import Source
    from runtime.context import Context
    from runtime.wiring import Wiring
    from store.outbox import Message

log = logging.getLogger(__name__)
LEASE_US = 90 * SECOND
MOST_RENDERS = 8  # a template that is late may be so because the machine is busy
BEAT_S = 30.0
IDLE_S = 0.2


class Heartbeat:
    """Renews a message's lease while the call lasts."""

    def __init__(self, wiring: Wiring, message: Message) -> None:
        self._wiring, self._message = wiring, message
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._stop.wait(BEAT_S):
            with self._wiring.writing(SYSTEM_ACTOR) as ctx:
                outbox.renew(ctx.uow, self._message, real_now=real_now(), lease_us=LEASE_US)


class Courier:
    """Delivers messages one by one."""

    def __init__(self, wiring: Wiring, owner: str, *, clock: Callable[[], int] = real_now) -> None:
        self._wiring, self._owner = wiring, owner
        self._real_now = clock  # when an attempt is due is a matter of real time

    def run_once(self) -> bool:
        """Deliver one message; False when none is due."""
        wiring = self._wiring
        with wiring.reading(SYSTEM_ACTOR) as ctx:
            now = self._real_now()
            lapsed = outbox.any_lapsed(ctx.uow, real_now=now)
            if not lapsed and not outbox.any_due(ctx.uow, real_now=now):
                return False
        if lapsed:
            wiring.attempt(self._set_aside, cause="courier")
        message = wiring.attempt(self._lease, cause="courier")
        if message is None:
            return False
        crash_at("after_claim")
        try:
            with Heartbeat(wiring, message):
                response = self._call(message)
        except (ConnectorError, RenderError) as error:
            record_failure(wiring, message, error, at=self._real_now())
            return True
        crash_at("after_send")
        wiring.attempt(lambda ctx: _note_sent(ctx, message, response), cause="courier")
        return True

    def drain(self) -> int:
        """Deliver everything that is due now; the number of messages handled."""
        done = 0
        while self.run_once():
            done += 1
        return done

    def run(self, stop: threading.Event) -> None:
        """Deliver until told to stop."""
        while not stop.is_set():
            try:
                busy = self.run_once()
            except Exception:
                log.exception("the courier could not deliver")
                busy = False
            if not busy:
                stop.wait(IDLE_S)

    def _lease(self, ctx: Context) -> Message | None:
        return outbox.claim(
            ctx.uow, owner=self._owner, real_now=self._real_now(), lease_us=LEASE_US
        )

    def _set_aside(self, ctx: Context) -> None:
        """Take up what a courier that died had in its hands."""
        for each in outbox.lapse(ctx.uow, real_now=self._real_now()):
            ask_a_person(
                ctx,
                "outbox",
                each.key,
                code="RUN704",
                args={"connector": each.connector, "key": each.key},
            )

    def _call(self, message: Message) -> dict[str, Any]:
        with self._wiring.reading(SYSTEM_ACTOR) as ctx:
            base_url = self._wiring.settings.base_url
            letter = letter_of(ctx.catalog, message.payload, base_url=base_url)
        payload = write(letter, self._wiring.renderer)
        return act(self._wiring, message.connector, message.operation, payload, key=message.key)


def _note_sent(ctx: Context, message: Message, response: Mapping[str, Any]) -> None:
    if not outbox.sent(ctx.uow, message, response=response, at=ctx.now):
        log.warning("message %s was completed by another worker", message.key)
    source = _source(ctx, message)
    if source is not None:
        note_recovery(ctx, source)


def record_failure(wiring: Wiring, message: Message, error: Exception, *, at: int) -> None:
    """Put the message off; one that is given up opens an incident.

    When it is the connection that fails, that is said once, not for every message, and every
    message waits: also while a person has to enter the password anew. `at` is real time.
    """
    outcome = wiring.attempt(lambda ctx: _put_off(ctx, message, error, at=at), cause="courier")
    level = logging.WARNING if outcome in {"dead", "uncertain"} else logging.INFO
    log.log(level, "message %s could not be delivered (%s): %s", message.key, outcome, error)


def _put_off(ctx: Context, message: Message, error: Exception, *, at: int) -> str:
    reaction = error.reaction if isinstance(error, ConnectorError) else "reject"
    late = isinstance(error, RenderLateError) and message.attempts < MOST_RENDERS
    outcome = outbox.failed(
        ctx.uow,
        message,
        error=str(error)[:2000],
        real_now=at,
        final=reaction == "reject" and not late,
        maybe_sent=isinstance(error, ConnectorError) and "maybe_sent" in error.arguments,
    )
    source = _source(ctx, message)
    if isinstance(error, ConnectorError) and reaction != "reject" and source is not None:
        note_trouble(ctx, source, error)
    if outcome in {"dead", "uncertain"}:
        args = {
            "connector": message.connector,
            "key": message.key,
            "error": str(error)[:500],
        }
        ask_a_person(ctx, "outbox", message.key, code="RUN702", args=args)
    return outcome


def _source(ctx: Context, message: Message) -> Source | None:
    """The source a message leaves by, if there is one."""
    try:
        return source_for(ctx, message.connector)
    except ConfigError:
        return None


def run(wiring: Wiring, owner: str, stop: threading.Event) -> None:
    """Deliver until told to stop."""
    Courier(wiring, owner).run(stop)
