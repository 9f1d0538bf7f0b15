"""The callers of the matrix, and a business with orders of several people for them to ask about."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from orderweave.config.configuration import IndexSettings, TrackingSettings
from orderweave.config.roles import BUILT_IN
from orderweave.model.ids import encode_id
from orderweave.model.rights import Caller, Owned, Rights, Scope
from orderweave_sdk.records import (
    Address,
    Addresses,
    Company,
    Customer,
    Discount,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    Happening,
    Hold,
    HoldReason,
    Key,
    LocationKind,
    LocationRecord,
    Money,
    OrderRecord,
    Payment,
    Payments,
    PaymentStatus,
    Person,
    Place,
    ProductRecord,
    Refund,
    Return,
    ReturnLine,
    ReturnStatus,
    ShipmentStatus,
    TaxLine,
    TrackingEvent,
)
from tests.unit.fake_business import erp, order, shop, stock, wms
from tests.unit.fake_clock import NOON
from tests.unit.fake_systems import Woven, weave


def built_in(role: str, owned: Owned | None = None) -> Rights:
    """The rights of a role that is there unasked."""
    return Rights(scopes=BUILT_IN[role].scopes, owned=owned, masked=BUILT_IN[role].masked)


ADA = "ada@example.com"
CALLERS: dict[str, Rights] = {
    "staff": built_in("staff"),
    "service": built_in("service"),
    "analyst": built_in("analyst"),
    "picker": Rights(scopes=frozenset({Scope.ORDERS, Scope.INVENTORY})),
    "bookkeeper": Rights(scopes=frozenset({Scope.ORDERS, Scope.FINANCIALS})),
    "Ada, by e-mail": built_in("customer", Owned(emails=frozenset({ADA}))),
    "Ada, by id": built_in("customer", Owned(customers=frozenset({Key("shop", "7")}))),
    "Acme, by id": built_in("customer", Owned(companies=frozenset({Key("shop", "70")}))),
    "guest": built_in("guest", Owned()),
}
# Whose order it is, and its number in the shop.
OWNERS = {"Ada's": "1001", "Ben's": "1002", "Acme's": "1003", "nobody's": "1004", "unknown": "9999"}
# The customer of each, by id in the shop and by e-mail address. Carl buys for Acme; nobody has the last two.
PEOPLE = {
    "Ada's": ("7", ADA),
    "Ben's": ("8", "ben@example.com"),
    "Acme's": ("9", "carl@example.com"),
    "nobody's": ("", "nobody@example.com"),
    "unknown": ("99", "x@y.zz"),
}
# Of those who see only their own.
OWN = {name: f"{name.partition(',')[0]}'s" for name, rights in CALLERS.items() if rights.owned and name != "guest"}


def caller(name: str) -> Caller:
    """The caller as the doors hand them on: guests have no name of their own."""
    return Caller(name="anonymous" if name == "guest" else "caller", role="role", rights=CALLERS[name])


def order_id(owner: str) -> str:
    """The global id of an owner's order."""
    return encode_id("Order", "shop:number", OWNERS[owner])


def customer_id(owner: str) -> str:
    """The global id of an owner as a customer."""
    return encode_id("Customer", "shop", PEOPLE[owner][0] or "none")


def words(owner: str) -> dict[str, str]:
    """The texts about people in an owner's order, by what they are; each stands nowhere else."""
    number = OWNERS[owner]
    kinds = ("name", "phone", "tax number", "street", "zip", "phone there", "note", "refund", "signed for")
    return {
        "email": PEOPLE[owner][1],
        "other email": f"{number}@books.example.com",
        **{kind: f"{number} {kind}" for kind in kinds},
    }


