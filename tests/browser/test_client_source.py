"""The client's own checks: its types, and the tests that stand beside its modules."""

import subprocess

import pytest

from scripts.build_client import CLIENT, system_node, wheel_node


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(["typescript/bin/tsc", "--noEmit"], id="types"),
        pytest.param(["vitest/vitest.mjs", "run"], id="units"),
    ],
)
def test_the_client_passes_its_own_checks(script):
    tools = system_node() or wheel_node()
    module, *options = script
    done = subprocess.run(
        [*tools.node, f"node_modules/{module}", *options],
        cwd=CLIENT, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
