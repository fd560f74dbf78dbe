"""Databases with the world of the fuzz, and the figures of a run in the summary."""

import random
from collections import Counter

import pytest

from runtime.formula_browser import browser
from store.db import Database

from .executors import World
from .world import make_people


def pytest_terminal_summary(terminalreporter):
    """The sum of each figure that tests recorded."""
    figures = Counter()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            if report.when == "call":
                figures.update(dict(report.user_properties))
    for name, figure in figures.items():
        terminalreporter.write_line(f"{name}: {figure:,}")


@pytest.fixture(scope="session")
def interpreter():
    """The interpreter of the browser, in a Node process."""
    with browser() as found:
        yield found


@pytest.fixture(scope="session")
def people():
    """The records behind references."""
    return make_people(random.Random(7))


def _world(name, url, people):
    world = World(name, Database.open(url), people)
    world.prepare()
    return world


@pytest.fixture(scope="session")
def sqlite_world(tmp_path_factory, people):
    url = f"sqlite:///{tmp_path_factory.mktemp('fuzz')}/fuzz.db"
    first = Database.open(url)
    first.migrate()
    first.close()
    world = _world("sqlite", url, people)
    yield world
    world.database.close()


@pytest.fixture(scope="session")
def postgresql_world(postgresql_server, people):
    name = postgresql_server.take()
    world = _world("postgresql", postgresql_server.url(name), people)
    yield world
    world.database.close()
    postgresql_server.give_back(name)


@pytest.fixture(scope="session")
def worlds(sqlite_world, postgresql_world):
    return (sqlite_world, postgresql_world)
