"""Write the statements that make today's system tables from nothing, by revision.

Run by `python -m store.migrations.render`, for revisions until they are released.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from store.tables import metadata
from store.tables_records import TABLES as RECORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Table

_DIALECTS = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect}
LATER: Mapping[str, tuple[Table, ...]] = {"0003": RECORDS}  # by revision: the tables it adds
_FIRST_ROWS = ("INSERT INTO head (id, rev, audit_seq, audit_hash) VALUES (1, 0, 0, '')",)
_APPEND_ONLY = {
    "sqlite": tuple(
        f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit\n"
        "BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        """CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION 'audit is append-only'; END$$""",
        """CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()""",
    ),
}


def statements(dialect: str, revision: str = "0001") -> str:
    """All statements of a revision for one dialect, a paragraph each."""
    compiler = _DIALECTS[dialect]()
    parts: list[str] = []
    later = {table for tables in LATER.values() for table in tables}
    mine = LATER.get(revision) or [t for t in metadata.sorted_tables if t not in later]
    for table in mine:
        parts.append(str(CreateTable(table).compile(dialect=compiler)).strip())
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            create = CreateIndex(index)
            parts.append(
                str(create.compile(dialect=compiler, compile_kwargs={"literal_binds": True}))
            )
    if revision not in LATER:
        parts += [*_APPEND_ONLY[dialect], *_FIRST_ROWS]
    return "\n\n".join("\n".join(_lines(part)) for part in parts) + "\n"


def _lines(statement: str) -> list[str]:
    return [line.rstrip().replace("\t", "  ") for line in statement.splitlines() if line.strip()]


def main() -> None:
    """Write the files of the revisions."""
    for revision, dialect in product(("0001", *LATER), _DIALECTS):
        path = Path(__file__).parent / "versions" / f"r{revision}_{dialect}.sql"
        path.write_text(statements(dialect, revision), encoding="utf-8")


if __name__ == "__main__":
    main()
