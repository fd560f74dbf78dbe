"""What the docs say is true: generated pages are fresh, names exist, blocks run."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"`((?:dsl|builder|store|connectors|runtime|web)(?:\.\w+)+)`")
GENERATED = {
    "docs/formula.md": "formula",
    "docs/errors.md": "errors",
    "docs/openapi.json": "openapi",
    "docs/policies.md": "policies",
}


def blocks(language):
    for page in PAGES:
        for found in BLOCK.finditer(page.read_text(encoding="utf-8")):
            if found[1] == language and "norun" not in found[2]:
                line = page.read_text(encoding="utf-8")[: found.start()].count("\n") + 1
                yield pytest.param(found[3], id=f"{page.relative_to(ROOT)}:{line}")


@pytest.mark.parametrize(("place", "what"), list(GENERATED.items()))
def test_generated_pages_equal_what_the_code_generates(place, what):
    done = subprocess.run(
        [sys.executable, "-m", "cli", "docs", what], cwd=ROOT, capture_output=True, check=True
    )
    assert done.stdout == (ROOT / place).read_bytes(), f"run: plumbline docs {what} > {place}"


def test_every_name_in_the_walks_can_be_imported():
    names = {
        found[1]
        for page in PAGES
        if page.name in {"walks.md", "map.md"}
        for found in NAME.finditer(page.read_text(encoding="utf-8"))
    }
    assert len(names) > 20
    missing = [name for name in sorted(names) if not exists(name)]
    assert missing == []


def exists(name):
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            thing = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            if not hasattr(thing, part):
                return False
            thing = getattr(thing, part)
        return True
    return False


@pytest.mark.parametrize("code", list(blocks("python")) or [pytest.param("", id="none")])
def test_python_blocks_run(code):
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=120)


@pytest.mark.parametrize("code", list(blocks("shell")))
def test_shell_blocks_run(code, tmp_path):
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    subprocess.run(
        ["bash", "-euo", "pipefail", "-c", code],
        cwd=ROOT,
        check=True,
        timeout=300,
        env={"PATH": path, "HOME": str(tmp_path), "TMP": str(tmp_path), "LANG": "C.UTF-8"},
    )
