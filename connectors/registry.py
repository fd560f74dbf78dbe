"""Which connectors there are: the built-in ones and those found by entry point."""

from __future__ import annotations

import importlib
import logging
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, cast

from connectors.errors import ConfigError
from connectors.manifests import check_manifest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.base import Connector

log = logging.getLogger(__name__)
GROUP = "plumbline.connectors"
BUILT_IN = {
    "rest": "connectors.rest.connector:RestConnector",
    "smtp": "connectors.smtp.connector:SmtpConnector",
    "opcua": "connectors.opcua.connector:OpcUaConnector",
}


@dataclass(frozen=True, slots=True)
class Registry:
    """Connectors by name, and why some could not be loaded."""

    connectors: Mapping[str, Connector]
    broken: Mapping[str, str]

    def get(self, name: str) -> Connector:
        """The connector of that name."""
        found = self.connectors.get(name)
        if found is None:
            reason = self.broken.get(name, "not installed")
            raise ConfigError("CON123", name=name, reason=reason)
        return found

    def manifests(self) -> dict[str, Mapping[str, Any]]:
        """The manifest of each usable connector."""
        return {name: connector.MANIFEST for name, connector in self.connectors.items()}

    def require(self, name: str, capability: str) -> Connector:
        """The connector of that name, if its manifest says it can do that."""
        found = self.get(name)
        if capability not in found.MANIFEST["capabilities"]:
            raise ConfigError("CON126", name=name, capability=capability)
        return found

    def having(self, name: str, capability: str) -> bool:
        """Whether that connector is there and can do that."""
        found = self.connectors.get(name)
        return found is not None and capability in found.MANIFEST["capabilities"]


def load_registry(extra: Mapping[str, Connector] | None = None) -> Registry:
    """Load all; one that fails is listed as broken and disturbs no other."""
    points = [EntryPoint(name, value, GROUP) for name, value in BUILT_IN.items()]
    points += [p for p in entry_points(group=GROUP) if p.name not in BUILT_IN]
    connectors: dict[str, Connector] = {}
    broken: dict[str, str] = {}
    for point in points:
        try:
            connectors[point.name] = _load(point)
        except Exception as error:  # noqa: BLE001 - foreign code at import
            broken[point.name] = f"{type(error).__name__}: {error}"[:300]
            log.warning("connector %s is not available: %s", point.name, broken[point.name])
    connectors.update(extra or {})
    return Registry(connectors, broken)


def _load(point: EntryPoint) -> Connector:
    importlib.import_module(point.module)
    connector = cast("Connector", point.load()())
    manifest = connector.MANIFEST
    check_manifest(manifest)
    if manifest["id"] != point.name:
        raise ConfigError(
            "CON123", name=point.name, reason=f"its manifest has another name: {manifest['id']}"
        )
    return connector
