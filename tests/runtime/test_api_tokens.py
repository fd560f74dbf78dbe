"""Keys of programs: within their owner's rights, expiring, stored as hashes, ended at once."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from runtime import accounts, api_tokens
from runtime.clock import real_now
from runtime.errors import Invalid, NotFound, TooMany
from runtime.limiter import Limiter
from runtime.passwords import token_hash

GOOD = "correct horse battery"


@pytest.fixture
def li(either_world):
    """Li's account, on each database."""
    with either_world.writing() as ctx:
        return accounts.create_account(
            ctx, "li", GOOD, roles=["shop.employee"], person_id=either_world.ids["li"]
        )


@pytest.fixture
def actor(either_world, li):
    return either_world.actor("li", "employee")


def make(world, actor, *scopes, days=30):
    with world.writing(actor) as ctx:
        return api_tokens.create(ctx, "ERP", list(scopes) or ["records:read"], days=days)


def test_a_key_speaks_for_its_owner_and_is_stored_as_a_hash(either_world, actor):
    made = make(either_world, actor, "records:read", "records:read", "forms:write")
    found = api_tokens.key_of(either_world.wiring, made["key"])
    assert (found.actor.kind, found.actor.name) == ("token", "li")
    assert found.actor.roles == ("shop.employee",)
    assert found.scopes == {"records:read", "forms:write"}
    with either_world.reading() as ctx:
        row = dict(ctx.uow.execute(text("SELECT * FROM api_token")).mappings().one())
    assert made["key"] not in map(str, row.values())
    assert row["token_hash"] == token_hash(made["key"])


def test_the_list_shows_when_a_key_was_used_and_never_its_value(either_world, actor):
    made = make(either_world, actor)
    with either_world.reading(actor) as ctx:
        (before,) = api_tokens.list_own(ctx)
    api_tokens.key_of(either_world.wiring, made["key"])
    with either_world.reading(actor) as ctx:
        (after,) = api_tokens.list_own(ctx)
    assert (before["used_at"], before["label"]) == (None, "ERP")
    assert after["used_at"] is not None
    assert made["key"] not in str(after)


def test_nobody_gives_more_than_they_have(either_world, actor):
    for scope in ("admin", "sources:read", "packs:write", "records:all", "x"):
        with pytest.raises(Invalid) as refused:
            make(either_world, actor, "records:read", scope)
        (problem,) = refused.value.problems
        assert (problem.code, problem.pointer) == ("RUN315", "/scopes/1")


def test_an_administrators_key_administers_only_when_it_says_so(either_world):
    with either_world.writing() as ctx:
        accounts.create_account(ctx, "root", GOOD, roles=["admin"])
    from runtime.context import Actor

    root = Actor("user", "root", admin=True)
    plain = make(either_world, root, "accounts:read")
    full = make(either_world, root, "accounts:read", "admin")
    assert not api_tokens.key_of(either_world.wiring, plain["key"]).actor.admin
    assert api_tokens.key_of(either_world.wiring, full["key"]).actor.admin


@pytest.mark.parametrize("how", ["revoke", "disable", "password", "expire"])
def test_a_key_ends_at_once(either_world, actor, li, monkeypatch, how):
    made = make(either_world, actor, days=1)
    wiring = either_world.wiring
    assert api_tokens.key_of(wiring, made["key"])
    with either_world.writing() as ctx:
        if how == "disable":
            accounts.disable(ctx, li)
        elif how == "password":
            accounts.reset_password(ctx, li, "another long secret")
    if how == "revoke":
        with either_world.writing(actor) as ctx:
            api_tokens.revoke(ctx, made["uid"])
    if how == "expire":
        later = real_now() + api_tokens.DAY_US
        monkeypatch.setattr(api_tokens, "real_now", lambda: later)
    assert api_tokens.key_of(wiring, made["key"]) is None


def test_a_role_taken_away_is_gone_with_the_next_request(either_world, actor, li):
    made = make(either_world, actor)
    with either_world.writing() as ctx:
        accounts.set_roles(ctx, li, [])
    assert api_tokens.key_of(either_world.wiring, made["key"]).actor.roles == ()


def test_keys_belong_to_their_owner(either_world, actor):
    with either_world.writing() as ctx:
        accounts.create_account(ctx, "wang", GOOD, person_id=either_world.ids["wang"])
    made = make(either_world, actor)
    wang = either_world.actor("wang", "boss")
    with either_world.writing(wang) as ctx:
        assert api_tokens.list_own(ctx) == []
        with pytest.raises(NotFound):
            api_tokens.revoke(ctx, made["uid"])
    assert api_tokens.key_of(either_world.wiring, made["key"])
    assert api_tokens.key_of(either_world.wiring, made["key"] + "x") is None


def test_an_account_has_at_most_so_many_keys(either_world, actor, monkeypatch):
    monkeypatch.setattr(api_tokens, "MOST_KEYS", 2)
    make(either_world, actor)
    make(either_world, actor)
    with pytest.raises(Invalid) as refused:
        make(either_world, actor)
    assert [p.code for p in refused.value.problems] == ["RUN316"]


def test_a_key_that_is_used_too_often_waits(either_world, actor, monkeypatch):
    monkeypatch.setattr(api_tokens, "_per_key", Limiter("per_key", 3, 60_000_000))
    made, other = make(either_world, actor), make(either_world, actor)
    for _ in range(3):
        assert api_tokens.key_of(either_world.wiring, made["key"])
    with pytest.raises(TooMany) as refused:
        api_tokens.key_of(either_world.wiring, made["key"])
    assert 0 < refused.value.retry_s <= 61
    assert api_tokens.key_of(either_world.wiring, other["key"])


def test_a_changed_password_ends_sessions_and_keys(either_world, actor):
    made = make(either_world, actor)
    with either_world.writing(actor) as ctx:
        with pytest.raises(Invalid) as refused:
            accounts.change_password(ctx, "wrong", "another long secret")
        assert [(p.code, p.pointer) for p in refused.value.problems] == [("RUN312", "/old")]
        with pytest.raises(Invalid) as refused:
            accounts.change_password(ctx, GOOD, "short")
        assert [(p.code, p.pointer) for p in refused.value.problems] == [("RUN303", "/new")]
        accounts.change_password(ctx, GOOD, "another long secret")
    assert api_tokens.key_of(either_world.wiring, made["key"]) is None
