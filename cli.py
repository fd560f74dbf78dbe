"""`plumbline`: every command of the product."""

from __future__ import annotations

import logging
import os

import click

from commands import environments, keeping, numbers, packs, pages, running


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="plumbline-lowcode", prog_name="plumbline")
def main() -> None:
    """Plumbline 准绳: low-code rules and forms on real data."""
    logging.basicConfig(
        level=os.environ.get("PLUMBLINE_LOG", "WARNING"),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )


for room in (running, packs, environments, numbers, keeping, pages):
    for command in room.COMMANDS:
        main.add_command(command)


if __name__ == "__main__":
    main()
