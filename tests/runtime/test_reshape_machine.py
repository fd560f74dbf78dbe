"""A state machine changes fields and writes records in any order; a dict model says what is seen.

The model knows columns, versions and a table of what each value becomes in each type; it knows
nothing of batches, jobs and switches. `PLUMBLINE_RESHAPE_EXAMPLES` asks for a longer run.
"""

from __future__ import annotations

import itertools
import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from builder.fields import FIELD_TYPES
from runtime import reshape as verbs
from runtime.context import SYSTEM_ACTOR
from runtime.errors import Conflicting, Invalid
from runtime.revisions import undo
from runtime.worker import run_once
from store import reshape
from tests.runtime.reshaping import NAME, WORDS, Depot, entity, field

EXAMPLES = int(os.environ.get("PLUMBLINE_RESHAPE_EXAMPLES", "5"))
STEPS = 50
_numbers = itertools.count(1)

KEYS = ("f0", "f1", "f2")
TYPES = ("text", "integer", "decimal", "boolean", "choice", "date")
TYPED = {
    "text": ["12", " 7 ", "many", "是", "open", "2026-03-01", "1.5", None],
    "integer": ["12", "0", "1", "-4", None],
    "decimal": ["12", "1.5", "0", None],
    "boolean": [True, False, None],
    "choice": ["open", "shut", None],
    "date": ["2026-03-01", "2025-12-31", None],
}
# what each value becomes; what is not here has no place in the other type
BECOMES = {
    ("text", "integer"): {"12": "12", " 7 ": "7", "0": "0", "1": "1", "-4": "-4"},
    ("text", "decimal"): {"12": "12", " 7 ": "7", "1.5": "1.5", "0": "0", "1": "1", "-4": "-4"},
    ("text", "boolean"): {"是": True, "否": False, "0": False, "1": True},
    ("text", "choice"): {"open": "open", "进行中": "open", "关闭": "shut"},
    ("text", "date"): {"2026-03-01": "2026-03-01", "2025-12-31": "2025-12-31"},
    ("integer", "text"): {v: v for v in ("12", "0", "1", "-4", "7")},
    ("integer", "decimal"): {v: v for v in ("12", "0", "1", "-4", "7")},
    ("integer", "boolean"): {"0": False, "1": True},
    ("integer", "choice"): {},
    ("decimal", "text"): {v: v for v in ("12", "1.5", "0", "1", "-4", "7")},
    ("decimal", "integer"): {v: v for v in ("12", "0", "1", "-4", "7")},
    ("decimal", "boolean"): {"0": False, "1": True},
    ("decimal", "choice"): {},
    ("boolean", "text"): {True: "是", False: "否"},
    ("boolean", "integer"): {True: "1", False: "0"},
    ("boolean", "decimal"): {True: "1", False: "0"},
    ("boolean", "choice"): {},
    ("choice", "text"): {"open": "进行中", "shut": "关闭"},
    ("date", "text"): {v: v for v in ("2026-03-01", "2025-12-31")},
}


def becomes(before, after, value):
    """The value in the other type, or None."""
    return None if value is None else BECOMES.get((before, after), {}).get(value)


class Column:
    """One column of the model: its type and the column it was filled from."""

    def __init__(self, kind, source=None):
        self.kind, self.source = kind, source


class Model:
    """Records as lists of versions; a version has a value for every column there ever was."""

    def __init__(self):
        self.fields = {}  # key -> Column, shown or hidden
        self.shown = set()
        self.records = {}  # uid -> {"name", "alive", "versions": [{Column: value}]}

    def insert(self, uid, name, values):
        self.records[uid] = {"name": name, "alive": True, "versions": [self._row({}, values)]}

    def update(self, uid, values):
        versions = self.records[uid]["versions"]
        row = self._row(versions[-1], values)
        if row != versions[-1]:
            versions.append(row)

    def trash(self, uid):
        record = self.records[uid]
        record["alive"] = False
        record["versions"].append(dict(record["versions"][-1]))

    def _row(self, old, values):
        return {**old, **{self.fields[key]: value for key, value in values.items()}}

    def retype(self, key, kind):
        """All versions at once; a column that was left lately is taken again."""
        now = self.fields[key]
        back = now.source is not None and now.source.kind == kind
        then = now.source if back else Column(kind)
        for record in self.records.values():
            for row in record["versions"]:
                self._convert(row, now, then, back=back)
        then.source = now
        self.fields[key] = then

    def _convert(self, row, now, then, *, back):
        value = row.get(now)
        if back and becomes(then.kind, now.kind, row.get(then)) == value:
            return
        row[then] = becomes(now.kind, then.kind, value)

    def alive(self):
        return [uid for uid, record in self.records.items() if record["alive"]]

    def now(self, key):
        column = self.fields[key]
        return {
            record["name"]: record["versions"][-1].get(column)
            for record in self.records.values()
            if record["alive"]
        }


