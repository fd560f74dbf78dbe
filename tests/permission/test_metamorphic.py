"""Other values in what somebody must not see change no byte of any answer to that person."""

import io
import json
import re

import pytest

from builder.codec import decode
from runtime import accounts, comments, records, worker
from runtime.context import SYSTEM_ACTOR
from runtime.exchange import read_table
from runtime.publish import Proposal, publish
from tests.permission.asked import SHEET, requests
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
            {"key": "id_card", "type": "text"},
            {"key": "rich", "type": "formula", "formula": "salary > 6000"},
            {"key": "called", "type": "formula", "formula": 'CONCAT(name, ":", phone)'},
            {"key": "lines", "type": "child_table", "entity": "pay_line"},
            {"key": "total", "type": "formula", "formula": "SUM(lines.amount)"},
        ],
        "unique": [["phone"], ["grade", "salary"]],
    },
    {
        "kind": "form", "key": "pay_form", "entity": "pay",
        "layout": [{"id": "s1", "box": "section", "children": [
            {"id": f"n{n}", "field": key}
            for n, key in enumerate(("name", "grade", "salary", "phone", "id_card", "lines"))]}],
        "rules": [{"id": "r1", "check": "grade < 9", "message": {"en": "no"}, "at": "grade"}],
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
            {"entity": "pay", "actions": ["read", "export"], "rows": "all",
             "hidden_fields": ["salary"], "masked_fields": ["phone", "id_card"],
             "masks": {"id_card": {"first": 3, "last": 4}}},
            {"entity": "pay_line", "actions": ["read"], "rows": "all",
             "hidden_fields": ["amount"]},
            {"entity": "note", "actions": ["read"], "rows": "all"},
            {"entity": "secret", "actions": ["read"], "rows": "all", "masked_fields": ["word"]},
            {"entity": "person", "actions": ["read"], "rows": "all"}],
    },
    {   # every field, of the own rows
        "kind": "role", "key": "owner", "metrics": ["head_count"], "grants": [
            {"entity": "pay", "actions": ["read", "export"], "rows": "own"},
            {"entity": "note", "actions": ["read"], "rows": "all"},
            {"entity": "person", "actions": ["read"], "rows": "own"}],
    },
    {   # what it may change it need not see
        "kind": "role", "key": "typist", "grants": [
            {"entity": "pay", "actions": ["create", "update", "delete"], "rows": "all"}],
    },
]  # fmt: skip


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
                 "id_card": f"33010219900101{grade}234",
                 "lines": [{"what": "basic", "amount": 10_000 * grade}]}
                for grade, (name, salary) in enumerate(zip("abc", SALARIES, strict=True), 1)
            ],
        )  # fmt: skip
        (gone,) = records.insert(ctx, "o.pay", [{"name": "gone", "phone": "13"}])
        records.remove(ctx, "o.pay", gone.id)
        comments.comment(ctx, "o.pay", pays[0].uid, "fine")
        (other,) = records.insert(ctx, "person", [{"name": "Q", "code": "q"}])
        (own,) = records.insert(
            ctx, "o.pay",
            [{"name": "mine", "owner": other.id, "month": 20_514, "grade": 7, "phone": "150",
              "salary": 5_500_0000, "lines": [{"what": "basic", "amount": 5}]}],
        )  # fmt: skip
        accounts.create_account(ctx, "owner", PASSWORD, roles=["o.owner"], person_id=other.id)
        (note,) = records.insert(ctx, "o.note", [{"text": "n", "pay": pays[0].id}])
        records.insert(ctx, "o.secret", [{"word": "sesame"}])
        accounts.create_account(
            ctx, "clerk", PASSWORD, roles=["o.clerk", "o.typist"], person_id=person.id
        )
        accounts.create_account(ctx, "boss", PASSWORD, roles=["admin"])
    worker.drain(wiring, "t")
    app = create_app(wiring)
    things = {
        "person": person.uid,
        "pay": pays[0].uid,
        "note": note.uid,
        "owner": {"person": other.uid, "pay": own.uid},
    }
    yield wiring, app, things, pays
    app.extensions["renderer"].close()
    wiring.close()


def signed_in(app, login):
    client = app.test_client()
    answer = client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
    csrf = answer.get_json()["csrf"]

    def call(method, path, **more):
        return client.open(f"/api/v1{path}", method=method, headers={"X-CSRF-Token": csrf}, **more)

    return call


def answers(wiring, app, things, login="clerk"):
    """Everything somebody can ask, as bytes; only versions and times of change are blanked."""
    call = signed_in(app, login)
    numbers = f"/metrics/o.head_count/measurements?subject={things['person']}"
    (number,) = call("GET", numbers).get_json()["items"]
    sent = {"file": (io.BytesIO(SHEET.encode()), "pays.csv")}
    file = call("POST", "/files", data=sent).get_json()["uid"]
    found, works = [], []
    for method, path, more in requests({**things, "passport": number["uid"], "file": file}):
        response = call(method, path, **more)
        if response.status_code == 202:
            works.append(response.get_json()["uid"])
        found.append(told(method, path, more, response, file))
    worker.drain(wiring, "t")
    for n, uid in enumerate(works):
        for part in ("", "/file", "/refused"):
            response = call("GET", f"/work/{uid}{part}")
            found.append(told("GET", f"/work/{n}{part}", {}, response, uid))
        call("POST", f"/work/{uid}/cancel")
    return found


