"""Changing what is defined: the plan first, consent by name, undoing; a table becomes a form."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk_pack import ENTITY, install
from tests.browser.seats import Place
from tests.browser.test_record_screens import choose
from tests.browser.test_screens import grave_problems
from tests.scenarios.conftest import until

pytestmark = pytest.mark.browser
SHEET = "设备,台数,购入日期\n车床,3,2024-05-01\n铣床,2,2023-11-20\n"


@pytest.fixture(scope="module")
def installed(stage):
    return install(stage)


def type_of(stage, key):
    fields = stage.admin.get(f"/entities/{ENTITY}")["fields"]
    return next(each["type"] for each in fields if each["key"] == key)


def test_a_field_changes_its_type_and_back(installed, stage, sit):
    seat = sit(Place("desk", "zh-CN"))
    seat.sign_in_as(stage.as_(stage.account("designer", language="zh-CN", roles=["admin"])))
    page = seat.page
    seat.go(f"/definitions/{ENTITY}")
    page.get_by_role("button", name="「尺寸」用在哪里").click()
    expect(page.get_by_role("dialog")).to_contain_text("desk.tool_form")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="修改字段 尺寸").click()
    choose(page, "类型", "整数")
    page.get_by_role("dialog").get_by_role("button", name="存为草稿").click()
    expect(page.get_by_text("这个类型有未发布的草稿")).to_be_visible()
    assert type_of(stage, "size") == "text"

    page.get_by_role("link", name="去看草稿和发布").click()
    expect(page.get_by_text(f"记录类型 {ENTITY}")).to_be_visible()
    page.get_by_role("button", name="看影响").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("从 文字 转成 整数")
    expect(dialog.get_by_role("row").filter(has_text="约 30")).to_have_count(1)
    publish = dialog.get_by_role("button", name="发布", exact=True)
    expect(publish).to_be_disabled()
    assert grave_problems(page) == []
    seat.keep_picture("plan")
    dialog.get_by_role("checkbox").check()
    publish.click()
    expect(dialog.get_by_role("status")).to_contain_text("发布")
    until(lambda: type_of(stage, "size") == "integer", timeout_s=20)

    seat.go("/definitions?tab=changes")
    line = page.get_by_role("listitem").filter(has_text=f"{ENTITY}.size")
    expect(line).to_contain_text("已切换")
    line.get_by_role("button", name="看没有转换的值").click()
    expect(line.get_by_role("row").filter(has_text="约 30")).to_be_visible()
    assert grave_problems(page) == []
    seat.keep_picture("changes")
    line.get_by_role("button", name=f"撤销 {ENTITY}.size 的变更").click()
    page.get_by_role("dialog").get_by_role("button", name="撤销", exact=True).click()
    until(lambda: type_of(stage, "size") == "text", timeout_s=20)
    values = stage.admin.get(f"/entities/{ENTITY}/records", sort="serial")["items"]
    assert "约 30" in [each["values"]["size"] for each in values]


def publish_draft(page):
    """From the structure to the drafts, the plan, and into force; what the plan said."""
    page.get_by_role("link", name="To drafts and publishing").click()
    page.get_by_role("button", name="Show what it does").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Changes of tables")).to_be_visible()
    said = dialog.inner_text()
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(dialog.get_by_role("status")).to_contain_text("Published")
    return said


def test_a_field_is_added_unique_taken_away_and_put_back(installed, stage, sit):
    seat = sit(Place("desk", "en", "dark"))
    seat.sign_in_as(stage.as_(stage.account("adder", language="en", roles=["admin"])))
    page, uid = seat.page, installed["records"][0]
    seat.go(f"/definitions/{ENTITY}")
    page.get_by_role("button", name="Add a field").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Chinese name").fill("车间")
    dialog.get_by_label("English name").fill("Hall")
    expect(dialog.get_by_label("Key", exact=True)).to_have_value("x_hall")
    page.get_by_role("combobox", name="Type").fill("Choice")
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Keep as draft").click()
    expect(dialog.get_by_role("alert")).to_have_text("Write at least one option")
    dialog.get_by_label("Options").fill("一号\n二号")
    assert grave_problems(page) == []
    seat.keep_picture("field-added")
    dialog.get_by_role("button", name="Keep as draft").click()
    expect(page.get_by_role("listitem").filter(has_text="x_hall")).to_contain_text("Not published")
    page.get_by_role("combobox", name="Fields that are unique together").fill("Hall")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Make unique").click()
    expect(page.get_by_role("button", name="Drop unique Hall")).to_be_visible()
    assert grave_problems(page) == []
    seat.keep_picture("unique")
    said = publish_draft(page)
    assert f"Role desk.clerk sees and changes {ENTITY}.x_hall" in said
    path = f"/entities/{ENTITY}/records/{uid}"
    told = {"values": {"x_hall": "o1"}, "base_version": stage.admin.get(path)["version"]}
    assert stage.admin.http.patch(f"{stage.admin.url}/api/v1{path}", json=told).status_code == 200

    seat.go(f"/definitions/{ENTITY}")
    page.get_by_role("button", name="Drop unique Hall").click()
    page.get_by_role("button", name="Edit the field Hall").click()
    dialog.get_by_role("button", name="Put the field away").click()
    page.get_by_role("dialog").last.get_by_role("button", name="Keep as draft").click()
    taken = {"names": [f"entity {ENTITY}"], "consent": [f"{ENTITY}.x_hall"]}
    until(lambda: stage.admin.http.post(
        f"{stage.admin.url}/api/v1/definitions/drafts/publish", json=taken, timeout=20
    ).status_code == 200, timeout_s=10)  # fmt: skip
    seat.go(f"/definitions/{ENTITY}")
    page.get_by_role("button", name="Bring back the field Hall").click()
    expect(page.get_by_role("listitem").filter(has_text="x_hall")).to_contain_text("Not published")
    publish_draft(page)
    assert stage.admin.get(path)["values"]["x_hall"] == "o1"


def test_a_table_becomes_a_kind_of_record_in_one_step(stage, sit):
    seat = sit(Place("phone", "en", "dark"))
    seat.sign_in_as(stage.as_(stage.account("maker", language="en", roles=["admin"])))
    page = seat.page
    seat.go("/definitions")
    page.get_by_role("button", name="From a table").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(
        {"name": "设备台账.csv", "mimeType": "text/csv", "buffer": SHEET.encode()}
    )
    expect(dialog.get_by_label("What it is called")).to_have_value("设备台账")
    dialog.get_by_label("What it is called").fill("Machine register")
    dialog.get_by_label("Key", exact=True).fill("Machines")
    expect(dialog.get_by_role("alert")).to_contain_text("begins with a small letter")
    dialog.get_by_label("Key", exact=True).fill("machines")
    expect(dialog.get_by_role("row")).to_have_count(4)
    assert grave_problems(page) == []
    seat.keep_picture("sheet")
    dialog.get_by_role("button", name="Make and publish").click()
    expect(dialog.get_by_text('"Machine register" is made.')).to_be_visible()
    expect(dialog.get_by_text("2 written")).to_be_visible()
    seat.keep_picture("sheet-made")
    dialog.get_by_role("link", name="Open the records").click()
    expect(page.get_by_role("heading", name="Machine register")).to_be_visible()
    found = stage.admin.get("/entities/local.machines/records")["items"]
    assert len(found) == 2
