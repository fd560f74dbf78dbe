"""Packs and forms as files: check, test, install, export."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from commands.shared import LANGUAGE, data_option, settings_of, tell, told


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path) -> None:
    """Check the definitions of a pack: every problem with file, place and remedy."""
    from runtime.packs import check_folder

    with told():
        problems = check_folder(folder)
    tell(problems)
    if any(each.severity == "error" for each in problems):
        sys.exit(1)
    click.echo(f"{folder.name}: 0 errors, {len(problems)} warnings")


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def test(folder: Path) -> None:
    """Run a pack's own tests: given records and time, expected alerts, tasks, mails, numbers."""
    from runtime.pack_tests import run_pack_tests

    results = run_pack_tests(folder)
    failed = [each for each in results if each.problems]
    for each in results:
        click.echo(f"{'FAIL' if each.problems else 'ok  '}  {each.case}")
        for problem in each.problems:
            click.echo(f"      {problem}")
    click.echo(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    sys.exit(1 if failed or not results else 0)


@click.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", help="A parameter.")
@data_option
def import_(path: Path, values: tuple[str, ...], data: Path | None) -> None:
    """Install or upgrade a pack from a folder or zip file."""
    from runtime import remote

    parameters = dict(each.split("=", 1) for each in values)
    with told():
        click.echo(remote.install(settings_of(data), path, parameters))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--pack", help="Only this pack.")
@data_option
def export(folder: Path, pack: str | None, data: Path | None) -> None:
    """Write the catalog as files, the same bytes each time."""
    from runtime.packs import export_catalog
    from runtime.wiring import Wiring

    with closing(Wiring.open(settings_of(data))) as wiring, wiring.reading() as ctx:
        files = export_catalog(ctx, pack)
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    click.echo(f"{len(files)} files")


@click.group()
def xlsform() -> None:
    """Forms as XLSForm workbooks, as ODK and KoboToolbox use them."""


@xlsform.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--pack", required=True, help="The pack the definitions go into.")
@click.option("--key", help="The key of the entity, where that of the form is not it.")
@data_option
def xlsform_import(file: Path, pack: str, key: str | None, data: Path | None) -> None:
    """Make drafts of an entity and its form; what has no counterpart is listed."""
    from runtime import xlsforms
    from runtime.context import SYSTEM_ACTOR
    from runtime.wiring import Wiring

    wanted = xlsforms.Wanted(file.name, file.read_bytes(), pack, key)
    actor = replace(SYSTEM_ACTOR, language=LANGUAGE)
    with (
        told(),
        closing(Wiring.open(settings_of(data))) as wiring,
        wiring.writing(actor) as ctx,
    ):
        made = xlsforms.make_drafts(ctx, wanted, manifests=wiring.connectors.manifests())
    for each in made["drafts"]:
        click.echo(f"{each['kind']} {each['name']}")
    for each in made["left_out"]:
        click.echo(f"{each['code']} {each['message']}", err=True)


@xlsform.command("export")
@click.argument("form")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@data_option
def xlsform_export(form: str, file: Path, data: Path | None) -> None:
    """Write a form as a workbook; what XLSForm has no words for is listed."""
    from runtime import xlsforms
    from runtime.context import SYSTEM_ACTOR
    from runtime.wiring import Wiring

    actor = replace(SYSTEM_ACTOR, language=LANGUAGE)
    with (
        told(),
        closing(Wiring.open(settings_of(data))) as wiring,
        wiring.reading(actor) as ctx,
    ):
        made = xlsforms.write(ctx, form)
        left = xlsforms.told(ctx, made.left)
    file.write_bytes(made.file.content)
    for each in left:
        click.echo(f"{each['code']} {each['message']}", err=True)


COMMANDS = (check, test, import_, export, xlsform)
