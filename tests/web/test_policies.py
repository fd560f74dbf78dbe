"""Every address x every kind of principal: the table in docs/policies.md, and what is answered."""

import re
from pathlib import Path

import pytest

from runtime import api_tokens
from tests.web.conftest import PASSWORD, Caller
from web.policies import PRINCIPALS, every_route
from web.routes import Policy, policy_of

PAGE = Path(__file__).parents[2] / "docs" / "policies.md"
ROUTES = every_route()
PUBLIC = {
    "POST /session", "GET /session/providers", "GET /session/oidc",
    "GET /session/oidc/callback", "GET /healthz", "GET /readyz",
}  # fmt: skip
ADMIN_PREFIXES = (
    "/packs", "/sources", "/incidents", "/audit", "/definitions", "/accounts", "/calendars",
)  # fmt: skip
# what a record's own rights refuse with 403, after the policy has let the request in
BY_RIGHTS = ("/entities", "/lookup", "/metrics", "/forms", "/people")


def table():
    """By operation: the answer each principal is promised."""
    found = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0].startswith("`"):
            found[cells[0].strip("`")] = dict(zip(PRINCIPALS, cells[3:], strict=True))
    return found


TABLE = table()


def address(rule):
    return re.sub(r"<(\w+):(\w+)>", lambda m: "perf.goal" if m[1] == "name" else "none", rule)


def test_the_table_has_every_address_of_the_application(app):
    there = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert there == set(TABLE)


def test_every_view_of_the_application_has_a_policy(app):
    assert {policy_of(view) for view in app.view_functions.values()} == set(Policy)


def test_only_these_are_public():
    assert {f"{r.method} {r.path}" for r in ROUTES if r.policy is Policy.PUBLIC} == PUBLIC


def test_a_public_link_is_good_for_three_operations():
    assert {f"{r.method} {r.path}" for r in ROUTES if r.policy is Policy.LINK} == {
        "GET /public/<token:token>",
        "POST /public/<token:token>/submissions",
        "POST /public/<token:token>/files",
    }


def test_what_administers_is_for_administrators():
    for route in ROUTES:
        if route.path.startswith(ADMIN_PREFIXES):
            assert route.policy is Policy.ADMIN, route.path


def test_keys_can_be_limited_to_every_noun_that_takes_them():
    nouns = {(r.scope.partition(":")[0], r.policy) for r in ROUTES}
    assert {noun for noun, policy in nouns if policy is Policy.SIGNED_IN} == set(api_tokens.NOUNS)
    only_admin = {noun for noun, policy in nouns if policy is Policy.ADMIN} - set(api_tokens.NOUNS)
    assert only_admin == set(api_tokens.ADMIN_NOUNS)


class Holder:
    """A program with a key."""

    def __init__(self, app, key):
        self.http, self.key = app.test_client(), key

    def call(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.key}"}
        return self.http.open(path, method=method, json=body, headers=headers)


class Visitor:
    """A browser, signed in or not."""

    def __init__(self, app, login=None):
        self.app, self.login, self.caller = app, login, Caller(app)
        self.enter()

    def enter(self):
        if self.login is not None:
            assert self.caller.sign_in(self.login).status_code == 200

    def call(self, method, path, body=None):
        headers = {"X-CSRF-Token": self.caller.csrf}
        answer = self.caller.http.open(path, method=method, json=body, headers=headers)
        if (method, path) == ("DELETE", "/api/v1/session"):
            self.enter()
        return answer


def key_of(wiring, login, *scopes):
    from store import accounts

    with wiring.database.read() as uow:
        account = accounts.by_login(uow, login)
        from runtime.sign_in import actor_for

        actor = actor_for(wiring.catalog(uow), account)
    with wiring.writing(actor) as ctx:
        return api_tokens.create(ctx, "matrix", scopes, days=1)["key"]


@pytest.fixture(scope="module")
def principals(app, wiring):
    """One of each kind; a key that fits is made per scope and kept."""
    patch = pytest.MonkeyPatch()
    patch.setattr(api_tokens, "MOST_KEYS", 1_000)
    patch.setattr(api_tokens._per_key, "limit", 100_000)
    people = {
        "nobody": Visitor(app), "person": Visitor(app, "li"), "administrator": Visitor(app, "admin"),
    }  # fmt: skip
    keys = {}

    def key(kind, scope):
        noun, _, _ = scope.partition(":")
        login = "li" if kind.startswith("key") and noun in api_tokens.NOUNS else "admin"
        other = "records:read" if scope != "records:read" else "tasks:read"
        if noun not in (*api_tokens.NOUNS, *api_tokens.ADMIN_NOUNS):
            scope = other  # a noun no key can have: whatever the key holds is not it
        wanted = {
            "key without the scope": (other,),
            "key with the scope": (scope,),
            PRINCIPALS[5]: (scope,),
            PRINCIPALS[6]: (scope, "admin"),
        }[kind]
        login = "admin" if kind in PRINCIPALS[5:] else login
        found = keys.setdefault((login, wanted), None) or key_of(wiring, login, *wanted)
        keys[login, wanted] = found
        return Holder(app, found)

    yield lambda kind, scope: people.get(kind) or key(kind, scope)
    patch.undo()


