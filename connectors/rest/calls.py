"""Make one declared request succeed: budget, error actions, patience within a limit."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from connectors.addresses import target_of
from connectors.egress import Answer, Call, HttpClient
from connectors.errors import (
    AuthError,
    ConfigError,
    ConnectorError,
    RateLimited,
    TransientError,
)
from connectors.rest.cursor import SECOND, micros
from connectors.rest.decode import find, loads
from connectors.substitution import Json, fill

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.base import ConnectorContext
    from connectors.rest.config import Action, Budget, RequestSpec, RestConfig
    from connectors.rest.paging import Page

UNAUTHORISED, FORBIDDEN, TOO_MANY = 401, 403, 429
GATEWAY = 500
SUCCESS = range(200, 300)
PASSING = frozenset({408, 421, 423, 425})
SHOWN_PATH = 200


class ReducePageSize(Exception):  # noqa: N818 - a signal to the reader, not an error
    """The other side finds the pages too large."""


class Auth(Protocol):
    """Puts credentials on a call."""

    def apply(self, call: Call) -> Call:
        """The call with credentials."""

    def renew(self) -> bool:
        """Get new credentials after a refusal; False when there is no way to."""


@dataclass(slots=True)
class Pace:
    """A token bucket that also minds what the server says is left."""

    budget: Budget
    ctx: ConnectorContext
    tokens: float = 0.0
    at: float = 0.0
    not_before: float = 0.0

    def __post_init__(self) -> None:
        self.tokens, self.at = float(self.budget.burst), time.monotonic()

    def take(self) -> None:
        """Wait until one more call is allowed."""
        now = time.monotonic()
        if self.not_before > now:
            self.ctx.sleep(self.not_before - now)
        now = max(now, self.not_before)
        gained = (now - self.at) * self.budget.rate_per_s
        self.tokens, self.at = min(float(self.budget.burst), self.tokens + gained), now
        if self.tokens < 1:
            self.ctx.sleep((1 - self.tokens) / self.budget.rate_per_s)
            self.tokens = 1.0
        self.tokens -= 1

    def hear(self, answer: Answer, *, cap_s: float) -> None:
        """Note the quota headers of an answer."""
        left = answer.headers.get((self.budget.remaining_header or "").lower(), "")
        reset = answer.headers.get((self.budget.reset_header or "").lower(), "")
        if left.strip() == "0" and reset.strip().isdigit():
            self.not_before = time.monotonic() + min(float(reset), cap_s)


class Caller:
    """Sends declared requests for one run of one source."""

    def __init__(self, ctx: ConnectorContext, config: RestConfig, client: HttpClient) -> None:
        self._ctx, self._config, self._client = ctx, config, client
        self._pace = Pace(config.budget, ctx)
        self._waited = 0.0

    def fetch(self, request: RequestSpec, *, page: Page, auth: Auth) -> Answer | None:
        """A good answer, or None when the declaration says to ignore this one."""
        renewed = False
        attempt = 0
        while True:
            self._pace.take()
            answer: Answer | None = None
            try:
                answer = self.send(request, page=page, auth=auth)
                return self._judged(answer, request)
            except AuthError:
                refused = answer is not None and answer.status == UNAUTHORISED
                if renewed or not refused or not auth.renew():
                    raise
                renewed = True
            except (TransientError, RateLimited) as error:
                attempt += 1
                self._pause(attempt, error)

    def send(self, request: RequestSpec, *, page: Page, auth: Auth | None) -> Answer:
        """One call, once."""
        url = page.url or self.url_of(request.path)
        origin = target_of(url).origin
        body = request.json
        if body is not None or page.json:
            body = {**(body or {}), **page.json}
        headers = {**self._config.headers, **request.headers}
        params = {} if page.url else {**request.params, **page.params}
        call = Call(
            method=request.method,
            url=url,
            headers=self.filled(headers, origin),
            params={name: _text(self.filled(value, origin)) for name, value in params.items()},
            body=None if body is None else json.dumps(self.filled(body, origin)).encode(),
        )
        if call.body is not None:
            call = replace(call, headers={"Content-Type": "application/json", **call.headers})
        if auth is not None:
            call = auth.apply(call)
        answer = self._client.send(call, self._config.limits)
        self._pace.hear(answer, cap_s=self._config.retry.cap_s)
        return answer

    def url_of(self, path: str) -> str:
        """The full URL of a path below the base, or an absolute URL as it is."""
        filled = self.filled(path, None)
        if urlsplit(filled).scheme:
            return str(filled)
        return f"{self.filled(self._config.base_url, None)}{filled}"

    def filled(self, value: Json, origin: str | None) -> Json:
        """The places in a declared value filled; secrets only where an origin will get them."""

        def lookup(kind: str, name: str) -> str | None:
            if kind == "config" and name in self._config.names:
                return self._config.names[name]
            if kind == "secret" and origin is not None:
                return self._ctx.secret(name, origin)
            raise ConfigError("CON124", name=f"{kind}.{name}")

        return fill(value, lookup)

    def limited(self, answer: Answer) -> RateLimited:
        """The error of an answer that asks us to slow down."""
        after = retry_after_s(answer, now=self._ctx.now())
        return RateLimited("CON112", retry_after_s=after, status=str(answer.status))

    def _judged(self, answer: Answer, request: RequestSpec) -> Answer | None:
        action = self._action(answer)
        status = str(answer.status)
        match action:
            case "success":
                return answer
            case "ignore":
                return None
            case "retry":
                raise TransientError("CON110", status=status)
            case "rate_limited":
                raise self.limited(answer)
            case "refresh_token_then_retry" | "auth":
                raise AuthError("CON113", status=status)
            case "reduce_page_size":
                raise ReducePageSize
            case "fail":
                raise ConfigError("CON111", status=status, path=request.path[:SHOWN_PATH])

    def _action(self, answer: Answer) -> Action:
        for rule in self._config.errors:
            if rule.status is not None and answer.status not in rule.status:
                continue
            if rule.body is None or _says(answer, rule.body):
                return rule.action
        return _default_action(answer.status)

    def _pause(self, attempt: int, error: TransientError | RateLimited) -> None:
        """Wait before the next try, or give up with the error."""
        retry = self._config.retry
        if attempt > retry.max:
            raise error
        wait = self._ctx.random() * min(retry.cap_s, retry.base_s * 2**attempt)
        if isinstance(error, RateLimited) and error.retry_after_s is not None:
            if error.retry_after_s > retry.cap_s:
                raise error  # the scheduler waits, not a worker
            wait = max(wait, error.retry_after_s)
        self._waited += wait
        if self._waited > self._ctx.budget_s:
            raise error
        self._ctx.sleep(wait)


def retry_after_s(answer: Answer, *, now: int) -> float | None:
    """What `Retry-After` says, in seconds: a number, or a date against the server's own clock."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isdigit():
        return float(value)
    try:
        then = micros(parsedate_to_datetime(value))
        here = answer.headers.get("date")
        since = micros(parsedate_to_datetime(here)) if here else now
    except (ValueError, OverflowError):
        return None
    return max(0.0, (then - since) / SECOND)


def _says(answer: Answer, expression: str) -> bool:
    try:
        document = loads(answer.body.decode("utf-8-sig"))
    except (ConnectorError, UnicodeDecodeError):
        return False
    return bool(find(document, expression))


def _default_action(status: int) -> Action:
    if status in SUCCESS:
        return "success"
    if status == UNAUTHORISED:
        return "refresh_token_then_retry"
    if status == FORBIDDEN:
        return "auth"
    if status == TOO_MANY:
        return "rate_limited"
    return "retry" if status >= GATEWAY or status in PASSING else "fail"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def merge(request: RequestSpec, additions: Mapping[str, Any]) -> RequestSpec:
    """The request with more of `params.x` or `json.x`."""
    params = {**request.params}
    body = dict(request.json or {})
    for place, value in additions.items():
        where, _, name = place.partition(".")
        (params if where == "params" else body)[name] = value
    return replace(request, params=params, json=body if body or request.json else None)
