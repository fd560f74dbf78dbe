"""Every operation says who may call it, and means it."""

import re

import pytest

from web.api import all_routes
from web.openapi import routes as openapi_routes
from web.routes import Policy, policy_of

ROUTES = [*all_routes(), *openapi_routes.listed]
IDS = [f"{route.method} {route.path}" for route in ROUTES]
PUBLIC = {"POST /session", "GET /healthz", "GET /readyz"}
ADMIN_PREFIXES = ("/packs", "/sources", "/incidents", "/audit", "/definitions")


def address(route):
    return re.sub(r"<(\w+):(\w+)>", lambda m: "perf.goal" if m[1] == "name" else "none", route.path)


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


@pytest.mark.parametrize("route", ROUTES, ids=IDS)
def test_nobody_gets_nothing(anybody, route):
    response = anybody.call(route.method, address(route))
    if route.policy is Policy.PUBLIC:
        assert response.status_code in {200, 400, 415, 422}
    elif route.policy is Policy.LINK:
        assert response.status_code == 404
    else:
        assert response.status_code == 401
        for query in ("?x=1", "?limit=9999", "?a=%00"):
            assert anybody.call(route.method, address(route) + query).status_code == 401


@pytest.mark.parametrize("route", ROUTES, ids=IDS)
def test_an_ordinary_person_is_no_administrator(li, route):
    response = li.call(route.method, address(route))
    if route.policy is Policy.ADMIN:
        assert response.status_code == 403
    else:
        assert response.status_code != 403 or route.path.startswith("/entities")


@pytest.mark.parametrize("route", [r for r in ROUTES if r.method != "GET"], ids=lambda r: r.name)
def test_nothing_is_changed_without_the_token(li, route):
    if route.policy is Policy.SIGNED_IN:
        response = li.call(route.method, address(route), headers={"X-CSRF-Token": "no"})
        assert response.status_code == 403
        assert response.get_json(force=True)["code"] == "WEB108"


@pytest.mark.parametrize("route", ROUTES, ids=IDS)
def test_no_request_however_odd_makes_a_bug(admin, route):
    bodies = (None, [], {"x": 1}, {"values": {"x": 1}, "key": "12345678", "base_version": 0})
    if route.method == "DELETE" and route.path == "/session":
        return
    for body in bodies:
        response = admin.call(route.method, address(route), body)
        assert response.status_code < 500, response.get_data(as_text=True)
