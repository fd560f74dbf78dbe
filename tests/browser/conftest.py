"""One demo and one browser for each process of the floor; every page is watched."""

import itertools
import json
import os
from pathlib import Path

import pytest

from scripts.provision import find_chromium
from tests.browser.seats import Seat
from tests.browser.stage import Stage
from tests.scenarios.conftest import Demo, running

FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--no-first-run",
    "--force-color-profile=srgb",
)
READY = os.environ.get("PLUMBLINE_DEMO")
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Remember that a test failed, so that its fixtures can keep a picture."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The system's Chromium: none is downloaded."""
    path = find_chromium()
    if path is None:
        pytest.fail("no Chromium: run `python scripts/provision.py`")
    return {**browser_type_launch_args, "executable_path": path, "args": list(FLAGS)}


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The product and its plant as a user starts them, once for all tests of a process.

    While writing tests one that runs already is used: PLUMBLINE_DEMO names its ready file.
    """
    if READY:
        data = Path(READY).parent
        yield Demo(data, 0, ready=json.loads(Path(READY).read_text(encoding="utf-8")))
        return
    with running(tmp_path_factory.mktemp("demo")) as found:
        yield found


@pytest.fixture(scope="session")
def stage(demo):
    """The demo with people, cards and numbers to look at."""
    return Stage(demo)


@pytest.fixture
def sit(request, browser, demo, tmp_path):
    """Open a window at a place; at the end nothing may have gone wrong in it."""
    seats, numbers = [], itertools.count(1)

    def make(place):
        context = browser.new_context(**place.options())
        seats.append(Seat(demo.ready["url"], place, context).open())
        return seats[-1]

    yield make
    failed = request.node.stash.get(FAILED, False)
    problems = [problem for seat in seats for problem in seat.watch.take()]
    for seat in seats:
        if failed or problems:
            picture = tmp_path / f"failed-{next(numbers)}.png"
            seat.page.screenshot(path=picture)
            print(f"picture: {picture}")
        seat.context.close()
    assert not problems
