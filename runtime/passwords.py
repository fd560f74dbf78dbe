"""Hash and check passwords with argon2id, never more than two at a time."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from dsl.diagnostics import Diagnostic

MIN_LENGTH = 10
MAX_LENGTH = 256  # longer input would only cost hashing time
AT_ONCE = 2  # a hash takes 19 MiB and a core; more at once would be a way to stop the server
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
_TURNS = BoundedSemaphore(AT_ONCE)
# Long enough to pass the length test and still among the first that anyone tries.
_COMMON = frozenset(
    {
        "1234567890",
        "12345678910",
        "0123456789",
        "0987654321",
        "1111111111",
        "1q2w3e4r5t",
        "qwertyuiop",
        "asdfghjkl1",
        "password12",
        "password123",
        "password1234",
        "passw0rd123",
        "admin12345",
        "admin123456",
        "administrator",
        "letmein123",
        "iloveyou12",
        "welcome123",
        "qwerty12345",
        "qwerty123456",
        "a123456789",
        "woaini1314",
        "woaini520520",
        "5201314520",
        "1314520520",
        "aa123456789",
        "abc123456789",
        "q123456789",
        "plumbline123",
        "changeme123",
        "zhunsheng123",
        "mima123456",
        "123456789a",
        "123456789q",
        "987654321a",
    }
)


def weakness(password: str, login: str) -> Diagnostic | None:
    """Why a password is not accepted, or None."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        return Diagnostic("RUN303", {"length": str(MIN_LENGTH)}, pointer="/password")
    lowered = password.lower()
    if lowered in _COMMON or len(set(lowered)) <= 2 or lowered == login.lower():  # noqa: PLR2004 -- aaaa, abab
        return Diagnostic("RUN304", pointer="/password")
    return None


def hash_password(password: str) -> str:
    """The hash to store."""
    with _TURNS:
        return _HASHER.hash(password)


def is_right(password: str, stored: str | None) -> bool:
    """Whether the password fits; takes as long when there is no account."""
    with _TURNS:
        try:
            return _HASHER.verify(stored or _nobody(), password[:MAX_LENGTH]) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def new_token() -> str:
    """An unguessable token; only its hash is stored."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(16))