class Changing(RuleBasedStateMachine):
    """Publications, jobs and writes in any order."""

    depot: Depot
    counted = itertools.count(1)

    @initialize(long=st.booleans())
    def start(self, long):
        self.key = f"item{next(_numbers)}"
        self.name = f"depot.{self.key}"
        self.model, self.pending, self.serial = Model(), None, itertools.count(1)
        verbs.FEW = 0 if long else 2_000
        reshape.BATCH = 2 if long else 1_000
        self.publish()

    def document(self, *, kinds=(), unique=()):
        kinds = dict(kinds)
        shown = [key for key in KEYS if key in self.model.shown or key in kinds]
        made = []
        for key in shown:
            kind = kinds.get(key) or self.model.fields[key].kind
            made.append(field(key, kind, **({"options": WORDS} if kind == "choice" else {})))
        return entity(NAME, *made, key=self.key, **({"unique": unique} if unique else {}))

    def publish(self, **more):
        consent = [f"{self.name}.{key}" for key in KEYS]
        return self.depot.put(self.document(**more), consent=consent)

    def free(self):
        return self.pending is None

    # --- fields ---------------------------------------------------------------------------
    @precondition(free)
    @rule(key=st.sampled_from(KEYS), kind=st.sampled_from(TYPES))
    def add(self, key, kind):
        """A field; a hidden one of the same type comes back with its values."""
        if key in self.model.shown:
            return
        self.publish(kinds={key: kind})
        known = self.model.fields.get(key)
        if known is None or known.kind != kind:
            self.model.fields[key] = Column(kind)
        self.model.shown.add(key)

    @precondition(free)
    @rule(key=st.sampled_from(KEYS))
    def hide(self, key):
        if key not in self.model.shown:
            return
        self.model.shown.discard(key)
        self.publish()

    @precondition(free)
    @rule(key=st.sampled_from(KEYS), kind=st.sampled_from(TYPES))
    def retype(self, key, kind):
        if key not in self.model.shown or self.model.fields[key].kind == kind:
            return
        self.started(self.publish(kinds={key: kind}), key, kind)

    def started(self, published, key, kind):
        if published.waiting is None:
            self.switched(key, kind)
        else:
            self.pending = (published.waiting, key, kind)

    @precondition(free)
    @rule(key=st.sampled_from(KEYS))
    def undo(self, key):
        """The field's last change taken back by name; the others can not be."""
        changes = [c for c in self.depot.changes() if (c.entity, c.key) == (self.name, key)]
        if not changes or changes[0].phase != "switched" or key not in self.model.shown:
            return
        column = self.model.fields[key]
        consent = [f"{self.name}.{key}"]
        if column.source is None:  # a new field with an old name
            with pytest.raises(Conflicting):
                undo(self.depot.wiring, changes[0].uid, actor=SYSTEM_ACTOR, consent=consent)
            return
        found = undo(self.depot.wiring, changes[0].uid, actor=SYSTEM_ACTOR, consent=consent)
        self.started(found, key, column.source.kind)

    @precondition(free)
    @rule(key=st.sampled_from(KEYS))
    def make_unique(self, key):
        """Taken away again at once: the other rules write doubles."""
        if key not in self.model.shown:
            return
        values = [value for value in self.model.now(key).values() if value is not None]
        if len(values) == len(set(values)):
            self.publish(unique=[[key]])
            self.publish()
        else:
            with pytest.raises(Invalid) as refused:
                self.publish(unique=[[key]])
            assert {each.code for each in refused.value.problems} == {"RUN412"}

    @precondition(lambda self: self.pending is not None)
    @rule()
    def nobody_publishes_what_is_under_way(self):
        with pytest.raises(Conflicting):
            self.publish(kinds=dict.fromkeys(KEYS, "text"))

    @precondition(lambda self: self.pending is not None)
    @rule(count=st.integers(1, 6))
    def work(self, count):
        for _ in range(count):
            run_once(self.depot.wiring, "machine")
        self.look()

    @precondition(lambda self: self.pending is not None)
    @rule()
    def finish(self):
        self.depot.work()
        self.look()
        assert self.pending is None

    @precondition(lambda self: self.pending is not None)
    @rule()
    def cancel(self):
        with self.depot.wiring.writing() as ctx:
            verbs.cancel(ctx, self.pending[0])
        self.pending = None

    def look(self):
        if self.pending is None:
            return
        uid, key, kind = self.pending
        if self.depot.state(uid).state == "done":
            self.switched(key, kind)
            self.pending = None

    def switched(self, key, kind):
        """Every old value is in the new column or in the list."""
        assert self.depot.changes()[0].back or self.depot.nothing_lost()
        self.model.retype(key, kind)

    # --- records --------------------------------------------------------------------------
    @rule(data=st.data(), count=st.integers(1, 3))
    def insert(self, data, count):
        rows = [{"name": f"n{next(self.serial)}", **self.drawn(data)} for _ in range(count)]
        for uid, row in zip(self.depot.add(*rows, name=self.name), rows, strict=True):
            self.model.insert(uid, row["name"], {k: v for k, v in row.items() if k != "name"})

    @rule(data=st.data())
    def update(self, data):
        uids, values = self.model.alive(), self.drawn(data)
        if uids and values:
            uid = data.draw(st.sampled_from(uids))
            self.depot.change(uid, values, name=self.name)
            self.model.update(uid, values)

    @rule(data=st.data())
    def trash(self, data):
        uids = self.model.alive()
        if uids:
            uid = data.draw(st.sampled_from(uids))
            self.depot.trash(uid, name=self.name)
            self.model.trash(uid)

    def drawn(self, data):
        keys = sorted(self.model.shown)
        chosen = data.draw(st.lists(st.sampled_from(keys), unique=True)) if keys else []
        return {
            key: data.draw(st.sampled_from(TYPED[self.model.fields[key].kind])) for key in chosen
        }

    # --- what is seen ---------------------------------------------------------------------
    @invariant()
    def seen_is_what_the_model_says(self):
        next(self.counted)
        for key in self.model.shown:
            assert self.depot.values(key, self.name) == self.model.now(key)

    def teardown(self):
        self.finish_up()
        for uid, record in self.model.records.items():
            if not record["alive"]:
                continue
            for key in self.model.shown:
                column = self.model.fields[key]
                told = [row.get(column) for row in record["versions"]]
                assert self.told(uid, key) == told
        self.depot.put(removed=[("entity", self.name)], consent=[f"entity {self.name}"])

    def finish_up(self):
        self.depot.work()
        self.look()

    def told(self, uid, key):
        """Every version as a reader of today sees it, in the words of JSON."""
        with self.depot.wiring.reading() as ctx:
            item = ctx.catalog.entity(self.name).field(key)
        raw = self.depot.past(uid, key, name=self.name)
        return [None if v is None else FIELD_TYPES[item.type].dump(item, v) for v in raw]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_whatever_happens_readers_see_what_the_model_says(kind, tmp_path, request, monkeypatch):
    monkeypatch.setattr(verbs, "FEW", verbs.FEW)
    monkeypatch.setattr(reshape, "BATCH", reshape.BATCH)
    url = "" if kind == "sqlite" else request.getfixturevalue("postgresql_url")
    depot = Depot(tmp_path / "data", url)
    machine = type("Machine", (Changing,), {"depot": depot, "counted": itertools.count(1)})
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        depot.close()
    steps = next(machine.counted) - 1
    print(f"{kind}: {steps} steps")
    assert steps >= EXAMPLES
