"""Definitions from JSON documents and back; a wrong document gives Diagnostics."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from builder.codec import entity, form, metric, others, rule
from builder.codec.names import Names, written_labels
from builder.durations import parse_duration
from builder.json_text import parse_json, pointer_of
from builder.model import entity as entity_model
from builder.model import form as form_model
from builder.model import metric as metric_model
from builder.model import others as other_models
from builder.model import rule as rule_model
from builder.schemas import SCHEMA_VERSION, SchemaWalk, shape_problems
from builder.upgrade import upgrade
from dsl.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from builder.model.common import Definition, Kind

AnyDefinition = (
    entity_model.Entity
    | form_model.Form
    | other_models.Flow
    | rule_model.Rule
    | metric_model.Metric
    | other_models.Dashboard
    | other_models.Source
    | other_models.Role
    | other_models.Document
    | other_models.Calendar
    | other_models.Pack
)


@dataclass(frozen=True, slots=True)
class _Codec:
    types: tuple[type[Definition], ...]
    decode: Callable[[dict[str, Any], Names], AnyDefinition]
    encode: Callable[[Any, Names], dict[str, Any]]


_RULES = (rule_model.PeriodRule, rule_model.EventRule, rule_model.NowRule)
_CODECS: Mapping[Kind, _Codec] = {
    "entity": _Codec((entity_model.Entity,), entity.decode, entity.encode),
    "form": _Codec((form_model.Form,), form.decode, form.encode),
    "flow": _Codec((other_models.Flow,), others.decode_flow, others.encode_flow),
    "rule": _Codec(_RULES, rule.decode, rule.encode),
    "metric": _Codec((metric_model.Metric,), metric.decode, metric.encode),
    "dashboard": _Codec(
        (other_models.Dashboard,), others.decode_dashboard, others.encode_dashboard
    ),
    "source": _Codec((other_models.Source,), others.decode_source, others.encode_source),
    "role": _Codec((other_models.Role,), others.decode_role, others.encode_role),
    "document": _Codec((other_models.Document,), others.decode_document, others.encode_document),
    "calendar": _Codec((other_models.Calendar,), others.decode_calendar, others.encode_calendar),
    "pack": _Codec((other_models.Pack,), others.decode_pack, others.encode_pack),
}
_KIND_OF: Mapping[type[Definition], Kind] = {
    cls: kind for kind, codec in _CODECS.items() for cls in codec.types
}


def kind_of(definition: AnyDefinition) -> Kind:
    """The kind of a definition."""
    return _KIND_OF[type(definition)]


def decode(
    kind: Kind,
    document: object,
    *,
    pack: str,
    file: str | None = None,
    own: Collection[str] = (),
) -> AnyDefinition | list[Diagnostic]:
    """The definition of a document, or everything that is wrong with its shape.

    `own` names keys the pack defines although they are built in (its own `office` calendar).
    """
    if isinstance(document, dict):
        document = {key: value for key, value in document.items() if key != "$schema"}
        newest = upgrade(kind, document)
        if isinstance(newest, Diagnostic):
            return [newest.at(file=file)]
        document = newest
    problems = shape_problems(kind, document, file=file)
    if not problems:
        document = cast("dict[str, Any]", document)
        problems = [d.at(file=file) for d in _value_problems(kind, document)]
    if problems:
        return problems
    return _CODECS[kind].decode(cast("dict[str, Any]", document), Names(pack, frozenset(own)))


def decode_stored(
    kind: Kind, document: dict[str, Any], *, pack: str
) -> AnyDefinition | list[Diagnostic]:
    """The definition of a document that was checked when it was published: its shape is trusted.

    Where it can not be read all the same, it is checked again, to say what is wrong with it.
    """
    if document.get("schema", 1) == SCHEMA_VERSION[kind]:
        with suppress(ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            return _CODECS[kind].decode(document, Names(pack, frozenset()))
    return decode(kind, document, pack=pack)


def decode_text(
    kind: Kind, data: bytes | str, *, pack: str, file: str | None = None, own: Collection[str] = ()
) -> AnyDefinition | list[Diagnostic]:
    """The definition of a JSON text, read strictly."""
    document = parse_json(data, file=file)
    if isinstance(document, Diagnostic):
        return [document]
    return decode(kind, document, pack=pack, file=file, own=own)


def _value_problems(kind: Kind, document: dict[str, Any]) -> Iterator[Diagnostic]:
    """What a schema can not say: keyed lists without duplicates, durations that are some."""
    for path, key in SchemaWalk(kind).duplicates(document):
        yield Diagnostic("BLD116", {"key": key}, pointer=pointer_of(path))
    for path, text in _durations(kind, document):
        if not parse_duration(text):
            yield Diagnostic("BLD118", {"value": text}, pointer=pointer_of(path))


def _durations(kind: Kind, document: dict[str, Any]) -> Iterator[tuple[tuple[object, ...], str]]:
    if kind == "source":
        yield from (((key,), document[key]) for key in ("every", "limit") if key in document)
    if kind == "rule" and "events" in document:
        yield ("quantifier", "within"), document["quantifier"]["within"]
    for index, action in enumerate(document.get("actions", []) if kind == "rule" else []):
        for number, step in enumerate(action.get("steps", [])):
            if "last" in step:
                yield ("actions", index, "steps", number, "last"), step["last"]


def encode(definition: AnyDefinition) -> dict[str, Any]:
    """The canonical document of a definition: short names, no defaults, keys in order."""
    kind = kind_of(definition)
    names = Names(definition.name if kind == "pack" else definition.pack)
    document: dict[str, Any] = {"kind": kind, "key": definition.key}
    if SCHEMA_VERSION[kind] > 1:
        document["schema"] = SCHEMA_VERSION[kind]
    labels = written_labels(definition.label, definition.key)
    document |= {} if labels is None else {"label": labels}
    document |= _CODECS[kind].encode(definition, names)
    ordered: dict[str, Any] = SchemaWalk(kind).ordered(document)
    return ordered


def dumps(document: Mapping[str, Any]) -> bytes:
    """The document as bytes: the same document always gives the same bytes."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
