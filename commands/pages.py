"""Print the generated pages."""

from __future__ import annotations

import sys

import click


@click.command()
@click.argument("what", type=click.Choice(["formula", "errors", "openapi", "policies"]))
def docs(what: str) -> None:
    """Print a generated page: the manual of formulas, the errors, the API, or who may call it."""
    from dsl.manual import manual
    from runtime.reports import errors_page
    from web.openapi import openapi_text
    from web.policies import policies_page

    pages = {
        "formula": manual,
        "errors": errors_page,
        "openapi": openapi_text,
        "policies": policies_page,
    }
    sys.stdout.write(pages[what]())


COMMANDS = (docs,)
