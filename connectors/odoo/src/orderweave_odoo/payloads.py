"""Odoo's records on the wire, only the fields used.

What was not asked for is absent and what is empty is false, whatever its type, so every field but the id may be both.
"""

from __future__ import annotations

import msgspec

from orderweave_odoo.wire import Link, Number, Text


class OrderRow(msgspec.Struct, gc=False):
    """A sale.order; money is in the currency of `currency_id`, whose name is its ISO code."""

    id: int
    date_order: str
    write_date: str
    name: Text = False
    client_order_ref: Text = False
    origin: Text = False
    state: Text = False
    locked: bool = False
    invoice_status: Text = False
    delivery_status: Text = None
    commitment_date: Text = False
    currency_id: Link = False
    amount_untaxed: Number = False
    amount_tax: Number = False
    amount_total: Number = False
    partner_id: Link = False
    partner_invoice_id: Link = False
    partner_shipping_id: Link = False
    payment_term_id: Link = False
    invoice_ids: list[int] = []


class LineRow(msgspec.Struct, gc=False):
    """A sale.order.line; `display_type` is set on the lines that are headings or notes."""

    id: int
    order_id: Link
    sequence: int = 0
    product_id: Link = False
    name: Text = False
    display_type: Text = False
    product_uom_qty: Number = False
    qty_delivered: Number = False
    product_uom: Link = False
    product_uom_id: Link = False
    price_unit: Number = False
    discount: Number = False
    price_subtotal: Number = False
    is_delivery: bool = False
    is_downpayment: bool = False


class PartnerRow(msgspec.Struct, gc=False):
    """A res.partner: a person, a company, or an address of either. `commercial_partner_id` is who is billed."""

    id: int
    name: Text = False
    is_company: bool = False
    commercial_partner_id: Link = False
    commercial_company_name: Text = False
    vat: Text = False
    email: Text = False
    phone: Text = False
    mobile: Text = False
    street: Text = False
    street2: Text = False
    city: Text = False
    zip: Text = False
    state_id: Link = False
    country_id: Link = False


class PickingRow(msgspec.Struct, gc=False):
    """A stock.picking of a sale; `picking_type_code` is outgoing, incoming, internal or another."""

    id: int
    sale_id: Link
    state: Text
    name: Text = False
    picking_type_id: Link = False
    picking_type_code: Text = False
    scheduled_date: Text = False
    date_deadline: Text = False
    date_done: Text = False
    create_date: Text = False
    carrier_id: Link = False
    carrier_tracking_ref: Text = False


class MoveRow(msgspec.Struct, gc=False):
    """A stock.move: one product of a picking, what was wanted and what was done of it."""

    id: int
    picking_id: Link
    state: Text
    product_id: Link = False
    sale_line_id: Link = False
    origin_returned_move_id: Link = False
    product_uom_qty: Number = False
    quantity: Number = False
    quantity_done: Number = False


class InvoiceRow(msgspec.Struct, gc=False):
    """An account.move that is an invoice or a credit note (`move_type` out_refund), amounts positive in both."""

    id: int
    state: Text
    move_type: Text = False
    name: Text = False
    payment_state: Text = False
    invoice_date: Text = False
    invoice_date_due: Text = False
    amount_total: Number = False
    amount_residual: Number = False
    currency_id: Link = False


class ProductRow(msgspec.Struct, gc=False):
    """A product.product. Stock is kept of `type` "product" until 17, and of what is storable from 18 on."""

    id: int
    default_code: Text = False
    barcode: Text = False
    name: Text = False
    active: bool | None = None
    type: Text = False
    is_storable: bool = False


class CodeRow(msgspec.Struct, gc=False):
    """What a product.product is called."""

    id: int
    default_code: Text = False


class QuantRow(msgspec.Struct, gc=False):
    """A stock.quant: what lies of a product at a location, and what of it is reserved."""

    id: int
    product_id: Link
    location_id: Link
    quantity: Number = False
    reserved_quantity: Number = False


class ExpectedRow(msgspec.Struct, gc=False):
    """A stock.move from a supplier that was not done; `date` is when it is planned, `origin` the purchase's number."""

    id: int
    product_id: Link
    location_dest_id: Link
    product_qty: Number = False
    date: Text = False
    origin: Text = False


class PlacedRow(msgspec.Struct, gc=False):
    """A location or an operation type, of which only the warehouse counts."""

    id: int
    warehouse_id: Link = False


class WarehouseRow(msgspec.Struct, gc=False):
    """A stock.warehouse."""

    id: int
    name: Text = False
    active: bool | None = None


class StateRow(msgspec.Struct, gc=False):
    """A res.country.state."""

    id: int
    code: Text = False


class StampedRow(msgspec.Struct, gc=False):
    """A record of which only counts when it was changed, and the sale that it belongs to."""

    id: int
    write_date: str
    sale_id: Link = False
