"""The REST connector: test, discover, preview and read what a declaration describes."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from connectors.addresses import target_of
from connectors.base import (
    Batch,
    Connector,
    ConnectorContext,
    Health,
    Preview,
    Row,
    Step,
    StreamInfo,
    Window,
)
from connectors.egress import Answer, HttpClient
from connectors.errors import ConfigError, ConnectorError, RateLimited
from connectors.manifests import check_config, load_manifest
from connectors.rest import cursor as cursors
from connectors.rest.auth import auth_of
from connectors.rest.calls import Auth, Caller, ReducePageSize, merge
from connectors.rest.config import RequestSpec, RestConfig, StreamSpec, parse
from connectors.rest.decode import Decoded, decode
from connectors.rest.guess import describe
from connectors.rest.paging import Page, RepeatGuard, Seen, paginator_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

SMALLEST_PAGE = 10
AUTH_CODES = frozenset({"CON113", "CON114", "CON122", "CON125"})


@dataclass(frozen=True, slots=True)
class Pull:
    """One page of one run: its rows and whether it is the last."""

    answer: Answer
    decoded: Decoded
    last: bool


@dataclass(frozen=True, slots=True)
class Session:
    """One run's client and credentials."""

    ctx: ConnectorContext
    config: RestConfig
    caller: Caller
    auth: Auth

    def pages(self, spec: StreamSpec, request: RequestSpec) -> Iterator[Pull]:
        """Page after page until the end."""
        paginator = paginator_of(spec.paginator)
        guard = RepeatGuard(spec.max_pages)
        page: Page | None = paginator.first()
        while page is not None:
            guard.ask(page)
            answer = self.caller.fetch(request, page=page, auth=self.auth)
            if answer is None:
                return
            found = decode(
                answer.body, how=spec.decode, encoding=spec.encoding, records=spec.records
            )
            guard.got(found.rows)
            page = paginator.after(page, Seen(answer, found.document, found.rows))
            yield Pull(answer, found, last=page is None)


class RestConnector(Connector):
    """Any JSON, JSON-lines or CSV interface over HTTP, from a declaration."""

    MANIFEST: ClassVar[Mapping[str, Any]] = load_manifest(Path(__file__).parent)

    def test(self, ctx: ConnectorContext) -> Health:
        """Configuration, connection, credentials, one request, one page of rows."""
        try:
            config = self._config(ctx)
        except ConnectorError as error:
            return Health((Step("config", "fail", error.code, error.arguments),))
        steps = [Step("config", "ok")]
        for name, attempt in (("connect", self._try_connect), ("request", self._try_request)):
            step = _step(name, lambda run=attempt: run(ctx, config))  # type: ignore[misc]
            steps.append(step)
            if step.state == "fail":
                break
        return Health(tuple(steps))

    def discover(self, ctx: ConnectorContext) -> tuple[StreamInfo, ...]:
        """The declared streams with the fields their first page shows."""
        return tuple(self.preview(ctx, name).info for name in self._config(ctx).streams)

    def preview(self, ctx: ConnectorContext, stream: str, *, limit: int = 20) -> Preview:
        """The first rows of the first page."""
        with self._session(ctx) as session:
            spec = session.config.stream(stream)
            pull = next(session.pages(spec, spec.request), None)
            rows = pull.decoded.rows if pull else ()
            info = describe(stream, rows)
            key = spec.key or info.key
            return Preview(tuple(rows[:limit]), replace(info, key=key))

    def read(
        self, ctx: ConnectorContext, stream: str, state: Mapping[str, Any], *, window: Window | None
    ) -> Iterator[Batch]:
        """Page by page; the checkpoint moves with the last page only."""
        with self._session(ctx) as session:
            spec = session.config.stream(stream)
            while True:
                try:
                    yield from self._batches(session, spec, _Run(state, window))
                except ReducePageSize:
                    spec = _smaller(spec)
                else:
                    return

    def _batches(self, session: Session, spec: StreamSpec, run: _Run) -> Iterator[Batch]:
        ctx = session.ctx
        request = _bounded(spec, run, factor=ctx.clock_factor)
        until: int | None = None
        came = False
        for pull in session.pages(spec, request):
            rows = _kept(ctx, spec, pull.decoded.rows)
            newest = None
            if spec.cursor is not None:
                newest = cursors.newest(spec.cursor, rows)
                if until is None:
                    until = cursors.upper(
                        spec.cursor, pull.answer.headers, pull.decoded.document,
                        now=ctx.now(), factor=ctx.clock_factor,
                    )  # fmt: skip
            state = _moved(run, until) if pull.last else None
            came = True
            yield Batch(rows, state, newest, ctx.now(), pull.decoded.bad)
        if not came:
            yield Batch((), None, None, ctx.now())

    def _config(self, ctx: ConnectorContext) -> RestConfig:
        check_config(ctx.config, self.MANIFEST)
        return parse(ctx.config)

    @contextmanager
    def _session(self, ctx: ConnectorContext) -> Iterator[Session]:
        config = self._config(ctx)
        with HttpClient(ctx.egress) as client:
            caller = Caller(ctx, config, client)
            yield Session(ctx, config, caller, auth_of(config, caller, client))

    def _try_connect(self, ctx: ConnectorContext, config: RestConfig) -> None:
        target = target_of(config.base_url)
        ctx.egress.open_tcp(target.host, target.port, timeout_s=config.limits.connect_s).close()

    def _try_request(self, ctx: ConnectorContext, config: RestConfig) -> None:
        with self._session(ctx) as session:
            spec = next(iter(config.streams.values()))
            if config.test is not None:
                session.caller.fetch(config.test, page=Page(), auth=session.auth)
            else:
                next(session.pages(spec, spec.request), None)


