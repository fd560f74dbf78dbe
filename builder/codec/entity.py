"""Entity documents."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from builder.codec.names import Names, drop_defaults, labels_of, written_labels
from builder.model.entity import (
    LISTS,
    Access,
    Balance,
    Entity,
    Field,
    Lookup,
    Option,
    Privacy,
    Rollup,
)

IMPLIED_ENTITY = {"person": "person", "department": "department"}
_FIELD_DEFAULTS: dict[str, Any] = {
    "required": False, "blank_as_zero": False, "options": [], "entities": [], "track_origin": False,
    "hidden": False,
}  # fmt: skip
_PLAIN = (
    "help", "min", "max", "decimals", "unit", "default", "formula", "purpose", "required",
    "blank_as_zero", "track_origin", "hidden", "by", "rule",
)  # fmt: skip


def decode(document: dict[str, Any], names: Names) -> Entity:
    """The entity of a document that fits the schema."""
    key = document["key"]
    return Entity(
        name=names.own_name(key),
        label=labels_of(document, key),
        display=document["display"],
        fields=tuple(_field(item, names, names.own_name(key)) for item in document["fields"]),
        access=Access(**document.get("access", {})),
        unique=tuple(tuple(keys) for keys in document.get("unique", [])),
        log=document.get("log", False),
        balance=_balance(document.get("balance")),
        parent=names.optional(document.get("parent")),
    )


def _balance(document: dict[str, Any] | None) -> Balance | None:
    return None if document is None else Balance(tuple(document["group_by"]), document["amount"])


def _field(document: dict[str, Any], names: Names, owner: str) -> Field:
    kind = document["type"]
    lookup = Lookup(document["path"]) if "path" in document else None
    rollup = _rollup(document) if "of" in document else None
    plain = {key: document[key] for key in _PLAIN if key in document}
    if "decimals" in plain:
        plain["decimals"] = int(plain["decimals"])
    return Field(
        key=document["key"],
        type=kind,
        label=labels_of(document, document["key"]),
        options=tuple(
            Option(item["id"], labels_of(item, item["id"])) for item in document.get("options", [])
        ),
        entity=IMPLIED_ENTITY.get(kind) or names.optional(document.get("entity")),
        entities=tuple(names.full(name) for name in document.get("entities", [])),
        listed=f"{owner}.{document['key']}" if kind in LISTS else None,
        lookup=lookup,
        rollup=rollup,
        privacy=_privacy(document),
        **{**plain, **_formula_of(lookup, rollup)},
    )


def _privacy(document: dict[str, Any]) -> Privacy | None:
    """What is said of personal data; older documents say `classification` and one `purpose`."""
    said = document.get("privacy")
    if said is not None:
        return Privacy(said["class"], dict(said.get("purpose", {})), said.get("retain_days"))
    older = document.get("classification", "normal")
    if older == "normal":
        return None
    purpose = document.get("purpose")
    return Privacy(older, {} if purpose is None else {"zh-CN": purpose, "en": purpose})


def _encode_privacy(privacy: Privacy) -> dict[str, Any]:
    said = {"class": privacy.classification, "purpose": dict(privacy.purpose)}
    return drop_defaults({**said, "retain_days": privacy.retain_days}, {"purpose": {}})


def _rollup(document: dict[str, Any]) -> Rollup:
    return Rollup(
        document["of"],
        document.get("agg", "count"),
        document.get("value"),
        document.get("where"),
    )


def _formula_of(lookup: Lookup | None, rollup: Rollup | None) -> dict[str, str]:
    """What a lookup and a rollup compute, in the one language."""
    if lookup is not None:
        return {"formula": lookup.path}
    if rollup is None:
        return {}
    where = "" if rollup.where is None else f"[{rollup.where}]"
    value = "" if rollup.value is None else f".{rollup.value}"
    return {"formula": f"{rollup.agg.upper()}({rollup.of}{where}{value})"}


def encode(entity: Entity, names: Names) -> dict[str, Any]:
    """The document of an entity."""
    access = drop_defaults(
        {"owner": entity.access.owner, "department": entity.access.department}, {}
    )
    document = {
        "display": entity.display,
        "parent": None if entity.parent is None else names.short(entity.parent),
        "log": entity.log,
        "balance": None if entity.balance is None else _written(entity.balance),
        "fields": [_encode_field(field, names) for field in entity.fields],
        "access": access,
        "unique": [list(keys) for keys in entity.unique],
    }
    return drop_defaults(document, {"log": False, "access": {}, "unique": []})


def _written(balance: Balance) -> dict[str, Any]:
    return {"group_by": list(balance.group_by), "amount": balance.amount}


def _encode_field(field: Field, names: Names) -> dict[str, Any]:
    document: dict[str, Any] = {
        "key": field.key,
        "type": field.type,
        "label": written_labels(field.label, field.key),
    }
    document |= {key: getattr(field, key) for key in _PLAIN}
    if field.lookup is not None:
        document |= {"path": field.lookup.path, "formula": None}
    if field.rollup is not None:
        document |= {**asdict(field.rollup), "formula": None}
    document["options"] = [
        drop_defaults({"id": o.id, "label": written_labels(o.label, o.id)}, {})
        for o in field.options
    ]
    if field.privacy is not None:
        document["privacy"] = _encode_privacy(field.privacy)
    if field.entity is not None and field.type not in IMPLIED_ENTITY:
        document["entity"] = names.short(field.entity)
    document["entities"] = [names.short(name) for name in field.entities]
    return drop_defaults(document, _FIELD_DEFAULTS)
