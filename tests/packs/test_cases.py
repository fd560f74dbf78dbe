"""The cases the packs bring, run by the same runner as `plumbline test`."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.pack_tests import run_case
from runtime.packs import load_folder

ROOT = Path(__file__).parents[2] / "templates_lib"


def _cases():
    for folder in sorted(path.parent for path in ROOT.glob("*/pack.json")):
        for file, cases in load_folder(folder).tests.items():
            for case in cases:
                yield pytest.param(folder, file, case, id=f"{folder.name}-{case['case']}")


@pytest.mark.parametrize(("folder", "file", "case"), list(_cases()))
def test_case(folder, file, case):
    loaded = load_folder(folder)
    shelf = [*(load_folder(ROOT / name) for name in loaded.pack.requires), loaded]
    assert run_case(shelf, case, file=file).problems == ()
