"""Who leaves is out that day, and what was open goes to somebody who is there."""

import json

import pytest
from sqlalchemy import select

from builder.model.others import FieldMapping, StreamMapping
from runtime import (
    accounts,
    admins,
    edit,
    erase,
    handing,
    intake,
    leaving,
    read,
    read_tasks,
    records,
    watch,
    worker,
)
from runtime.context import SYSTEM_ACTOR
from runtime.errors import Conflicting, Invalid, NotAllowed, NotFound, Refused
from runtime.proposals import plan, put_in_force
from runtime.publish import Proposal, publish
from runtime.sign_in import Visitor, sign_in
from store import tasks
from store.tables import audit
from store.tasks import NewTask
from tests.runtime.conftest import MONDAY, decoded

PASSWORD = "correct horse 9"
HOUR = 3_600_000_000
MIDNIGHT = MONDAY + 15 * HOUR  # Tuesday begins
TUESDAY = "2026-03-03"


@pytest.fixture
def office(either_world):
    """zhao owns two goals and has two open tasks and a closed one."""
    world = either_world
    with world.writing() as ctx:
        records.insert(
            ctx, "shop.goal", [{"name": n, "owner": world.ids["zhao"]} for n in ("a", "b")]
        )
        accounts.create_account(
            ctx, "zhao", PASSWORD, roles=["shop.employee"], person_id=world.ids["zhao"]
        )
        for key in ("t1", "t2", "t3"):
            new = NewTask(
                uid=ctx.new_uid(), key=key, kind="card", title=json.dumps({"en": key}),
                assignee_id=world.ids["zhao"], card="[]", opened_at=ctx.now,
            )  # fmt: skip
            made = tasks.put_task(ctx.uow, new)
            if key == "t3":
                tasks.finish_task(ctx.uow, made, at=ctx.now, by=None)
    return world


def arrange(world, who, on=TUESDAY, successor=None):
    with world.writing() as ctx:
        heir = None if successor is None else world.uids[successor]
        return leaving.arrange(ctx, world.uids[who], on, heir)


def passes(world, at):
    world.at(at)
    worker.drain(world.wiring, "t")


def open_tasks(world, who):
    with world.reading() as ctx:
        return [each.key for each in tasks.tasks_of(ctx.uow, world.ids[who], state="open")]


def gets_in(world, login):
    try:
        sign_in(world.wiring, login, PASSWORD, visitor=Visitor("127.0.0.1"))
    except Refused:
        return False
    return True


def test_the_preview_shows_what_is_held_and_changes_nothing(office):
    world = office
    with world.reading() as ctx:
        told = leaving.preview(ctx, world.uids["zhao"], TUESDAY, None)
    assert told["successor"] == {"uid": world.uids["wang"], "display": "王"}
    assert [each["title"] for each in told["tasks"]] == [{"en": "t1"}, {"en": "t2"}]
    assert told["logins"] == ["zhao"]
    assert [(e["entity"], e["field"], e["count"]) for e in told["owned"]] == [
        ("shop.goal", "owner", 2)
    ]
    with world.reading() as ctx, pytest.raises(NotFound):
        leaving.arranged(ctx, world.uids["zhao"])


def test_on_the_day_the_account_is_closed_and_the_tasks_are_the_managers(office):
    world = office
    assert arrange(world, "zhao")["state"] == "planned"
    passes(world, MIDNIGHT - 1)
    assert (open_tasks(world, "zhao"), gets_in(world, "zhao")) == (["t1", "t2"], True)
    passes(world, MIDNIGHT)
    assert (open_tasks(world, "zhao"), gets_in(world, "zhao")) == ([], False)
    assert open_tasks(world, "wang") == ["t1", "t2"]
    with world.reading() as ctx:
        left = ctx.uow.execute(select(audit).where(audit.c.action == "person.left")).one()
    assert json.loads(left.detail) == {
        "handed": 2, "person": world.ids["zhao"], "successor": world.ids["wang"],
    }  # fmt: skip
    with world.reading() as ctx:
        told = leaving.arranged(ctx, world.uids["zhao"])
        assert (told["state"], told["handed"], told["logins"]) == ("done", 2, [])
        (owned,) = told["owned"]
        assert (owned["entity"], owned["count"]) == ("shop.goal", 2)  # goals are not given away
        assert watch.list_incidents(ctx) == []
    with world.reading(world.actor("wang", "boss")) as ctx:
        (notice,) = tasks.notices_of(ctx.uow, world.ids["wang"])
        assert json.loads(notice.body)["values"] == {"person": "赵", "count": 2}
        assert read_tasks.summary(ctx)["tasks_open"] == 2