def told(method, path, more, response, passing):
    """What was asked, and the answer without what may differ."""
    text = response.get_data(as_text=not path.endswith("/refused"))
    assert response.status_code < 500, (method, path, more, text)
    if isinstance(text, bytes):
        sheet = response.status_code == 200 and "sheet" in response.content_type
        text = str(read_table("x.xlsx", text)) if sheet else text.decode()
    text = re.sub(r'"(version|rev|base_version|[a-z]*_at|at|next)":("[^"]*"|\d+)', r'"\1":0', text)
    asked = json.dumps(more).replace(passing, "")
    if path.endswith(("/imports", "/exports")) or "/work" in path:
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", text)
    return (method, path, asked), response.status_code, text


def change_what_is_hidden(wiring, pays, turn):
    with wiring.writing() as ctx:
        for number, pay in enumerate(pays):
            salary = 6_000_0000 if turn == 2 else SALARIES[(number + turn) % 3] + turn
            values = {"salary": salary, "phone": f"139{turn}{number}0"}
            values["id_card"] = f"3301{turn}219900{turn}01{number}234"
            lines = [{"what": "basic", "amount": 77_000 * turn + number}]
            records.update(ctx, "o.pay", pay.id, {**values, "lines": lines})
        secret = ctx.tables.table("o.secret")
        one = ctx.uow.execute(secret.select()).one().id
        records.update(ctx, "o.secret", one, {"word": f"other{turn}"})


def without_history(found):
    """Histories gain a version with each change, so their length differs by right."""
    return [each for each in found if not each[0][1].endswith("/history")]


def test_other_hidden_values_change_no_byte(installed):
    wiring, app, things, pays = installed
    change_what_is_hidden(wiring, pays, 1)  # so that histories have something to say
    before = answers(wiring, app, things)
    change_what_is_hidden(wiring, pays, 2)
    after = answers(wiring, app, things)
    differing = [
        (old, new)
        for old, new in zip(without_history(before), without_history(after), strict=True)
        if old != new
    ]
    assert differing == []
    histories = [
        json.loads(t)
        for (_, path, _), _, t in before + after
        if path.endswith("/history") and "o.pay" in path
    ]
    shown = [each["values"] for history in histories for each in history["items"]]
    assert all("salary" not in values and values["phone"] == "***" for values in shown)
    assert {values["id_card"] for values in shown} == {"330****0234", "330****1234"}
    assert not any(word in json.dumps(histories) for word in ("139", "5000", "7000", "9000"))


def change_rows_of_others(wiring, pays, turn):
    """What is in rows of others, one row more, one in the trash.

    Their names stay: a reference that may be read names what it points to.
    """
    change_what_is_hidden(wiring, pays, turn)
    with wiring.writing() as ctx:
        for number, pay in enumerate(pays):
            values = {"grade": 20 + turn * 3 + number, "month": 20_514 + 31 * turn}
            records.update(ctx, "o.pay", pay.id, values)
        row = {"name": f"more{turn}", "owner": pays[0].after["owner"], "phone": f"77{turn}"}
        (more,) = records.insert(ctx, "o.pay", [row])
        comments.comment(ctx, "o.pay", more.uid, f"remark {turn}")
        (gone,) = records.insert(ctx, "o.pay", [{**row, "phone": f"78{turn}"}])
        records.remove(ctx, "o.pay", gone.id)
    worker.drain(wiring, "t")


@pytest.mark.parametrize("installed", ["sqlite"], indirect=True)
def test_other_rows_out_of_reach_change_no_byte(installed):
    wiring, app, things, pays = installed
    mine = {**things, **things["owner"]}
    before = answers(wiring, app, mine, "owner")
    change_rows_of_others(wiring, pays, 2)
    after = answers(wiring, app, mine, "owner")
    differing = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert differing == []
    assert sum(status == 200 for _, status, _ in before) >= 100


def test_the_answers_are_not_all_refusals(installed):
    """The comparison would prove nothing if the clerk could ask for nothing."""
    wiring, app, things, pays = installed
    found = answers(wiring, app, things)
    answered = {path.partition("?")[0] for (_, path, _), status, _ in found if status == 200}
    kinds = ("history", "comments", "groups", "count", "export", "trash", "pay_form")
    kinds += ("value", "hover", "completions", "preview", "measurements", "o.secret", "file")
    assert [kind for kind in kinds if not any(path.endswith(kind) for path in answered)] == []
    assert sum(status == 202 for _, status, _ in found) >= 3  # exports and imports
    assert any(path.startswith("/passports/") for path in answered)
    assert sum(status == 200 for _, status, _ in found) >= 100
    listed = next(text for (_, path, more), _, text in found if path.endswith("pay/records"))
    values = json.loads(listed)["items"][0]["values"]
    assert (values["phone"], values["id_card"]) == ("***", "330****1234")
    assert {"salary", "rich", "called", "total"}.isdisjoint(values)
    told = next(text for (_, path, _), _, text in found if path == "/entities/o.pay")
    described = {item["key"]: item for item in json.loads(told)["fields"]}
    assert "salary" not in described
    assert [item["key"] for item in described["lines"]["columns"]] == ["what"]
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
