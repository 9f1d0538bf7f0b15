"""A world as the rows of Odoo's tables, as far as the connector reads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from orderweave_odoo.expressible import (
    BILLED,
    EPOCH,
    amount_of,
    told_order,
    told_product,
    told_receipt,
    told_stock,
)
from orderweave_odoo.expressible_goods import Outgoing, outgoing, promise
from orderweave_odoo.simulated_database import Row
from orderweave_odoo.simulated_lines import BLANK_LINE, other_lines
from orderweave_odoo.simulated_partners import contact_row, partner_row
from orderweave_odoo.simulated_receipts import NOTHING_EXPECTED, SUPPLIERS, move_row
from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Customer,
    Fulfillment,
    FulfillmentOrderStatus,
    Header,
    Invoice,
    InvoiceDocumentStatus,
    Invoices,
    LocationRecord,
    OrderRecord,
    ProductRecord,
    ReceiptRecord,
    Return,
    ReturnStatus,
    Totals,
)
from orderweave_sdk.testing.world import World

WALK_IN = 7
_PUBLISHED_DIGITS = {"USD": 2, "EUR": 2, "GBP": 2, "CHF": 2, "JPY": 0, "KWD": 3}
_STATES = {"DRAFT": "draft", "PENDING": "sent", "OPEN": "sale", "COMPLETED": "sale", "CANCELED": "cancel"}
_DELIVERED = {"FULFILLED": "full", "PARTIALLY_FULFILLED": "partial", "IN_PROGRESS": "started"}
_INVOICED = {"INVOICED": "invoiced", "PARTIALLY_INVOICED": "to invoice", "NOT_INVOICED": "no"}
_PLANNED = {
    FulfillmentOrderStatus.ALLOCATED: "assigned",
    FulfillmentOrderStatus.CLOSED: "done",
    FulfillmentOrderStatus.CANCELED: "cancel",
}
_RETURNED = {
    ReturnStatus.REQUESTED: "draft",
    ReturnStatus.RECEIVED: "done",
    ReturnStatus.CANCELED: "cancel",
}
_PAID = {
    InvoiceDocumentStatus.POSTED: "not_paid",
    InvoiceDocumentStatus.PARTIALLY_PAID: "partial",
    InvoiceDocumentStatus.PAID: "paid",
}
_OUTGOING, _INCOMING = 1, 2


class Tables:
    """Fills the tables from a world. `version` is the major version that the server has."""

    def __init__(self, world: World, version: int) -> None:
        self._version = version
        self._rows: dict[str, dict[int, Row]] = defaultdict(dict)
        self._given: dict[tuple[str, Any], int] = {}
        for model in ("sale.order", "sale.order.line", "res.partner", "account.move", "stock.picking", "stock.move"):
            self._rows[model] = {}
        for model in ("product.product", "stock.quant", "stock.location", "stock.warehouse", "stock.picking.type"):
            self._rows[model] = {}
        for model in ("res.country", "res.country.state", "res.currency"):
            self._rows[model] = {}
        for code in _PUBLISHED_DIGITS:
            self._currency(code)
        self._put("res.partner", partner_row(WALK_IN, name="Walk-in customer"))
        for product in world.products:
            self._product(told_product(product))
        for place in world.locations:
            self._warehouse(place)
        for level in world.stock:
            self._level(told_stock(level))
        for receipt in world.receipts:
            self._expected(told_receipt(receipt))
        for order in world.orders:
            self._order(told_order(order))

    def tables(self) -> dict[str, list[Row]]:
        """The rows by model."""
        return {model: list(rows.values()) for model, rows in self._rows.items()}

    def _put(self, model: str, row: Row) -> int:
        identity: int = row["id"]
        self._rows[model][identity] = row
        return identity

    def _named(self, model: str, key: Any, **values: Any) -> int:
        """The id of a record that has none in our records; the same key has the same."""
        given = self._given.get((model, key))
        if given is None:
            given = self._given[model, key] = 200_000_000 + len(self._rows[model])
            self._put(model, {"id": given, **values})
        return given

    def _currency(self, code: str) -> int:
        return self._named(
            "res.currency",
            code,
            name=code,
            decimal_places=_PUBLISHED_DIGITS.get(code, 2),
            active=code in ("USD", "EUR"),
        )

    def _product(self, product: ProductRecord) -> int:
        self._given["product.product", product.sku] = int(product.external_id)
        return self._put("product.product", self._product_row(product))

    def _product_row(self, product: ProductRecord) -> Row:
        return {
            "id": int(product.external_id),
            "default_code": product.sku,
            "barcode": product.gtin,
            "name": product.title,
            "display_name": f"[{product.sku}] {product.title}",
            "active": product.active is not False,
            "type": "consu" if self._version >= 18 else "product",
            "is_storable": True,
        }

    def _sold(self, sku: str | None, title: str | None) -> int | None:
        """The product with a SKU; one that only an order names is made for it."""
        if sku is None:
            return None
        made = ProductRecord(external_id="0", sku=sku, title=title, active=True)
        row = {name: value for name, value in self._product_row(made).items() if name != "id"}
        found = self._named("product.product", sku, **row)
        known = self._rows["product.product"][found]
        if known["name"] is None:
            known["name"] = title
        return found

    def _warehouse(self, place: LocationRecord) -> int:
        identity = int(place.external_id)
        if identity not in self._rows["stock.warehouse"]:
            self._put("stock.warehouse", {"id": identity, "name": place.name, "active": place.active is not False})
            shelf = {
                "id": 10 * identity,
                "name": "Stock",
                "usage": "internal",
                "warehouse_id": identity,
                "active": True,
            }
            self._put("stock.location", shelf)
            for kind in (_OUTGOING, _INCOMING):
                self._put("stock.picking.type", {"id": 10 * identity + kind, "warehouse_id": identity, "active": True})
        return identity

    def _level(self, level: Any) -> None:
        place = level.location
        warehouse = self._warehouse(LocationRecord(external_id=place.external_id, name=place.name))
        product = self._sold(level.sku, level.title)
        if level.on_hand or level.committed:
            row = {
                "id": len(self._rows["stock.quant"]) + 1,
                "product_id": product,
                "location_id": 10 * warehouse,
                "quantity": level.on_hand,
                "reserved_quantity": level.committed,
            }
            self._put("stock.quant", row)

    def _expected(self, receipt: ReceiptRecord) -> None:
        place = receipt.location
        warehouse = self._warehouse(LocationRecord(external_id=place.external_id, name=place.name))
        self._put("stock.move", move_row(receipt, product=self._sold(receipt.sku, None), shelf=10 * warehouse))
        self._put("stock.location", SUPPLIERS)

    def _order(self, order: OrderRecord) -> None:
        header, words = order.header or Header(), {word.axis: word.normalized for word in order.statuses}
        totals, identity = header.totals or Totals(), int(order.external_id)
        total, tax = amount_of(totals.total), amount_of(totals.tax)
        currency = self._currency(header.currency or "")
        lines = [*self._lines(order), *other_lines(header, totals, identity)]
        partner = self._customer(order.customer or Customer())
        bills, where = order.invoices or Invoices(), order.addresses or Addresses()
        ids = {line.external_id for line in order.lines or ()}
        goods = outgoing(order.fulfillment or Fulfillment(), ids, order.updated_at or EPOCH)
        references = {key.namespace: key.value for key in order.references}
        finished = words[Axis.ORDER] == "COMPLETED"
        state = _STATES[words[Axis.ORDER]]
        waiting = goods and words[Axis.FULFILLMENT] != "CANCELED"
        delivered = _DELIVERED.get(words[Axis.FULFILLMENT], "pending" if waiting else None)
        self._put(
            "sale.order",
            {
                "id": identity,
                "name": order.key("number") or "New",
                "client_order_ref": references.get("client_order_ref"),
                "origin": references.get("origin"),
                "date_order": header.placed_at,
                "write_date": _stamp(order),
                "state": "done" if finished and self._version < 17 else state,
                "locked": finished,
                "invoice_status": _INVOICED[words[Axis.INVOICE]],
                "delivery_status": delivered,
                "commitment_date": promise(order.fulfillment),
                "currency_id": currency,
                "amount_untaxed": total - tax,
                "amount_tax": tax,
                "amount_total": total,
                "partner_id": partner,
                "partner_invoice_id": self._address(where.billing) or partner,
                "partner_shipping_id": self._address(where.shipping) or partner,
                "payment_term_id": self._named("account.payment.term", bills.payment_terms, name=bills.payment_terms)
                if bills.payment_terms
                else None,
                "invoice_ids": [self._invoice(invoice, order) for invoice in bills.invoices],
                "order_line": [line["id"] for line in lines],
            },
        )
        for line in lines:
            self._put("sale.order.line", line)
        for each in goods:
            self._sent(each, order)
        for record in order.returns or ():
            self._returned(record, order)

    def _lines(self, order: OrderRecord) -> Sequence[Row]:
        gone = any(word.axis is Axis.FULFILLMENT and word.normalized == "FULFILLED" for word in order.statuses)
        return [
            {
                **BLANK_LINE,
                "id": int(line.external_id),
                "order_id": int(order.external_id),
                "sequence": position,
                "product_id": self._sold(line.sku, line.title),
                "name": line.title,
                "product_uom_qty": line.quantity.current,
                "qty_delivered": line.quantity.current if gone else Decimal(0),
                "product_uom": self._named("uom.uom", line.unit, name=line.unit),
                "product_uom_id": self._named("uom.uom", line.unit, name=line.unit),
                "price_unit": amount_of(line.unit_price),
                "price_subtotal": amount_of(line.total),
            }
            for position, line in enumerate(order.lines or ())
        ]

    def _customer(self, customer: Customer) -> int:
        company, person = customer.company, customer.person
        if company is not None:
            row = partner_row(int(company.external_id or 0), name=company.name, is_company=True)
            self._put("res.partner", {**row, "vat": company.tax_id, "commercial_company_name": company.name})
        if person is not None:
            return self._put("res.partner", contact_row(person, company))
        return WALK_IN if company is None else int(company.external_id or 0)

    def _address(self, address: Address | None) -> int | None:
        if address is None:
            return None
        code, region = address.country_code, address.region
        country = self._named("res.country", code, code=code, name=code) if code else None
        state = self._named("res.country.state", (code, region), code=region, name=region) if region else None
        street, *more = (*address.lines, None)
        row = partner_row(0, name=address.name, phone=address.phone, commercial_company_name=address.company)
        row |= {
            "street": street,
            "street2": more[0] if more else None,
            "city": address.city,
            "zip": address.postal_code,
        }
        row |= {"country_id": country, "state_id": state}
        return self._named("res.partner", repr(address), **{name: row[name] for name in row if name != "id"})

    def _invoice(self, invoice: Invoice, order: OrderRecord) -> int:
        posted = invoice.status in BILLED
        canceled = invoice.status is InvoiceDocumentStatus.CANCELED
        return self._put(
            "account.move",
            {
                "id": int(invoice.external_id),
                "name": invoice.number or "/",
                "move_type": "out_invoice",
                "state": "posted" if posted else "cancel" if canceled else "draft",
                "payment_state": _PAID.get(invoice.status, "not_paid"),
                "invoice_date": invoice.issued_at,
                "invoice_date_due": invoice.due_at,
                "amount_total": amount_of(invoice.total),
                "amount_residual": amount_of(invoice.due),
                "currency_id": self._currency(invoice.total.currency if invoice.total else ""),
                "write_date": _stamp(order),
            },
        )

    def _sent(self, goods: Outgoing, order: OrderRecord) -> None:
        plan, fact = goods.plan, goods.fact
        identity = int(plan.external_id)
        numbers = ",".join(package.tracking_number or "" for package in fact.packages) if fact else None
        place = plan.location
        carrier = goods.carrier
        row = self._transfer(identity, order, fact.number if fact else None, _PLANNED.get(plan.status, "confirmed"))
        if place:
            warehouse = self._warehouse(LocationRecord(external_id=place.external_id, name=place.name))
            row["picking_type_id"] = 10 * warehouse + _OUTGOING
        row |= {
            "picking_type_code": "outgoing",
            "scheduled_date": plan.fulfill_at,
            "date_deadline": plan.fulfill_by,
            "date_done": fact.shipped_at if fact else None,
            "carrier_id": self._named("delivery.carrier", carrier, name=carrier) if carrier else None,
            "carrier_tracking_ref": numbers,
        }
        self._put("stock.picking", row)
        self._moves(identity, row["state"], [(line.sku, line.line_id, line.quantity) for line in plan.lines], None)

    def _returned(self, record: Return, order: OrderRecord) -> None:
        identity = int(record.external_id)
        row = self._transfer(identity, order, record.number, _RETURNED.get(record.status, "assigned"))
        row |= {"picking_type_code": "incoming", "create_date": record.created_at}
        self._put("stock.picking", row)
        self._moves(identity, row["state"], [(line.sku, line.line_id, line.quantity) for line in record.lines], 1)

    def _transfer(self, identity: int, order: OrderRecord, number: str | None, state: str) -> Row:
        return {
            "id": identity,
            "name": number,
            "state": state,
            "sale_id": int(order.external_id),
            "picking_type_id": None,
            "picking_type_code": None,
            "scheduled_date": None,
            "date_deadline": None,
            "date_done": None,
            "create_date": order.header.placed_at if order.header else None,
            "write_date": _stamp(order),
            "carrier_id": None,
            "carrier_tracking_ref": None,
        }

    def _moves(
        self, picking: int, state: str, goods: Sequence[tuple[str | None, str | None, Decimal]], returned: int | None
    ) -> None:
        for position, (sku, line, quantity) in enumerate(goods):
            done = quantity if state == "done" else Decimal(0)
            row = {
                **NOTHING_EXPECTED,
                "id": 100 * picking + position,
                "picking_id": picking,
                "state": state,
                "product_id": self._sold(sku, None),
                "sale_line_id": int(line) if line else None,
                "origin_returned_move_id": returned,
                "product_uom_qty": quantity,
                "quantity": done,
                "quantity_done": done,
            }
            self._put("stock.move", row)


def _stamp(order: OrderRecord) -> datetime:
    """The last change as it is stored: with parts of a second, which are left out when it is told."""
    return (order.updated_at or EPOCH) + timedelta(microseconds=int(order.external_id) % 1_000_000)
