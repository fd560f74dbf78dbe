"""Retype a field of a million records while forms are submitted; see how long a submit waits."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.databases import KINDS, fresh
from benchmarks.figures import Figure
from builder.codec import decode
from connectors.registry import Registry
from runtime import edit, read
from runtime.context import SYSTEM_ACTOR
from runtime.publish import Proposal, publish
from runtime.settings import Settings
from runtime.wiring import Wiring
from runtime.worker import run_once
from store import records, reshape, schema_changes
from store.record_writes import Stamp

ROWS = int(os.environ.get("PLUMBLINE_RETYPE_ROWS", "100000"))
AT_ONCE = 20_000
LIMIT_S = 1.0
PAUSE_S = 0.02  # between two submits
NAME = "depot.item"
EVERY_BAD = 1_000  # one value in so many does not convert


def item(kind):
    """The entity with its field of that type."""
    words = {"zh-CN": "x", "en": "x"}
    document = {
        "kind": "entity", "key": "item", "label": words, "display": "name",
        "fields": [
            {"key": "name", "type": "text"}, {"key": "note", "type": "text"},
            {"key": "amount", "type": kind},
        ],
    }  # fmt: skip
    pack = {"kind": "pack", "key": "depot", "version": "1.0.0"}
    return decode("pack", pack, pack="depot"), decode("entity", document, pack="depot")


class Submitter(threading.Thread):
    """One person who keeps adding and changing records, and notes how long each takes."""

    def __init__(self, wiring):
        super().__init__()
        self.wiring, self.over = wiring, threading.Event()
        self.waits: list[float] = []
        self.added: dict[str, str] = {}

    def run(self):
        number = 0
        while not self.over.is_set():
            number += 1
            began = time.perf_counter()
            uid = self.wiring.attempt(lambda ctx, n=number: self.add(ctx, n))
            self.waits.append(time.perf_counter() - began)
            self.added[uid] = str(number)
            time.sleep(PAUSE_S)

    def add(self, ctx, number):
        values = {"name": f"s{number}", "amount": str(number)}
        return edit.create_record(ctx, NAME, values)


def fill(wiring):
    """The records that are there before."""
    for start in range(0, ROWS, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, ROWS))
        rows = [
            {
                "name": f"r{n}",
                "note": "as it was written down",
                "amount": "many" if n % EVERY_BAD == 0 else str(n),
            }
            for n in numbers
        ]
        with wiring.writing() as ctx:
            records.insert_many(
                ctx.uow, ctx.tables, NAME, rows, uids=[f"r{n}" for n in numbers],
                stamp=Stamp("bench", 0),
            )  # fmt: skip


def quiet(wiring):
    """How long a submit waits when nothing else happens: the baseline."""
    submitter = Submitter(wiring)
    submitter.start()
    time.sleep(3)
    submitter.over.set()
    submitter.join()
    return submitter.waits


def retyped(wiring):
    """Publish, work it off beside the submitter, and look at the result."""
    submitter = Submitter(wiring)
    submitter.start()
    began = time.perf_counter()
    proposal = Proposal(item("integer"), consent=frozenset({f"{NAME}.amount"}))
    uid = publish(wiring, proposal, actor=SYSTEM_ACTOR).waiting
    assert uid is not None
    state = "filling"
    while state == "filling":
        if not run_once(wiring, "bench"):
            time.sleep(0.01)
        with wiring.reading() as ctx:
            state = schema_changes.publication_of(ctx.uow, uid=uid).state
    taken = time.perf_counter() - began
    submitter.over.set()
    submitter.join()
    assert state == "done", state
    check(wiring, submitter.added)
    return taken, submitter.waits


def check(wiring, added):
    """Nothing lost: converted, or listed; and every submit is there as a number."""
    with wiring.reading() as ctx:
        change = schema_changes.changes(ctx.uow, limit=1)[0]
        assert reshape.lost(ctx.uow, ctx.tables, change) == 0
        bad = -(-ROWS // EVERY_BAD)
        assert schema_changes.count_failures(ctx.uow, change.id) == bad
        assert schema_changes.count_failures(ctx.uow, change.id, history=True) == bad
        for uid, amount in added.items():
            assert read.get_record(ctx, NAME, uid)["values"]["amount"] == amount


def measure(url):
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url=url)
        wiring = Wiring.open(settings, connectors=Registry({}, {}))
        try:
            publish(wiring, Proposal(item("text")), actor=SYSTEM_ACTOR)
            fill(wiring)
            before = quiet(wiring)
            return before, *retyped(wiring)
        finally:
            wiring.close()


def run():
    figures = []
    for kind in KINDS:
        with fresh(kind) as url:
            before, taken, waits = measure(url)
        what = f"{ROWS:,} records get another type, {kind}"
        baseline = max(before)
        figures += [
            Figure(
                f"{what}: longest submit meanwhile",
                max(waits),
                limit_s=LIMIT_S,
                baseline_s=baseline,
                baseline=f"longest of {len(before)} submits before",
                note=f"{len(waits)} submits",
            ),
            Figure(f"{what}: p95 of the submits", sorted(waits)[int(len(waits) * 0.95)]),
            Figure(f"{what}: publication to switch", taken, note=f"{ROWS / taken:,.0f} records/s"),
        ]
    return figures
