"""Which of Odoo's fields each facet needs. What an edition lacks is left out when it is asked: see `dictionary`."""

from __future__ import annotations

from collections.abc import Mapping

from orderweave_sdk.records import Facet

ORDER = "sale.order"
LINE = "sale.order.line"
PARTNER = "res.partner"
PICKING = "stock.picking"
MOVE = "stock.move"
INVOICE = "account.move"
PRODUCT = "product.product"
QUANT = "stock.quant"
LOCATION = "stock.location"
WAREHOUSE = "stock.warehouse"
PICKING_TYPE = "stock.picking.type"
STATE = "res.country.state"

# Always read: the keys and the moments.
_KEYS = ("name", "client_order_ref", "origin", "date_order", "write_date")
_ORDER_FIELDS: Mapping[Facet, tuple[str, ...]] = {
    # locked: from 17, before it is the state "done". delivery_status: from 16, with sale_stock.
    Facet.HEADER: (
        *("state", "locked", "invoice_status", "delivery_status"),
        *("currency_id", "amount_untaxed", "amount_tax", "amount_total"),
    ),
    Facet.LINES: ("currency_id",),
    Facet.CUSTOMER: ("partner_id",),
    Facet.ADDRESSES: ("partner_invoice_id", "partner_shipping_id"),
    Facet.INVOICES: ("invoice_status", "invoice_ids", "payment_term_id"),
    Facet.FULFILLMENT: ("state", "delivery_status", "commitment_date"),
    Facet.RETURNS: (),
}

# Every field that is ever asked of a model; the server is asked once which of them it has.
FIELDS: Mapping[str, tuple[str, ...]] = {
    ORDER: tuple(dict.fromkeys((*_KEYS, *(name for names in _ORDER_FIELDS.values() for name in names)))),
    LINE: (
        *("order_id", "sequence", "product_id", "name", "display_type", "product_uom_qty", "qty_delivered"),
        *("product_uom", "product_uom_id"),  # renamed in 19
        *("price_unit", "discount", "price_subtotal"),
        *("is_delivery", "is_downpayment"),  # is_delivery: with delivery
    ),
    PARTNER: (
        *("name", "is_company", "commercial_partner_id", "commercial_company_name", "vat", "email", "phone"),
        "mobile",  # until 18
        *("street", "street2", "city", "zip", "state_id", "country_id"),
    ),
    PICKING: (
        *("name", "state", "sale_id", "picking_type_id", "picking_type_code", "date_done", "create_date"),
        *("scheduled_date", "date_deadline"),
        *("carrier_id", "carrier_tracking_ref"),  # with delivery, from 17 stock_delivery
    ),
    MOVE: (
        *("picking_id", "product_id", "state", "sale_line_id", "origin_returned_move_id", "product_uom_qty"),
        *("quantity_done", "quantity"),  # renamed in 17
    ),
    INVOICE: (
        *("name", "move_type", "state", "payment_state", "invoice_date", "invoice_date_due"),
        *("amount_total", "amount_residual", "currency_id"),
    ),
    PRODUCT: ("default_code", "barcode", "name", "active", "type", "is_storable"),  # is_storable: from 18
    QUANT: ("product_id", "location_id", "quantity", "reserved_quantity"),
    LOCATION: ("warehouse_id",),
    WAREHOUSE: ("name", "active"),
    PICKING_TYPE: ("warehouse_id",),
    STATE: ("code",),
}
# Of a stock.move that brings goods in. All versions have these, so the server is not asked whether it has;
# `product_qty` is in the product's own unit, in which its stock is counted.
EXPECTED = ("product_id", "product_qty", "date", "location_dest_id", "origin")
# Of a product.product that is listed by its SKU; all versions have it.
CODE = ("default_code",)
# Without these a model is of no use here: they come from the module that ties sales to stock.
TIES: Mapping[str, str] = {PICKING: "sale_id", MOVE: "sale_line_id"}
_OF_STOCK = frozenset({PICKING, MOVE, QUANT, LOCATION, WAREHOUSE, PICKING_TYPE})


def order_fields(facets: frozenset[Facet]) -> tuple[str, ...]:
    """The fields of a sale.order for these facets, each once."""
    return tuple(dict.fromkeys((*_KEYS, *(name for facet in sorted(facets) for name in _ORDER_FIELDS[facet]))))


def models(*, stock: bool, invoices: bool) -> tuple[str, ...]:
    """The models that are read, as the settings have it."""
    return tuple(model for model in FIELDS if (stock or model not in _OF_STOCK) and (invoices or model != INVOICE))
