"""Have a connector do one thing outside, with the settings of the source that uses it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from builder.model.others import Source
from connectors.errors import ConfigError
from runtime.endpoints import open_places, put_secret, targets_of
from runtime.org import require_admin
from runtime.sources import connector_context, held
from store import audit, settings_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtime.context import Context
    from runtime.wiring import Wiring


PREFIX = "connector:"


def act(
    wiring: Wiring, connector: str, operation: str, payload: Mapping[str, Any], *, key: str
) -> dict[str, Any]:
    """Carry out an operation; `key` is the same when it is done again.

    The settings are those of the installation (`configure`), else of the first source that
    uses the connector.

    Raises:
        ConnectorError: it did not work, or nothing is set up for it.
    """
    with wiring.reading() as ctx:
        source = source_for(ctx, connector)
        holds = held(ctx, wiring, source.name)
    found = wiring.connectors.require(connector, "act")
    context = connector_context(wiring, source, holds)
    done = found.act(context, operation, dict(payload), key=key)
    return {"source": source.name, "response": done.response}


def configure(
    ctx: Context,
    connector: str,
    config: Mapping[str, Any],
    *,
    secrets: Mapping[str, str] | None = None,
) -> None:
    """Set up a connector of the installation itself, such as the mail server.

    The administrator who names host and port allows them.
    """
    require_admin(ctx)
    settings_table.put(ctx.uow, PREFIX + connector, json.dumps(dict(config), sort_keys=True))
    source = Source(name=connector, label={}, connector=connector, config=config)
    targets = list(targets_of(source, {}))
    open_places(ctx, connector, [(target.host, target.port) for target in targets])
    for name, text in (secrets or {}).items():
        put_secret(ctx, connector, name, text, targets)
    audit.append(
        ctx.uow,
        actor=ctx.actor.name,
        action="connector.configure",
        target=connector,
        detail={"origins": [target.origin for target in targets]},
        at=ctx.now,
    )


def source_for(ctx: Context, connector: str) -> Source:
    """The source whose settings a connector acts with.

    Raises:
        ConfigError: nothing is set up for it.
    """
    own = settings_table.get(ctx.uow, PREFIX + connector)
    if own is not None:
        return Source(name=connector, label={}, connector=connector, config=json.loads(own))
    for _, source in sorted(ctx.catalog.sources.items()):
        if source.connector == connector:
            return source
    raise ConfigError("CON123", name=connector, reason="no source is set up for it")
