"""What one process holds: the clock, the catalog, the keys."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from connectors.base import ActResult
from connectors.errors import ConfigError
from connectors.registry import Registry
from runtime import outside, read, records
from runtime.clock import FixedClock, real_now
from runtime.context import SYSTEM_ACTOR, Cause, day_of
from runtime.errors import NotAllowed
from runtime.settings import Settings
from runtime.wiring import Wiring
from store.db import Database


def reopened(wiring, clock=None):
    return Wiring.open(wiring.settings, clock=clock, connectors=Registry({}, {}))


def test_the_business_clock_is_stored_and_shared(wiring):
    moved = wiring.move_clock(business=1_000_000, factor=60)
    other = reopened(wiring)
    assert other.clock == moved
    assert other.clock.now() >= 1_000_000
    other.close()


def test_without_a_stored_clock_business_time_is_real_time(tmp_path):
    first = Wiring.open(Settings(data_dir=tmp_path / "d"), connectors=Registry({}, {}))
    assert abs(first.clock.now() - real_now()) < 5_000_000
    first.close()


def test_now_stands_still_in_a_unit_of_work(wiring):
    wiring.clock = FixedClock(1_772_380_800_000_000)  # 2026-03-01T16:00Z
    with wiring.reading() as ctx:
        assert ctx.now == 1_772_380_800_000_000
        assert ctx.params.today == day_of(ctx.now, "Asia/Shanghai") == 20_514  # already the 2nd
        assert day_of(ctx.now, "UTC") == 20_513


def test_a_unit_of_work_that_fails_leaves_nothing(world):
    def fail():
        with world.writing() as ctx:
            records.insert(ctx, "shop.goal", [{"name": "g"}])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with world.reading() as ctx:
        assert read.list_records(ctx, "shop.goal")["items"] == []


def test_the_catalog_is_decoded_once(world):
    with world.reading() as first, world.reading() as second:
        assert first.catalog is second.catalog
    with world.writing() as third:
        assert third.catalog is second.catalog
        assert third.tables is second.tables


def test_writers_decode_it_once_too(world):
    other = reopened(world.wiring, FixedClock(0))
    with other.writing() as first:
        pass
    with other.writing() as second:
        assert first.catalog is second.catalog
        assert first.tables is second.tables
    other.close()


def test_the_system_within_a_persons_unit_keeps_the_language(world):
    with world.reading(world.actor("li", language="en")) as ctx:
        system = ctx.as_system
        assert (system.actor.name, system.actor.language, system.uow) == ("system", "en", ctx.uow)


def test_causes_are_a_chain():
    cause = Cause("form:x").then("rule:y").then("job:" + "z" * 600)
    assert cause.depth == 2
    assert cause.what.endswith("z")
    assert len(cause.what) == 500


def test_settings_come_from_the_environment(tmp_path):
    found = Settings.from_environment(
        {"PLUMBLINE_DATA": str(tmp_path), "PLUMBLINE_BASE_URL": "https://x.example/",
         "PLUMBLINE_PACKS": "/packs"}
    )  # fmt: skip
    assert found.url == f"sqlite:///{tmp_path}/plumbline.db"
    assert (found.base_url, found.packs_dir) == ("https://x.example", Path("/packs"))
    assert Settings.from_environment({"PLUMBLINE_DATABASE": "x://y"}).url == "x://y"


def test_the_key_file_is_private_and_lasts(wiring):
    path = wiring.settings.key_file
    assert path.stat().st_mode & 0o077 == 0
    other = reopened(wiring)
    assert other.keyring.decrypt(wiring.keyring.encrypt("x")) == "x"
    other.close()


def test_a_second_server_is_refused(tmp_path):
    settings = Settings(data_dir=tmp_path / "d", exclusive=True)
    first = Wiring.open(settings, connectors=Registry({}, {}))
    with pytest.raises(Exception, match=r"plumbline\.db\.lock"):
        Database.open(settings.url, exclusive=True)
    first.close()


class Post:
    """A connector that remembers what it was asked."""

    MANIFEST: ClassVar = {"id": "smtp", "capabilities": ["act"]}

    def __init__(self):
        self.asked = []

    def act(self, ctx, operation, payload, *, key):
        self.asked.append((dict(ctx.config), ctx.secret("password", "smtp://mail.local:25"),
                           operation, payload, key))  # fmt: skip
        return ActResult("250 ok")


def test_the_mail_server_of_the_installation(world):
    post = Post()
    world.wiring.connectors = Registry({"smtp": post}, {})
    config = {"host": "mail.local", "port": 25, "sender": "p@example.com"}
    with pytest.raises(ConfigError):
        outside.act(world.wiring, "smtp", "send_mail", {}, key="k")
    with world.writing(world.actor("li")) as ctx, pytest.raises(NotAllowed):
        outside.configure(ctx, "smtp", config)
    with world.writing(SYSTEM_ACTOR) as ctx:
        outside.configure(ctx, "smtp", config, secrets={"password": "pw"})
    done = outside.act(world.wiring, "smtp", "send_mail", {"to": ["x"]}, key="k")
    assert done == {"source": "smtp", "response": "250 ok"}
    assert post.asked == [(config, "pw", "send_mail", {"to": ["x"]}, "k")]
