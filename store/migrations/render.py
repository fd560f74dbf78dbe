"""Write the statements that make the tables of a revision, for each database.

Run by `python -m store.migrations.render`, for revisions until they are released.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from store.tables_records import TABLES as RECORDS
from store.tables_records import form_draft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Table

_DIALECTS = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect}
# by revision: the tables it adds
LATER: Mapping[str, tuple[Table, ...]] = {"0003": tuple(t for t in RECORDS if t is not form_draft)}


def statements(dialect: str, revision: str) -> str:
    """All statements of a revision for one dialect, a paragraph each."""
    compiler = _DIALECTS[dialect]()
    parts: list[str] = []
    for table in LATER[revision]:
        parts.append(str(CreateTable(table).compile(dialect=compiler)).strip())
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            create = CreateIndex(index)
            parts.append(
                str(create.compile(dialect=compiler, compile_kwargs={"literal_binds": True}))
            )
    return "\n\n".join("\n".join(_lines(part)) for part in parts) + "\n"


def _lines(statement: str) -> list[str]:
    return [line.rstrip().replace("\t", "  ") for line in statement.splitlines() if line.strip()]


def main() -> None:
    """Write the files of the revisions."""
    for revision, dialect in product(LATER, _DIALECTS):
        path = Path(__file__).parent / "versions" / f"r{revision}_{dialect}.sql"
        path.write_text(statements(dialect, revision), encoding="utf-8")


if __name__ == "__main__":
    main()
