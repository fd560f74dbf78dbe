"""Effects become rows once; a card is filled in, measured and closes its alert."""

from __future__ import annotations

import pytest

from builder.codec import decode
from runtime import act, read_metrics, read_tasks, records
from runtime.apply import apply, put_job
from runtime.clock import SECOND
from runtime.context import SYSTEM_ACTOR
from runtime.decide.effects import PutJob, PutMail, PutNotice, PutTask, WriteRecord
from runtime.errors import Invalid, NotFound
from runtime.notify import Renderer
from runtime.publish import Proposal, publish
from store import episodes, outbox, rule_runs, samples, tasks
from store.episodes import NewAlert
from store.samples import Sample

HOUR = 3_600 * SECOND
EXTRA = [
    ("document", {
        "kind": "document", "key": "note",
        "subject": {"zh-CN": "第{{ n }}次", "en": "number {{ n }}"},
        "body": {"zh-CN": "{{ subject.display }} 报警", "en": "alarm at {{ subject.display }}"}}),
    ("rule", {
        "kind": "rule", "key": "three_beats", "events": "beat", "subject": "machine",
        "order": ["at"], "when": "code = 'x'", "quantifier": {"events": 3, "within": "PT8H"},
        "close": "task_done", "label": {"zh-CN": "三连", "en": "Three in a row"},
        "actions": [{"type": "task_card", "to": "machine",
                     "due": {"hours": 12, "calendar": "office"},
                     "label": {"zh-CN": "查明原因", "en": "Find the cause"},
                     "steps": [{"type": "form", "form": "goal_form",
                                "label": {"zh-CN": "填写", "en": "Fill in"}}]}]}),
    ("metric", {
        "kind": "metric", "key": "response", "subject": "person", "grain": "month",
        "inputs": {"hours": {"label": {"zh-CN": "小时"}, "from": "sys.task", "agg": "avg",
                             "value": "response_hours", "subject": "assignee", "date": "done_at",
                             "where": "state = 'done'"}},
        "versions": [{"from": "2026-01-01", "formula": "hours"}]}),
    ("role", {
        "kind": "role", "key": "reader", "metrics": ["response"],
        "grants": [{"entity": "person", "actions": ["read"], "rows": "own"}]}),
]  # fmt: skip
CARD = (
    {"type": "records", "entity": "shop.goal", "label": {"zh-CN": "目标", "en": "Goals"}},
    {"type": "form", "form": "shop.goal_form", "label": {"zh-CN": "填写", "en": "Fill in"}},
)


@pytest.fixture
def plant(either_world):
    """The world with a rule, a metric and a message."""
    beat = {
        "kind": "entity", "key": "beat", "display": "code", "log": True,
        "fields": [{"key": "code", "type": "text"}, {"key": "at", "type": "datetime"},
                   {"key": "machine", "type": "person"}],
    }  # fmt: skip
    documents = [("entity", beat), *EXTRA]
    found = [decode(kind, document, pack="shop") for kind, document in documents]
    assert [each for each in found if isinstance(each, list)] == []
    publish(either_world.wiring, Proposal(tuple(found)), actor=SYSTEM_ACTOR)
    return either_world


def open_card(world, who="li", key="t1", card=CARD):
    """An alert and its card."""
    with world.writing() as ctx:
        alert_id = episodes.open_alert(
            ctx.uow,
            NewAlert(ctx.new_uid(), "shop.three_beats", "person", world.ids[who], 1, ctx.now, "{}"),
        )
        rule_runs.lock_states(ctx.uow, "shop.three_beats", [world.ids[who]])
        task = PutTask(
            key, world.ids[who], {"zh-CN": "查", "en": "Look"}, card, 12, "office", alert_id,
            "shop.three_beats", "person", world.ids[who],
        )  # fmt: skip
        apply(ctx, [task, task])
    return alert_id


def card_of(world, who="li"):
    with world.reading(world.actor(who, "employee")) as ctx:
        (task,) = read_tasks.my_tasks(ctx)["items"]
        return read_tasks.task_card(ctx, task["uid"])


def test_the_same_task_twice_is_one_task_with_a_deadline(plant):
    open_card(plant)
    card = card_of(plant)
    assert card["title"] == {"zh-CN": "查", "en": "Look"}
    assert card["opened_at"] == "2026-03-02T01:00:00Z"
    assert card["due_at"] > card["opened_at"]
    assert card["subject"]["display"] == "李"
    assert card["rule"]["label"]["en"] == "Three in a row"
    assert [step["type"] for step in card["steps"]] == ["records", "form"]
    assert card["steps"][1]["form"]["name"] == "shop.goal_form"
    assert card["alert"]["evidence"] == []


