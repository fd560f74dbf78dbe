"""Every pain has tests by name, and they are there."""

import re
from pathlib import Path

import pytest

from tests.pains import PAINS

TESTS = Path(__file__).parents[1]


def test_no_pain_is_left_out():
    assert list(PAINS) == list(range(6, 20))


@pytest.mark.parametrize("number", PAINS)
def test_the_tests_of_a_pain_are_there(number):
    assert PAINS[number].tests
    for place in PAINS[number].tests:
        file, _, name = place.partition("::")
        text = (TESTS / file).read_text(encoding="utf-8")
        assert re.search(rf"^def {name}\(", text, re.MULTILINE), place
