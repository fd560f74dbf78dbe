"""Formulas, rules and numbers: run, try on the past, explain."""

from __future__ import annotations

import json
import os
import sys
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from commands.shared import LANGUAGE, data_option, settings_of, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from dsl.service import Executor
    from runtime.backtest import Known
    from runtime.context import Context

BACKTEST_PERIODS = 26
EXECUTORS = ("python", "sqlite", "postgresql", "javascript")


@click.group()
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


@click.command()
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

    with (
        told(),
        closing(Wiring.open(settings_of(data))) as wiring,
        wiring.reading() as ctx,
    ):
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


@click.command()
@click.argument("measurement")
@data_option
def explain(measurement: str, data: Path | None) -> None:
    """Print the passport of a number as JSON."""
    from runtime.explain import passport
    from runtime.wiring import Wiring
    from web.passport_json import passport_json

    with (
        told(),
        closing(Wiring.open(settings_of(data))) as wiring,
        wiring.reading() as ctx,
    ):
        found = passport_json(ctx, passport(ctx, measurement), language=LANGUAGE)
    click.echo(json.dumps(found, ensure_ascii=False, indent=1))


COMMANDS = (formula, backtest, explain)