def test_a_card_belongs_to_its_person(plant):
    open_card(plant)
    uid = card_of(plant)["uid"]
    with plant.reading(plant.actor("zhao", "employee")) as ctx:
        assert read_tasks.my_tasks(ctx)["items"] == []
        with pytest.raises(NotFound):
            read_tasks.task_card(ctx, uid)
    with plant.writing(plant.actor("zhao", "employee")) as ctx, pytest.raises(NotFound):
        act.submit_task(ctx, uid, {"name": "x"}, key="k")


def test_sending_the_form_finishes_the_task_and_closes_the_alert(plant):
    alert_id = open_card(plant)
    uid = card_of(plant)["uid"]
    plant.at(plant.wiring.clock.at + HOUR * 3 // 2)
    li = plant.actor("li")  # no role: being given the task is the right
    with plant.writing(li) as ctx:
        done = act.submit_task(ctx, uid, {"name": "cause", "owner": None}, key="k")
    assert done.response_hours == 1_500_000
    with plant.writing(li) as ctx:
        assert act.submit_task(ctx, uid, {"name": "cause", "owner": None}, key="k") == done
    with plant.reading(li) as ctx:
        assert read_tasks.my_tasks(ctx)["items"] == []
        (task,) = read_tasks.my_tasks(ctx, state="done")["items"]
        assert task["response_hours"] == "1.5"
        assert tasks.alert_by_id(ctx.uow, alert_id).state == "closed"
    with plant.writing(li) as ctx, pytest.raises(Invalid) as refused:
        act.submit_task(ctx, uid, {"name": "again"}, key="other")
    assert refused.value.problems[0].code == "RUN205"


def test_problems_of_the_form_leave_the_task_open(plant):
    open_card(plant)
    uid = card_of(plant)["uid"]
    with plant.writing(plant.actor("li")) as ctx:
        problems = act.submit_task(ctx, uid, {"name": ""}, key="k")
    assert [problem.pointer for problem in problems] == ["/values/name"]
    assert card_of(plant)["state"] == "open"


def test_the_response_time_becomes_a_measurement(plant):
    from runtime.measure import measure_dirty

    open_card(plant)
    uid = card_of(plant)["uid"]
    plant.at(plant.wiring.clock.at + 2 * HOUR)
    with plant.writing(plant.actor("li")) as ctx:
        act.submit_task(ctx, uid, {"name": "cause"}, key="k")
    with plant.writing() as ctx:
        measure_dirty(ctx, "shop.response")
    with plant.reading(plant.actor("li", "reader")) as ctx:
        (number,) = read_metrics.list_measurements(ctx, "shop.response")["items"]
        assert (number["value"], number["period_label"]) == ("2.00", "2026-03")
        assert number["subject"]["display"] == "李"
    with plant.reading(plant.actor("zhao", "reader")) as ctx:
        assert read_metrics.list_measurements(ctx, "shop.response")["items"] == []
    with plant.reading(plant.actor("li", "employee")) as ctx, pytest.raises(NotFound):
        read_metrics.list_measurements(ctx, "shop.response")


def test_alerts_are_seen_by_those_they_concern(plant):
    open_card(plant)
    with plant.reading(plant.actor("li")) as ctx:
        (alert,) = read_tasks.my_alerts(ctx)["items"]
        assert alert["state"] == "firing"
        assert read_tasks.summary(ctx) == {
            "tasks_open": 1, "tasks_overdue": 0, "alerts_firing": 1, "to_do": 1,
            "notices_unread": 0,
        }  # fmt: skip
    with plant.reading(plant.actor("wang", "boss")) as ctx:  # reads the subject
        assert len(read_tasks.my_alerts(ctx)["items"]) == 1
    with plant.reading(plant.actor("zhao")) as ctx:
        assert read_tasks.my_alerts(ctx)["items"] == []
        with pytest.raises(NotFound):
            read_tasks.get_alert(ctx, alert["uid"])
    with plant.writing(plant.actor("zhao")) as ctx, pytest.raises(NotFound):
        act.acknowledge(ctx, alert["uid"])


def test_an_alert_is_acknowledged_once_and_judged(plant):
    alert_id = open_card(plant)
    with plant.reading(plant.actor("li")) as ctx:
        uid = read_tasks.my_alerts(ctx)["items"][0]["uid"]
    with plant.writing(plant.actor("li")) as ctx:
        act.acknowledge(ctx, uid)
        act.acknowledge(ctx, uid)
        act.give_feedback(ctx, uid, "false")
    with plant.reading(plant.actor("li")) as ctx:
        alert = read_tasks.get_alert(ctx, uid)
        assert (alert["state"], alert["feedback"]) == ("acknowledged", "false")
        assert tasks.alert_by_id(ctx.uow, alert_id).acknowledged_at == ctx.now


def test_mails_wait_in_the_outbox_once_per_receiver(plant):
    values = {"n": 2, "subject": {"display": "M1"}}
    mail = PutMail("r:1:1:2", plant.ids["li"], "shop.note", values)
    nobody = PutMail("r:1:1:3", plant.ids["zhao"], "shop.note", values)  # has no address
    with plant.writing() as ctx:
        apply(ctx, [mail, nobody])
    with plant.writing() as ctx:
        apply(ctx, [mail])
    with plant.writing() as ctx:
        message = outbox.claim(ctx.uow, owner="me", real_now=1, lease_us=1)
        assert outbox.claim(ctx.uow, owner="me", real_now=1, lease_us=1) is None
    assert message.payload["to"] == "li@example.com"
    assert message.payload["language"] == "zh-CN"
    assert message.key == "mail:r:1:1:2"


def test_notices_are_read_in_the_readers_language(plant):
    notice = PutNotice("n1", plant.ids["li"], "shop.note", {"n": 1, "subject": {"display": "M1"}},
                       "/alerts/x")  # fmt: skip
    with plant.writing() as ctx:
        apply(ctx, [notice, notice])
    renderer = Renderer()
    try:
        with plant.reading(plant.actor("li")) as ctx:
            (found,) = read_tasks.my_notices(ctx, renderer)["items"]
            assert (found["subject"], found["body"]) == ("第1次", "M1 报警")
        with plant.reading(plant.actor("li", language="en")) as ctx:
            (found,) = read_tasks.my_notices(ctx, renderer)["items"]
            assert (found["subject"], found["body"]) == ("number 1", "alarm at M1")
    finally:
        renderer.close()
    with plant.writing(plant.actor("zhao")) as ctx, pytest.raises(NotFound):
        act.read_notice(ctx, found["uid"])
    with plant.writing(plant.actor("li")) as ctx:
        act.read_notice(ctx, found["uid"])
        assert read_tasks.summary(ctx)["notices_unread"] == 0


def test_jobs_and_records_are_effects_too(plant):
    with plant.writing() as ctx:
        assert put_job(ctx, PutJob("measure", "once", {"metric": "m"}))
        assert not put_job(ctx, PutJob("measure", "once", {"metric": "m"}))
        apply(ctx, [WriteRecord("shop.goal", {"name": "made"})])
    with plant.writing() as ctx, pytest.raises(NotFound):
        apply(ctx, [WriteRecord("shop.goal", {"name": "x"}, uid="nobody")])


def test_a_card_shows_the_curve_and_the_records_it_was_made_for(plant):
    with plant.writing() as ctx:
        at = ctx.now - HOUR
        points = [Sample("shop.beat.wear", plant.ids["li"], at + n, 0.5 + n) for n in range(3)]
        samples.append(ctx.uow, points, source="plant", units={"shop.beat.wear": "mm"})
        records.insert(ctx, "shop.goal", [{"name": "g", "owner": plant.ids["wang"]}])
    chart = {
        "type": "chart", "series": "shop.beat.wear", "subject_id": plant.ids["li"],
        "from_at": at, "to_at": at + 2, "label": {"zh-CN": "曲线", "en": "Curve"},
    }  # fmt: skip
    gone = {"type": "records", "entity": "shop.gone", "label": {"en": "Gone"}}
    lost = {"type": "form", "form": "shop.gone", "label": {"en": "Gone"}}
    confirm = {"type": "confirm", "label": {"en": "Seen"}}
    open_card(plant, card=(chart, CARD[0], gone, lost, confirm))
    curve, listed, nothing, no_form, seen = card_of(plant)["steps"]
    assert [point["value"] for point in curve["series"]["points"]] == [0.5, 1.5]
    assert curve["series"]["name"] == "shop.beat.wear"
    assert listed["rows"][0]["values"]["name"] == "g"
    assert listed["rows"][0]["display_values"]["owner"] == "王"
    assert "name" in {column["key"] for column in listed["columns"]}
    assert (nothing["done"], no_form["form"], seen["done"]) == (False, None, False)
    with plant.reading(plant.actor("li")) as ctx:
        uid = read_tasks.my_tasks(ctx)["items"][0]["uid"]
    with pytest.raises(NotFound), plant.writing(plant.actor("li")) as ctx:
        act.submit_task(ctx, uid, {}, key="k")


def test_a_card_without_a_form_takes_none(plant):
    open_card(plant, card=CARD[:1])
    uid = card_of(plant)["uid"]
    with plant.writing(plant.actor("li")) as ctx:
        problems = act.submit_task(ctx, uid, {}, key="k")
    assert [problem.code for problem in problems] == ["RUN211"]
