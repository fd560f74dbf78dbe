"""What may be kept only for a while is cleared, in old versions too; raw samples go by the day."""

import pytest
from sqlalchemy import text

from builder.codec import decode
from runtime import edit, files, read, retention, tidy
from runtime.context import SYSTEM_ACTOR, Actor
from runtime.publish import Proposal, publish
from runtime.settings import SAMPLE_DAYS, Settings, SettingsError
from runtime.worker import drain
from store import samples
from store.samples import Sample
from tests.runtime.conftest import MONDAY

DAY = tidy.DAY
ADMIN = Actor("user", "root", admin=True)
FOR_A_MONTH = {"class": "sensitive", "purpose": {"zh-CN": "病假", "en": "Leave"}, "retain_days": 30}
NOTE = {
    "kind": "entity", "key": "leave", "display": "what",
    "fields": [
        {"key": "what", "type": "text"}, {"key": "days", "type": "integer"},
        {"key": "cause", "type": "text", "privacy": FOR_A_MONTH},
        {"key": "proof", "type": "file", "privacy": FOR_A_MONTH},
    ],
}  # fmt: skip


def causes(world, uid):
    with world.reading(ADMIN) as ctx:
        now = read.get_record(ctx, "shop.leave", uid)["values"]
        then = read.record_history(ctx, "shop.leave", uid)["items"]
    return now["cause"], [each["values"]["cause"] for each in then], now["days"]


def one_day(world, at):
    world.at(at)
    with world.writing() as ctx:
        done = tidy.tidy(ctx)
    drain(world.wiring, "test")
    return done


def test_what_may_be_kept_for_a_month_is_gone_after_it(either_world, monkeypatch):
    world = either_world
    monkeypatch.setattr(retention, "BATCH", 1)
    publish(world.wiring, Proposal((decode("entity", NOTE, pack="shop"),)), actor=SYSTEM_ACTOR)
    with world.writing(ADMIN) as ctx:
        proof = files.upload(ctx, "proof.txt", b"unfit for work 31")["uid"]
        values = {"what": "a", "days": 3, "cause": "a cold 71", "proof": proof}
        old = edit.create_record(ctx, "shop.leave", values)
        other = edit.create_record(ctx, "shop.leave", {"what": "b", "days": 1, "cause": "flu 72"})
    world.at(MONDAY + 20 * DAY)
    with world.writing(ADMIN) as ctx:
        edit.change_record(ctx, "shop.leave", old, {"cause": "a back 73"}, base_version=1)
    assert one_day(world, MONDAY + 29 * DAY)["retained"] == 1
    assert causes(world, old)[1] == ["a cold 71", "a back 73"]
    one_day(world, MONDAY + 31 * DAY)
    assert causes(world, old) == ("a back 73", [None, "a back 73"], "3")
    assert causes(world, other) == (None, [None], "1")
    with world.reading(ADMIN) as ctx:
        assert files.download(ctx, proof).content == b"unfit for work 31"  # a version has it
    one_day(world, MONDAY + 51 * DAY)
    assert causes(world, old) == (None, [None, None], "3")
    with world.reading(ADMIN) as ctx:
        left = ctx.uow.execute(text("SELECT count(*) FROM file_content")).scalar_one()
        noted = ctx.uow.execute(text("SELECT detail FROM audit WHERE action = 'record.retain'"))
        assert left == 0
        assert any('"cause","proof"' in each for each in noted.scalars())


def test_raw_samples_are_dropped_after_the_days_the_operator_has_set(either_world):
    world = either_world
    old, new = MONDAY - (SAMPLE_DAYS + 1) * DAY, MONDAY - (SAMPLE_DAYS - 1) * DAY
    with world.writing() as ctx:
        found = [Sample("shop.goal.heat", 1, at, 1.5) for at in (old, new)]
        samples.append(ctx.uow, found, source="s")
    assert one_day(world, MONDAY)["samples"] == 1
    with world.reading() as ctx:
        assert samples.oldest_day(ctx.uow) == new // DAY


@pytest.mark.parametrize("wrong", ["0", "-1", "x", "", "1.5"])
def test_the_days_of_samples_are_a_number(wrong):
    assert Settings.from_environment({"PLUMBLINE_SAMPLE_DAYS": "30"}).sample_days == 30
    assert Settings.from_environment({}).sample_days == 400
    with pytest.raises(SettingsError, match="PLUMBLINE_SAMPLE_DAYS"):
        Settings.from_environment({"PLUMBLINE_SAMPLE_DAYS": wrong})
