"""The SMTP connector against a real SMTP server."""

from __future__ import annotations

import asyncio
import email
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.policy import default
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.smtp import SMTP

from connectors.errors import ConfigError, ConnectorError, RowError, TransientError
from connectors.smtp.connector import SmtpConnector
from tests.connectors.servers import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.base import ConnectorContext

MAIL = SmtpConnector()
PAYLOAD: dict[str, Any] = {"to": ["li@factory.test"], "subject": "预警", "text": "目标落后"}


@dataclass
class Sink:
    port: int = 0
    mails: list[Any] = field(default_factory=list)
    refuse: str | None = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, ARG002
        if self.refuse:
            return self.refuse
        self.mails.append((envelope, email.message_from_bytes(envelope.content, policy=default)))
        return "250 kept"


@contextmanager
def post_office() -> Iterator[Sink]:
    sink = Sink()
    ready = threading.Event()
    loop = asyncio.new_event_loop()

    async def start() -> asyncio.Server:
        return await loop.create_server(lambda: SMTP(sink, enable_SMTPUTF8=False), "127.0.0.1", 0)

    server = loop.run_until_complete(start())
    sink.port = server.sockets[0].getsockname()[1]

    def run() -> None:
        loop.call_soon(ready.set)
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait()
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        for task in asyncio.all_tasks(loop):
            task.cancel()
            loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        loop.close()


def context(port: int, **more: Any) -> ConnectorContext:
    config = {"host": "127.0.0.1", "port": port, "security": "none",
              "sender": "plumbline@factory.test", "sender_name": "准绳", **more}  # fmt: skip
    return World().context(config, ports=(port,))


def test_a_mail_arrives_with_the_message_id_of_its_key() -> None:
    with post_office() as sink:
        result = MAIL.act(context(sink.port), "send_mail", PAYLOAD, key="alert:7:li")
        MAIL.act(context(sink.port), "send_mail", PAYLOAD, key="alert:7:li")
        (envelope, mail), (_, again) = sink.mails
    assert envelope.rcpt_tos == ["li@factory.test"]
    assert mail["subject"] == "预警"
    assert mail.get_content().strip() == "目标落后"
    assert mail["from"].addresses[0].display_name == "准绳"
    assert mail["message-id"] == again["message-id"]
    assert mail["message-id"] in result.response


def test_a_given_message_id_is_kept_and_html_is_an_alternative() -> None:
    with post_office() as sink:
        payload = {**PAYLOAD, "message_id": "<e1.r2@factory.test>", "html": "<p>目标</p>"}
        MAIL.act(context(sink.port), "send_mail", payload, key="k")
        ((_, mail),) = sink.mails
    assert mail["message-id"] == "<e1.r2@factory.test>"
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip


def test_no_value_becomes_a_header_or_a_second_receiver() -> None:
    evil = {
        **PAYLOAD,
        "subject": "a\r\nBcc: eve@evil.test\r\n\r\nhello",
        "text": "x\r\n.\r\nMAIL FROM:<e@e>",
    }
    with post_office() as sink:
        MAIL.act(context(sink.port), "send_mail", evil, key="k")
        ((envelope, mail),) = sink.mails
    assert envelope.rcpt_tos == ["li@factory.test"]
    assert mail["bcc"] is None
    assert "Bcc: eve" in mail["subject"]
    assert "MAIL FROM" in mail.get_content()


@pytest.mark.parametrize(
    "address", ["a@b\r\nRCPT TO:<e@e>", "a b@c", "nobody", "", "<a@b>", "a@b,c@d", "李@b.c"]
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(RowError) as refused:
        MAIL.act(context(1), "send_mail", {**PAYLOAD, "to": [address]}, key="k")
    assert refused.value.code == "CON132"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [("451 later", TransientError), ("554 no", RowError), ("552 full", RowError)],
)
def test_a_refusal_has_its_class(reply: str, kind: type[ConnectorError]) -> None:
    with post_office() as sink:
        sink.refuse = reply
        with pytest.raises(kind):
            MAIL.act(context(sink.port), "send_mail", PAYLOAD, key="k")


def test_a_server_that_hangs_up_after_the_text_may_have_sent_it() -> None:
    def serve(server: socket.socket) -> None:
        client, _ = server.accept()
        with client, client.makefile("rb") as lines:
            client.sendall(b"220 hi\r\n")
            in_text = False
            for line in lines:
                if line.upper().startswith(b"DATA"):
                    in_text = True
                    client.sendall(b"354 go\r\n")
                elif line == b".\r\n":
                    return
                elif not in_text:
                    client.sendall(b"250 ok\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        with pytest.raises(TransientError) as failed:
            MAIL.act(context(server.getsockname()[1]), "send_mail", PAYLOAD, key="k")
        thread.join()
    assert failed.value.arguments["maybe_sent"] == "yes"


def test_a_server_that_says_nothing_meets_the_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        started = time.monotonic()
        with pytest.raises(TransientError):
            MAIL.act(context(server.getsockname()[1], total_s=0.3), "send_mail", PAYLOAD, key="k")
        assert time.monotonic() - started < 2


def test_a_password_is_not_sent_in_the_clear() -> None:
    with pytest.raises(ConfigError):
        MAIL.act(context(1, user="u", password="${secret.p}"), "send_mail", PAYLOAD, key="k")


def test_the_test_names_the_step() -> None:
    with post_office() as sink:
        assert MAIL.test(context(sink.port)).state == "ok"
        port = sink.port
    failed = MAIL.test(context(port)).failed
    assert failed is not None
    assert failed.name == "tcp"
    refused = MAIL.test(
        World().context(
            {"host": "10.9.9.9", "port": 25, "security": "none", "sender": "a@b"}, ports=()
        )
    ).failed
    assert refused is not None
    assert refused.name == "egress"
