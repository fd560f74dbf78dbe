"""An instance as the command line sees it: this data folder, its running server, or another one."""

from __future__ import annotations

import http.client
import json
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from builder import packs
from runtime import environments
from runtime.context import SYSTEM_ACTOR
from runtime.environments import Difference
from runtime.errors import Invalid
from runtime.impact import impact_of
from runtime.operator_line import FILE, TIMEOUT_S
from runtime.remote import PROBLEM, RefusedThereError, line_there
from runtime.wiring import Wiring
from store.errors import DatabaseInUseError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from runtime.environments import Pushed
    from runtime.settings import Settings


class Instance(Protocol):
    """What can be asked of an instance."""

    def files(self) -> Mapping[str, bytes]:
        """Its definitions."""
        ...

    def plan(self, asked: Pushed) -> Plan:
        """What a push would do."""
        ...

    def push(self, asked: Pushed) -> str:
        """Push; says what was done."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as lines of text, and what consent is needed for."""

    lines: tuple[str, ...]
    consent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Here:
    """The data folder, when no server works on it."""

    wiring: Wiring

    def files(self) -> Mapping[str, bytes]:
        """Its definitions."""
        with self.wiring.reading() as ctx:
            return environments.definition_files(ctx)

    def plan(self, asked: Pushed) -> Plan:
        """What a push would do."""
        manifests = self.wiring.connectors.manifests()
        with self.wiring.reading() as ctx:
            _, checked = environments.plan_push(ctx, asked, manifests=manifests)
            found = impact_of(ctx, checked)
        plan = found.checked.plan
        return _plan(
            names={
                "+": [" ".join(each) for each in plan.added],
                "~": [" ".join(each) for each in plan.changed],
                "-": [" ".join(each) for each in plan.removed],
            },
            failing=[(each.name, each.failed, each.values) for each in found.trials],
            touched=[(each.kind, each.name, each.pointer) for each in found.touched],
            wider=[(each.role, each.entity, each.what) for each in found.widened],
            doubles=[each.text("en") for each in found.doubles],
            consent=found.consent,
        )

    def push(self, asked: Pushed) -> str:
        """Push; says what was done."""
        done = environments.push(self.wiring, asked, actor=SYSTEM_ACTOR)
        return _done(done.revision, done.waiting)


@dataclass(frozen=True, slots=True)
class There:
    """A running server with a token of somebody who administers it."""

    url: str
    token: str

    def files(self) -> Mapping[str, bytes]:
        """Its definitions."""
        return environments.as_bytes(self._call("GET", "/definitions/files")["files"])

    def plan(self, asked: Pushed) -> Plan:
        """What a push would do."""
        found = self._call("POST", "/definitions/push/plan", asked)
        plan = found["plan"]
        return _plan(
            names={"+": plan["added"], "~": plan["changed"], "-": plan["removed"]},
            failing=[(c["field"], c["failed"], c["values"]) for c in found["conversions"]],
            touched=[(t["kind"], t["name"], t["pointer"]) for t in found["touched"]],
            wider=[(w["role"], w["entity"], w["what"]) for w in found["widened"]],
            doubles=[each.get("message", each["code"]) for each in found["doubles"]],
            consent=found["consent"],
        )

    def push(self, asked: Pushed) -> str:
        """Push; says what was done."""
        done = self._call("POST", "/definitions/push", asked)
        return _done(done["revision"], done["waiting"])

    def _call(self, method: str, path: str, asked: Pushed | None = None) -> Any:  # noqa: ANN401 -- the JSON of whichever route
        where = urlsplit(self.url)
        kind = (
            http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
        )
        connection = kind(where.netloc, timeout=TIMEOUT_S)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            connection.request(method, f"/api/v1{path}", body=_body(asked), headers=headers)
            answer = connection.getresponse()
            body = json.loads(answer.read() or b"null")
        finally:
            connection.close()
        if answer.status >= PROBLEM:
            raise RefusedThereError(line_there(body))
        return body


@contextmanager
def instance(settings: Settings, url: str | None, token: str) -> Iterator[Instance]:
    """The instance at a URL; without one that of the data folder, served or not."""
    if url is not None:
        yield There(url.rstrip("/"), token)
        return
    try:
        wiring = Wiring.open(replace(settings, exclusive=True))
    except DatabaseInUseError:
        line = json.loads((settings.data_dir / FILE).read_text(encoding="utf-8"))
        yield There(f"http://{line['host']}:{line['port']}", line["token"])
        return
    try:
        yield Here(wiring)
    finally:
        wiring.close()


def read_folders(folder: Path) -> dict[str, bytes]:
    """The packs below a folder, or the one that it is.

    Raises:
        Invalid: a file may not be there.
    """
    single = (folder / "pack.json").is_file()
    roots = [folder] if single else sorted(p.parent for p in folder.glob("*/pack.json"))
    files: dict[str, bytes] = {}
    for root in roots:
        found = packs.read_folder(root)
        if isinstance(found, list):
            raise Invalid(*found)
        files |= {f"{root.name}/{name}": content for name, content in found.items()}
    return files


def write_folders(folder: Path, files: Mapping[str, bytes], *, delete: bool) -> Difference:
    """Write what differs; with `delete` also remove definitions that the files do not have."""
    there = _definition_files(folder)
    changed = [name for name in files if there.get(name) not in (None, files[name])]
    added = [name for name in files if name not in there]
    for name in (*changed, *added):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[name])
    missing = sorted(there.keys() - files.keys())
    for name in missing if delete else ():
        (folder / name).unlink()
    return Difference(tuple(sorted(added)), tuple(sorted(changed)), tuple(missing))


def _definition_files(folder: Path) -> dict[str, bytes]:
    kinds = set(packs.KIND_OF_FOLDER)
    return {
        name: path.read_bytes()
        for path in sorted(folder.glob("*/**/*.json"))
        if (name := path.relative_to(folder).as_posix()).count("/") == 1
        or name.split("/")[1] in kinds
    }


def _body(asked: Pushed | None) -> bytes | None:
    if asked is None:
        return None
    body = {
        "files": environments.as_texts(asked.files),
        "delete": asked.delete,
        "consent": sorted(asked.consent),
        "note": asked.note,
    }
    return json.dumps(body).encode()


def _done(revision: int, waiting: str | None) -> str:
    if waiting is None:
        return f"revision {revision}"
    return f"publication {waiting} converts its data and comes into force by itself"


def _plan(
    *,
    names: Mapping[str, list[str]],
    failing: list[tuple[str, int, int]],
    touched: list[tuple[str, str, str]],
    wider: list[tuple[str, str, str]],
    doubles: list[str],
    consent: tuple[str, ...] | list[str],
) -> Plan:
    lines = [f"{sign} {name}" for sign, group in names.items() for name in group]
    lines += [
        f"! {name}: {failed} of {values} values do not convert" for name, failed, values in failing
    ]
    lines += [f"! {each}" for each in doubles]
    lines += [f"  used in {kind} {name} {pointer}" for kind, name, pointer in touched]
    lines += [f"  wider: {role} {entity} {what}" for role, entity, what in wider]
    return Plan(tuple(lines), tuple(consent))
