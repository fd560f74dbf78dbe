"""One-time codes: set up, asked for, each good once; recovery codes; the administrator's help."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pyotp
import pytest
from sqlalchemy import text

from runtime import accounts, second_factor, sign_in
from runtime.errors import Invalid, NotAllowed, Refused
from runtime.limiter import Limiter
from store import audit

GOOD = "correct horse battery"
STEP = second_factor.STEP_US
START = 1_800_000_000_000_000 // STEP * STEP


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Real time as the tests set it, and limits of their own."""

    class Clock:
        at = START

        def __call__(self):
            return self.at

    made = Clock()
    monkeypatch.setattr(sign_in, "real_now", made)
    monkeypatch.setattr(second_factor, "real_now", made)
    monkeypatch.setattr(sign_in, "_per_login", Limiter("per_login", 100, 900_000_000))
    monkeypatch.setattr(sign_in, "_per_network", Limiter("per_network", 100, 900_000_000))
    monkeypatch.setattr(sign_in, "_everywhere", Limiter("everywhere", 600, 900_000_000))
    return made


@pytest.fixture
def li(either_world):
    """Li's account on each database."""
    with either_world.writing() as ctx:
        return accounts.create_account(
            ctx, "li", GOOD, roles=["shop.employee"], person_id=either_world.ids["li"]
        )


def enter(world, code=None, password=GOOD):
    visitor = sign_in.Visitor("10.0.0.1")
    return sign_in.sign_in(world.wiring, "li", password, visitor=visitor, code=code)


def refusal(world, code=None, password=GOOD):
    with pytest.raises(Refused) as refused:
        enter(world, code, password)
    return [(p.code, p.pointer) for p in refused.value.problems]


def set_up(world, clock):
    """Enrol; what the authenticator app knows, and the recovery codes."""
    actor = world.actor("li", "employee")
    with world.writing(actor) as ctx:
        begun = second_factor.begin(ctx)
    app = pyotp.TOTP(begun["secret"])
    with world.writing(actor) as ctx:
        return app, second_factor.confirm(ctx, app.generate_otp(clock.at // STEP))


def test_a_secret_is_shown_as_a_picture_and_stored_encrypted(either_world, li):
    with either_world.writing(either_world.actor("li")) as ctx:
        begun = second_factor.begin(ctx)
    assert begun["uri"].startswith("otpauth://totp/Plumbline:li?")
    picture = ET.fromstring(begun["svg"])
    assert picture.tag.endswith("svg")
    assert "script" not in begun["svg"]
    with either_world.reading() as ctx:
        stored = ctx.uow.execute(text("SELECT secret FROM second_factor")).scalar_one()
        assert begun["secret"] not in stored
        assert either_world.wiring.keyring.decrypt(stored) == begun["secret"]


def test_before_it_is_confirmed_no_code_is_asked_for(either_world, li, clock):
    with either_world.writing(either_world.actor("li")) as ctx:
        second_factor.begin(ctx)
    assert enter(either_world)
    with either_world.writing(either_world.actor("li")) as ctx, pytest.raises(Invalid) as refused:
        second_factor.confirm(ctx, "000000")
    assert refused.value.problems[0].code == "RUN311"
    assert enter(either_world)


def test_with_codes_a_password_alone_does_not_let_in(either_world, li, clock):
    before = enter(either_world)
    app, _ = set_up(either_world, clock)
    assert sign_in.session_of(either_world.wiring, before.token) is None
    assert refusal(either_world) == [("RUN310", "/code")]
    assert refusal(either_world, "000000") == [("RUN311", "/code")]
    assert refusal(either_world, "000000", password="wrong") == [("RUN301", None)]
    clock.at += STEP
    assert enter(either_world, app.generate_otp(clock.at // STEP))


def test_no_code_is_good_twice_nor_an_earlier_one_afterwards(either_world, li, clock):
    app, _ = set_up(either_world, clock)
    used = app.generate_otp(clock.at // STEP)
    assert refusal(either_world, used) == [("RUN311", "/code")]
    clock.at += 2 * STEP
    late, now = (app.generate_otp(clock.at // STEP + off) for off in (-1, 0))
    assert enter(either_world, now)
    assert refusal(either_world, now) == [("RUN311", "/code")]
    assert refusal(either_world, late) == [("RUN311", "/code")]


@pytest.mark.parametrize(
    ("off", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_telephone_may_be_half_a_minute_off(either_world, li, clock, off, good):
    app, _ = set_up(either_world, clock)
    clock.at += 10 * STEP
    code = app.generate_otp(clock.at // STEP + off)
    if good:
        assert enter(either_world, code)
    else:
        assert refusal(either_world, code) == [("RUN311", "/code")]


def test_a_recovery_code_lets_in_once(either_world, li, clock):
    _, recovery = set_up(either_world, clock)
    assert len(set(recovery)) == second_factor.RECOVERY_CODES
    assert enter(either_world, f" {recovery[3].upper()} ")
    assert refusal(either_world, recovery[3]) == [("RUN311", "/code")]
    with either_world.reading(either_world.actor("li")) as ctx:
        assert second_factor.state(ctx) == {"active": True, "recovery_left": 9}
        stored = ctx.uow.execute(text("SELECT recovery FROM second_factor")).scalar_one()
    assert not set(recovery) & set(json.loads(stored))


def test_wrong_codes_lock_the_account_like_wrong_passwords(either_world, li, clock):
    app, _ = set_up(either_world, clock)
    for _ in range(sign_in.ATTEMPTS_PER_ACCOUNT):
        refusal(either_world, "000000")
    clock.at += STEP
    assert refusal(either_world, app.generate_otp(clock.at // STEP)) == [("RUN301", None)]
    clock.at += sign_in.LOCKED_US
    assert enter(either_world, app.generate_otp(clock.at // STEP))


def test_only_a_code_ends_it(either_world, li, clock):
    app, _ = set_up(either_world, clock)
    with either_world.writing(either_world.actor("li")) as ctx:
        with pytest.raises(Invalid):
            second_factor.end(ctx, "000000")
        with pytest.raises(Invalid):
            second_factor.begin(ctx)
    clock.at += STEP
    with either_world.writing(either_world.actor("li")) as ctx:
        second_factor.end(ctx, app.generate_otp(clock.at // STEP))
    assert enter(either_world)


def test_an_administrator_helps_who_has_lost_the_telephone(either_world, li, clock):
    set_up(either_world, clock)
    with either_world.writing(either_world.actor("wang", "boss")) as ctx, pytest.raises(NotAllowed):
        accounts.reset_second_factor(ctx, li)
    with either_world.writing() as ctx:
        accounts.reset_second_factor(ctx, li)
    assert enter(either_world)
    with either_world.reading() as ctx:
        rows = ctx.uow.execute(text("SELECT action FROM audit ORDER BY seq")).scalars().all()
        assert audit.verify(ctx.uow, either_world.wiring.keyring.audit_key) == []
    assert "account.second_factor" in rows
    assert "account.second_factor_off" in rows
