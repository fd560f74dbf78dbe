"""Render message templates in a process of its own: JSON lines in, JSON lines out.

Templates come from packs, so this child has little memory, no secrets and no database; the
parent ends it when an answer is late (`runtime.notify`).
"""

from __future__ import annotations

import json
import resource
import sys
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

MEMORY_BYTES = 512 * 2**20
OUTPUT_CHARACTERS = 2**20
FILTERS = ("upper", "lower", "trim", "join", "length", "default", "replace", "round", "e")


class PlainDataEnvironment(ImmutableSandboxedEnvironment):
    """A sandbox in which only dictionary keys can be reached, no attribute of any object."""

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """No attribute is safe: templates see plain data."""
        del obj, attr, value
        return False


def percent(value: str | None, decimals: int = 1) -> str:
    """A ratio as people read it: 0.3786 is 37.9%; nothing is a dash."""
    if value is None:
        return "-"
    exact = Decimal(value) * 100
    rounded = exact.quantize(Decimal(1).scaleb(-min(max(decimals, 0), 6)), ROUND_HALF_UP)
    return f"{rounded}%"


def environment() -> PlainDataEnvironment:
    """The sandbox: no loader, no globals, a short list of filters."""
    sandbox = PlainDataEnvironment(undefined=StrictUndefined, autoescape=False)
    sandbox.globals.clear()
    sandbox.filters = {name: sandbox.filters[name] for name in FILTERS} | {"percent": percent}
    return sandbox


def answer(sandbox: PlainDataEnvironment, line: str) -> dict[str, Any]:
    """Render one request {"templates": {name: text}, "values": {...}}."""
    request = json.loads(line)
    try:
        texts = {
            name: sandbox.from_string(text).render(request["values"])
            for name, text in request["templates"].items()
        }
    except (TemplateError, ArithmeticError, TypeError, ValueError, MemoryError) as error:
        return {"error": f"{type(error).__name__}: {error}"[:500]}
    if sum(map(len, texts.values())) > OUTPUT_CHARACTERS:
        return {"error": "the message is longer than 1 MiB"}
    return {"texts": texts}


def main() -> None:
    """Say that we are there, then answer requests until the parent closes the pipe."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    sandbox = environment()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(sandbox, line)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
