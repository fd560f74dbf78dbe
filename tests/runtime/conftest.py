"""A small catalog and people to try the verbs with."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from builder.codec import decode
from connectors.registry import Registry
from runtime import records
from runtime.clock import FixedClock
from runtime.context import SYSTEM_ACTOR, Actor
from runtime.publish import Proposal, publish
from runtime.settings import Settings
from runtime.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Iterator

MONDAY = 1_772_413_200_000_000  # 2026-03-02T09:00:00+08:00

DOCUMENTS = [
    ("pack", {"kind": "pack", "key": "shop", "version": "1.0.0"}),
    ("entity", {
        "kind": "entity", "key": "goal", "label": {"zh-CN": "目标", "en": "Goal"},
        "display": "name", "access": {"owner": "owner", "department": "owner.department"},
        "unique": [["name"]],
        "fields": [
            {"key": "name", "type": "text", "required": True,
             "label": {"zh-CN": "名称", "en": "Name"}},
            {"key": "owner", "type": "person"},
            {"key": "weight", "type": "percent", "min": "0", "max": "1", "decimals": 2},
            {"key": "reason", "type": "text", "label": {"zh-CN": "理由", "en": "Reason"}},
            {"key": "start", "type": "date", "default": "TODAY()"},
            {"key": "end", "type": "date"},
            {"key": "secret_note", "type": "text"},
            {"key": "days", "type": "formula", "formula": "DAYS(start, end)"},
            {"key": "steps", "type": "child_table", "entity": "goal_step"},
            {"key": "proof", "type": "file"},
        ]}),
    ("entity", {
        "kind": "entity", "key": "goal_step", "display": "title", "parent": "goal",
        "fields": [{"key": "title", "type": "text", "required": True},
                   {"key": "points", "type": "integer"},
                   {"key": "helper", "type": "person"}]}),
    ("entity", {
        "kind": "entity", "key": "beat", "display": "code", "log": True,
        "fields": [{"key": "code", "type": "text"}, {"key": "at", "type": "datetime"}]}),
    ("form", {
        "kind": "form", "key": "goal_form", "entity": "goal",
        "layout": [{"id": "s", "box": "section", "children": [
            {"id": "a", "field": "name"}, {"id": "b", "field": "owner"},
            {"id": "c", "field": "weight"}, {"id": "d", "field": "reason"},
            {"id": "e", "field": "start"}, {"id": "f", "field": "end"},
            {"id": "g", "field": "steps"}, {"id": "h", "field": "proof"}]}],
        "rules": [
            {"id": "r1", "when": "weight > 30%",
             "then": [{"require": "reason"}, {"show": "reason"}]},
            {"id": "r2", "check": "end > start", "at": "end",
             "message": {"zh-CN": "结束日期要晚于开始日期",
                         "en": "the end must be after the start"}},
            {"id": "r3", "check": "owner.active <> FALSE", "at": "owner",
             "message": {"zh-CN": "负责人已离职", "en": "the owner has left"}}]}),
    ("role", {
        "kind": "role", "key": "employee", "grants": [
            {"entity": "goal", "actions": ["read", "create", "update"], "rows": "own",
             "hidden_fields": ["secret_note"]},
            {"entity": "person", "actions": ["read"], "rows": "all", "hidden_fields": ["email"]}]}),
    ("role", {
        "kind": "role", "key": "boss", "grants": [
            {"entity": "goal", "actions": ["read", "update", "delete"], "rows": "subordinates"},
            {"entity": "person", "actions": ["read"], "rows": "all"}]}),
    ("role", {
        "kind": "role", "key": "bureau", "grants": [
            {"entity": "goal", "actions": ["read"], "rows": "subtree"},
            {"entity": "goal", "actions": ["read"], "rows": "formula",
             "formula": "weight >= 50%"}]}),
]  # fmt: skip


def decoded(documents=DOCUMENTS):
    """The definitions of the documents."""
    found = [decode(kind, document, pack="shop") for kind, document in documents]
    wrong = [each for each in found if isinstance(each, list)]
    assert wrong == []
    return tuple(found)


@dataclass
class World:
    """An installation with four people: wang over li and zhao, chen elsewhere."""

    wiring: Wiring
    ids: dict[str, int]
    uids: dict[str, str]

    def actor(self, login: str, *roles: str, language: str = "zh-CN") -> Actor:
        """Somebody who is signed in."""
        names = tuple(f"shop.{role}" for role in roles)
        return Actor("user", login, self.ids[login], names, language=language)

    def reading(self, *args):
        """A snapshot."""
        return self.wiring.reading(*args)

    def writing(self, *args):
        """A transaction."""
        return self.wiring.writing(*args)

    def at(self, at: int) -> None:
        """Set the business clock."""
        self.wiring.clock = FixedClock(at)


def new_wiring(folder, url="") -> Wiring:
    """An installation without connectors."""
    settings = Settings(data_dir=folder, database_url=url)
    return Wiring.open(settings, clock=FixedClock(MONDAY), connectors=Registry({}, {}))


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """The data folder of an empty installation on SQLite, to copy."""
    folder = tmp_path_factory.mktemp("installed") / "data"
    new_wiring(folder).close()
    return folder


@pytest.fixture
def wiring(tmp_path, installed) -> Iterator[Wiring]:
    """An empty installation on SQLite."""
    made = new_wiring(shutil.copytree(installed, tmp_path / "data"))
    yield made
    made.close()


def populate(wiring: Wiring) -> World:
    """Publish the catalog and put people in."""
    publish(wiring, Proposal(decoded()), actor=SYSTEM_ACTOR)
    with wiring.writing() as ctx:
        top, other = records.insert(
            ctx, "department", [{"name": "plant", "code": "d1"}, {"name": "sales", "code": "d2"}]
        )
        (line,) = records.insert(
            ctx, "department", [{"name": "line", "code": "d3", "parent": top.id}]
        )
        (wang,) = records.insert(
            ctx, "person",
            [{"name": "王", "code": "wang", "department": top.id, "email": "wang@example.com"}],
        )  # fmt: skip
        rest = records.insert(
            ctx, "person",
            [
                {"name": "李", "code": "li", "department": line.id, "manager": wang.id,
                 "email": "li@example.com"},
                {"name": "赵", "code": "zhao", "department": line.id, "manager": wang.id},
                {"name": "陈", "code": "chen", "department": other.id, "active": False},
            ],
        )  # fmt: skip
    people = dict(zip(("wang", "li", "zhao", "chen"), (wang, *rest), strict=True))
    return World(
        wiring,
        {name: change.id for name, change in people.items()},
        {name: change.uid for name, change in people.items()},
    )


@pytest.fixture(scope="session")
def populated(tmp_path_factory) -> World:
    """The small catalog with its people on SQLite, closed; its folder is copied."""
    made = new_wiring(tmp_path_factory.mktemp("populated") / "data")
    world = populate(made)
    made.close()
    return world


@pytest.fixture(scope="session")
def populated_postgresql(tmp_path_factory, postgresql_server) -> World:
    """The same on PostgreSQL."""
    url = postgresql_server.url(postgresql_server.take())
    made = new_wiring(tmp_path_factory.mktemp("populated") / "data", url)
    world = populate(made)
    made.close()
    return world


@contextmanager
def copied(populated: World, folder, url="") -> Iterator[World]:
    """A copy of that installation; on PostgreSQL its database was copied already."""
    shutil.copytree(populated.wiring.settings.data_dir, folder)
    made = new_wiring(folder, url)
    yield World(made, dict(populated.ids), dict(populated.uids))
    made.close()


@pytest.fixture
def world(populated, tmp_path) -> Iterator[World]:
    """The small catalog with its people, on SQLite."""
    with copied(populated, tmp_path / "data") as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def either_world(request, tmp_path) -> Iterator[World]:
    """The same on both databases."""
    if request.param == "sqlite":
        with copied(request.getfixturevalue("populated"), tmp_path / "data") as copy:
            yield copy
        return
    server = request.getfixturevalue("postgresql_server")
    populated = request.getfixturevalue("populated_postgresql")
    name = populated.wiring.settings.database_url.partition("?")[0].rpartition("/")[2]
    with server.copy_of(name) as url, copied(populated, tmp_path / "data", url) as copy:
        yield copy
