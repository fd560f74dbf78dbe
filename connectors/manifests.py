"""Load and check manifests and configurations against their JSON Schema."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema

from connectors.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOWN = 200
HERE = Path(__file__).parent


@cache
def manifest_schema() -> Mapping[str, Any]:
    """The schema every manifest must meet."""
    loaded: dict[str, Any] = json.loads((HERE / "manifest.schema.json").read_text("utf-8"))
    return loaded


def load_manifest(folder: Path) -> Mapping[str, Any]:
    """The `manifest.json` of a connector folder."""
    loaded: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return loaded


def check_manifest(manifest: Mapping[str, Any]) -> None:
    """Refuse a manifest that does not meet the schema."""
    _validate(manifest, manifest_schema())
    jsonschema.Draft202012Validator.check_schema(manifest["config_schema"])


def check_config(config: Mapping[str, Any], manifest: Mapping[str, Any]) -> None:
    """Refuse a configuration that does not meet the connector's own schema."""
    _validate(config, manifest["config_schema"])


def _validate(document: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator(dict(schema))
    problem = next(iter(sorted(validator.iter_errors(document), key=_depth)), None)
    if problem is None:
        return
    pointer = "/" + "/".join(str(part) for part in problem.absolute_path)
    # the message of jsonschema quotes the value, which may hold a password: name the rule only
    raise ConfigError("CON121", pointer=pointer, reason=_reason(problem))


def _depth(problem: jsonschema.ValidationError) -> tuple[int, str]:
    return -len(problem.absolute_path), str(problem.json_path)


def _reason(problem: jsonschema.ValidationError) -> str:
    if problem.validator in {"required", "additionalProperties", "enum", "const"}:
        return f"it does not fit the schema: {problem.message}"[:SHOWN]
    return f"it does not fit the schema: {problem.validator} {problem.validator_value}"[:SHOWN]
