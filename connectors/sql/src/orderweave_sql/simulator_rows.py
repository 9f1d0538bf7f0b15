"""From records to the simulated shop's rows, and what of a record such rows can hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from orderweave_sdk.records import (
    Addresses,
    Axis,
    Customer,
    Discount,
    Fulfillment,
    Header,
    Invoices,
    Key,
    Line,
    LocationRecord,
    OrderRecord,
    Payments,
    Person,
    Place,
    ProductRecord,
    Quantities,
    Shipment,
    StockRecord,
    TaxLine,
    Totals,
)
from orderweave_sdk.records import Company as Firm
from orderweave_sdk.testing.world import World
from orderweave_sql.simulator_cells import (
    Placed,
    address_cells,
    currency_cell,
    money_cell,
    shop_word,
    written_day,
    written_number,
    written_time,
)
from orderweave_sql.simulator_deliveries import block_cells, fulfillment_rows

_AMOUNTS = {
    "amt_goods": "subtotal",
    "amt_discount": "discount",
    "amt_freight": "shipping",
    "amt_tax": "tax",
    "amt_duty": "duties",
    "amt_fee": "fees",
    "amt_total": "total",
    "amt_paid": "paid",
    "amt_refunded": "refunded",
    "amt_due": "due",
}
_STATUS = {
    Axis.ORDER: "st_order",
    Axis.PAYMENT: "st_payment",
    Axis.FULFILLMENT: "st_fulfillment",
    Axis.RETURN: "st_return",
    Axis.INVOICE: "st_invoice",
}


def expressible(record: OrderRecord) -> OrderRecord:
    """The shop knows one number and one reference an order, and keeps the time of change in one place."""
    header = record.header or Header()
    number = record.key("number")
    fulfillment = record.fulfillment or Fulfillment()
    return msgspec.structs.replace(
        record,
        keys=(Key("id", record.external_id), *((Key("number", number),) if number else ())),
        references=tuple(key for key in record.references if key.namespace == "reference")[:1],
        header=msgspec.structs.replace(
            header,
            number=number,
            updated_at=record.updated_at,
            currency=header.currency or _currency(record),
            totals=header.totals if header.totals != Totals() else None,
        ),
        lines=record.lines or (),
        customer=record.customer or Customer(),
        addresses=record.addresses or Addresses(),
        payments=record.payments or Payments(),
        invoices=record.invoices or Invoices(),
        fulfillment=msgspec.structs.replace(
            fulfillment, shipments=tuple(_expressible_shipment(shipment) for shipment in fulfillment.shipments)
        ),
        returns=record.returns or (),
        holds=record.holds or (),
        timeline=record.timeline or (),
    )


def _expressible_shipment(shipment: Shipment) -> Shipment:
    """Every parcel has a number, and its scans are kept in order of time."""
    return msgspec.structs.replace(
        shipment,
        packages=tuple(
            msgspec.structs.replace(
                package,
                external_id=package.external_id or f"{shipment.external_id}-{n}",
                events=tuple(sorted(package.events or (), key=lambda event: event.occurred_at)),
            )
            for n, package in enumerate(shipment.packages, start=1)
        ),
    )


def _currency(record: OrderRecord) -> str | None:
    totals = record.header.totals if record.header else None
    amounts = [*(getattr(totals, name) for name in _AMOUNTS.values())] if totals else []
    return next((amount.currency for amount in amounts if amount is not None), None)


def rows_of(world: World) -> Iterator[Placed]:
    """All rows of a world."""
    for order in world.orders:
        yield from _order(expressible(order))
    for product in world.products:
        yield "articles", _article(product)
    for level in world.stock:
        yield "stock_levels", _level(level)
    yield from _places(world)


def _order(order: OrderRecord) -> Iterator[Placed]:
    yield "purchase_orders", _header(order)
    parts: list[Iterable[Placed]] = [
        (("po_lines", _line(line)) for line in order.lines or ()),
        _reductions(order),
        _payments(order.payments or Payments()),
        _invoices(order.invoices or Invoices()),
        fulfillment_rows(order.fulfillment or Fulfillment()),
        _returns(order),
        (("blocks", block_cells(hold, None)) for hold in order.holds or ()),
        (
            ("diary", {"entry_tms": written_time(entry.occurred_at), "kind": entry.kind, "remark": entry.message})
            for entry in order.timeline or ()
        ),
    ]
    row = 0
    for part in parts:
        for table, values in part:
            row += 1
            yield table, {"ord_no": order.external_id, "row": row, **values}


def _header(order: OrderRecord) -> dict[str, Any]:
    header = order.header or Header()
    totals = header.totals or Totals()
    customer = order.customer or Customer()
    person = customer.person or Person()
    firm = customer.company or Firm()
    addresses = order.addresses or Addresses()
    channel = header.channel
    return {
        "ord_no": order.external_id,
        "doc_no": order.key("number"),
        "web_ref": next((key.value for key in order.references), None),
        "changed_tms": written_time(order.updated_at),
        "order_tms": written_time(header.placed_at),
        "cancel_tms": written_time(header.canceled_at),
        "closed_tms": written_time(header.closed_at),
        "cancel_why": header.cancel_reason,
        "archived": header.archived,
        "origin": header.origin,
        "cur": header.currency,
        "shown_cur": header.presentment_currency,
        "cust_po": header.purchase_order_number,
        "sales_channel": channel.code if channel else None,
        "sales_channel_name": channel.name if channel else None,
        "sales_channel_kind": shop_word(None, channel.kind) if channel else None,
        **{
            column: written_number(money.amount) if (money := getattr(totals, name)) else None
            for column, name in _AMOUNTS.items()
        },
        "cust_no": person.external_id,
        "cust_name": person.name,
        "cust_mail": person.email,
        "cust_phone": person.phone,
        "firm_no": firm.external_id,
        "firm_name": firm.name,
        "firm_vat": firm.tax_id,
        "terms": order.invoices.payment_terms if order.invoices else None,
        **{_STATUS[word.axis]: shop_word(word.raw, word.normalized) for word in order.statuses if word.axis in _STATUS},
        **address_cells("bill", addresses.billing),
        **address_cells("ship", addresses.shipping),
    }


def _line(line: Line) -> dict[str, Any]:
    quantity = line.quantity or Quantities()
    return {
        "line_no": line.external_id,
        "article": line.sku,
        "ean": line.gtin,
        "descr": line.title,
        "set_line_no": line.parent_line_id,
        "uom": line.unit,
        "qty_ordered": written_number(quantity.ordered),
        "qty_canceled": written_number(quantity.canceled),
        "qty_open": written_number(quantity.current),
        **money_cell("price", line.unit_price),
        **money_cell("amount", line.total),
        **currency_cell(line.total, line.unit_price),
    }


def _reductions(order: OrderRecord) -> Iterator[Placed]:
    header = order.header or Header()
    owners: list[tuple[str | None, tuple[Discount, ...], tuple[TaxLine, ...]]] = [
        (None, header.discounts, header.taxes),
        *((line.external_id, line.discounts, line.taxes) for line in order.lines or ()),
    ]
    for owner, discounts, taxes in owners:
        for discount in discounts:
            values = {"line_no": owner, "descr": discount.title, "coupon": discount.code}
            yield "po_discounts", {**values, **money_cell("amount", discount.amount), **currency_cell(discount.amount)}
        for tax in taxes:
            values = {"line_no": owner, "descr": tax.title, "rate": written_number(tax.rate)}
            yield "po_taxes", {**values, **money_cell("amount", tax.amount), **currency_cell(tax.amount)}


def _payments(payments: Payments) -> Iterator[Placed]:
    for payment in payments.payments:
        yield (
            "receipts",
            {
                "receipt_no": payment.external_id,
                "state": shop_word(payment.raw_status, payment.status),
                "means": payment.method,
                **money_cell("amt_authorized", payment.authorized),
                **money_cell("amt_captured", payment.captured),
                **money_cell("amt_refunded", payment.refunded),
                **currency_cell(payment.authorized, payment.captured, payment.refunded),
            },
        )
        for move in payment.transactions:
            yield (
                "receipt_moves",
                {
                    "receipt_no": payment.external_id,
                    "move_no": move.external_id,
                    "kind": shop_word(move.raw_kind, move.kind),
                    "state": shop_word(move.raw_status, move.status),
                    **money_cell("amount", move.amount),
                    **currency_cell(move.amount),
                    "move_tms": written_time(move.processed_at),
                    "provider": move.gateway,
                },
            )
    for refund in payments.refunds:
        values = {"credit_no": refund.external_id, "credit_tms": written_time(refund.created_at), "note": refund.note}
        yield "credits", {**values, **money_cell("amount", refund.amount), **currency_cell(refund.amount)}


def _invoices(invoices: Invoices) -> Iterator[Placed]:
    for invoice in invoices.invoices:
        yield (
            "bills",
            {
                "bill_id": invoice.external_id,
                "bill_no": invoice.number,
                "state": shop_word(invoice.raw_status, invoice.status),
                "bill_date": written_day(invoice.issued_at),
                "due_date": written_day(invoice.due_at),
                **money_cell("amount", invoice.total),
                **money_cell("amt_paid", invoice.paid),
                **money_cell("amt_due", invoice.due),
                **currency_cell(invoice.total, invoice.paid, invoice.due),
            },
        )


def _returns(order: OrderRecord) -> Iterator[Placed]:
    for given in order.returns or ():
        yield (
            "rmas",
            {
                "rma_id": given.external_id,
                "rma_no": given.number,
                "state": shop_word(given.raw_status, given.status),
                "rma_tms": written_time(given.created_at),
            },
        )
        for line in given.lines:
            values = {"line_no": line.line_id, "article": line.sku, "qty": written_number(line.quantity)}
            yield "rma_lines", {"rma_id": given.external_id, **values, "why": line.reason}


def _article(product: ProductRecord) -> dict[str, Any]:
    return {
        "art_id": product.external_id,
        "article": product.sku,
        "descr": product.title,
        "ean": product.gtin,
        "sellable": product.active,
        "changed_tms": written_time(product.updated_at),
    }


def _level(level: StockRecord) -> dict[str, Any]:
    return {
        "level_id": level.external_id,
        "article": level.sku,
        "place_no": level.location.external_id,
        "descr": level.title,
        "qty_here": written_number(level.on_hand),
        "qty_free": written_number(level.available),
        "qty_promised": written_number(level.committed),
        "qty_reserved": written_number(level.reserved),
        "qty_coming": written_number(level.incoming),
        "qty_safety": written_number(level.safety_stock),
        "qty_damaged": written_number(level.damaged),
        "qty_checked": written_number(level.quality_control),
        "counted_tms": written_time(level.updated_at),
    }


def _places(world: World) -> Iterator[Placed]:
    """Every place that anything names; only the world's own are listed."""
    listed = {place.external_id: place for place in world.locations}
    named: dict[str, Place] = {level.location.external_id: level.location for level in world.stock}
    for order in world.orders:
        fulfillment = order.fulfillment or Fulfillment()
        places = [planned.location for planned in fulfillment.fulfillment_orders]
        places += [shipment.location for shipment in fulfillment.shipments]
        for place in places:
            if place is not None:
                named.setdefault(place.external_id, place)
    for name, place in named.items():
        if name not in listed:
            record = LocationRecord(external_id=name, name=place.name, kind=place.kind)
            yield "places", {**_place(record), "listed": 0}
    for record in listed.values():
        yield "places", {**_place(record), "listed": 1}


def _place(record: LocationRecord) -> dict[str, Any]:
    return {
        "place_no": record.external_id,
        "name": record.name,
        "kind": shop_word(None, record.kind),
        "open": record.active,
        **address_cells("at", record.address),
    }