def business(index: IndexSettings | None = None, *, federation: bool = False) -> Woven:
    """A shop with an order of Ada's, one of Ben's, one of Acme's and one of nobody; ERP and warehouse mirror."""
    numbers = [(n, owner) for n, owner in enumerate(OWNERS, start=1) if owner != "unknown"]
    store = shop([_told(order(f"a{n}", f"#100{n}", hours=n, skus=["TEA-1"]), owner) for n, owner in numbers])
    store.products = [ProductRecord(external_id="p1", sku="TEA-1", title="Tea")]
    books = erp(
        [
            _booked(order(f"e{n}", f"SO50{n}", reference=("reference", f"100{n}"), invoice=f"I{n}"), owner)
            for n, owner in numbers
        ]
    )
    books.locations = [LocationRecord(external_id="l1", name="Bern", kind=LocationKind.WAREHOUSE)]
    house = wms(
        [
            _packed(order(f"w{n}", f"W-{n}", reference=("order_number", f"100{n}"), tracking=f"T{n}"), owner)
            for n, owner in numbers
        ]
    )
    house.stock = [stock("TEA-1", "Bern", 5)]
    tracking = TrackingSettings(keys=("k" * 32,))
    return weave(store, books, house, tracking=tracking, index=index, federation=federation)


def _told(made: OrderRecord, owner: str) -> OrderRecord:
    """What the shop says: all about the customer, with words that somebody typed, and about money."""
    number, (person, email), text = OWNERS[owner], PEOPLE[owner], words(owner)
    # Ada buys for her own firm; for Acme, Carl does.
    company = {"Ada's": ("71", "Lovelace"), "Acme's": ("70", "Acme")}.get(owner)
    customer = Customer(
        person=Person(external_id=person, name=text["name"], email=email, phone=text["phone"]),
        company=Company(external_id=company[0], name=company[1], tax_id=text["tax number"]) if company else None,
    )
    there = Address(
        name=text["name"],
        lines=(text["street"],),
        city="Bern",
        postal_code=text["zip"],
        country_code="CH",
        phone=text["phone there"],
    )
    money, tax_line = Money(Decimal(5), "USD"), TaxLine(title="VAT", amount=Money(Decimal(1), "USD"))
    assert made.header is not None
    assert made.lines is not None
    return msgspec.structs.replace(
        made,
        header=msgspec.structs.replace(
            made.header, discounts=(Discount(title="Spring", amount=money),), taxes=(tax_line,), origin="web"
        ),
        lines=tuple(msgspec.structs.replace(line, title="Tea", unit_price=money, total=money) for line in made.lines),
        customer=customer if person else None,
        addresses=Addresses(shipping=there, billing=there),
        payments=Payments(
            payments=(Payment(external_id=f"p{number}", status=PaymentStatus.PAID, method="card", captured=money),),
            refunds=(Refund(external_id=f"r{number}", amount=money, note=text["refund"]),),
        ),
        returns=(
            Return(external_id=f"b{number}", status=ReturnStatus.OPEN, lines=(ReturnLine(sku="TEA-1", reason="SIZE"),)),
        ),
        timeline=(Happening(occurred_at=NOON, kind="NOTE", message=text["note"]),),
    )


def _booked(made: OrderRecord, owner: str) -> OrderRecord:
    """What the ERP says: another e-mail address than the shop, and what is billed."""
    person = Person(external_id="55", email=words(owner)["other email"])
    assert made.invoices is not None
    return msgspec.structs.replace(
        made,
        customer=Customer(person=person) if PEOPLE[owner][0] else None,
        invoices=msgspec.structs.replace(made.invoices, payment_terms="30 days"),
    )


def _packed(made: OrderRecord, owner: str) -> OrderRecord:
    """What the warehouse says: what it plans, that it holds it back, and what the carrier wrote on a parcel."""
    hold = Hold(reason=HoldReason.FRAUD_RISK, raw="risk")
    plan = FulfillmentOrder(
        external_id=f"f{made.external_id}",
        status=FulfillmentOrderStatus.ON_HOLD,
        location=Place(external_id="Bern", name="Bern"),
        holds=(hold,),
    )
    assert made.fulfillment is not None
    (shipment,) = made.fulfillment.shipments
    signed = TrackingEvent(occurred_at=NOON, status=ShipmentStatus.IN_TRANSIT, message=words(owner)["signed for"])
    packages = tuple(msgspec.structs.replace(package, events=(signed,)) for package in shipment.packages)
    fulfillment = msgspec.structs.replace(
        made.fulfillment,
        fulfillment_orders=(plan,),
        shipments=(msgspec.structs.replace(shipment, packages=packages),),
    )
    return msgspec.structs.replace(made, fulfillment=fulfillment, holds=(hold,))
