"""The made-up world put into a real installation, and what the product answers about it."""

from dataclasses import replace

from builder.codec import decode
from runtime import edit, read, records
from runtime.context import SYSTEM_ACTOR, Actor
from runtime.errors import Invalid, NotAllowed, NotFound
from runtime.lists import Listing
from runtime.publish import Proposal, publish
from tests.permission.facts import FIELDS, documents
from tests.runtime.conftest import new_wiring

REFUSED = (NotFound, NotAllowed)


class Product:
    def __init__(self, folder, url, facts):
        self.wiring = new_wiring(folder, url)
        definitions = [decode(d["kind"], d, pack="o") for d in documents(facts)]
        publish(self.wiring, Proposal(tuple(definitions)), actor=SYSTEM_ACTOR)
        self.facts = facts
        self.ids, self.uids = {}, {}
        with self.wiring.writing() as ctx:
            self._fill(replace(ctx, after=None))

    def close(self):
        self.wiring.close()

    def forget_statements(self):
        """Make statements anew that are made once: something in them is another one now."""
        with self.wiring.reading() as ctx:
            for each in ctx.tables.entities.values():
                each.current.info.clear()

    def _fill(self, ctx):
        self._insert(ctx, "department", lambda n, _row: {"name": f"D{n}", "code": f"d{n}"})
        self._insert(ctx, "person", self._person)
        for n, row in self.facts["department"].items():
            if row["parent"]:
                self._change(
                    ctx, "department", n, {"parent": self.ids["department"][row["parent"]]}
                )
        for n, row in self.facts["person"].items():
            if row["manager"]:
                self._change(ctx, "person", n, {"manager": self.ids["person"][row["manager"]]})
        self._insert(
            ctx,
            "assignment",
            self._linked(person="person", department="department", manager="person"),
        )
        self._insert(ctx, "case", self._linked(owner="person"))
        self._insert(ctx, "visit", self._linked(case="case"))
        self._insert(ctx, "machine", self._linked(owner="person", team="department"))
        for entity in ("department", "person", "assignment"):
            for n, row in self.facts[entity].items():
                if row["gone"]:
                    records.remove(ctx, entity, self.ids[entity][n])

    def _person(self, _n, row):
        told = {key: row[key] for key in ("name", "code", "email", "active")}
        return {**told, "department": self.ids["department"].get(row["department"])}

    def _linked(self, **links):
        def values(_n, row):
            plain = {k: v for k, v in row.items() if k not in ("id", "gone", *links)}
            return plain | {k: self.ids[to].get(row[k]) for k, to in links.items()}

        return values

    def _insert(self, ctx, entity, values):
        rows = self.facts[entity]
        changes = records.insert(ctx, full(entity), [values(n, row) for n, row in rows.items()])
        self.ids[entity] = dict(zip(rows, (change.id for change in changes), strict=True))
        self.uids[entity] = dict(zip(rows, (change.uid for change in changes), strict=True))

    def _change(self, ctx, entity, n, values):
        records.update(ctx, full(entity), self.ids[entity][n], values)

    # --- questions ----------------------------------------------------------------------------
    def actor(self, actor):
        person = actor["person"]
        roles = tuple(f"o.r{number}" for number in actor["roles"])
        return Actor("user", f"p{person}", self.ids["person"][person], roles)

    def seen(self, actor, entity):
        """By record: its values as a list shows them; None when there is no list."""
        with self.wiring.reading(self.actor(actor)) as ctx:
            try:
                items = read.list_records(ctx, full(entity), limit=500)["items"]
            except REFUSED:
                return {}
        numbers = {uid: n for n, uid in self.uids[entity].items()}
        return {numbers[item["uid"]]: item["values"] for item in items}

    def opened(self, actor, entity, n):
        """One record and its newest version, or None."""
        with self.wiring.reading(self.actor(actor)) as ctx:
            try:
                uid = self.uids[entity][n]
                record = read.get_record(ctx, full(entity), uid)["values"]
                return record, read.record_history(ctx, full(entity), uid)["items"][-1]["values"]
            except REFUSED:
                return None

    def usable(self, actor, entity, keys):
        """By field: whether a list may be sorted by it, and filtered."""
        with self.wiring.reading(self.actor(actor)) as ctx:
            return {
                key: (_lists(ctx, entity, sort=key), _lists(ctx, entity, where=f"ISBLANK({key})"))
                for key in keys
            }

    def told(self, key, value):
        """A value of the facts as the API says it."""
        links = {"owner": "person", "case": "case", "team": "department"}
        if value is None:
            return None
        if key in links:
            return self.uids[links[key]][value]
        return str(value) if key in ("level", "pay", "doubled", "case_pay") else value

    def _tried(self, actor, work):
        try:
            with self.wiring.writing(self.actor(actor)) as ctx:
                work(ctx)
                ctx.uow.roll_back()
        except (*REFUSED, Invalid):
            return False
        return True

    def updates(self, actor, entity, n, change):
        """Whether a change of one record goes through; it is taken back."""
        name, uid = full(entity), self.uids[entity][n]
        values = {key: self.told(key, value) for key, value in change.items()}
        return self._tried(
            actor, lambda ctx: edit.change_record(ctx, name, uid, values, base_version=None)
        )

    def deletes(self, actor, entity, n):
        name, uid = full(entity), self.uids[entity][n]
        return self._tried(actor, lambda ctx: edit.delete_record(ctx, name, uid))

    def creates(self, actor, entity, row):
        values = {key: self.told(key, value) for key, value in row.items()}
        return self._tried(actor, lambda ctx: edit.create_record(ctx, full(entity), values))


def _lists(ctx, entity, **how):
    try:
        read.list_records(ctx, full(entity), Listing(**how), limit=1)
    except (*REFUSED, Invalid):
        return False
    return True


def full(entity):
    return f"o.{entity}" if entity in FIELDS and entity != "person" else entity
