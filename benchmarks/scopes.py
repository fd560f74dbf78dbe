"""A list of 50 of 100,000 rows as far as the subtree of a person reaches, beside hand-written SQL.

10,000 people in 1,000 departments, 2,000 dated assignments; the organisation is walked with every
request, the rights are worked out from the roles, the page is read. Each answer is compared with
the one of plain loops.
"""

from __future__ import annotations

import random
import statistics
import time

from sqlalchemy import create_engine, text

from benchmarks.databases import KINDS, folder, fresh
from benchmarks.figures import Figure
from builder.codec import decode
from connectors.registry import Registry
from runtime import read
from runtime.clock import FixedClock
from runtime.context import SYSTEM_ACTOR, Actor, day_of
from runtime.lists import Listing
from runtime.publish import Proposal, publish
from runtime.settings import Settings
from runtime.wiring import Wiring
from store import records
from store.record_writes import Stamp

ROWS, PEOPLE, DEPARTMENTS, ASSIGNMENTS, TURNS = 100_000, 10_000, 1_000, 2_000, 60
NOW = 1_772_413_200_000_000
LIMIT_S = 0.1
DOCUMENTS = [
    {"kind": "pack", "key": "b", "version": "1.0.0"},
    {
        "kind": "entity", "key": "job", "display": "name",
        "access": {"owner": "owner", "department": "owner.department"},
        "fields": [{"key": "name", "type": "text"}, {"key": "owner", "type": "person"}],
    },
    {
        "kind": "entity", "key": "asset", "display": "name",
        "access": {"owner": "owner", "department": "team"},
        "fields": [{"key": "name", "type": "text"}, {"key": "owner", "type": "person"},
                   {"key": "team", "type": "department"}],
    },
    {
        "kind": "role", "key": "head", "grants": [
            {"entity": "job", "actions": ["read"], "rows": "subtree"},
            {"entity": "asset", "actions": ["read"], "rows": "subtree"}],
    },
    {
        "kind": "role", "key": "boss", "grants": [
            {"entity": "job", "actions": ["read"], "rows": "subordinates"}],
    },
]  # fmt: skip
BARE = """
WITH RECURSIVE below(id) AS (
  SELECT {p_department} FROM {person} WHERE id = :person
  UNION SELECT d.id FROM {department} d JOIN below ON d.{d_parent} = below.id
)
SELECT j.uid, j.{name}, p.{p_name} FROM {job} j JOIN {person} p ON p.id = j.{owner}
WHERE p.{p_department} IN (SELECT id FROM below) AND NOT {deleted}
ORDER BY j.{name}, j.id LIMIT 51
"""


