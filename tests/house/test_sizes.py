"""Files stay small enough to be read in one sitting."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("dsl", "builder", "store", "connectors", "runtime", "web", "examples", "commands")
LIMIT = 500
SOURCES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "node_modules" not in path.parts
)
CLIENT = sorted(
    path
    for pattern in ("*.ts", "*.tsx")
    for path in (ROOT / "web" / "client" / "src").rglob(pattern)
    if path.name != "schema.d.ts"
)


@pytest.mark.parametrize("path", SOURCES + CLIENT, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_is_over_the_limit(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LIMIT


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_module_says_what_it_is_in_one_sentence(path):
    text = path.read_text(encoding="utf-8")
    if not text.strip():
        return
    first_line = (ast.get_docstring(ast.parse(text)) or "").split("\n")[0]
    assert first_line, f"{path} has no docstring"
    assert first_line[-1] in ".:!?。", f"{path}: {first_line!r} is not one sentence on one line"
