"""Credentials on a call: fixed ones, and tokens that expire and are renewed once."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from connectors.addresses import target_of
from connectors.egress import Answer, Call, HttpClient
from connectors.errors import AuthError, TransientError
from connectors.rest.calls import GATEWAY, SUCCESS, TOO_MANY, Auth, Caller
from connectors.rest.config import RestConfig, request_of
from connectors.rest.decode import find, loads
from connectors.rest.paging import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class NoAuth:
    """Nothing to show."""

    def apply(self, call: Call) -> Call:
        """The call as it is."""
        return call

    def renew(self) -> bool:
        """There is nothing to renew."""
        return False


@dataclass(slots=True)
class FixedAuth:
    """A key, a user or a token from the keyring, put on every call."""

    options: Mapping[str, Any]
    caller: Caller

    def apply(self, call: Call) -> Call:
        """The call with the key on it."""
        origin = target_of(call.url).origin
        filled = self.caller.filled(dict(self.options), origin)
        if filled["kind"] == "basic":
            return _header(call, "Authorization", basic(filled["user"], filled["password"]))
        if filled["kind"] == "bearer":
            return _header(call, "Authorization", f"Bearer {filled['token']}")
        if filled.get("in", "header") == "query":
            return replace(call, params={**call.params, filled["name"]: filled["value"]})
        return _header(call, filled["name"], filled["value"])

    def renew(self) -> bool:
        """A person has to."""
        return False


@dataclass(slots=True)
class TokenAuth:
    """A token got by logging in, renewed before it expires or once when it is refused."""

    options: Mapping[str, Any]
    caller: Caller
    fetch: Callable[[], Answer]
    token: str | None = None
    expires: float = 0.0

    def apply(self, call: Call) -> Call:
        """The call with a token that is still good."""
        if self.token is None or time.monotonic() >= self.expires:
            self._log_in()
        name = self.options.get("name", "Authorization")
        value = self.options.get("value", "Bearer {token}").replace("{token}", self.token or "")
        if self.options.get("in", "header") == "query":
            return replace(call, params={**call.params, name: value})
        return _header(call, name, value)

    def renew(self) -> bool:
        """Throw the refused token away."""
        self.token = None
        return True

    def _log_in(self) -> None:
        answer = self.fetch()
        if answer.status == TOO_MANY:
            raise self.caller.limited(answer)
        if answer.status >= GATEWAY:
            raise TransientError("CON110", status=str(answer.status))
        if answer.status not in SUCCESS:
            raise AuthError("CON113", status=str(answer.status))
        document = loads(answer.body.decode("utf-8", "replace"))
        path = self.options.get("token_path", "access_token")
        token = find(document, path)
        if not isinstance(token, str) or not token:
            raise AuthError("CON114", path=path)
        life = find(document, self.options.get("expires_path", "expires_in"))
        seconds = float(life) if _is_number(life) else float(self.options.get("ttl_s", 600))
        leeway = min(float(self.options.get("leeway_s", 30)), seconds / 2)
        self.token, self.expires = token, time.monotonic() + seconds - leeway


def auth_of(config: RestConfig, caller: Caller, client: HttpClient) -> Auth:
    """The credentials a declaration names."""
    options = config.auth
    match options["kind"]:
        case "none":
            return NoAuth()
        case "oauth2_client_credentials":
            return TokenAuth(options, caller, lambda: _client_credentials(config, caller, client))
        case "session_login":
            request = request_of({"method": "POST", **options["request"]})
            return TokenAuth(options, caller, lambda: caller.send(request, page=Page(), auth=None))
        case _:
            return FixedAuth(options, caller)


def basic(user: str, password: str) -> str:
    """The header value of basic authentication."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _client_credentials(config: RestConfig, caller: Caller, client: HttpClient) -> Answer:
    url = caller.url_of(config.auth["token_url"])
    filled = caller.filled(dict(config.auth), target_of(url).origin)
    form = {"grant_type": "client_credentials"}
    headers = {"Content-Type": FORM}
    if "scope" in filled:
        form["scope"] = filled["scope"]
    if filled.get("send", "body") == "basic":
        headers["Authorization"] = basic(filled["client_id"], filled["client_secret"])
    else:
        form |= {"client_id": filled["client_id"], "client_secret": filled["client_secret"]}
    return client.send(Call("POST", url, headers, body=urlencode(form).encode()), config.limits)


def _header(call: Call, name: str, value: str) -> Call:
    return replace(call, headers={**call.headers, name: value})


def _is_number(value: object) -> bool:
    try:
        return value is not None and float(str(value)) > 0
    except ValueError:
        return False
