"""What suppliers are to bring, as it comes from Odoo's moves."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connectors.odoo.tests.servers import Odoo15, Odoo19, connected
from orderweave_odoo.inventory import expected
from orderweave_odoo.payloads import ExpectedRow, ProductRow, WarehouseRow
from orderweave_odoo.wire import Link
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.records import LocationKind, Place, ReceiptRecord

PRODUCTS = [ProductRow(id=1, default_code="TEA"), ProductRow(id=2)]
WAREHOUSES = [WarehouseRow(id=5, name="Main")]


def row(
    id: int, *, product: int = 1, place: Link = (50, "WH/Stock"), quantity: str = "12.0", date: str | bool = False
) -> ExpectedRow:
    """A move of a product to a location."""
    return ExpectedRow(
        id=id,
        product_id=(product, "a product"),
        location_dest_id=place,
        product_qty=Decimal(quantity),
        date=date,
        origin="P00012",
    )


def test_a_move_becomes_what_is_expected() -> None:
    """Quantity, moment, the purchase's number, and the warehouse that the location belongs to."""
    found = expected(PRODUCTS, [row(7, date="2026-03-02 08:00:00")], {50: 5}, WAREHOUSES)
    assert found == (
        ReceiptRecord(
            sku="TEA",
            location=Place(external_id="5", name="Main", kind=LocationKind.WAREHOUSE),
            external_id="7",
            quantity=Decimal(12),
            expected_at=datetime(2026, 3, 2, 8, tzinfo=UTC),
            number="P00012",
        ),
    )


def test_what_is_not_told() -> None:
    """Products without a reference, locations without a warehouse or of one out of use, and nothing to come."""
    rows = [row(1, product=2), row(2, place=(51, "Elsewhere")), row(3, place=False), row(4, quantity="0.0")]
    assert expected(PRODUCTS, rows, {50: 5, 52: 6}, WAREHOUSES) == ()
    assert expected(PRODUCTS, [row(5, place=(52, "Old"))], {50: 5, 52: 6}, WAREHOUSES) == ()


@pytest.mark.parametrize("kind", [Odoo19, Odoo15])
async def test_calls_and_domain(kind: type[Odoo19]) -> None:
    """Products and warehouses, the moves from suppliers that are not done, and the places they go to: four calls."""
    server = kind()
    async with connected(server) as subject:
        await subject.find_products(["X"], Call.within(10))
        server.calls.clear()
        found = await subject.read_receipts(["TEA-GREEN-100", "SCALE-01"], Call.within(10))
        with pytest.raises(GiveUp, match="more values than its batch"):
            await subject.read_receipts(["A"] * 101, Call.within(10))
        calls = list(server.calls)
        assert (await subject.read_receipts(["NONE"], Call.within(10))).records == ()
    assert len(found.records) == 4
    assert sorted(call.operation for call in calls) == [
        "product.product.search_read",
        "stock.location.search_read",
        "stock.move.search_read",
        "stock.warehouse.search_read",
    ]
    (asked,) = [call.detail for call in calls if call.operation == "stock.move.search_read"]
    assert asked["domain"][1:] == [
        ["location_id.usage", "=", "supplier"],
        ["location_dest_id.usage", "=", "internal"],
        ["state", "in", ["waiting", "confirmed", "partially_available", "assigned"]],
    ]
