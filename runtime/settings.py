"""What the operator decides: where data lives, which database, which address."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_BASE_URL = "http://127.0.0.1:8080"
SAMPLE_DAYS = 400  # a year, and the month before it to compare with
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """An outside provider at which people may sign in."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    label: str = "OpenID Connect"
    claim: str = "preferred_username"  # what names the account at the first sign-in


class SettingsError(Exception):
    """The operator's settings can not be right; nothing starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of one installation; read once at start."""

    data_dir: Path
    database_url: str = ""  # empty: SQLite in the data folder
    base_url: str = DEFAULT_BASE_URL  # links in mails; never taken from a request
    packs_dir: Path | None = None  # packs offered for installation
    zone: str = "Asia/Shanghai"
    exclusive: bool = False  # a server or worker: refuses a second one on SQLite
    sample_days: int = SAMPLE_DAYS  # raw sensor samples are kept so long; aggregates stay
    admin_codes: bool = False  # administrators must have one-time codes
    oidc: OidcSettings | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Settings from PLUMBLINE_* variables."""
        data = Path(environ.get("PLUMBLINE_DATA", "plumbline-data")).absolute()
        packs = environ.get("PLUMBLINE_PACKS")
        base_url = checked_base_url(environ.get("PLUMBLINE_BASE_URL", DEFAULT_BASE_URL))
        return cls(
            data_dir=data,
            database_url=environ.get("PLUMBLINE_DATABASE", ""),
            base_url=base_url,
            packs_dir=Path(packs) if packs else None,
            zone=environ.get("PLUMBLINE_ZONE", "Asia/Shanghai"),
            sample_days=_days(environ, "PLUMBLINE_SAMPLE_DAYS", SAMPLE_DAYS),
            admin_codes=environ.get("PLUMBLINE_ADMIN_CODES", "optional") == "required",
            oidc=_oidc(environ),
        )

    @property
    def origins(self) -> frozenset[str]:
        """Where our own pages come from: the address set up, never the one a request names."""
        parts = urlsplit(self.base_url)
        own = f"{parts.scheme}://{parts.netloc}"
        if parts.hostname not in LOOPBACK:
            return frozenset({own})
        port = "" if parts.port is None else f":{parts.port}"
        return frozenset(
            f"{parts.scheme}://{host}{port}" for host in ("127.0.0.1", "localhost", "[::1]")
        )

    @property
    def url(self) -> str:
        """The database address in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'plumbline.db'}"

    @property
    def key_file(self) -> Path:
        """Where the keys for secrets and the audit chain are kept."""
        return self.data_dir / "keys"


def checked_base_url(text: str) -> str:
    """The address of the installation, without a slash at the end.

    Raises:
        SettingsError: it is not an address of a site.
    """
    parts = urlsplit(text.strip())
    bare = not (parts.query or parts.fragment or "@" in parts.netloc or parts.path.strip("/"))
    if parts.scheme not in {"http", "https"} or not parts.hostname or not bare:
        message = f"PLUMBLINE_BASE_URL must be http(s)://host[:port] and nothing more: {text!r}"
        raise SettingsError(message)
    return f"{parts.scheme}://{parts.netloc}"


def _days(environ: Mapping[str, str], name: str, usual: int) -> int:
    text = environ.get(name, str(usual)).strip()
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        message = f"{name} must be a number of days, 1 or more: {text!r}"
        raise SettingsError(message)
    return int(text)


def _oidc(environ: Mapping[str, str]) -> OidcSettings | None:
    issuer = environ.get("PLUMBLINE_OIDC_ISSUER", "").rstrip("/")
    if not issuer:
        return None
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        message = "PLUMBLINE_OIDC_ISSUER must be an https address"
        raise SettingsError(message)
    missing = [
        name for name in ("CLIENT_ID", "CLIENT_SECRET") if not environ.get(f"PLUMBLINE_OIDC_{name}")
    ]
    if missing:
        raise SettingsError(" and ".join(f"PLUMBLINE_OIDC_{name}" for name in missing) + " missing")
    return OidcSettings(
        issuer=issuer,
        client_id=environ["PLUMBLINE_OIDC_CLIENT_ID"],
        client_secret=environ["PLUMBLINE_OIDC_CLIENT_SECRET"],
        label=environ.get("PLUMBLINE_OIDC_LABEL", "OpenID Connect"),
        claim=environ.get("PLUMBLINE_OIDC_CLAIM", "preferred_username"),
    )
