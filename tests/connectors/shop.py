"""A small installation with a scripted source, for tests of sync and ingest."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from builder.model.entity import Entity, Field
from builder.model.others import FieldMapping, Pack, SeriesMapping, Source, StreamMapping
from connectors.base import Batch
from connectors.fake.connector import FakeConnector, Script
from connectors.registry import load_registry
from runtime.clock import FixedClock
from runtime.context import SYSTEM_ACTOR
from runtime.publish import Proposal, publish
from runtime.settings import Settings
from runtime.wiring import Wiring
from store import records
from store.query import Query, read
from store.records import Stamp
from store.system_scope import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = 1_770_000_000_000_000
SECOND = 1_000_000


def label(text: str) -> dict[str, str]:
    return {"zh-CN": text, "en": text}


def field(key: str, kind: str, **more: Any) -> Field:
    return Field(key=key, type=kind, label=label(key), **more)


def mapped(source: str, target: str, **more: Any) -> FieldMapping:
    return FieldMapping(source=source, target=target, **more)


MACHINE = Entity(
    name="shop.machine", label=label("machine"), display="code", unique=(("code",),),
    fields=(field("code", "text", required=True), field("name", "text")),
)  # fmt: skip
TICKET = Entity(
    name="shop.ticket", label=label("ticket"), display="no", unique=(("no",), ("serial",)),
    fields=(field("no", "text", required=True), field("qty", "decimal"), field("serial", "text"),
            field("machine", "reference", entity="shop.machine")),
)  # fmt: skip
ALARM = Entity(
    name="shop.alarm", label=label("alarm"), display="no", unique=(("no",),), log=True,
    fields=(field("no", "text", required=True), field("code", "text"),
            field("machine", "reference", entity="shop.machine"), field("at", "datetime")),
)  # fmt: skip
TICKETS = StreamMapping(
    stream="tickets", into="shop.ticket", key=("no",),
    fields=(mapped("id", "no"), mapped("q", "qty"), mapped("s", "serial"),
            mapped("m", "machine", lookup="code")),
)  # fmt: skip
ALARMS = StreamMapping(
    stream="alarms", into="shop.alarm", key=("no",), origin="sensor",
    fields=(mapped("EventNo", "no"), mapped("AlarmCode", "code"), mapped("Time", "at"),
            mapped("MachineCode", "machine", lookup="code")),
)  # fmt: skip
WEAR = SeriesMapping(
    item="nsu=urn:test:plant;s={code}.Wear", entity="shop.machine", code="code", series="wear",
    unit="um",
)  # fmt: skip


@dataclass
class Shop:
    wiring: Wiring
    script: Script

    def rows(self, entity: str, *fields: str) -> list[dict[str, Any]]:
        with self.wiring.reading() as ctx:
            page = read(
                ctx.uow, SYSTEM, Query(entity, select=fields, order=((fields[0], "asc"),)),
                tables=ctx.tables, catalog=ctx.catalog, params=ctx.params,
            )  # fmt: skip
        return [{name: row[name] for name in fields} for row in page.rows]

    def at(self, seconds: float) -> None:
        """Move the clock to so many seconds after the start."""
        self.wiring.clock = FixedClock(NOW + int(seconds * SECOND))

    def runs(self, *runs: Any) -> None:
        self.script.runs["tickets"] = [list(run) for run in runs]


def batch(*rows: dict[str, Any], state: dict[str, Any] | None = None, **more: Any) -> Batch:
    return Batch(tuple(rows), state, more.get("newest_at"), NOW, tuple(more.get("bad", ())))


def ticket(number: object, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "q": 1, "m": "M1", **more}


def source(**more: Any) -> Source:
    plain: dict[str, Any] = {
        "name": "shop.mes", "label": label("mes"), "connector": "fake", "config": {},
        "streams": (TICKETS,), "every_s": 300, "limit_s": 900,
    }  # fmt: skip
    return Source(**{**plain, **more})


@contextmanager
def opened(folder: Path, *sources: Source, url: str = "") -> Iterator[Shop]:
    script = Script()
    wiring = Wiring.open(
        Settings(data_dir=folder, database_url=url),
        clock=FixedClock(NOW), connectors=load_registry({"fake": FakeConnector(script)}),
    )  # fmt: skip
    try:
        pack = Pack(
            name="shop", label=label("shop"), version="1.0.0", parameters={"url": label("url")}
        )
        put = (pack, MACHINE, TICKET, ALARM, *(sources or (source(),)))
        publish(wiring, Proposal(put=put), actor=SYSTEM_ACTOR)
        with wiring.writing() as ctx:
            for code in ("M1", "M2"):
                records.insert(ctx.uow, ctx.tables, "shop.machine", {"code": code, "name": code},
                               uid=f"uid-{code}", stamp=Stamp("test", NOW))  # fmt: skip
        yield Shop(wiring, script)
    finally:
        wiring.close()
