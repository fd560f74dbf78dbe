"""How a process of ours ends when it is told to."""

from __future__ import annotations

import signal


def end_on_signals() -> None:
    """SIGTERM and Ctrl-C end the process; the latter also when a script started it with `&`."""
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have had it ignored


def _leave(_signal: int, _frame: object) -> None:
    raise SystemExit(0)
