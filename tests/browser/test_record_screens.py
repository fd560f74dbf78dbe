"""Lists and records worked on for real: found, kept as a view, changed, undone, taken in and out."""

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk_pack import ENTITY, FORM, install
from tests.browser.seats import Place
from tests.browser.test_screens import grave_problems
from tests.scenarios.conftest import until

pytestmark = pytest.mark.browser
TABLE = (
    "名称,编号,状态,价格,检查日期\n扳手,T-9,可用,12.50,2026-02-08\n坏行,T-10,可用,很贵,2026-02-30\n"
)


@pytest.fixture(scope="module")
def installed(stage):
    return install(stage)


@pytest.fixture
def desk(stage, sit):
    """A window of an administrator."""
    return lambda place: sit(place).sign_in_as(
        stage.as_(stage.account(f"desk-{place.language}", language=place.language, roles=["admin"]))
    )


def names(page):
    return page.locator(".ant-table-tbody tr.ant-table-row td:nth-child(2)")


def choose(page, label, option):
    """Take an option of a list of Ant Design's."""
    page.get_by_role("combobox", name=label).click()
    page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter(
        has_text=re.compile(f"^{re.escape(option)}")
    ).first.click()


def menu(page, button, item):
    page.get_by_role("button", name=button).click()
    page.get_by_role("menuitem", name=item).click()


def values_of(stage, key):
    found = stage.admin.get(f"/entities/{ENTITY}/records", sort="serial")["items"]
    return [each["values"][key] for each in found]


def test_a_list_is_narrowed_kept_and_changed(installed, stage, desk):
    seat = desk(Place("desk", "zh-CN"))
    page = seat.page
    seat.go(f"/records/{ENTITY}")
    expect(page.get_by_text("共 3 条")).to_be_visible()

    # full text, then conditions; the address says what is shown
    page.get_by_role("searchbox", name="搜索").fill("虎钳")
    page.keyboard.press("Enter")
    expect(names(page)).to_have_text(["虎钳"])
    page.get_by_role("button", name="全部清除").click()
    page.get_by_role("button", name="筛选").click()
    choose(page, "字段 1", "状态")
    choose(page, "比较 1", "等于")
    choose(page, "状态 值", "可用")
    page.get_by_role("button", name="应用").click()
    expect(names(page)).to_have_count(2)
    assert "match=" in page.url
    assert grave_problems(page) == []
    seat.keep_picture("list-filter")

    # a view keeps it
    menu(page, "视图", "保存当前视图")
    page.get_by_role("dialog").get_by_label("名称").fill("可用的")
    page.get_by_role("dialog").get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存视图「可用的」")).to_be_visible()
    seat.go(f"/records/{ENTITY}")
    expect(names(page)).to_have_count(3)
    menu(page, "视图", "可用的")
    expect(names(page)).to_have_count(2)

    # in groups with sums, and a group opened as its records, with the columns one wants
    page.get_by_role("button", name="列和分组").click()
    page.get_by_role("combobox", name="按什么分组").fill("尺寸")
    page.keyboard.press("Enter")
    page.get_by_role("combobox", name="每组算什么").fill("价格 合计")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("row").filter(has_text="约 30")).to_contain_text("880.50")
    assert grave_problems(page) == []
    seat.keep_picture("groups")
    page.get_by_role("button", name="约 30").click()
    expect(names(page)).to_have_text(["卡盘"])
    page.get_by_role("combobox", name="显示的列").press("Backspace")
    expect(page.get_by_role("columnheader", name="尺寸")).to_have_count(0)
    page.get_by_role("button", name="列和分组").click()
    page.get_by_role("button", name="可用的 *").click()
    page.get_by_role("menuitem", name="可用的", exact=True).click()
    expect(names(page)).to_have_count(2)

    # many at once: the effect first, then the change, then undone
    page.get_by_role("checkbox", name="选择 虎钳").check()
    page.get_by_role("button", name="选择本页全部").click()
    page.get_by_role("button", name="批量修改").click()
    dialog = page.get_by_role("dialog")
    choose(page, "要改的字段", "尺寸")
    dialog.get_by_label("新的值").fill("12")
    dialog.get_by_role("button", name="看影响").click()
    expect(dialog.get_by_role("status")).to_contain_text("会修改 1 条")
    expect(dialog.get_by_role("status")).to_contain_text("1 条已经是这个值")
    assert grave_problems(page) == []
    seat.keep_picture("bulk-effect")
    dialog.get_by_role("button", name="修改 1 条").click()
    expect(dialog.get_by_text("已完成")).to_be_visible()
    assert values_of(stage, "size") == ["12", "12", "8"]
    dialog.get_by_role("button", name="撤销这次修改").click()
    until(lambda: values_of(stage, "size") == ["12", "约 30", "8"], timeout_s=10)
    page.keyboard.press("Escape")

    # out as a file
    menu(page, "更多操作", "导出")
    page.get_by_role("radio", name="CSV").check()
    page.get_by_role("dialog").get_by_role("button", name="导出", exact=True).click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载文件").click()
    rows = list(csv.reader(io.StringIO(waiting.value.path().read_text("utf-8-sig"))))
    assert {row[0] for row in rows[1:]} == {"虎钳", "卡盘"}


