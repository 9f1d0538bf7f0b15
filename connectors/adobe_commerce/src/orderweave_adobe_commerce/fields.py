"""Which fields of an order and of its documents are asked for, facet by facet, and whose amounts."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from orderweave_adobe_commerce.criteria import listed
from orderweave_sdk.records import Facet, Money

_ALWAYS = (
    "entity_id increment_id created_at updated_at ext_order_id original_increment_id state status payment.po_number "
    "base_currency_code order_currency_code"
)
# What the sums of an order say of its payment.
_PAID = "$grand_total $total_canceled $total_paid $total_refunded payment.$amount_authorized"
_ADDRESS = "firstname lastname company street city region region_code postcode country_id telephone"
_SHIPPING = "extension_attributes.shipping_assignments.shipping.address"
_ITEMS = " ".join(
    f"items.{name}"
    for name in ("item_id", "sku", "parent_item_id", "product_type", "is_virtual", "qty_ordered", "qty_canceled")
)

# A dollar sign stands before what the vendor says in two currencies.
_FACETS: dict[Facet, str] = {
    Facet.HEADER: (
        "store_id store_name coupon_code discount_description $subtotal $discount_amount $shipping_amount $tax_amount "
        "$grand_total $total_canceled $total_paid $total_refunded $total_due "
        + " ".join(f"extension_attributes.applied_taxes.{name}" for name in ("code", "title", "percent", "$amount"))
    ),
    Facet.LINES: f"{_ITEMS} items.name items.$price items.$row_total items.$discount_amount",
    Facet.CUSTOMER: (
        "customer_id customer_email customer_firstname customer_lastname customer_taxvat billing_address.firstname "
        "billing_address.lastname extension_attributes.company_order_attributes.company_id "
        "extension_attributes.company_order_attributes.company_name"
    ),
    Facet.ADDRESSES: " ".join(
        f"{place}.{name}" for place in ("billing_address", _SHIPPING) for name in _ADDRESS.split()
    ),
    Facet.PAYMENTS: f"{_PAID} payment.entity_id payment.method payment.$amount_paid payment.$amount_refunded",
    Facet.INVOICES: "$grand_total $total_canceled",
    Facet.FULFILLMENT: f"is_virtual {_ITEMS} items.qty_shipped items.qty_refunded items.qty_backordered",
    Facet.RETURNS: _ITEMS,
    Facet.HOLDS: "",
    Facet.TIMELINE: " ".join(
        f"status_histories.{name}" for name in ("created_at", "status", "comment", "is_visible_on_front")
    ),
}

_SHIPMENT = (
    "entity_id order_id increment_id created_at items.order_item_id items.qty items.sku tracks.entity_id "
    "tracks.track_number tracks.carrier_code tracks.title extension_attributes.source_code"
)
_INVOICE = "entity_id order_id increment_id created_at state $grand_total"
_CREDITMEMO = "entity_id order_id created_at state $grand_total comments.comment comments.is_visible_on_front"
TRANSACTION = "transaction_id,order_id,txn_type,created_at"
RMA = "entity_id,order_id,increment_id,date_requested,status,items[order_item_id,qty_requested,reason]"
SOURCE_ITEM = "sku,source_code,quantity,status"
SKU = "sku"
SALABLE = "sku,qty,is_salable"
SOURCE = (
    "source_code,name,enabled,street,city,region,postcode,country_id,phone,"
    "extension_attributes[is_pickup_location_active]"
)
PRODUCT = "id,sku,name,status,updated_at"


class Amounts(msgspec.Struct, frozen=True):
    """Whose amounts count: the website's (`base`), or those of the order's own currency."""

    base: bool

    def currency(self, base_code: str | None, order_code: str | None) -> str | None:
        """The code that goes with them."""
        return base_code if self.base else order_code

    def number(self, said: msgspec.Struct, name: str) -> Decimal | None:
        """The field `name` of a payload, or its twin."""
        value: Decimal | None = getattr(said, f"base_{name}" if self.base else name)
        return value

    def money(self, said: msgspec.Struct, name: str, currency: str | None) -> Money | None:
        """The same as money; None where the amount or the currency is not told."""
        value = self.number(said, name)
        return None if value is None or currency is None else Money(value, currency)

    def order(self, facets: frozenset[Facet]) -> str:
        """The fields of an order for these facets."""
        return self._listed(" ".join((_ALWAYS, *(_FACETS.get(facet, "") for facet in sorted(facets)))))

    def shipment(self) -> str:
        """The fields of a shipment."""
        return self._listed(_SHIPMENT)

    def invoice(self) -> str:
        """The fields of an invoice."""
        return self._listed(_INVOICE)

    def creditmemo(self) -> str:
        """The fields of a credit memo."""
        return self._listed(_CREDITMEMO)

    def _listed(self, names: str) -> str:
        return listed(names.replace("$", "base_" if self.base else "").split())
