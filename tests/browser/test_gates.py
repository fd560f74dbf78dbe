"""Ways in that the demo does not have: codes an administrator must set up, a provider outside."""

import re
from dataclasses import replace

import pyotp
import pytest
from playwright.sync_api import expect

from tests.browser.house import FORM, PASSWORD, ROLE, running_house
from tests.browser.seats import Place
from tests.browser.test_screens import grave_problems
from tests.runtime.oidc import running_provider

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def provider():
    with running_provider() as found:
        yield found


@pytest.fixture(scope="module")
def house(provider, tmp_path_factory):
    oidc = replace(provider.settings, label="Plant ID")
    folder = tmp_path_factory.mktemp("gates") / "data"
    with running_house(folder, admin_codes=True, oidc=oidc) as found:
        found.account("li", roles=[ROLE], person="li", language="en")
        yield found


@pytest.fixture
def sit(house, browser):
    seats = []

    def make(place):
        seats.append(house.seat(browser, place))
        seats[-1].watch.allow(401, "/api/v1/")
        return seats[-1]

    yield make
    problems = [problem for seat in seats for problem in seat.watch.take()]
    for seat in seats:
        seat.context.close()
    assert problems == []


def test_an_administrator_sets_up_codes_first_and_signs_in_with_them(house, sit):
    """At the desk nothing else is shown before; on the phone the code is the second step."""
    seat = sit(Place("desk", "zh-CN", "dark"))
    page = seat.page
    seat.go("/definitions")
    page.get_by_label("账号", exact=True).fill("admin")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_text("管理员账号必须先启用一次性验证码")).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)
    assert grave_problems(page) == []
    seat.keep_picture("must-enrol")
    secret = page.get_by_test_id("secret").inner_text()
    page.get_by_label(re.compile("输入验证器上显示的")).fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="确认启用").click()
    codes = page.get_by_test_id("recovery").get_by_role("listitem")
    expect(codes).to_have_count(10)
    spare = codes.all_inner_texts()
    page.get_by_role("button", name="已保存，去登录").click()
    expect(page.get_by_label("账号", exact=True)).to_be_visible()

    phone = sit(Place("phone", "zh-CN"))
    page = phone.page
    phone.go(f"/fill/f/{FORM}")
    page.get_by_label("账号").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    code = page.get_by_label(re.compile("验证码"))
    code.fill("000000")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("验证码不对")
    assert grave_problems(page) == []
    phone.keep_picture("phone-code")
    code.fill(spare[0])
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="来访登记")).to_be_visible()
    phone.keep_picture("phone-form")


def test_somebody_comes_in_by_a_provider_or_is_told_why_not(provider, sit):
    seat = sit(Place("phone", "en"))
    page = seat.page
    provider.says(sub="u-9", preferred_username="stranger")
    seat.go("/sign-in")
    page.get_by_role("link", name="Sign in with Plant ID").click()
    expect(page.get_by_role("alert")).to_contain_text("no account here")
    expect(page.get_by_role("alert")).to_contain_text("RUN324")
    assert grave_problems(page) == []
    seat.keep_picture("not-let-in")
    provider.says()
    page.get_by_role("link", name="Sign in with Plant ID").click()
    expect(page.get_by_role("heading", name="My work")).to_be_visible()
