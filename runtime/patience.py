"""Do a unit of work again when it lost against another one; say so when that does not help."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from store.errors import BusyError, is_retryable, is_unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
PAUSES_S = (0.01, 0.05, 0.2, 0.5)
LONGEST_S = 10.0  # a try that waited for a lock itself is not made five times


def patiently(work: Callable[[], T], *, pauses_s: Sequence[float] = PAUSES_S) -> T:
    """Do a whole unit of work, again when it lost against another one; `()` does it once.

    What was written by a try that failed is rolled back, so a repetition does nothing twice.

    Raises:
        BusyError: the database has no turn for it now; the caller may try again later.
    """
    ends = time.monotonic() + LONGEST_S
    for pause_s in pauses_s:
        try:
            return work()
        except Exception as error:
            if is_unavailable(error):
                raise BusyError(str(error)) from error
            if not is_retryable(error):
                raise
            if time.monotonic() + pause_s > ends:
                raise _busy(error) from error
        time.sleep(pause_s)
    try:
        return work()
    except Exception as error:
        if is_retryable(error) or is_unavailable(error):
            raise _busy(error) from error
        raise


def _busy(error: Exception) -> BusyError:
    return error if isinstance(error, BusyError) else BusyError(str(error))
