"""A public link: a form for people without an account, and nothing else."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select, update

from runtime import links
from store.tables import public_link
from web.routes import Policy, policy_of

from .test_api import refused, shaped

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
FORM = "perf.goal_form"


@pytest.fixture(autouse=True)
def fresh_limits(monkeypatch):
    for name in ("_per_link", "_per_network", "_guesses", "_sends"):
        limiter = getattr(links, name)
        monkeypatch.setattr(links, name, type(limiter)(name, limiter.limit, limiter.window_us))


@pytest.fixture
def link(admin):
    """A link that says for which person: address, uid and token."""
    made = admin.post(f"/forms/{FORM}/links", {"label": "gate", "days": 7})
    assert made.status_code == 201
    found = made.get_json()
    return {**found, "token": found["url"].rpartition("/")[2]}


def path(link, rest=""):
    return f"/public/{link['token']}{rest}"


def send(caller, link, values, key="key-0001"):
    return caller.post(path(link, "/submissions"), {"key": key, "values": values})


def test_the_address_is_the_configured_one_and_its_code_is_a_picture(admin, link, app):
    assert re.fullmatch(r"https?://[^/]+/fill/p/[A-Za-z0-9_-]{22}", link["url"])
    again = admin.post(
        f"/forms/{FORM}/links", {"label": "x", "days": 1}, headers={"Host": "evil.example"}
    )
    assert "evil" not in again.get_data(as_text=True)
    assert link["qr_svg"].startswith("<svg")
    assert links.qr_svg(link["url"]) == link["qr_svg"]


def test_only_a_hash_of_the_token_is_kept(link, wiring):
    with wiring.database.read() as uow:
        rows = uow.execute(select(public_link)).all()
    assert link["token"] not in repr(rows)


def test_the_form_is_seen_and_sent_once(anybody, link, admin):
    form = shaped("Form", anybody.get(path(link)))
    assert form["name"] == FORM
    first = shaped("Received", send(anybody, link, {"name": "by link"}), 201)
    assert shaped("Received", send(anybody, link, {"name": "by link"}), 201) == first
    found = admin.get(f"/entities/perf.goal/records/{first['record_uid']}").get_json()
    assert found["values"]["name"] == "by link"
    refused(send(anybody, link, {"name": "other"}), 409, "RUN204")


def test_hidden_read_only_and_computed_values_are_not_taken(anybody, link, admin):
    sent = {"name": "crafted", "weight": "0.1", "reason": "not shown"}
    uid = shaped("Received", send(anybody, link, sent, "key-0011"), 201)["record_uid"]
    record = admin.get(f"/entities/perf.goal/records/{uid}").get_json()
    assert record["values"]["reason"] is None
    refused(send(anybody, link, {**sent, "days": "5"}, "key-0012"), 422, "RUN102", "days")
    refused(send(anybody, link, {**sent, "owner": "x"}, "key-0013"), 422, "RUN102", "owner")
    refused(
        send(anybody, link, {"weight": "0.5", "name": "n"}, "key-0014"), 422, "RUN101", "reason"
    )


def test_what_the_link_fixes_goes_in_and_is_not_taken_from_outside(anybody, admin):
    owner = admin.get("/lookup/person?q=Li").get_json()["items"][0]["uid"]
    made = admin.post(
        f"/forms/{FORM}/links",
        {"label": "li", "days": 1, "fixed": {"owner": owner, "weight": "0.2"}},
    ).get_json()
    link = {"token": made["url"].rpartition("/")[2]}
    assert "weight" not in {f["key"] for f in anybody.get(path(link)).get_json()["fields"]}
    refused(send(anybody, link, {"name": "n", "weight": "0.9"}), 422, "RUN102", "weight")
    uid = shaped("Received", send(anybody, link, {"name": "fixed"}), 201)["record_uid"]
    values = admin.get(f"/entities/perf.goal/records/{uid}").get_json()["values"]
    assert (values["owner"], values["weight"]) == (owner, "0.2")
    bad = {"label": "x", "days": 1, "fixed": {"owner": "nobody"}}
    refused(admin.post(f"/forms/{FORM}/links", bad), 422, "RUN104")


def test_a_file_can_be_sent_to_the_form(anybody, link):
    sent = anybody.http.post(
        f"/api/v1{path(link, '/files')}", data={"file": (io.BytesIO(PNG), "a.png")}
    )
    assert shaped("File", sent, 201)["name"] == "a.png"


def test_the_token_opens_nothing_else(anybody, link, app):
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/v1/") or rule.rule.startswith("/api/v1/public/"):
            continue
        for header in (
            {"Authorization": f"Bearer {link['token']}"},
            {"Cookie": f"plumbline_session={link['token']}"},
        ):
            address = re.sub(r"<[^>]*>", "perf.goal", rule.rule).removeprefix("/api/v1")
            method = next(iter(rule.methods - {"HEAD", "OPTIONS"}))
            status = anybody.call(method, address, headers=header).status_code
            is_public = policy_of(app.view_functions[rule.endpoint]) is Policy.PUBLIC
            assert status == 401 or is_public, (method, address)


def test_a_link_that_is_over_is_as_good_as_none(anybody, admin, link, wiring):
    with wiring.database.write() as uow:
        uow.execute(
            update(public_link).where(public_link.c.uid == link["uid"]).values(real_expires=1)
        )
    refused(anybody.get(path(link)), 404, "RUN201")
    refused(send(anybody, link, {"name": "late"}), 404, "RUN201")
    other = admin.post(f"/forms/{FORM}/links", {"label": "b", "days": 7}).get_json()
    token = {"token": other["url"].rpartition("/")[2]}
    assert anybody.get(path(token)).status_code == 200
    ended = admin.call("DELETE", f"/forms/{FORM}/links/{other['uid']}")
    assert ended.status_code == 204
    refused(anybody.get(path(token)), 404, "RUN201")
    listed = shaped("LinkPage", admin.get(f"/forms/{FORM}/links"))["items"]
    assert next(each for each in listed if each["uid"] == other["uid"])["revoked_at"]


def test_guessing_and_flooding_are_slowed_down(anybody, link, monkeypatch):
    monkeypatch.setattr(links, "_guesses", links.Limiter("guesses", 3, links.MINUTE))
    for _ in range(3):
        refused(anybody.get(f"/public/{'A' * 22}"), 404, "RUN201")
    refused(anybody.get(f"/public/{'A' * 22}"), 429, "RUN113")
    assert anybody.get(path(link)).status_code == 200  # who holds a link is not slowed by others
    monkeypatch.setattr(links, "_per_link", links.Limiter("per_link", 2, links.MINUTE))
    answers = [anybody.get(path(link)).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_a_link_takes_so_many_a_minute_and_so_many_in_all(anybody, admin, monkeypatch):
    clock = [links.real_now()]
    monkeypatch.setattr(links, "real_now", lambda: clock[0])
    made = admin.post(
        f"/forms/{FORM}/links", {"label": "few", "days": 1, "per_minute": 2, "most": 3}
    )
    shown = shaped("MadeLink", made, 201)
    assert (shown["per_minute"], shown["most"], shown["sent"]) == (2, 3, 0)
    link = {"token": shown["url"].rpartition("/")[2]}
    sent = [send(anybody, link, {"name": f"few {n}"}, f"key-few-{n}") for n in range(3)]
    assert [each.status_code for each in sent] == [201, 201, 429]
    refused(sent[2], 429, "RUN113")
    assert 1 <= int(sent[2].headers["Retry-After"]) <= 61
    clock[0] += links.MINUTE
    shaped("Received", send(anybody, link, {"name": "few 2"}, "key-few-2"), 201)
    full = send(anybody, link, {"name": "few 3"}, "key-few-3")
    refused(full, 429, "RUN157")
    assert int(full.headers["Retry-After"]) > 3_600
    refused(anybody.get(path(link)), 429, "RUN157")
    clock[0] += links.MINUTE
    again = send(anybody, link, {"name": "few 0"}, "key-few-0")
    assert shaped("Received", again, 201) == sent[0].get_json()  # what was taken stays taken
    listed = shaped("LinkPage", admin.get(f"/forms/{FORM}/links"))["items"]
    assert next(each for each in listed if each["uid"] == shown["uid"])["sent"] == 3
    bad = {"label": "x", "days": 1, "most": 0}
    refused(admin.post(f"/forms/{FORM}/links", bad), 422, "WEB207")


def test_another_site_can_not_send_it_for_somebody(anybody, link):
    crossed = anybody.post(
        path(link, "/submissions"),
        {"key": "key-0021", "values": {"name": "x"}},
        headers={"Origin": "https://evil.example"},
    )
    refused(crossed, 403, "WEB109")


def test_a_reference_can_not_be_searched_out(anybody, link, admin):
    """What a link does not show it does not find either: uids of records are no good there."""
    owner = admin.get("/lookup/person?q=Li").get_json()["items"][0]["uid"]
    refused(send(anybody, link, {"name": "n", "owner": owner}, "key-0031"), 422, "RUN102")
    assert anybody.get("/lookup/person?q=L").status_code == 401
