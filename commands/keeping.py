"""Keep an installation: accounts, health, copies, the data of a person."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from commands.shared import data_option, settings_of, told


@click.group()
def account() -> None:
    """People who sign in."""


@account.command("create")
@click.argument("login")
@click.option("--role", "roles", multiple=True)
@click.option("--person", help="Code of the person.")
@click.option("--admin", is_flag=True)
@data_option
def account_create(
    login: str, roles: tuple[str, ...], person: str | None, data: Path | None, *, admin: bool
) -> None:
    """Create an account; the password is asked for, or read from standard input."""
    from runtime import remote

    password = click.prompt("Password", hide_input=sys.stdin.isatty(), err=True)
    every = (*roles, "admin") if admin else roles
    with told():
        made = remote.create_account(
            settings_of(data), login=login, password=password, roles=every, person=person
        )
        click.echo(made)


@click.command()
@data_option
def doctor(data: Path | None) -> None:
    """Look for what is wrong: database, audit chain, stuck work, sources."""
    from runtime.doctor import examine

    findings = examine(settings_of(data))
    for finding in findings:
        click.echo(f"{'ok  ' if finding.ok else 'BAD '} {finding.what}: {finding.detail}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@data_option
def backup(folder: Path, data: Path | None) -> None:
    """Copy the database into an empty folder while work goes on, and restore it on trial."""
    from runtime.backup import back_up

    settings = settings_of(data)
    with told():
        made = back_up(settings, folder)
        rows = sum(made.rows.values())
        click.echo(f"{folder}: {made.size} bytes, {rows} rows, audit entry {made.audit_seq}")
        click.echo(f"not in it, keep it elsewhere: {settings.key_file}")


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--check-only", is_flag=True, help="Restore into a scratch place and look at it.")
@data_option
def restore(folder: Path, data: Path | None, *, check_only: bool) -> None:
    """Put a backup into an empty installation that has the key it was made with."""
    from runtime import backup as backups

    with told():
        if check_only:
            problems = backups.verify(settings_of(data), folder)
            click.echo("\n".join(problems) or "sound")
            sys.exit(1 if problems else 0)
        made = backups.restore(settings_of(data), folder)
        click.echo(f"{sum(made.rows.values())} rows, audit entry {made.audit_seq}")


@click.group()
def person() -> None:
    """The data of one person, over all entities."""


@person.command("export")
@click.argument("code")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@data_option
def export_person(code: str, file: Path, data: Path | None) -> None:
    """Write everything recorded about the person with that code into a ZIP file."""
    from runtime import remote

    with told():
        content = remote.export_person(settings_of(data), code)
        file.write_bytes(content)
        click.echo(f"{file}: {len(content)} bytes")


COMMANDS = (account, doctor, backup, restore, person)
