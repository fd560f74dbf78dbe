"""People and rights: who leaves, whose data goes, who sees what; and a disk that is full."""

import io
import json
import os
import re
import zipfile

import openpyxl
import pytest
from playwright.sync_api import expect

from runtime import reshape
from tests.browser.house import ENTITY, FORM, ROLE, running_house
from tests.browser.seats import Place
from tests.browser.test_record_screens import choose, menu
from tests.browser.test_screens import grave_problems
from tests.scenarios.conftest import until

pytestmark = pytest.mark.browser
PHONE_NUMBER = "13812345678"
MANY = 12_000  # rows that take longer than a press of a button
SURVEY = (
    ("type", "name", "label", "required", "relevant"),
    ("text", "visitor", "访客", "yes", ""),
    ("integer", "guests", "人数", "", ""),
    ("audio", "voice", "录音", "", ""),
)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with running_house(tmp_path_factory.mktemp("people") / "data") as found:
        found.admin = found.client("admin")
        yield found


@pytest.fixture(scope="module")
def seats():
    """The windows by place, kept open: what a browser has loaded it need not load again."""
    found = {}
    yield found
    for seat in found.values():
        seat.context.close()


@pytest.fixture
def sit(house, browser, seats):
    """A window of the administrator; at the end nothing may have gone wrong in it."""

    def make(place, client=None):
        if place not in seats:
            seats[place] = house.seat(browser, place)
        seat = seats[place].sign_in_as(client or house.admin)
        house.admin.http.patch(
            f"{house.url}/api/v1/session", json={"language": place.language}, timeout=10
        )
        return seat

    yield make
    assert [problem for seat in seats.values() for problem in seat.watch.take()] == []
    for seat in seats.values():
        seat.page.goto("about:blank")
        seat.watch.take()


def tab(seat, house, person, name):
    seat.go(f"/records/person/{house.uids[person]}")
    seat.page.get_by_role("dialog").get_by_role("tab", name=name).click()


def files_of(house):
    return house.admin.get("/definitions/files")["files"]


def test_a_person_leaves_and_a_successor_takes_over(house, sit):
    house.account("zhou", person="zhou")
    house.give_task("zhou", "检查来访登记", "Check the visits")
    department = house.admin.post(
        "/entities/department/records", {"values": {"name": "前厅", "code": "d1"}}
    )
    for begin, end in (("2024-01-01", "2025-12-31"), ("2026-01-01", None)):
        values = {"person": house.uids["zhou"], "department": department["uid"], "main": True}
        values |= {"manager": house.uids["boss"], "from": begin, "to": end}
        house.admin.post("/entities/assignment/records", {"values": values})
    visit = {"name": "客人", "phone": PHONE_NUMBER, "host": house.uids["zhou"]}
    house.admin.post(f"/entities/{ENTITY}/records", {"values": visit})

    seat = sit(Place("desk", "zh-CN"))
    seat.watch.allow(404, "/departure")  # nothing is arranged yet
    page = seat.page
    tab(seat, house, "zhou", "任职与离职")
    drawer = page.get_by_role("dialog")
    posts = drawer.get_by_role("listitem").filter(has_text="上级 王主任")
    expect(posts).to_have_count(2)
    expect(posts.first).to_contain_text("2026-01-01 起")
    drawer.get_by_role("button", name="看会转交什么").click()
    expect(drawer.get_by_role("alert")).to_have_text("请填写离职日期")
    day = drawer.get_by_label("离职日期（不再上班的第一天）")
    day.fill("2099-01-01")
    day.press("Enter")
    choose(page, "接手人", "李接手")
    drawer.get_by_role("button", name="看会转交什么").click()
    holdings = drawer.get_by_test_id("holdings")
    expect(holdings).to_contain_text("检查来访登记")
    expect(holdings).to_contain_text("zhou")
    expect(holdings.get_by_role("link", name="来访 · 接待人：1 条")).to_be_visible()
    assert grave_problems(page) == []
    seat.keep_picture("leaving")
    drawer.get_by_role("button", name="安排 2099-01-01 离职").click()
    expect(drawer.get_by_role("status").filter(has_text="李接手")).to_contain_text(
        "2099-01-01 离职"
    )
    seat.keep_picture("leaving-planned")

    drawer.get_by_role("button", name="改期或换接手人").click()
    day.fill("2024-06-01")
    day.press("Enter")
    drawer.get_by_role("checkbox", name="名下的记录也一并转交").check()
    drawer.get_by_role("button", name="看会转交什么").click()
    expect(holdings).to_contain_text("转给「王主任」的任务")  # nobody was named
    expect(holdings.get_by_test_id("goes")).to_contain_text("来访 · 接待人：1 条")
    seat.keep_picture("leaving-records")
    drawer.get_by_role("button", name="安排 2024-06-01 离职").click()
    expect(drawer.get_by_text("1 项任务转给了「王主任」")).to_be_visible()
    expect(drawer.get_by_text("1 条记录转给了「王主任」")).to_be_visible()
    seat.keep_picture("left")
    (account,) = [a for a in house.admin.get("/accounts")["items"] if a["login"] == "zhou"]
    assert account["active"] is False


