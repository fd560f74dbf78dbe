"""A small catalog with everything the store treats specially."""

import itertools
import shutil

import pytest

from builder.catalog import Catalog
from builder.model.entity import Access, Entity, Field
from store import record_schema
from store.db import Database
from store.record_tables import tables_of
from store.records import Stamp

AT = 1_767_225_600_000_000  # 2026-01-01T00:00Z


def _label(text):
    return {"zh-CN": text, "en": text}


def make_field(key, kind, **settings):
    entity = settings.pop("entity", {"person": "person", "department": "department"}.get(kind))
    return Field(key=key, type=kind, label=_label(key), entity=entity, **settings)


GOAL = Entity(
    name="test.goal",
    label=_label("goal"),
    display="name",
    access=Access(owner="owner", department="owner.department"),
    unique=(("owner", "name"),),
    fields=(
        make_field("name", "text", required=True),
        make_field("owner", "person"),
        make_field("weight", "percent"),
        make_field("active", "boolean"),
        make_field("start", "date"),
        make_field("amount", "money"),
        make_field("extra", "integer", blank_as_zero=True),
        make_field("points", "child_table", entity="test.point"),
        make_field("double", "formula", formula="weight * 2", decimals=4),
    ),
)
POINT = Entity(
    name="test.point",
    label=_label("point"),
    display="on",
    parent="test.goal",
    unique=(("on",),),
    fields=(make_field("on", "date"), make_field("percent", "percent")),
)
ALARM = Entity(
    name="test.alarm",
    label=_label("alarm"),
    display="code",
    log=True,
    unique=(("code",),),
    fields=(
        make_field("code", "text"),
        make_field("goal", "reference", entity="test.goal"),
        make_field("raised_at", "datetime"),
    ),
)

ENTITIES = (GOAL, POINT, ALARM)


class Uids:
    """Readable uids in order."""

    def __init__(self):
        self._numbers = itertools.count(1)

    def __call__(self):
        return f"u{next(self._numbers):04d}"


@pytest.fixture
def catalog():
    return Catalog.of(ENTITIES, revision=1)


def _with_tables(url):
    database = Database.open(url)
    database.migrate()
    with database.write(publishing=True) as uow:
        record_schema.ensure(uow, Catalog.of(ENTITIES, revision=1))
    database.close()


@pytest.fixture(scope="session")
def catalog_template(postgresql_server):
    """A PostgreSQL template with the tables of the catalog; making them takes a while."""
    name = "store_template"
    postgresql_server.run(f"CREATE DATABASE {name}")
    _with_tables(postgresql_server.url(name))
    return name


@pytest.fixture(scope="session")
def catalog_sqlite(tmp_path_factory):
    path = tmp_path_factory.mktemp("catalog") / "catalog.db"
    _with_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """Tests that use `tables` start with them; the others with system tables only."""
    kind = request.param
    if "tables" not in request.fixturenames:
        yield request.getfixturevalue(f"{kind}_url")
    elif kind == "sqlite":
        path = tmp_path / "store.db"
        shutil.copy(request.getfixturevalue("catalog_sqlite"), path)
        yield f"sqlite:///{path}"
    else:
        server = request.getfixturevalue("postgresql_server")
        template = request.getfixturevalue("catalog_template")
        name = server.take(template)
        yield server.url(name)
        server.give_back(name, template)


@pytest.fixture
def tables(database, catalog):
    with database.read() as uow:
        return tables_of(uow, catalog)


@pytest.fixture
def new_uid():
    return Uids()


@pytest.fixture
def stamp():
    return Stamp(actor="li", at=AT)
