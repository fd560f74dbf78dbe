"""The contract of a connector: what it is asked, what it answers, what it may use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from connectors.errors import (
    AuthError,
    ConfigError,
    ConnectorError,
    RateLimited,
    RowError,
    TransientError,
)

if TYPE_CHECKING:
    from connectors.egress import Egress

__all__ = [
    "ActResult",
    "AuthError",
    "Batch",
    "ConfigError",
    "Connector",
    "ConnectorContext",
    "ConnectorError",
    "EventReading",
    "FieldInfo",
    "Gap",
    "Health",
    "Heartbeat",
    "Preview",
    "RateLimited",
    "Reading",
    "RowError",
    "Secret",
    "Signal",
    "Sink",
    "StateChange",
    "Step",
    "StreamInfo",
    "TransientError",
    "WebhookRequest",
    "Window",
]

Row = Mapping[str, Any]
Capability = Literal[
    "test", "discover", "preview", "read", "subscribe", "history", "write", "act", "webhook"
]


class Secret:
    """A secret text that shows only to the origin it was entered for, and never in a log."""

    __slots__ = ("_name", "_origin", "_text")

    def __init__(self, name: str, text: str, *, origin: str | None) -> None:
        self._name = name
        self._text = text
        self._origin = origin

    def reveal(self, origin: str) -> str:
        """The text, if `origin` (scheme://host:port) is the one it is bound to."""
        if self._origin is not None and self._origin != origin:
            raise ConfigError("CON125", name=self._name, origin=self._origin)
        return self._text

    @property
    def origin(self) -> str | None:
        """What it is bound to."""
        return self._origin

    def sealed_text(self) -> str:
        """The text for our own collector process, which binds it to the same origin again."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({self._name})"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class ConnectorContext:
    """Everything a connector may use: nothing else reaches the world."""

    source: str
    config: Mapping[str, Any]  # parameters are filled in, ${secret.x} are not
    egress: Egress
    secrets: Mapping[str, Secret]
    now: Callable[[], int]  # business time, microseconds
    random: Callable[[], float]  # in [0, 1)
    sleep: Callable[[float], None]
    evaluate: Callable[[str, Row], Any] | None = None  # the platform's formula language
    budget_s: float = 150.0  # longest time one read may spend waiting and retrying
    clock_factor: float = 1.0  # how much faster business time runs

    def secret(self, name: str, origin: str) -> str:
        """One secret, for one origin."""
        found = self.secrets.get(name)
        if found is None:
            raise ConfigError("CON122", name=name)
        return found.reveal(origin)


# --- asking a source whether it works ------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Step:
    """One step of a test: `dns`, `tcp`, `tls`, `auth`, `sample`, ..."""

    name: str
    state: Literal["ok", "warn", "fail"]
    code: str | None = None
    args: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Health:
    """The result of a test; the first failing step says where it stopped."""

    steps: tuple[Step, ...]

    @property
    def state(self) -> Literal["ok", "warn", "fail"]:
        """The worst state of its steps."""
        states = {step.state for step in self.steps}
        return "fail" if "fail" in states else "warn" if "warn" in states else "ok"

    @property
    def failed(self) -> Step | None:
        """The step that failed."""
        return next((step for step in self.steps if step.state == "fail"), None)


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field a stream was seen to have."""

    path: str
    type: Literal["text", "number", "boolean", "object", "list", "null", "mixed"]
    nullable: bool
    example: str


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """One stream a source offers."""

    name: str
    fields: tuple[FieldInfo, ...]
    key: tuple[str, ...] = ()
    cursor: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """A few rows as they come, and what they seem to be."""

    rows: tuple[Row, ...]
    info: StreamInfo


# --- reading -------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Window:
    """A half-open stretch of business time, for back-fill."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows to be stored together; `state` None leaves the checkpoint where it is."""

    rows: tuple[Row, ...]
    state: Mapping[str, Any] | None
    newest_at: int | None
    checked_at: int
    bad: tuple[tuple[str, str, Mapping[str, str]], ...] = ()  # raw text, code, args


# --- subscribing ---------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one item. `sequence` keeps equal stamps apart."""

    item: str
    value: float | int | bool | str | None
    quality: int  # the raw status code; 0 is good
    source_at: int
    received_at: int
    sequence: int = 0
    stamp: Literal["source", "server", "received"] = "source"


@dataclass(frozen=True, slots=True)
class EventReading:
    """One event of one stream, as a row for the mapping."""

    stream: str
    row: Row
    source_at: int
    received_at: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without data that is known to be one; `to_at` None while it lasts."""

    item: str  # "*" for all of them
    from_at: int
    to_at: int | None
    cause: str


@dataclass(frozen=True, slots=True)
class StateChange:
    """The source was lost, came back, or was stopped because a person has to act."""

    state: Literal["ok", "lost", "stopped"]
    at: int
    code: str | None = None
    args: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The source was alive at this time, whether or not anything changed."""

    at: int


Signal = Reading | EventReading | Gap | StateChange | Heartbeat


class Sink(Protocol):
    """Where a subscription puts what it gets; waits when it is full."""

    async def put(self, signals: Sequence[Signal]) -> None:
        """Take these, in this order."""


# --- acting --------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ActResult:
    """What the outside world answered."""

    response: str


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """An incoming call, not yet trusted."""

    headers: Mapping[str, str]
    body: bytes
    received_at: int


class Connector(Protocol):
    """A kind of outside system. Subclass it and write what `MANIFEST` says it can.

    Nobody calls what the manifest does not name: ask `registry.Registry.require` first.
    """

    MANIFEST: ClassVar[Mapping[str, Any]]

    def test(self, ctx: ConnectorContext) -> Health:
        """Try each step of a connection and name the one that fails."""
        raise NotImplementedError

    def discover(self, ctx: ConnectorContext) -> tuple[StreamInfo, ...]:
        """The streams or items the source offers."""
        raise NotImplementedError

    def preview(self, ctx: ConnectorContext, stream: str, *, limit: int = 20) -> Preview:
        """A few rows; never moves a checkpoint, never writes."""
        raise NotImplementedError

    def read(
        self, ctx: ConnectorContext, stream: str, state: Mapping[str, Any], *, window: Window | None
    ) -> Iterator[Batch]:
        """Everything new since `state`, in batches."""
        raise NotImplementedError

    async def subscribe(self, ctx: ConnectorContext, items: Sequence[str], sink: Sink) -> None:
        """Feed the sink until cancelled; recover by itself from every outage."""
        raise NotImplementedError

    def history(
        self, ctx: ConnectorContext, items: Sequence[str], *, window: Window
    ) -> Iterator[Reading]:
        """Raw values the source itself has kept."""
        raise NotImplementedError

    def write(
        self, ctx: ConnectorContext, stream: str, rows: Sequence[Row], *, key: str
    ) -> ActResult:
        """Put rows into the source."""
        raise NotImplementedError

    def act(self, ctx: ConnectorContext, operation: str, payload: Row, *, key: str) -> ActResult:
        """Do one thing outside; `key` is the same when it is done again."""
        raise NotImplementedError

    def webhook(self, ctx: ConnectorContext, request: WebhookRequest) -> tuple[EventReading, ...]:
        """The events of an incoming call, after its signature was checked."""
        raise NotImplementedError