def test_a_file_is_tried_and_taken_in(installed, stage, desk):
    seat = desk(Place("desk", "zh-CN", "dark"))
    page = seat.page
    seat.go(f"/records/{ENTITY}")
    menu(page, "更多操作", "导入")
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(
        {"name": "工装.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    )
    expect(dialog.get_by_role("row")).to_have_count(6)
    choose(page, "遇到已有的记录", "按「编号」")
    assert grave_problems(page) == []
    seat.keep_picture("import-columns")
    dialog.get_by_role("button", name="先试一遍").click()
    expect(dialog.get_by_text("试完了：1 行可以导入，1 行不行。")).to_be_visible()
    expect(dialog.get_by_role("row", name="第 3 行")).to_contain_text("价格")
    seat.keep_picture("import-tried")
    with page.expect_download() as waiting:
        dialog.get_by_role("link", name="下载未通过的行").click()
    assert waiting.value.suggested_filename.endswith(".xlsx")
    assert "T-9" not in values_of(stage, "serial")
    dialog.get_by_role("button", name="返回").click()
    dialog.get_by_role("button", name="导入 2 行").click()
    expect(dialog.get_by_text("写入 1 行，未变 0 行，未通过 1 行")).to_be_visible()
    assert "T-9" in values_of(stage, "serial")
    page.keyboard.press("Escape")
    expect(names(page).filter(has_text="扳手")).to_have_count(1)


def test_a_record_is_talked_about_restored_and_brought_back(installed, stage, desk):
    seat = desk(Place("phone", "en"))
    page, uid = seat.page, installed["records"][2]
    path = f"/entities/{ENTITY}/records/{uid}"
    version = stage.admin.get(path)["version"]
    changed = stage.admin.http.patch(
        f"{stage.admin.url}/api/v1{path}",
        json={"values": {"size": "9"}, "base_version": version},
        timeout=20,
    )
    assert changed.status_code == 200, changed.text
    person = stage.admin.get("/lookup/person", q="")["items"][0]
    seat.go(f"/records/{ENTITY}/{uid}")
    drawer = page.get_by_role("dialog")

    drawer.get_by_role("tab", name="Comments").click()
    drawer.get_by_role("textbox").press_sequentially("See @")
    page.locator(".ant-mentions-dropdown-menu-item", has_text=person["display"]).first.click()
    drawer.get_by_role("button", name="Send").click()
    remark = drawer.get_by_role("listitem").filter(has_text=f"See @{person['display']}")
    expect(remark).to_be_visible()
    (said,) = stage.admin.get(f"{path}/comments")["items"]
    assert [each["display"] for each in said["mentions"]] == [person["display"]]
    seat.keep_picture("comments")

    drawer.get_by_role("tab", name="History").click()
    expect(drawer.locator("ins").filter(has_text=re.compile("^9$"))).to_be_visible()
    drawer.get_by_role("button", name=re.compile(rf"Restore this version {version}$")).click()
    page.get_by_role("button", name="Restore this version", exact=True).last.click()
    expect(page.get_by_text(f"The content of version {version} is back")).to_be_visible()
    assert stage.admin.get(path)["values"]["size"] == "8"
    assert grave_problems(page) == []
    seat.keep_picture("history-restored")

    drawer.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").last.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    menu(page, "More", "Trash")
    expect(page.get_by_role("dialog").get_by_text("量规")).to_be_visible()
    seat.keep_picture("trash")
    page.get_by_role("button", name="Restore 量规").click()
    expect(page.get_by_text("The trash is empty.")).to_be_visible()
    assert stage.admin.get(path)["values"]["name"] == "量规"


def test_a_public_link_is_made_printed_counted_and_ended(installed, stage, desk, sit):
    seat = desk(Place("desk", "en", "dark"))
    page = seat.page
    seat.go(f"/records/{ENTITY}")
    menu(page, "More", "Public links")
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("button", name="New link").click()
    drawer.get_by_role("button", name="New link").click()
    expect(drawer.get_by_role("alert")).to_have_text("Fill in the purpose")
    drawer.get_by_label("Purpose").fill("Hall 3")
    choose(page, "Fix a field", "State")
    choose(page, "State", "Broken")
    drawer.get_by_role("button", name="New link").click()
    picture = drawer.get_by_role("img", name='QR code of "Hall 3"')
    expect(picture).to_be_visible()
    address = page.get_by_test_id("link").inner_text()
    assert grave_problems(page) == []
    seat.keep_picture("link-made")
    page.emulate_media(media="print")  # the sheet alone is printed
    expect(page.locator(".print-sheet img")).to_be_visible()
    expect(drawer).to_be_hidden()
    page.emulate_media(media="screen")
    drawer.get_by_role("button", name="Close").last.click()

    token = address.rsplit("/", 1)[1]
    phone = sit(Place("phone", "en"))
    phone.watch.allow(401, "/api/v1/")
    phone.go(f"/fill/p/{token}?name=Lamp&state=ready")  # what the link fixes is not to be had
    expect(phone.page.get_by_label("Name")).to_have_value("Lamp")
    expect(phone.page.get_by_label("State")).to_have_count(0)
    phone.page.get_by_role("button", name="Submit").click()
    expect(phone.page.get_by_role("heading", name="Submitted")).to_be_visible()

    seat.go(f"/records/{ENTITY}")
    menu(page, "More", "Public links")
    line = page.get_by_role("dialog").get_by_role("listitem").filter(has_text="Hall 3")
    expect(line).to_contain_text("1 received")
    made = stage.admin.get(f"/entities/{ENTITY}/records", filter='name = "Lamp"')["items"]
    assert [each["values"]["state"] for each in made] == ["broken"]
    line.get_by_role("button", name="End the link Hall 3").click()
    page.get_by_role("dialog").last.get_by_role("button", name="End", exact=True).click()
    expect(line).to_contain_text("Ended")
    assert stage.admin.get(f"/forms/{FORM}/links")["items"][0]["revoked_at"] is not None
