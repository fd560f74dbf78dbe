"""Two clocks: real time for leases and sessions, business time for everything users see.

This is the one module that may read the machine's clock.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

MICROSECOND = 1
SECOND = 1_000_000


def real_now() -> int:
    """Microseconds since the epoch, as the machine says."""
    return time.time_ns() // 1_000


@dataclass(frozen=True, slots=True)
class BusinessClock:
    """Business time = business0 + (real - real0) x factor; stored, shared by all processes."""

    real0: int
    business0: int
    factor: int = 1

    def now(self) -> int:
        """Business time in microseconds since the epoch."""
        return self.business0 + (real_now() - self.real0) * self.factor

    def real_of(self, business: int) -> int:
        """The real instant at which the business clock shows `business`."""
        return self.real0 + (business - self.business0) // self.factor


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still: tests, simulate and backtest."""

    at: int

    def now(self) -> int:
        """The instant it was set to."""
        return self.at


Clock = BusinessClock | FixedClock
