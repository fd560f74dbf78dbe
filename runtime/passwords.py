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
JUDGED = 72  # characters; its cost grows faster than the length
AT_ONCE = 2  # a hash takes 19 MiB and a core; more at once would be a way to stop the server
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
_TURNS = BoundedSemaphore(AT_ONCE)
GUESSABLE = 1  # zxcvbn's score of what a patient guesser finds: below ten million tries
# What people here build passwords of and the library's English lists do not know.
_LOCAL = (
    "woaini",
    "5201314",
    "1314520",
    "mima",
    "zhunsheng",
    "plumbline",
    "changeme",
    "guanliyuan",
)


def weakness(password: str, login: str) -> Diagnostic | None:
    """Why a password is not accepted, or None."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        return Diagnostic("RUN303", {"length": str(MIN_LENGTH)}, pointer="/password")
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its word lists load only when a password is set

    found = zxcvbn(password[:JUDGED], user_inputs=[login, *_LOCAL])
    if found["score"] <= GUESSABLE:
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
