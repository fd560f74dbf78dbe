"""Settings of sources: parameters, secrets bound to one address, addresses that may be called."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connectors.addresses import PORTS, Target, target_of
from connectors.errors import ConfigError
from connectors.substitution import fill, names
from dsl.diagnostics import Diagnostic
from runtime.errors import Invalid, NotFound
from runtime.org import require_admin
from store import audit
from store import sources as stored
from store.sources import Setting

if TYPE_CHECKING:
    from builder.model.others import Source
    from runtime.context import Context

SCHEMES = tuple(PORTS)
_URL = re.compile(r"[a-z][a-z.+]{1,15}://[^\s/?#]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address one source calls."""

    source: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Settled:
    """Which addresses may be called now, and which still wait for an administrator."""

    allowed: tuple[Endpoint, ...]
    asks: tuple[Endpoint, ...]


def put_parameters(
    ctx: Context,
    pack: str,
    values: Mapping[str, str],
    *,
    allow: Collection[tuple[str, int]] = (),
) -> Settled:
    """Give the sources of a pack the values they ask for."""
    allowed: list[Endpoint] = []
    asks: list[Endpoint] = []
    for name, source in sorted(ctx.catalog.sources.items()):
        if source.pack != pack:
            continue
        mine = {key: value for key, value in values.items() if key in asked(source)}
        settled = settle(ctx, name, mine, allow=allow)
        allowed += settled.allowed
        asks += settled.asks
    return Settled(tuple(allowed), tuple(asks))


def settle(
    ctx: Context,
    name: str,
    values: Mapping[str, str],
    *,
    allow: Collection[tuple[str, int]] = (),
) -> Settled:
    """Set parameters and secrets of one source.

    An address is allowed when an administrator typed it, or names it in `allow`. A secret serves
    only the address that is set when the secret is entered; another address needs it again.

    Raises:
        Invalid: the source asks for no such value.
    """
    require_admin(ctx)
    source = ctx.catalog.sources.get(name)
    if source is None:
        raise NotFound(name)
    strange = sorted(set(values) - asked(source))
    if strange:
        raise Invalid(*(Diagnostic("RUN403", {"name": key}, pointer=f"/{key}") for key in strange))
    secrets = names(source.config, "secret")
    plain = {key: value for key, value in values.items() if key not in secrets}
    for key, value in plain.items():
        stored.put_setting(ctx.uow, name, Setting(key, value, secret=False, origin=None))
    targets = list(targets_of(source, parameters_of(ctx, name)))
    for key in sorted(set(values) & secrets):
        put_secret(ctx, name, key, values[key], targets)
    audit.append(
        ctx.uow,
        actor=ctx.actor.name,
        action="source.settings",
        target=name,
        detail={"names": sorted(values)},  # never the values
        at=ctx.now,
    )
    return _settled(ctx, name, targets, typed=plain.values(), allow=allow)


def settings_of(ctx: Context, name: str) -> dict[str, Any]:
    """What a source asks for and what is set; of a secret only that it is set and for whom."""
    require_admin(ctx)
    source = ctx.catalog.sources.get(name)
    if source is None:
        raise NotFound(name)
    kept = {each.name: each for each in stored.settings(ctx.uow, name)}
    secrets = names(source.config, "secret")
    targets = list(targets_of(source, parameters_of(ctx, name)))
    known = list(stored.egress_rules(ctx.uow, name))
    origins = {target.origin for target in targets}
    return {
        "settings": [
            {
                "name": key,
                "secret": key in secrets,
                "set": key in kept,
                "value": kept[key].value if key in kept and key not in secrets else None,
                "bound_to": kept[key].origin if key in kept else None,
                # a secret entered for another address is never sent to this one
                "fits": key not in kept or key not in secrets or kept[key].origin in origins,
            }
            for key in sorted(asked(source), key=lambda each: (each in secrets, each))
        ],
        "endpoints": [
            {"host": t.host, "port": t.port, "allowed": (t.host, t.port) in known} for t in targets
        ],
    }


def asked(source: Source) -> frozenset[str]:
    """The names of the parameters and secrets a source asks for."""
    return names(source.config, "param") | names(source.config, "secret")


def parameters_of(ctx: Context, source: str) -> dict[str, str]:
    """The plain settings of a source."""
    return {s.name: s.value for s in stored.settings(ctx.uow, source) if not s.secret}


def targets_of(source: Source, parameters: Mapping[str, str]) -> Iterator[Target]:
    """Where a source connects to, as far as its parameters are set."""

    def lookup(kind: str, key: str) -> str | None:
        return parameters.get(key) if kind == "param" else None

    config: Mapping[str, Any] = fill(source.config, lookup)
    seen: set[Target] = set()
    for text in _texts(config):
        for found in _URL.findall(text):
            seen |= set(_target(found))
    if isinstance(config.get("host"), str) and str(config.get("port", "")).isdigit():
        seen.add(Target(source.connector, str(config["host"]), int(config["port"])))
    yield from sorted(seen, key=lambda target: target.origin)


def _target(url: str) -> Iterator[Target]:
    try:
        yield target_of(url, schemes=SCHEMES)
    except ConfigError:  # not an address; the connector says so when it is used
        return


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for part in value.values():
                yield from _texts(part)
        case list() | tuple():
            for part in value:
                yield from _texts(part)
        case _:
            return


def put_secret(
    ctx: Context, source: str, name: str, text: str, targets: Collection[Target]
) -> None:
    """Keep a secret, encrypted and bound to the one address it is for."""
    if ctx.keyring is None:
        message = "a context made by hand has no keys"
        raise TypeError(message)
    origins = [target.origin for target in targets]
    if len(origins) != 1:  # a secret that fits anywhere could be carried anywhere
        raise Invalid(Diagnostic("RUN408", {"name": name}, pointer=f"/{name}"))
    token = ctx.keyring.encrypt(text)
    stored.put_setting(ctx.uow, source, Setting(name, token, secret=True, origin=origins[0]))


def _settled(
    ctx: Context,
    source: str,
    targets: Collection[Target],
    *,
    typed: Collection[str],
    allow: Collection[tuple[str, int]],
) -> Settled:
    known = list(stored.egress_rules(ctx.uow, source))
    allowed: list[Endpoint] = []
    asks: list[Endpoint] = []
    for target in targets:
        place = (target.host, target.port)
        by_hand = target.host in typed or any(target in set(_typed_targets(t)) for t in typed)
        may = place in known or place in allow or by_hand
        (allowed if may else asks).append(Endpoint(source, *place))
    open_places(ctx, source, [(each.host, each.port) for each in allowed])
    return Settled(tuple(allowed), tuple(asks))


def open_places(ctx: Context, source: str, places: Collection[tuple[str, int]]) -> None:
    """Let a source call these places too."""
    known = list(stored.egress_rules(ctx.uow, source))
    wanted = list(dict.fromkeys([*known, *places]))
    if wanted != known:
        stored.set_egress_rules(ctx.uow, source, wanted)


def _typed_targets(text: str) -> Iterator[Target]:
    for found in _URL.findall(text):
        yield from _target(found)
