"""Stock, products, places and carriers become ours, case by case."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from orderweave_shopify.carriers import carrier_code
from orderweave_shopify.mapping_stock import location_record, product_record, stock_records
from orderweave_shopify.payloads_stock import InventoryItemPayload, LocationPayload, VariantPayload

MOMENT = "2026-03-01T10:00:00+02:00"


def page(*nodes: Any) -> dict[str, Any]:
    """A connection's only page."""
    return {"nodes": list(nodes), "pageInfo": {"hasNextPage": False, "endCursor": None}}


def test_untracked_items_have_no_stock() -> None:
    """Quantities of an item that Shopify does not track mean nothing and make no record."""
    level = {
        "id": "l",
        "updatedAt": MOMENT,
        "location": {"id": "p", "name": ""},
        "quantities": [{"name": "on_hand", "quantity": -2}, {"name": "brand_new", "quantity": 1}],
    }
    wire = {"id": "i", "sku": "MUG", "tracked": True, "inventoryLevels": page(level)}
    tracked = msgspec.convert(wire, InventoryItemPayload, strict=False)
    (record,) = stock_records(tracked)
    assert (record.on_hand, record.available, record.location.name) == (Decimal(-2), None, None)
    assert list(stock_records(msgspec.structs.replace(tracked, tracked=False))) == []


@pytest.mark.parametrize(
    ("barcode", "gtin"), [("4006381333931", "4006381333931"), ("SHELF-7", None), ("123", None), (None, None)]
)
def test_a_barcode_is_a_gtin_only_if_it_looks_like_one(barcode: str | None, gtin: str | None) -> None:
    """Merchants write what they like into the barcode."""
    wire = {"id": "v", "displayName": "Mug", "updatedAt": MOMENT, "product": {"status": "DRAFT"}, "barcode": barcode}
    record = product_record(msgspec.convert(wire, VariantPayload, strict=False), "MUG")
    assert (record.gtin, record.active) == (gtin, False)
    assert record.updated_at == datetime(2026, 3, 1, 10, 0, tzinfo=timezone(timedelta(hours=2)))


def test_a_location_keeps_its_address() -> None:
    """The code of the province where there is one."""
    address = {"address1": "1 Pier", "address2": "", "city": "Portland", "province": "Maine", "provinceCode": "ME"}
    wire = {"id": "p", "name": "Pier", "isActive": False, "address": address}
    record = location_record(msgspec.convert(wire, LocationPayload))
    assert record.address is not None
    assert (record.address.lines, record.address.region, record.active) == (("1 Pier",), "ME", False)


def test_carriers_codes() -> None:
    """Known names in any case; others have none."""
    assert [carrier_code(name) for name in ("UPS", " Royal Mail ", "Cousin Jo")] == ["ups", "royal-mail", None]
