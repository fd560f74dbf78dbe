"""The SMTP connector: one act, `send_mail`, with one class of error per kind of refusal."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import jsonschema

from connectors.base import ActResult, Connector, ConnectorContext, Health, Row, Step
from connectors.errors import (
    AuthError,
    ConfigError,
    ConnectorError,
    RowError,
    TransientError,
)
from connectors.manifests import check_config, load_manifest
from connectors.smtp.message import Mail, build
from connectors.substitution import fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PERMANENT = 500


class _Session(smtplib.SMTP):
    """An SMTP conversation over a checked connection."""

    def __init__(self, ctx: ConnectorContext, config: Mapping[str, Any]) -> None:
        self._ctx, self._config = ctx, config
        super().__init__(timeout=float(config.get("timeout_s", 20)))
        self._host = str(config["host"])  # what starttls checks the certificate against

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        sock = self._ctx.egress.open_tcp(host, port, timeout_s=timeout)
        if self._config["security"] == "tls":
            return ssl.create_default_context().wrap_socket(sock, server_hostname=host)
        return sock

    def cut(self) -> None:
        """Break the conversation from another thread: its total time is over."""
        with suppress(OSError):
            if self.sock is not None:
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class SmtpConnector(Connector):
    """Mails out."""

    MANIFEST: ClassVar[Mapping[str, Any]] = load_manifest(Path(__file__).parent)

    def test(self, ctx: ConnectorContext) -> Health:
        """Connect, encrypt and log in; nothing is sent."""
        try:
            config = self._config(ctx)
            with _session(ctx, config) as session:
                session.noop()
        except ConnectorError as error:
            return Health((Step(_place(error), "fail", error.code, error.arguments),))
        return Health((Step("connect", "ok"), Step("auth", "ok")))

    def act(self, ctx: ConnectorContext, operation: str, payload: Row, *, key: str) -> ActResult:
        """Send one mail. A failure after the text went out says `maybe_sent`."""
        if operation != "send_mail":
            raise ConfigError("CON126", name="smtp", capability=operation)
        config = self._config(ctx)
        problem = next(_payload_problems(self.MANIFEST, payload), None)
        if problem is not None:
            raise RowError("CON133", reason=problem)
        mail = build(config, payload, key=key, now=ctx.now())
        with _session(ctx, config) as session:
            return _send(session, mail, host=str(config["host"]))

    def _config(self, ctx: ConnectorContext) -> Mapping[str, Any]:
        check_config(ctx.config, self.MANIFEST)
        port = str(ctx.config["port"])
        if not port.isdigit():
            raise ConfigError("CON121", pointer="/port", reason="not a number")
        config = {**ctx.config, "port": int(port)}
        if "user" in config and config["security"] == "none":
            # a password in the clear is a password given away
            raise ConfigError("CON121", pointer="/security", reason="a log-in needs tls")
        return config


@contextmanager
def _session(ctx: ConnectorContext, config: Mapping[str, Any]) -> Iterator[_Session]:
    host, port = str(config["host"]), int(config["port"])
    session = _Session(ctx, config)
    cutter = threading.Timer(float(config.get("total_s", 60)), session.cut)
    cutter.daemon = True
    cutter.start()
    try:
        with _translated(host):
            session.connect(host, port)
            session.ehlo_or_helo_if_needed()
            if config["security"] == "starttls":
                session.starttls(context=ssl.create_default_context())
            if "user" in config:
                session.login(config["user"], _password(ctx, config))
        yield session
        with suppress(smtplib.SMTPException, OSError):
            session.quit()
    finally:
        cutter.cancel()
        session.close()


def _send(session: _Session, mail: Mail, *, host: str) -> ActResult:
    with _translated(host):
        _expect(session.mail(mail.sender), ConfigError)
        for address in mail.to:
            _expect(session.rcpt(address), RowError)
    with _translated(host, maybe_sent=True):
        code, response = session.data(mail.message.as_bytes())
    _expect((code, response), RowError)
    return ActResult(f"{code} {response.decode('utf-8', 'replace')[:200]} {mail.message_id}")


def _expect(reply: tuple[int, bytes], refusal: type[ConnectorError]) -> None:
    code = reply[0]
    if code in {250, 251}:
        return
    if code >= PERMANENT:
        raise refusal("CON131", status=str(code))
    raise TransientError("CON130", status=str(code))


@contextmanager
def _translated(host: str, *, maybe_sent: bool = False) -> Iterator[None]:
    extra = {"maybe_sent": "yes"} if maybe_sent else {}
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise AuthError("CON113", status=str(error.smtp_code)) from None
    except smtplib.SMTPResponseException as error:
        if error.smtp_code >= PERMANENT:
            raise ConfigError("CON131", status=str(error.smtp_code)) from None
        raise TransientError("CON130", status=str(error.smtp_code)) from None
    except smtplib.SMTPNotSupportedError:
        raise ConfigError("CON121", pointer="/security", reason="not offered") from None
    except ssl.SSLError:
        raise ConfigError("CON105", host=host) from None
    except (smtplib.SMTPException, OSError):
        raise TransientError("CON109", host=host, **extra) from None


def _password(ctx: ConnectorContext, config: Mapping[str, Any]) -> str:
    origin = f"smtp://{config['host']}:{config['port']}"

    def lookup(kind: str, name: str) -> str | None:
        return ctx.secret(name, origin) if kind == "secret" else None

    return str(fill(config.get("password", ""), lookup))


def _payload_problems(manifest: Mapping[str, Any], payload: Row) -> Iterator[str]:
    validator = jsonschema.Draft202012Validator(manifest["operations"]["send_mail"])
    for problem in validator.iter_errors(dict(payload)):
        yield f"/{'/'.join(map(str, problem.absolute_path))} {problem.validator}"


def _place(error: ConnectorError) -> str:
    if isinstance(error, AuthError):
        return "auth"
    return {"CON101": "dns", "CON102": "egress", "CON103": "egress", "CON104": "tcp"}.get(
        error.code, "connect"
    )
