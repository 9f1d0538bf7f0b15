"""Loads the dataset "Customer Orders" (CSV files beside the checkout) into a database of any kind."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa

CONFIGURATION = Path(__file__).parent / "customer-orders.toml"
# The variable from which the configuration takes the database's address.
URL_VARIABLE = "CUSTOMER_ORDERS_URL"

# As the sample schema declares them, in types that SQLite and PostgreSQL both know.
TABLES: Mapping[str, Mapping[str, str]] = {
    "customers": {
        "customer_id": "INTEGER PRIMARY KEY",
        "email_address": "VARCHAR(255) NOT NULL",
        "full_name": "VARCHAR(255) NOT NULL",
    },
    "stores": {
        "store_id": "INTEGER PRIMARY KEY",
        "store_name": "VARCHAR(255) NOT NULL",
        "web_address": "VARCHAR(100)",
        "physical_address": "VARCHAR(512)",
        "latitude": "NUMERIC(9, 6)",
        "longitude": "NUMERIC(9, 6)",
    },
    "products": {
        "product_id": "INTEGER PRIMARY KEY",
        "product_name": "VARCHAR(255) NOT NULL",
        "unit_price": "NUMERIC(10, 2)",
        "product_details": "TEXT",
    },
    "orders": {
        "order_id": "INTEGER PRIMARY KEY",
        "order_tms": "TIMESTAMP NOT NULL",
        "customer_id": "INTEGER NOT NULL REFERENCES customers",
        "store_id": "INTEGER NOT NULL REFERENCES stores",
        "order_status": "VARCHAR(10) NOT NULL",
    },
    "shipments": {
        "shipment_id": "INTEGER PRIMARY KEY",
        "store_id": "INTEGER NOT NULL REFERENCES stores",
        "customer_id": "INTEGER NOT NULL REFERENCES customers",
        "delivery_address": "VARCHAR(512) NOT NULL",
        "shipment_status": "VARCHAR(100) NOT NULL",
    },
    "order_items": {
        "order_id": "INTEGER NOT NULL REFERENCES orders",
        "line_item_id": "INTEGER NOT NULL",
        "product_id": "INTEGER NOT NULL REFERENCES products",
        "unit_price": "NUMERIC(10, 2) NOT NULL",
        "quantity": "INTEGER NOT NULL",
        "shipment_id": "INTEGER REFERENCES shipments",
    },
    "inventory": {
        "product_id": "INTEGER NOT NULL REFERENCES products",
        "store_id": "INTEGER NOT NULL REFERENCES stores",
        "product_inventory": "INTEGER NOT NULL",
    },
}
INDEXES = (("order_items", "order_id"), ("order_items", "shipment_id"), ("inventory", "product_id"))


def dataset() -> Path:
    """The folder with the CSV files: `ORDERWEAVE_DATASETS`, or `../shared/datasets` beside the checkout.

    Without it the test is skipped, because a user's test run may not need it; with CI=true it fails.
    """
    folder = Path(os.environ.get("ORDERWEAVE_DATASETS", Path.cwd().parent / "shared" / "datasets"))
    path = folder / "oracle-customer-orders"
    if path.exists():
        return path
    if os.environ.get("CI") == "true":
        pytest.fail(f"with CI=true the dataset must be there; looked in {folder}")
    pytest.skip("the dataset oracle-customer-orders is not on this machine; it is checked with CI=true")


def rows(folder: Path, table: str) -> Iterator[dict[str, str]]:
    """The rows of one CSV file, every cell a text."""
    with (folder / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def load(folder: Path, url: str) -> None:
    """Make the tables in an empty database and fill them; times are stored without a zone and mean UTC."""
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            for table, columns in TABLES.items():
                declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
                connection.exec_driver_sql(f"CREATE TABLE {table} ({declared})")
                found = [tuple(_stored(name, row[name]) for name in columns) for row in rows(folder, table)]
                mark = "?" if engine.dialect.name == "sqlite" else "%s"
                marks = ", ".join(mark for _ in columns)
                connection.exec_driver_sql(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", found)
            for table, column in INDEXES:
                connection.exec_driver_sql(f"CREATE INDEX {table}_{column} ON {table} ({column})")
    finally:
        engine.dispose()


def _stored(column: str, cell: str) -> str | None:
    if cell == "":
        return None
    return cell.removesuffix("Z").replace("T", " ") if column == "order_tms" else cell
