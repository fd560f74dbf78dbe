"""Why a verb is refused; raising one rolls the unit of work back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import runtime.codes  # noqa: F401 -- the texts belong to the codes used here
from dsl.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Mapping


class Refused(Exception):  # noqa: N818 -- a refusal is an answer, not a fault
    """A verb can not be carried out; `problems` say why."""

    def __init__(self, *problems: Diagnostic) -> None:
        super().__init__("; ".join(problem.text("en") for problem in problems))
        self.problems = problems


class NotFound(Refused):
    """It is not there, or the actor may not know that it is."""

    def __init__(self, what: str) -> None:
        super().__init__(Diagnostic("RUN201", {"what": what}))


class NotAllowed(Refused):
    """The actor has no right to do it."""

    def __init__(self, what: str) -> None:
        super().__init__(Diagnostic("RUN202", {"what": what}))


class Conflicting(Refused):
    """Somebody else was faster; `details` hold both values where there are any."""

    def __init__(self, problem: Diagnostic, details: Mapping[str, object] | None = None) -> None:
        super().__init__(problem)
        self.details = dict(details or {})


class Invalid(Refused):
    """What was sent is not valid; every problem has a place."""


class TooMany(Refused):
    """A limit is reached; try again after `retry_s` seconds."""

    def __init__(self, problem: Diagnostic, *, retry_s: int) -> None:
        super().__init__(problem)
        self.retry_s = retry_s