@dataclass(frozen=True, slots=True)
class _Run:
    state: Mapping[str, Any]
    window: Window | None


def _step(name: str, attempt: Callable[[], None]) -> Step:
    try:
        attempt()
    except RateLimited as error:
        return Step(name, "warn", error.code, error.arguments)
    except ConnectorError as error:
        named = "auth" if error.code in AUTH_CODES else _place(error.code, name)
        return Step(named, "fail", error.code, error.arguments)
    return Step(name, "ok")


def _place(code: str, name: str) -> str:
    places = {"CON101": "dns", "CON102": "egress", "CON103": "egress", "CON104": "tcp"}
    return places.get(code, "tls" if code == "CON105" else name)


def _bounded(spec: StreamSpec, run: _Run, *, factor: float) -> RequestSpec:
    if spec.cursor is None:
        return spec.request
    asked = cursors.bounds(spec.cursor, run.state, window=run.window, factor=factor)
    additions: dict[str, str] = {}
    if asked.start is not None:
        additions[spec.cursor.into] = cursors.spelled(asked.start, spec.cursor)
    if asked.end is not None and spec.cursor.into_end is not None:
        additions[spec.cursor.into_end] = cursors.spelled(asked.end, spec.cursor)
    return merge(spec.request, additions)


def _moved(run: _Run, until: int | None) -> Mapping[str, Any] | None:
    if run.window is not None:
        return None  # a back-fill has a checkpoint of its own
    return {"v": 1} if until is None else {"v": 1, "until": until}


def _kept(ctx: ConnectorContext, spec: StreamSpec, rows: Sequence[Row]) -> tuple[Row, ...]:
    if spec.filter is None:
        return tuple(rows)
    if ctx.evaluate is None:
        raise ConfigError("CON121", pointer=f"/streams/{spec.name}/filter", reason="no evaluator")
    return tuple(row for row in rows if ctx.evaluate(spec.filter, row) is True)


def _smaller(spec: StreamSpec) -> StreamSpec:
    """Half the page size; numbered pages would shift, so they start over (rows are upserted)."""
    size = spec.paginator.size // 2
    if spec.paginator.size_param is None or size < SMALLEST_PAGE:
        raise ConfigError("CON121", pointer="/paginator/size", reason="pages can not be smaller")
    return replace(spec, paginator=replace(spec.paginator, size=size))
