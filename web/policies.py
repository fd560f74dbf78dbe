"""The policy matrix: every address, and what each kind of principal is answered there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.api import all_routes
from web.openapi import routes as described
from web.routes import PREFIX, Policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from web.routes import Route

PRINCIPALS = (
    "nobody", "person", "administrator", "key without the scope", "key with the scope",
    "administrator's key with the scope, without `admin`", "the same with `admin`",
)  # fmt: skip
ANSWERS: Mapping[Policy, tuple[str, ...]] = {
    Policy.PUBLIC: ("yes",) * 7,
    Policy.OWN: ("401", "yes", "yes", "403", "403", "403", "403"),
    Policy.SIGNED_IN: ("401", "yes", "yes", "403", "yes", "yes", "yes"),
    Policy.ADMIN: ("401", "403", "yes", "403", "403", "403", "yes"),
    Policy.LINK: ("404",) * 7,  # only the token in the address counts
}
TAKES_KEYS = {Policy.SIGNED_IN, Policy.ADMIN}
PAGES = ("GET /", "GET /<page:path>", "GET /assets/<path:name>")  # of the client: no data in them
HEAD = """# Who may call what

Made by `plumbline docs policies`; a test calls every address as every principal and holds the
answers against this table. "yes" means: the address is open, and rights on records decide what
comes back. A view without a policy keeps the application from starting.

"""


def every_route() -> list[Route]:
    """The operations of the API, with its own description."""
    return [*all_routes(), *described.listed]


def policies_page() -> str:
    """The matrix as a page."""
    rows = [("operation", "policy", "scope", *PRINCIPALS), ("---",) * (3 + len(PRINCIPALS))]
    rows += sorted(_rows())
    return HEAD + "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def _rows() -> Iterator[tuple[str, ...]]:
    for page in PAGES:
        yield (f"`{page}`", Policy.PUBLIC.value, "", *ANSWERS[Policy.PUBLIC])
    for route in every_route():
        scope = f"`{route.scope}`" if route.policy in TAKES_KEYS else ""
        place = f"`{route.method} {PREFIX}{route.path}`"
        yield (place, route.policy.value, scope, *ANSWERS[route.policy])
