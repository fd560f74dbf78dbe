"""Back up while work goes on, prove that the copy can be restored, and restore it."""

from __future__ import annotations

import hashlib
import hmac
import json
import tempfile
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic
from runtime.clock import real_now
from runtime.errors import Invalid
from store import audit, copies, definitions, files, health
from store.copies import CopyError
from store.db import Database
from store.secrets import Keyring

if TYPE_CHECKING:
    from runtime.settings import Settings
    from store.unit import UnitOfWork

MANIFEST, COPY = "manifest.json", "database"
FORMAT = 1
FILES_OPENED = 10
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds; sealed with the key of the installation, which is not in it."""

    format: int
    made_at: int
    dialect: str
    sha256: str
    size: int
    key: str  # a name of the key, not the key
    revision: int
    audit_seq: int
    audit_hash: str
    rows: dict[str, int]


def back_up(settings: Settings, folder: Path) -> Manifest:
    """Copy the database into an empty folder and prove that it can be restored.

    The key file is not copied: keep it elsewhere, without it a backup is of no use.

    Raises:
        Invalid: the folder is not empty, the copy can not be made, or it proves to be bad.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Invalid(Diagnostic("RUN801", {"folder": str(folder)}))
    keyring = Keyring.open(settings.key_file)
    with closing(Database.open(settings.url)) as database, database.read() as uow:
        seen = _contents(uow)  # fixes the snapshot
        try:
            copies.copy_out(uow, settings.url, folder / COPY)
        except CopyError as error:
            raise Invalid(Diagnostic("RUN802", {"problem": str(error.args[0])})) from error
    manifest = Manifest(
        format=FORMAT,
        made_at=real_now(),
        dialect=database.dialect,
        sha256=_sha256(folder / COPY),
        size=(folder / COPY).stat().st_size,
        key=key_name(keyring),
        revision=seen.revision,
        audit_seq=seen.audit_seq,
        audit_hash=seen.audit_hash,
        rows=seen.rows,
    )
    text = json.dumps(asdict(manifest), indent=1, sort_keys=True)
    sealed = {"manifest": json.loads(text), "seal": _seal(keyring, text)}
    (folder / MANIFEST).write_text(json.dumps(sealed, indent=1) + "\n", encoding="utf-8")
    problems = verify(settings, folder)
    if problems:
        raise Invalid(*(Diagnostic("RUN803", {"problem": each}) for each in problems))
    return manifest


def verify(settings: Settings, folder: Path) -> list[str]:
    """Restore a backup into a scratch place and look at it; what is wrong with it.

    Raises:
        Invalid: it is no backup, or was made with another key.
    """
    keyring = Keyring.open(settings.key_file)
    manifest = read_manifest(keyring, folder)
    with (
        tempfile.TemporaryDirectory(prefix="plumbline-verify-", dir=folder) as scratch,
        copies.scratch_url(settings.url, Path(scratch)) as url,
    ):
        try:
            copies.put_back(url, folder / COPY)
        except CopyError as error:
            return [str(error.args[0])]
        with (
            closing(Database.open(url, audit_key=keyring.audit_key)) as database,
            database.read() as uow,
        ):
            return _problems(uow, manifest, keyring)


def restore(settings: Settings, folder: Path) -> Manifest:
    """Put a backup into an empty installation that has the key it was made with.

    Raises:
        Invalid: another key, a damaged copy, or a database that is not empty.
    """
    if not settings.key_file.exists():
        raise Invalid(Diagnostic("RUN804", {"place": str(settings.key_file)}))
    manifest = read_manifest(Keyring.open(settings.key_file), folder)
    try:
        copies.put_back(settings.url, folder / COPY)
    except CopyError as error:
        raise Invalid(Diagnostic("RUN802", {"problem": str(error.args[0])})) from error
    return manifest


def read_manifest(keyring: Keyring, folder: Path) -> Manifest:
    """What a backup says of itself, if that is true.

    Raises:
        Invalid: there is none, it was changed, or the key is another one.
    """
    try:
        stored = json.loads((folder / MANIFEST).read_text("utf-8"))
        manifest = Manifest(**stored["manifest"])
        text = json.dumps(stored["manifest"], indent=1, sort_keys=True)
        seal = str(stored["seal"])
    except (OSError, ValueError, KeyError, TypeError):
        raise Invalid(Diagnostic("RUN805", {"folder": str(folder)})) from None
    if manifest.key != key_name(keyring):
        raise Invalid(Diagnostic("RUN806"))
    copy = folder / COPY
    good = hmac.compare_digest(seal, _seal(keyring, text)) and manifest.format == FORMAT
    if not good or not copy.is_file() or _sha256(copy) != manifest.sha256:
        raise Invalid(Diagnostic("RUN805", {"folder": str(folder)}))
    return manifest


def key_name(keyring: Keyring) -> str:
    """A name by which the key of an installation is recognised; it tells nothing of the key."""
    return hmac.new(keyring.audit_key, b"plumbline backup key", "sha256").hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Contents:
    """What a snapshot holds, in short."""

    revision: int
    audit_seq: int
    audit_hash: str
    rows: dict[str, int]


def _contents(uow: UnitOfWork) -> _Contents:
    head, revision = audit.chain_head(uow), definitions.current_revision(uow)
    return _Contents(revision, head.seq, head.hash, copies.row_counts(uow))


def _problems(uow: UnitOfWork, manifest: Manifest, keyring: Keyring) -> list[str]:
    found = health.integrity(uow) + health.map_problems(uow) + health.orphans(uow)
    said = _Contents(manifest.revision, manifest.audit_seq, manifest.audit_hash, manifest.rows)
    if _contents(uow) != said:
        found.append("rows, revision or audit head are not what the manifest says")
    breaks = audit.verify(uow, keyring.audit_key)
    found += [f"audit chain: entry {each.seq} {each.problem}" for each in breaks[:5]]
    for file in files.some(uow, FILES_OPENED):
        try:
            files.content(uow, file)
        except ValueError as error:
            found.append(str(error))
    return found


def _seal(keyring: Keyring, text: str) -> str:
    return hmac.new(keyring.audit_key, b"manifest " + text.encode(), "sha256").hexdigest()


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
