"""One subscription: create it in pieces the server takes, hear it in batches, notice its death."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from asyncua import ua
from asyncua.common.events import get_filter_from_event_type
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.uaerrors import UaError

from connectors.base import ConnectorContext, Gap, Heartbeat, Signal, Sink
from connectors.errors import ConnectorError, TransientError
from connectors.opcua.nodes import node_id, standard
from connectors.opcua.session import chunks, operation_limit
from connectors.opcua.values import Stamper, clause_name, event_reading, overflowed, status_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncua.client.client import Client

    from connectors.opcua.plan import EventSpec, Plan

HEARTBEAT_HANDLE = 1
FIRST_HANDLE = 100
COVER_S = 30.0  # of changes a server keeps while we are slow
MISSED_KEEP_ALIVES = 3
HEARTBEAT_EVERY_S = 2.0
WATCH_S = 0.1
RECONCILE_S = 30.0
SEQUENCE_LIMIT = 2**32


@dataclass(slots=True)
class _Heard:
    """A monitored item: what its handle means."""

    item: str | None = None
    stream: str | None = None
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class Subscription:
    """A live subscription of one session."""

    ctx: ConnectorContext
    plan: Plan
    client: Client
    sink: Sink
    stamper: Stamper
    namespaces: Sequence[str] = ()
    subscription_id: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    _heard: dict[int, _Heard] = field(default_factory=dict)
    _next_handle: int = FIRST_HANDLE
    _sequence: int | None = None
    _published: float = 0.0
    _published_at: int = 0  # business time
    _beat: float = 0.0
    _blocked: bool = False
    _failure: ConnectorError | None = None

    @property
    def last_published_at(self) -> int:
        """The business time of the last sign of life."""
        return self._published_at

    async def start(self) -> None:
        """Create it with all its items."""
        self.namespaces = await self.client.get_namespace_array()
        self._published, self._published_at = time.monotonic(), self.ctx.now()
        session = self.client.uaclient.session
        created = await session.create_subscription(self._parameters(), self._publish)
        self.subscription_id = int(created.SubscriptionId)
        beat = _item_request(standard(ObjectIds.Server_ServerStatus_CurrentTime),
                             HEARTBEAT_HANDLE, sampling_ms=1000.0, queue=1)  # fmt: skip
        await self._create([beat])
        for spec in self.plan.events:
            await self._listen(spec)
        await self.add(self.plan.items)

    async def add(self, items: Sequence[str]) -> None:
        """Monitor these items; those the server refuses are remembered for the next try."""
        requests, named = [], []
        for item in items:
            try:
                node = node_id(item, self.namespaces)
            except ConnectorError as error:
                self.refused[item] = error.code
                continue
            handle = self._handle(_Heard(item=item))
            requests.append(_item_request(node, handle, sampling_ms=float(self.plan.sampling_ms),
                                          queue=self._queue()))  # fmt: skip
            named.append(item)
        for item, status in zip(named, await self._create(requests), strict=True):
            if status.is_good():
                self.refused.pop(item, None)
            else:
                self.refused[item] = status.name

    async def watch(self) -> None:
        """Return only by raising: the subscription is dead and has to be built anew."""
        silence = MISSED_KEEP_ALIVES * self.plan.keep_alive_s
        reconciled = time.monotonic()
        while True:
            await asyncio.sleep(WATCH_S)
            if self._failure is not None:
                raise self._failure
            now = time.monotonic()
            if not self._blocked and now - self._published > silence:
                raise TransientError("CON145", seconds=f"{silence:g}")
            if self.refused and now - reconciled > RECONCILE_S:
                reconciled = now
                await self._reconcile()

    async def _reconcile(self) -> None:
        before = set(self.refused)
        self.namespaces = await self.client.get_namespace_array()
        await self.add(sorted(before))
        now = self.ctx.now()
        back = sorted(before - set(self.refused))
        await self.sink.put([Gap(item, now, now, "accepted") for item in back])

    def _parameters(self) -> ua.CreateSubscriptionParameters:
        interval_s = self.plan.publishing_ms / 1000
        keep_alive = max(1, round(self.plan.keep_alive_s / interval_s))
        return ua.CreateSubscriptionParameters(
            RequestedPublishingInterval=float(self.plan.publishing_ms),
            RequestedMaxKeepAliveCount=keep_alive,
            RequestedLifetimeCount=keep_alive * 10,
            MaxNotificationsPerPublish=10_000,
        )

    def _queue(self) -> int:
        return max(10, int(COVER_S * 1000 / max(10, self.plan.sampling_ms)))

    def _handle(self, heard: _Heard) -> int:
        self._next_handle += 1
        self._heard[self._next_handle] = heard
        return self._next_handle

    async def _listen(self, spec: EventSpec) -> None:
        kind = self.client.get_node(node_id(spec.type, self.namespaces))
        try:
            chosen = await get_filter_from_event_type([kind])
        except UaError as error:
            raise TransientError("CON143", item=spec.type, status=type(error).__name__) from None
        names = tuple(clause_name(clause) for clause in chosen.SelectClauses)
        request = _item_request(node_id(spec.node, self.namespaces),
                                self._handle(_Heard(stream=spec.stream, names=names)),
                                sampling_ms=0.0, queue=10_000)  # fmt: skip
        request.ItemToMonitor.AttributeId = AttributeIds.EventNotifier
        request.RequestedParameters.Filter = chosen
        for status in await self._create([request]):
            if not status.is_good():
                raise TransientError("CON143", item=spec.node, status=status.name)

    async def _create(
        self, requests: Sequence[ua.MonitoredItemCreateRequest]
    ) -> list[ua.StatusCode]:
        size = await operation_limit(self.client, "monitored")
        statuses: list[ua.StatusCode] = []
        for part in chunks(requests, size):
            parameters = ua.CreateMonitoredItemsParameters(
                SubscriptionId=self.subscription_id,
                TimestampsToReturn=ua.TimestampsToReturn.Both,
                ItemsToCreate=list(part),
            )
            results = await self.client.uaclient.session.create_monitored_items(parameters)
            statuses += [result.StatusCode for result in results]
        return statuses

    # --- what comes in -----------------------------------------------------------------
    async def _publish(self, result: ua.PublishResult) -> None:
        """Take one publish response: one list, never one task per change."""
        try:
            signals = self._signals(result)
            self._published, self._published_at = time.monotonic(), self.ctx.now()
            if signals:
                # waiting here is the back pressure: no new publish request goes out meanwhile
                self._blocked = True
                await self.sink.put(signals)
        except ConnectorError as error:
            self._failure = error
        except Exception as error:  # noqa: BLE001 - asyncua would swallow it
            self._failure = TransientError(
                "CON190", reason=f"{type(error).__name__}: {error}"[:200]
            )
        finally:
            self._blocked = False
            self._published = time.monotonic()

    def _signals(self, result: ua.PublishResult) -> list[Signal]:
        now = self.ctx.now()
        signals: list[Signal] = []
        message = result.NotificationMessage
        if message.NotificationData:
            # only messages with data are counted: a keep-alive carries the next number
            signals += self._jump(int(message.SequenceNumber), now)
            for part in message.NotificationData:
                signals += self._part(part, now)
        if time.monotonic() - self._beat >= HEARTBEAT_EVERY_S:
            self._beat = time.monotonic()
            signals.append(Heartbeat(now))
        return signals

    def _jump(self, sequence: int, now: int) -> list[Signal]:
        expected = None if self._sequence is None else self._sequence % (SEQUENCE_LIMIT - 1) + 1
        self._sequence = sequence
        if sequence == 0 or expected is None or expected == sequence:
            return []
        return [Gap("*", self._published_at, now, "sequence")]

    def _part(self, part: Any, now: int) -> list[Signal]:  # noqa: ANN401 - asyncua's union
        match part:
            case ua.DataChangeNotification():
                return [s for change in part.MonitoredItems for s in self._change(change, now)]
            case ua.EventNotificationList():
                return [s for event in part.Events for s in self._event(event, now)]
            case ua.StatusChangeNotification():
                raise TransientError("CON141", reason=part.Status.name)
            case _:
                return []

    def _change(self, change: ua.MonitoredItemNotification, now: int) -> list[Signal]:
        heard = self._heard.get(int(change.ClientHandle))
        if heard is None or heard.item is None or change.Value is None:
            return []
        before = self.stamper.last.get(heard.item)
        reading = self.stamper.reading(heard.item, change.Value, now=now)
        if reading is None:
            return []
        if overflowed(status_of(change.Value)):
            start = self._published_at if before is None else before[0]
            return [Gap(heard.item, start, reading.source_at, "overflow"), reading]
        return [reading]

    def _event(self, event: ua.EventFieldList, now: int) -> list[Signal]:
        heard = self._heard.get(int(event.ClientHandle))
        if heard is None or heard.stream is None:
            return []
        return [
            event_reading(
                heard.stream, heard.names, event.EventFields, namespaces=self.namespaces, now=now
            )
        ]


def _item_request(
    node: ua.NodeId, handle: int, *, sampling_ms: float, queue: int
) -> ua.MonitoredItemCreateRequest:
    request = ua.MonitoredItemCreateRequest()
    request.ItemToMonitor.NodeId = node
    request.ItemToMonitor.AttributeId = AttributeIds.Value
    request.MonitoringMode = ua.MonitoringMode.Reporting
    request.RequestedParameters.ClientHandle = handle
    request.RequestedParameters.SamplingInterval = sampling_ms
    request.RequestedParameters.QueueSize = queue
    request.RequestedParameters.DiscardOldest = True
    if handle != HEARTBEAT_HANDLE:
        # a value written again with a new time is news: counters and flat lines prove life
        changes = ua.DataChangeFilter()
        changes.Trigger = ua.DataChangeTrigger.StatusValueTimestamp
        request.RequestedParameters.Filter = changes
    return request
