"""Build one mail that no value can turn into another mail."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING, Any

from connectors.errors import ConfigError, RowError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+-]{1,200}@[A-Za-z0-9.-]{1,100}>")
LONGEST_SUBJECT = 400
CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Mail:
    """A finished mail and whom it goes to."""

    message: EmailMessage
    sender: str
    to: tuple[str, ...]
    message_id: str


def build(config: Mapping[str, Any], payload: Mapping[str, Any], *, key: str, now: int) -> Mail:
    """The mail for one payload; the same key always gives the same Message-ID."""
    sender = str(config["sender"])
    if not ADDRESS.fullmatch(sender):
        raise ConfigError("CON132", address=sender[:80])
    to = _addresses(payload["to"])
    message_id = str(payload.get("message_id") or message_id_of(key, sender))
    if not MESSAGE_ID.fullmatch(message_id):
        raise RowError("CON133", reason="Message-ID")
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = message_id
    message["Date"] = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=now)
    message["From"] = Address(one_line(str(config.get("sender_name", ""))), addr_spec=sender)
    message["To"] = [Address(addr_spec=address) for address in to]
    if "reply_to" in payload:
        message["Reply-To"] = [Address(addr_spec=a) for a in _addresses([payload["reply_to"]])]
    message["Subject"] = one_line(str(payload["subject"]))[:LONGEST_SUBJECT]
    message["Auto-Submitted"] = "auto-generated"
    if "language" in payload:
        message["Content-Language"] = one_line(str(payload["language"]))
    message.set_content(str(payload["text"]), charset="utf-8")
    if "html" in payload:
        message.add_alternative(str(payload["html"]), subtype="html", charset="utf-8")
    return Mail(message, sender, to, message_id)


def message_id_of(key: str, sender: str) -> str:
    """A Message-ID made of the idempotency key, so that a second copy can be recognised."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:40]
    return f"<{digest}@{sender.rpartition('@')[2]}>"


def one_line(text: str) -> str:
    """A text fit for a header: control characters, so line breaks too, become spaces."""
    return CONTROL.sub(" ", text).strip()


def _addresses(given: Sequence[Any]) -> tuple[str, ...]:
    addresses = tuple(str(address).strip() for address in given)
    for address in addresses:
        if not ADDRESS.fullmatch(address):
            raise RowError("CON132", address=address[:80])
    return addresses
