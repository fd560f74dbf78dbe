"""Password, one-time codes, sessions and keys over the API; an OpenID provider; our own address."""

from dataclasses import replace

import pyotp
import pytest

from runtime import accounts, second_factor
from runtime.clock import real_now
from runtime.settings import Settings, SettingsError
from tests.runtime.oidc import running_provider
from tests.web.conftest import PASSWORD, Caller
from tests.web.test_session import problem

NEXT = "another long secret"


@pytest.fixture
def mei(app, wiring, request):
    """Somebody of this test alone, signed in."""
    login = f"mei{abs(hash(request.node.name))}"
    with wiring.writing() as ctx:
        uid = accounts.create_account(ctx, login, PASSWORD, roles=["perf.employee"])
    made = Caller(app)
    made.login, made.uid = login, uid
    made.sign_in(login)
    return made


def enrol(caller):
    begun = caller.post("/me/second-factor").get_json()
    app = pyotp.TOTP(begun["secret"])
    step = real_now() // second_factor.STEP_US
    done = caller.call("PUT", "/me/second-factor", {"code": app.generate_otp(step)})
    assert done.status_code == 200, done.get_data(as_text=True)
    return app, step, done.get_json()["recovery_codes"]


def test_a_changed_password_keeps_this_session_and_ends_the_others(app, mei):
    other = Caller(app)
    other.sign_in(mei.login)
    made = mei.post("/me/keys", {"label": "x", "scopes": ["tasks:read"], "days": 1}).get_json()
    before = mei.http.get_cookie("plumbline_session").value
    problem(mei.call("PUT", "/me/password", {"old": "x", "new": NEXT}), 422, "RUN312")
    answer = mei.call("PUT", "/me/password", {"old": PASSWORD, "new": NEXT})
    mei.csrf = answer.get_json()["csrf"]
    assert mei.http.get_cookie("plumbline_session").value != before
    assert mei.get("/tasks").status_code == 200
    problem(other.get("/tasks"), 401, "WEB102")
    headers = {"Authorization": f"Bearer {made['key']}"}
    problem(app.test_client().get("/api/v1/tasks", headers=headers), 401, "WEB115")
    problem(Caller(app).sign_in(mei.login), 401, "RUN301")


def test_codes_are_set_up_and_then_asked_for(app, mei):
    assert mei.get("/me/second-factor").get_json() == {"active": False, "recovery_left": 0}
    authenticator, step, recovery = enrol(mei)
    problem(mei.get("/tasks"), 401, "WEB102")
    fresh = Caller(app)
    body = {"login": mei.login, "password": PASSWORD}
    missing = problem(fresh.post("/session", body), 401, "RUN310")
    assert missing["diagnostics"][0]["field"] == "code"
    good = authenticator.generate_otp(step + 1)
    answer = fresh.post("/session", body | {"code": good})
    fresh.csrf = answer.get_json()["csrf"]
    assert fresh.get("/me/second-factor").get_json() == {"active": True, "recovery_left": 10}
    problem(Caller(app).post("/session", body | {"code": good}), 401, "RUN311")
    assert fresh.post("/me/second-factor/end", {"code": recovery[0]}).status_code == 204
    assert Caller(app).sign_in(mei.login).status_code == 200


def test_an_administrator_takes_lost_codes_away_and_locks_out(app, admin, mei):
    enrol(mei)
    path = f"/accounts/{mei.uid}"
    problem(admin.call("PATCH", path, {"second_factor": True}), 422, "WEB202")
    assert admin.call("PATCH", path, {"second_factor": False}).status_code == 204
    assert mei.sign_in(mei.login).status_code == 200
    assert admin.call("PATCH", path, {"active": False}).status_code == 204
    problem(mei.get("/tasks"), 401, "WEB102")
    problem(mei.sign_in(mei.login), 401, "RUN301")
    assert admin.call("PATCH", path, {"active": True, "password": NEXT}).status_code == 204
    assert mei.sign_in(mei.login, NEXT).status_code == 200
    problem(admin.call("PATCH", path, {"roles": ["perf.king"]}), 422, "RUN306")
    problem(admin.call("PATCH", "/accounts/none", {"active": True}), 404, "RUN201")


