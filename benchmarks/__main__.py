"""`python -m benchmarks [rules | as_of | opcua | start | records | formula]`: a table, then JSON.

Every benchmark asserts that its answers are right and measures a baseline in the same run. The
last line is JSON; the exit code is 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
import time

from benchmarks.figures import markdown, table

NAMES = ("rules", "as_of", "opcua", "start", "records", "formula")
KEPT = NAMES[:-2]  # what `make bench` asks for; records and formulas miss some limits yet


def main():
    parser = argparse.ArgumentParser("python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="|".join(NAMES))
    parser.add_argument("--markdown", action="store_true", help="the table as docs show it")
    asked = parser.parse_args()
    unknown = set(asked.names) - set(NAMES)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    figures = []
    for name in asked.names or KEPT:
        began = time.monotonic()
        found = importlib.import_module(f"benchmarks.{name}").run()
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        figures += found
    print((markdown if asked.markdown else table)(figures))
    missed = [each.name for each in figures if not each.ok]
    for each in missed:
        print(f"missed: {each}")
    print(
        json.dumps(
            {
                "figures": [each.as_json() for each in figures],
                "missed": missed,
                "cores": os.cpu_count(),
                "python": platform.python_version(),
                "load_1min": os.getloadavg()[0],
            }
        )
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
