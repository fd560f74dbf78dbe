"""Look around on an OPC UA server: variables and event types, within limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncua import ua
from asyncua.common.events import get_filter_from_event_type
from asyncua.common.node import Node
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds

from connectors.base import FieldInfo, StreamInfo
from connectors.opcua.nodes import item_of, standard
from connectors.opcua.session import read_many
from connectors.opcua.values import clause_name, simple_value

if TYPE_CHECKING:
    from asyncua.client.client import Client

MOST_NODES = 2_000
DEPTH = 8
EXAMPLE = 60


async def variables(client: Client) -> StreamInfo:
    """Variables below the Objects folder that are not the server's own."""
    namespaces = await client.get_namespace_array()
    found: list[ua.NodeId] = []
    seen: set[ua.NodeId] = set()
    level = [client.get_objects_node()]
    for _ in range(DEPTH):
        deeper: list[Node] = []
        for node in level:
            deeper += await _children(node, found, seen)
        level = deeper
        if not level or len(found) >= MOST_NODES:
            break
    values = await read_many(client, found, AttributeIds.Value)
    fields = [
        _field(item_of(node, namespaces), value) for node, value in zip(found, values, strict=True)
    ]
    return StreamInfo("items", tuple(fields))


async def event_types(client: Client) -> tuple[StreamInfo, ...]:
    """Event types the server's maker has added, with the fields of their events."""
    namespaces = await client.get_namespace_array()
    level = [client.get_node(standard(ObjectIds.BaseEventType))]
    found: list[StreamInfo] = []
    seen: set[ua.NodeId] = set()
    while level and len(seen) < MOST_NODES:
        node = level.pop()
        if node.nodeid in seen:
            continue
        seen.add(node.nodeid)
        level += await node.get_children(refs=ObjectIds.HasSubtype)
        if node.nodeid.NamespaceIndex != 0:
            chosen = await get_filter_from_event_type([node])
            names = [clause_name(clause) for clause in chosen.SelectClauses]
            fields = tuple(FieldInfo(name, "text", nullable=True, example="") for name in names)
            found.append(StreamInfo(item_of(node.nodeid, namespaces), fields, key=("EventId",)))
    return tuple(found)


async def _children(node: Node, found: list[ua.NodeId], seen: set[ua.NodeId]) -> list[Node]:
    deeper: list[Node] = []
    for child in await node.get_children_descriptions(refs=ObjectIds.HierarchicalReferences):
        if child.NodeId in seen or child.NodeId.NamespaceIndex == 0:
            continue
        seen.add(child.NodeId)
        if child.NodeClass == ua.NodeClass.Variable and len(found) < MOST_NODES:
            found.append(child.NodeId)
        elif child.NodeClass == ua.NodeClass.Object:
            deeper.append(Node(node.session, child.NodeId))
    return deeper


def _field(item: str, value: object) -> FieldInfo:
    simple = simple_value(value)
    if isinstance(simple, bool):
        return FieldInfo(item, "boolean", nullable=True, example=str(simple))
    if isinstance(simple, int | float):
        return FieldInfo(item, "number", nullable=True, example=str(simple))
    return FieldInfo(item, "text", nullable=True, example=str(simple or "")[:EXAMPLE])
