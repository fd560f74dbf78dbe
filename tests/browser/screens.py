"""Every screen of the client: how it is opened and who looks at it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.stage import CREDIBILITY, PACK

GOAL = "performance_core.goal"
PROGRESS = "performance_core.goal_progress"
WEIGHED = "IF(COUNT(plan_points)%20>%200,%20weight%20*%202,%20SQRT(weight))%20>%2020%25"
WEIGHTY = "[{%22field%22:%22weight%22,%22op%22:%22%3E%22,%22value%22:%220.1%22}]"
BEHIND = "value%20<%20target%20*%20(1%20-%2020%25)%20AND%20target%20>%200"


@dataclass(frozen=True)
class Screen:
    """One screen; `open` goes on from the address, `who` is the role that looks."""

    name: str
    path: Callable
    who: str = "admin"  # admin, leader, nobody
    open: Callable | None = None
    is_typed: bool = False  # holds a wrong formula, which stays in the language it was begun in

    def __str__(self):
        return self.name


def at(path):
    return lambda _: path


def first_of(entity):
    return lambda stage: (
        f"/records/{entity}/{stage.admin.get(f'/entities/{entity}/records')['items'][0]['uid']}"
    )


def pressed(selector, nth=0):
    return lambda seat: seat.page.locator(selector).nth(nth).click()


def keys(seat):
    seat.page.keyboard.press("?")


SCREENS = (
    Screen("sign-in", at("/sign-in"), who="nobody"),
    Screen("work", at("/tasks"), who="leader"),
    Screen("card", lambda s: f"/tasks/{s.open_card['uid']}", who="leader"),
    Screen(
        "card-refused",
        lambda s: f"/tasks/{s.open_card['uid']}",
        who="leader",
        open=pressed("form button[type=submit]"),
    ),
    Screen("alert", lambda s: f"/alerts/{s.open_card['alert_uid']}", who="leader"),
    Screen("inbox", at("/inbox"), who="leader"),
    Screen("metrics", at("/metrics")),
    Screen("metric-matrix", at(f"/metrics/{CREDIBILITY}")),
    Screen(
        "metric-line",
        at(f"/metrics/{CREDIBILITY}"),
        open=pressed("main .ant-segmented-item", 1),
    ),
    Screen(
        "metric-list",
        at(f"/metrics/{CREDIBILITY}"),
        open=pressed("main .ant-segmented-item", 2),
    ),
    Screen("passport", lambda s: f"/passports/{s.credibility[0]['uid']}"),
    Screen("entities", at("/records")),
    Screen("records", at(f"/records/{PACK}.review")),
    Screen("record", first_of(f"{PACK}.review")),
    Screen(
        "record-history", first_of(f"{PACK}.machine"), open=pressed(".ant-drawer [role=tab]", 1)
    ),
    Screen(
        "record-editor",
        first_of(f"{PACK}.review"),
        open=pressed(".ant-drawer-header .ant-btn-primary"),
    ),
    Screen("rules", at("/rules")),
    Screen("backtest", at("/rules"), open=pressed("main article footer button")),
    Screen("packs", at("/packs")),
    Screen("install", at("/packs"), open=pressed("main .ant-btn")),
    Screen("sources", at("/sources")),
    Screen("source", at(f"/sources/{PACK}.quality_system")),
    Screen("workbench", at(f"/formulas?entity={GOAL}#f={WEIGHED}")),
    Screen("workbench-wrong", at(f"/formulas?entity={GOAL}#f=wieght+%2B"), is_typed=True),
    Screen(
        "workbench-functions",
        at(f"/formulas?entity={GOAL}#f="),
        open=pressed("main .ant-segmented-item", 1),
    ),
    Screen(
        "workbench-rule",
        at(f"/formulas?entity={GOAL}&metric={PROGRESS}#f={BEHIND}"),
    ),
    Screen("incidents", at("/incidents")),
    Screen("security", at("/security")),
    Screen("accounts", at("/accounts")),
    Screen("records-filter", at(f"/records/{GOAL}?match={WEIGHTY}")),
    Screen("record-access", first_of(f"{PACK}.machine"), open=pressed(".ant-drawer [role=tab]", 3)),
    Screen("definitions", at("/definitions")),
    Screen("structure", at(f"/definitions/{GOAL}")),
    Screen("calendars", at("/calendars?calendar=office&year=2026")),
    Screen("role-rights", at("/definitions/roles/performance_core.hr")),
    Screen("not-found", at("/nowhere")),
    Screen("keys", at("/metrics"), open=keys),
    Screen("fill-sign-in", lambda s: f"/fill/t/{s.open_card['uid']}", who="nobody"),
    Screen("fill", lambda s: f"/fill/t/{s.open_card['uid']}", who="leader"),
    Screen(
        "fill-refused",
        lambda s: f"/fill/t/{s.open_card['uid']}",
        who="leader",
        open=pressed("button[type=submit]"),
    ),
    Screen("fill-no-link", at("/fill/"), who="leader"),
)
