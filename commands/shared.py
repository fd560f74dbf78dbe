"""What the commands share: where the data is, how problems are told, who else is at work."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dsl.diagnostics import Diagnostic, Language
    from runtime.settings import Settings

LANGUAGE: Language = "zh-CN" if os.environ.get("LANG", "").startswith("zh") else "en"
TEMPLATES = Path(__file__).resolve().parents[1] / "templates_lib"


def settings_of(data: Path | None = None, base_url: str | None = None) -> Settings:
    """The settings of the environment, with what the command line says."""
    from dataclasses import replace

    from runtime.settings import Settings

    found = Settings.from_environment(os.environ)
    if data is not None:
        found = replace(found, data_dir=data.absolute())
    if base_url is not None:
        found = replace(found, base_url=base_url)
    return replace(found, packs_dir=found.packs_dir or TEMPLATES)


def address_of(host: str, port: int) -> str:
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
def told() -> Iterator[None]:
    """Print each problem with its place and remedy, and leave with 1."""
    from runtime.errors import Refused
    from runtime.remote import RefusedThereError

    try:
        yield
    except Refused as refused:
        tell(refused.problems)
    except RefusedThereError as refused:
        click.echo("\n".join(refused.lines), err=True)
    else:
        return
    sys.exit(1)


@contextmanager
def alone() -> Iterator[None]:
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


def tell(problems: Iterable[Diagnostic]) -> None:
    """Print problems, each with its place and remedy."""
    from runtime.reports import line_of

    for problem in problems:
        click.echo(line_of(problem, LANGUAGE), err=True)


data_option = click.option(
    "--data", type=click.Path(path_type=Path), help="The data folder (PLUMBLINE_DATA)."
)
