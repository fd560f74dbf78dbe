"""What the collector is started with."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Options:
    """The command line of the collector."""

    address: str  # unix:/path or tcp:host:port
    token_file: Path
    journal: Path
    parent_pid: int | None
    linger_s: float
    limit_mb: float


def parse(arguments: Sequence[str] | None = None) -> Options:
    """The options of a command line."""
    parser = argparse.ArgumentParser(prog="plumbline-collector", description=__doc__)
    parser.add_argument("--address", required=True)
    parser.add_argument("--token-file", required=True, type=Path)
    parser.add_argument("--journal", required=True, type=Path)
    parser.add_argument("--parent-pid", type=int)
    parser.add_argument("--linger-s", type=float, default=3600.0)
    parser.add_argument("--limit-mb", type=float, default=512.0)
    found = parser.parse_args(arguments)
    return Options(
        address=found.address,
        token_file=found.token_file,
        journal=found.journal,
        parent_pid=found.parent_pid,
        linger_s=found.linger_s,
        limit_mb=found.limit_mb,
    )
