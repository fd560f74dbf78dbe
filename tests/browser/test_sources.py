"""The settings of a source: secrets go in and never come out, the connection says where it stops."""

import pytest
from playwright.sync_api import expect

from tests.browser.seats import Place
from tests.browser.stage import PACK

SOURCE = f"{PACK}.quality_system"
WORDS = {
    "zh-CN": {
        "address": "地址",
        "user": "用户名",
        "password": "密码",
        "set": "已设置",
        "save": "保存",
        "saved": "设置已保存",
        "unfit": "不会发往现在的地址",
        "test": "测试连接",
        "works": "连接正常",
        "fails": "没有连上，停在：",
        "fill": "请填写",
    },
    "en": {
        "address": "Address",
        "user": "User name",
        "password": "Password",
        "set": "set",
        "save": "Save",
        "saved": "Settings saved",
        "unfit": "is not sent to the address set now",
        "test": "Test connection",
        "works": "The connection works",
        "fails": "Not connected; stopped at:",
        "fill": "Fill this in",
    },
}

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("form", "language"), [("desk", "zh-CN"), ("phone", "en")])
def test_a_source_is_set_up_and_tried(stage, sit, form, language):
    words, plant = WORDS[language], stage.demo.ready["plant"]
    seat = sit(Place(form, language)).sign_in_as(stage.as_(stage.administrator(language)))
    page = seat.page
    answers = []
    page.on("response", lambda r: "/settings" in r.url and answers.append(r))
    seat.go("/sources")
    page.locator(f'a[href="/sources/{SOURCE}"]').click()
    address = page.get_by_label(words["address"], exact=True)
    expect(address).to_have_value(plant["http"])
    for name in (words["user"], words["password"]):
        expect(page.get_by_label(name, exact=True)).to_have_value("")
    expect(page.get_by_text(words["set"], exact=True)).to_have_count(2)
    save = page.get_by_role("button", name=words["save"], exact=True)
    expect(save).to_be_disabled()

    attempt(page, words)
    expect(page.get_by_role("status").filter(has_text=words["works"])).to_be_visible()

    page.get_by_label(words["address"], exact=True).fill("")
    save.click()
    expect(page.get_by_text(words["fill"])).to_be_visible()
    address.fill("http://127.0.0.1:9")  # nobody listens there, and no secret may go there
    save.click()
    expect(page.get_by_text(words["unfit"])).to_have_count(2)
    attempt(page, words)
    expect(page.get_by_role("status").filter(has_text=words["fails"])).to_be_visible()

    address.fill(plant["http"])
    page.get_by_label(words["user"], exact=True).fill(plant["user"])
    page.get_by_label(words["password"], exact=True).fill(plant["password"])
    save.click()
    expect(page.get_by_text(words["unfit"])).to_have_count(0)
    expect(page.get_by_label(words["password"], exact=True)).to_have_value("")
    attempt(page, words)
    expect(page.get_by_role("status").filter(has_text=words["works"])).to_be_visible()
    assert answers
    for answer in answers:
        assert plant["password"] not in answer.text()


def attempt(page, words):
    page.get_by_role("button", name=words["test"], exact=True).click()
