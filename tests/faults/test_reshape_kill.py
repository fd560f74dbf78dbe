"""A process is killed at every step of a change of type, and the next one goes on where it was."""

from __future__ import annotations

import multiprocessing
import os

import pytest

from runtime import reshape as verbs
from store import jobs, reshape
from store.crash import VARIABLE
from tests.runtime.reshaping import NAME, Depot, entity, field

KILLED = 137
ROWS = [("a", "12"), ("b", "many"), ("c", "3"), ("d", None), ("e", "1,200")]
POINTS = ("after_lease", "before_commit", "after_commit")
MOST = 60  # more steps than there are


def document(kind, number):
    return entity(NAME, field("amount", kind), key=f"item{number}")


def work(folder, url, number, crash):
    """What a process does: publish unless that is done, then work everything off."""
    verbs.FEW, reshape.BATCH = 0, 3
    depot = Depot(folder, url)
    name = f"depot.item{number}"
    with depot.wiring.writing() as ctx:
        jobs.end_leases(ctx.uow, real_now=verbs.real_now())
    if crash is not None:
        os.environ[VARIABLE] = crash
    if not any(change.entity == name for change in depot.changes()):
        depot.put(document("integer", number), consent=[f"{name}.amount"])
    depot.work()
    os.environ.pop(VARIABLE, None)
    depot.close()


def run(folder, url, number, crash=None):
    """The exit code of a process of its own."""

    child = multiprocessing.get_context("fork").Process(
        target=work, args=(folder, url, number, crash)
    )
    child.start()
    child.join()
    return child.exitcode


def prepare(folder, url, number):
    depot = Depot(folder, url)
    depot.put(document("text", number))
    name = f"depot.item{number}"
    uids = depot.add(*({"name": n, "amount": v} for n, v in ROWS), name=name)
    depot.change(uids[0], {"amount": "13"}, name=name)
    depot.close()
    return uids


def look(folder, url, number, uids):
    """Everything as if nothing had happened, done once."""
    depot = Depot(folder, url)
    name = f"depot.item{number}"
    depot.add({"name": "after", "amount": "77"}, name=name)
    assert depot.values("amount", name) == {
        "a": "13", "b": None, "c": "3", "d": None, "e": "1200", "after": "77",
    }  # fmt: skip
    assert depot.past(uids[0], "amount", name) == [12, 13]
    mine = [change for change in depot.changes() if change.entity == name]
    assert [change.phase for change in mine] == ["switched"]
    assert [each.uid for each in depot.failures(mine[0])] == [uids[1]]
    with depot.wiring.reading() as ctx:
        assert reshape.lost(ctx.uow, ctx.tables, mine[0]) == 0
        assert len([key for key in ctx.tables[name].fields if key.startswith("amount")]) == 2
    depot.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_every_step_loses_nothing_and_repeats_nothing(kind, point, tmp_path, request):
    url = "" if kind == "sqlite" else request.getfixturevalue("postgresql_url")
    folder = tmp_path / "data"
    for visit in range(1, MOST):
        uids = prepare(folder, url, visit)
        ended = run(folder, url, visit, crash=f"{point}:{visit}")
        if ended == 0:
            break
        assert ended == KILLED
        assert run(folder, url, visit) == 0
        look(folder, url, visit, uids)
    print(f"{kind}, {point}: killed {visit - 1} times")
    assert visit > 5  # lease, fill, ... , switch: each was a place to die
    look(folder, url, visit, uids)