def test_the_data_of_a_person_is_exported_and_erased(house, sit):
    uid = house.uids["li"]
    seat = sit(Place("phone", "en", "dark"))
    page = seat.page
    tab(seat, house, "li", "Personal data")
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("button", name="Begin the export").click()
    with page.expect_download() as waiting:
        drawer.get_by_role("link", name="Download the file").click()
    with zipfile.ZipFile(waiting.value.path()) as archive:
        (person,) = json.loads(archive.read("person.json"))
    assert person["values"]["email"] == "li@plant.example"

    drawer.get_by_role("button", name="Show what would be erased").click()
    shown = drawer.get_by_test_id("erasure")
    expect(shown).to_contain_text("Person: 1 record")
    expect(shown).to_contain_text("E-mail")
    drawer.get_by_label("Reason").fill("asked for in writing")
    drawer.get_by_label('Type "李接手" to confirm').fill("somebody else")
    drawer.get_by_role("button", name="Erase for good").click()
    expect(drawer.get_by_role("alert")).to_have_text("This is not the name")
    assert grave_problems(page) == []
    seat.keep_picture("erasure")
    drawer.get_by_label('Type "李接手" to confirm').fill("李接手")
    drawer.get_by_role("button", name="Erase for good").click()
    expect(drawer.get_by_text("Erased.")).to_be_visible()
    expect(drawer.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    seat.keep_picture("erased")
    found = house.admin.get(f"/entities/person/records/{uid}")
    assert "李接手" not in json.dumps(found, ensure_ascii=False)
    assert found["values"]["email"] is None


def test_everybody_takes_the_own_data_home(house, sit):
    house.account("own", roles=[ROLE], person="boss")
    seat = sit(Place("phone", "zh-CN"), house.client("own"))
    page = seat.page
    seat.go("/security")
    page.get_by_role("button", name="导出我的数据").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载文件").click()
    with zipfile.ZipFile(waiting.value.path()) as archive:
        accounts = json.loads(archive.read("account.json"))
    assert [each["login"] for each in accounts] == ["own"]
    page.get_by_role("heading", name="关于我的数据").scroll_into_view_if_needed()
    seat.keep_picture("own-data")


def test_what_a_field_is_kept_for_and_who_sees_it(house, sit):
    """Said where fields and roles are edited, tried on a record, published together."""
    house.account("desk", roles=[ROLE])
    values = {"name": "陈先生", "phone": PHONE_NUMBER, "size": "3"}
    visit = house.admin.post(f"/entities/{ENTITY}/records", {"values": values})["uid"]
    seat = sit(Place("desk", "zh-CN"))
    page = seat.page
    seat.go(f"/definitions/{ENTITY}")
    page.get_by_role("button", name="修改字段 电话").click()
    dialog = page.get_by_role("dialog")
    choose(page, "属于", "敏感个人信息")
    dialog.get_by_label("收集目的（中文）").fill("紧急时联系")
    dialog.get_by_role("button", name="存为草稿").click()
    expect(dialog.get_by_role("alert")).to_contain_text("两种语言")
    dialog.get_by_label("收集目的（英文）").fill("to call in an emergency")
    dialog.get_by_label(re.compile("保留几天")).fill("90")
    assert grave_problems(page) == []
    seat.keep_picture("field-privacy")
    dialog.get_by_role("button", name="存为草稿").click()
    expect(page.get_by_text("这个类型有未发布的草稿")).to_be_visible()

    seat.go("/definitions?tab=roles")
    page.get_by_role("link", name="前台 的字段权限").click()
    choose(page, "用哪条记录预览", "陈先生")
    row = page.locator('[data-field="phone"]')
    expect(row.get_by_test_id("seen")).to_have_text(PHONE_NUMBER)
    choose(page, "电话 的权限", "遮住")
    expect(row.get_by_test_id("seen")).to_have_text("***")
    page.get_by_label("电话 露出开头几位").fill("3")
    page.get_by_label("电话 露出结尾几位").fill("4")
    expect(row.get_by_test_id("seen")).to_have_text("138****5678")
    choose(page, "接待人 的权限", "看不到")
    choose(page, "以后新增的字段", "只读")
    assert grave_problems(page) == []
    seat.keep_picture("role-rights")
    page.get_by_role("button", name="存为草稿").click()
    page.get_by_role("link", name=re.compile("去看草稿和发布")).click()
    page.get_by_role("button", name="看影响").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="发布", exact=True).click()
    expect(dialog.get_by_role("status")).to_contain_text("已发布")
    (grant,) = json.loads(files_of(house)["rights/roles/guest.json"])["grants"]
    assert grant["masks"] == {"phone": {"first": 3, "last": 4}}
    assert (grant["hidden_fields"], grant["new_fields"]) == (["host"], "read_only")

    # as one of them sees it: the same as the preview said
    seat.go(f"/definitions/{ENTITY}")
    expect(page.get_by_text("收集目的：紧急时联系 · 保留 90 天")).to_be_visible()
    seat.keep_picture("structure-privacy")
    seat.go(f"/definitions/roles/{ROLE}")
    page.get_by_role("button", name="以「desk」的身份查看").click()
    page.get_by_label("理由").fill("看看电话")
    page.get_by_role("button", name="开始查看").click()
    expect(page.get_by_role("status").filter(has_text="desk")).to_be_visible()
    seat.go(f"/records/{ENTITY}/{visit}")
    expect(page.get_by_role("dialog").get_by_text("138****5678")).to_be_visible()
    expect(page.get_by_text("接待人")).to_have_count(0)
    seat.keep_picture("masked-in-part")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="结束查看").click()
    expect(page.get_by_role("heading", name="账号")).to_be_visible()


