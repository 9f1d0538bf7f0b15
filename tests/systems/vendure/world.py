"""Placing the stories' orders in a real Vendure, and the world that must be told of them.

Ids, codes and moments are the server's and are asked for plainly; all else is as the stories say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Carrier,
    Channel,
    Customer,
    Discount,
    Fulfillment,
    GoodsLine,
    Happening,
    Header,
    Key,
    Line,
    LocationRecord,
    Money,
    OrderRecord,
    Package,
    Payment,
    Payments,
    PaymentStatus,
    Person,
    Place,
    ProductRecord,
    Quantities,
    Refund,
    Shipment,
    ShipmentStatus,
    StatusWord,
    StockRecord,
    TaxLine,
    Totals,
    TrackingEvent,
    Transaction,
    TransactionKind,
    TransactionStatus,
)
from orderweave_sdk.testing.world import World
from tests.systems.vendure.asking import Session
from tests.systems.vendure.buying import Buyer, Staff, purchase_order
from tests.systems.vendure.catalog import COUPON, GOODS, ON_HAND, PLACES, SHIPPING, Catalog
from tests.systems.vendure.server import VendureServer
from tests.systems.vendure.stories import STORIES, TEA, Story

_NAMES = {sku: name for sku, name, _ in GOODS}
_PRICES = {sku: cents for sku, _, cents in GOODS}
_MOVED = "ORDER_FULFILLMENT_TRANSITION"
_RATE = Decimal("0.2")
_FACTS = """{ orders(options: { sort: { id: ASC }, filter: { orderPlacedAt: { isNull: false } } }) { items {
  id code updatedAt orderPlacedAt
  customer { id }
  lines { id productVariant { sku } }
  payments { id createdAt method amount state transactionId refunds { id createdAt reason } }
  fulfillments { id lines { orderLineId } }
  history(options: { take: 100 }) { items { id createdAt type isPublic data } }
} } }"""
_GOODS = """{ productVariants { items {
  id sku updatedAt stockLevels { id updatedAt stockLocation { id name } }
} } }"""


def placed(server: VendureServer, admin: Session, catalog: Catalog) -> World:
    """Place and work on every story's order, leave a cart behind, and tell the world."""
    staff = Staff(admin)
    for number, story in enumerate(STORIES, 1):
        buyer = Buyer(server.visitor(), catalog.shipping_method)
        bought = {catalog.variants[sku]: count for sku, count in (story.bought or story.goods).items()}
        order = buyer.buy(number, bought, coupon=story.coupon)
        lines = {line["productVariant"]["sku"]: line["id"] for line in order["lines"]}
        story.work(staff, order, lines, catalog.variants)
    Buyer(server.visitor(), catalog.shipping_method).fill({catalog.variants[TEA]: 1})
    facts = admin.ask(_FACTS)["items"]
    assert len(facts) == len(STORIES)
    variants = admin.ask(_GOODS)["items"]
    return World(
        orders=tuple(_order(n, story, fact) for n, (story, fact) in enumerate(zip(STORIES, facts, strict=True), 1)),
        stock=tuple(_level(variant, level) for variant in variants for level in variant["stockLevels"]),
        products=tuple(
            ProductRecord(
                external_id=variant["id"],
                sku=variant["sku"],
                title=_NAMES[variant["sku"]],
                active=True,
                updated_at=_moment(variant["updatedAt"]),
            )
            for variant in variants
        ),
        locations=tuple(
            LocationRecord(external_id=level["stockLocation"]["id"], name=level["stockLocation"]["name"])
            for level in variants[0]["stockLevels"]
        ),
    )


