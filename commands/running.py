"""Run the application, the demo plant, or the loops alone."""

from __future__ import annotations

from pathlib import Path

import click

from commands.shared import address_of, alone, data_option, settings_of


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@data_option
def serve(host: str, port: int, data: Path | None) -> None:
    """Run the application: web, worker, courier, collector."""
    import app

    base_url = address_of(host, port)
    settings = settings_of(data, base_url=base_url)
    with alone():
        app.serve(
            settings, host=host, port=port, ready=lambda _: click.echo(f"Plumbline: {base_url}")
        )


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--speed", default=60, show_default=True, help="Business seconds per real second.")
@click.option("--start", default=None, help="Business time to begin at (first start only).")
@click.option("--ready-file", type=click.Path(path_type=Path), help="Written when ready (JSON).")
@data_option
def demo(
    host: str, port: int, speed: int, start: str | None, ready_file: Path | None, data: Path | None
) -> None:
    """Run the application together with the demo plant."""
    from examples.starting import Asked, run

    settings = settings_of(data or Path("var/demo"), base_url=address_of(host, port))
    with alone():
        run(settings, Asked(host, port, speed, start, ready_file))


@click.command()
@data_option
def worker(data: Path | None) -> None:
    """Run the loops without the web, beside a server on PostgreSQL."""
    import app

    with alone():
        app.work(settings_of(data))


COMMANDS = (serve, demo, worker)
