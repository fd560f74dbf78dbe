"""The browser decides about filled forms (vitest) as the server does."""

from tests.browser.form_vectors import FILE, text, vectors


def test_vectors_are_what_the_server_decides():
    """Write them anew with `python -m tests.browser.form_vectors`."""
    assert FILE.read_text(encoding="utf-8") == text()


def test_each_row_of_a_child_table_is_judged_by_itself():
    wrong = [case["wrong"] for case in vectors()["cases"]]
    assert ["lines.1.why"] in wrong  # the first row is fine, the second is not
    assert ["lines.0.unit", "lines.1.code", "lines.1.count"] in wrong
