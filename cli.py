"""`plumbline`: every command of the product."""

from __future__ import annotations

import json
import logging
import os
import sys
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dsl.diagnostics import Diagnostic, Language
    from dsl.service import Executor
    from runtime.backtest import Known
    from runtime.context import Context
    from runtime.instances import Instance
    from runtime.settings import Settings

LANGUAGE: Language = "zh-CN" if os.environ.get("LANG", "").startswith("zh") else "en"
BACKTEST_PERIODS = 26
EXECUTORS = ("python", "sqlite", "postgresql", "javascript")
TEMPLATES = Path(__file__).resolve().parent / "templates_lib"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="plumbline-lowcode", prog_name="plumbline")
def main() -> None:
    """Plumbline 准绳: low-code rules and forms on real data."""
    logging.basicConfig(
        level=os.environ.get("PLUMBLINE_LOG", "WARNING"),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )


def _settings(data: Path | None = None, base_url: str | None = None) -> Settings:
    from dataclasses import replace

    from runtime.settings import Settings

    found = Settings.from_environment(os.environ)
    if data is not None:
        found = replace(found, data_dir=data.absolute())
    if base_url is not None:
        found = replace(found, base_url=base_url)
    return replace(found, packs_dir=found.packs_dir or TEMPLATES)


def _address(host: str, port: int) -> str:
    """Where people reach the server: said by the operator, never guessed from a request."""
    from runtime.settings import LOOPBACK, SettingsError, checked_base_url

    said = os.environ.get("PLUMBLINE_BASE_URL")
    if said is None and host not in LOOPBACK:
        raise click.ClickException(
            f"set PLUMBLINE_BASE_URL to the address people use; {host} is not one"
            f" / 请把 PLUMBLINE_BASE_URL 设为用户访问的地址：{host} 不是可访问的地址"
        )
    try:
        return checked_base_url(said or f"http://{host}:{port}")
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _problems() -> Iterator[None]:
    """Print each problem with its place and remedy, and leave with 1."""
    from runtime.errors import Refused
    from runtime.remote import RefusedThereError

    try:
        yield
    except Refused as refused:
        _tell(refused.problems)
    except RefusedThereError as refused:
        click.echo("\n".join(refused.lines), err=True)
    else:
        return
    sys.exit(1)


@contextmanager
def _alone() -> Iterator[None]:
    """Say in one sentence that the data or the port belongs to another process or version."""
    import errno

    from store.errors import DatabaseInUseError, NewerDatabaseError

    try:
        yield
    except DatabaseInUseError as error:
        holder = error.args[1]
        raise click.ClickException(
            f"process {holder} works on this data folder; stop it or choose another with --data"
            f" / 进程 {holder} 正在使用这个数据目录：请先停止它，或用 --data 换一个目录"
        ) from error
    except NewerDatabaseError as error:
        raise click.ClickException(
            "a newer version has changed this database; install that version or restore a backup"
            " / 此数据库已由更新的版本升级：请安装该版本，或恢复备份"
        ) from error
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise click.ClickException(
            "the port is taken; choose another with --port / 端口已被占用：请用 --port 换一个"
        ) from error


def _tell(problems: Iterable[Diagnostic]) -> None:
    from runtime.reports import line_of

    for problem in problems:
        click.echo(line_of(problem, LANGUAGE), err=True)


data_option = click.option(
    "--data", type=click.Path(path_type=Path), help="The data folder (PLUMBLINE_DATA)."
)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@data_option
def serve(host: str, port: int, data: Path | None) -> None:
    """Run the application: web, worker, courier, collector."""
    import app

    base_url = _address(host, port)
    settings = _settings(data, base_url=base_url)
    with _alone():
        app.serve(
            settings, host=host, port=port, ready=lambda _: click.echo(f"Plumbline: {base_url}")
        )


@main.command()
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

    settings = _settings(data or Path("var/demo"), base_url=_address(host, port))
    with _alone():
        run(settings, Asked(host, port, speed, start, ready_file))


