"""Views of personal data on their way into the table: kept in memory, stored in batches."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from runtime.clock import SECOND
from store import view_log

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from store.db import Database
    from store.view_log import View

log = logging.getLogger(__name__)
PAUSE_S = 2.0  # a killed process loses no more than that
HOUR = 3600 * SECOND  # within it, looking again is the same look
MOST_WAITING = 20_000
MOST_REMEMBERED = 50_000


class ViewLog:
    """Views on their way into the table; reading never waits for writing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._waiting: list[View] = []
        self._seen: OrderedDict[tuple[str, str, int, str | None], int] = OrderedDict()
        self._renamed: dict[str, str] = {}  # people who were erased
        self._wake = threading.Event()
        self._writer: threading.Thread | None = None

    def note(self, views: Sequence[View]) -> None:
        """Remember to store them soon; a look within an hour of the last one is the same look."""
        with self._lock:
            fresh = [view for view in views if self._is_new(view)]
            room = MOST_WAITING - len(self._waiting)
            if len(fresh) > room:
                log.error("the view log can not be written: %d views are lost", len(fresh) - room)
            self._waiting += fresh[:room]
            if self._waiting and self._writer is None:
                self._writer = threading.Thread(
                    target=self._write_soon, name="view log", daemon=True
                )
                self._writer.start()

    def flush(self) -> None:
        """Store what waits, now.

        Raises:
            Exception: whatever the database says; then everything waits on.
        """
        with self._lock:
            views, self._waiting = self._waiting, []
        if not views:
            return
        try:
            self._database.attempt(lambda uow: view_log.append(uow, self._named(views)))
        except BaseException:
            with self._lock:
                self._waiting = (views + self._waiting)[:MOST_WAITING]
            raise

    def rename(self, logins: Collection[str], mark: str) -> None:
        """Store nothing under these names any more, not even what is on its way already."""
        self._renamed.update(dict.fromkeys(logins, mark))

    def close(self) -> None:
        """Store what waits before the database is closed."""
        self._wake.set()
        writer = self._writer
        if writer is not None:
            writer.join()
        try:
            self.flush()
        except Exception:
            log.exception("the last views could not be stored")

    def _named(self, views: Sequence[View]) -> list[View]:
        return [replace(each, actor=self._renamed.get(each.actor, each.actor)) for each in views]

    def _is_new(self, view: View) -> bool:
        key = (view.actor, view.entity, view.record_id, view.purpose)
        last = self._seen.get(key)
        if last is not None and 0 <= view.at - last < HOUR:
            return False
        self._seen[key] = view.at
        self._seen.move_to_end(key)
        while len(self._seen) > MOST_REMEMBERED:
            self._seen.popitem(last=False)
        return True

    def _write_soon(self) -> None:
        """Write until nothing waits; while this thread is known there is something on its way."""
        while True:
            self._wake.wait(PAUSE_S)
            try:
                self.flush()
            except Exception as error:  # noqa: BLE001 -- disk full, server away: tried again
                log.warning("the view log waits: %s", error)
            with self._lock:
                if not self._waiting or self._wake.is_set():
                    self._writer = None
                    return
