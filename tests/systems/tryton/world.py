"""The contract suite's world as it goes into a real Tryton, and as it comes out under the server's own ids."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from orderweave_sdk.records import (
    Addresses,
    Axis,
    Fulfillment,
    Header,
    InvoiceDocumentStatus,
    Invoices,
    Key,
    OrderRecord,
    StatusWord,
)
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.world import World
from orderweave_tryton.simulator import TrytonSimulator


def seeded_world() -> World:
    """The sample world as Tryton can tell it, with references, and a draft that was never changed."""
    whole = sample_world(TrytonSimulator.external_id)
    orders = [_as_the_workflow_leaves_it(TrytonSimulator.expressible(_referring(order))) for order in whole.orders]
    return World(
        orders=(*orders, _draft(orders[0])),
        stock=tuple(TrytonSimulator.expressible_stock(level) for level in whole.stock),
        receipts=tuple(TrytonSimulator.expressible_receipt(receipt) for receipt in whole.receipts),
        products=tuple(TrytonSimulator.expressible_product(product) for product in whole.products),
        locations=whole.locations,
    )


def under(world: World, ids: Mapping[str, str]) -> World:
    """The same world with every id replaced by the server's."""
    plain = msgspec.to_builtins(world, builtin_types=(Decimal,))
    return msgspec.convert(_replaced(plain, ids), World, strict=False)


def _replaced(node: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {name: _replaced(value, ids) for name, value in node.items()}
    if isinstance(node, list | tuple):
        return [_replaced(value, ids) for value in node]
    return ids.get(node, node) if isinstance(node, str) else node


def _referring(order: OrderRecord) -> OrderRecord:
    return msgspec.structs.replace(order, references=(Key("reference", f"#{order.key('number')}"),))


def _as_the_workflow_leaves_it(order: OrderRecord) -> OrderRecord:
    """Tryton closes a sale by itself once all of it is shipped and paid, and names a carrier by name only."""
    words = {word.axis: word.normalized for word in order.statuses}
    invoices = order.invoices.invoices if order.invoices else ()
    paid = bool(invoices) and all(invoice.status is InvoiceDocumentStatus.PAID for invoice in invoices)
    if paid and words[Axis.FULFILLMENT] == "FULFILLED":
        words[Axis.ORDER] = "COMPLETED"
    return msgspec.structs.replace(
        order,
        statuses=tuple(StatusWord(axis, "", meaning, "") for axis, meaning in words.items()),
        fulfillment=_without_carrier_codes(order.fulfillment or Fulfillment()),
    )


def _without_carrier_codes(fulfillment: Fulfillment) -> Fulfillment:
    """A carrier's service is there only with that service's own module, which this server does not have."""
    shipments = tuple(
        msgspec.structs.replace(
            shipment,
            packages=tuple(
                msgspec.structs.replace(
                    package, carrier=package.carrier and msgspec.structs.replace(package.carrier, code=None)
                )
                for package in shipment.packages
            ),
        )
        for shipment in fulfillment.shipments
    )
    return msgspec.structs.replace(fulfillment, shipments=shipments)


def _draft(order: OrderRecord) -> OrderRecord:
    """A sale nobody has quoted: no number, no change since it was made."""
    header = order.header or Header()
    identity = TrytonSimulator.external_id("order", 500)
    line = msgspec.structs.replace((order.lines or ())[0], external_id=TrytonSimulator.external_id("line", 5000))
    price = line.total
    totals = header.totals and msgspec.structs.replace(header.totals, subtotal=price, total=price)
    return msgspec.structs.replace(
        order,
        external_id=identity,
        keys=(Key("id", identity),),
        references=(Key("reference", "N/A"),),
        updated_at=header.placed_at,
        header=msgspec.structs.replace(header, number=None, updated_at=header.placed_at, totals=totals),
        statuses=tuple(
            StatusWord(word.axis, "", "DRAFT", "") if word.axis is Axis.ORDER else word for word in order.statuses
        ),
        lines=(line,),
        addresses=order.addresses or Addresses(),
        invoices=Invoices(payment_terms="30 days"),
        fulfillment=Fulfillment(),
    )
