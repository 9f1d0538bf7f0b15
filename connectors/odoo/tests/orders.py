"""Records as Odoo writes them, for the cases of the mapping."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from orderweave_odoo.dictionary import Dictionary
from orderweave_odoo.fields import FIELDS
from orderweave_odoo.goods import Transfers
from orderweave_odoo.mapping import Parts
from orderweave_odoo.payloads import InvoiceRow, LineRow, MoveRow, OrderRow, PartnerRow, PickingRow, ProductRow
from orderweave_sdk.records import LocationKind, Place

Row = TypeVar("Row")
DICTIONARY = Dictionary(
    fields={model: frozenset(names) for model, names in FIELDS.items()},
    currencies={"USD": 2, "JPY": 0, "KWD": 3},
    countries={233: "US"},
)
PLACE = Place(external_id="1", name="Main", kind=LocationKind.WAREHOUSE)


def read(kind: type[Row], values: dict[str, Any]) -> Row:
    """A row that went over the wire."""
    return msgspec.json.decode(json.dumps(values), type=kind)


def order(**values: Any) -> OrderRow:
    """A confirmed order as a server from 17 on tells it, with nothing in it."""
    told = {
        "id": 42,
        "name": "S00042",
        "client_order_ref": False,
        "origin": False,
        "date_order": "2026-03-01 08:30:00",
        "write_date": "2026-03-02 09:00:00",
        "state": "sale",
        "locked": False,
        "invoice_status": "no",
        "delivery_status": False,
        "currency_id": [1, "USD"],
        "amount_untaxed": 0.0,
        "amount_tax": 0.0,
        "amount_total": 0.0,
        "partner_id": [7, "Robin"],
        "payment_term_id": False,
        "invoice_ids": [],
    }
    return read(OrderRow, told | values)


def line(identity: int, **values: Any) -> LineRow:
    """An order line of one product 5."""
    told = {
        "id": identity,
        "order_id": [42, "S00042"],
        "sequence": 10,
        "product_id": [5, "[TEA] Tea"],
        "name": "[TEA] Tea\nloose",
        "display_type": False,
        "product_uom_qty": 2.0,
        "product_uom_id": [1, "Units"],
        "price_unit": 9.9,
        "discount": 0.0,
        "price_subtotal": 19.8,
        "is_delivery": False,
        "is_downpayment": False,
    }
    return read(LineRow, told | values)


def partner(identity: int, **values: Any) -> PartnerRow:
    """A partner of which nothing is known."""
    empty = ("name", "commercial_company_name", "vat", "email", "phone", "street", "street2", "city", "zip")
    told = {
        "id": identity,
        "is_company": False,
        "commercial_partner_id": [identity, "Robin"],
        "state_id": False,
        "country_id": False,
        **dict.fromkeys(empty, False),
    }
    return read(PartnerRow, told | values)


def picking(identity: int, state: str, code: str = "outgoing", **values: Any) -> PickingRow:
    """A transfer of the order, from the one warehouse."""
    told = {
        "id": identity,
        "name": f"WH/OUT/{identity:05d}",
        "state": state,
        "sale_id": [42, "S00042"],
        "picking_type_id": [3, "Delivery Orders"],
        "picking_type_code": code,
        "date_done": "2026-03-03 10:00:00" if state == "done" else False,
        "create_date": "2026-03-01 08:30:00",
        "carrier_id": False,
        "carrier_tracking_ref": False,
    }
    return read(PickingRow, told | values)


def move(identity: int, of: int, state: str, **values: Any) -> MoveRow:
    """A move of two pieces of product 5 for order line 1."""
    told = {
        "id": identity,
        "picking_id": [of, "WH"],
        "state": state,
        "product_id": [5, "[TEA] Tea"],
        "sale_line_id": [1, "S00042"],
        "origin_returned_move_id": False,
        "product_uom_qty": 2.0,
        "quantity": 2.0 if state == "done" else 0.0,
    }
    return read(MoveRow, told | values)


def bill(identity: int, **values: Any) -> InvoiceRow:
    """A posted invoice of ten dollars that nobody has paid."""
    told = {
        "id": identity,
        "name": f"INV/2026/{identity:05d}",
        "move_type": "out_invoice",
        "state": "posted",
        "payment_state": "not_paid",
        "invoice_date": "2026-03-03",
        "invoice_date_due": "2026-04-02",
        "amount_total": 10.0,
        "amount_residual": 10.0,
        "currency_id": [1, "USD"],
    }
    return read(InvoiceRow, told | values)


TEA = read(ProductRow, {"id": 5, "default_code": "TEA", "barcode": False, "name": "Tea", "active": True})


NOTHING_MOVED = Transfers((), {}, {3: PLACE}, {5: TEA})


def transfers(pickings: list[PickingRow], moves: list[MoveRow]) -> Transfers:
    """The transfers of the order."""
    by_picking: dict[int, list[MoveRow]] = {}
    for each in moves:
        assert isinstance(each.picking_id, tuple)
        by_picking.setdefault(each.picking_id[0], []).append(each)
    return Transfers(pickings, by_picking, {3: PLACE}, {5: TEA})


def parts(
    *,
    lines: Sequence[LineRow] = (),
    invoices: Sequence[InvoiceRow] | None = (),
    moved: Transfers | None = NOTHING_MOVED,
) -> Parts:
    """What was read beside the order."""
    return Parts(dictionary=DICTIONARY, products={5: TEA}, lines=lines, invoices=invoices, transfers=moved)
