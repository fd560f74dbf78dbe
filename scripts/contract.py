"""Hold the running application against docs/openapi.json: schemathesis over every operation.

`python scripts/contract.py [EXAMPLES]` starts the application on a free port and runs `st`.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = "docs/openapi.json"
EXAMPLES = 2  # per operation and phase; about a minute on two cores
# what a formula, a period or a pack must be is more than a schema can say
LEFT_OUT = "positive_data_acceptance"
ENDS_THE_SESSION = "session.close_session"  # asked by itself, last


def main() -> int:
    """Run it; 0 when nothing was found."""
    examples = sys.argv[1] if len(sys.argv) > 1 else str(EXAMPLES)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "tests/contract/server.py", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            proof = server.stdout.readline() if server.stdout else ""
            told = environment | {
                "PLUMBLINE_PROOF": proof,
                "SCHEMATHESIS_HOOKS": "tests.contract.hooks",
            }
            asked = _command(port, examples)
            runs = (
                [*asked, f"--exclude-operation-id={ENDS_THE_SESSION}"],
                [*asked, f"--include-operation-id={ENDS_THE_SESSION}"],
            )
            return max(
                subprocess.run(run, cwd=ROOT, env=told, check=False).returncode for run in runs
            )
        finally:
            server.terminate()


def _command(port: int, examples: str) -> list[str]:
    beside = Path(sys.executable).with_name("st")
    program = str(beside) if beside.is_file() else shutil.which("st") or "st"
    return [
        program, "run", DOCUMENT, f"--url=http://127.0.0.1:{port}/api/v1", "--workers=2",
        f"--max-examples={examples}", "--seed=1", "--no-color", f"--exclude-checks={LEFT_OUT}",
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
