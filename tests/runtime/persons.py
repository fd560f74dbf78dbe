"""An installation with both packs and a file on people, and one person who is all over it."""

from __future__ import annotations

import io
import json
import zipfile
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from builder.codec import decode
from runtime import accounts, comments, dossier, edit, files, form_drafts, read, records, works
from runtime.clock import FixedClock
from runtime.context import SYSTEM_ACTOR, Actor
from runtime.opened import Place
from runtime.packs import install_pack, load_folder
from runtime.publish import Proposal, publish
from runtime.settings import Settings
from runtime.wiring import Wiring
from runtime.worker import drain
from store import outbox
from store import tasks as stored_tasks
from store.tasks import NewNotice
from tests.runtime.conftest import MONDAY

PACKS = Path(__file__).parents[2] / "templates_lib"
PASSWORD = "correct horse 9"
ADMIN = Actor("user", "root", admin=True, language="en")
WHY = {"zh-CN": "人事档案", "en": "Personnel file"}
LOGIN = "ottiliq"
NAME, CODE, MAIL = "Ottilie Quarzbach", "QZX-77", "ottilie.quarzbach@example.org"
SCAN = b"scan of a passport 771945"


def personal(key, kind="text", **more):
    return {"key": key, "type": kind, "privacy": {"class": "personal", "purpose": WHY}, **more}


def sensitive(key, kind="text", **more):
    said = {"class": "sensitive", "purpose": WHY} | more.pop("privacy", {})
    return {"key": key, "type": kind, "privacy": said, **more}


OPTIONS = [{"id": "nuts", "label": WHY}, {"id": "pollen", "label": {"zh-CN": "花", "en": "Pollen"}}]
DOCUMENTS = [
    {"kind": "pack", "key": "hr", "version": "1.0.0"},
    {
        "kind": "entity", "key": "dossier", "display": "title", "access": {"owner": "about"},
        "fields": [
            personal("title", required=True), {"key": "about", "type": "person"},
            sensitive("illness", "long_text", privacy={"retain_days": 30}),
            sensitive("blood", "choice", options=OPTIONS),
            sensitive("allergies", "multi_choice", options=OPTIONS),
            personal("passport", "file"), {"key": "days", "type": "integer"},
            personal("relatives", "child_table", entity="relative"),
            personal("nickname"), personal("badge"),
        ],
    },
    {
        "kind": "entity", "key": "relative", "display": "name", "parent": "dossier",
        "fields": [personal("name"), {"key": "since", "type": "date"}],
    },
    {
        "kind": "entity", "key": "visit", "display": "place", "log": True,
        "fields": [{"key": "place", "type": "text"}, {"key": "guest", "type": "person"},
                   personal("plate")],
    },
    {
        "kind": "entity", "key": "pair", "display": "note", "access": {"owner": "host"},
        "fields": [personal("note"), {"key": "host", "type": "person"},
                   {"key": "helper", "type": "person"}],
    },
]  # fmt: skip


@dataclass
class Persons:
    """The installation and what is known of it."""

    wiring: Wiring
    ids: dict[str, int]
    uids: dict[str, str]
    made: dict[str, str] = field(default_factory=dict)

    @property
    def ottilie(self):
        return Actor("user", LOGIN, self.ids["ottilie"], ("performance_core.employee",))

    def drain(self):
        return drain(self.wiring, "test")

    def at(self, at):
        self.wiring.clock = FixedClock(at)


# what must be in an export of the person, and nowhere after she was erased
MARKS = {
    NAME, CODE, MAIL, "Quarzbach & Co", "knee operation 88", "knee operation 99", "hoarse 4711",
    "aunt Xiomara", "uncle Yevgeny", "QZ-PLATE-9", "77123456", "remark-3141",
    "half 2718",
    "scan-qz.txt", "reason 6622",
}  # fmt: skip
SECRET = {LOGIN, SCAN.decode(), "Old Quarzbach", *MARKS}
RETIRED = "Tilliquar"  # of a field that is gone: in no export, but in its column


def install(folder, url=""):
    """The packs and the people; then Ottilie leaves her marks wherever data about her may be."""
    settings = Settings(data_dir=folder, database_url=url)
    wiring = Wiring.open(settings, clock=FixedClock(MONDAY))
    for name in ("performance_core", "quality_red_line"):
        loaded = load_folder(PACKS / name)
        parameters = dict.fromkeys(loaded.pack.parameters, "http://127.0.0.1:9")
        install_pack(wiring, loaded, parameters=parameters, actor=SYSTEM_ACTOR)
    made = tuple(decode(each["kind"], each, pack="hr") for each in DOCUMENTS)
    assert not [each for each in made if isinstance(each, list)], made
    publish(wiring, Proposal(made), actor=SYSTEM_ACTOR)
    with wiring.writing() as ctx:
        rows = [
            {"name": "Boss", "code": "b-1"},
            {"name": "Old Quarzbach", "code": CODE, "email": MAIL},
            {"name": "Other", "code": "o-1", "email": "other@example.org"},
        ]
        people = records.insert(ctx, "person", rows)
        keys = ("boss", "ottilie", "other")
        found = Persons(
            wiring,
            dict(zip(keys, (each.id for each in people), strict=True)),
            dict(zip(keys, (each.uid for each in people), strict=True)),
        )
        accounts.create_account(ctx, "root", PASSWORD, roles=["admin"])
        accounts.create_account(
            ctx, LOGIN, PASSWORD, roles=["performance_core.employee"],
            person_id=found.ids["ottilie"],
        )  # fmt: skip
    _fill(found)
    _retire(found)
    return found


