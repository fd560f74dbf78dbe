"""`python -m examples.plant`: run the plant until it is told to stop."""

from __future__ import annotations

import argparse
import gc
import json
import os
import signal
import socket
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from examples.plant.company import leader_of, machine_code, team_code
from examples.plant.http_system import PASSWORD, USER, HttpSystem, Plant
from examples.plant.inspections import EXACT_TEAM, exact_month
from examples.plant.ledger import Ledger
from examples.plant.mail_sink import MailSink
from examples.plant.opcua_server import NAMESPACE, OpcUaServer, quiet_logs
from examples.plant.shopfloor import first_streak
from examples.plant.switches import Switches
from examples.plant.times import MONTHS, PlantClock, Setting, iso, real_now
from examples.plant.world import World

PARENT_CHECK_S = 0.5
FROM_PARENT = "-"


def main() -> None:
    """Start the three servers, say so in one line, wait for a signal, stop."""
    options = _options()
    gc.disable()  # what is built up now stays: looking through it again and again is a third of it
    clock = _clock(options.clock)
    setting = _kept(
        options.state_dir / "setting.json",
        Setting(options.seed, clock.business0, clock.factor, options.history_weeks),
    )
    switches = Switches()
    ledger = Ledger(World(setting), clock, switches=switches, state_dir=options.state_dir)
    mails = MailSink(
        clock,
        switches=switches,
        state_dir=options.state_dir,
        host=options.host,
        port=options.port_smtp,
    )
    quiet_logs()
    opcua = OpcUaServer(
        ledger, switches, host=options.host, port=options.port_opcua or _free_port(options.host)
    )
    addresses: dict[str, Any] = {}
    http = HttpSystem(
        Plant(ledger, switches, mails, addresses), host=options.host, port=options.port_http
    )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    mails.start()
    opcua.start()
    addresses.update(
        http=f"http://{options.host}:{http.port}",
        opcua=opcua.url,
        smtp=f"{options.host}:{mails.port}",
        namespace=NAMESPACE,
        user=USER,
        password=PASSWORD,
    )
    http.start()
    line = {"ready": True, **addresses, "script": _script(setting)}
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    ledger.advance()  # the past is made while the application starts: who asks for it waits
    gc.freeze()
    gc.enable()
    while not stop.wait(PARENT_CHECK_S):
        if options.parent_pid is not None and os.getppid() != options.parent_pid:
            break  # the demo was killed: a plant without it would only hold the ports
    http.stop()
    opcua.stop()
    mails.stop()


def _script(setting: Setting) -> dict[str, Any]:
    """What a demonstration can wait for."""
    streak, month = first_streak(setting), exact_month(setting)
    return {
        "streak_machine": machine_code(streak.machine),
        "streak_leader": leader_of(setting, streak.machine),
        "streak_at": [iso(at) for at in streak.alarms],
        "exact_team": team_code(EXACT_TEAM),
        "exact_month": f"{month // MONTHS}-{month % MONTHS + 1:02}",
    }


def _kept(file: Path, wanted: Setting) -> Setting:
    """The setting of the first start: a clock that was moved since must not change the past."""
    if file.exists():
        return Setting(**json.loads(file.read_text("utf-8")))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(asdict(wanted)), "utf-8")
    return wanted


def _clock(text: str | None) -> PlantClock:
    if text is None:
        now = real_now()
        return PlantClock(now, now)
    if text == FROM_PARENT:
        text = sys.stdin.readline()
        if not text:
            sys.exit(0)  # it could not start: its message says why
    values = json.loads(text)
    return PlantClock(values["real0"], values["business0"], values.get("factor", 1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m examples.plant", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    for name in ("http", "opcua", "smtp"):
        parser.add_argument(f"--port-{name}", type=int, default=0, help="0 takes any free one")
    clock_help = '{"real0":..,"business0":..,"factor":..} in microseconds; - reads it from stdin'
    parser.add_argument("--clock", help=clock_help)
    parser.add_argument("--parent-pid", type=int, help="end when this process does")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--history-weeks", type=int, default=26)
    parser.add_argument("--state-dir", type=Path, required=True)
    return parser.parse_args()


def _free_port(host: str) -> int:
    with socket.socket() as found:
        found.bind((host, 0))
        return int(found.getsockname()[1])


if __name__ == "__main__":
    main()
