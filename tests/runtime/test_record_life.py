"""Trash, versions, comments, saved views and changes of many records at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from runtime import (
    accounts,
    bulk_edit,
    comments,
    edit,
    lookups,
    read,
    records,
    trash,
    versions,
    views,
    works,
)
from runtime.bulk_edit import Chosen
from runtime.context import SYSTEM_ACTOR, Actor
from runtime.errors import Conflicting, Invalid, NotAllowed, NotFound
from runtime.lists import Listing
from runtime.publish import Proposal, publish
from runtime.standing import standing
from runtime.worker import drain, run_once
from store import tasks
from tests.runtime.conftest import decoded

ENTITY = "shop.goal"
ALL = Chosen(Listing())


@pytest.fixture
def goals(either_world):
    world = either_world
    rows = [
        {"name": f"g-{who}", "owner": world.ids[who], "weight": 400_000, "reason": "old", "secret_note": "psst",
         "steps": [{"title": "one", "points": 1}, {"title": "two", "points": 2}]}
        for who in ("wang", "li", "zhao", "chen")
    ]  # fmt: skip
    with world.writing() as ctx:
        changes = records.insert(ctx, ENTITY, rows)
        for who, role in (("wang", "boss"), ("li", "employee")):
            accounts.create_account(
                ctx, who, "correct horse 9", roles=[f"shop.{role}"], person_id=world.ids[who]
            )
    return world, {change.after["name"][2:]: change.uid for change in changes}


def boss_of(world):
    return world.actor("wang", "boss")


# --- trash --------------------------------------------------------------------------------
def test_the_trash_shows_who_deleted_what_and_gives_it_back_whole(goals):
    world, uids = goals
    boss = boss_of(world)
    with world.writing(boss) as ctx:
        edit.delete_record(ctx, ENTITY, uids["li"])
    with world.reading(boss) as ctx:
        (item,) = trash.list_trash(ctx, ENTITY)["items"]
        assert (item["display"], item["deleted_by"]) == ("g-li", "wang")
    with world.writing(boss) as ctx:
        trash.bring_back(ctx, ENTITY, uids["li"])
    with world.reading(boss) as ctx:
        assert trash.list_trash(ctx, ENTITY)["items"] == []
        steps = read.get_record(ctx, ENTITY, uids["li"])["values"]["steps"]
        assert [step["title"] for step in steps] == ["one", "two"]


def test_the_trash_is_for_those_who_may_delete_and_shows_no_hidden_field(goals):
    world, uids = goals
    with world.writing() as ctx:
        edit.delete_record(ctx, ENTITY, uids["li"])
        edit.delete_record(ctx, ENTITY, uids["chen"])
    with world.reading(world.actor("li", "employee")) as ctx, pytest.raises(NotAllowed):
        trash.list_trash(ctx, ENTITY)
    with world.reading(boss_of(world)) as ctx:
        assert [i["display"] for i in trash.list_trash(ctx, ENTITY)["items"]] == ["g-li"]
    with world.writing(boss_of(world)) as ctx, pytest.raises(NotFound):
        trash.bring_back(ctx, ENTITY, uids["chen"])


def test_purging_waits_for_the_time_and_leaves_nothing(goals):
    world, uids = goals
    uid = uids["li"]
    with world.writing() as ctx:
        record_id = lookups.one_id(ctx, ENTITY, uid)
        comments.comment(ctx, ENTITY, uid, "hm")
        edit.delete_record(ctx, ENTITY, uid)
        with pytest.raises(Invalid) as refused:
            trash.purge(ctx, ENTITY, uid)
        assert refused.value.problems[0].code == "RUN220"
    with world.writing(boss_of(world)) as ctx, pytest.raises(NotAllowed):
        trash.purge(ctx, ENTITY, uid, at_once=True)
    world.at(world.wiring.clock.now() + trash.KEEP_US + 1)
    with world.writing() as ctx:
        trash.purge(ctx, ENTITY, uid)
    with world.writing() as ctx:
        for entity in (ENTITY, "shop.goal_step"):
            tables = ctx.tables[entity]
            for table in (tables.current, tables.history):
                column = table.c.id if entity == ENTITY else table.c.parent_id
                assert ctx.uow.execute(table.select().where(column == record_id)).all() == []
        with pytest.raises(NotFound):
            trash.bring_back(ctx, ENTITY, uid)


def test_what_others_point_to_is_not_purged(goals):
    world, _ = goals
    with world.writing() as ctx:
        edit.delete_record(ctx, "person", world.uids["zhao"])
        with pytest.raises(Invalid) as refused:
            trash.purge(ctx, "person", world.uids["zhao"], at_once=True)
    assert refused.value.problems[0].code == "RUN221"


# --- versions -----------------------------------------------------------------------------
def test_a_version_says_what_changed_and_can_be_had_again(goals):
    world, uids = goals
    boss = boss_of(world)
    changed = {"weight": "0.5", "reason": "so", "steps": [{"title": "new", "points": "9"}]}
    with world.writing(boss) as ctx:
        edit.change_record(ctx, ENTITY, uids["li"], changed, base_version=1)
    with world.reading(boss) as ctx:
        first, second = read.record_history(ctx, ENTITY, uids["li"])["items"]
        assert {each["field"] for each in first["changes"]} >= {"name", "weight"}
        assert second["changes"] == [
            {"field": "weight", "before": "0.4", "after": "0.5"},
            {"field": "reason", "before": "old", "after": "so"},
            {"field": "steps", "before": first["values"]["steps"], "after": [
                {"title": "new", "points": "9", "helper": None}],
             "rows": [{"before": 0, "after": 0}, {"before": 1, "after": None}]},
        ]  # fmt: skip
        assert [step["title"] for step in first["values"]["steps"]] == ["one", "two"]
    with world.writing(boss) as ctx:
        versions.restore_version(ctx, ENTITY, uids["li"], 1, base_version=2)
    with world.reading(boss) as ctx:
        record = read.get_record(ctx, ENTITY, uids["li"])
        assert (record["version"], record["values"]["weight"]) == (3, "0.4")
        assert record["values"]["reason"] == "old"
        assert [s["title"] for s in record["values"]["steps"]] == ["one", "two"]
        assert len(read.record_history(ctx, ENTITY, uids["li"])["items"]) == 3
    helped = {"steps": [{"title": "two", "helper": world.uids["zhao"]}, {"title": "x"}]}
    with world.writing(boss) as ctx:
        edit.change_record(ctx, ENTITY, uids["li"], helped, base_version=3)
    with world.reading(boss) as ctx:  # rows name what they point to, now and in every version
        now = read.get_record(ctx, ENTITY, uids["li"])["display_values"]
        last = read.record_history(ctx, ENTITY, uids["li"])["items"][-1]["display_values"]
    for names in (now, last):
        rows = {key: word for key, word in names.items() if key.startswith("steps.")}
        assert rows == {"steps.0.helper": "赵"}


@pytest.mark.parametrize(("before", "after", "rows"), [
    ("abc", "ac", [(1, None)]), ("abc", "axc", [(1, 1)]), ("ac", "abc", [(None, 1)]),
    ("abcd", "bcx", [(0, None), (3, 2)]), ("", "a", [(None, 0)]), ("ab", "ab", []),
])  # fmt: skip
def test_rows_that_stayed_are_not_told(before, after, rows):
    told = versions.paired(before, after)
    assert [(each["before"], each["after"]) for each in told] == rows


def test_going_back_respects_others_and_fields_out_of_reach(goals):
    world, uids = goals
    li = world.actor("li", "employee")
    with world.writing() as ctx:
        changed = {"weight": "0.5", "secret_note": "new"}
        edit.change_record(ctx, ENTITY, uids["li"], changed, base_version=1)
    with world.writing(li) as ctx:
        with pytest.raises(Conflicting):
            versions.restore_version(ctx, ENTITY, uids["li"], 1, base_version=1)
        versions.restore_version(ctx, ENTITY, uids["li"], 1, base_version=2)
        with pytest.raises(NotFound):
            versions.restore_version(ctx, ENTITY, uids["li"], 77, base_version=3)
        with pytest.raises(NotFound):
            versions.restore_version(ctx, ENTITY, uids["zhao"], 1, base_version=1)
    with world.reading() as ctx:
        values = read.get_record(ctx, ENTITY, uids["li"])["values"]
    assert (values["weight"], values["secret_note"]) == ("0.4", "new")


# --- comments -----------------------------------------------------------------------------
def test_who_is_mentioned_is_told_only_about_what_he_may_read(goals):
    world, uids = goals
    boss = boss_of(world)
    people = [world.uids[who] for who in ("li", "zhao")]
    with world.writing(boss) as ctx:
        said = comments.comment(ctx, ENTITY, uids["li"], " 请看一下 ", people)
        assert said["told"] == [world.uids["li"]]  # zhao has no account
        assert said["body"] == "请看一下"
        mine = comments.comment(ctx, ENTITY, uids["zhao"], "secret", [world.uids["li"]])
        assert mine["told"] == []  # li may not read the record of zhao
        (notice,) = tasks.notices_of(ctx.uow, world.ids["li"])
        assert "请看一下" in notice.body
        assert "g-li" in notice.body
        assert "secret" not in notice.body
    with world.reading(world.actor("li", "employee")) as ctx:
        (seen,) = comments.list_comments(ctx, ENTITY, uids["li"])["items"]
        assert (seen["author_name"], seen["mine"]) == ("王", False)
        assert [m["display"] for m in seen["mentions"]] == ["李", "赵"]
        with pytest.raises(NotFound):
            comments.list_comments(ctx, ENTITY, uids["zhao"])


def test_a_remark_is_changed_and_withdrawn_by_who_made_it(goals):
    world, uids = goals
    li = world.actor("li", "employee")
    with world.writing(li) as ctx:
        uid = comments.comment(ctx, ENTITY, uids["li"], "a")["uid"]
        edited = comments.edit_comment(ctx, uid, "b", [world.uids["wang"]])
        assert (edited["body"], edited["told"]) == ("b", [world.uids["wang"]])
        assert comments.edit_comment(ctx, uid, "c", [world.uids["wang"]])["told"] == []
    with world.writing(boss_of(world)) as ctx:
        with pytest.raises(NotAllowed):
            comments.edit_comment(ctx, uid, "x")
        with pytest.raises(NotAllowed):
            comments.withdraw_comment(ctx, uid)
    with world.writing(li) as ctx:
        comments.withdraw_comment(ctx, uid)
        assert comments.list_comments(ctx, ENTITY, uids["li"])["items"] == []
        with pytest.raises(NotFound):
            comments.withdraw_comment(ctx, uid)


def test_remarks_come_in_pages_and_say_something(goals):
    world, uids = goals
    with world.writing() as ctx:
        for n in range(5):
            comments.comment(ctx, ENTITY, uids["li"], str(n))
        first = comments.list_comments(ctx, ENTITY, uids["li"], limit=3)
        rest = comments.list_comments(ctx, ENTITY, uids["li"], limit=3, cursor=first["next"])
        assert [c["body"] for c in (*first["items"], *rest["items"])] == list("01234")
        assert rest["next"] is None
        for body, people, code in (("  ", [], "RUN223"), ("x", ["nobody"], "RUN222")):
            with pytest.raises(Invalid) as refused:
                comments.comment(ctx, ENTITY, uids["li"], body, people)
            assert refused.value.problems[0].code == code
        with pytest.raises(Invalid):
            comments.list_comments(ctx, ENTITY, uids["li"], cursor="x")


# --- views --------------------------------------------------------------------------------
VIEW = {
    "filter": "weight > 5%",
    "columns": ["name", "weight"],
    "sort": "-weight",
    "group": ["owner"],
}


def test_a_view_is_shared_with_roles_and_shows_each_his_own(goals):
    world, _ = goals
    boss, li = boss_of(world), world.actor("li", "employee")
    with world.writing() as ctx:
        shared = views.save_view(ctx, ENTITY, "重点", VIEW, ["shop.employee"])
        views.save_view(ctx, ENTITY, "秘密", {"filter": "secret_note = 'x'"}, ["shop.employee"])
    with world.writing(boss) as ctx:
        views.save_view(ctx, ENTITY, "我的", {"sort": "name"})
        assert [v["name"] for v in views.list_views(ctx, ENTITY)] == ["我的"]
        with pytest.raises(NotAllowed):
            views.save_view(ctx, ENTITY, "别人", {}, ["shop.employee"])
    with world.writing(li) as ctx:
        (only,) = views.list_views(ctx, ENTITY)  # the one that names a hidden field is not offered
        assert (only["name"], only["mine"]) == ("重点", False)
        with pytest.raises(NotAllowed):
            views.remove_view(ctx, shared["uid"])
        with pytest.raises(NotFound):
            views.remove_view(ctx, "none")


def test_a_view_is_checked_when_it_is_saved_and_changed_by_its_version(goals):
    world, _ = goals
    li = world.actor("li", "employee")
    with world.writing(li) as ctx:
        for wrong in (
            {"filter": "wieght > 1"}, {"filter": "secret_note = 'x'"}, {"columns": ["secret_note"]},
            {"sort": "-secret_note"}, {"group": ["secret_note"]},
            {"match": [{"field": "secret_note", "op": "filled"}]},
            {"group": ["owner"], "measures": ["count:secret_note"]},
        ):  # fmt: skip
            with pytest.raises(Invalid):
                views.save_view(ctx, ENTITY, "x", wrong)
        saved = views.save_view(ctx, ENTITY, "x", VIEW)
        with pytest.raises(Invalid) as refused:
            views.save_view(ctx, ENTITY, "x", VIEW)
        assert refused.value.problems[0].code == "RUN224"
        new = {"name": "y", "document": {"q": "质量"}, "roles": ["shop.employee"]}
        assert views.change_view(ctx, saved["uid"], **new, base_version=1)["version"] == 2
        with pytest.raises(Conflicting):
            views.change_view(ctx, saved["uid"], **new, base_version=1)
        views.remove_view(ctx, saved["uid"])
        assert views.list_views(ctx, ENTITY) == []


# --- many at once -------------------------------------------------------------------------
def test_a_bulk_change_is_previewed_done_and_undone(goals):
    world, uids = goals
    boss = boss_of(world)
    with world.writing(boss) as ctx:
        edit.change_record(ctx, ENTITY, uids["zhao"], {"reason": "new"}, base_version=1)
    with world.reading(boss) as ctx:
        found = bulk_edit.preview(ctx, ENTITY, ALL, {"reason": "new"})
    assert (found["count"], found["would_change"], found["unchanged"]) == (3, 2, 1)
    with world.writing(boss) as ctx:
        work = bulk_edit.start(ctx, ENTITY, ALL, {"reason": "new"})
        assert (work["state"], work["total"]) == ("running", 3)
    drain(world.wiring, "test")
    with world.reading(boss) as ctx:
        entity = ctx.catalog.entity(ENTITY)
        assert standing(ctx, entity) is standing(ctx, entity)  # not once for each record
        done = works.show(ctx, work["uid"])
        assert (done["state"], done["done"]) == ("done", 3)
        assert (done["written"], done["unchanged"], done["refused"]) == (2, 1, 0)
        assert len(read.list_records(ctx, ENTITY, Listing(where="reason = 'new'"))["items"]) == 3
    with world.writing(boss) as ctx:
        edit.change_record(ctx, ENTITY, uids["wang"], {"reason": "later"}, base_version=2)
        undone = bulk_edit.undo(ctx, work["uid"])
    drain(world.wiring, "test")
    with world.reading(boss) as ctx:
        after = works.show(ctx, undone["uid"])
        assert (after["written"], after["refused"]) == (1, 1)
        assert after["rows"][0]["problems"][0]["code"] == "RUN203"
        reasons = {
            i["display"]: i["values"]["reason"] for i in read.list_records(ctx, ENTITY)["items"]
        }
    assert reasons == {"g-wang": "later", "g-li": "old", "g-zhao": "new"}


def test_a_preview_tells_what_a_form_rule_will_refuse(goals, monkeypatch):
    world, uids = goals
    boss = boss_of(world)
    with world.writing(boss) as ctx:
        started = {"start": "2026-05-10", "end": "2026-05-11"}
        edit.change_record(ctx, ENTITY, uids["zhao"], started, base_version=1)
        edit.change_record(ctx, ENTITY, uids["wang"], {"end": "2026-05-01"}, base_version=1)
    early = {"end": "2026-05-01"}
    with world.reading(boss) as ctx:
        told = bulk_edit.preview(ctx, ENTITY, ALL, early)
        assert (told["judged"], told["is_partial"]) == (3, False)
        monkeypatch.setattr(bulk_edit, "JUDGED", 1)
        partly = bulk_edit.preview(ctx, ENTITY, ALL, early)
        assert (partly["judged"], partly["is_partial"]) == (1, True)
    assert [(row["display"], row["reason"]) for row in told["rows"]] == [
        ("g-zhao", "结束日期要晚于开始日期")
    ]
    with world.writing(boss) as ctx:
        work = bulk_edit.start(ctx, ENTITY, ALL, early)
    drain(world.wiring, "test")
    with world.reading(boss) as ctx:
        done = works.show(ctx, work["uid"])
    assert (told["would_change"], told["unchanged"], told["refused"]) == (1, 1, 1)
    assert (done["written"], done["unchanged"], done["refused"]) == (1, 1, 1)
    # who saw another version is told that first: the rule judges what he has not seen
    with world.writing(boss) as ctx:
        with pytest.raises(Conflicting):
            edit.change_record(ctx, ENTITY, uids["zhao"], early, base_version=1)
        with pytest.raises(Invalid):
            edit.change_record(ctx, ENTITY, uids["zhao"], early, base_version=2)


def test_a_bulk_change_is_undone_with_the_rights_and_what_it_emptied(goals):
    world, uids = goals
    boss = boss_of(world)
    with world.writing(boss) as ctx:
        work = bulk_edit.start(ctx, ENTITY, ALL, {"weight": "0.1"})
    drain(world.wiring, "test")

    def seen():
        with world.reading() as ctx:
            values = read.get_record(ctx, ENTITY, uids["li"])["values"]
        return values["weight"], values["reason"]

    assert seen() == ("0.1", None)  # what the form hides is emptied
    role = next(d for d in decoded() if d.name == "shop.boss")
    reads, *rest = role.grants
    for barred in (("weight",), ()):
        narrowed = replace(role, grants=(replace(reads, read_only_fields=barred), *rest))
        publish(world.wiring, Proposal((narrowed,)), actor=SYSTEM_ACTOR)
        if barred:
            with world.writing(boss) as ctx, pytest.raises(Invalid) as refused:
                bulk_edit.undo(ctx, work["uid"])
            found = [(p.code, p.pointer) for p in refused.value.problems]
            assert found == [("RUN216", "/values/weight")]
    with world.writing(boss) as ctx:
        undone = bulk_edit.undo(ctx, work["uid"])
    with world.writing() as ctx:  # this one is no longer a subordinate's when the batch comes
        records.update(ctx, "person", world.ids["chen"], {"active": True})
        edit.change_record(ctx, ENTITY, uids["wang"], {"owner": world.uids["chen"]}, base_version=2)
    drain(world.wiring, "test")
    assert seen() == ("0.4", "old")
    with world.reading(boss) as ctx:
        after = works.show(ctx, undone["uid"])
        assert (after["written"], after["refused"]) == (2, 1)
        assert after["rows"][0]["problems"][0]["code"] == "RUN201"


def test_records_out_of_reach_are_refused_with_the_reason_and_the_others_changed(goals):
    world, uids = goals
    both = world.actor("li", "employee", "bureau")  # reads the subtree, changes his own
    with world.reading(both) as ctx:
        found = bulk_edit.preview(ctx, ENTITY, ALL, {"reason": "x"})
        assert (found["count"], found["would_change"], found["refused"]) == (2, 1, 1)
        assert [row["display"] for row in found["rows"]] == ["g-zhao"]
    with world.writing() as ctx:
        account = next(a for a in accounts.list_accounts(ctx) if a["login"] == "li")
        accounts.set_roles(ctx, account["uid"], ["shop.employee", "shop.bureau"])
    with world.writing(both) as ctx:
        work = bulk_edit.start(ctx, ENTITY, ALL, {"reason": "x"})
    drain(world.wiring, "test")
    with world.reading(both) as ctx:
        done = works.show(ctx, work["uid"])
        assert (done["written"], done["refused"]) == (1, 1)
        assert done["rows"][0]["problems"][0]["code"] == "RUN202"
    with world.reading() as ctx:
        assert read.get_record(ctx, ENTITY, uids["zhao"])["version"] == 1
        assert len(read.record_history(ctx, ENTITY, uids["zhao"])["items"]) == 1


def test_a_record_that_would_leave_the_reach_stays_as_it_was(goals):
    world, uids = goals
    boss = boss_of(world)
    with world.writing() as ctx:
        records.update(ctx, "person", world.ids["chen"], {"active": True})
    with world.writing(boss) as ctx:
        work = bulk_edit.start(ctx, ENTITY, ALL, {"owner": world.uids["chen"], "reason": "gone"})
    drain(world.wiring, "test")
    with world.reading(boss) as ctx:
        done = works.show(ctx, work["uid"])
        assert (done["written"], done["refused"]) == (0, 3)
        record = read.get_record(ctx, ENTITY, uids["li"])
        assert (record["version"], record["values"]["reason"]) == (1, "old")
    with world.wiring.database.read() as uow:
        from store import audit

        assert audit.verify(uow, world.wiring.keyring.audit_key) == []


def test_wrong_values_are_told_before_anything_starts(goals):
    world, _ = goals
    with world.writing(boss_of(world)) as ctx:
        for values, code in (
            ({"weight": "2"}, "BLD404"), ({"name": " "}, "RUN101"), ({"nme": "x"}, "RUN102"),
            ({"days": "1"}, "RUN103"), ({}, "RUN228"),
        ):  # fmt: skip
            with pytest.raises(Invalid) as refused:
                bulk_edit.preview(ctx, ENTITY, ALL, values)
            assert refused.value.problems[0].code == code
    with world.writing(world.actor("li", "employee")) as ctx, pytest.raises(Invalid):
        bulk_edit.start(ctx, ENTITY, ALL, {"secret_note": "x"})


def test_work_is_stopped_between_batches_and_is_nobody_elses_business(goals, monkeypatch):
    world, _ = goals
    monkeypatch.setattr(bulk_edit, "BATCH", 1)
    boss = boss_of(world)
    with world.writing(boss) as ctx:
        work = bulk_edit.start(ctx, ENTITY, ALL, {"reason": "x"})
    while run_once(world.wiring, "test"):
        with world.reading(boss) as ctx:
            if works.show(ctx, work["uid"])["done"] == 1:
                break
    with world.writing(world.actor("li", "employee")) as ctx, pytest.raises(NotFound):
        works.cancel(ctx, work["uid"])
    with world.writing(boss) as ctx:
        assert works.cancel(ctx, work["uid"])["state"] == "stopping"
    drain(world.wiring, "test")
    with world.reading(boss) as ctx:
        done = works.list_works(ctx)[0]
        assert (done["state"], done["done"], done["written"]) == ("cancelled", 1, 1)


def test_a_process_that_dies_in_a_batch_does_it_once(goals, monkeypatch):
    """The batch, its progress and the next job are one transaction: all of it or nothing."""
    world, uids = goals
    monkeypatch.setattr(bulk_edit, "BATCH", 2)
    boss = boss_of(world)
    with world.writing(boss) as ctx:
        work = bulk_edit.start(ctx, ENTITY, ALL, {"reason": "x"})
    real, died = bulk_edit.work.settle, []

    def dies_once(*args):
        if not died:
            died.append(True)
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(bulk_edit.work, "settle", dies_once)
    with pytest.raises(KeyboardInterrupt):
        drain(world.wiring, "test")
    with world.reading(boss) as ctx:
        assert works.show(ctx, work["uid"])["done"] == 0
    with world.writing() as ctx:
        from runtime.clock import real_now
        from store import jobs

        jobs.end_leases(ctx.uow, real_now=real_now())
    drain(world.wiring, "test")
    with world.reading(boss) as ctx:
        done = works.show(ctx, work["uid"])
        assert (done["state"], done["written"]) == ("done", 3)
        history = read.record_history(ctx, ENTITY, uids["li"])["items"]
        assert [version["version"] for version in history] == [1, 2]


def test_a_closed_account_has_no_more_work_done(goals):
    world, _ = goals
    with world.writing(boss_of(world)) as ctx:
        work = bulk_edit.start(ctx, ENTITY, ALL, {"reason": "x"})
    admin = Actor("user", "root", admin=True)
    with world.writing(admin) as ctx:
        account = next(a for a in accounts.list_accounts(ctx) if a["login"] == "wang")
        accounts.disable(ctx, account["uid"])
    drain(world.wiring, "test")
    with world.reading(boss_of(world)) as ctx:
        done = works.show(ctx, work["uid"])
        assert (done["state"], done["written"]) == ("cancelled", 0)
