"""Room held back on the disk of a SQLite database, given up when nothing else is left.

On a full disk not even a deletion finds room for its log. With the ballast gone there is some: for
signing in, for the trace an export leaves, for taking things away; everything else is refused
until there is room for the ballast again.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 16 * 2**20
SHARE = 16  # of a small disk it takes no more than that part of what is free


@dataclass(slots=True)
class Ballast:
    """A file beside the database that holds nothing but room."""

    path: Path
    size: int

    @classmethod
    def beside(cls, database: Path) -> Ballast:
        """The ballast of a database, held from now on if there is room."""
        free = shutil.disk_usage(database.parent).free
        made = cls(database.with_name("ballast"), min(MOST_BYTES, free // SHARE))
        made.hold()
        return made

    def has_room(self, *, within: int = 0) -> bool:
        """Whether the disk, with so many bytes free `within` the database, is full no more."""
        return shutil.disk_usage(self.path.parent).free + within >= 2 * self.size

    def hold(self) -> None:
        """Take the room, unless that would fill the disk."""
        if self.path.exists() or not self.has_room():
            return
        with suppress(OSError):  # somebody was faster
            file = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.posix_fallocate(file, 0, max(1, self.size))
            finally:
                os.close(file)

    def give_up(self) -> None:
        """Give the room back."""
        self.path.unlink(missing_ok=True)
