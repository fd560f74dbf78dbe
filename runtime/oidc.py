"""Sign in at an outside provider by OpenID Connect: code flow with PKCE, state and nonce."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlencode

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from connectors.addresses import target_of
from connectors.egress import Call, Egress, HttpClient, Limits
from connectors.errors import ConnectorError
from dsl.diagnostics import Diagnostic
from runtime.clock import SECOND, real_now
from runtime.errors import Refused
from store import accounts, second_factors
from store.secrets import UnreadableSecretError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtime.settings import OidcSettings
    from runtime.wiring import Wiring
    from store.accounts import Account
    from store.unit import UnitOfWork

CALLBACK = "/api/v1/session/oidc/callback"
LASTS_US = 600 * SECOND  # from leaving to coming back
LEEWAY_S = 60  # how far the provider's clock may be off
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]  # never "none", never one with a shared secret
LIMITS = Limits(connect_s=5, read_s=5, total_s=10, max_bytes=1_000_000)
SEVERAL = frozenset({"mfa", "otp", "hwk"})  # RFC 8176: more than a password was asked for


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and what it must bring back (encrypted)."""

    address: str
    ticket: str


@dataclass(frozen=True, slots=True)
class OidcProof:
    """Somebody whom the provider has vouched for."""

    provider: str
    subject: str
    login: str
    has_second_factor: bool

    def account(self, uow: UnitOfWork) -> Account | None:
        """The linked account; the first time the one with that login is linked for good."""
        known = second_factors.account_of_identity(uow, self.provider, self.subject)
        if known is not None:
            return accounts.by_id(uow, known)
        found = accounts.by_login(uow, self.login)
        if found is None or not found.active:
            return None
        if second_factors.is_linked(uow, self.provider, found.id):
            return None  # the name went to somebody else there: not the same person
        second_factors.link_identity(uow, self.provider, self.subject, found.id)
        return found


class OidcProvider:
    """One provider, as the operator has set it up."""

    key = "oidc"

    def __init__(self, settings: OidcSettings) -> None:
        self._settings = settings

    def depart(self, wiring: Wiring) -> Departure:
        """Send the browser to the provider.

        Raises:
            Refused: the provider can not be reached.
        """
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        with self._client() as client:
            found = self._discovered(client)
        address = prepare_grant_uri(
            found["authorization_endpoint"],
            self._settings.client_id,
            "code",
            redirect_uri=wiring.settings.base_url + CALLBACK,
            scope="openid profile email",
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        ticket = {"state": state, "nonce": nonce, "verifier": verifier, "at": real_now()}
        return Departure(str(address), wiring.keyring.encrypt(json.dumps(ticket)))

    def prove(self, wiring: Wiring, given: Mapping[str, str]) -> OidcProof:
        """Who came back: `code` and `state` from the address, `ticket` from the browser.

        Raises:
            Refused: not the browser that left, or the provider does not vouch for anybody.
        """
        ticket = _ticket(wiring, given)
        try:
            with self._client() as client:
                found = self._discovered(client)
                token = self._exchanged(client, found, wiring, given["code"], ticket["verifier"])
                keys = self._json(client, Call("GET", found["jwks_uri"]))
            claims = self._claims(token, keys, nonce=ticket["nonce"])
        except (JoseError, ValueError, KeyError, TypeError):
            raise Refused(Diagnostic("RUN321")) from None
        login = claims.get(self._settings.claim)
        if not isinstance(login, str) or not _may_name(claims, self._settings.claim):
            raise Refused(Diagnostic("RUN326"))
        return OidcProof(
            provider=self._settings.issuer,
            subject=str(claims["sub"]),
            login=login.strip().lower()[:200],
            has_second_factor=not SEVERAL.isdisjoint(claims.get("amr") or ()),
        )

    def _client(self, *more: str) -> HttpClient:
        targets = [target_of(url) for url in (self._settings.issuer, *more)]
        return HttpClient(Egress.of({(target.host, target.port) for target in targets}))

    def _discovered(self, client: HttpClient) -> Mapping[str, str]:
        place = f"{self._settings.issuer}/.well-known/openid-configuration"
        found: dict[str, str] = self._json(client, Call("GET", place))
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        good = isinstance(found, dict) and found.get("issuer") == self._settings.issuer
        if not good or not all(isinstance(found.get(name), str) for name in names):
            raise Refused(Diagnostic("RUN320"))
        # the provider's own document may name other hosts for tokens and keys
        targets = [target_of(found[name]) for name in ("token_endpoint", "jwks_uri")]
        client.egress = Egress.of(
            {*client.egress.allow, *((target.host, target.port) for target in targets)}
        )
        return found

    def _exchanged(
        self,
        client: HttpClient,
        found: Mapping[str, str],
        wiring: Wiring,
        code: str,
        verifier: str,
    ) -> str:
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": wiring.settings.base_url + CALLBACK,
            "code_verifier": verifier,
        }
        pair = f"{quote_plus(self._settings.client_id)}:{quote_plus(self._settings.client_secret)}"
        headers = {
            "Authorization": "Basic " + base64.b64encode(pair.encode()).decode(),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        call = Call("POST", found["token_endpoint"], headers, body=urlencode(body).encode())
        return str(self._json(client, call)["id_token"])

    def _claims(self, token: str, keys: Any, *, nonce: str) -> Mapping[str, Any]:  # noqa: ANN401 -- JSON
        decoded = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            options={
                "iss": {"essential": True, "value": self._settings.issuer},
                "aud": {"essential": True, "value": self._settings.client_id},
            },
            params={"nonce": nonce, "client_id": self._settings.client_id},
        )
        claims.validate(now=real_now() // SECOND, leeway=LEEWAY_S)
        return dict(claims)

    def _json(self, client: HttpClient, call: Call) -> Any:  # noqa: ANN401 -- JSON
        try:
            answer = client.send(call, LIMITS)
        except ConnectorError:
            raise Refused(Diagnostic("RUN320")) from None
        if answer.status >= 500:  # noqa: PLR2004 -- its fault, not the visitor's
            raise Refused(Diagnostic("RUN320"))
        return json.loads(answer.body)


def _ticket(wiring: Wiring, given: Mapping[str, str]) -> dict[str, Any]:
    """What this browser took along, if it is really the one that left."""
    try:
        ticket: dict[str, Any] = json.loads(wiring.keyring.decrypt(given.get("ticket", "")))
    except UnreadableSecretError:
        raise Refused(Diagnostic("RUN322")) from None
    same = hmac.compare_digest(ticket["state"].encode(), given.get("state", "").encode())
    if not same or real_now() - ticket["at"] > LASTS_US:
        raise Refused(Diagnostic("RUN322"))
    return ticket


def _may_name(claims: Mapping[str, Any], claim: str) -> bool:
    """An address that nobody has checked names nobody."""
    return claim != "email" or claims.get("email_verified") is True
