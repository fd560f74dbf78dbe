"""Bring a catalog from one instance to another: plan, diff, pull, push."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.shared import data_option, settings_of, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.instances import Instance

url_option = click.option(
    "--url", help="Another running instance; its token is in PLUMBLINE_TOKEN."
)
consent_option = click.option(
    "--consent", multiple=True, metavar="NAME", help="Let values of ENTITY.FIELD stay behind."
)
delete_option = click.option("--delete", is_flag=True, help="Also take away what is not there.")
folder_argument = click.argument("folder", type=click.Path(file_okay=False, path_type=Path))


@contextmanager
def _instance(data: Path | None, url: str | None) -> Iterator[Instance]:
    from runtime.instances import instance

    with (
        told(),
        instance(settings_of(data), url, os.environ.get("PLUMBLINE_TOKEN", "")) as it,
    ):
        yield it


@click.command()
@folder_argument
@delete_option
@url_option
@data_option
def plan(folder: Path, url: str | None, data: Path | None, *, delete: bool) -> None:
    """Say what pushing a folder would do: values that do not convert, uses, wider rights."""
    from runtime.environments import Pushed
    from runtime.instances import read_folders

    with _instance(data, url) as there:
        found = there.plan(Pushed(read_folders(folder), delete=delete))
    click.echo("\n".join((*found.lines, *(f"consent: {name}" for name in found.consent))))


@click.command()
@folder_argument
@url_option
@data_option
def diff(folder: Path, url: str | None, data: Path | None) -> None:
    """Compare a folder with an instance; leaves with 1 when they differ."""
    from runtime.environments import compare
    from runtime.instances import read_folders

    with _instance(data, url) as there:
        found = compare(read_folders(folder), there.files())
    for sign, names in (("+", found.added), ("~", found.changed), ("-", found.missing)):
        for name in names:
            click.echo(f"{sign} {name}")
    sys.exit(0 if found.empty else 1)


@click.command()
@folder_argument
@delete_option
@url_option
@data_option
def pull(folder: Path, url: str | None, data: Path | None, *, delete: bool) -> None:
    """Write the definitions of an instance into a folder, the same bytes each time."""
    from runtime.instances import write_folders

    with _instance(data, url) as there:
        found = write_folders(folder, there.files(), delete=delete)
    gone = found.missing if delete else ()
    click.echo(f"{len(found.added)} new, {len(found.changed)} changed, {len(gone)} removed")


@click.command()
@folder_argument
@delete_option
@consent_option
@click.option("--note", default="", help="What for; kept with the revision.")
@url_option
@data_option
def push(
    folder: Path,
    consent: tuple[str, ...],
    note: str,
    url: str | None,
    data: Path | None,
    *,
    delete: bool,
) -> None:
    """Publish a folder in an instance, all or nothing."""
    from runtime.environments import Pushed
    from runtime.instances import read_folders

    with _instance(data, url) as there:
        asked = Pushed(read_folders(folder), delete=delete, consent=frozenset(consent), note=note)
        click.echo(there.push(asked))


COMMANDS = (plan, diff, pull, push)
