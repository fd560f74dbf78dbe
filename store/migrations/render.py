"""Write the statements that make today's system tables from nothing.

Run by `python -m store.migrations.render`, for the first revision until it is released;
later changes are revisions of their own.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from store.tables import metadata

_DIALECTS = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect}
_LATER = frozenset({"view_as"})  # what later revisions made
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


def statements(dialect: str) -> str:
    """All statements for one dialect, a paragraph each."""
    compiler = _DIALECTS[dialect]()
    parts: list[str] = []
    for table in metadata.sorted_tables:
        if table.name in _LATER:
            continue
        parts.append(str(CreateTable(table).compile(dialect=compiler)).strip())
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            create = CreateIndex(index)
            parts.append(
                str(create.compile(dialect=compiler, compile_kwargs={"literal_binds": True}))
            )
    parts += [*_APPEND_ONLY[dialect], *_FIRST_ROWS]
    return "\n\n".join("\n".join(_lines(part)) for part in parts) + "\n"


def _lines(statement: str) -> list[str]:
    return [line.rstrip().replace("\t", "  ") for line in statement.splitlines() if line.strip()]


def main() -> None:
    """Write the files of the first revision."""
    for dialect in _DIALECTS:
        path = Path(__file__).parent / "versions" / f"r0001_{dialect}.sql"
        path.write_text(statements(dialect), encoding="utf-8")


if __name__ == "__main__":
    main()
