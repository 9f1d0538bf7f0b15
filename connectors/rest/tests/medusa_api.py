"""Medusa's Admin API as far as the example asks it, in the shape of its OpenAPI file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from connectors.rest.tests.examples import SECRET, settings
from orderweave_rest.simulator_wire import encoded
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.conditions import order_matches, sort_value
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Company,
    Customer,
    Fulfillment,
    Header,
    Money,
    OrderRecord,
    Payment,
    Payments,
    PaymentStatus,
    Person,
    Place,
    ProductRecord,
    Quantities,
    Shipment,
    ShipmentStatus,
    StockRecord,
    TransactionKind,
)
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest, Simulator

_ORDER = {"OPEN": "pending", "COMPLETED": "completed", "CANCELED": "canceled"}
_PAYMENT = {"PENDING": "not_paid", "PAID": "captured", "AUTHORIZED": "authorized", "REFUNDED": "refunded"}
_FULFILLMENT = {"UNFULFILLED": "not_fulfilled", "PARTIALLY_FULFILLED": "partially_shipped", "FULFILLED": "shipped"}
_WORDS = {Axis.ORDER: _ORDER, Axis.PAYMENT: _PAYMENT, Axis.FULFILLMENT: _FULFILLMENT}
_FIELDS = {
    "status": (SearchField.STATUS, _ORDER),
    "payment_status": (SearchField.PAYMENT_STATUS, _PAYMENT),
    "fulfillment_status": (SearchField.FULFILLMENT_STATUS, _FULFILLMENT),
}
_MOMENTS = {"created_at": SearchField.PLACED_AT, "updated_at": SearchField.UPDATED_AT}


class MedusaSimulator(Simulator):
    """Orders, inventory items, variants and stock locations, 100 a page at most."""

    @classmethod
    def external_id(cls, kind: str, n: int) -> str:
        """A prefix and 26 digits, in place of a ULID."""
        return f"{kind}_{n:026d}"

    @classmethod
    def expressible(cls, record: OrderRecord) -> OrderRecord:
        """What AdminOrder has: one payment's money by its captures, fulfillments without goods and parcels."""
        header, customer = record.header or Header(), record.customer or Customer()
        addresses, payments = record.addresses or Addresses(), record.payments or Payments()
        fulfillment = record.fulfillment or Fulfillment()
        company = customer.company
        return msgspec.structs.replace(
            record,
            statuses=tuple(word for word in record.statuses if word.axis in _WORDS),
            header=msgspec.structs.replace(header, canceled_at=None, cancel_reason=None, purchase_order_number=None),
            lines=tuple(
                msgspec.structs.replace(line, quantity=Quantities(ordered=line.quantity.ordered))
                for line in record.lines or ()
            ),
            customer=Customer(person=customer.person, company=Company(name=company.name) if company else None),
            addresses=addresses,
            payments=Payments(payments=tuple(_expressible_payment(payment) for payment in payments.payments)),
            invoices=None,
            fulfillment=Fulfillment(shipments=tuple(_expressible_shipment(each) for each in fulfillment.shipments)),
            returns=None,
            holds=None,
            timeline=None,
        )

    @classmethod
    def expressible_stock(cls, record: StockRecord) -> StockRecord:
        """A level names its place by the id alone."""
        return msgspec.structs.replace(record, location=Place(external_id=record.location.external_id))

    @classmethod
    def expressible_product(cls, record: ProductRecord) -> ProductRecord:
        """A variant is not said to be active."""
        return msgspec.structs.replace(record, active=None)

    def settings(self) -> dict[str, Any]:
        """Those of the example."""
        return settings("medusa", self.url)

    def describe(self, request: SimulatedRequest) -> tuple[str, Any]:
        """The path, and what was asked."""
        return request.path, dict(request.query)

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """The API's answer, without any fault."""
        if request.headers.get("x-medusa-access-token") != SECRET:
            return SimulatedAnswer(status=401, headers={"content-type": "text/plain"}, body=b"Unauthorized")
        asked: dict[str, list[str]] = {}
        for name, value in request.query:
            asked.setdefault(name, []).append(value)
        name, found = self._found(request.path.removeprefix("/admin/"), asked)
        offset, limit = int(asked.get("offset", ["0"])[0]), min(int(asked.get("limit", ["50"])[0]), 100)
        page = {name: found[offset : offset + limit], "count": len(found), "offset": offset, "limit": limit}
        return SimulatedAnswer(headers={"content-type": "application/json"}, body=encoded(page))

    def _found(self, path: str, asked: dict[str, list[str]]) -> tuple[str, list[Any]]:
        if path == "orders":
            return "orders", [_order(order) for order in _chosen(self.world.orders, asked)]
        if path == "inventory-items":
            return "inventory_items", [self._item(sku) for sku in self._skus(asked.get("sku"))]
        if path == "product-variants":
            wanted = asked["q"][0]
            return "variants", [
                {"id": each.external_id, "title": each.title, "sku": each.sku, "barcode": each.gtin or ""}
                for each in self.world.products
                if wanted in each.sku
            ]
        return "stock_locations", [
            {"id": place.external_id, "name": place.name, "address_id": ""} for place in self.world.locations
        ]

    def _skus(self, wanted: Sequence[str] | None) -> list[str]:
        known = {level.sku for level in self.world.stock}
        return sorted(known if wanted is None else known & set(wanted))

    def _item(self, sku: str) -> dict[str, Any]:
        levels = [level for level in self.world.stock if level.sku == sku]
        return {
            "id": f"iitem_{sku}",
            "sku": sku,
            "title": levels[0].title,
            "location_levels": [
                {
                    "id": level.external_id,
                    "location_id": level.location.external_id,
                    "stocked_quantity": level.on_hand,
                    "reserved_quantity": level.committed,
                    "incoming_quantity": level.incoming,
                    "available_quantity": level.available,
                }
                for level in levels
            ],
        }


