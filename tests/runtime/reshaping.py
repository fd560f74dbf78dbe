"""A depot whose only entity changes its fields: published anew, worked off, looked at."""

from __future__ import annotations

from builder.codec import decode
from runtime import draft, edit, listing, read, records
from runtime.context import SYSTEM_ACTOR
from runtime.publish import Proposal, publish
from runtime.worker import drain
from store import query, reshape, schema_changes
from tests.runtime.conftest import new_wiring

PACK = {"kind": "pack", "key": "depot", "version": "1.0.0"}
WORDS = [{"id": "open", "label": {"zh-CN": "进行中", "en": "Open"}},
         {"id": "shut", "label": {"zh-CN": "关闭", "en": "Shut"}}]  # fmt: skip


def field(key, kind="text", **more):
    return {"key": key, "type": kind, **more}


def entity(*fields, key="item", **more):
    return {"kind": "entity", "key": key, "display": "name", "fields": list(fields), **more}


def decoded(*documents):
    found = [decode(each["kind"], each, pack="depot") for each in documents]
    assert [each for each in found if isinstance(each, list)] == []
    return tuple(found)


NAME = field("name")


class Depot:
    """One installation whose catalog is what was put last."""

    def __init__(self, folder, url=""):
        self.wiring = new_wiring(folder, url)
        publish(self.wiring, Proposal(decoded(PACK)), actor=SYSTEM_ACTOR)

    def put(self, *documents, consent=(), removed=()):
        proposal = Proposal(decoded(*documents), tuple(removed), consent=frozenset(consent))
        return publish(self.wiring, proposal, actor=SYSTEM_ACTOR)

    def add(self, *rows, name="depot.item"):
        """Records by what a form would send; their uids."""
        with self.wiring.writing() as ctx:
            return [edit.create_record(ctx, name, dict(row)) for row in rows]

    def add_raw(self, *rows, name="depot.item"):
        with self.wiring.writing() as ctx:
            return [each.uid for each in records.insert(ctx, name, rows)]

    def change(self, uid, values, name="depot.item"):
        with self.wiring.writing() as ctx:
            version = read.get_record(ctx, name, uid)["version"]
            edit.change_record(ctx, name, uid, values, base_version=version)

    def trash(self, uid, name="depot.item"):
        with self.wiring.writing() as ctx:
            edit.delete_record(ctx, name, uid)

    def values(self, key, name="depot.item"):
        """What a reader sees, by name of the record."""
        with self.wiring.reading() as ctx:
            items = read.list_records(ctx, name, limit=200)
        return {each["values"]["name"]: each["values"].get(key) for each in items["items"]}

    def past(self, uid, key, name="depot.item"):
        """The values of a field in every version, oldest first."""
        with self.wiring.reading() as ctx:
            number = query.uid_to_id(ctx.uow, ctx.tables, name, [uid])[uid]
            versions = query.history(ctx.uow, ctx.scope, ctx.tables, ctx.catalog, name, number)
            return [each.values.get(key) for each in sorted(versions, key=lambda v: v.rev_from)]

    def work(self):
        return drain(self.wiring, "test")

    def changes(self):
        with self.wiring.reading() as ctx:
            return schema_changes.changes(ctx.uow)

    def state(self, uid):
        with self.wiring.reading() as ctx:
            return schema_changes.publication_of(ctx.uow, uid=uid)

    def progress(self):
        """How much of the newest change is done, while it goes on."""
        with self.wiring.reading() as ctx:
            found = listing.changes(ctx)
        return (found[0].done, found[0].total) if found and found[0].total is not None else None

    def nothing_lost(self):
        """The invariant of the newest change: what was in its old column is converted or listed."""
        with self.wiring.reading() as ctx:
            newest = schema_changes.changes(ctx.uow, limit=1)[0]
            return reshape.lost(ctx.uow, ctx.tables, newest) == 0

    def failures(self, change):
        with self.wiring.reading() as ctx:
            return schema_changes.failures(ctx.uow, change.id)

    def draft(self, name, document, version=0):
        with self.wiring.writing() as ctx:
            return draft.save_draft(ctx, name, document, expected_version=version)

    def close(self):
        self.wiring.close()
