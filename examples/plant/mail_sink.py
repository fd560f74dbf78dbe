"""An SMTP server that keeps every mail it is given."""

from __future__ import annotations

import email
import email.policy
import json
import threading
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

from examples.plant.times import iso, real_now

if TYPE_CHECKING:
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from examples.plant.switches import Switches
    from examples.plant.times import PlantClock

_WATCH_S = 0.2


class _Controller(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # port 0 has become a real one
        super()._trigger_server()


class MailSink:
    """Takes mails on a port; the switches can stop it."""

    def __init__(
        self, clock: PlantClock, *, switches: Switches, state_dir: Path, host: str, port: int
    ) -> None:
        self._clock, self._switches = clock, switches
        self._host, self.port = host, port
        self._file = state_dir / "mails.jsonl"
        self._lock = threading.Lock()
        self._mails: list[dict[str, Any]] = []
        if self._file.exists():
            self._mails = [json.loads(line) for line in self._file.read_text("utf-8").splitlines()]
        self._controller: Controller | None = None
        self._closing = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="smtp-switch", daemon=True)

    def start(self) -> None:
        """Listen; the port is known afterwards."""
        self._listen()
        self._watcher.start()

    def stop(self) -> None:
        """Close the port."""
        self._closing.set()
        self._watcher.join()
        self._close()

    def mails(self) -> list[dict[str, Any]]:
        """All mails, oldest first; `copy` counts earlier ones with the same id and receiver."""
        with self._lock:
            kept = list(self._mails)
        seen: dict[tuple[str, str], int] = {}
        for number, mail in enumerate(kept):
            name = (mail["message_id"], ",".join(mail["to"]))
            seen[name] = seen.get(name, -1) + 1
            kept[number] = {**mail, "copy": seen[name]}
        return kept

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        """Keep one mail."""
        if self._switches.is_on("smtp_refuse"):
            return "451 4.3.0 try again later"
        self._keep(envelope)
        if self._switches.is_on("smtp_drop_after_data") and server.transport is not None:
            server.transport.abort()  # the sender can not know that the mail was kept
        return "250 2.0.0 kept"

    def _keep(self, envelope: Envelope) -> None:
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        message = email.message_from_bytes(raw, policy=email.policy.default)
        body = message.get_body(("plain", "html"))
        mail = {
            "message_id": str(message.get("Message-ID", "")).strip(),
            "from": str(message.get("From", envelope.mail_from)), "to": list(envelope.rcpt_tos),
            "subject": str(message.get("Subject", "")),
            "body": body.get_content() if body is not None else "",
            "received": iso(self._clock.now()), "received_real_us": real_now(),
        }  # fmt: skip
        with self._lock:
            self._mails.append(mail)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(mail, ensure_ascii=False) + "\n")

    def _listen(self) -> None:
        self._controller = _Controller(
            self, hostname=self._host, port=self.port, server_hostname="plant.example"
        )
        self._controller.start()
        self.port = self._controller.port

    def _close(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def _watch(self) -> None:
        while not self._closing.wait(_WATCH_S):
            is_down = self._switches.is_on("smtp_down")
            if is_down and self._controller is not None:
                self._close()
            elif not is_down and self._controller is None:
                self._listen()
