"""Other values in what somebody must not see change no byte of any answer to that person."""

import json
import re

import pytest

from builder.codec import decode
from runtime import accounts, records, worker
from runtime.context import SYSTEM_ACTOR
from runtime.publish import Proposal, publish
from tests.runtime.conftest import new_wiring
from web.app_factory import create_app

PASSWORD = "correct horse 9"
SALARIES = (5_000_0000, 7_000_0000, 9_000_0000)
DOCUMENTS = [
    {"kind": "pack", "key": "o", "version": "1.0.0"},
    {
        "kind": "entity", "key": "pay", "display": "name",
        "access": {"owner": "owner", "department": "owner.department"},
        "fields": [
            {"key": "name", "type": "text", "required": True}, {"key": "owner", "type": "person"},
            {"key": "month", "type": "date"}, {"key": "grade", "type": "integer"},
            {"key": "salary", "type": "decimal"}, {"key": "phone", "type": "text"},
            {"key": "rich", "type": "formula", "formula": "salary > 6000"},
            {"key": "called", "type": "formula", "formula": 'CONCAT(name, ":", phone)'},
            {"key": "lines", "type": "child_table", "entity": "pay_line"},
            {"key": "total", "type": "formula", "formula": "SUM(lines.amount)"},
        ],
    },
    {
        "kind": "entity", "key": "pay_line", "display": "what", "parent": "pay",
        "fields": [{"key": "what", "type": "text"}, {"key": "amount", "type": "decimal"}],
    },
    {
        "kind": "entity", "key": "note", "display": "text",
        "fields": [{"key": "text", "type": "text"},
                   {"key": "pay", "type": "reference", "entity": "pay"},
                   {"key": "salary_of_pay", "type": "formula", "formula": "pay.salary"}],
    },
    {
        "kind": "entity", "key": "secret", "display": "word",
        "fields": [{"key": "word", "type": "text"}],
    },
    {
        "kind": "metric", "key": "head_count", "label": {"en": "n"}, "subject": "person",
        "grain": "month", "decimals": 0,
        "inputs": {"pays": {"label": {"en": "p"}, "from": "pay", "agg": "count",
                            "where": "salary > 0", "subject": "owner", "date": "month"}},
        "versions": [{"from": "2020-01-01", "formula": "pays"}],
    },
    {
        "kind": "role", "key": "clerk", "metrics": ["head_count"], "grants": [
            {"entity": "pay", "actions": ["read", "update", "create"], "rows": "all",
             "hidden_fields": ["salary"], "masked_fields": ["phone"]},
            {"entity": "pay_line", "actions": ["read"], "rows": "all",
             "hidden_fields": ["amount"]},
            {"entity": "note", "actions": ["read"], "rows": "all"},
            {"entity": "secret", "actions": ["read"], "rows": "all", "masked_fields": ["word"]},
            {"entity": "person", "actions": ["read"], "rows": "all"}],
    },
]  # fmt: skip
FILTERS = (
    "salary > 6000", "phone = '13800000000'", "rich", "total > 3", "called = 'x'", "grade > 1",
    "SUM(lines.amount) > 3", "name = 'a'", "owner.name = 'P'", "salery > 1", "phon = '1'",
    "salary", "ISBLANK(phone)", "COUNT(lines) > 1", "lines.amount > 1",
)  # fmt: skip
SORTS = ("name", "-grade", "salary", "phone", "rich", "total", "called", "lines", "created_at")


@pytest.fixture(params=["sqlite", "postgresql"])
def installed(request, tmp_path):
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    wiring = new_wiring(tmp_path / "data", url)
    definitions = tuple(decode(d["kind"], d, pack="o") for d in DOCUMENTS)
    publish(wiring, Proposal(definitions), actor=SYSTEM_ACTOR)
    with wiring.writing() as ctx:
        (person,) = records.insert(ctx, "person", [{"name": "P", "code": "p"}])
        pays = records.insert(
            ctx, "o.pay",
            [
                {"name": name, "owner": person.id, "month": 20_514, "grade": grade,
                 "salary": salary, "phone": f"1380000000{grade}",
                 "lines": [{"what": "basic", "amount": 10_000 * grade}]}
                for grade, (name, salary) in enumerate(zip("abc", SALARIES, strict=True), 1)
            ],
        )  # fmt: skip
        records.insert(ctx, "o.note", [{"text": "n", "pay": pays[0].id}])
        records.insert(ctx, "o.secret", [{"word": "sesame"}])
        accounts.create_account(ctx, "clerk", PASSWORD, roles=["o.clerk"], person_id=person.id)
        accounts.create_account(ctx, "boss", PASSWORD, roles=["admin"])
    worker.drain(wiring, "t")
    app = create_app(wiring)
    yield wiring, app, person, pays
    app.extensions["renderer"].close()
    wiring.close()


def signed_in(app, login):
    client = app.test_client()
    answer = client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
    csrf = answer.get_json()["csrf"]

    def call(method, path, **more):
        return client.open(f"/api/v1{path}", method=method, headers={"X-CSRF-Token": csrf}, **more)

    return call