def test_an_administrator_without_codes_reaches_only_setting_them_up(app, wiring, monkeypatch):
    with wiring.writing() as ctx:
        accounts.create_account(ctx, "chief", PASSWORD, roles=["admin"])
    monkeypatch.setattr(wiring, "settings", replace(wiring.settings, admin_codes=True))
    chief, li = Caller(app), Caller(app)
    assert chief.sign_in("chief").get_json()["must_enrol"] is True
    assert li.sign_in("li").get_json()["must_enrol"] is False
    for path in ("/accounts", "/tasks", "/entities", "/openapi.json"):
        problem(chief.get(path), 403, "WEB116")
    assert li.get("/tasks").status_code == 200
    authenticator, step, _ = enrol(chief)
    body = {"login": "chief", "password": PASSWORD, "code": authenticator.generate_otp(step + 1)}
    assert chief.post("/session", body).get_json()["must_enrol"] is False
    assert chief.get("/accounts").status_code == 200


def test_sessions_are_listed_and_ended(app, mei):
    other = Caller(app)
    other.http.environ_base["HTTP_USER_AGENT"] = "phone"
    other.post(
        "/session", {"login": mei.login, "password": PASSWORD}, headers={"User-Agent": "phone"}
    )
    found = mei.get("/me/sessions").get_json()["items"]
    assert [each["current"] for each in found].count(True) == 1
    (there,) = [each for each in found if each["agent"] == "phone"]
    assert not there["current"]
    assert mei.call("DELETE", f"/me/sessions/{there['uid']}").status_code == 204
    problem(other.get("/tasks"), 401, "WEB102")
    assert mei.get("/tasks").status_code == 200
    problem(mei.call("DELETE", f"/me/sessions/{there['uid']}"), 404, "RUN201")


def test_keys_are_made_listed_and_revoked(app, mei):
    assert "admin" not in mei.get("/me/keys").get_json()["scopes"]
    wanted = {"label": "ERP 接口", "scopes": ["tasks:read"], "days": 90}
    made = mei.post("/me/keys", wanted).get_json()
    (listed,) = mei.get("/me/keys").get_json()["items"]
    assert listed["label"] == "ERP 接口"
    assert made["key"] not in str(listed)
    for change, code, field in (
        ({"scopes": ["packs:write"]}, "RUN315", "scopes.0"),
        ({"scopes": []}, "WEB205", "scopes"),
        ({"days": 1000}, "WEB207", "days"),
        ({"label": ""}, "WEB205", "label"),
    ):
        body = problem(mei.post("/me/keys", wanted | change), 422, code)
        assert body["diagnostics"][0]["field"] == field
    headers = {"Authorization": f"Bearer {made['key']}"}
    assert app.test_client().get("/api/v1/tasks", headers=headers).status_code == 200
    assert mei.call("DELETE", f"/me/keys/{made['uid']}").status_code == 204
    problem(app.test_client().get("/api/v1/tasks", headers=headers), 401, "WEB115")


def test_people_come_in_by_an_outside_provider(app, wiring, monkeypatch):
    someone = Caller(app)
    assert someone.get("/session/providers").get_json()["items"] == [{"key": "password"}]
    problem(someone.get("/session/oidc"), 404, "WEB117")
    with running_provider() as provider:
        monkeypatch.setattr(wiring, "settings", replace(wiring.settings, oidc=provider.settings))
        ways = {each["key"]: each for each in someone.get("/session/providers").get_json()["items"]}
        assert ways["oidc"]["address"] == "/api/v1/session/oidc"
        leaving = someone.get("/session/oidc", headers={"X-Forwarded-Host": "evil.example"})
        assert leaving.status_code == 302
        assert "HttpOnly" in leaving.headers["Set-Cookie"]
        assert "evil" not in leaving.headers["Location"]
        path, back = provider.walk(leaving.headers["Location"])
        assert path == "/api/v1/session/oidc/callback"
        problem(Caller(app).get("/session/oidc/callback", query_string=back), 401, "RUN322")
        answer = someone.get("/session/oidc/callback", query_string=back | {"iss": "extra"})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
        assert someone.get("/session").get_json()["account"]["login"] == "li"
        refused = someone.get("/session/oidc/callback", query_string={"error": "server_error"})
        problem(refused, 401, "RUN321")
        shown = someone.get(
            "/session/oidc/callback",
            query_string={"error": "access_denied"},
            headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"},
        )
        assert (shown.status_code, shown.headers["Location"]) == (302, "/sign-in?refused=RUN325")
        provider.says(sub="u-9", preferred_username="stranger")
        _, back = provider.walk(someone.get("/session/oidc").headers["Location"])
        problem(someone.get("/session/oidc/callback", query_string=back), 401, "RUN324")
        provider.says(fault="down")
        problem(someone.get("/session/oidc"), 401, "RUN320")
        gone = someone.get("/session/oidc", headers={"Accept": "text/html,*/*;q=0.8"})
        assert gone.headers["Location"] == "/sign-in?refused=RUN320"


