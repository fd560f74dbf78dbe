"""`python -m connectors.collector`: started by the server, one per installation."""

from __future__ import annotations

import asyncio
import logging
import os

from connectors.collector.options import parse
from connectors.collector.process import run


def main() -> None:
    """Run the collector with the command line's options."""
    level = os.environ.get("PLUMBLINE_LOG", "WARNING")
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    asyncio.run(run(parse()))


if __name__ == "__main__":
    main()
