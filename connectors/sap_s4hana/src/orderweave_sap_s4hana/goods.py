"""From SAP's stock and products to records. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from orderweave_sap_s4hana.deliveries import Reading
from orderweave_sap_s4hana.payloads import Description, MaterialStock, Product, StockRow
from orderweave_sap_s4hana.wire import decimal, instant, plain
from orderweave_sdk.records import Place, ProductRecord, StockRecord

# InventoryStockType: 01 unrestricted, 02 in quality inspection, 03 returns, 07 blocked and 08 restricted are on the
# shelf; 05 comes from another plant and 06 is on its way.
_ON_HAND = frozenset({"01", "02", "03", "07", "08"})
_INSPECTION = frozenset({"02"})
_INCOMING = frozenset({"05", "06"})

_GTIN = re.compile(r"\d{8}|\d{12,14}")


def stock_records(material: MaterialStock, reading: Reading) -> list[StockRecord]:
    """One level for each place, put together from its stock types, batches and storage locations.

    Special stock is left out: it lies with others, belongs to others, or is set aside for one order or project.
    """
    found: dict[Place, list[StockRow]] = {}
    for row in material.rows.results:
        place = reading.place(row.plant, row.storage_location)
        if place is not None and not row.inventory_special_stock_type:
            found.setdefault(place, []).append(row)
    return [
        StockRecord(
            sku=plain(material.material),
            location=place,
            on_hand=_sum(levels, _ON_HAND) or Decimal(0),
            quality_control=_sum(levels, _INSPECTION),
            incoming=_sum(levels, _INCOMING),
        )
        for place, levels in found.items()
    ]


def product_record(product: Product, language: str) -> ProductRecord:
    """One product, called as it is in the language, or else in the first that it has a name in."""
    number = plain(product.product)
    standard = (product.product_standard_id or "").strip()
    return ProductRecord(
        external_id=number,
        sku=number,
        title=_title(product.to_description.results, language),
        gtin=standard if _GTIN.fullmatch(standard) else None,
        active=None if product.is_marked_for_deletion is None else not product.is_marked_for_deletion,
        updated_at=instant(product.last_change_date_time),
    )


def _sum(rows: Iterable[StockRow], types: frozenset[str]) -> Decimal | None:
    """The quantity of these stock types; None where SAP has none of them."""
    amounts = [decimal(row.quantity) or Decimal(0) for row in rows if row.inventory_stock_type in types]
    return sum(amounts, Decimal(0)) if amounts else None


def _title(descriptions: Iterable[Description], language: str) -> str | None:
    named = [each for each in descriptions if each.product_description]
    own = (each.product_description for each in named if each.language.upper() == language.upper())
    return next(own, None) or next((each.product_description for each in named), None)