def answers(app, person, pays):
    """Everything the clerk can ask, as bytes; only versions and times of change are blanked."""
    call = signed_in(app, "clerk")
    base, uid = "/entities/o.pay/records", pays[0].uid
    (number,) = call("GET", "/metrics/o.head_count/measurements").get_json()["items"]
    passport = number["uid"]
    asked = [
        ("GET", "/entities/o.pay", {}), ("GET", "/entities", {}), ("GET", base, {}),
        ("GET", f"{base}/{uid}", {}), ("GET", f"{base}/{uid}/history", {}),
        ("GET", "/entities/o.pay_line/records", {}), ("GET", "/entities/o.note/records", {}),
        ("GET", "/entities/o.secret/records", {}), ("GET", "/lookup/o.pay", {}),
        ("GET", "/lookup/o.secret", {}), ("GET", "/lookup/o.pay?q=7000", {}),
        ("GET", f"{base}/{uid}/access", {}),
        ("GET", f"/metrics/o.head_count/measurements?subject={person.uid}", {}),
        ("GET", f"/passports/{passport}", {}),
        *(("GET", base, {"query_string": {"filter": text}}) for text in FILTERS),
        *(("GET", base, {"query_string": {"sort": text, "limit": 2}}) for text in SORTS),
        *(
            ("PATCH", f"{base}/{uid}", {"json": {"values": values, "base_version": version}})
            for values in ({"salary": "1"}, {"phone": "1"}, {"rich": True}, {"nothing": 1},
                           {"lines": [{"what": "x", "amount": "1"}]}, {"name": None})
            for version in (1, 99)
        ),
        ("POST", base, {"json": {"values": {"name": "d", "salary": "1"}}}),
        ("POST", base, {"json": {"values": {"name": "d", "phone": "1"}}}),
    ]  # fmt: skip
    found = []
    for method, path, more in asked:
        response = call(method, path, **more)
        assert response.status_code < 500, (method, path, more, response.get_data(as_text=True))
        text = response.get_data(as_text=True)
        text = re.sub(r'"(version|rev|base_version|updated_at|at)":("[^"]*"|\d+)', r'"\1":0', text)
        found.append(((method, path, json.dumps(more)), response.status_code, text))
    return found


def change_what_is_hidden(wiring, pays, turn):
    with wiring.writing() as ctx:
        for number, pay in enumerate(pays):
            values = {"salary": SALARIES[(number + turn) % 3] + turn, "phone": f"139{turn}{number}"}
            lines = [{"what": "basic", "amount": 77_000 * turn + number}]
            records.update(ctx, "o.pay", pay.id, {**values, "lines": lines})
        secret = ctx.tables.table("o.secret")
        one = ctx.uow.execute(secret.select()).one().id
        records.update(ctx, "o.secret", one, {"word": f"other{turn}"})


def without_history(found):
    """Histories gain a version with each change, so their length differs by right."""
    return [each for each in found if not each[0][1].endswith("/history")]


def test_other_hidden_values_change_no_byte(installed):
    wiring, app, person, pays = installed
    change_what_is_hidden(wiring, pays, 1)  # so that histories have something to say
    before = answers(app, person, pays)
    change_what_is_hidden(wiring, pays, 2)
    after = answers(app, person, pays)
    for old, new in zip(without_history(before), without_history(after), strict=True):
        assert old == new
    histories = [
        json.loads(t) for (_, path, _), _, t in before + after if path.endswith("/history")
    ]
    shown = [each["values"] for history in histories for each in history["items"]]
    assert all("salary" not in values and values["phone"] == "***" for values in shown)
    assert not any(word in json.dumps(histories) for word in ("139", "5000", "7000", "9000"))


def test_the_answers_are_not_all_refusals(installed):
    """The comparison would prove nothing if the clerk could ask for nothing."""
    wiring, app, person, pays = installed
    found = answers(app, person, pays)
    right = [status for _, status, _ in found if status == 200]
    assert len(right) >= 15
    assert any("/passports/" in path for (_, path, _), status, _ in found if status == 200)
    listed = next(text for (_, path, more), _, text in found if path.endswith("pay/records"))
    values = json.loads(listed)["items"][0]["values"]
    assert values["phone"] == "***"
    assert {"salary", "rich", "called", "total"}.isdisjoint(values)
    # and the boss sees the difference
    boss = signed_in(app, "boss")
    old = boss("GET", "/entities/o.pay/records").get_data()
    change_what_is_hidden(wiring, pays, 2)
    assert boss("GET", "/entities/o.pay/records").get_data() != old


def test_a_right_is_missing_at_the_field(installed):
    _, app, _, pays = installed
    call = signed_in(app, "clerk")
    path = f"/entities/o.pay/records/{pays[0].uid}"
    for key, code in (("salary", "RUN102"), ("phone", "RUN216")):
        sent = {"values": {key: "1"}, "base_version": 1}
        answer = call("PATCH", path, json=sent)
        assert answer.status_code == 422
        (problem,) = answer.get_json()["diagnostics"]
        assert (problem["code"], problem["pointer"]) == (code, f"/values/{key}")