SCOPES = {f"{r.method} /api/v1{r.path}": r.scope for r in ROUTES}


@pytest.mark.parametrize("operation", sorted(TABLE))
@pytest.mark.parametrize("principal", PRINCIPALS)
def test_the_answer_is_the_one_in_the_table(principals, operation, principal):
    method, _, rule = operation.partition(" ")
    who = principals(principal, SCOPES.get(operation, "pages:read"))
    answer = who.call(method, address(rule))
    promised = TABLE[operation][principal]
    if promised != "yes":
        assert answer.status_code == int(promised), answer.get_data(as_text=True)
    elif operation == "POST /api/v1/session":
        assert answer.status_code in {415, 422}
    elif answer.status_code == 403:  # by rights on the records
        assert rule.removeprefix("/api/v1").startswith(BY_RIGHTS)
        assert answer.get_json(force=True)["code"] == "RUN202"
    elif rule != "/api/v1/session/oidc/callback":
        assert answer.status_code != 401


@pytest.mark.parametrize("operation", [o for o in sorted(TABLE) if TABLE[o]["nobody"] == "401"])
def test_no_trick_in_the_address_opens_it(app, operation):
    method, _, rule = operation.partition(" ")
    place, client = address(rule), app.test_client()
    tricks = (
        "?x=1",
        "?limit=9999",
        "?a=%00",
        "?path=/api/v1/healthz",
        "#/api/v1/healthz",
        "?%2e%2e/healthz",
    )
    for trick in tricks:
        assert client.open(place + trick, method=method).status_code == 401
    for moved in (
        place + "/",
        place.upper(),
        place.replace("/api", "//api"),
        f"{place}/../healthz",
    ):
        answer = client.open(moved, method=method)
        is_page = answer.mimetype == "text/html"  # any other address is the client's, without data
        assert is_page or answer.status_code in {301, 308, 401, 404, 405}
    for header in ("X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-Forwarded-User"):
        answer = client.open(place, method=method, headers={header: "/api/v1/healthz"})
        assert answer.status_code == 401


@pytest.mark.parametrize("route", [r for r in ROUTES if r.method != "GET"], ids=lambda r: r.name)
def test_nothing_is_changed_without_the_token(app, principals, route):
    if route.policy in {Policy.SIGNED_IN, Policy.OWN}:
        li = principals("person", "").caller
        response = li.call(route.method, address(route.path), headers={"X-CSRF-Token": "no"})
        assert response.status_code == 403
        assert response.get_json(force=True)["code"] == "WEB108"


def test_a_wrong_key_is_not_saved_by_a_good_cookie(app):
    visitor = Visitor(app, "li")
    for value in ("plk_x", "x" * 5000, "é", ""):
        headers = {"Authorization": f"Bearer {value}"}
        answer = visitor.caller.http.get("/api/v1/tasks", headers=headers)
        assert answer.status_code == (401 if value else 200)


def test_a_key_needs_neither_cookie_nor_token_and_reaches_what_its_owner_does(app, wiring):
    holder = Holder(app, key_of(wiring, "li", "entities:read", "records:write"))
    assert holder.call("GET", "/api/v1/entities").status_code == 200
    made = holder.call(
        "POST", "/api/v1/entities/perf.goal/records",
        {"values": {"name": "by a key", "weight": "0.1", "owner": None}},
    )  # fmt: skip
    assert made.status_code in {201, 422}
    missing = holder.call("GET", "/api/v1/tasks")
    assert (missing.status_code, missing.get_json(force=True)["code"]) == (403, "WEB114")
    assert "tasks:read" in missing.get_json(force=True)["detail"]


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: f"{r.method} {r.path}")
def test_no_request_however_odd_makes_a_bug(principals, route):
    bodies = (None, [], {"x": 1}, {"values": {"x": 1}, "key": "12345678", "base_version": 0})
    who = principals("administrator", "")
    for body in bodies:
        response = who.call(route.method, "/api/v1" + address(route.path), body)
        assert response.status_code < 500, response.get_data(as_text=True)


def test_the_password_of_these_tests_is_nobodys_default(wiring):
    from runtime.context import SYSTEM_ACTOR
    from runtime.settings import Settings

    assert PASSWORD
    assert not hasattr(Settings, "password")
    assert SYSTEM_ACTOR.kind == "system"
