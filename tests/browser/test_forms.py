"""Filling in: a draft goes from the phone to the desk, pickers follow each other, tabs lead to errors."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.seats import Place

PACK = "walk_yard"
FORM = f"{PACK}.job_form"


def words(chinese, english):
    return {"zh-CN": chinese, "en": english}


def field(key, kind, chinese, english, **more):
    return {"key": key, "type": kind, "label": words(chinese, english), **more}


NAME = field("name", "text", "名称", "Name")
HALL = field("hall", "reference", "厂房", "Hall", entity="hall")
FILES = {
    "pack.json": {"kind": "pack", "key": PACK, "version": "1.0.0"},
    "entities/hall.json": {"kind": "entity", "key": "hall", "label": words("厂房", "Hall"),
                           "display": "name", "fields": [NAME]},
    "entities/line.json": {"kind": "entity", "key": "line", "label": words("产线", "Line"),
                           "display": "name", "fields": [NAME, HALL]},
    "entities/job.json": {
        "kind": "entity", "key": "job", "label": words("工单", "Job"), "display": "title",
        "fields": [
            field("title", "text", "标题", "Title"), HALL,
            field("line", "reference", "产线", "Line", entity="line"),
            field("about", "any_reference", "相关", "About", entities=["hall", "line"]),
            field("crew", "text", "班组", "Crew", required=True),
        ],
    },
    "forms/job_form.json": {
        "kind": "form", "key": "job_form", "entity": "job", "label": words("工单", "Job"),
        "layout": [{"id": "all", "box": "tabs", "children": [
            {"id": "one", "box": "tab", "label": words("做什么", "What"), "children": [
                {"id": "c1", "field": "title"}, {"id": "c2", "field": "hall"},
                {"id": "c3", "field": "line"}, {"id": "c4", "field": "about"}]},
            {"id": "two", "box": "tab", "label": words("谁来做", "Who"), "children": [
                {"id": "c5", "field": "crew"}]},
        ]}],
        "rules": [{"id": "f", "filter": "hall = form.hall", "at": "line"}],
    },
}  # fmt: skip

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def yard(stage):
    """Two halls with a line each, and a form with two tabs."""
    files = {path: json.dumps(document) for path, document in FILES.items()}
    stage.admin.post("/definitions/publish", {"files": files})
    for hall, line in (("east", "e1"), ("west", "w1")):
        made = stage.admin.post(f"/entities/{PACK}.hall/records", {"values": {"name": hall}})
        values = {"name": line, "hall": made["uid"]}
        stage.admin.post(f"/entities/{PACK}.line/records", {"values": values})
    return stage


def choose(page, name, option):
    """Pick a record in a picker; what it offers."""
    page.get_by_role("combobox", name=name, exact=True).click()
    options = page.locator("li[role=option]")
    expect(options.filter(has_text=option)).to_be_visible()
    offered = options.all_inner_texts()
    options.filter(has_text=option).click()
    return offered


def test_a_form_is_begun_on_the_phone_and_sent_from_another_place(yard, sit):
    admin = yard.as_(yard.administrator("zh-CN"))
    phone = sit(Place("phone", "zh-CN")).sign_in_as(admin)
    phone.go(f"/fill/f/{FORM}")
    page = phone.page
    page.get_by_label("标题").fill("换刀")
    assert choose(page, "厂房", "east") == ["east", "west"]
    assert choose(page, "产线", "e1") == ["e1"]
    expect(page.get_by_text(re.compile("已保存 .*换一台设备"))).to_be_visible()
    assert not phone.is_wider_than_the_screen()
    phone.keep_picture("form-tabs")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_label("班组")).to_be_visible()
    expect(page.get_by_label("标题")).to_be_hidden()

    other = sit(Place("desk", "zh-CN")).sign_in_as(admin)
    other.go("/tasks")
    other.page.get_by_role("region", name="没提交的表单").get_by_role("link", name="工单").click()
    page = other.page
    page.get_by_role("button", name="接着填").click()
    expect(page.get_by_label("标题")).to_have_value("换刀")
    expect(page.get_by_text("e1", exact=True)).to_be_visible()
    page.get_by_label("标题").fill("换刀具")
    other.keep_picture("form-resumed")

    page.get_by_role("tab", name="做什么").focus()
    page.keyboard.press("End")
    expect(page.get_by_role("tab", name="谁来做")).to_be_focused()
    expect(page.get_by_label("班组")).to_be_visible()
    page.keyboard.press("Home")
    page.get_by_role("button", name="提交").click()
    who = page.get_by_role("tab", name="谁来做")
    expect(who).to_have_attribute("aria-selected", "true")
    expect(who).to_contain_text("有 1 处需要修改")
    page.get_by_role("tab", name="做什么").click()
    page.get_by_role("link", name=re.compile("请填写.*班组")).click()
    expect(page.get_by_label("班组")).to_be_focused()
    page.keyboard.type("甲班")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", name="已提交")).to_be_visible()
    assert admin.get("/form-drafts")["items"] == []
    (job,) = admin.get(f"/entities/{PACK}.job/records")["items"]
    assert (job["values"]["title"], job["values"]["crew"]) == ("换刀具", "甲班")
    assert job["display_values"]["line"] == "e1"


def test_a_record_of_any_of_several_entities_is_chosen_by_kind(yard, sit):
    seat = sit(Place("phone", "en")).sign_in_as(yard.as_(yard.administrator("en")))
    seat.go(f"/fill/f/{FORM}")
    page = seat.page
    page.get_by_label("“About”: which kind of record").select_option("Line")
    assert choose(page, "About", "w1") == ["e1", "w1"]
    page.get_by_role("tab", name="Who").click()
    page.get_by_label("Crew").fill("B")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", name="Submitted")).to_be_visible()
    jobs = yard.admin.get(f"/entities/{PACK}.job/records", filter="crew = 'B'")["items"]
    assert [job["display_values"]["about"] for job in jobs] == ["w1"]
