"""A small installation with a server and a worker of its own, for screens the demo can not show."""

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field

from werkzeug.serving import WSGIRequestHandler, make_server

from builder import packs
from runtime import accounts, edit, worker
from runtime.context import SYSTEM_ACTOR
from runtime.lookups import readable_ids
from runtime.packs import install_pack
from runtime.settings import Settings
from runtime.wiring import Wiring
from store import tasks
from store.tasks import NewTask
from tests.browser.desk_pack import field as field_of
from tests.browser.desk_pack import labels
from tests.browser.seats import Seat
from tests.ports import free_port
from tests.scenarios.conftest import Client
from web.app_factory import create_app

PASSWORD = "lathe-and-plumb-42"
ENTITY, FORM, ROLE = "rights.visit", "rights.visit_form", "rights.guest"
FILES = {
    "pack.json": {"kind": "pack", "key": "rights", "version": "1.0.0"},
    "entities/visit.json": {
        "kind": "entity",
        "key": "visit",
        "label": labels("来访", "Visit"),
        "display": "name",
        "access": {"owner": "host"},
        "fields": [
            field_of("name", "text", "访客", "Visitor", required=True),
            field_of("phone", "text", "电话", "Phone"),
            field_of("host", "person", "接待人", "Host"),
            field_of("size", "text", "人数", "Size"),
        ],
    },
    "forms/visit_form.json": {
        "kind": "form",
        "key": "visit_form",
        "label": labels("来访登记", "Register a visit"),
        "entity": "visit",
        "layout": [{"id": f"n{n}", "field": key} for n, key in enumerate(("name", "phone"))],
    },
    "roles/guest.json": {
        "kind": "role",
        "key": "guest",
        "label": labels("前台", "Front desk"),
        "grants": [{"entity": "visit", "actions": ["read", "create"], "rows": "all"}],
    },
}
PEOPLE = {"boss": "王主任", "li": "李接手", "zhou": "周离岗"}


@dataclass
class House:
    """A running installation and who is in it."""

    url: str
    wiring: Wiring
    uids: dict[str, str] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)
    worker: threading.Thread | None = None

    def work(self):
        """Have what runs later run."""
        self.stop.clear()
        self.worker = threading.Thread(target=worker.run, args=(self.wiring, "house", self.stop))
        self.worker.start()

    def rest(self):
        """Nothing runs later for now."""
        self.stop.set()
        self.worker.join()

    def client(self, login):
        return Client(self.url, login, PASSWORD)

    def seat(self, browser, place):
        return Seat(self.url, place, browser.new_context(**place.options())).open()

    def account(self, login, *, roles=(), person=None, language="zh-CN"):
        with self.wiring.writing() as ctx:
            person_id = None if person is None else self._id(ctx, person)
            accounts.create_account(
                ctx, login, PASSWORD, roles=roles, person_id=person_id, language=language
            )

    def give_task(self, person, chinese, english):
        with self.wiring.writing() as ctx:
            new = NewTask(
                uid=ctx.new_uid(), key=chinese, kind="card", card="[]", opened_at=ctx.now,
                title=json.dumps(labels(chinese, english)), assignee_id=self._id(ctx, person),
            )  # fmt: skip
            tasks.put_task(ctx.uow, new)

    def _id(self, ctx, person):
        uid = self.uids[person]
        return readable_ids(ctx, "person", [uid])[uid]


class Quiet(WSGIRequestHandler):
    """Says nothing of every request; a browser keeps its connections."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_):
        pass


@contextmanager
def running_house(folder, **settings):
    """The installation, until the block ends; `base_url` follows its port."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    wiring = Wiring.open(Settings(data_dir=folder, base_url=url, **settings))
    files = {path: json.dumps(each).encode() for path, each in FILES.items()}
    install_pack(wiring, packs.load(files), parameters={}, actor=SYSTEM_ACTOR)
    house = House(url, wiring)
    with wiring.writing() as ctx:
        for code, name in PEOPLE.items():
            values = {"name": name, "code": code, "active": True, "email": f"{code}@plant.example"}
            manager = {} if code == "boss" else {"manager": house.uids["boss"]}
            house.uids[code] = edit.create_record(ctx, "person", values | manager)
    house.account("admin", roles=["admin"])
    app = create_app(wiring)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    web = threading.Thread(target=server.serve_forever)
    web.start()
    house.work()
    try:
        yield house
    finally:
        house.rest()
        server.shutdown()
        web.join()
        server.server_close()
        app.extensions["renderer"].close()
        wiring.close()