def test_a_form_comes_in_and_goes_out_as_an_xlsform(house, sit):
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active.title = "survey"
    for row in SURVEY:
        book.active.append(row)
    book.save(content)
    seat = sit(Place("phone", "en"))
    page = seat.page
    seat.go("/definitions")
    page.get_by_role("button", name="From an XLSForm").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(
        {"name": "gate.xlsx", "mimeType": "application/octet-stream", "buffer": content.getvalue()}
    )
    dialog.get_by_label("Key of the kind of record").fill("gate")
    expect(dialog.get_by_test_id("becomes")).to_contain_text("3 fields")
    expect(dialog.get_by_test_id("left-out")).to_contain_text("audio")
    assert grave_problems(page) == []
    seat.keep_picture("xlsform")
    dialog.get_by_role("button", name="Keep as drafts").click()
    expect(dialog.get_by_text("The drafts are kept.")).to_be_visible()
    drafts = {each["name"] for each in house.admin.get("/definitions/drafts")["items"]}
    assert {"local.gate", "local.gate_form"} <= drafts
    dialog.get_by_role("button", name="Close").last.click()
    expect(page.get_by_text("local.gate_form")).to_be_visible()

    seat.go(f"/definitions/{ENTITY}")
    page.get_by_role("button", name="What an XLSForm of Register a visit leaves out").click()
    expect(page.get_by_text("All of the form is in the file.")).to_be_visible()
    seat.keep_picture("forms-of")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Export Register a visit as an XLSForm").click()
    assert waiting.value.suggested_filename == f"{FORM.partition('.')[2]}.xlsx"
    rows = openpyxl.load_workbook(io.BytesIO(waiting.value.path().read_bytes()))["survey"].values
    titles, *items = [list(row) for row in rows]
    assert [item[titles.index("name")] for item in items] == ["name", "phone"]