def _expressible_payment(payment: Payment) -> Payment:
    return msgspec.structs.replace(
        payment,
        status=PaymentStatus.PAID if payment.captured else PaymentStatus.AUTHORIZED,
        transactions=tuple(
            msgspec.structs.replace(each, kind=TransactionKind.CAPTURE, gateway=None) for each in payment.transactions
        ),
    )


def _expressible_shipment(shipment: Shipment) -> Shipment:
    place = shipment.location
    return Shipment(
        external_id=shipment.external_id,
        status=ShipmentStatus.IN_TRANSIT if shipment.shipped_at else ShipmentStatus.PENDING,
        location=Place(external_id=place.external_id) if place else None,
        shipped_at=shipment.shipped_at,
    )


def _chosen(orders: Iterable[OrderRecord], asked: dict[str, list[str]]) -> list[OrderRecord]:
    found = list(orders)
    for name, values in asked.items():
        if name == "id":
            found = [order for order in found if order.external_id in values]
        elif name == "q":
            found = [order for order in found if values[0] in (order.key("number") or "")]
        elif name == "sales_channel_id":
            found = _kept(found, Condition(SearchField.CHANNEL, Operator.IN, tuple(values)))
        elif name in _FIELDS:
            field, words = _FIELDS[name]
            meant = tuple(meaning for meaning, word in words.items() if word in values)
            found = _kept(found, Condition(field, Operator.IN, meant))
        elif name.endswith("te]"):
            field = _MOMENTS[name.partition("[")[0]]
            operator = Operator.GTE if "$gte" in name else Operator.LTE
            found = _kept(found, Condition(field, operator, (datetime.fromisoformat(values[0]),)))
    sort = asked.get("order", ["created_at"])[0]
    field = _MOMENTS[sort.removeprefix("-")]
    return sorted(found, key=lambda order: sort_value(order, field), reverse=sort.startswith("-"))


def _kept(orders: Iterable[OrderRecord], condition: Condition) -> list[OrderRecord]:
    return [order for order in orders if order_matches(order, condition)]


def _money(money: Money | None) -> Decimal:
    return money.amount if money else Decimal(0)


def _present(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _order(order: OrderRecord) -> dict[str, Any]:
    header, customer = order.header or Header(), order.customer or Customer()
    totals, addresses, channel = header.totals, order.addresses or Addresses(), header.channel
    assert totals is not None
    assert header.currency is not None
    words = {word.axis: _WORDS[word.axis][word.normalized] for word in order.statuses if word.axis in _WORDS}
    return _present(
        id=order.external_id,
        display_id=int(order.key("number") or 0),
        status=words[Axis.ORDER],
        payment_status=words[Axis.PAYMENT],
        fulfillment_status=words[Axis.FULFILLMENT],
        created_at=header.placed_at,
        updated_at=order.updated_at,
        currency_code=header.currency.lower(),
        item_subtotal=_money(totals.subtotal),
        discount_total=_money(totals.discount),
        shipping_total=_money(totals.shipping),
        tax_total=_money(totals.tax),
        total=_money(totals.total),
        summary={"paid_total": _money(totals.paid), "refunded_total": _money(totals.refunded)},
        sales_channel=_present(id=channel.code, name=channel.name) if channel else None,
        email=customer.person.email if customer.person else None,
        customer=_customer(customer.person or Person(), customer.company),
        billing_address=_address(addresses.billing),
        shipping_address=_address(addresses.shipping),
        items=[
            _present(
                id=line.external_id,
                variant_sku=line.sku,
                variant_barcode=line.gtin,
                title=line.title,
                quantity=line.quantity.ordered,
                unit_price=_money(line.unit_price),
                total=_money(line.total),
            )
            for line in order.lines or ()
        ],
        payment_collections=[
            {
                "id": f"pay_col_{order.external_id}",
                "payments": [_payment(each) for each in (order.payments or Payments()).payments],
            }
        ],
        fulfillments=[
            _present(
                id=each.external_id,
                location_id=each.location.external_id if each.location else None,
                shipped_at=each.shipped_at,
            )
            for each in (order.fulfillment or Fulfillment()).shipments
        ],
    )


def _customer(person: Person, company: Company | None) -> dict[str, Any]:
    first, _, last = (person.name or "").partition(" ")
    return _present(
        id=person.external_id,
        first_name=first,
        last_name=last,
        email=person.email,
        phone=person.phone,
        company_name=company.name if company else None,
    )


def _address(address: Address | None) -> dict[str, Any] | None:
    if address is None:
        return None
    first, _, last = (address.name or "").partition(" ")
    streets = dict(zip(("address_1", "address_2"), address.lines, strict=False))
    return _present(
        id="ordaddr_1",
        first_name=first,
        last_name=last,
        company=address.company,
        **streets,
        city=address.city,
        province=address.region,
        postal_code=address.postal_code,
        country_code=(address.country_code or "").lower(),
        phone=address.phone,
    )


def _payment(payment: Payment) -> dict[str, Any]:
    captured = payment.captured
    assert captured is not None
    return _present(
        id=payment.external_id,
        amount=captured.amount,
        currency_code=captured.currency.lower(),
        provider_id=payment.method,
        captured_amount=captured.amount,
        captured_at=payment.transactions[0].processed_at,
        captures=[
            {"id": each.external_id, "amount": _money(each.amount), "created_at": each.processed_at}
            for each in payment.transactions
        ],
    )
