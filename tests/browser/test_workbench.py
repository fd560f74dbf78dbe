"""The formula workbench: a wrong name, its fix, the value, the steps; by keyboard and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.seats import Place
from tests.browser.stage import CREDIBILITY
from tests.browser.test_keyboard import tab_to

GOAL = "performance_core.goal"
PROGRESS = "performance_core.goal_progress"
RULE = "performance_core.behind_plan"
WORDS = {
    "zh-CN": {
        "editor": "公式", "title": "公式试验台", "right": "公式正确，结果：数字", "weight": "权重",
        "wrong": "权中", "fix": "改为 权重", "unknown": "没有字段“权中”", "result": "结果",
        "functions": "函数", "find": "查找字段或函数", "rename": "改名", "tree": "计算过程",
        "none": "没有结果", "zero": "除数为 0", "condition": "结果须为是/否", "yes": "是",
        "open": "在试验台打开公式", "everywhere": "数据库和浏览器里都能算，列表和汇总都快",
        "some": "部分数据库里能算，其余由服务器算",
    },
    "en": {
        "editor": "Formula", "title": "Formula workbench", "right": "it gives a number",
        "weight": "Weight", "wrong": "Wieght", "fix": "change to Weight",
        "unknown": "unknown field 'Wieght'", "result": "Result", "functions": "Functions",
        "find": "Find a field or a function", "rename": "Rename", "tree": "How it was computed",
        "none": "No result", "zero": "division by zero", "condition": "Must give yes or no",
        "yes": "Yes", "open": "Open in the workbench",
        "everywhere": "In the database and in the browser", "some": "In some databases; elsewhere on the server",
    },
}  # fmt: skip
SEATS = [("desk", "zh-CN", "light"), ("phone", "en", "dark")]

pytestmark = pytest.mark.browser
READ_MS = 150  # the editor takes no key for a list nobody can have seen yet


@pytest.fixture(params=SEATS, ids="-".join)
def bench(request, stage, sit):
    """The workbench over goals, with nothing in the editor."""
    return opened(stage, sit, Place(*request.param))


def opened(stage, sit, place, path=f"/formulas?entity={GOAL}"):
    seat = sit(place).sign_in_as(stage.as_(stage.administrator(place.language)))
    seat.go(path)
    expect(editor(seat)).to_be_visible()
    return seat


def editor(seat):
    return seat.page.get_by_role("textbox", name=WORDS[seat.place.language]["editor"], exact=True)


def write(seat, text):
    """Put a text into the editor in place of what is there."""
    editor(seat).focus()
    seat.page.keyboard.press("Control+a")
    seat.page.keyboard.insert_text(text)


def text_of(seat):
    return "\n".join(seat.page.locator(".cm-line").all_inner_texts())


def value(seat):
    return seat.page.get_by_test_id("value")


def asked(seat):
    """The bodies of the questions about problems from now on."""
    found = []
    seat.page.on(
        "request", lambda r: r.url.endswith("/diagnostics") and found.append(r.post_data_json)
    )
    return found


def test_a_wrong_name_is_mended_and_has_a_value(bench):
    words, page = WORDS[bench.place.language], bench.page
    write(bench, f"{words['wrong']} * 2")
    expect(page.get_by_role("button", name=re.compile(re.escape(words["unknown"])))).to_be_visible()
    expect(page.locator(".cm-lintRange-error")).to_have_text(words["wrong"])
    page.get_by_role("button", name=words["fix"], exact=True).click()
    expect(page.get_by_text(words["right"])).to_be_visible()
    expect(page.locator(".cm-f-field")).to_have_text(words["weight"])
    expect(value(bench)).to_have_text(re.compile(r"^[0-9.]+$"))
    assert not bench.is_wider_than_the_screen()


def test_only_a_right_formula_is_computed_and_reasons_are_told(bench):
    words, page = WORDS[bench.place.language], bench.page
    write(bench, "1 ÷ (2 − 2)")
    expect(value(bench)).to_have_text(words["none"])
    expect(page.get_by_role("region", name=words["result"], exact=True)).to_contain_text(
        words["zero"]
    )
    write(bench, "2 > 1")
    expect(value(bench)).to_have_text(words["yes"])
    expect(page.get_by_text(words["everywhere"])).to_be_visible()
    write(bench, "SQRT(2)")
    expect(page.get_by_text(words["some"])).to_be_visible()
    expect(page.get_by_text("SQRT", exact=False).last).to_be_visible()
    write(bench, "2 +")
    expect(value(bench)).to_have_count(0)


def test_fields_and_functions_are_found_and_put_in(bench):
    words, page = WORDS[bench.place.language], bench.page
    find = page.get_by_label(words["find"], exact=True)
    find.fill("qz")  # initials of 权重
    page.get_by_role("button", name=re.compile(f"^{words['weight']}")).click()
    expect(editor(bench)).to_contain_text(words["weight"])
    page.keyboard.insert_text(" + ")
    page.locator(".ant-segmented-item", has_text=words["functions"]).click()
    find.fill("sswr")
    page.get_by_role("button", name=re.compile(r"\bROUND\b")).click()
    page.keyboard.insert_text("1.55, 1")
    expect(page.get_by_text(words["right"])).to_be_visible()
    assert text_of(bench) == f"{words['weight']} + ROUND(1.55, 1)"


def test_nothing_is_lost_on_reload_and_the_link_brings_it_to_others(bench, stage, sit):
    words = WORDS[bench.place.language]
    write(bench, "2 * 3.5")
    expect(value(bench)).to_have_text("7")
    expect(bench.page).to_have_url(re.compile(r"#f=2\+\*\+3\.5$"))
    bench.page.reload()
    expect(value(bench)).to_have_text("7")
    bench.go("/formulas")  # without an address of its own
    expect(value(bench)).to_have_text("7")
    bench.page.wait_for_url(re.compile("#f="))
    address = bench.page.url.removeprefix(bench.url)
    other = opened(stage, sit, bench.place, address)
    expect(value(other)).to_have_text("7")
    assert words["title"] in other.page.title()


def test_completion_by_initials(bench):
    words, page = WORDS[bench.place.language], bench.page
    editor(bench).focus()
    page.keyboard.type("qz")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("权重")  # who types its sound means the Chinese name
    page.wait_for_timeout(READ_MS)
    page.keyboard.press("Enter")
    expect(editor(bench)).to_contain_text("权重")
    page.keyboard.insert_text(" * ")
    page.keyboard.type("rou")
    expect(page.get_by_role("option").first).to_contain_text("ROUND")
    expect(page.get_by_role("option").first).to_contain_text("ROUND(x")
    page.wait_for_timeout(READ_MS)
    page.keyboard.press("Enter")
    page.keyboard.type("2.5, 0")
    expect(page.get_by_text(words["right"])).to_be_visible()
    assert text_of(bench) == "权重 * ROUND(2.5, 0)"


def test_nothing_is_asked_while_an_input_method_composes(stage, sit):
    seat = opened(stage, sit, Place("desk", "zh-CN"))
    write(seat, "权重 + ")
    seat.settle()
    seat.page.wait_for_timeout(500)
    questions = asked(seat)
    chrome = seat.context.new_cdp_session(seat.page)
    for typed in ("q", "qu", "quan", "quan z"):
        chrome.send(
            "Input.imeSetComposition",
            {"text": typed, "selectionStart": len(typed), "selectionEnd": len(typed)},
        )
        seat.page.wait_for_timeout(400)
    assert questions == []
    expect(seat.page.get_by_role("option")).to_have_count(0)
    chrome.send("Input.insertText", {"text": "权重"})
    expect(seat.page.locator(".cm-f-field")).to_have_count(2)
    assert text_of(seat) == "权重 + 权重"
    assert [each["text"] for each in questions] == ["权重 + 权重"]


def test_late_answers_are_ignored(stage, sit):
    seat = opened(stage, sit, Place("desk", "zh-CN"))
    held = []

    def hold(route):
        """The first question is answered after the second."""
        if route.request.post_data_json["text"] == "权中":
            held.append(route)
        else:
            route.continue_()

    seat.page.route("**/formulas/diagnostics", hold)
    write(seat, "权中")
    for _ in range(40):
        if held:
            break
        seat.page.wait_for_timeout(50)
    write(seat, "权重")
    expect(seat.page.get_by_text("公式正确，结果：数字")).to_be_visible()
    held[0].continue_()
    seat.page.wait_for_timeout(500)
    expect(seat.page.get_by_text("公式正确，结果：数字")).to_be_visible()
    expect(seat.page.locator(".cm-lintRange-error")).to_have_count(0)


def test_rename_format_and_undo(stage, sit):
    seat = opened(stage, sit, Place("desk", "zh-CN"))
    page, keys = seat.page, seat.page.keyboard
    write(seat, "weight*2＋weight")
    expect(page.get_by_text("公式正确，结果：数字")).to_be_visible()
    keys.press("Shift+Alt+f")
    expect(editor(seat)).to_have_text("权重 * 2 + 权重")
    keys.press("Control+z")
    expect(editor(seat)).to_have_text("weight*2＋weight")
    keys.press("Control+Shift+Z")
    expect(editor(seat)).to_have_text("权重 * 2 + 权重")
    expect(page.get_by_role("button", name="改名")).to_be_enabled()
    keys.press("F2")
    expect(page.get_by_label("把公式里的「权重」改为")).to_be_focused()
    keys.press("Control+a")
    keys.insert_text("占 比")
    keys.press("Enter")
    expect(editor(seat)).to_have_text("{占 比} * 2 + {占 比}")
    expect(editor(seat)).to_be_focused()


def test_everything_by_keyboard(stage, sit):
    seat = opened(stage, sit, Place("desk", "zh-CN"))
    page, keys = seat.page, seat.page.keyboard
    tab_to(page, lambda f: f["tag"] == "DIV" and "cm-content" in page.evaluate(
        "document.activeElement.className"))  # fmt: skip
    keys.insert_text("权中 * 2 > 1")
    expect(page.locator(".cm-lintRange-error")).to_have_text("权中")
    keys.press("Control+.")
    expect(editor(seat)).to_have_text("权重 * 2 > 1")
    expect(value(seat)).to_have_text(re.compile("[是否]"))
    tab_to(page, lambda f: "权重 * 2" in f["text"] and ">" not in f["text"])  # a step of the tree
    keys.press("Enter")  # shows it in the formula
    expect(editor(seat)).to_be_focused()
    assert page.evaluate("getSelection().toString()") == "权重 * 2"
    keys.press("F6")
    assert page.evaluate("document.activeElement.closest('[data-panel]').dataset.panel") == "result"
    keys.press("Shift+F6")
    expect(editor(seat)).to_be_focused()


def test_a_rule_and_a_metric_open_here(stage, sit):
    seat = sit(Place("desk", "zh-CN")).sign_in_as(stage.as_(stage.administrator("zh-CN")))
    page = seat.page
    seat.go("/rules")
    page.locator("article", has_text="目标落后于计划").get_by_role("link", name=WORDS["zh-CN"]["open"]).click()  # fmt: skip
    expect(editor(seat)).to_have_text(re.compile("实际值 < 目标值 . "))
    expect(page.locator(".cm-lintRange-error")).to_have_count(0)
    page.get_by_label("实际值", exact=True).fill("0.1")
    page.get_by_label("目标值", exact=True).fill("0.9")
    expect(value(seat)).to_have_text("是")
    expect(page.locator(f"[aria-label='{WORDS['zh-CN']['tree']}'] svg rect")).to_have_count(2)
    seat.go(f"/metrics/{PROGRESS}")
    page.get_by_role("link", name="在试验台打开目标").click()
    expect(editor(seat)).to_contain_text("INTERPOLATE")
    expect(page.get_by_text("公式正确，结果：数字")).to_be_visible()
    seat.go(f"/metrics/{CREDIBILITY}")
    page.get_by_role("link", name=WORDS["zh-CN"]["open"]).click()
    expect(editor(seat)).to_contain_text("传感器确认次数")
    expect(page.get_by_text("公式正确，结果：数字")).to_be_visible()
    expect(page.get_by_text(re.compile("周期：2026"))).to_be_visible()


def test_who_may_not_define_does_not_find_it(stage, sit):
    leader = stage.as_(stage.leader_of("CNC-12", "zh-CN"))
    seat = sit(Place("desk", "zh-CN")).sign_in_as(leader)
    seat.go("/formulas")
    expect(seat.page.get_by_role("heading", name="这个页面不存在")).to_be_visible()
    expect(seat.page.get_by_role("link", name="公式试验台")).to_have_count(0)
