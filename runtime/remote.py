"""Carry out operator commands here, or in the running server when it holds the database."""

from __future__ import annotations

import json
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from builder.packs import read_folder, to_zip
from runtime import dossier, operator_line, works
from runtime.accounts import create_account as create_here
from runtime.context import SYSTEM_ACTOR
from runtime.errors import Invalid, NotFound
from runtime.lookups import id_by_code, uids_of
from runtime.operator_line import OPERATOR
from runtime.packs import install_pack, load_folder
from runtime.wiring import Wiring
from store.errors import DatabaseInUseError
from store.people import PERSON

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from runtime.operator_line import Reply
    from runtime.settings import Settings

T = TypeVar("T")
PROBLEM = 400
PAUSE_S = 0.2


class RefusedThereError(Exception):
    """The running server refused; `lines` say why, in its words."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


def install(settings: Settings, path: Path, parameters: Mapping[str, str]) -> str:
    """Install or upgrade a pack from a folder or zip; says what was done.

    Raises:
        Refused, RefusedThereError: with every problem and its place.
    """

    def here(wiring: Wiring) -> str:
        loaded = load_folder(path)
        done = install_pack(wiring, loaded, parameters=parameters, actor=SYSTEM_ACTOR)
        return f"{done.pack}: revision {done.published.revision}"

    def there() -> str:
        files = read_folder(path) if path.is_dir() else path.read_bytes()
        if isinstance(files, list):
            raise Invalid(*files)
        reply = operator_line.ask(
            settings.data_dir,
            "/packs",
            body=files if isinstance(files, bytes) else to_zip(files),
            media_type="application/zip",
            query={"parameters": json.dumps(dict(parameters))},
        )
        body = _good(reply)
        return f"{body['pack']}: revision {body['revision']}"

    return _here_or_there(settings, here, there)


def create_account(
    settings: Settings,
    *,
    login: str,
    password: str,
    roles: Sequence[str],
    person: str | None,
) -> str:
    """Make an account; says its login.

    Raises:
        Refused, RefusedThereError: with every problem.
    """

    def here(wiring: Wiring) -> str:
        with wiring.writing(SYSTEM_ACTOR, cause="account.create") as ctx:
            person_id = None if person is None else id_by_code(ctx, "person", person)
            create_here(ctx, login, password, roles=roles, person_id=person_id)
        return login

    def there() -> str:
        wanted = {"login": login, "password": password, "roles": list(roles)}
        if person is not None:
            wanted["person"] = person
        _good(operator_line.ask(settings.data_dir, "/accounts", body=json.dumps(wanted).encode()))
        return login

    return _here_or_there(settings, here, there)


def export_person(settings: Settings, code: str) -> bytes:
    """Everything recorded about the person with that code, as a ZIP.

    Raises:
        Refused, RefusedThereError: there is no such person.
    """

    def here(wiring: Wiring) -> bytes:
        with wiring.writing(OPERATOR, cause="export") as ctx:
            person = id_by_code(ctx, PERSON, code)
            made = dossier.start(ctx, uids_of(ctx, PERSON, [person])[person])
        while made["state"] == "running":
            with wiring.writing(OPERATOR, cause="export") as ctx:
                works.step(ctx, made["uid"], {dossier.KIND: dossier.step})
                made = works.show(ctx, made["uid"])
        with wiring.reading(OPERATOR) as ctx:
            return dossier.file_of(ctx, made["uid"]).content

    def there() -> bytes:
        quoted = code.replace('"', '""')
        path, query = f"/entities/{PERSON}/records", {"filter": f'code = "{quoted}"'}
        people = _good(operator_line.ask(settings.data_dir, path, query=query))["items"]
        if not people:
            raise NotFound(f"{PERSON} {code[:64]}")
        path = f"/people/{people[0]['uid']}/exports"
        made = _good(operator_line.ask(settings.data_dir, path, body=b""))
        while made["state"] == "running":
            time.sleep(PAUSE_S)
            made = _good(operator_line.ask(settings.data_dir, f"/work/{made['uid']}"))
        found: bytes = _good(operator_line.ask(settings.data_dir, f"/work/{made['uid']}/file"))
        return found

    return _here_or_there(settings, here, there)


def _here_or_there(settings: Settings, here: Callable[[Wiring], T], there: Callable[[], T]) -> T:
    try:
        with closing(Wiring.open(replace(settings, exclusive=True))) as wiring:
            return here(wiring)
    except DatabaseInUseError:
        return there()


def _good(reply: Reply) -> Any:  # noqa: ANN401 -- the JSON of whichever route
    if reply.status < PROBLEM:
        return reply.body
    raise RefusedThereError(line_there(reply.body))


def line_there(body: Mapping[str, Any]) -> list[str]:
    """Why a server refused, a line for each problem."""
    return [_line(each) for each in body.get("diagnostics") or [body]]


def _line(problem: Mapping[str, Any]) -> str:
    place = ":".join(str(problem[k]) for k in ("file", "pointer", "field") if problem.get(k))
    text = problem.get("message") or problem.get("detail") or problem.get("title")
    return f"{place or '-'} error {problem.get('code', '')} {text}"
