"""Without a mouse: sign in, open the card, fill in its form and send it."""

import pytest
from playwright.sync_api import expect

from tests.browser.seats import Place
from tests.browser.stage import PASSWORD

MACHINE = "CNC-02"
MOST_TABS = 120
FOCUS_JS = """() => {
  const one = document.activeElement
  return {tag: one.tagName, type: one.type ?? '', id: one.id, text: one.innerText ?? '',
    seen: one.matches(':focus-visible'), field: one.closest('[data-field]')?.dataset.field ?? '',
    box: one.getBoundingClientRect().toJSON()}
}"""

pytestmark = pytest.mark.browser


def tab_to(page, wanted):
    """Press Tab until the focus is there; it is visible all the way."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS_JS)
        if focus["tag"] == "BODY":
            continue
        assert focus["seen"], focus
        if wanted(focus):
            return focus
    raise AssertionError("the keyboard does not get there")


def test_a_card_is_done_by_keyboard_alone(stage, sit):
    login = stage.leader_of(MACHINE, "zh-CN")
    card = stage.card_for(MACHINE)
    seat = sit(Place("desk", "zh-CN"))
    page, keys = seat.page, seat.page.keyboard

    seat.go(f"/tasks/{card['uid']}")
    expect(page.get_by_label("账号", exact=True)).to_be_focused()
    keys.type(login)
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(page.get_by_role("heading", name="提交《异常归因树状图》")).to_be_visible()
    seat.settle()

    tab_to(page, lambda f: "添加第一个节点" in f["text"])
    keys.press("Enter")
    keys.type("尺寸超差")
    keys.press("Control+Enter")
    keys.type("刀具磨损")
    tab_to(page, lambda f: f["field"] == "root_cause")
    choose(page, keys, "root_cause")
    tab_to(page, lambda f: f["field"] == "countermeasure")
    keys.type("更换刀具")
    tab_to(page, lambda f: f["field"] == "stop_line")
    keys.press("ArrowRight")  # to 否
    tab_to(page, lambda f: f["type"] == "submit")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="已提交")).to_be_visible()
    assert stage.task(card["uid"])["state"] == "done"


def choose(page, keys, field):
    """Take the first option of a list that opens on the keyboard."""
    keys.press("ArrowDown")
    page.locator(".ant-select-dropdown").wait_for()
    keys.press("Enter")
    expect(page.locator(f'[data-field="{field}"] .ant-select-content')).to_contain_text("刀具")


def test_shortcuts_move_through_the_work_list(stage, sit):
    assert stage.open_card
    leader = stage.as_(stage.leader_of("CNC-12", "zh-CN"))
    seat = sit(Place("desk", "zh-CN")).sign_in_as(leader)
    page, keys = seat.page, seat.page.keyboard
    seat.go("/tasks")
    keys.press("j")
    expect(page.locator('[aria-current="true"]')).to_have_count(1)
    expect(page).not_to_have_url(f"{seat.url}/tasks")
    keys.press("Escape")
    expect(page).to_have_url(f"{seat.url}/tasks")
    keys.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    keys.press("3")
    expect(page.get_by_role("heading", name="指标", exact=True)).to_be_visible()
