"""One plant for the tests that do not disturb each other."""

from __future__ import annotations

import pytest

from tests.plant.running import running_plant


@pytest.fixture(scope="module")
def plant(tmp_path_factory):
    """A running plant; business time is 60 times faster than ours."""
    with running_plant(tmp_path_factory.mktemp("plant")) as running:
        yield running