def test_a_publication_waits_for_consent_and_is_rolled_back(house, sit, monkeypatch):
    """A value that does not convert comes in while the others are being converted."""
    admin, address = house.admin, f"/entities/{ENTITY}/records"
    admin.post(address, {"values": {"name": "甲", "size": "4"}})
    before = admin.get("/definitions/revisions")["items"][0]["revision"]
    document = json.loads(files_of(house)["rights/entities/visit.json"])
    next(each for each in document["fields"] if each["key"] == "size")["type"] = "integer"
    kept = admin.http.put(
        f"{house.url}/api/v1/definitions/drafts/entity/{ENTITY}",
        json={"document": document, "version": 0},
        timeout=10,
    )
    assert kept.status_code == 200, kept.text
    for each in admin.get("/definitions/drafts")["items"]:
        if each["name"] != ENTITY:
            admin.http.delete(
                f"{house.url}/api/v1/definitions/drafts/{each['kind']}/{each['name']}", timeout=10
            )

    seat = sit(Place("desk", "zh-CN"))
    page = seat.page
    seat.go("/definitions")
    page.get_by_role("button", name="看影响").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("个值都能转换")
    monkeypatch.setattr(reshape, "FEW", 0)  # as if there were many rows
    house.rest()
    dialog.get_by_role("button", name="发布", exact=True).click()
    dialog.get_by_role("button", name="看进度").click()
    admin.post(address, {"values": {"name": "乙", "size": "许多"}})
    house.work()
    waiting = page.get_by_role("listitem").filter(has_text="等待确认")
    expect(waiting).to_be_visible()
    assert grave_problems(page) == []
    seat.keep_picture("consent-waiting")
    waiting.get_by_role("button", name="同意并继续").click()
    line = page.get_by_role("listitem").filter(has_text=f"{ENTITY}.size 文字 → 整数")
    expect(line.filter(has_text="已切换")).to_be_visible(timeout=10_000)
    expect(line).to_contain_text("1 个值留在旧列")

    page.get_by_text("版本", exact=True).click()
    page.get_by_role("button", name=f"回到这一版 {before}", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="回到这一版").click()
    expect(page.get_by_text(f"已回到第 {before} 版的定义")).to_be_visible()
    seat.keep_picture("rolled-back")

    def type_now():
        fields = admin.get(f"/entities/{ENTITY}")["fields"]
        return next(each["type"] for each in fields if each["key"] == "size")

    until(lambda: type_now() == "text", timeout_s=10)