@main.command()
@data_option
def worker(data: Path | None) -> None:
    """Run the loops without the web, beside a server on PostgreSQL."""
    import app

    with _alone():
        app.work(_settings(data))


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path) -> None:
    """Check the definitions of a pack: every problem with file, place and remedy."""
    from runtime.packs import check_folder

    with _problems():
        problems = check_folder(folder)
    _tell(problems)
    if any(each.severity == "error" for each in problems):
        sys.exit(1)
    click.echo(f"{folder.name}: 0 errors, {len(problems)} warnings")


@main.command()
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


@main.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", help="A parameter.")
@data_option
def import_(path: Path, values: tuple[str, ...], data: Path | None) -> None:
    """Install or upgrade a pack from a folder or zip file."""
    from runtime import remote

    parameters = dict(each.split("=", 1) for each in values)
    with _problems():
        click.echo(remote.install(_settings(data), path, parameters))


@main.group()
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
    with _problems(), closing(Wiring.open(_settings(data))) as wiring, wiring.writing(actor) as ctx:
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
    with _problems(), closing(Wiring.open(_settings(data))) as wiring, wiring.reading(actor) as ctx:
        made = xlsforms.write(ctx, form)
        left = xlsforms.told(ctx, made.left)
    file.write_bytes(made.file.content)
    for each in left:
        click.echo(f"{each['code']} {each['message']}", err=True)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--pack", help="Only this pack.")
@data_option
def export(folder: Path, pack: str | None, data: Path | None) -> None:
    """Write the catalog as files, the same bytes each time."""
    from runtime.packs import export_catalog
    from runtime.wiring import Wiring

    with closing(Wiring.open(_settings(data))) as wiring, wiring.reading() as ctx:
        files = export_catalog(ctx, pack)
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    click.echo(f"{len(files)} files")


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

    with _problems(), instance(_settings(data), url, os.environ.get("PLUMBLINE_TOKEN", "")) as it:
        yield it


@main.command()
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


@main.command()
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


@main.command()
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


@main.command()
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


@main.group()
def formula() -> None:
    """Run, explain, check and format formulas: JSON lines in, JSON lines out."""


def _formula_command(name: str) -> Callable[..., None]:
    @click.option("--executor", default="python", type=click.Choice(EXECUTORS))
    @click.option("--url", help="PostgreSQL to ask (PLUMBLINE_DATABASE_URL).")
    def command(executor: str, url: str | None) -> None:
        from dsl import service

        with _executor(executor, url) as run_with:
            asked = {"executor": run_with} if name == "run" else {}
            answer = partial(
                getattr(service, "run" if name == "run" else f"{name}_line"),
                language=LANGUAGE,
                **asked,
            )
            for line in sys.stdin:
                if line.strip():
                    click.echo(service.answer_text(line, answer, language=LANGUAGE))

    command.__doc__ = f"{name.capitalize()} one formula per line."
    return command


@contextmanager
def _executor(name: str, url: str | None) -> Iterator[Executor]:
    """What computes the formulas: Python, a database, or the interpreter of the browser."""
    from dsl.service import python_executor

    if name == "python":
        yield python_executor
        return
    if name == "javascript":
        from runtime.formula_browser import browser_executor

        with browser_executor() as found:
            yield found
        return
    from store.formula_lines import scratch_executor

    url = "sqlite://" if name == "sqlite" else url or os.environ.get("PLUMBLINE_DATABASE_URL")
    with scratch_executor(url) as found:
        yield found


for _name in ("run", "explain", "check", "format"):
    formula.command(_name)(_formula_command(_name))


