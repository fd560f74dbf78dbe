"""The declaration of a REST source as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import jmespath
from jmespath.exceptions import JMESPathError

from connectors.egress import Limits
from connectors.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

Action = Literal[
    "success", "ignore", "retry", "rate_limited", "refresh_token_then_retry",
    "reduce_page_size", "auth", "fail",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class RequestSpec:
    """A request as declared; its texts still hold places to fill."""

    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """When an answer looks like this, do that."""

    action: Action
    status: frozenset[int] | None
    body: str | None


@dataclass(frozen=True, slots=True)
class Budget:
    """How fast we may ask."""

    rate_per_s: float = 10.0
    burst: int = 5
    remaining_header: str | None = None
    reset_header: str | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how patiently a failed call is repeated."""

    max: int = 4
    base_s: float = 0.5
    cap_s: float = 60.0


@dataclass(frozen=True, slots=True)
class PaginatorSpec:
    """How the next page is asked for."""

    kind: str = "none"
    param: str = "page"
    start: int = 1
    size_param: str | None = None
    size: int = 100
    source: str = ""  # JSON: "from"
    into: str = "params.cursor"
    more: str | None = None


@dataclass(frozen=True, slots=True)
class CursorSpec:
    """How only new rows are asked for."""

    field: str
    into: str
    fallback: str | None = None
    into_end: str | None = None
    format: str = "iso8601"
    zone: str | None = None
    lookback_s: int = 300
    upper: str = "server_date"


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """One stream of rows."""

    name: str
    request: RequestSpec
    records: str | None
    decode: str
    encoding: str
    key: tuple[str, ...]
    filter: str | None
    max_pages: int
    paginator: PaginatorSpec
    cursor: CursorSpec | None


@dataclass(frozen=True, slots=True)
class RestConfig:
    """The whole declaration."""

    base_url: str
    names: Mapping[str, str]  # what ${config.x} finds
    auth: Mapping[str, Any]
    headers: Mapping[str, str]
    limits: Limits
    budget: Budget
    retry: Retry
    errors: tuple[ErrorRule, ...]
    test: RequestSpec | None
    streams: Mapping[str, StreamSpec]

    def stream(self, name: str) -> StreamSpec:
        """One stream by name."""
        found = self.streams.get(name)
        if found is None:
            raise ConfigError("CON127", stream=name)
        return found


def parse(config: Mapping[str, Any]) -> RestConfig:
    """The declaration from a checked configuration."""
    base_url = str(config["base_url"]).rstrip("/")
    timeout = config.get("timeout", {})
    megabytes = float(config.get("max_response_mb", 20))
    return RestConfig(
        base_url=base_url,
        names={"base_url": base_url, **config.get("vars", {})},
        auth=config.get("auth", {"kind": "none"}),
        headers=config.get("headers", {}),
        limits=Limits(**timeout, max_bytes=int(megabytes * 1_000_000)),
        budget=Budget(**config.get("budget", {})),
        retry=Retry(**config.get("retry", {})),
        errors=tuple(_error(rule) for rule in config.get("errors", ())),
        test=_request(config["test"]) if "test" in config else None,
        streams={name: _stream(name, spec) for name, spec in config["streams"].items()},
    )


def request_of(spec: Mapping[str, Any]) -> RequestSpec:
    """A request from its declaration."""
    return _request(spec)


def _request(spec: Mapping[str, Any]) -> RequestSpec:
    return RequestSpec(
        method=spec.get("method", "GET"),
        path=spec["path"],
        params=spec.get("params", {}),
        headers=spec.get("headers", {}),
        json=spec.get("json"),
    )


def _error(rule: Mapping[str, Any]) -> ErrorRule:
    when = rule["when"]
    status = frozenset(when["status"]) if "status" in when else None
    return ErrorRule(rule["action"], status, _path(when.get("body"), "/errors"))


def _stream(name: str, spec: Mapping[str, Any]) -> StreamSpec:
    place = f"/streams/{name}"
    paginator = dict(spec.get("paginator", {}))
    if "from" in paginator:
        paginator["source"] = _path(paginator.pop("from"), f"{place}/paginator/from")
    _path(paginator.get("more"), f"{place}/paginator/more")
    cursor = spec.get("cursor")
    return StreamSpec(
        name=name,
        request=_request(spec["request"]),
        records=_path(spec.get("records"), f"{place}/records"),
        decode=spec.get("decode", "json"),
        encoding=spec.get("encoding", "utf-8-sig"),
        key=tuple(spec.get("key", ())),
        filter=spec.get("filter"),
        max_pages=spec.get("max_pages", 10_000),
        paginator=PaginatorSpec(**paginator),
        cursor=CursorSpec(**cursor) if cursor else None,
    )


def _path(expression: str | None, pointer: str) -> str | None:
    if expression is None:
        return None
    try:
        jmespath.compile(expression)
    except JMESPathError:
        raise ConfigError("CON121", pointer=pointer, reason="not a JMESPath") from None
    return expression
