"""Who gets in, for how long, and how soon somebody is out again."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from runtime import accounts, limiter, passwords, sign_in
from runtime.clock import real_now
from runtime.context import SYSTEM_ACTOR
from runtime.errors import Invalid, NotAllowed, Refused, TooMany
from runtime.limiter import Limiter
from store import attempts
from store.db import Database
from tests.conftest import REAL_HASHER

GOOD = "correct horse battery"


@pytest.fixture(autouse=True)
def fresh_limits(monkeypatch):
    """Every test counts its own attempts."""
    monkeypatch.setattr(sign_in, "_per_login", Limiter("per_login", 10, 900_000_000))
    monkeypatch.setattr(sign_in, "_per_network", Limiter("per_network", 60, 3_600_000_000))
    monkeypatch.setattr(sign_in, "_everywhere", Limiter("everywhere", 600, 900_000_000))


@pytest.fixture
def li(world):
    """Li's account."""
    with world.writing() as ctx:
        return accounts.create_account(
            ctx, "Li", GOOD, roles=["shop.employee"], person_id=world.ids["li"], language="en"
        )


def enter(world, password=GOOD, login="li"):
    visitor = sign_in.Visitor("10.0.0.1")
    return sign_in.sign_in(world.wiring, login, password, visitor=visitor)


def test_the_right_password_opens_a_session(world, li):
    found = enter(world)
    actor = sign_in.actor_of(world.wiring, found.token)
    assert actor == found.session.actor
    assert (actor.name, actor.person_id, actor.roles, actor.admin, actor.language) == (
        "li", world.ids["li"], ("shop.employee",), False, "en",
    )  # fmt: skip
    assert found.session.name == "李"
    assert found.csrf == found.session.csrf != found.token


def test_only_the_hash_of_a_token_is_stored(world, li):
    token = enter(world).token
    content = b"".join(
        path.read_bytes() for path in world.wiring.settings.data_dir.glob("plumbline.db*")
    )
    assert token.encode() not in content
    assert GOOD.encode() not in content
    assert passwords.token_hash(token).encode() in content


@pytest.mark.parametrize(("login", "password"), [("li", "wrong"), ("nobody", GOOD), ("li", "")])
def test_every_failure_has_the_same_answer(world, li, login, password):
    with pytest.raises(Refused) as refused:
        enter(world, password, login)
    assert [problem.code for problem in refused.value.problems] == ["RUN301"]


def test_a_disabled_account_is_out_with_the_next_request(world, li):
    token = enter(world).token
    with world.writing() as ctx:
        accounts.disable(ctx, li)
    assert sign_in.session_of(world.wiring, token) is None
    with pytest.raises(Refused):
        enter(world)
    with world.writing() as ctx:
        accounts.enable(ctx, li)
    assert sign_in.session_of(world.wiring, token) is None
    assert enter(world)


@pytest.mark.parametrize("change", ["password", "roles"])
def test_a_reset_ends_all_sessions(world, li, change):
    token = enter(world).token
    with world.writing() as ctx:
        if change == "password":
            accounts.reset_password(ctx, li, "another long secret")
        else:
            accounts.set_roles(ctx, li, [])
    assert sign_in.session_of(world.wiring, token) is None


def test_signing_out_ends_the_session(world, li):
    token = enter(world).token
    sign_in.sign_out(world.wiring, token)
    sign_in.sign_out(world.wiring, token)
    assert sign_in.actor_of(world.wiring, token) is None
    assert sign_in.actor_of(world.wiring, "made up") is None


@pytest.mark.parametrize(
    ("minutes", "good"), [((29,), True), ((31,), False), ((29, 29, 29), True), ((29,) * 25, False)]
)
def test_a_session_ends_after_idleness_or_a_day_of_work(world, li, monkeypatch, minutes, good):
    token, start = enter(world).token, real_now()
    now = start
    for step in minutes:
        now += step * sign_in.MINUTE
        monkeypatch.setattr(sign_in, "real_now", lambda at=now: at)
        found = sign_in.session_of(world.wiring, token)
    assert (found is not None) is good


def test_too_many_attempts_wait_also_for_logins_nobody_has(world, li):
    for login in ("li", "nobody"):
        for _ in range(10):
            with pytest.raises(Refused):
                enter(world, "wrong", login)
        with pytest.raises(TooMany) as refused:
            enter(world, GOOD, login)
        assert 0 < refused.value.retry_s <= 15 * 60 + 1


def test_a_network_has_its_own_limit(world):
    for _ in range(60):
        assert sign_in._per_network.wait_us(world.wiring.database, "10.0.0.1", real_now()) == 0
    with pytest.raises(TooMany):
        enter(world)


def test_guessing_spread_over_networks_and_names_has_a_limit_too(world, monkeypatch):
    monkeypatch.setattr(sign_in, "_everywhere", Limiter("everywhere", 3, 900_000_000))
    for number in range(3):
        visitor = sign_in.Visitor(f"10.0.1.{number}")
        with pytest.raises(Refused):
            sign_in.sign_in(world.wiring, f"name{number}", "wrong", visitor=visitor)
    with pytest.raises(TooMany):
        sign_in.sign_in(world.wiring, "another", "wrong", visitor=sign_in.Visitor("10.0.2.1"))