class Company:
    """The organisation as plain lists, and the same in a database."""

    def __init__(self, wiring):
        self.wiring, dice = wiring, random.Random(3)
        publish(
            wiring,
            Proposal(tuple(decode(d["kind"], d, pack="b") for d in DOCUMENTS)),
            actor=SYSTEM_ACTOR,
        )
        self.today = day_of(NOW, "Asia/Shanghai")
        self.above = [None] + [max(0, n // 4 - dice.randint(0, 2)) for n in range(1, DEPARTMENTS)]
        self.home = [dice.randrange(DEPARTMENTS) for _ in range(PEOPLE)]
        self.manager = [None] + [n // 8 for n in range(1, PEOPLE)]
        self.moves = [
            (dice.randrange(PEOPLE), dice.randrange(DEPARTMENTS), self.today + dice.randint(-3, 3))
            for _ in range(ASSIGNMENTS)
        ]
        self.owner = [dice.randrange(PEOPLE) for _ in range(ROWS)]
        with wiring.database.write() as uow, wiring.reading() as ctx:
            self._fill(uow, ctx.tables)

    def _fill(self, uow, tables):
        def insert(entity, rows):
            uids = [f"{entity}{n}" for n in range(len(rows))]
            stamp = Stamp("bench", 0)
            return records.insert_many(uow, tables, entity, rows, uids=uids, stamp=stamp)

        departments = insert(
            "department", [{"name": f"d{n}", "code": f"d{n}"} for n in range(DEPARTMENTS)]
        )
        for n, above in enumerate(self.above):
            if above is not None:
                records.update(
                    uow, tables, "department", departments[n], {"parent": departments[above]},
                    base_version=None, stamp=Stamp("bench", 0),
                )  # fmt: skip
        first = [{"name": "p0", "code": "p0", "department": departments[self.home[0]]}]
        self.people = insert("person", first)
        step = 1
        while len(self.people) < PEOPLE:  # managers before those they manage
            rows = [
                {
                    "name": f"p{n}", "code": f"p{n}", "department": departments[self.home[n]],
                    "manager": self.people[self.manager[n]],
                }
                for n in range(len(self.people), min(PEOPLE, len(self.people) + step))
            ]  # fmt: skip
            uids = [f"person{n}" for n in range(len(self.people), len(self.people) + len(rows))]
            self.people = [
                *self.people,
                *records.insert_many(
                    uow, tables, "person", rows, uids=uids, stamp=Stamp("bench", 0)
                ),
            ]
            step *= 7
        insert(
            "assignment",
            [
                {"person": self.people[p], "department": departments[d], "from": day, "main": True}
                for p, d, day in self.moves
            ],
        )
        insert(
            "b.job", [{"name": f"j{n}", "owner": self.people[o]} for n, o in enumerate(self.owner)]
        )
        insert(
            "b.asset",
            [
                {"name": f"a{n}", "owner": self.people[o], "team": departments[self.home[o]]}
                for n, o in enumerate(self.owner)
            ],
        )

    # --- the answer by plain loops ------------------------------------------------------------
    def places(self):
        """The department of each person today."""
        begun = {}
        for n, (person, department, day) in enumerate(self.moves):
            if day <= self.today:
                begun.setdefault(person, []).append((day, n, department))
        return [{d for _, _, d in begun[p]} if p in begun else {h} for p, h in enumerate(self.home)]

    def under(self, tops):
        found = set(tops)
        for n, above in enumerate(self.above):  # a department comes after the one above it
            if above in found:
                found.add(n)
        return found

    def below(self, person):
        found = {person}
        for n, manager in enumerate(self.manager):
            if manager in found:
                found.add(n)
        return found

    def expected(self, entity, role, person, places):
        if role == "boss":
            # whoever was moved stands under nobody
            moved = {p for p, _, day in self.moves if day <= self.today}
            own, team = {person}, {person}
            for n, manager in enumerate(self.manager):
                if manager in team and n not in moved:
                    team.add(n)
            rows = [n for n, o in enumerate(self.owner) if o in team | own]
        else:
            tree = self.under(places[person])
            if entity == "b.asset":
                rows = [n for n, o in enumerate(self.owner) if self.home[o] in tree]
            else:
                rows = [n for n, o in enumerate(self.owner) if places[o] & tree]
        letter = entity[2]
        return sorted(f"{letter}{n}" for n in rows)[:50]


def measure(company, entity, role):
    """Seconds of each turn, everything a request does behind the web; the answers are right."""
    places, dice, taken = company.places(), random.Random(5), []
    for turn in range(TURNS):
        person = dice.randrange(40 if turn % 2 else PEOPLE)  # every second one is high up
        actor = Actor("user", "x", company.people[person], (f"b.{role}",))
        began = time.perf_counter()
        with company.wiring.reading(actor) as ctx:
            items = read.list_records(ctx, entity, Listing(sort="name"), limit=50)["items"]
        taken.append(time.perf_counter() - began)
        found = [item["display"] for item in items]
        assert found == company.expected(entity, role, person, places), (entity, role, person)
    return taken


def bare(url, company):
    """The same page of jobs by hand: no dates, no assignments, no rights on fields."""
    with company.wiring.reading() as ctx:
        tables = ctx.tables
        names = {
            "person": tables.table("person").name,
            "department": tables.table("department").name,
            "job": tables.table("b.job").name,
            "p_department": tables.column("person", "department").name,
            "p_name": tables.column("person", "name").name,
            "d_parent": tables.column("department", "parent").name,
            "name": tables.column("b.job", "name").name,
            "owner": tables.column("b.job", "owner").name,
            "deleted": "j.deleted" if ctx.uow.dialect == "postgresql" else "j.deleted = 1",
        }
    engine, dice, taken = create_engine(url), random.Random(5), []
    with engine.connect() as connection:
        for turn in range(TURNS):
            person = company.people[dice.randrange(40 if turn % 2 else PEOPLE)]
            began = time.perf_counter()
            connection.execute(text(BARE.format(**names)), {"person": person}).all()
            taken.append(time.perf_counter() - began)
    engine.dispose()
    return taken


def p95(taken):
    return statistics.quantiles(taken, n=20)[-1]


def run():
    figures = []
    for kind in KINDS:
        with fresh(kind) as url, folder() as data:
            settings = Settings(data_dir=data, database_url=url)
            wiring = Wiring.open(settings, clock=FixedClock(NOW), connectors=Registry({}, {}))
            company = Company(wiring)
            _tidy(url, kind)
            baseline = p95(bare(url, company))
            for entity, role, name, limit_s in (
                ("b.job", "head", "subtree of the owner", LIMIT_S),
                ("b.asset", "head", "subtree of the record", LIMIT_S),
                ("b.job", "boss", "up to 10,000 people below", None),
            ):
                seconds = p95(measure(company, entity, role))
                figures.append(
                    Figure(
                        f"{kind}: 50 of 100,000, {name}, p95",
                        seconds,
                        limit_s=limit_s,
                        baseline_s=baseline,
                        baseline="recursive SQL by hand, without dates and rights",
                    )
                )
            wiring.close()
    return figures


def _tidy(url, kind):
    """What autovacuum does in its own time."""
    if kind == "postgresql":
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))
        engine.dispose()