def _order(number: int, story: Story, fact: Mapping[str, Any]) -> OrderRecord:
    history = sorted(fact["history"]["items"], key=lambda entry: (entry["createdAt"], int(entry["id"])))
    placed_at = _moment(fact["orderPlacedAt"])
    updated = max(_moment(fact["updatedAt"]), _moment(history[-1]["createdAt"]), placed_at)
    lines = {line["id"]: line["productVariant"]["sku"] for line in fact["lines"]}
    # The connector reads a state as the raw word of the order and, where it says so, of the goods.
    words = zip((Axis.ORDER, Axis.PAYMENT, Axis.FULFILLMENT), story.words, strict=True)
    return OrderRecord(
        external_id=fact["id"],
        keys=(Key("id", fact["id"]), Key("number", fact["code"])),
        references=(Key("purchaseOrder", purchase_order(number)),) if number % 2 == 0 else (),
        updated_at=updated,
        statuses=tuple(
            StatusWord(axis, story.state if axis is Axis.ORDER else "", meaning, "") for axis, meaning in words
        ),
        header=Header(
            number=fact["code"],
            channel=Channel(code="__default_channel__"),
            placed_at=placed_at,
            updated_at=updated,
            currency="USD",
            totals=_totals(story),
            discounts=(Discount(title="Ten percent off", code=COUPON, amount=_usd(story.sums.off)),)
            if story.sums.off
            else (),
            taxes=(
                TaxLine(title="Sales tax", rate=_RATE, amount=_usd(story.sums.goods_tax)),
                TaxLine(title="shipping tax", rate=_RATE, amount=_usd(100)),
            )
            if story.state != "Cancelled"
            else (),
        ),
        lines=tuple(_line(story, identity, sku) for identity, sku in lines.items()),
        customer=Customer(
            person=Person(
                external_id=fact["customer"]["id"], name=f"Robin Sample{number}", email=f"robin{number}@example.com"
            )
        ),
        addresses=Addresses(
            shipping=Address(
                name="Robin Sample",
                company="Corner Cafe Inc",
                lines=("1 Market Street", "Floor 2"),
                city="Portland",
                region="ME",
                postal_code="04101",
                country_code="US",
                phone="+12025550101",
            )
        ),
        payments=_payments(story, fact["payments"]),
        fulfillment=Fulfillment(shipments=_shipments(story, fact["fulfillments"], lines, history)),
        timeline=tuple(_happening(entry) for entry in history if entry["type"] != _MOVED),
    )


def _totals(story: Story) -> Totals:
    if story.state == "Cancelled":
        return Totals(paid=_usd(story.sums.paid), refunded=_usd(story.sums.refunded))
    return Totals(
        subtotal=_usd(story.sums.subtotal),
        discount=_usd(story.sums.off),
        shipping=_usd(SHIPPING),
        tax=_usd(story.sums.tax),
        fees=_usd(story.sums.fees),
        total=_usd(story.sums.total),
        paid=_usd(story.sums.paid),
        refunded=_usd(story.sums.refunded),
    )