@main.command()
@click.argument("rule")
@click.option("--from", "start", help="First period, e.g. 2026-W01 or a date.")
@click.option("--to", "end", help="Last period.")
@click.option("--known", type=click.Choice(["today", "then"]), default="today", show_default=True)
@click.option("--json", "as_json", is_flag=True)
@data_option
def backtest(
    rule: str, start: str | None, end: str | None, known: Known, data: Path | None, *, as_json: bool
) -> None:
    """Try a rule on the past: firings by period and who would have been told."""
    from dataclasses import asdict

    from runtime.backtest import backtest as run_backtest
    from runtime.wiring import Wiring

    with _problems(), closing(Wiring.open(_settings(data))) as wiring, wiring.reading() as ctx:
        first, last = _period_range(ctx, rule, start, end)
        found = run_backtest(ctx, rule, from_period=first, to_period=last, known=known)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
        return
    for period in found.periods:
        click.echo(f"{period.period_label}  {period.firings:4d}  {'█' * period.firings}")
    for receiver in found.receivers:
        click.echo(f"{receiver.name}: {receiver.count}")


def _period_range(ctx: Context, rule: str, start: str | None, end: str | None) -> tuple[int, int]:
    """The periods asked for; by default the 26 that closed last."""
    from builder.model.rule import PeriodRule
    from dsl.values import parse_date
    from runtime.context import day_of
    from runtime.decide.periods import parse_label, period_of

    found = ctx.catalog.rules.get(rule)
    if not isinstance(found, PeriodRule):
        raise click.ClickException(f"{rule} is not a rule over periods")
    grain = ctx.catalog.metrics[found.signal].grain

    def read(text: str) -> int:
        try:
            return parse_label(text, grain)
        except ValueError:
            return period_of(parse_date(text), grain)

    last = read(end) if end else period_of(day_of(ctx.now, ctx.zone), grain) - 1
    return (read(start) if start else last - BACKTEST_PERIODS + 1), last


@main.command()
@click.argument("measurement")
@data_option
def explain(measurement: str, data: Path | None) -> None:
    """Print the passport of a number as JSON."""
    from runtime.explain import passport
    from runtime.wiring import Wiring
    from web.passport_json import passport_json

    with _problems(), closing(Wiring.open(_settings(data))) as wiring, wiring.reading() as ctx:
        found = passport_json(ctx, passport(ctx, measurement), language=LANGUAGE)
    click.echo(json.dumps(found, ensure_ascii=False, indent=1))


@main.group()
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
    with _problems():
        made = remote.create_account(
            _settings(data), login=login, password=password, roles=every, person=person
        )
        click.echo(made)


@main.command()
@data_option
def doctor(data: Path | None) -> None:
    """Look for what is wrong: database, audit chain, stuck work, sources."""
    from runtime.doctor import examine

    findings = examine(_settings(data))
    for finding in findings:
        click.echo(f"{'ok  ' if finding.ok else 'BAD '} {finding.what}: {finding.detail}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@data_option
def backup(folder: Path, data: Path | None) -> None:
    """Copy the database into an empty folder while work goes on, and restore it on trial."""
    from runtime.backup import back_up

    settings = _settings(data)
    with _problems():
        made = back_up(settings, folder)
        rows = sum(made.rows.values())
        click.echo(f"{folder}: {made.size} bytes, {rows} rows, audit entry {made.audit_seq}")
        click.echo(f"not in it, keep it elsewhere: {settings.key_file}")


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--check-only", is_flag=True, help="Restore into a scratch place and look at it.")
@data_option
def restore(folder: Path, data: Path | None, *, check_only: bool) -> None:
    """Put a backup into an empty installation that has the key it was made with."""
    from runtime import backup as backups

    with _problems():
        if check_only:
            problems = backups.verify(_settings(data), folder)
            click.echo("\n".join(problems) or "sound")
            sys.exit(1 if problems else 0)
        made = backups.restore(_settings(data), folder)
        click.echo(f"{sum(made.rows.values())} rows, audit entry {made.audit_seq}")


@main.group()
def person() -> None:
    """The data of one person, over all entities."""


@person.command("export")
@click.argument("code")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@data_option
def export_person(code: str, file: Path, data: Path | None) -> None:
    """Write everything recorded about the person with that code into a ZIP file."""
    from runtime import remote

    with _problems():
        content = remote.export_person(_settings(data), code)
        file.write_bytes(content)
        click.echo(f"{file}: {len(content)} bytes")


@main.command()
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


if __name__ == "__main__":
    main()