def test_people_who_get_in_do_not_use_the_common_limit_up(world, li, monkeypatch):
    monkeypatch.setattr(sign_in, "_everywhere", Limiter("everywhere", 3, 900_000_000))
    assert all(enter(world) for _ in range(5))


def test_attempts_are_forgotten_with_time(database):
    counter = Limiter("t", 2, 100)
    assert [counter.wait_us(database, "a", at) for at in (0, 10, 20)] == [0, 0, 80]
    assert counter.wait_us(database, "b", 20) == 0
    assert counter.wait_us(database, "a", 101) == 0
    counter.forget(database, "a")
    assert counter.wait_us(database, "a", 101) == 0


def test_processes_that_share_a_database_share_its_limits(postgresql_url):
    """Each process has a `Limiter` and a `Database` of its own; only the tables are common."""
    ours, theirs = (Database.open(postgresql_url) for _ in range(2))
    mine, other = (Limiter("link.send", 3, 100) for _ in range(2))
    assert [mine.wait_us(ours, "a", at) for at in (0, 1)] == [0, 0]
    assert [other.wait_us(theirs, "a", at) for at in (2, 3, 4)] == [0, 97, 96]
    assert mine.wait_us(ours, "a", 5) == 95
    assert mine.wait_us(ours, "b", 5, limit=1) == 0
    assert other.wait_us(theirs, "b", 6, limit=1) == 99, "a key may have less"
    other.undo(theirs, "a")
    assert mine.wait_us(ours, "a", 7) == 0, "a good one is not counted"
    mine.forget(ours, "a")
    assert other.wait_us(theirs, "a", 8) == 0
    assert other.wait_us(theirs, "b", 106, limit=1) == 0, "the window is over"
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(
            lambda n: Limiter("rush", 5, 100).wait_us((ours, theirs)[n % 2], "c", 9), range(40)
        ))  # fmt: skip
    assert waits.count(0) == 5, "also when all come at once"
    with ours.write() as uow:
        assert attempts.purge(uow, before=1_000) == 3
    for each in (ours, theirs):
        each.close()


def test_invented_keys_do_not_fill_the_memory(sqlite_url):
    database = Database.open(sqlite_url)
    counter = Limiter("t", 2, 100)
    for number in range(limiter.MOST_KEYS + 50):
        counter.wait_us(database, str(number), 0)
    database.close()
    assert len(counter._seen) == limiter.MOST_KEYS


@pytest.mark.parametrize(
    ("password", "code"),
    [("short", "RUN303"), ("password123", "RUN304"), ("aaaaaaaaaaaa", "RUN304"),
     ("x" * 300, "RUN303")],
)  # fmt: skip
def test_weak_passwords_are_refused(world, password, code):
    with world.writing() as ctx, pytest.raises(Invalid) as refused:
        accounts.create_account(ctx, "zhao", password)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_accounts_are_made_by_administrators_with_known_roles(world, li):
    with world.writing(world.actor("wang", "boss")) as ctx, pytest.raises(NotAllowed):
        accounts.create_account(ctx, "x", GOOD)
    with world.writing() as ctx:
        with pytest.raises(Invalid) as refused:
            accounts.create_account(ctx, "LI ", GOOD, roles=["shop.king"])
        assert {p.code for p in refused.value.problems} == {"RUN305", "RUN306"}
        accounts.create_account(ctx, "root", GOOD, roles=["admin"])
        listed = {each["login"]: each for each in accounts.list_accounts(ctx)}
    assert listed["li"]["person"] == world.uids["li"]
    assert sign_in.actor_of(world.wiring, enter(world, login="root").token).admin


def test_the_language_is_kept_with_the_account(world, li):
    session = enter(world).session
    with world.writing(session.actor) as ctx:
        accounts.set_language(ctx, "zh-CN")
        with pytest.raises(Invalid):
            accounts.set_language(ctx, "tlh")
    assert enter(world).session.actor.language == "zh-CN"


def test_a_password_is_hashed_as_it_should_be(monkeypatch):
    monkeypatch.setattr(passwords, "_HASHER", REAL_HASHER)  # the others use a quick one
    stored = passwords.hash_password(GOOD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.is_right(GOOD, stored)
    assert not passwords.is_right("wrong", stored)
    assert not passwords.is_right(GOOD, None)
    assert not passwords.is_right(GOOD, "not a hash")


def test_no_more_than_two_passwords_are_hashed_at_once(monkeypatch):
    """A hash takes 19 MiB and a core: however many ask, the server has room for the others."""
    at_once, most, lock = 0, 0, threading.Lock()

    class Slow:
        def verify(self, _stored, _password):
            nonlocal at_once, most
            with lock:
                at_once += 1
                most = max(most, at_once)
            time.sleep(0.01)
            with lock:
                at_once -= 1
            return True

    monkeypatch.setattr(passwords, "_HASHER", Slow())
    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(lambda _: passwords.is_right(GOOD, "x"), range(12)))
    assert most == passwords.AT_ONCE == 2


def test_the_system_is_no_account(world):
    with world.reading() as ctx:
        assert ctx.actor == SYSTEM_ACTOR
        assert accounts.list_accounts(ctx) == []
