"""Hostile input to every operation: a clear 4xx that names the field; nothing stored, nothing run."""

import json

import pytest
from sqlalchemy import inspect, text

from runtime import links, sign_in
from runtime.limiter import Limiter
from tests.web import attacks
from tests.web.attacks import OPERATIONS, WITH_BODY, WITH_QUERY, address, body_with, field_names
from tests.web.conftest import Caller

TOLD = {400, 401, 403, 404, 405, 409, 413, 415, 422, 429}


@pytest.fixture(scope="module", autouse=True)
def _unlimited():
    patch = pytest.MonkeyPatch()
    for name in ("_per_login", "_per_network", "_everywhere"):
        patch.setattr(sign_in, name, Limiter(name, 10**9, 1))
    for name in ("_per_link", "_per_network"):
        patch.setattr(links, name, Limiter(name, 10**9, 1))
    yield
    patch.undo()


@pytest.fixture(scope="module")
def root(app):
    """An administrator: the one who reaches every operation."""
    made = Caller(app)
    assert made.sign_in("admin").status_code == 200
    link = made.post("/forms/perf.goal_form/links", {"label": "gate", "days": 7}).get_json()
    made.token = link["url"].rpartition("/")[2]
    return made


def send(root, operation, data, kind="application/json", **names):
    route = OPERATIONS[operation]
    return root.http.open(
        address(route.path, **{"token": root.token, **names}),
        method=route.method,
        data=data,
        content_type=kind,
        headers={"X-CSRF-Token": root.csrf, "Accept-Language": "en"},
    )


def asks(operation):
    """Whether a body must say something: the empty object is one of the suite's texts."""
    return any(field.required for field in OPERATIONS[operation].body().fields.values())


ASKING = [operation for operation in WITH_BODY if asks(operation)]


def rows(wiring):
    """How many rows every table has."""
    with wiring.database.read() as uow:
        names = inspect(uow.connection).get_table_names()
        counts = [f"SELECT '{name}', count(*) FROM \"{name}\"" for name in names]
        return dict(map(tuple, uow.connection.exec_driver_sql(" UNION ALL ".join(counts))))


def unchanged(before, after, *, operation):
    """Nothing was stored; refused sign-ins and exports leave their trace in the audit log."""
    noted = {"audit"} if operation.endswith((" /session", "/export")) else set()
    return {n: (c, after[n]) for n, c in before.items() if after[n] != c and n not in noted}


def told(answer):
    """The problem document of a refusal, which tells nothing of the inside."""
    assert answer.status_code in TOLD, (answer.status_code, answer.get_data(as_text=True)[:500])
    assert answer.mimetype == "application/problem+json"
    assert len(answer.data) < 200_000
    body = answer.get_json(force=True)
    for inside in ("Traceback", "sqlalchemy", "sqlite3", "psycopg", "SELECT ", 'File "'):
        assert inside not in answer.get_data(as_text=True)
    return body


def places(body):
    return [each.get("field") or "" for each in body["diagnostics"]]


@pytest.mark.parametrize("operation", WITH_BODY)
def test_bodies_that_are_no_good_json_are_refused_and_leave_nothing(root, wiring, operation):
    before = rows(wiring)
    for what, data in attacks.BODIES:
        body = told(send(root, operation, data))
        assert body["status"] in {400, 413, 415, 422}, (what, body)
    for kind in attacks.WRONG_TYPES:
        assert told(send(root, operation, b'{"values":{}}', kind))["status"] == 415, kind
    assert unchanged(before, rows(wiring), operation=operation) == {}


@pytest.mark.parametrize("operation", ASKING)
def test_texts_of_the_json_suite_are_refused_and_leave_nothing(root, wiring, operation):
    """None of the suite's texts is the body of an operation, so all are refused: none by a bug.

    One parser reads all bodies, so each operation gets every third text, beginning elsewhere: each
    text is met by eighteen operations.
    """
    before = rows(wiring)
    for name, data in attacks.json_texts()[ASKING.index(operation) % 3 :: 3]:
        body = told(send(root, operation, data.encode("utf-8", "surrogatepass")))
        assert body["status"] in {400, 404, 413, 422}, (name, body)
    assert unchanged(before, rows(wiring), operation=operation) == {}


@pytest.mark.parametrize("operation", WITH_BODY)
def test_a_bad_value_is_refused_at_its_field_whatever_the_field(root, wiring, operation):
    schema, before = OPERATIONS[operation].body, rows(wiring)
    for name in field_names(schema):
        for what, literal in attacks.VALUES.items():
            answer = send(root, operation, body_with(schema, name, literal))
            assert answer.status_code < 500, (name, what)
            if what in attacks.ALWAYS_BAD:
                body = told(answer)
                shown = (name, what, body)
                assert body["status"] in {400, 422}, shown
                # texts that end before a place is known: depth, the same key twice
                known = body["code"] not in {"BLD102", "BLD104"}
                assert not known or any(p.startswith(name) for p in places(body)), shown
    assert unchanged(before, rows(wiring), operation=operation) == {}


