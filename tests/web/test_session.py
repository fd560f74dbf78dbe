"""Signing in, staying in, getting out; forged requests."""

import pytest

from runtime import sign_in
from tests.web.conftest import PASSWORD


def problem(response, status, code):
    body = response.get_json(force=True)
    assert (response.status_code, body["code"]) == (status, code), body
    assert response.mimetype == "application/problem+json"
    return body


def test_sign_in_gives_a_session_in_a_cookie_scripts_can_not_read(anybody):
    response = anybody.sign_in("li")
    body = response.get_json()
    assert body["account"] == {"login": "li", "name": "Li", "language": "zh-CN", "admin": False}
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert body["csrf"] not in cookie
    assert anybody.get("/session").get_json() == body


@pytest.mark.parametrize(
    ("login", "password"), [("li", "wrong password"), ("nobody", PASSWORD), ("LI ", "x")]
)
def test_wrong_name_and_wrong_password_are_answered_alike(anybody, login, password):
    body = problem(anybody.sign_in(login, password), 401, "RUN301")
    assert body["detail"] == "wrong name or password"


def test_without_a_session_nothing_is_told(anybody):
    problem(anybody.get("/session"), 401, "WEB102")
    problem(anybody.get("/tasks"), 401, "WEB102")
    anybody.http.set_cookie("plumbline_session", "x" * 4000)
    problem(anybody.get("/session"), 401, "WEB102")


def test_after_signing_out_the_session_is_over(li):
    token = li.http.get_cookie("plumbline_session").value
    assert li.call("DELETE", "/session").status_code == 204
    li.http.set_cookie("plumbline_session", token)
    problem(li.get("/session"), 401, "WEB102")


def test_signing_in_again_ends_the_session_before(li):
    token = li.http.get_cookie("plumbline_session").value
    assert li.sign_in("li").status_code == 200
    li.http.set_cookie("plumbline_session", token)
    problem(li.get("/session"), 401, "WEB102")


def test_the_language_is_kept_with_the_account(caller):
    zhang = caller("zhang")
    changed = zhang.call("PATCH", "/session", {"language": "en"}).get_json()
    assert changed["account"]["language"] == "en"
    assert caller("zhang").get("/session").get_json()["account"]["language"] == "en"
    problem(zhang.call("PATCH", "/session", {"language": "fr"}), 422, "WEB206")


def test_a_request_without_the_token_of_the_session_is_refused(li, caller):
    other = caller("zhang").csrf
    for token in ("", "x", other, "é"):
        response = li.post("/alerts/x/acknowledge", headers={"X-CSRF-Token": token})
        problem(response, 403, "WEB108")


def test_a_request_from_another_site_is_refused(li, anybody):
    for headers in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        problem(li.post("/alerts/x/acknowledge", headers=headers), 403, "WEB109")
        body = {"login": "li", "password": PASSWORD}
        problem(anybody.post("/session", body, headers=headers), 403, "WEB109")
    own = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}
    problem(li.post("/alerts/x/acknowledge", headers=own), 404, "RUN201")


def test_guessing_is_limited_per_login_whatever_else_changes(app):
    from tests.web.conftest import Caller

    codes = []
    for number in range(sign_in.ATTEMPTS_PER_ACCOUNT + 3):
        someone = Caller(app)
        response = someone.sign_in("target", f"guess number {number}")
        codes.append(response.status_code)
    assert codes == [401] * sign_in.ATTEMPTS_PER_ACCOUNT + [429] * 3
    assert int(response.headers["Retry-After"]) > 0
    problem(response, 429, "RUN302")


def test_guessing_is_limited_per_network(app, wiring):
    from tests.web.conftest import Caller

    someone = Caller(app)
    for _ in range(sign_in.ATTEMPTS_PER_NETWORK):
        sign_in._per_network.wait_us(wiring.database, someone.network, sign_in.real_now())
    problem(someone.sign_in("li"), 429, "RUN302")


def test_every_answer_carries_the_security_headers(li, anybody):
    for response in (li.get("/me/summary"), li.get("/none"), anybody.http.get("/")):
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert li.get("/me/summary").headers["Cache-Control"] == "no-store"
