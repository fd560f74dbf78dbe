"""Check an entity: fields, settings, keys, anchors, children."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.codec.names import BUILT_IN_ENTITIES
from builder.compile import entity_formulas
from builder.fields import COMMON_SETTINGS, FIELD_TYPES
from builder.fields.sequence import numbering
from builder.model.entity import Entity, Field

if TYPE_CHECKING:
    from builder.check.place import Place

SETTINGS = (
    "min", "max", "decimals", "unit", "blank_as_zero", "options", "formula", "entity", "entities",
    "by", "rule", "lookup", "rollup",
)  # fmt: skip
LANGUAGES = ("zh-CN", "en")
AMOUNTS = frozenset({"integer", "decimal", "money"})
# min and max are counts there
BOUNDED = frozenset({"text", "long_text", "child_table", "multi_choice", "reference_list"})

# Columns every record has beside its fields: a formula or filter could not tell the two apart.
# The built-in `person.position` is the one exception; it is older than this check.
SYSTEM_KEYS = frozenset(
    {"id", "uid", "hid", "version", "rev", "rev_from", "rev_to", "deleted", "created_at"}
    | {"created_by", "updated_at", "updated_by", "parent_id", "position", "origin_kind"}
    | {"origin_source", "origin_run", "origin_delay_us"}
)


def check_entity(place: Place, entity: Entity) -> None:
    """Everything that can be wrong with an entity."""
    if entity.key in BUILT_IN_ENTITIES:
        place.add("BLD223", "/key", name=entity.key)
    place.field(entity.name, entity.display, "/display")
    place.refer("entity", entity.parent, "/parent")
    place.distinct_labels(
        (f"/fields/{n}", field.key, field.label) for n, field in enumerate(entity.fields)
    )
    for number, field in enumerate(entity.fields):
        _field(place, entity, field, f"/fields/{number}")
    _anchors(place, entity)
    for number, keys in enumerate(entity.unique):
        for index, key in enumerate(keys):
            place.field(entity.name, key, f"/unique/{number}/{index}")
    _balance(place, entity)
    _, computed = entity_formulas(place, entity.name)
    for number, field in enumerate(entity.fields):
        place.for_many(computed.get(field.key), f"/fields/{number}/formula")


def _balance(place: Place, entity: Entity) -> None:
    """A ledger: a log whose accounts and amounts are always filled in."""
    if entity.balance is None:
        return
    if not entity.log:
        place.add("BLD241", "/balance")
    for key in (*entity.balance.group_by, entity.balance.amount):
        item = entity.field(key)
        if place.field(entity.name, key, "/balance") and not (item and item.required):
            place.add("BLD242", "/balance", name=key)
    amount = entity.field(entity.balance.amount)
    if amount is not None and amount.type not in AMOUNTS:
        place.add("BLD243", "/balance/amount", name=amount.key)


def _anchors(place: Place, entity: Entity) -> None:
    for anchor, goal in (("owner", "person"), ("department", "department")):
        path = getattr(entity.access, anchor)
        if path is not None:
            place.leads_to(entity.name, path, goal=goal, pointer=f"/access/{anchor}")


def _field(place: Place, entity: Entity, field: Field, at: str) -> None:
    if field.key in SYSTEM_KEYS and entity.name not in BUILT_IN_ENTITIES:
        place.add("BLD235", f"{at}/key", key=field.key)
    kind = FIELD_TYPES[field.type]
    default = Field(key="x", type="text", label={})
    implied = field.type in {"person", "department"}
    for name in SETTINGS:
        is_set = getattr(field, name) != getattr(default, name)
        if (
            is_set
            and name not in kind.settings | COMMON_SETTINGS
            and not (implied and name == "entity")
        ):
            place.add("BLD211", f"{at}/{name}", key=name, type=field.type)
        if not is_set and name in kind.needs:
            place.add("BLD212", at, type=field.type, key=name)
    if field.entity is not None:
        place.refer("entity", field.entity, f"{at}/entity")
    for number, name in enumerate(field.entities):
        place.own_table(name, f"{at}/entities/{number}")
    _made(place, entity, field, at)
    _privacy(place, entity, field, at)
    place.distinct_labels((f"{at}/options/{n}", o.id, o.label) for n, o in enumerate(field.options))
    _bounds(place, field, at)


def _privacy(place: Place, entity: Entity, field: Field, at: str) -> None:
    """Personal data has a purpose; what is to be cleared some day can be cleared."""
    if field.privacy is None:
        return
    if not all(field.privacy.purpose.get(language, "").strip() for language in LANGUAGES):
        place.add("BLD430", f"{at}/privacy/purpose", name=field.key)
    if field.privacy.retain_days is None:
        return
    balance = entity.balance
    if field.rows is not None:
        place.add("BLD433", f"{at}/privacy/retain_days", name=field.key)
    elif not field.is_filled:
        place.add("BLD431", f"{at}/privacy/retain_days", name=field.key)
    elif balance is not None and field.key in (*balance.group_by, balance.amount):
        place.add("BLD432", f"{at}/privacy/retain_days", name=field.key)


def _made(place: Place, entity: Entity, field: Field, at: str) -> None:
    """Rows behind the field, and numbers the system gives."""
    if field.owns_rows:
        _child(place, entity, field, at)
    if field.by is not None and field.entity is not None:
        place.leads_to(field.entity, field.by, goal=entity.name, pointer=f"{at}/by")
    if field.rule is not None and numbering(field.rule) is None:
        place.add("BLD236", f"{at}/rule", rule=field.rule)
    if entity.parent is not None and (field.owns_rows or field.type == "sequence"):
        place.add("BLD237", f"{at}/type", type=field.type)


def _child(place: Place, entity: Entity, field: Field, at: str) -> None:
    child = place.catalog.entities.get(field.rows or "")
    if child is not None and child.parent != entity.name:
        place.add("BLD214", f"{at}/entity", entity=child.name, parent=entity.name)


def _bounds(place: Place, field: Field, at: str) -> None:
    parse = FIELD_TYPES["integer" if field.type in BOUNDED else field.type].parse
    bare = Field(key=field.key, type=field.type, label=field.label, decimals=field.decimals)
    found: list[int] = []
    for name, text in (("min", field.min), ("max", field.max)):
        if text is None or name not in FIELD_TYPES[field.type].settings:
            continue
        raw = parse(bare, text)
        if isinstance(raw, int):
            found.append(raw)
        else:
            place.add("BLD114", f"{at}/{name}", value=text, pattern=field.type)
    if len(found) == 2 and found[0] > found[1]:  # noqa: PLR2004 - min and max
        place.add("BLD213", f"{at}/min", low=field.min or "", high=field.max or "")