@pytest.mark.parametrize("operation", WITH_BODY)
def test_fields_nobody_asked_for_are_refused_by_name(root, wiring, operation):
    schema, before = OPERATIONS[operation].body, rows(wiring)
    for extra in (
        "id",
        "uid",
        "rev",
        "admin",
        "is_admin",
        "role",
        "owner_id",
        "__proto__",
        "e1.c1",
    ):
        if extra in field_names(schema):
            continue
        good = attacks.good_body(schema)
        body = told(send(root, operation, json.dumps(good | {extra: 1}).encode()))
        assert body["status"] == 422
        assert any(d["code"] == "WEB203" and extra in d["message"] for d in body["diagnostics"])
    assert unchanged(before, rows(wiring), operation=operation) == {}


@pytest.mark.parametrize("operation", WITH_QUERY)
def test_bad_parameters_are_refused_by_name(root, wiring, operation):
    route, before = OPERATIONS[operation], rows(wiring)
    for name in field_names(route.query):
        for value in (
            "\x00",
            "a\x00b",
            "9" * 5_000,
            "NaN",
            "1e999",
            "-1",
            "x" * 20_001,
            "' OR 1=1 --",
        ):
            answer = root.http.open(
                address(route.path),
                method=route.method,
                query_string={name: value},
                headers={"X-CSRF-Token": root.csrf, "Accept-Language": "en"},
            )
            assert answer.status_code < 500, (name, value[:20])
            if "\x00" in value or len(value) > 10_000:
                body = told(answer)
                if "callback" not in route.path:
                    assert body["status"] in {401, 404, 422}, body
                    assert name in places(body) or body["status"] != 422, (name, value[:20], body)
    assert unchanged(before, rows(wiring), operation=operation) == {}


@pytest.mark.parametrize("operation", list(OPERATIONS))
def test_odd_addresses_are_told_and_leave_nothing(root, wiring, operation):
    route, before = OPERATIONS[operation], rows(wiring)
    if "<" not in route.path:
        return
    for odd in (
        "%00",
        "..%2f..%2fetc%2fpasswd",
        "%ff",
        "a" * 5_000,
        "' OR 1=1 --",
        "%F0%9F%92%A9",
        "e1",
        "__proto__",
    ):
        path = address(
            route.path,
            **dict.fromkeys(
                ("name", "uid", "entity", "form", "rule", "metric", "source", "pack"), odd
            ),
        )
        answer = root.http.open(path, method=route.method, headers={"X-CSRF-Token": root.csrf})
        assert answer.status_code < 500, odd
        if answer.status_code >= 400:
            told(answer)
    assert unchanged(before, rows(wiring), operation=operation) == {}


# --- texts that are good JSON, where people type ---------------------------------------------
GOALS = "/api/v1/entities/perf.goal/records"


def sinks(root, payload):
    """Every place where such a text may stand: answers must be JSON, and no bug."""
    yield "filter", root.get("/entities/perf.goal/records", query_string={"filter": payload[:4000]})
    yield "sort", root.get("/entities/perf.goal/records", query_string={"sort": payload[:400]})
    yield "cursor", root.get("/entities/perf.goal/records", query_string={"cursor": payload[:400]})
    yield "lookup", root.get("/lookup/person", query_string={"q": payload[:100]})
    yield "formula", root.post("/formulas/check", {"entity": "perf.goal", "text": payload[:4000]})
    yield "login", root.post("/accounts", {"login": payload[:190], "password": "short"})
    yield (
        "record",
        root.post("/entities/department/records", {"values": {"code": payload, "name": 5}}),
    )


def run_through_sinks(root, wiring, payloads):
    before = rows(wiring)
    for payload in payloads:
        for place, answer in sinks(root, payload):
            assert answer.status_code < 500, (place, payload)
            assert answer.mimetype in {"application/json", "application/problem+json"}
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert unchanged(before, rows(wiring), operation="sinks") == {}


def test_naughty_strings_where_people_type_make_no_bug_and_leave_nothing(root, wiring):
    run_through_sinks(root, wiring, [each for each in attacks.naughty() if each])


def test_payloads_of_scripts_where_people_type_make_no_bug_and_leave_nothing(root, wiring):
    run_through_sinks(root, wiring, attacks.xss()[::20])


def test_a_text_comes_back_exactly_as_it_was_given_or_is_refused(root, wiring):
    """Naughty strings and script payloads are data: kept to the letter, sent as JSON only."""
    kept = {}
    for number, payload in enumerate([*attacks.naughty(), *attacks.xss()[7::20]]):
        values = {"code": f"n{number}", "name": payload}
        answer = root.post("/entities/department/records", {"values": values})
        if answer.status_code == 201:
            kept[answer.get_json()["uid"]] = payload
        else:
            assert "name" in places(told(answer)), payload
    assert len(kept) > 650
    for uid, payload in kept.items():
        answer = root.get(f"/entities/department/records/{uid}")
        assert answer.get_json()["values"]["name"] == payload
        assert answer.mimetype == "application/json"
    with wiring.database.read() as uow:
        assert uow.execute(text("SELECT count(*) FROM head")).scalar_one() == 1
