"""Orders with all that a shop can pile on one: more entries than any page holds, and every awkward shape."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Carrier,
    Channel,
    Company,
    Customer,
    DeliveryMethod,
    Discount,
    Eta,
    Fulfillment,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    GoodsLine,
    Happening,
    Header,
    Hold,
    HoldReason,
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
    Return,
    ReturnLine,
    ReturnStatus,
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
from orderweave_shopify.simulator import ShopifySimulator

PLACED = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
ids = ShopifySimulator.external_id


def eur(amount: str) -> Money:
    """Euros."""
    return Money(Decimal(amount), "EUR")


def crowded_order(n: int = 1, entries: int = 130) -> OrderRecord:
    """An order with `entries` lines, each canceled in part, and as many events, returns and fulfillment orders."""
    lines = tuple(
        Line(
            external_id=ids("line", n * 1000 + at),
            sku=f"SKU-{at:03}",
            title=f"Thing {at}",
            quantity=Quantities(ordered=Decimal(3), canceled=Decimal(1), current=Decimal(2)),
            unit_price=eur("3.10"),
            total=eur("6.20"),
        )
        for at in range(entries)
    )
    goods = tuple(GoodsLine(quantity=Decimal(2), sku=line.sku, line_id=line.external_id) for line in lines)
    events = tuple(
        TrackingEvent(
            occurred_at=PLACED + timedelta(minutes=at),
            recorded_at=PLACED + timedelta(minutes=at),
            status=ShipmentStatus.IN_TRANSIT,
            message=f"Scan {at}",
        )
        for at in range(entries)
    )
    package = Package(tracking_number="JD014600", status=ShipmentStatus.IN_TRANSIT, events=events)
    return OrderRecord(
        external_id=ids("order", n),
        keys=(Key("id", ids("order", n)), Key("number", f"#{n}")),
        updated_at=PLACED,
        header=Header(
            placed_at=PLACED,
            currency="EUR",
            discounts=tuple(Discount(title=f"D{at}", amount=eur("1.00")) for at in range(entries)),
        ),
        lines=lines,
        payments=Payments(refunds=(Refund(external_id=ids("refund", n * 1000), amount=eur("403.00")),)),
        fulfillment=Fulfillment(
            fulfillment_orders=tuple(
                FulfillmentOrder(
                    external_id=ids("fulfillment_order", n * 1000 + at),
                    status=FulfillmentOrderStatus.OPEN,
                    lines=goods if at == 0 else goods[at : at + 1],
                    holds=(Hold(reason=HoldReason.OUT_OF_STOCK),),
                )
                for at in range(entries)
            ),
            shipments=(
                Shipment(
                    external_id=ids("shipment", n),
                    status=ShipmentStatus.IN_TRANSIT,
                    lines=goods,
                    packages=(package,),
                ),
            ),
        ),
        returns=tuple(
            Return(
                external_id=ids("return", n * 1000 + at),
                status=ReturnStatus.OPEN,
                lines=tuple(ReturnLine(sku=line.sku, quantity=Decimal(1)) for line in lines[: 120 if at == 0 else 1]),
            )
            for at in range(entries)
        ),
        timeline=tuple(
            Happening(occurred_at=PLACED + timedelta(minutes=at), kind="NOTE", message=f"Note {at}")
            for at in range(entries)
        ),
    )


def awkward_order(n: int = 2) -> OrderRecord:
    """An order edited, discounted, taxed, split, paid in parts, refunded, on hold, half returned, for a company."""
    line = Line(
        external_id=ids("line", n * 1000),
        sku="MUG",
        title="Mug",
        quantity=Quantities(ordered=Decimal(5), canceled=Decimal(2), current=Decimal(3)),
        unit_price=eur("12.00"),
        total=eur("54.00"),
        discounts=(Discount(title="MUGS", code="MUGS", amount=eur("6.00")),),
        taxes=(TaxLine(title="VAT", rate=Decimal("0.19"), amount=eur("8.62")),),
    )
    card = ("card", "c1.1")
    transactions = tuple(
        Transaction(
            external_id=ids("transaction", n * 10 + at),
            kind=kind,
            status=status,
            amount=eur(amount),
            processed_at=PLACED + timedelta(hours=at),
            gateway=card[0],
        )
        for at, (kind, status, amount) in enumerate(
            (
                (TransactionKind.AUTHORIZATION, TransactionStatus.SUCCESS, "54.00"),
                (TransactionKind.CAPTURE, TransactionStatus.FAILURE, "54.00"),
                (TransactionKind.CAPTURE, TransactionStatus.SUCCESS, "54.00"),
                (TransactionKind.REFUND, TransactionStatus.SUCCESS, "12.00"),
            )
        )
    )
    carriers = (Carrier(code="dhl", name="DHL"), Carrier(name="Cousin Jo"))
    packages = tuple(
        Package(
            external_id=f"p{at}",
            carrier=carrier,
            tracking_number=f"T{at}",
            status=ShipmentStatus.OUT_FOR_DELIVERY,
            eta=Eta(from_=PLACED, to=PLACED + timedelta(days=2), source="carrier"),
            events=(
                TrackingEvent(
                    occurred_at=PLACED + timedelta(days=1, hours=at),
                    status=ShipmentStatus.RETURNING,
                    location="Port Louis",
                ),
            ),
        )
        for at, carrier in enumerate(carriers)
    )
    return OrderRecord(
        external_id=ids("order", n),
        keys=(Key("id", ids("order", n)), Key("number", "#1002-A")),
        references=(Key("source_identifier", "SO-77"), Key("elsewhere", "x")),
        updated_at=PLACED + timedelta(days=3),
        statuses=(
            StatusWord(Axis.ORDER, "", "COMPLETED", ""),
            StatusWord(Axis.PAYMENT, "", "DISPUTED", ""),
            StatusWord(Axis.FULFILLMENT, "", "DELIVERED", ""),
            StatusWord(Axis.RETURN, "", "PARTIALLY_RECEIVED", ""),
        ),
        header=Header(
            placed_at=PLACED,
            channel=Channel(code="bazaar", name="Bazaar"),
            currency="EUR",
            presentment_currency="CHF",
            purchase_order_number='PO "7" \\ 8',
            totals=Totals(subtotal=eur("54.00"), discount=eur("4.00"), total=eur("50.00"), duties=eur("1.50")),
            discounts=(Discount(title="Spring", amount=eur("4.00")), Discount(title="x", code="VIP")),
            taxes=(TaxLine(title="VAT", rate=Decimal("0.19"), amount=eur("7.98")),),
        ),
        lines=(line,),
        customer=Customer(
            person=Person(email="guest@example.com", name="Lost"),
            company=Company(external_id=ids("company", 3), name="Cafe", tax_id="DE1"),
        ),
        addresses=Addresses(shipping=Address(lines=("Unit 1", "Mill Lane", "Back yard"), country_code="DE")),
        payments=Payments(
            payments=(
                Payment(external_id=card[1], status=PaymentStatus.UNKNOWN, method="Card", transactions=transactions),
                Payment(external_id="none", status=PaymentStatus.PENDING),
            ),
            refunds=(Refund(external_id=ids("refund", 1), amount=eur("12.00"), created_at=PLACED, note="chipped"),),
        ),
        fulfillment=Fulfillment(
            fulfillment_orders=(
                FulfillmentOrder(
                    external_id=ids("fulfillment_order", n),
                    status=FulfillmentOrderStatus.PICKING,
                    method=DeliveryMethod.CURBSIDE,
                    location=Place(external_id=ids("location", 1), name="Mill"),
                    fulfill_by=PLACED + timedelta(days=4),
                    lines=(GoodsLine(quantity=Decimal(3), sku="MUG"), GoodsLine(quantity=Decimal(1), sku="GONE")),
                    holds=(Hold(reason=HoldReason.CREDIT), Hold(reason=HoldReason.OTHER, released_at=PLACED)),
                ),
            ),
            shipments=(
                Shipment(
                    external_id=ids("shipment", n),
                    status=ShipmentStatus.OUT_FOR_DELIVERY,
                    lines=(GoodsLine(quantity=Decimal(2), line_id=line.external_id),),
                    packages=packages,
                ),
                Shipment(external_id=ids("shipment", n + 50), status=ShipmentStatus.RETURNED, is_return=True),
                Shipment(external_id=ids("shipment", n + 60), status=ShipmentStatus.CANCELED),
            ),
        ),
        returns=(
            Return(
                external_id=ids("return", n),
                status=ReturnStatus.RECEIVED,
                lines=(
                    ReturnLine(sku="MUG", quantity=Decimal(1), reason="chipped"),
                    ReturnLine(sku="FOUND", quantity=Decimal(1)),
                ),
            ),
        ),
        holds=(Hold(reason=HoldReason.FRAUD_RISK),),
        timeline=(Happening(occurred_at=PLACED, kind="Placed"),),
    )


def returned_order(n: int = 4, *, refunded: bool = True) -> OrderRecord:
    """Two units canceled and two come back of one line, all come back of another, and one on its way back."""
    mug, pot, cup = (
        Line(
            external_id=ids("line", n * 1000 + at),
            sku=sku,
            title=sku.title(),
            quantity=Quantities(ordered=Decimal(ordered), canceled=Decimal(canceled), current=Decimal(current)),
            unit_price=eur("5.00"),
            total=eur("15.00"),
        )
        for at, (sku, ordered, canceled, current) in enumerate((("MUG", 7, 2, 5), ("POT", 3, 0, 3), ("CUP", 3, 0, 3)))
    )
    closed = ((mug, 1), (mug, 1), (pot, 3))
    refunds = tuple(Refund(external_id=ids("refund", n * 10 + at), amount=eur("25.00")) for at in range(2))
    return OrderRecord(
        external_id=ids("order", n),
        keys=(Key("id", ids("order", n)), Key("number", f"#{n}")),
        updated_at=PLACED,
        header=Header(placed_at=PLACED, currency="EUR"),
        lines=(mug, pot, cup),
        payments=Payments(refunds=refunds if refunded else ()),
        returns=(
            Return(
                external_id=ids("return", n * 1000),
                status=ReturnStatus.CLOSED,
                lines=tuple(
                    ReturnLine(sku=line.sku, line_id=line.external_id, quantity=Decimal(units))
                    for line, units in closed
                ),
            ),
            Return(
                external_id=ids("return", n * 1000 + 1),
                status=ReturnStatus.OPEN,
                lines=(ReturnLine(sku=cup.sku, line_id=cup.external_id, quantity=Decimal(1)),),
            ),
        ),
    )


def bare_order(n: int = 3) -> OrderRecord:
    """An order of which the system knows nothing but that it exists."""
    return OrderRecord(external_id=ids("order", n), keys=(Key("id", ids("order", n)),))


def rich_world() -> World:
    """The orders, one SKU in more places than a page holds, and a product that is not sold."""
    places = tuple(LocationRecord(external_id=ids("location", at), name=f"Place {at}") for at in range(1, 301))
    return World(
        orders=(crowded_order(), awkward_order(), bare_order(), returned_order(), returned_order(5, refunded=False)),
        stock=tuple(
            StockRecord(sku="Mug", location=place.place(), on_hand=Decimal(at), reserved=Decimal(0))
            for at, place in enumerate(places)
        ),
        products=(ProductRecord(external_id=ids("product", 1), sku="Mug", gtin="4006381333931", active=False),),
        locations=places,
    )
