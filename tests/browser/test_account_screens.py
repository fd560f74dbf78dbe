"""Who I am: sessions, keys and one-time codes of one's own; looking through other eyes."""

import re

import pyotp
import pytest
from playwright.sync_api import expect

from tests.browser.desk_pack import ENTITY, ROLE, install
from tests.browser.seats import Place
from tests.browser.stage import PASSWORD
from tests.browser.test_screens import grave_problems
from tests.scenarios.conftest import Client

RECOVERY_CODES = 10

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def installed(stage):
    return install(stage)


def sign_in(page, login):
    page.get_by_label("账号", exact=True).fill(login)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()


def test_a_person_looks_after_sessions_keys_and_codes(installed, stage, sit):
    assert installed["records"]
    login = stage.account("careful", language="zh-CN", roles=["admin", ROLE])
    url = stage.demo.ready["url"]
    elsewhere = [Client(url, login, PASSWORD) for _ in range(2)]
    seat = sit(Place("desk", "zh-CN"))
    seat.watch.allow(401, "/api/v1/")
    page = seat.page
    seat.go("/security")
    sign_in(page, login)
    expect(page.get_by_role("heading", name="我的登录")).to_be_visible()

    # sessions: the other two end, this one goes on
    expect(page.get_by_text("当前", exact=True)).to_have_count(1)
    page.get_by_role("button", name="结束其他所有登录").click()
    expect(page.get_by_text("已结束 2 个登录")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^结束 "))).to_have_count(0)
    assert {who.http.get(f"{url}/api/v1/session", timeout=10).status_code for who in elsewhere} == {
        401
    }

    # a key: shown once, as strong as its scopes, gone when revoked
    page.get_by_role("button", name="新建密钥").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="新建密钥").click()
    expect(dialog.get_by_role("alert")).to_have_text("请填写名称")
    dialog.get_by_label("名称").fill("质检系统写入")
    dialog.get_by_role("checkbox", name="记录 读").check()
    assert grave_problems(page) == []
    seat.keep_picture("key-new")
    dialog.get_by_role("button", name="新建密钥").click()
    value = page.get_by_test_id("key").inner_text()
    seat.keep_picture("key-made")
    headers = {"Authorization": f"Bearer {value}"}
    fresh = elsewhere[0].http
    fresh.cookies.clear()
    asked = {
        path: fresh.get(f"{url}/api/v1{path}", headers=headers, timeout=10).status_code
        for path in ("/entities/desk.tool/records", "/accounts")
    }
    assert asked == {"/entities/desk.tool/records": 200, "/accounts": 403}
    page.get_by_role("button", name="关闭", exact=True).last.click()
    page.get_by_role("button", name="撤销 质检系统写入").click()
    page.get_by_role("dialog").get_by_role("button", name="撤销", exact=True).click()
    expect(page.get_by_text("还没有密钥。")).to_be_visible()
    gone = fresh.get(f"{url}/api/v1/entities/desk.tool/records", headers=headers, timeout=10)
    assert gone.status_code == 401

    # one-time codes: scanned, confirmed, the recovery codes shown once; then asked for
    page.get_by_role("button", name="启用", exact=True).click()
    expect(page.get_by_role("img", name="身份验证器的二维码")).to_have_js_property("complete", True)
    secret = page.get_by_test_id("secret").inner_text()
    assert grave_problems(page) == []
    seat.keep_picture("enrol")
    page.get_by_label(re.compile("输入验证器上显示的")).fill("000000")
    seat.watch.allow(422, "/me/second-factor")
    page.get_by_role("button", name="确认启用").click()
    expect(page.get_by_role("alert").filter(has_text="验证码不正确")).to_be_visible()
    page.get_by_label(re.compile("输入验证器上显示的")).fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="确认启用").click()
    codes = page.get_by_test_id("recovery").get_by_role("listitem")
    expect(codes).to_have_count(RECOVERY_CODES)
    spare = codes.first.inner_text()
    seat.keep_picture("recovery")
    page.get_by_role("button", name="已保存，去登录").click()
    sign_in(page, login)
    expect(page.get_by_text("打开手机上的身份验证器")).to_be_visible()
    seat.keep_picture("sign-in-code")
    page.get_by_label("一次性验证码或恢复码").fill(spare)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="我的待办")).to_be_visible()
    seat.go("/security")
    expect(page.get_by_text("还剩 9 个恢复码")).to_be_visible()


def test_an_administrator_looks_through_other_eyes(installed, stage, sit):
    """What is masked is said to be, with the reason; nothing can be changed; the way back is there."""
    login = stage.account("clerk", language="zh-CN", roles=[ROLE])
    record = installed["records"][0]
    seat = sit(Place("phone", "en", "dark"))
    seat.sign_in_as(stage.as_(stage.account("viewer", language="en", roles=["admin"])))
    seat.watch.allow(403, "/api/v1/")
    page = seat.page
    seat.go("/accounts")
    page.get_by_role("textbox", name="Find by account, person or role").fill(login)
    page.get_by_role("button", name=f'Look as "{login}"').click()
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("alert")).to_have_text("Say why")
    page.get_by_label("Reason").fill("cannot see the price")
    page.get_by_role("button", name="Begin").click()
    banner = page.get_by_role("status").filter(has_text=f'looking as "{login}"')
    expect(banner).to_be_visible()

    seat.go(f"/records/{ENTITY}")
    expect(banner).to_be_visible()
    expect(page.get_by_text("Masked").first).to_be_visible()
    expect(page.get_by_text("4200")).to_have_count(0)
    assert grave_problems(page) == []
    seat.keep_picture("masked-list")
    seat.go(f"/records/{ENTITY}/{record}")
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("button", name="Why").click()
    row = drawer.get_by_role("row").filter(has_text="Price")
    expect(row).to_contain_text("Masked")
    expect(row).to_contain_text(ROLE)
    expect(drawer.get_by_text('Role "Clerk": all')).to_have_count(2)  # to see and to change
    assert grave_problems(page) == []
    seat.keep_picture("access")
    drawer.get_by_role("button", name="Edit").click()
    editor = page.get_by_role("dialog").last
    expect(editor.locator('[data-field="price"]')).to_contain_text("your role does not see")
    expect(editor.locator('[data-field="serial"] input')).to_be_disabled()
    expect(editor.locator('[data-field="serial"]')).to_contain_text("Read only")
    seat.keep_picture("read-only")
    editor.get_by_role("textbox", name="Name").fill("Changed")
    editor.get_by_role("button", name="Save").click()
    expect(editor.get_by_role("alert")).to_be_visible()  # a look changes nothing
    assert stage.admin.get(f"/entities/{ENTITY}/records/{record}")["version"] == 1

    seat.go("/tasks")
    banner.get_by_role("button", name="Stop looking").click()
    expect(page.get_by_role("heading", name="Accounts")).to_be_visible()
    expect(banner).to_have_count(0)
