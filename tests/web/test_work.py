"""A shift at the plant, through the API alone: alarms, a card, the form, an alert closed."""

import pytest

from dsl.values import format_datetime
from runtime.worker import drain
from tests.web.test_api import refused, shaped


@pytest.fixture
def alarms(admin, wiring):
    """Three alarms of one machine in a row; its leader is Li."""
    (li,) = admin.get("/lookup/person?q=Li").get_json()["items"]
    code = f"M{len(admin.get('/entities/perf.machine/records').get_json()['items'])}"
    values = {"name": "CNC", "code": code, "leader": li["uid"]}
    machine = admin.post("/entities/perf.machine/records", {"values": values}).get_json()
    for number in range(3):
        alarm = {
            "machine": machine["uid"],
            "code": "dim_out_of_tolerance",
            "batch": "B7",
            "raised_at": format_datetime(wiring.clock.now() + number * 1000),
            "source_event_id": f"{code}-{number}",
        }
        made = admin.post("/entities/perf.alarm/records", {"values": alarm})
        assert made.status_code == 201, made.get_json(force=True)
    return machine


def open_task(caller, machine):
    items = shaped("TaskPage", caller.get("/tasks"))["items"]
    (task,) = [task for task in items if task["subject"]["uid"] == machine["uid"]]
    return task


def test_three_alarms_become_one_card_that_li_finishes(alarms, li, caller):
    task = open_task(li, alarms)
    assert task["title"]["en"] == "Handle the deviation"
    assert task["rule"]["name"] == "perf.dim_alarm_x3"
    assert shaped("Summary", li.get("/me/summary"))["tasks_open"] >= 1
    card = shaped("TaskCard", li.get(f"/tasks/{task['uid']}"))
    assert [step["type"] for step in card["steps"]] == ["chart", "records", "form"]
    assert card["steps"][2]["form"]["name"] == "perf.goal_form"
    assert len(card["alert"]["evidence"]) == 3
    refused(caller("zhang").get(f"/tasks/{task['uid']}"), 404, "RUN201")

    path = f"/tasks/{task['uid']}/submission"
    wrong = {"key": "card-0001", "values": {"weight": "0.5"}}
    told = refused(li.post(path, wrong), 422, "RUN101", "name")
    assert {d["field"] for d in told["diagnostics"]} == {"name", "reason"}
    body = {"key": "card-0002", "values": {"name": "Cause found"}}
    done = shaped("SubmittedTask", li.post(path, body), 201)
    assert done["task"]["state"] == "done"
    assert done["response_hours"] is not None
    assert shaped("SubmittedTask", li.post(path, body), 201) == done
    refused(li.post(path, {**body, "key": "card-0003"}), 422, "RUN205")
    items = shaped("TaskPage", li.get("/tasks?state=done"))["items"]
    assert task["uid"] in [each["uid"] for each in items]
    alert = shaped("Alert", li.get(f"/alerts/{task['alert_uid']}"))
    assert alert["state"] == "closed"


def test_an_alert_is_acknowledged_and_judged(alarms, li, admin, caller):
    alerts = shaped("AlertPage", li.get("/alerts"))["items"]
    (alert,) = [each for each in alerts if each["subject"]["uid"] == alarms["uid"]]
    path = f"/alerts/{alert['uid']}"
    refused(caller("zhang").post(f"{path}/acknowledge"), 404, "RUN201")
    assert li.post(f"{path}/acknowledge").status_code == 204
    assert li.post(f"{path}/feedback", {"verdict": "false"}).status_code == 204
    refused(li.post(f"{path}/feedback", {"verdict": "maybe"}), 422, "WEB206", "verdict")
    after = shaped("Alert", li.get(path))
    assert (after["state"], after["feedback"]) == ("acknowledged", "false")


def test_a_number_is_measured_and_shows_where_it_comes_from(wiring, li, admin):
    (person,) = admin.get("/lookup/person?q=Li").get_json()["items"]
    values = {
        "name": "Measured",
        "owner": person["uid"],
        "start": "2026-01-05",
        "end": "2026-06-28",
    }
    goal = admin.post("/entities/perf.goal/records", {"values": values}).get_json()
    report = {"goal": goal["uid"], "week_end": "2026-02-08", "progress": "0.1"}
    made = admin.post("/entities/perf.weekly_report/records", {"values": report})
    assert made.status_code == 201, made.get_json(force=True)
    drain(wiring, "test")
    path = f"/metrics/perf.goal_progress/measurements?subject={goal['uid']}"
    items = shaped("MeasurementPage", admin.get(path))["items"]
    (measured,) = [each for each in items if each["value"] is not None]
    assert (measured["period_label"], measured["value"]) == ("2026-W06", "0.100")
    passport = shaped("Passport", admin.get(f"/passports/{measured['uid']}"))
    assert passport["formula"]["text"] == "{Reported progress}"
    assert passport["tree"]["value"] == "0.1"
    assert passport["subject"]["display"] == "Measured"
    (item,) = passport["inputs"]
    assert (item["value"], len(item["records"])) == ("0.1", 1)
    assert item["records"][0]["values"]["progress"] == "0.1"
    assert passport["now"]["difference"] == "0.000"
    # Li may see the number, yet not the field behind it: it is masked, not hidden
    masked = shaped("Passport", li.get(f"/passports/{measured['uid']}"))["inputs"][0]
    assert masked["hidden_columns"] == 1
    assert "progress" not in masked["records"][0]["values"]
