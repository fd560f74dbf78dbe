"""Deliver messages to the outside world: lease, commit, call, fenced completion."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from connectors.errors import ConfigError, ConnectorError
from runtime.clock import SECOND, real_now
from runtime.context import SYSTEM_ACTOR
from runtime.letters import letter_of, write
from runtime.notify import RenderError
from runtime.outside import act, source_for
from runtime.source_states import NEEDS_PERSON, note_recovery, note_trouble
from store import incidents, outbox
from store.crash import crash_at

if TYPE_CHECKING:
    from builder.model.others import Source
    from runtime.context import Context
    from runtime.wiring import Wiring
    from store.outbox import Message

log = logging.getLogger(__name__)
LEASE_US = 90 * SECOND
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

    def __init__(self, wiring: Wiring, owner: str) -> None:
        self._wiring, self._owner = wiring, owner

    def run_once(self) -> bool:
        """Deliver one message; False when none is due."""
        wiring = self._wiring
        with wiring.reading(SYSTEM_ACTOR) as ctx:
            if not outbox.any_due(ctx.uow, real_now=real_now()):
                return False
        with wiring.writing(SYSTEM_ACTOR) as ctx:
            message = outbox.claim(
                ctx.uow, owner=self._owner, real_now=real_now(), lease_us=LEASE_US
            )
        if message is None:
            return False
        crash_at("after_claim")
        try:
            with Heartbeat(wiring, message):
                response = self._call(message)
        except (ConnectorError, RenderError) as error:
            record_failure(wiring, message, error)
            return True
        crash_at("after_send")
        with wiring.writing(SYSTEM_ACTOR) as ctx:
            if not outbox.sent(ctx.uow, message, response=response, at=ctx.now):
                log.warning("message %s was completed by another worker", message.key)
            source = _source(ctx, message)
            if source is not None:
                note_recovery(ctx, source)
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

    def _call(self, message: Message) -> dict[str, Any]:
        with self._wiring.reading(SYSTEM_ACTOR) as ctx:
            base_url = self._wiring.settings.base_url
            letter = letter_of(ctx.catalog, message.payload, base_url=base_url)
        payload = write(letter, self._wiring.renderer)
        return act(self._wiring, message.connector, message.operation, payload, key=message.key)


def record_failure(wiring: Wiring, message: Message, error: Exception) -> None:
    """Put the message off; one that is given up opens an incident.

    When it is the connection that fails, that is said once, not for every message.
    """
    reaction = error.reaction if isinstance(error, ConnectorError) else "reject"
    with wiring.writing(SYSTEM_ACTOR) as ctx:
        outcome = outbox.failed(
            ctx.uow,
            message,
            error=str(error)[:2000],
            real_now=real_now(),
            final=reaction == "reject" or reaction in NEEDS_PERSON,
            maybe_sent=isinstance(error, ConnectorError) and "maybe_sent" in error.arguments,
        )
        source = _source(ctx, message)
        if isinstance(error, ConnectorError) and reaction != "reject" and source is not None:
            note_trouble(ctx, source, error)
        if outcome in {"dead", "uncertain"}:
            incidents.open_incident(
                ctx.uow,
                uid=ctx.new_uid(),
                kind="outbox",
                key=f"outbox:{message.key}",
                code="RUN702",
                args={
                    "connector": message.connector,
                    "key": message.key,
                    "error": str(error)[:500],
                },
                at=ctx.now,
            )
    level = logging.WARNING if outcome in {"dead", "uncertain"} else logging.INFO
    log.log(level, "message %s could not be delivered (%s): %s", message.key, outcome, error)


def _source(ctx: Context, message: Message) -> Source | None:
    """The source a message leaves by, if there is one."""
    try:
        return source_for(ctx, message.connector)
    except ConfigError:
        return None


def run(wiring: Wiring, owner: str, stop: threading.Event) -> None:
    """Deliver until told to stop."""
    Courier(wiring, owner).run(stop)
