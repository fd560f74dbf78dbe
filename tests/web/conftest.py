"""A real application on a real wiring: the sample pack, three people, three accounts."""

import itertools
import json

import pytest

from builder import packs
from runtime import accounts, edit
from runtime.context import SYSTEM_ACTOR
from runtime.packs import install_pack
from runtime.settings import Settings
from runtime.wiring import Wiring
from tests.builder import samples
from web.app_factory import create_app

PASSWORD = "correct horse 9"
EMPLOYEE = {
    "kind": "role",
    "key": "employee",
    "label": {"zh-CN": "员工", "en": "Employee"},
    "grants": [
        {"entity": "goal", "actions": ["read", "create", "update", "delete"], "rows": "own"},
        {"entity": "goal", "actions": ["create"], "rows": "all"},
        {"entity": "person", "actions": ["read"], "rows": "all"},
        {
            "entity": "weekly_report",
            "actions": ["read", "create"],
            "rows": "own",
            "hidden_fields": ["progress"],
        },
    ],
    "metrics": ["goal_progress"],
}
_networks = itertools.count(1)


@pytest.fixture(scope="module")
def wiring(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web")
    opened = Wiring.open(Settings(data_dir=folder / "data", base_url="http://127.0.0.1:8000"))
    files = samples.files() | {"roles/employee.json": json.dumps(EMPLOYEE).encode()}
    files.pop("samples/goal.json")
    install_pack(
        opened,
        packs.load(files),
        parameters={"plant_url": "http://127.0.0.1:9"},
        actor=SYSTEM_ACTOR,
    )
    with opened.writing() as ctx:
        people = {}
        for login in ("wang", "li", "zhang"):
            manager = people.get("wang")
            values = {"name": login.title(), "code": login, "manager": manager, "active": True}
            people[login] = edit.create_record(ctx, "person", values)
    with opened.writing() as ctx:
        from runtime.lookups import readable_ids

        ids = readable_ids(ctx, "person", list(people.values()))
        for login, uid in people.items():
            roles = ["perf.manager"] if login == "wang" else []
            accounts.create_account(
                ctx, login, PASSWORD, roles=["perf.employee", *roles], person_id=ids[uid]
            )
        accounts.create_account(ctx, "admin", PASSWORD, roles=["admin"], language="en")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def app(wiring, tmp_path_factory):
    static = tmp_path_factory.mktemp("static")
    (static / "index.html").write_text("desk __CSP_NONCE__")
    made = create_app(wiring, static=static)
    yield made
    made.extensions["renderer"].close()


class Caller:
    """A test client that remembers the CSRF token."""

    def __init__(self, app):
        self.http = app.test_client()
        self.csrf = ""
        # every caller comes from a network of its own, or the limit of sign-ins would be met
        self.network = f"10.0.{next(_networks)}.1"

    def call(self, method, path, body=None, **more):
        headers = {"X-CSRF-Token": self.csrf, "Accept-Language": "en", **more.pop("headers", {})}
        return self.http.open(
            f"/api/v1{path}",
            method=method,
            json=body,
            headers=headers,
            environ_base={"REMOTE_ADDR": self.network},
            **more,
        )

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.call("POST", path, body, **more)

    def sign_in(self, login, password=PASSWORD):
        response = self.post("/session", {"login": login, "password": password})
        if response.status_code == 200:
            self.csrf = response.get_json()["csrf"]
        return response


@pytest.fixture
def anybody(app):
    return Caller(app)


@pytest.fixture
def caller(app):
    def make(login):
        made = Caller(app)
        assert made.sign_in(login).status_code == 200
        return made

    return make


@pytest.fixture
def li(caller):
    return caller("li")


@pytest.fixture
def wang(caller):
    return caller("wang")


@pytest.fixture
def admin(caller):
    return caller("admin")
