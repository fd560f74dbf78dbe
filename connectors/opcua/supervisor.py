"""Keep a subscription alive through every fault: rebuild, never repair."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.uaerrors import UaError

from connectors.base import ConnectorContext, Gap, Signal, Sink, StateChange
from connectors.errors import AuthError, ConfigError, ConnectorError
from connectors.opcua.nodes import node_id
from connectors.opcua.session import connected, read_many, session_error
from connectors.opcua.subscription import Subscription
from connectors.opcua.values import Stamper, moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncua import ua
    from asyncua.client.client import Client

    from connectors.opcua.plan import Plan

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
HISTORY_PAGE = 5_000


@dataclass(slots=True)
class Supervisor:
    """One source's desired items, and the loop that gets them again and again."""

    ctx: ConnectorContext
    plan: Plan
    sink: Sink
    stamper: Stamper = field(init=False)
    _lost_at: int | None = None
    _cause: str = "start"
    _pause: float = FIRST_PAUSE_S
    _known: bool = False  # whether the loss was reported

    def __post_init__(self) -> None:
        self.stamper = Stamper(self.plan.tolerance)

    async def run(self) -> None:
        """Feed the sink until cancelled, or until a person has to act."""
        while True:
            try:
                await self._session()
            except AuthError as error:
                await self._lose(error, state="stopped")
                return  # asking again and again would lock the account
            except ConfigError as error:
                await self._lose(error, state="stopped")
                return
            except Exception as error:  # noqa: BLE001 - asyncua raises nearly anything
                await self._lose(session_error(error), state="lost")
            await asyncio.sleep(self._pause * (0.5 + self.ctx.random() / 2))
            self._pause = min(self._pause * 2, LONGEST_PAUSE_S)

    async def _session(self) -> None:
        async with connected(self.ctx, self.plan) as client:
            live = Subscription(self.ctx, self.plan, client, self.sink, self.stamper)
            await live.start()
            await self._found(live, client)
            try:
                await live.watch()
            finally:
                # what was published last is the start of the gap, not when we noticed
                self._lost_at = live.last_published_at

    async def _found(self, live: Subscription, client: Client) -> None:
        now = self.ctx.now()
        signals: list[Signal] = []
        if self._lost_at is not None:
            signals.append(await self._closed_gap(client, live, now))
        signals.append(StateChange("ok", now))
        signals += [Gap(item, now, None, f"refused {code}") for item, code in live.refused.items()]
        self._lost_at, self._known, self._pause = None, False, FIRST_PAUSE_S
        await self.sink.put(signals)

    async def _lose(self, error: ConnectorError, *, state: Literal["lost", "stopped"]) -> None:
        now = self.ctx.now()
        if self._lost_at is None:
            self._lost_at = now
        if self._known and state == "lost":
            return  # said once
        self._known, self._cause = True, error.code
        await self.sink.put([
            Gap("*", self._lost_at, None, error.code),
            StateChange(state, now, error.code, error.arguments),
        ])  # fmt: skip

    async def _closed_gap(self, client: Client, live: Subscription, now: int) -> Gap:
        start = now if self._lost_at is None else self._lost_at
        cause = self._cause
        if self.plan.fill_gaps and await self._fill(client, live, start, now):
            cause = f"{cause} filled"
        return Gap("*", start, now, cause)

    async def _fill(self, client: Client, live: Subscription, start: int, end: int) -> bool:
        """Read from the server's own history what we missed; True when all items had one."""
        # events have no raw history: then the gap stays declared
        whole = bool(self.plan.items) and not self.plan.events and not live.refused
        items = [item for item in self.plan.items if item not in live.refused]
        nodes = [node_id(item, live.namespaces) for item in items]
        kept = await read_many(client, nodes, AttributeIds.Historizing)
        for item, node, historizing in zip(items, nodes, kept, strict=True):
            if historizing is not True or not await self._replay(client, item, node, (start, end)):
                whole = False
        return whole

    async def _replay(
        self, client: Client, item: str, node: ua.NodeId, span: tuple[int, int]
    ) -> bool:
        try:
            signals = await history_signals(client, item, node, span=span)
        except UaError:
            return False
        await self.sink.put(signals)
        return True


async def history_signals(
    client: Client, item: str, node: ua.NodeId, *, span: tuple[int, int]
) -> Sequence[Signal]:
    """The raw history of one item in a span, oldest first, stamped by its source."""
    values = await client.get_node(node).read_raw_history(
        moment(span[0]), moment(span[1]), numvalues=HISTORY_PAGE, return_bounds=False
    )
    stamper = Stamper(span[1] - span[0] + 1)
    found = [stamper.reading(item, value, now=span[1]) for value in values]
    return [reading for reading in found if reading is not None]
