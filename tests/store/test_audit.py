"""The audit chain: append-only, and every change to it is found."""

import pytest
from sqlalchemy import delete, insert, select, update

from store import audit
from store.tables import audit as audit_table
from store.tables import head

NOW = 1_000


@pytest.fixture
def chain(database, audit_key):
    for n in range(12):
        with database.write() as uow:
            for part in range(1 + n % 3):
                audit.append(
                    uow, actor="li", action="x", target=f"t{n}", detail={"p": part}, at=NOW + n
                )
    with database.read() as uow:
        assert audit.verify(uow, audit_key) == []
        return audit.chain_head(uow)


def test_the_chain_is_append_only(database, chain):
    for statement in (update(audit_table).values(actor="wang"), delete(audit_table)):
        with pytest.raises(Exception, match="append-only"), database.write() as uow:
            uow.execute(statement)


@pytest.fixture
def tamper(database, chain, audit_key):
    """Somebody with all rights on the database, but without the key."""
    if database.dialect == "sqlite":
        off = ["DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"]
    else:
        off = ["ALTER TABLE audit DISABLE TRIGGER USER"]

    def change(*statements, known=()):
        with database.write() as uow:
            for text in off:
                uow.connection.exec_driver_sql(text)
            for statement in statements:
                uow.execute(statement)
            return audit.verify(uow, audit_key, known=known)

    return change


@pytest.mark.parametrize(
    "values",
    [
        {"actor": "wang"}, {"at": 1}, {"rev": 1},
        {"detail": "{}"}, {"action": "y"}, {"target": "z"},
    ],
)  # fmt: skip
def test_an_edited_row_is_found(tamper, values):
    assert tamper(update(audit_table).where(audit_table.c.seq == 7).values(values))[0].seq == 7


def test_a_removed_row_is_found(tamper):
    problems = tamper(delete(audit_table).where(audit_table.c.seq == 5))
    assert ("missing", 5) in {(p.problem, p.seq) for p in problems}


def test_a_cut_off_end_is_found(tamper):
    assert tamper(delete(audit_table).where(audit_table.c.seq > 20))[0].problem == "truncated"


def test_a_cut_off_end_with_a_mended_head_is_found_by_a_head_kept_outside(tamper, database, chain):
    with database.read() as uow:
        row = uow.execute(select(audit_table).where(audit_table.c.seq == 20)).one()
    cut = delete(audit_table).where(audit_table.c.seq > 20)
    mend = update(head).values(audit_seq=20, audit_hash=row.hash)
    assert [p.problem for p in tamper(cut, mend, known=[chain])] == ["truncated"]


def test_an_inserted_row_is_found(tamper, chain):
    row = {
        "seq": chain.seq + 1, "rev": 99, "at": 1, "actor": "a", "action": "b", "target": "c",
        "detail": "{}", "hash": "0" * 64,
    }  # fmt: skip
    problems = tamper(
        insert(audit_table).values(row),
        update(head).values(audit_seq=chain.seq + 1, audit_hash="0" * 64),
    )
    assert [p.problem for p in problems] == ["changed"]


def test_another_key_verifies_nothing(database, chain):
    with database.read() as uow:
        assert len(audit.verify(uow, b"another")) == chain.seq
