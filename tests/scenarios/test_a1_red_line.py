"""A1: three alarms in a row give the leader one card; sending it measures the response."""

import time

from tests.scenarios.conftest import until

RULE = "quality_red_line.dim_alarm_x3"
MACHINE = "CNC-02"


def cards(client):
    return [
        task
        for task in client.get("/tasks", state="open")["items"]
        if task["rule"]["name"] == RULE and task["subject"]["display"] == MACHINE
    ]


def test_three_alarms_give_one_card_and_the_form_measures_the_response(demo):
    admin = demo.as_("admin")
    until(lambda: floor_is_watched(admin))
    before = {task["uid"] for task in everyones_cards(admin)}
    for _ in range(3):
        last = demo.raise_alarm(MACHINE)
        time.sleep(0.4)
    started = time.monotonic()
    (card,) = until(lambda: new_cards(admin, before), timeout_s=5)
    assert time.monotonic() - started <= 5
    assert last
    assert hours_between(card["opened_at"], card["due_at"]) == 12

    demo.raise_alarm(MACHINE)  # a fourth alarm joins
    until(lambda: alert_of(admin, card)["count"] == 4, timeout_s=10)
    assert len(new_cards(admin, before)) == 1

    detail = admin.get(f"/tasks/{card['uid']}")
    assert [step["type"] for step in detail["steps"]] == ["chart", "records", "form"]
    assert detail["steps"][0]["series"]["points"]
    assert detail["steps"][1]["rows"]

    refused = admin.http.post(
        f"{admin.url}/api/v1/tasks/{card['uid']}/submission",
        json={"key": "first-try-1", "values": {}},
        timeout=20,
    )
    assert refused.status_code == 422
    assert {d["field"] for d in refused.json()["diagnostics"]} >= {"causes"}

    values = {
        "machine": card["subject"]["uid"],
        "causes": [{"id": "1", "text": "尺寸超差", "children": [{"id": "2", "text": "刀具磨损"}]}],
        "root_cause": "tool",
        "countermeasure": "更换刀具并缩短换刀周期",
        "stop_line": False,
    }
    sent = admin.post(f"/tasks/{card['uid']}/submission", {"key": "second-try-2", "values": values})
    again = admin.post(
        f"/tasks/{card['uid']}/submission", {"key": "second-try-2", "values": values}
    )
    assert again["record_uid"] == sent["record_uid"]
    assert float(sent["response_hours"]) > 0
    until(lambda: alert_of(admin, card)["state"] == "closed", timeout_s=5)
    measured = until(lambda: response_of(admin, card), timeout_s=15)
    assert measured["n"] >= 1


def floor_is_watched(admin):
    return any(
        source["name"] == "quality_red_line.machine_floor" and source["state"] == "ok"
        for source in admin.get("/sources")["items"]
    )


def everyones_cards(admin):
    return admin.all("/entities/sys.task/records", filter=f"rule = '{RULE}'")


def new_cards(admin, before):
    found = [task for task in everyones_cards(admin) if task["uid"] not in before]
    details = [admin.get(f"/tasks/{task['uid']}") for task in found]
    return [task for task in details if task["subject"]["display"] == MACHINE]


def alert_of(admin, card):
    return next(a for a in admin.all("/alerts", state="all") if a["uid"] == card["alert_uid"])


def response_of(admin, card):
    found = admin.all("/metrics/quality_red_line.quality_response_hours/measurements")
    return next((m for m in found if m["value"] is not None), None)


def hours_between(start, end):
    from datetime import datetime

    moments = (datetime.fromisoformat(text) for text in (start, end))
    first, second = moments
    return round((second - first).total_seconds() / 3600, 3)
