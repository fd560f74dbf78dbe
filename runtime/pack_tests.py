"""Run the tests a pack brings: given records and times, what must follow.

A test file holds one case or a list of cases, JSON, all keys but `case` and `clock` optional:

- `case`: the sentence it proves; `clock`: the business time of the only, or the last, step
- `samples`: true loads the pack's sample records first; `parameters`: values of pack parameters
- `given`: entity -> records, or `{"series": text or list}` (`runtime.decide.series_notation`), or
  both as `{"rows": [...], "series": ...}`. References are written by code, name or uid. A record
  whose unique key is there already is changed. A person nobody described is made, with an
  address and with a manager called `<name>.manager`
- `run`: "rules" (numbers, closed periods and rules, the default) or "metrics" (numbers only)
- `steps`: instead of `given` and `run`, a list of `{"at", "given", "delete", "submit_task", "run",
  "expect"}` in order of time; `submit_task` = `{"rule", "values"}` sends the form of the open card,
  `delete` = entity -> names of records
- `expect`: lists of what is there in the end; a list that is given is complete, except
  `measurements`. A value is compared with what the row says; a key left out is not looked at:
  `mails` {to, template}, `notices` {to, rule}, `alerts` {rule, state, subject, episode, count,
  corrected, period}, `tasks` {rule, to, state, subject, due_at, steps}, `measurements` {metric,
  subject, period, value, target, n, reasons, band}. Times are ISO, periods are labels, numbers are
  strings, `to` and `subject` are names and may go on as a path (`li.manager`)

Rules are on since before the oldest date given, so every period up to the clock is judged.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsl.values import parse_datetime
from runtime.clock import FixedClock, real_now
from runtime.context import SYSTEM_ACTOR, Cause
from runtime.enabling import SYNC
from runtime.errors import Refused
from runtime.jobs_table import HANDLERS
from runtime.pack_expectations import problems_with
from runtime.pack_givens import Givens, oldest_date, wrong
from runtime.packs import install_pack, load_folder
from runtime.scheduler import tick
from runtime.settings import Settings
from runtime.wiring import Wiring
from store import jobs, schedules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from builder.packs import LoadedPack

DAY_US = 86_400_000_000
LONGEST_PAST_US = 800 * DAY_US


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case and everything that was not as expected; nothing is a pass."""

    case: str
    file: str
    problems: tuple[str, ...]


def run_pack_tests(folder: Path) -> list[CaseResult]:
    """Run every case of a pack folder, each on a database of its own."""
    return list(iter_pack_tests(folder))


def iter_pack_tests(folder: Path) -> Iterator[CaseResult]:
    """Run the cases of a pack folder one by one."""
    try:
        shelf = _with_required(folder)
    except Refused as refused:
        yield CaseResult("the pack can be read", "pack.json", (str(refused),))
        return
    for file, cases in shelf[-1].tests.items():
        for case in cases:
            yield run_case(shelf, case, file=file)


def run_case(shelf: list[LoadedPack], case: Mapping[str, Any], *, file: str = "") -> CaseResult:
    """Run one case on a fresh database with these packs, the last one being tested."""
    try:
        problems = _run_case(shelf, case)
    except Refused as refused:
        problems = [str(refused)]
    return CaseResult(str(case.get("case", "?")), file, tuple(problems))


def _run_case(shelf: list[LoadedPack], case: Mapping[str, Any]) -> list[str]:
    steps = _steps(case)
    clock = FixedClock(_start(steps))
    with tempfile.TemporaryDirectory(prefix="plumbline-test-") as folder:
        wiring = Wiring.open(Settings(data_dir=Path(folder)), clock=clock)
        try:
            return _play(wiring, shelf, case, steps=steps)
        finally:
            wiring.close()


def _with_required(folder: Path) -> list[LoadedPack]:
    """The pack and, before it, those it requires from the same shelf."""
    loaded = load_folder(folder)
    required = [
        each for name in loaded.pack.requires for each in _with_required(folder.parent / name)
    ]
    unique = {each.pack.name: each for each in (*required, loaded)}
    return list(unique.values())


def _steps(case: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    steps = case.get("steps")
    if steps is None:
        single = {"at": case.get("clock"), "given": case.get("given", {}), "run": case.get("run")}
        return _timed([single])
    if not steps or "given" not in case:
        return _timed(list(steps))
    first = {"at": steps[0].get("at"), "given": case["given"], "run": "metrics"}
    return _timed([first, *steps])


def _timed(steps: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The steps, if each has a time and they are in order."""
    if not steps or any("at" not in step or step["at"] is None for step in steps):
        raise wrong("a case has a clock, or steps with a time each")
    times = [parse_datetime(step["at"]) for step in steps]
    if times != sorted(times):
        raise wrong("steps are in order of time")
    return steps


def _start(steps: list[Mapping[str, Any]]) -> int:
    first = parse_datetime(steps[0]["at"])
    dates = [oldest_date(step.get("given", {})) for step in steps]
    oldest = min([first, *(each for each in dates if each is not None)]) - DAY_US
    return max(oldest, first - LONGEST_PAST_US)


def _play(
    wiring: Wiring,
    shelf: list[LoadedPack],
    case: Mapping[str, Any],
    *,
    steps: list[Mapping[str, Any]],
) -> list[str]:
    for loaded in shelf:
        samples = loaded.samples if case.get("samples") else {}
        install_pack(
            wiring,
            replace(loaded, samples=samples),
            parameters=case.get("parameters", {}),
            actor=SYSTEM_ACTOR,
        )
    with wiring.writing(SYSTEM_ACTOR, cause="test") as ctx:
        for each in schedules.list_all(ctx.uow):
            if each.kind == SYNC:  # the test itself is the source
                schedules.disable(ctx.uow, each.key)
    givens = Givens(wiring, shelf[-1].pack.name)
    problems: list[str] = []
    for number, step in enumerate(steps):
        wiring.clock = FixedClock(parse_datetime(step["at"]))
        givens.put(step.get("given", {}))
        givens.delete(step.get("delete", {}))
        if "submit_task" in step:
            problems += givens.submit(step["submit_task"])
        _run(wiring, str(step.get("run") or "rules"))
        found = problems_with(wiring, givens, step.get("expect", {}))
        problems += [f"step {number + 1}: {problem}" for problem in found]
    if "clock" in case:
        wiring.clock = FixedClock(parse_datetime(case["clock"]))
        _run(wiring, str(case.get("run") or "rules"))
    return [*problems, *problems_with(wiring, givens, case.get("expect", {}))]


def _run(wiring: Wiring, what: str) -> None:
    """Do what is due at this time: jobs, and for rules the closings they wait for."""
    _drain(wiring)
    while what == "rules" and tick(wiring):
        _drain(wiring)


def _drain(wiring: Wiring) -> None:
    """Do every job that is due; here a failing job fails the test."""
    while True:
        with wiring.writing(SYSTEM_ACTOR, cause="test") as ctx:
            job = jobs.claim(
                ctx.uow, now=ctx.now, real_now=real_now(), owner="test", kinds=tuple(HANDLERS)
            )
            if job is None:
                return
            HANDLERS[job.kind](replace(ctx, cause=Cause(job.cause, job.depth)), job.payload)
            jobs.done(ctx.uow, job, at=ctx.now)
