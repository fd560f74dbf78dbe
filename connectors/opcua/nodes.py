"""Name a node so that the name survives a server restart: namespace URI and identifier."""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from typing import TYPE_CHECKING, Any

from asyncua import ua

from connectors.errors import ConfigError, TransientError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ITEM = re.compile(r"(?:nsu=(?P<uri>[^;]+);)?(?P<kind>[isgb])=(?P<id>.+)", re.DOTALL)
LETTERS: Mapping[ua.NodeIdType, str] = {
    ua.NodeIdType.TwoByte: "i",
    ua.NodeIdType.FourByte: "i",
    ua.NodeIdType.Numeric: "i",
    ua.NodeIdType.String: "s",
    ua.NodeIdType.Guid: "g",
    ua.NodeIdType.ByteString: "b",
}


def node_id(item: str, namespaces: Sequence[str]) -> ua.NodeId:
    """The node an item names on this server, now: indexes move when a server restarts."""
    match = ITEM.fullmatch(item)
    if match is None:
        raise ConfigError("CON143", item=item[:200], status="nsu=<uri>;s=<id>")
    index = 0
    if match["uri"] is not None:
        if match["uri"] not in namespaces:
            # a server that is still starting has not registered it yet
            raise TransientError("CON142", uri=match["uri"])
        index = namespaces.index(match["uri"])
    try:
        return _node(_identifier(match["kind"], match["id"]), index)
    except (ValueError, binascii.Error):
        raise ConfigError("CON143", item=item[:200], status="identifier") from None


def standard(identifier: int) -> ua.NodeId:
    """A node of the standard's own namespace."""
    return _node(identifier, 0)


def item_of(node: ua.NodeId, namespaces: Sequence[str]) -> str:
    """The lasting name of a node."""
    letter = LETTERS[node.NodeIdType]
    plain: object = node.Identifier
    identifier = base64.b64encode(plain).decode() if isinstance(plain, bytes) else str(plain)
    if node.NamespaceIndex == 0:
        return f"{letter}={identifier}"
    return f"nsu={namespaces[node.NamespaceIndex]};{letter}={identifier}"


def _node(identifier: int | str | uuid.UUID | bytes, index: int) -> ua.NodeId:
    make: Any = ua.NodeId  # its annotations name wire types that plain values stand for
    node: ua.NodeId = make(identifier, index)
    return node


def _identifier(kind: str, text: str) -> int | str | uuid.UUID | bytes:
    match kind:
        case "i":
            return int(text)
        case "g":
            return uuid.UUID(text)
        case "b":
            return base64.b64decode(text, validate=True)
        case _:
            return text
