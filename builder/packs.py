"""Packs: a folder or zip of JSON files in memory, to definitions and back."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from builder.codec import AnyDefinition, decode_text, dumps, encode, kind_of
from builder.codec.names import BUILT_IN_CALENDARS, BUILT_IN_ENTITIES
from builder.json_text import Json, parse_json
from builder.model.others import Pack
from builder.schemas import FOLDERS
from dsl.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from builder.model.common import Kind

MAX_FILES = 500
MAX_BYTES = 20 * 1024 * 1024
MAX_PATH = 200
MAX_DEPTH = 4
IMAGES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif"})
KIND_OF_FOLDER: Mapping[str, Kind] = {folder: kind for kind, folder in FOLDERS.items()}
EXTRA_FOLDERS = frozenset({"samples", "tests", "images"})
ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same pack gives the same bytes at any time

Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class LoadedPack:
    """A pack that could be read. `samples`: entity key -> records; `tests`: file -> cases."""

    pack: Pack
    definitions: tuple[AnyDefinition, ...]
    samples: Mapping[str, tuple[Mapping[str, Json], ...]] = field(default_factory=dict)
    tests: Mapping[str, tuple[Mapping[str, Json], ...]] = field(default_factory=dict)
    images: Mapping[str, bytes] = field(default_factory=dict)
    readme: str = ""


# --- files --------------------------------------------------------------------------------
def path_problem(path: str) -> Diagnostic | None:
    """Why a path may not be in a pack."""
    parts = path.split("/")
    hostile = (
        not path.isprintable()
        or len(path) > MAX_PATH
        or len(parts) > MAX_DEPTH
        or any(sign in path for sign in '\\:*?"<>|')
        or any(part in {"", ".", ".."} or part.endswith((".", " ")) for part in parts)
    )
    if hostile:
        return Diagnostic("BLD302", {"path": ascii(path[:MAX_PATH])}, file=ascii(path[:MAX_PATH]))
    suffix = PurePosixPath(path).suffix.lower()
    if suffix == ".json" or suffix in IMAGES or parts[-1].startswith("README"):
        return None
    return Diagnostic("BLD303", file=path)


def _too_large() -> Diagnostic:
    return Diagnostic("BLD304", {"limit": f"{MAX_FILES} files, {MAX_BYTES // 1024 // 1024} MiB"})


def read_folder(path: Path) -> Files | list[Diagnostic]:
    """The files of a pack folder; hidden files and links are left out."""
    if not path.is_dir():
        return [Diagnostic("BLD310", {"path": str(path)})]
    files: Files = {}
    problems: list[Diagnostic] = []
    size = 0
    for item in sorted(path.rglob("*")):
        name = item.relative_to(path).as_posix()
        if item.is_symlink() or not item.is_file() or any(p[0] in "._" for p in name.split("/")):
            continue
        size += item.stat().st_size
        if len(files) >= MAX_FILES or size > MAX_BYTES:
            return [_too_large()]
        problem = path_problem(name)
        if problem is None:
            files[name] = item.read_bytes()
        else:
            problems.append(problem)
    return problems or files


def read_zip(data: bytes) -> Files | list[Diagnostic]:
    """The files of a zip, never touching the disk; nothing is trusted."""
    if len(data) > MAX_BYTES:
        return [_too_large()]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _members(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        return [Diagnostic("BLD305", {"reason": f"it is damaged: {error}"[:200]})]
    except (EOFError, zlib.error) as error:
        return [Diagnostic("BLD305", {"reason": f"it is damaged: {error}"[:200]})]


def _members(archive: zipfile.ZipFile) -> Files | list[Diagnostic]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(archive.infolist()) > 2 * MAX_FILES or len(infos) > MAX_FILES:
        return [_too_large()]
    problems = [p for info in infos if (p := _member_problem(info)) is not None]
    names = [info.filename.casefold() for info in infos]
    if len(set(names)) != len(names):
        problems.append(Diagnostic("BLD305", {"reason": "two files have the same name"}))
    if problems:
        return problems
    files: Files = {}
    left = MAX_BYTES
    for info in infos:
        with archive.open(info) as member:
            content = member.read(left + 1)
        left -= len(content)
        if left < 0:
            return [_too_large()]
        files[info.filename] = content
    return _without_top_folder(files)


def _member_problem(info: zipfile.ZipInfo) -> Diagnostic | None:
    unix_kind = info.external_attr >> 28
    if unix_kind not in {0, 8} or info.flag_bits & 1:  # only plain, unencrypted files
        return Diagnostic("BLD302", {"path": ascii(info.filename[:MAX_PATH])})
    return path_problem(info.filename)


def _without_top_folder(files: Files) -> Files:
    """A zip of the folder is as good as a zip of its content."""
    if "pack.json" in files:
        return files
    tops = {name.split("/", 1)[0] for name in files}
    if len(tops) == 1 and (top := tops.pop()) + "/pack.json" in files:
        return {name[len(top) + 1 :]: content for name, content in files.items()}
    return files


def to_zip(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[name])
    return buffer.getvalue()


# --- definitions --------------------------------------------------------------------------
def load(files: Mapping[str, bytes]) -> LoadedPack | list[Diagnostic]:
    """The pack of these files, or everything that is wrong with their shape."""
    if "pack.json" not in files:
        return [Diagnostic("BLD301", file="pack.json")]
    head = decode_text("pack", files["pack.json"], pack="", file="pack.json")
    if not isinstance(head, Pack):
        return head if isinstance(head, list) else []
    loader = _Loader(head, files)
    loader.read()
    if loader.problems:
        return loader.problems
    return LoadedPack(
        pack=head,
        definitions=(head, *loader.definitions),
        samples=loader.samples,
        tests=loader.tests,
        images=loader.images,
        readme=loader.readme,
    )


def _shadowed(name: str) -> str | None:
    """The built-in name a file gives the pack a thing of its own for; a role `office` is none."""
    path = PurePosixPath(name)
    built_in = {"entities": BUILT_IN_ENTITIES, "calendars": BUILT_IN_CALENDARS}
    return path.stem if path.stem in built_in.get(path.parts[0], ()) else None


class _Loader:
    """Goes through the files of one pack in order of their names."""

    def __init__(self, pack: Pack, files: Mapping[str, bytes]) -> None:
        self._pack = pack
        self._files = files
        self.definitions: list[AnyDefinition] = []
        self.samples: dict[str, tuple[Mapping[str, Json], ...]] = {}
        self.tests: dict[str, tuple[Mapping[str, Json], ...]] = {}
        self.images: dict[str, bytes] = {}
        self.readme = ""
        self.problems: list[Diagnostic] = []

    def read(self) -> None:
        """Sort every file into its place."""
        own = frozenset(filter(None, map(_shadowed, self._files)))
        for name in sorted(self._files):
            path = PurePosixPath(name)
            if name == "pack.json":
                continue
            if path.suffix.lower() in IMAGES:
                self.images[name] = self._files[name]
            elif path.name.startswith("README"):
                self._read_readme(name)
            elif len(path.parts) != 2:  # noqa: PLR2004 - folder and file
                self._misplaced(name)
            else:
                self._read_json(path, own)

    def _read_json(self, path: PurePosixPath, own: frozenset[str]) -> None:
        folder, name = path.parts[0], path.as_posix()
        if folder in KIND_OF_FOLDER:
            self._read_definition(path, KIND_OF_FOLDER[folder], own)
        elif folder == "samples":
            self.samples[path.stem] = self._rows(name, "BLD308")
        elif folder == "tests":
            self.tests[name] = self._cases(name)
        else:
            self._misplaced(name)

    def _read_definition(self, path: PurePosixPath, kind: Kind, own: frozenset[str]) -> None:
        name = path.as_posix()
        decoded = decode_text(kind, self._files[name], pack=self._pack.name, file=name, own=own)
        if isinstance(decoded, list):
            self.problems += decoded
            return
        if path.name != f"{decoded.key}.json":
            args = {"expected": f"{path.parts[0]}/{decoded.key}.json"}
            self.problems.append(Diagnostic("BLD306", args, file=name, pointer="/key"))
        self.definitions.append(decoded)

    def _rows(self, name: str, code: str) -> tuple[Mapping[str, Json], ...]:
        read = parse_json(self._files[name], file=name)
        if isinstance(read, Diagnostic):
            self.problems.append(read)
            return ()
        rows = read if isinstance(read, list) else [read]
        found = tuple(row for row in rows if isinstance(row, dict))
        if len(found) != len(rows) or (code == "BLD308" and not isinstance(read, list)):
            self.problems.append(Diagnostic(code, file=name))
        return found

    def _cases(self, name: str) -> tuple[Mapping[str, Json], ...]:
        cases = self._rows(name, "BLD309")
        for number, case in enumerate(cases):
            if not isinstance(case.get("case"), str):
                self.problems.append(Diagnostic("BLD309", file=name, pointer=f"/{number}"))
        return cases

    def _read_readme(self, name: str) -> None:
        if name == "README.md":
            self.readme = self._files[name].decode("utf-8", "replace")

    def _misplaced(self, name: str) -> None:
        folders = ", ".join(sorted({*KIND_OF_FOLDER, *EXTRA_FOLDERS}))
        self.problems.append(Diagnostic("BLD307", {"folders": folders}, file=name))


def file_of(definition: AnyDefinition) -> str:
    """The file of a definition inside its pack."""
    kind = kind_of(definition)
    return "pack.json" if kind == "pack" else f"{FOLDERS[kind]}/{definition.key}.json"


def pack_of(definition: AnyDefinition) -> str:
    """The pack a definition belongs to."""
    return definition.name if isinstance(definition, Pack) else definition.pack


def export(definitions: Iterable[AnyDefinition]) -> dict[str, bytes]:
    """The files of one pack's definitions; `load` of them gives the same definitions."""
    return {file_of(d): dumps(encode(d)) for d in sorted(definitions, key=file_of)}


def export_all(definitions: Iterable[AnyDefinition]) -> dict[str, bytes]:
    """The files of a whole catalog: one folder per pack."""
    every = sorted(definitions, key=lambda d: (pack_of(d), file_of(d)))
    return {f"{pack_of(d)}/{file_of(d)}": dumps(encode(d)) for d in every}