def _retire(world):
    """One field is taken away and one gets another type: their columns stay, hidden."""
    document = deepcopy(DOCUMENTS[1])
    document["fields"] = [f for f in document["fields"] if f["key"] != "nickname"]
    document["fields"][-1] |= {"type": "integer"}
    changed = decode("entity", document, pack="hr")
    proposal = Proposal((changed,), consent=frozenset({"hr.dossier.nickname"}))
    publish(world.wiring, proposal, actor=SYSTEM_ACTOR)
    world.drain()


def _fill(world):
    wiring, uids = world.wiring, world.uids
    with wiring.writing(ADMIN) as ctx:
        person = read.get_record(ctx, "person", uids["ottilie"])
        values = {"name": NAME, "manager": uids["boss"]}
        edit.change_record(ctx, "person", uids["ottilie"], values, base_version=person["version"])
        world.made["goal"] = edit.create_record(
            ctx, "performance_core.goal",
            {"code": "g1", "name": "less scrap", "owner": uids["ottilie"], "start": "2026-01-05",
             "end": "2026-06-28", "weight": "0.4", "reason": "reason 6622"},
        )  # fmt: skip
        report = {"goal": world.made["goal"], "week_end": "2026-02-08", "progress": "0.1",
                  "note": "hoarse 4711"}  # fmt: skip
        world.made["report"] = edit.create_record(ctx, "performance_core.weekly_report", report)
        scan = files.upload(ctx, "scan-qz.txt", SCAN)["uid"]
        filled = {
            "title": "Quarzbach & Co", "about": uids["ottilie"], "illness": "knee operation 88",
            "blood": "pollen", "allergies": ["nuts"], "passport": scan, "days": 7,
            "relatives": [{"name": "aunt Xiomara"}, {"name": "uncle Yevgeny"}],
            "nickname": "Tilliquar", "badge": "77123456",
        }  # fmt: skip
        world.made["dossier"] = edit.create_record(ctx, "hr.dossier", filled)
        world.made["other"] = edit.create_record(
            ctx, "hr.dossier",
            {"title": "other one", "about": uids["other"], "illness": "none of hers", "days": 5,
             "allergies": ["pollen"], "relatives": [{"name": "her son"}]},
        )  # fmt: skip
        edit.create_record(
            ctx, "hr.visit", {"place": "gate", "guest": uids["ottilie"], "plate": "QZ-PLATE-9"}
        )
        world.made["pair"] = edit.create_record(
            ctx, "hr.pair",
            {"note": "about the other", "host": uids["other"], "helper": uids["ottilie"]},
        )  # fmt: skip
    with wiring.writing(ADMIN) as ctx:
        base = read.get_record(ctx, "hr.dossier", world.made["dossier"])["version"]
        edit.change_record(
            ctx, "hr.dossier", world.made["dossier"],
            {"illness": "knee operation 99", "relatives": [{"name": "uncle Yevgeny"}]},
            base_version=base,
        )  # fmt: skip
        comments.comment(ctx, "person", uids["ottilie"], f"{NAME} remark-3141")
        said = {"template": "{{ who }}", "model": {"who": f"{NAME} <{MAIL}>"}}
        notice = NewNotice(
            ctx.new_uid(), "n1", world.ids["boss"], json.dumps(said), json.dumps(said), ctx.now
        )
        for to in (MAIL, "boss@example.org"):
            outbox.put(
                ctx.uow, key=f"to {to}", connector="smtp", operation="send_mail", at=ctx.now,
                guarantee="at_least_once", payload={"to": to, "values": {"about": NAME}},
            )  # fmt: skip
        stored_tasks.put_notices(ctx.uow, [notice])
    with wiring.writing(world.ottilie) as ctx:
        edit.create_record(
            ctx, "performance_core.weekly_report",
            {"goal": world.made["goal"], "week_end": "2026-02-15", "progress": "0.2",
             "note": "hoarse 4711"},
        )  # fmt: skip
        place = Place(form="performance_core.weekly_report_form")
        form_drafts.put_draft(ctx, "d1", {"note": "half 2718"}, place=place, base_version=0)
    with wiring.reading(ADMIN) as ctx:
        read.get_record(ctx, "hr.dossier", world.made["dossier"])
    wiring.views.flush()


def export(world, actor):
    """The names and texts of the ZIP of Ottilie's data."""
    with world.wiring.writing(actor) as ctx:
        made = dossier.start(ctx, world.uids["ottilie"])
    world.drain()
    with world.wiring.reading(actor) as ctx:
        done = works.show(ctx, made["uid"])
        assert done["state"] == "done", done
        content = dossier.file_of(ctx, made["uid"]).content
    archive = zipfile.ZipFile(io.BytesIO(content))
    return {name: archive.read(name) for name in archive.namelist()}


def part(found, name):
    """The rows of a part of an export."""
    return json.loads(found[f"{name}.json"])
