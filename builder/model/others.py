"""Flow, dashboard, source, role, document, calendar and pack."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from builder.model.common import Definition, Labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.masks import Mask

RowScope = Literal["own", "subordinates", "department", "subtree", "all", "formula"]
ActionRight = Literal["read", "create", "update", "delete", "export"]
NewFields = Literal["shown", "read_only", "masked", "hidden"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow(Definition):
    """An approval or process: a block tree of steps, kept as checked JSON until flows run."""

    entity: str
    start: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One card of a dashboard."""

    id: str
    type: Literal["number", "line", "table", "alerts", "tasks"]
    metric: str | None = None
    entity: str | None = None
    label: Labels | None = None
    width: int = 4
    height: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard(Definition):
    """A page of tiles."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMapping:
    """source_path -> field. `convert` is one of a closed list, with its argument."""

    source: str  # JMESPath; JSON: "from"
    target: str  # field key; JSON: "to"
    convert: str | None = (
        None  # "number", "date:%Y-%m-%d", "datetime:Asia/Shanghai", "map:{...}", ...
    )
    options: Mapping[str, str] = field(default_factory=dict)  # for convert = "map"
    lookup: str | None = None  # field of the referenced entity that holds the business key
    default: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamMapping:
    """One stream of a source into one entity (upsert by `key`) or into sample series."""

    stream: str
    into: str  # entity
    key: tuple[str, ...]  # target fields that identify the record
    fields: tuple[FieldMapping, ...]
    drift: Literal["evolve", "freeze", "discard_row"] = "evolve"
    origin: Literal["system", "sensor"] = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesMapping:
    """Sensor items whose values become samples: series name = `<entity>.<series>` per subject."""

    item: str  # node id pattern with {subject}, e.g. "nsu=urn:plant;s={code}.ToolWear"
    entity: str  # subject entity
    code: str  # field of the subject entity that fills {code}
    series: str
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Definition):
    """A configured connector. `config` may hold ${param.x} and ${secret.x}."""

    connector: str
    config: Mapping[str, Any]
    streams: tuple[StreamMapping, ...] = ()
    series: tuple[SeriesMapping, ...] = ()
    every_s: int = 300  # poll interval, business time
    limit_s: int = 900  # delay that is still fine
    owner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a role may do with an entity, on which rows, and what is barred of its fields.

    Hidden fields are not there, masked ones only say that they are; neither can be written.
    Read-only fields are shown and not written. `masks` says what stays in sight of a masked text.
    With `new_fields`, what the grant names nowhere is barred like that: fields that came later.
    """

    entity: str
    actions: tuple[ActionRight, ...]
    rows: RowScope
    formula: str | None = None  # rows = "formula"
    hidden_fields: tuple[str, ...] = ()
    masked_fields: tuple[str, ...] = ()
    read_only_fields: tuple[str, ...] = ()
    masks: Mapping[str, Mask] = field(default_factory=dict)
    new_fields: NewFields = "shown"
    known_fields: tuple[str, ...] = ()  # those there were when the grant was written


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Definition):
    """A set of grants; `metrics` are those whose measurements it sees for readable subjects."""

    grants: tuple[Grant, ...]
    metrics: tuple[str, ...] = ()
    admin: bool = False  # may define, publish, install, run backtests


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Definition):
    """A message template in both languages; Jinja2, sandboxed, plain values only."""

    subject: Labels
    body: Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar(Definition):
    """Working time. `shifts` are ("08:00", "20:00") pairs; `days` overrides single dates."""

    zone: str = "Asia/Shanghai"
    day_start: str = "00:00"
    week_start: int = 1  # ISO weekday
    workdays: tuple[int, ...] = (1, 2, 3, 4, 5)
    shifts: tuple[tuple[str, str], ...] = ()
    close_delay_s: int = 600
    days: Mapping[str, bool] = field(default_factory=dict)  # ISO date -> is a workday
    holidays: Literal["cn", "none"] = "cn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack(Definition):
    """What a pack says of itself in pack.json."""

    version: str
    requires: tuple[str, ...] = ()
    description: Labels = field(default_factory=dict)
    parameters: Mapping[str, Labels] = field(default_factory=dict)  # names used as ${param.x}
