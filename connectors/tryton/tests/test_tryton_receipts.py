"""What suppliers are to bring, as it comes from Tryton's moves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting, capability
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import LocationKind, Place
from orderweave_sdk.testing.samples import sample_world
from orderweave_tryton.connector import TrytonConnector
from orderweave_tryton.mapping import receipt_record
from orderweave_tryton.payloads import ExpectedMove, ProductRow
from orderweave_tryton.simulator import TrytonSimulator
from orderweave_tryton.wire import DateValue

PLACE = Place(external_id="5", name="Main", kind=LocationKind.WAREHOUSE)
TODAY = date(2026, 3, 2)


def moved(day: int | None) -> ExpectedMove:
    """Twelve of a tea, planned for a day of March."""
    return ExpectedMove(
        id=7,
        internal_quantity=Decimal("12.0"),
        product=ProductRow(id=1, code="TEA"),
        planned_date=None if day is None else DateValue(2026, 3, day),
    )


@pytest.mark.parametrize(("day", "counted"), [(1, False), (2, True), (3, False)])
def test_a_day_is_its_end_and_today_is_counted(day: int, counted: bool) -> None:
    """Goods come by the last second of their day; the forecast for today has those of today, and none that are late."""
    record = receipt_record(moved(day), PLACE, TODAY)
    assert record.expected_at == datetime(2026, 3, day, 23, 59, 59, tzinfo=UTC)
    assert (record.counted, record.quantity, record.external_id, record.sku) == (counted, Decimal(12), "7", "TEA")


def test_no_day() -> None:
    """A move that nobody planned has none."""
    record = receipt_record(moved(None), PLACE, TODAY)
    assert (record.expected_at, record.counted, record.number) == (None, False, None)


async def test_calls_and_domain() -> None:
    """One call for the warehouses and one for each, which asks for moves from suppliers that were not made."""
    async with TrytonSimulator() as server:
        server.seed(sample_world(TrytonSimulator.external_id))
        connecting = Connecting(TrytonConnector, server.settings())
        subject = capability(connecting.connector, Capability.READ_RECEIPTS)
        found = await subject.read_receipts(["TEA-GREEN-100", "SCALE-01"], Call.within(10))
        with pytest.raises(GiveUp, match="more values than its batch"):
            await subject.read_receipts(["A"] * 101, Call.within(10))
        await connecting.close()
    assert len(found.records) == 4
    assert [call.operation for call in server.calls] == [
        "stock.location.search_read",
        "stock.move.search_read",
        "stock.move.search_read",
    ]
    assert server.calls[1].detail["domain"] == [
        ["product.code", "in", ["TEA-GREEN-100", "SCALE-01"]],
        ["to_location", "child_of", [10001], "parent"],
        [
            ["from_location.type", "=", "supplier"],
            ["to_location.type", "=", "storage"],
            ["state", "in", ["draft", "assigned"]],
        ],
    ]
