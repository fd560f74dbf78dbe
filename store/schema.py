"""Bring the system tables to the newest revision."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

if TYPE_CHECKING:
    from store.unit import UnitOfWork


def migrate(uow: UnitOfWork) -> None:
    """Run the revisions this database has not seen."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    newest = ScriptDirectory.from_config(config).get_current_head()
    if MigrationContext.configure(uow.connection).get_current_revision() != newest:
        config.attributes["connection"] = uow.connection
        command.upgrade(config, "head")
