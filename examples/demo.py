"""Run the demo: both packs, people who can sign in, and the application beside the plant."""

from __future__ import annotations

import json
import secrets
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from dsl.values import parse_datetime
from examples.starting import said_by, tell_clock, waiting_plant
from runtime.accounts import create_account
from runtime.context import SYSTEM_ACTOR
from runtime.ending import end_on_signals
from runtime.endpoints import settle
from runtime.packs import SHIPPED, install_folder
from runtime.sync import sync_source
from runtime.wiring import Wiring
from store.business_keys import ids_by

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from examples.starting import Asked
    from runtime.settings import Settings

# Sunday evening: the first week closes about three real minutes after the first start
START = "2026-06-28T21:30:00+08:00"
PACKS = ("performance_core", "quality_red_line")
POLLED = ("quality_red_line.quality_system", "performance_core.business_system")

Plant = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who can sign in to the demo."""

    login: str
    person: str | None  # code of the person in the plant
    roles: tuple[str, ...]
    who: str


def run(settings: Settings, asked: Asked, child: subprocess.Popen[str], *, began: float) -> None:
    """Run the application beside a waiting plant until Ctrl-C; the next run goes on from there."""
    end_on_signals()
    fresh = not (settings.data_dir / "plumbline.db").exists()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with closing(Wiring.open(replace(settings, exclusive=True))) as wiring:
            if fresh:
                wiring.move_clock(business=_instant(asked.start or START), factor=asked.speed)
            tell_clock(child, wiring.clock)
            import app  # noqa: PLC0415 - the web is loaded while the plant starts

            plant = said_by(child)
            password = prepare(wiring, plant)

            def ready(_: Wiring) -> None:
                took = time.monotonic() - began
                tell(settings, plant, password, took_s=took, ready_file=asked.ready_file)

            app.serve_on(wiring, host=asked.host, port=asked.port, ready=ready)
    except (KeyboardInterrupt, SystemExit):
        click.echo("")


@contextmanager
def running_plant(wiring: Wiring, host: str, port: int) -> Iterator[Plant]:
    """The plant on the same clock, ready."""
    with waiting_plant(wiring.settings.data_dir, host, port) as child:
        tell_clock(child, wiring.clock)
        yield said_by(child)


def prepare(wiring: Wiring, plant: Plant) -> str:
    """Packs, addresses, first data and accounts, as far as they are not there yet; the password."""
    with wiring.reading() as ctx:
        installed = set(ctx.catalog.packs)
    for pack in PACKS:
        if pack not in installed:
            click.echo(f"  installing {pack} / 安装 {pack} ...")
            install_folder(wiring, SHIPPED / pack, parameters=parameters_of(pack, plant))
    host, _, smtp_port = plant["smtp"].rpartition(":")
    mail = {"host": host, "port": smtp_port, "security": "none", "sender": "plumbline@demo.example"}
    secret = {"user": plant["user"], "password": plant["password"]}
    with wiring.writing(SYSTEM_ACTOR, cause="demo") as ctx:
        settle(ctx, "mail", mail, allow=[(host, int(smtp_port))])
        for source in POLLED:
            settle(ctx, source, {"base_url": plant["http"], **secret})
    keep = wiring.settings.data_dir / "demo-password"
    if keep.exists():
        return keep.read_text(encoding="utf-8")
    click.echo("  reading 26 weeks of history / 读取 26 周历史 ...")
    for source in POLLED:
        sync_source(wiring, source, force=True)
    password = secrets.token_urlsafe(9)
    add_accounts(wiring, plant, password)
    keep.touch(mode=0o600)
    keep.write_text(password, encoding="utf-8")
    return password


def parameters_of(pack: str, plant: Plant) -> Mapping[str, str]:
    """What the packs ask for."""
    addresses = {"base_url": plant["http"]}
    return addresses if pack == PACKS[0] else {**addresses, "opcua_url": plant["opcua"]}


def logins_of(plant: Plant) -> tuple[Login, ...]:
    """One person of each kind."""
    core, red = PACKS
    leader = (f"{core}.leader", f"{red}.shift_leader")
    return (
        Login("admin", None, (ADMIN_ROLE,), "administrator / 系统管理员"),
        Login("leader", plant["script"]["streak_leader"], leader, "shift leader / 班组长"),
        Login(
            "quality",
            "P007",
            (f"{core}.leader", f"{red}.quality_manager"),
            "quality manager / 质量经理",
        ),
        Login("hr", "P011", (f"{core}.hr",), "HR / 人力资源"),
    )


ADMIN_ROLE = "admin"


def add_accounts(wiring: Wiring, plant: Plant, password: str) -> None:
    """The people who can sign in to the demo."""
    logins = logins_of(plant)
    with wiring.writing(SYSTEM_ACTOR, cause="demo") as ctx:
        codes = [each.person for each in logins if each.person]
        people = ids_by(ctx.uow, ctx.tables, "person", by="code", values=codes)
        for each in logins:
            person = people[each.person] if each.person else None
            create_account(ctx, each.login, password, roles=each.roles, person_id=person)


def tell(
    settings: Settings, plant: Plant, password: str, *, took_s: float, ready_file: Path | None
) -> None:
    """Say where to go and who one can be."""
    logins = logins_of(plant)
    click.echo(f"\n  Plumbline 准绳   {settings.base_url}   ({took_s:.1f} s)")
    click.echo(f"  demo plant 演示工厂   {plant['http']}   (alarms, switches, mails)\n")
    for each in logins:
        click.echo(f"  {each.login:<10}{password:<16}{each.who}")
    click.echo("\n  Ctrl-C stops it; the next start goes on from there.\n")
    if ready_file is not None:
        facts = {
            "url": settings.base_url,
            "plant": plant,
            "password": password,
            "logins": [each.login for each in logins],
            "took_s": took_s,
        }
        part = ready_file.with_suffix(".part")
        part.write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        part.rename(ready_file)


def _instant(text: str) -> int:
    found = parse_datetime(text)
    if not isinstance(found, int):
        raise click.ClickException(f"not a date and time: {text}")
    return found
