"""More requests than can be answered: some are sent away at once, so that the others are quick."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic
from web.problems import answer
from web.routes import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask import Flask

log = logging.getLogger(__name__)
MOST_WAITING = 48  # a quarter of a second's work on two cores
SERVED = 8  # at once in a crowd: the other threads send away
RETRY_S = 2
_ALWAYS = f"{PREFIX}/healthz"  # whoever watches over the server is told that it lives


class Door:
    """Lets everybody in while few wait; in a crowd so many as are served at once.

    Whoever comes to a full house hears so in a millisecond (503 and when to come again), and
    work goes on at its usual pace for those who are in. It says once in the log that it is full.
    """

    def __init__(self, app: Flask, waiting: Callable[[], int]) -> None:
        self._app, self._inside, self._waiting = app, app.wsgi_app, waiting
        self._lock = threading.Lock()
        self._served = 0
        self._is_crowded = False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """One request."""
        path = environ.get("PATH_INFO", "")
        is_asked = path.startswith(PREFIX) and path != _ALWAYS
        with self._lock:
            if is_asked and self._is_full():
                is_let_in = False
            else:
                is_let_in = True
                self._served += 1
        if not is_let_in:
            return self._away(environ)(environ, start_response)
        try:
            return self._inside(environ, start_response)
        finally:
            with self._lock:
                self._served -= 1

    def _is_full(self) -> bool:
        waiting = self._waiting()
        is_crowded = waiting > (MOST_WAITING // 2 if self._is_crowded else MOST_WAITING)
        if is_crowded is not self._is_crowded:
            self._is_crowded = is_crowded
            what = "some are sent away" if is_crowded else "everybody is let in"
            log.warning("%d requests wait: %s", waiting, what)
        return is_crowded and self._served >= SERVED

    def _away(self, environ: WSGIEnvironment) -> Callable[..., Iterable[bytes]]:
        with self._app.request_context(environ):
            response = answer(503, [Diagnostic("WEB111")])
            response.headers["Retry-After"] = str(RETRY_S)
            return self._app.process_response(response)


def install(app: Flask, waiting: Callable[[], int]) -> None:
    """Stand in front of the application."""
    app.wsgi_app = Door(app, waiting)  # type: ignore[method-assign]  # as Flask says middleware is put in
