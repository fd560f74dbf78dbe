"""Choose the words of a message: the template in the receiver's language, rendered apart."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT_S = 2.0
START_S = 30.0  # for the child itself, which a busy machine may need


class RenderError(Exception):
    """The template cannot be rendered with these values."""


class RenderLateError(RenderError):
    """No answer in time: the template wants too much, or the machine is very busy."""


class Renderer:
    """A child process that renders; ended and replaced when it is late or dies."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def render(self, templates: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, str]:
        """Render each template with `values`.

        Raises:
            RenderError: a template is wrong, wants too much, or takes longer than two seconds.
        """
        request = json.dumps({"templates": dict(templates), "values": dict(values)})
        with self._lock:
            answer = self._ask(request)
        if "error" in answer:
            raise RenderError(answer["error"])
        texts: dict[str, str] = answer["texts"]
        return texts

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    def _ask(self, request: str) -> dict[str, Any]:
        child = self._running()
        if child.stdin is None or child.stdout is None:
            raise RenderError("the renderer has no pipes")
        try:
            child.stdin.write(request + "\n")
            child.stdin.flush()
            line = _line(child.stdout, TIMEOUT_S)
        except BrokenPipeError:
            line = ""
        if not line:
            self._end()
            raise RenderLateError("the template took too long or too much memory")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _running(self) -> subprocess.Popen[str]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._child = subprocess.Popen(
                [sys.executable, "-m", "runtime.render_child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
            if self._child.stdout is None or not _line(self._child.stdout, START_S):
                self._end()
                raise RenderLateError("the renderer did not start")
        return self._child

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe is not None:
                    pipe.close()
            self._child = None


def _line(answers: IO[str], seconds: float) -> str:
    """The next line, or nothing when it is late or the child has ended."""
    ready, _, _ = select.select([answers], [], [], seconds)
    return answers.readline() if ready else ""


def choose(labels: Mapping[str, str], language: str) -> str:
    """The text in the language asked for, else zh-CN, else any."""
    return labels.get(language) or labels.get("zh-CN") or next(iter(labels.values()), "")
