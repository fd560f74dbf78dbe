"""The pure core loads no I/O library, and only composition roots know everything."""

import subprocess
import sys

import pytest

FORBIDDEN = ("flask", "sqlalchemy", "requests", "asyncua", "apscheduler", "jinja2", "marshmallow")
PURE = ("dsl.formula", "dsl.service", "builder.catalog", "builder.check", "runtime.decide.rules",
        "runtime.decide.metrics", "runtime.decide.forms", "runtime.decide.access",
        "runtime.decide.mapping")  # fmt: skip


@pytest.mark.parametrize("module", PURE)
def test_importing_the_pure_core_loads_no_io(module):
    code = f"import sys, {module}\nprint([name for name in {FORBIDDEN!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