def _line(story: Story, identity: str, sku: str) -> Line:
    ordered = story.goods[sku]
    price = _usd(_PRICES[sku])
    if story.state == "Cancelled":
        quantity = Quantities(ordered=Decimal(ordered))
        return Line(external_id=identity, sku=sku, title=_NAMES[sku], quantity=quantity, unit_price=price)
    fewer = story.fewer.get(sku, 0)
    off = story.line_off.get(sku, 0)
    total = (ordered - fewer) * _PRICES[sku] - off
    return Line(
        external_id=identity,
        sku=sku,
        title=_NAMES[sku],
        quantity=Quantities(ordered=Decimal(ordered), canceled=Decimal(fewer), current=Decimal(ordered - fewer)),
        unit_price=price,
        total=_usd(total),
        discounts=(Discount(title="Half the pot", amount=_usd(off)),) if off else (),
        taxes=(TaxLine(title="Sales tax", rate=_RATE, amount=_usd(story.line_tax.get(sku, total // 5))),),
    )


def _payments(story: Story, facts: Sequence[Mapping[str, Any]]) -> Payments:
    refunds = tuple(
        Refund(
            external_id=refund["id"],
            amount=_usd(story.sums.refunded),
            created_at=_moment(refund["createdAt"]),
            note=refund["reason"],
        )
        for fact in facts
        for refund in fact["refunds"]
    )
    settled = story.sums.paid > 0
    payments = []
    for place, fact in enumerate(sorted(facts, key=lambda fact: int(fact["id"]))):
        # The one order that was paid twice: what it came to first, and the rest.
        cents = (story.sums.paid or story.sums.total) if len(facts) == 1 else (1788, story.sums.paid - 1788)[place]
        done = Transaction(
            external_id=fact["transactionId"],
            kind=TransactionKind.SALE if settled else TransactionKind.AUTHORIZATION,
            status=TransactionStatus.SUCCESS,
            amount=_usd(cents),
            processed_at=_moment(fact["createdAt"]),
            gateway=fact["method"],
        )
        back = tuple(
            Transaction(
                external_id=refund.external_id,
                kind=TransactionKind.REFUND,
                status=TransactionStatus.SUCCESS,
                amount=refund.amount,
                processed_at=refund.created_at,
                gateway=fact["method"],
            )
            for refund in refunds
        )
        payments.append(
            Payment(
                external_id=fact["id"],
                status=PaymentStatus.PAID if settled else PaymentStatus.AUTHORIZED,
                method=fact["method"],
                authorized=None if settled else _usd(cents),
                captured=_usd(cents) if settled else None,
                refunded=_usd(story.sums.refunded) if story.sums.refunded else None,
                transactions=(done, *back),
            )
        )
    return Payments(payments=tuple(payments), refunds=refunds)


def _shipments(
    story: Story,
    facts: Sequence[Mapping[str, Any]],
    lines: Mapping[str, str],
    history: Sequence[Mapping[str, Any]],
) -> tuple[Shipment, ...]:
    moves = {
        (str(entry["data"]["fulfillmentId"]), entry["data"]["to"]): _moment(entry["createdAt"])
        for entry in history
        if entry["type"] == _MOVED
    }
    found = []
    for fact in facts:
        skus = [lines[line["orderLineId"]] for line in fact["lines"]]
        parcel = story.parcels[sorted(facts, key=lambda each: int(each["id"])).index(fact)]
        shipped, delivered = moves.get((fact["id"], "Shipped")), moves.get((fact["id"], "Delivered"))
        package = Package(
            carrier=Carrier(name="DHL" if (parcel.tracking or "").startswith("JD") else "UPS"),
            tracking_number=parcel.tracking,
            status=parcel.status,
            events=tuple(
                TrackingEvent(occurred_at=at, status=ShipmentStatus.IN_TRANSIT, raw_code=move)
                for move, at in (("Shipped", shipped), ("Delivered", delivered))
                if at
            ),
        )
        found.append(
            Shipment(
                external_id=fact["id"],
                status=parcel.status,
                raw_status="Delivered" if delivered else None,
                shipped_at=shipped,
                lines=tuple(
                    GoodsLine(quantity=Decimal(parcel.goods[sku]), sku=sku, line_id=line["orderLineId"])
                    for sku, line in zip(skus, fact["lines"], strict=True)
                ),
                packages=(package,) if parcel.tracking else (),
            )
        )
    return tuple(found)


def _happening(entry: Mapping[str, Any]) -> Happening:
    data = entry["data"]
    said = data.get("note") or data.get("reason")
    if said is None and data.get("from") and data.get("to"):
        said = f"{data['from']} → {data['to']}"
    return Happening(
        occurred_at=_moment(entry["createdAt"]), kind=entry["type"], message=said if entry["isPublic"] else None
    )


def _level(variant: Mapping[str, Any], level: Mapping[str, Any]) -> StockRecord:
    """What was there, less what was packed; every order takes from the first place that has any."""
    sku, place = variant["sku"], level["stockLocation"]
    first = place["name"] == PLACES[0]
    packed = sum(parcel.goods.get(sku, 0) for story in STORIES for parcel in story.parcels)
    wanted = sum(story.goods.get(sku, 0) - story.fewer.get(sku, 0) for story in STORIES)
    on_hand = dict(zip(PLACES, ON_HAND, strict=True)).get(place["name"], 0) - (packed if first else 0)
    committed = wanted - packed if first else 0
    return StockRecord(
        sku=sku,
        location=Place(external_id=place["id"], name=place["name"]),
        external_id=level["id"],
        title=_NAMES[sku],
        on_hand=Decimal(on_hand),
        available=Decimal(on_hand - committed),
        committed=Decimal(committed),
        updated_at=_moment(level["updatedAt"]),
    )


def _usd(cents: int) -> Money:
    return Money(Decimal(cents).scaleb(-2), "USD")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
