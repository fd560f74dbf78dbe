"""A process that works until it is killed: submits, syncs, rule runs, publishing, delivery.

`python -m tests.faults.driver DIRECTORY ROLE SEED`; acknowledged submits are appended to a
journal outside the database after the commit, as a client would have seen them.
"""

import json
import os
import random
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from builder.model.entity import Field
from runtime import publish, scheduler, sync, worker
from runtime.context import SYSTEM_ACTOR
from runtime.deliver import Courier
from runtime.publish import Proposal
from runtime.settings import Settings
from runtime.submit import Submitted, submit_form
from runtime.wiring import Wiring
from store.db import is_retryable

PEOPLE = [f"P{number:03}" for number in range(1, 9)]
SOURCE = "performance_core.business_system"


def settings_of(directory):
    url = (directory / "database-url").read_text(encoding="utf-8")
    return Settings(
        data_dir=directory / "data", database_url=url, exclusive=not url.startswith("postgresql")
    )


class Driver:
    def __init__(self, directory, seed):
        self.directory = directory
        self.random = random.Random(seed)
        self.wiring = Wiring.open(settings_of(directory))
        self.owner = f"driver:{os.getpid()}"
        self.courier = Courier(self.wiring, self.owner)
        self.journal = (directory / "journal.jsonl").open("a", encoding="utf-8")
        self.people = json.loads((directory / "people.json").read_text(encoding="utf-8"))
        self.count = 0

    def submit(self):
        self.count += 1
        code = f"{self.owner}-{self.count}"
        person = self.random.choice(sorted(self.people.values()))
        if self.random.random() < 0.6:
            form, values = (
                "slips.slip_form",
                {
                    "code": code,
                    "owner": person,
                    "on": f"2026-06-{self.random.randint(10, 28)}",
                    "quantity": f"{self.random.randint(1, 999)}.{self.random.randint(0, 9999):04}",
                },
            )
        else:
            minute = self.random.randint(0, 59)
            form, values = (
                "slips.ping_form",
                {
                    "code": code,
                    "owner": person,
                    "at": f"2026-06-28T20:{minute:02}:00+08:00",
                },
            )
        with self.wiring.writing(SYSTEM_ACTOR, cause="driver") as ctx:
            done = submit_form(ctx, form, values, key=code)
            assert isinstance(done, Submitted), done
        self.journal.write(json.dumps({"form": form, "code": code, "uid": done.record_uid}) + "\n")
        self.journal.flush()

    def sync(self):
        if not sync.run_once(self.wiring, self.owner):
            sync.sync_source(self.wiring, SOURCE, force=True)

    def work(self):
        scheduler.tick(self.wiring)
        worker.run_once(self.wiring, self.owner)

    def deliver(self):
        self.courier.run_once()

    def publish(self):
        with self.wiring.reading() as ctx:
            slip = ctx.catalog.entity("slips.slip")
        number = len(slip.fields)
        if number > 20:
            return
        label = {"zh-CN": f"附加{number}", "en": f"Extra {number}"}
        more = Field(key=f"x_extra{number}", type="text", label=label)
        wider = replace(slip, fields=(*slip.fields, more))
        publish.publish(
            self.wiring, Proposal((wider,), origin="local", note="wider"), actor=SYSTEM_ACTOR
        )

    def run(self, weights):
        names, chances = zip(*weights.items(), strict=True)
        print("ready", flush=True)
        while True:
            name = self.random.choices(names, chances)[0]
            try:
                getattr(self, name)()
            except Exception as error:
                if not is_retryable(error):
                    raise


ROLES = {
    "all": {"submit": 50, "work": 30, "deliver": 15, "sync": 4, "publish": 1},
    "submit": {"submit": 60, "sync": 4, "publish": 1},
    "worker": {"work": 70, "deliver": 30},
}

if __name__ == "__main__":
    with suppress(BrokenPipeError):
        Driver(Path(sys.argv[1]), sys.argv[3]).run(ROLES[sys.argv[2]])