def test_a_long_import_is_stopped_and_trash_is_forgotten(house, sit):
    admin, address = house.admin, f"/entities/{ENTITY}/records"
    gone = admin.post(address, {"values": {"name": "旧访客"}})["uid"]
    admin.http.delete(f"{house.url}/api/v1{address}/{gone}", timeout=10)
    table = "访客,人数\n" + "".join(f"访客{n},{n}\n" for n in range(MANY))
    seat = sit(Place("phone", "zh-CN"))
    page = seat.page
    seat.go(f"/records/{ENTITY}")
    menu(page, "更多操作", "回收站")
    page.get_by_role("button", name="彻底删除 旧访客").click()
    page.get_by_role("dialog").last.get_by_role("button", name="彻底删除", exact=True).click()
    expect(page.get_by_text("回收站是空的。")).to_be_visible()
    assert admin.get(f"/entities/{ENTITY}/trash")["items"] == []

    seat.go(f"/records/{ENTITY}")
    menu(page, "更多操作", "导入")
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(
        {"name": "visits.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    dialog.get_by_role("button", name="先试一遍").click()
    dialog.get_by_role("button", name="停止").click()
    expect(dialog.get_by_text("已停止，什么都没有写入。")).to_be_visible()
    seat.keep_picture("import-stopped")
    (work,) = [each for each in admin.get("/work")["items"] if each["kind"] == "import"]
    assert (work["state"], work["done"] < MANY) == ("cancelled", True)


def test_everybody_is_told_of_a_full_disk_until_it_is_over(house, sit):
    """SQLite refuses to grow its file, as it does when there is no room."""
    house.account("reader", roles=[ROLE])
    admin, other = (
        sit(Place("desk", "zh-CN", "dark")),
        sit(Place("phone", "zh-CN"), house.client("reader")),
    )
    for seat in (admin, other):
        seat.go("/tasks")
    with house.wiring.database._writer.connect() as connection:
        raw = connection.connection.dbapi_connection
        (pages,) = raw.execute("SELECT page_count FROM pragma_page_count").fetchone()
        raw.execute(f"PRAGMA max_page_count = {pages}")

    def is_refused(size):
        sent = {"file": ("scan.png", b"\x89PNG\r\n\x1a\n" + os.urandom(size))}
        return house.admin.http.post(f"{house.url}/api/v1/files", files=sent).status_code == 507

    for size in (400_000, 20_000):
        until(lambda size=size: is_refused(size), timeout_s=20, every_s=0)
    for seat in (admin, other):
        expect(seat.page.get_by_role("alert")).to_contain_text("服务器存储空间已满")
        assert grave_problems(seat.page) == []
        seat.keep_picture("full")
    expect(admin.page.get_by_role("alert")).to_contain_text("plumbline doctor")
    expect(other.page.get_by_role("alert")).not_to_contain_text("plumbline doctor")
    with house.wiring.database._writer.connect() as connection:
        connection.connection.dbapi_connection.execute("PRAGMA max_page_count = 1073741823")
    for seat in (admin, other):  # nobody saves anything: the server finds out by itself
        expect(seat.page.get_by_role("alert")).to_have_count(0, timeout=20_000)


def test_a_year_of_a_calendar_is_marked(house, sit):
    """By a click, by keys and from a list; what changes is shown first, and others are told."""
    path, seen = "/calendars/office/days", "2030-05-01"
    seat = sit(Place("desk", "zh-CN"))
    page = seat.page
    seat.go("/calendars?calendar=office&year=2030")
    expect(page.get_by_text("2030 年的法定节假日还没有公布")).to_be_visible()
    page.locator(f"[data-day='{seen}']").click()
    expect(page.locator(f"[data-day='{seen}']")).to_have_accessible_name(
        "5月1日星期三 · 假日 · 手工标记 · 未保存"
    )
    page.keyboard.press("ArrowDown")
    page.keyboard.press("PageDown")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator("[data-day='2030-06-09']")).to_have_accessible_name(
        "6月9日星期日 · 调休上班 · 手工标记 · 未保存"
    )
    page.get_by_role("button", name="粘贴日期").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("日期", exact=True).fill("10月1日至3日 休\n2031-01-01")
    dialog.get_by_role("button", name="标到日历上").click()
    expect(dialog.get_by_role("alert")).to_contain_text("第 2 行不在 2030 年")
    dialog.get_by_label("日期", exact=True).fill("10月1日至3日 休")
    dialog.get_by_role("button", name="标到日历上").click()
    expect(page.get_by_text("有 5 天未保存")).to_be_visible()
    seat.keep_picture("calendar-marked")
    page.get_by_role("link", name="指标").click()  # another screen is not opened over unsaved days
    asked = page.get_by_role("dialog", name="离开会丢掉没有保存的修改")
    asked.get_by_role("button", name="留在这里").click()
    expect(page.get_by_text("有 5 天未保存")).to_be_visible()
    page.get_by_role("button", name="查看并保存").click()
    dialog.get_by_role("button", name="不改 2030-10-03").click()
    expect(dialog.get_by_test_id("changes").get_by_role("listitem")).to_have_count(4)
    other = {"year": 2030, "days": {"2030-02-04": False}}
    house.admin.http.put(f"{house.url}/api/v1{path}", json=other, timeout=10)
    seat.watch.allow(409, path)
    dialog.get_by_role("button", name="保存", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("刚刚被别人改过")
    seat.keep_picture("calendar-conflict")
    dialog.get_by_role("button", name="取回最新内容").click()
    dialog.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已保存，相关工作日将重新计算")).to_be_visible()
    found = house.admin.get(f"{path}?year=2030")["items"]
    assert {each["day"]: each["workday"] for each in found} == {
        "2030-02-04": False, seen: False, "2030-06-09": True,
        "2030-10-01": False, "2030-10-02": False,
    }  # fmt: skip
    page.locator(f"[data-day='{seen}']").click()
    page.get_by_role("button", name="全部放弃").click()
    page.get_by_role("dialog").get_by_role("button", name="全部放弃").click()
    expect(page.get_by_text("天未保存")).to_have_count(0)
    page.locator(f"[data-day='{seen}']").click()
    page.get_by_role("link", name="指标").click()
    asked.get_by_role("button", name="丢掉并离开").click()
    expect(page.get_by_role("heading", name="指标", level=1)).to_be_visible()
    assert "/metrics" in page.url
