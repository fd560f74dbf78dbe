"""Find a Chromium for the browser tests, or install it where that is ours to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-wqy-microhei")


def find_chromium() -> str | None:
    """The path of a Chromium, from PLUMBLINE_CHROMIUM or PATH."""
    named = os.environ.get("PLUMBLINE_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def main() -> int:
    """Make sure there is a Chromium; 2 and one sentence when there cannot be."""
    if find_chromium():
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
        for command in (["apt-get", "update", "-qq"], install):  # what fails is said below
            subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL)
    if find_chromium():
        return 0
    print("The browser tests need Chromium: install the package `chromium` and run again.")
    return 2


if __name__ == "__main__":
    sys.exit(main())