def test_a_named_person_takes_over_and_the_last_word_counts(office):
    world = office
    arrange(world, "zhao")
    arrange(world, "zhao", "2026-03-04", successor="li")
    passes(world, MIDNIGHT)
    assert open_tasks(world, "zhao") == ["t1", "t2"]
    passes(world, MIDNIGHT + 24 * HOUR)
    assert open_tasks(world, "li") == ["t1", "t2"]


def test_who_stays_after_all_keeps_everything(office):
    world = office
    arrange(world, "zhao")
    with world.writing() as ctx:
        leaving.take_back(ctx, world.uids["zhao"])
    with world.writing() as ctx, pytest.raises(NotFound):
        leaving.take_back(ctx, world.uids["zhao"])
    passes(world, MIDNIGHT)
    assert (open_tasks(world, "zhao"), gets_in(world, "zhao")) == (["t1", "t2"], True)


def test_nobody_to_take_over_is_said_before_and_an_incident_after(office):
    world = office
    for who, successor, code in (
        ("wang", None, "RUN140"), ("zhao", "chen", "RUN141"), ("zhao", "zhao", "RUN141"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            arrange(world, who, successor=successor)
        assert [each.code for each in refused.value.problems] == [code]
    with pytest.raises(Invalid) as refused:
        arrange(world, "zhao", "tomorrow")
    assert refused.value.problems[0].code == "RUN143"
    arrange(world, "zhao")
    with world.writing() as ctx:  # the whole line goes before the day
        records.update(ctx, "person", world.ids["wang"], {"active": False})
    passes(world, MIDNIGHT)
    assert not gets_in(world, "zhao")
    with world.reading() as ctx:
        (incident,) = watch.list_incidents(ctx)
        assert (incident["code"], incident["kind"]) == ("RUN142", "departure")
        assert "赵" in incident["message"]
        assert "2" in incident["message"]
    arrange(world, "zhao", successor="li")  # what the incident says to do
    passes(world, MIDNIGHT)
    assert open_tasks(world, "li") == ["t1", "t2"]
    with world.reading() as ctx:
        assert watch.list_incidents(ctx) == []


def test_what_was_owned_goes_too_where_that_is_asked(office, monkeypatch):
    world = office
    monkeypatch.setattr(handing, "BATCH", 1)
    with world.writing() as ctx:
        asked = leaving.arrange(ctx, world.uids["zhao"], TUESDAY, world.uids["li"], reassign=True)
    (owned,) = asked["owned"]
    assert (owned["goes"], asked["moved"]) == (True, None)
    passes(world, MIDNIGHT)
    with world.reading() as ctx:
        told = leaving.arranged(ctx, world.uids["zhao"])
        assert (told["moved"], told["owned"]) == (2, [])
        for item in read.list_records(ctx, "shop.goal")["items"]:
            assert item["values"]["owner"] == world.uids["li"]
            first, second = read.record_history(ctx, "shop.goal", item["uid"])["items"]
            assert first["values"]["owner"] == world.uids["zhao"]
            assert second["origin"]["source"] == "departure"
        left = ctx.uow.execute(select(audit).where(audit.c.action == "person.records")).one()
    assert json.loads(left.detail) == {"failed": 0, "moved": 2, "person": world.ids["zhao"]}
    with world.writing(world.actor("wang", "boss")) as ctx:
        assert "shop.goal" in handing.movable(ctx)
    with world.writing() as ctx:
        assert "assignment" not in handing.movable(ctx)  # the posts held stay history
    with world.writing(world.actor("wang", "bureau")) as ctx:
        assert handing.movable(ctx) == ()  # nobody gives away what he may not change


WAYS = {
    "disabled": lambda ctx, account, _: accounts.disable(ctx, account),
    "another role": lambda ctx, account, _: accounts.set_roles(ctx, account, ["shop.employee"]),
    "leaves": lambda ctx, _, person: leaving.arrange(ctx, person, TUESDAY, None),
    "inactive": lambda ctx, _, person: edit.change_record(
        ctx, "person", person, {"active": False}, base_version=None
    ),
    "trash": lambda ctx, _, person: edit.delete_record(ctx, "person", person),
    "erased": lambda ctx, _, person: erase.start(
        ctx, person, reason="asked", consent=erase.preview(ctx, person)["consent"]
    ),
    "synced": lambda ctx, *_: intake.store(ctx, FETCH, decided_by_hr(ctx)),
    "published": lambda ctx, *_: put_in_force(ctx, NO_ADMIN, plan(ctx, NO_ADMIN, manifests={})),
}
KEEPER = {"kind": "role", "key": "keeper", "grants": [], "admin": True}
NO_ADMIN = Proposal(decoded([("role", {**KEEPER, "admin": False})]))
PEOPLE = StreamMapping(
    stream="people", into="person", key=("code",),
    fields=(FieldMapping(source="no", target="code"), FieldMapping(source="here", target="active")),
)  # fmt: skip
FETCH = intake.Fetch("shop.hr", PEOPLE)


def decided_by_hr(ctx):
    return intake.decide(ctx, PEOPLE, [{"no": "zhao", "here": False}], fingerprint=None)


def test_the_last_administrator_stays_whichever_way_it_is_tried(office):
    world = office
    person = world.uids["zhao"]
    with world.writing() as ctx:
        (account,) = [each["uid"] for each in accounts.list_accounts(ctx)]
        accounts.set_roles(ctx, account, ["admin"])
    keeper = Proposal(decoded([("role", KEEPER)]))
    publish(world.wiring, keeper, actor=SYSTEM_ACTOR)
    with world.writing() as ctx:
        accounts.set_roles(ctx, account, ["shop.keeper"])  # as good as the built-in role
    for name, way in WAYS.items():
        publishing = name == "published"
        with (
            pytest.raises(Conflicting) as refused,
            world.wiring.writing(publishing=publishing) as ctx,
        ):
            way(ctx, account, person)
        assert [p.code for p in refused.value.problems] == ["RUN158"]
    with world.writing() as ctx:
        accounts.create_account(ctx, "li", PASSWORD, roles=["admin"], person_id=world.ids["li"])
    for way in WAYS.values():
        with world.writing() as ctx:
            way(ctx, account, person)
            assert admins.may_have_gone(ctx.uow) or way is WAYS["leaves"]
            admins.keep_any(ctx.uow, world.wiring._roles(ctx), before=pytest.fail)
            ctx.uow.roll_back()
    arrange(world, "zhao")  # planned while there was another one
    with world.writing() as ctx:
        other = next(each for each in accounts.list_accounts(ctx) if each["login"] == "li")
        accounts.disable(ctx, other["uid"])
    passes(world, MIDNIGHT)
    assert gets_in(world, "zhao")


def test_only_who_may_change_the_person_may_arrange_it(office):
    world = office
    with world.writing(world.actor("wang", "boss")) as ctx, pytest.raises(NotAllowed):
        leaving.arrange(ctx, world.uids["zhao"], TUESDAY, None)
    with world.reading(SYSTEM_ACTOR) as ctx, pytest.raises(NotFound):
        leaving.preview(ctx, "0" * 36, TUESDAY, None)
