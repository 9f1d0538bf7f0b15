"""An index of any older version, with rows in every table, comes to this version's form and keeps them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from msgspec import msgpack, structs
from sqlalchemy import Connection, text

from orderweave.index import Database, UnknownForm
from orderweave.index.contents import decoded, encoded
from orderweave.index.erasing import records_saying
from orderweave.index.migrating import migrate
from orderweave.index.tables import METADATA
from orderweave.receiving import tables as receiving
from orderweave_sdk.records import (
    Invoice,
    Invoices,
    Payment,
    Payments,
    PaymentStatus,
    Return,
    ReturnStatus,
    Transaction,
    TransactionKind,
    TransactionStatus,
)
from tests.unit.fake_business import order
from tests.unit.index.older import EMAIL, REVISIONS, older, rows_now

# Columns that a later version did away with.
_DROPPED = {"exports": {"holder", "held_until"}}


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_older_index_keeps_its_rows(tmp_path: Path, revision: str) -> None:
    """Each row is there afterwards, value by value, and the person of a record is found by what it says."""
    database = Database(f"sqlite:///{tmp_path}/index.db")

    def work(connection: Connection) -> None:
        before = older(connection, revision)
        migrate(connection)
        now = rows_now(connection)
        for name, row in before.items():
            (found,) = now[name] if name != "record_people" else now[name][-1:]
            left = {column: value for column, value in row.items() if column not in _DROPPED.get(name, ())}
            assert {column: found[column] for column in left} == left, name
        if revision < "0005":
            assert records_saying(connection, EMAIL) == {("shop", "a1")}

    database.write_now(work)
    database.close()


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_the_last_form_is_that_of_the_tables(tmp_path: Path) -> None:
    """All migrations together make what the code says, no table, column or index more or less."""
    assert receiving.webhook_deliveries.metadata is METADATA
    database = Database(f"sqlite:///{tmp_path}/index.db")

    def work(connection: Connection) -> None:
        migrate(connection)
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differing = [each for each in compare_metadata(context, METADATA) if "orders_by_" not in str(each)]
        assert differing == []

    database.write_now(work)
    database.close()


def test_a_record_kept_without_raw_words_is_read() -> None:
    """Records of versions before say as much as they did; a field of a later one is passed over, should it go back."""
    moved = Transaction(external_id="t", kind=TransactionKind.SALE, status=TransactionStatus.SUCCESS)
    record = structs.replace(
        order("1"),
        payments=Payments(
            payments=(Payment(external_id="p", status=PaymentStatus.PAID, transactions=(moved,)),),
        ),
        invoices=Invoices(invoices=(Invoice(external_id="i"),)),
        returns=(Return(external_id="r", status=ReturnStatus.OPEN),),
    )

    def without(node: Any) -> Any:
        if isinstance(node, dict):
            return {name: without(value) for name, value in node.items() if name not in ("raw_status", "raw_kind")}
        return [without(value) for value in node] if isinstance(node, list) else node

    older = without(msgpack.decode(encoded(record)))
    assert "raw_kind" not in older["payments"]["payments"][0]["transactions"][0]
    assert decoded(msgpack.encode(older)) == record
    assert decoded(msgpack.encode({**older, "of_tomorrow": "x"})) == record


def test_a_newer_index_is_refused_in_words(tmp_path: Path) -> None:
    """What a newer version made is not touched, and the error says what to do."""
    database = Database(f"sqlite:///{tmp_path}/index.db")
    database.write_now(migrate)
    database.write_now(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(UnknownForm, match="made by a newer version of Orderweave"):
        database.write_now(migrate)
    database.close()