def test_somebody_sees_who_looked_at_the_record_about_them(wiring, wang, li):
    (about,) = [
        each for each in wang.get("/entities/person/records").get_json()["items"]
        if each["values"]["code"] == "li"
    ]  # fmt: skip
    assert wang.get(f"/entities/person/records/{about['uid']}").status_code == 200
    wiring.views.flush()
    found = li.get("/me/views").get_json()["items"]
    assert ("wang", "person") in {(each["by"], each["entity"]) for each in found}
    assert ("li", "person") not in {(each["by"], each["entity"]) for each in found}


HOSTS = ("evil.example", "evil.example:8000", "127.0.0.1:8000.evil.example")
OWN = ("http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000")


@pytest.mark.parametrize("host", HOSTS)
def test_what_a_request_calls_its_host_proves_nothing(li, host):
    cookie = li.http.get_cookie("plumbline_session").value
    li.http.set_cookie("plumbline_session", cookie, domain=host.partition(":")[0])
    for headers in (
        {"Origin": f"http://{host}"},
        {"X-Forwarded-Host": host, "X-Forwarded-Proto": "https", "Origin": f"https://{host}"},
        {"Forwarded": f"host={host}", "Origin": f"http://{host}"},
    ):
        answer = li.post(
            "/alerts/x/acknowledge", headers=headers, environ_overrides={"HTTP_HOST": host}
        )
        problem(answer, 403, "WEB109")
        assert "evil" not in str(answer.headers)


@pytest.mark.parametrize("origin", OWN)
def test_on_ones_own_machine_all_names_of_it_are_ours(li, origin):
    problem(li.post("/alerts/x/acknowledge", headers={"Origin": origin}), 404, "RUN201")
    for other in (origin.replace("8000", "8001"), origin.replace("http:", "https:")):
        problem(li.post("/alerts/x/acknowledge", headers={"Origin": other}), 403, "WEB109")


@pytest.mark.parametrize(
    ("said", "kept"),
    [("https://p.example/", "https://p.example"), (" http://10.1.2.3:8080 ", "http://10.1.2.3:8080"),
     ("p.example", None), ("ftp://p.example", None), ("https://u@p.example", None),
     ("https://p.example/sub", None), ("https://p.example?x", None), ("", None)],
)  # fmt: skip
def test_the_address_is_one_of_a_site_or_nothing_starts(said, kept):
    if kept is None:
        with pytest.raises(SettingsError):
            Settings.from_environment({"PLUMBLINE_BASE_URL": said})
        return
    settings = Settings.from_environment({"PLUMBLINE_BASE_URL": said})
    assert settings.base_url == kept
    assert settings.origins == {kept}
    assert not settings.admin_codes
    required = {"PLUMBLINE_BASE_URL": said, "PLUMBLINE_ADMIN_CODES": "required"}
    assert Settings.from_environment(required).admin_codes


def test_a_half_configured_provider_does_not_start():
    for wrong in (
        {"PLUMBLINE_OIDC_ISSUER": "https://idp.example"},
        {"PLUMBLINE_OIDC_ISSUER": "http://idp.example", "PLUMBLINE_OIDC_CLIENT_ID": "a",
         "PLUMBLINE_OIDC_CLIENT_SECRET": "b"},
    ):  # fmt: skip
        with pytest.raises(SettingsError):
            Settings.from_environment(wrong)
