"""Keys of the installation: secrets at rest are encrypted, the audit chain is sealed."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from store.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

_MODE = 0o600


class KeyFileError(StoreError):
    """The key file can be read by others, or is broken: (path, problem)."""

    code = "STO011"


class UnreadableSecretError(StoreError):
    """A secret that was encrypted under a key this installation does not have."""

    code = "STO012"


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys, newest first; old ones still decrypt."""

    keys: tuple[str, ...]
    audit_key: bytes

    @classmethod
    def open(cls, path: Path) -> Keyring:
        """Read the key file; make it when the installation starts for the first time."""
        try:
            _create(path, cls((_new_key(),), secrets.token_bytes(32)))
        except FileExistsError:
            if path.stat().st_mode & 0o077:
                raise KeyFileError(str(path), "must be readable by its owner only (0600)") from None
        return _read(path)

    def encrypt(self, clear: str) -> str:
        """A text for the database."""
        return self._fernet.encrypt(clear.encode()).decode("ascii")

    def decrypt(self, token: str) -> str:
        """The clear text."""
        try:
            return self._fernet.decrypt(token.encode("ascii")).decode()
        except (InvalidToken, UnicodeError):
            raise UnreadableSecretError from None

    def rotated(self, path: Path) -> Keyring:
        """A ring with a new first key, written to the file."""
        ring = Keyring((_new_key(), *self.keys), self.audit_key)
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        _create(fresh, ring)
        fresh.replace(path)
        return ring

    def __repr__(self) -> str:
        """Never the keys."""
        return f"Keyring({len(self.keys)} keys)"

    @property
    def _fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self.keys])


def _new_key() -> str:
    return Fernet.generate_key().decode("ascii")


def _create(path: Path, ring: Keyring) -> None:
    text = json.dumps({"secrets": list(ring.keys), "audit": ring.audit_key.hex()})
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _MODE)
    try:
        os.write(file, text.encode("ascii"))
        os.fsync(file)
    finally:
        os.close(file)


def _read(path: Path) -> Keyring:
    try:
        content = json.loads(path.read_text("ascii"))
        return Keyring(tuple(content["secrets"]), bytes.fromhex(content["audit"]))
    except (ValueError, KeyError, TypeError):
        raise KeyFileError(str(path), "is not a key file") from None
