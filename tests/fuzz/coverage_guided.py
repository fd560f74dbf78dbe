"""Coverage-guided hostile inputs for the formula language: `python -m tests.fuzz.coverage_guided`.

Needs atheris (docs/evidence/atheris.md). Whatever libFuzzer makes up is compiled, evaluated,
explained, formatted and sent to the commands for machines; an exception, an answer after more
than 200 ms of this process, or more memory than `-rss_limit_mb` ends the run with an error.
"""

import json
import sys
from random import Random

import atheris

with atheris.instrument_imports(include=["dsl"]):
    from dsl.service import answer_text, check_line, explain_line, format_line, run

    from .test_hostile import timed, use

from .hostile import MAX
from .world import flat, make_people, make_row

COMMANDS = (run, check_line, explain_line, format_line)
_FIELDS = {"a": {"type": "number", "scale": 2}, "b": {"type": "text"}, "c": {"type": "date"}}
_ROW = {"a": "12.5", "b": "点检", "c": "2026-02-28"}
_PEOPLE = make_people(Random(7))
ROW = flat(make_row(Random(5), _PEOPLE), _PEOPLE)


def one_input(data: bytes) -> None:
    """The first byte says what is done with the rest."""
    kind, rest = (data[0] if data else 0), data[1 : MAX + 11]
    if kind % 8 < 5:
        timed(use, rest.decode("utf-8", "surrogateescape"), ROW)
        return
    text = rest.decode("utf-8", "replace")
    if kind % 8 < 7:
        text = json.dumps({"formula": text, "fields": _FIELDS, "row": _ROW, "today": "2026-03-02"})
    timed(answer, text, COMMANDS[kind // 8 % 4])


def answer(line, command):
    """One line of the commands for machines; its answer can be written as JSON."""
    found = json.loads(answer_text(line, command))
    assert isinstance(found["errors"], list)


if __name__ == "__main__":
    use("ROUND(count / 3, 2) & 'a'", ROW)  # the tables of the parser are built
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
