"""The browser's interpreter is tested (vitest) on the same cases as the Python one."""

from tests.browser.formula_vectors import FILE, text


def test_vectors_are_those_of_the_case_files():
    """Write them anew with `python -m tests.browser.formula_vectors`."""
    assert FILE.read_text(encoding="utf-8") == text()
