"""What the operator decides: where data lives, which database, which address."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_BASE_URL = "http://127.0.0.1:8080"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of one installation; read once at start."""

    data_dir: Path
    database_url: str = ""  # empty: SQLite in the data folder
    base_url: str = DEFAULT_BASE_URL  # links in mails; never taken from a request
    packs_dir: Path | None = None  # packs offered for installation
    zone: str = "Asia/Shanghai"
    exclusive: bool = False  # a server or worker: refuses a second one on SQLite

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Settings from PLUMBLINE_* variables."""
        data = Path(environ.get("PLUMBLINE_DATA", "plumbline-data")).absolute()
        packs = environ.get("PLUMBLINE_PACKS")
        return cls(
            data_dir=data,
            database_url=environ.get("PLUMBLINE_DATABASE", ""),
            base_url=environ.get("PLUMBLINE_BASE_URL", DEFAULT_BASE_URL).rstrip("/"),
            packs_dir=Path(packs) if packs else None,
            zone=environ.get("PLUMBLINE_ZONE", "Asia/Shanghai"),
        )

    @property
    def url(self) -> str:
        """The database address in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'plumbline.db'}"

    @property
    def key_file(self) -> Path:
        """Where the keys for secrets and the audit chain are kept."""
        return self.data_dir / "keys"
