"""The walks a person takes: sign in, see the work, do a card; ask a number where it comes from."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.seats import Place
from tests.browser.stage import CREDIBILITY, PACK, PASSWORD
from tests.scenarios.conftest import until

# one machine of each team, so that each walk has a leader, a card and a list of its own
WALKS = {
    ("desk", "zh-CN"): "CNC-01",
    ("desk", "en"): "CNC-04",
    ("phone", "zh-CN"): "CNC-08",
    ("phone", "en"): "CNC-10",
}
WORDS = {
    "zh-CN": {
        "login": "账号",
        "password": "密码",
        "enter": "登录",
        "work": "我的待办",
        "card": "尺寸超差：提交异常归因树状图",
        "alerts": "告警",
        "steps": ["近 2 小时刀具磨损曲线", "同批次来料检验报告", "提交《异常归因树状图》"],
        "first": "添加第一个节点",
        "submit": "提交",
        "problems": "有 3 处需要修改",
        "cause": "请填写「归因树」",
        "root": "刀具",
        "no": "否",
        "countermeasure": "对策",
        "stop_reason": "停线说明",
        "yes": "是",
        "sent": "已提交",
        "response": re.compile(r"本次响应时间\s*[\d.]+ 小时"),
        "version": "自 2020-01-01 起的版本",
        "then": "按当时所知",
        "same": "与当时一致",
        "confirmed": "传感器确认次数",
        "due": "应检次数",
        "changed": "后来改过",
    },
    "en": {
        "login": "Account",
        "password": "Password",
        "enter": "Sign in",
        "work": "My work",
        "card": "Out of tolerance: hand in the cause tree",
        "alerts": "Alerts",
        "steps": [
            "Tool wear of the last 2 hours",
            "Inspection of the same blank batch",
            "Hand in the cause tree",
        ],
        "first": "Add the first node",
        "submit": "Submit",
        "problems": "3 things to correct",
        "cause": 'Fill in "Cause tree"',
        "root": "Tool",
        "no": "No",
        "countermeasure": "Countermeasure",
        "stop_reason": "Why it was stopped",
        "yes": "Yes",
        "sent": "Submitted",
        "response": re.compile(r"Your response time\s*[\d.]+ h"),
        "version": "Version from 2020-01-01",
        "then": "As known then",
        "same": "Same as then",
        "confirmed": "Confirmed by sensor",
        "due": "Checks due",
        "changed": "changed since",
    },
}
CAUSES = ("尺寸超差", "刀具磨损 & <b>换刀晚</b>")
ACTION = "更换刀具，缩短换刀周期"

pytestmark = pytest.mark.browser
walks = pytest.mark.parametrize(("form", "language"), WALKS, ids=["-".join(w) for w in WALKS])


def sign_in(page, login, words):
    page.get_by_label(words["login"], exact=True).fill(login)
    page.get_by_label(words["password"], exact=True).fill(PASSWORD)
    page.get_by_role("button", name=words["enter"], exact=True).click()


def fill_in(page, words):
    """Every field of the cause tree, once as it is refused and once as it is taken."""
    submit = page.get_by_role("button", name=words["submit"], exact=True)
    submit.click()
    summary = page.get_by_role("alert").filter(has_text=words["problems"])
    expect(summary).to_be_focused()
    summary.get_by_role("link", name=words["cause"]).click()

    page.get_by_role("button", name=words["first"]).click()
    page.keyboard.type(CAUSES[0])
    page.keyboard.press("Control+Enter")
    page.keyboard.type(CAUSES[1])
    choose_root(page, words)
    page.get_by_label(words["countermeasure"]).fill(ACTION)
    expect(page.get_by_label(words["stop_reason"])).to_have_count(0)
    page.get_by_role("radio", name=words["yes"], exact=True).check()
    expect(page.get_by_label(words["stop_reason"])).to_be_visible()
    page.get_by_role("radio", name=words["no"], exact=True).check()
    submit.click()


def choose_root(page, words):
    """A list at the desk, big buttons on the phone."""
    field = page.locator('[data-field="root_cause"]')
    if field.get_by_role("combobox").count():
        field.get_by_role("combobox").click()
        page.locator(".ant-select-dropdown").get_by_text(words["root"], exact=True).click()
    else:
        field.get_by_role("radio", name=words["root"], exact=True).check()


@walks
def test_somebody_signs_in_and_does_a_card(stage, sit, form, language):
    words, machine = WORDS[language], WALKS[form, language]
    login = stage.leader_of(machine, language)
    card = stage.card_for(machine)
    measured, known = stage.measured_responses(), records(stage, machine)
    seat = sit(Place(form, language))
    page = seat.page

    seat.go("/tasks")
    sign_in(page, login, words)
    expect(page.get_by_role("heading", name=words["work"])).to_be_visible()
    entry = page.get_by_role("link").filter(has_text=words["card"]).filter(has_text=machine)
    expect(entry).to_have_count(1)
    entry.click()
    expect(page).to_have_url(re.compile(f"/tasks/{card['uid']}"))
    for step in words["steps"]:
        expect(page.get_by_role("heading", name=step, exact=True)).to_be_visible()
    if form == "phone":  # the link a message or a code at the machine opens
        seat.go(f"/fill/t/{card['uid']}")
    expect(page.get_by_text(machine, exact=True).last).to_be_visible()
    fill_in(page, words)
    expect(page.get_by_role("heading", name=words["sent"])).to_be_visible()
    expect(page.locator("main")).to_contain_text(words["response"])

    done = stage.task(card["uid"])
    assert done["state"] == "done"
    assert float(done["response_hours"]) > 0
    assert stage.alert(card["alert_uid"])["state"] == "closed"
    (fresh,) = records(stage, machine) - known
    record = stage.admin.get(f"/entities/{PACK}.cause_analysis/records/{fresh}")["values"]
    assert [tree["text"] for tree in record["causes"]] == [CAUSES[0]]
    assert record["causes"][0]["children"][0]["text"] == CAUSES[1]
    assert (record["root_cause"], record["countermeasure"]) == ("tool", ACTION)
    assert record["stop_line"] is False
    until(lambda: stage.measured_responses() == measured + 1, timeout_s=20)


def records(stage, machine):
    """The cause analyses of a machine."""
    found = stage.admin.all(f"/entities/{PACK}.cause_analysis/records")
    return {r["uid"] for r in found if r["display_values"]["machine"] == machine}


@walks
def test_a_number_says_where_it_comes_from(stage, sit, form, language):
    """Its formula version, both aggregates, and the records as they were when it was taken."""
    words, number = WORDS[language], stage.credibility[list(WALKS).index((form, language))]
    before = stage.admin.get(f"/passports/{number['uid']}")
    confirmed, due, review = (aggregate(before, key) for key in ("confirmed", "due", "review"))
    seat = sit(Place(form, language)).sign_in_as(stage.as_(stage.administrator(language)))
    page = seat.page

    seat.go(f"/metrics/{CREDIBILITY}")
    page.locator(f'a[href="/passports/{number["uid"]}"]').click()
    expect(page.get_by_text(words["version"])).to_be_visible()
    value = page.get_by_text(words["then"], exact=True).locator("..").locator("strong")
    expect(value).to_have_text(number["value"])
    for name, found in ((words["confirmed"], confirmed), (words["due"], due)):
        region = page.get_by_role("region", name=name, exact=True)
        expect(region.locator("dd").first).to_have_text(found["value"])
    expect(page.get_by_text(words["same"])).to_be_visible()

    share = change(stage, review["records"][0])
    page.reload()
    expect(value).to_have_text(number["value"])
    expect(page.get_by_text(words["same"])).to_have_count(0)
    row = page.get_by_role("row").filter(has_text=words["changed"])
    expect(row).to_have_count(1)
    expect(row).to_contain_text(f"{float(share) * 100:.2f}%")


def aggregate(passport, key):
    return next(each for each in passport["inputs"] if each["key"] == key)


def change(stage, record):
    """Correct a record behind a number after it was taken; what it said before."""
    path = f"/entities/{record['entity']}/records/{record['uid']}"
    current = stage.admin.get(path)
    share = "0.1" if current["values"]["passed_share"] != "0.1" else "0.2"
    body = {"base_version": current["version"], "values": {"passed_share": share}}
    changed = stage.admin.http.patch(f"{stage.admin.url}/api/v1{path}", json=body, timeout=20)
    assert changed.status_code == 200, changed.text
    return current["values"]["passed_share"]
