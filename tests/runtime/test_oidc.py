"""Signing in at a real OpenID provider in a process of its own, also one that misbehaves."""

from __future__ import annotations

from dataclasses import replace

import pyotp
import pytest

from runtime import accounts, oidc, second_factor, sign_in
from runtime.clock import real_now
from runtime.errors import Refused
from runtime.oidc import OidcProvider
from tests.runtime.oidc import running_provider

VISITOR = sign_in.Visitor("10.0.0.1")


@pytest.fixture(scope="module")
def provider():
    """One provider for all tests here."""
    with running_provider() as running:
        yield running


@pytest.fixture
def house(either_world, provider):
    """An installation with li's account, on each database."""
    provider.says()
    with either_world.writing() as ctx:
        either_world.li = accounts.create_account(
            ctx, "li", "correct horse battery", person_id=either_world.ids["li"]
        )
    return either_world


def arrive(house, provider, *, settings=None, **changed):
    """The whole walk; `changed` is what somebody tampers with on the way back."""
    way = OidcProvider(settings or provider.settings)
    departure = way.depart(house.wiring)
    _, back = provider.walk(departure.address)
    given = {"ticket": departure.ticket} | back | changed
    return sign_in.enter(house.wiring, way.prove(house.wiring, given), visitor=VISITOR)


def refusal(house, provider, **more):
    with pytest.raises(Refused) as refused:
        arrive(house, provider, **more)
    return refused.value.problems[0].code


def test_somebody_the_provider_vouches_for_is_in(house, provider):
    signed = arrive(house, provider)
    assert signed.session.actor.name == "li"
    assert sign_in.session_of(house.wiring, signed.token)


def test_the_subject_counts_once_linked_whatever_the_name(house, provider):
    arrive(house, provider)
    provider.says(preferred_username="wang")
    assert arrive(house, provider).session.actor.name == "li"


def test_a_name_given_to_somebody_else_there_does_not_open_the_account(house, provider):
    arrive(house, provider)
    provider.says(sub="u-2")
    assert refusal(house, provider) == "RUN301"


def test_nobody_gets_an_account_by_signing_in_elsewhere(house, provider):
    provider.says(sub="u-9", preferred_username="stranger")
    assert refusal(house, provider) == "RUN301"
    with house.reading() as ctx:
        assert [each["login"] for each in accounts.list_accounts(ctx)] == ["li"]


def test_a_disabled_account_stays_out(house, provider):
    arrive(house, provider)
    with house.writing() as ctx:
        accounts.disable(ctx, house.li)
    assert refusal(house, provider) == "RUN301"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another client"},
        {"aud": ["plumbline", "another"], "azp": "another"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"iat": 4_000_000_000},
        {"nonce": "replayed"},
        {"nonce": None},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_us_now_is_refused(house, provider, claims):
    provider.says(**claims)
    assert refusal(house, provider) == "RUN321"


@pytest.mark.parametrize("name", [None, 7])
def test_a_token_that_names_nobody_is_refused(house, provider, name):
    provider.says(preferred_username=name)
    assert refusal(house, provider) == "RUN326"


@pytest.mark.parametrize("fault", ["key", "alg none"])
def test_a_token_nobody_has_signed_is_refused(house, provider, fault):
    provider.says(fault=fault)
    assert refusal(house, provider) == "RUN321"


@pytest.mark.parametrize("fault", ["down", "issuer"])
def test_a_provider_that_does_not_answer_for_itself_is_named(house, provider, fault):
    provider.says(fault=fault)
    assert refusal(house, provider) == "RUN320"


def test_a_provider_that_is_gone_is_named(house, provider):
    gone = replace(provider.settings, issuer="http://127.0.0.1:9")
    assert refusal(house, provider, settings=gone) == "RUN320"


def test_another_browser_or_a_made_up_state_is_refused(house, provider):
    assert refusal(house, provider, state="x") == "RUN322"
    assert refusal(house, provider, ticket="x") == "RUN322"
    other = OidcProvider(provider.settings).depart(house.wiring).ticket
    assert refusal(house, provider, ticket=other) == "RUN322"


def test_the_way_there_and_back_may_take_ten_minutes(house, provider, monkeypatch):
    way = OidcProvider(provider.settings)
    departure = way.depart(house.wiring)
    _, back = provider.walk(departure.address)
    later = real_now() + oidc.LASTS_US + 1
    monkeypatch.setattr(oidc, "real_now", lambda: later)
    with pytest.raises(Refused) as refused:
        way.prove(house.wiring, {"ticket": departure.ticket} | back)
    assert refused.value.problems[0].code == "RUN322"


def test_a_code_is_good_once(house, provider):
    way = OidcProvider(provider.settings)
    departure = way.depart(house.wiring)
    _, back = provider.walk(departure.address)
    given = {"ticket": departure.ticket} | back
    assert way.prove(house.wiring, given)
    with pytest.raises(Refused) as refused:
        way.prove(house.wiring, given)
    assert refused.value.problems[0].code == "RUN321"


def test_a_wrong_client_secret_is_refused(house, provider):
    wrong = replace(provider.settings, client_secret="wrong")
    assert refusal(house, provider, settings=wrong) == "RUN321"
    assert "wrong" not in repr(wrong)


@pytest.mark.parametrize(("verified", "good"), [(True, True), (False, False), (None, False)])
def test_an_address_names_somebody_only_when_it_was_checked(house, provider, verified, good):
    by_mail = replace(provider.settings, claim="email")
    with house.writing() as ctx:
        accounts.create_account(ctx, "li@example.com", "correct horse battery")
    provider.says(sub="u-5", email="Li@example.com", email_verified=verified)
    if good:
        signed = arrive(house, provider, settings=by_mail)
        assert signed.session.actor.name == "li@example.com"
    else:
        assert refusal(house, provider, settings=by_mail) == "RUN326"


def test_who_has_codes_needs_a_provider_that_asked_for_more_than_a_password(house, provider):
    step = second_factor.STEP_US
    with house.writing(house.actor("li")) as ctx:
        begun = second_factor.begin(ctx)
        second_factor.confirm(ctx, pyotp.TOTP(begun["secret"]).generate_otp(real_now() // step))
    assert refusal(house, provider) == "RUN310"
    provider.says(amr=["pwd", "otp"])
    assert arrive(house, provider).session.actor.name == "li"


def test_the_address_of_the_provider_carries_what_protects_the_way(house, provider):
    address = OidcProvider(provider.settings).depart(house.wiring).address
    for part in (
        "code_challenge_method=S256",
        "code_challenge=",
        "state=",
        "nonce=",
        "scope=openid",
    ):
        assert part in address
    assert (
        f"redirect_uri={house.wiring.settings.base_url.replace(':', '%3A').replace('/', '%2F')}"
        in address
    )
    assert "s3cret" not in address
