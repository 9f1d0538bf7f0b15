"""The callers of the matrix, and a business with orders of three people for them to ask about."""

from __future__ import annotations

import msgspec

from orderweave.config.configuration import IndexSettings, TrackingSettings
from orderweave.config.roles import BUILT_IN
from orderweave.model.ids import encode_id
from orderweave.model.rights import ALL_RIGHTS, Owned, Rights, Scope
from orderweave_sdk.records import (
    Address,
    Addresses,
    Happening,
    Key,
    LocationKind,
    LocationRecord,
    OrderRecord,
    ProductRecord,
)
from tests.unit.fake_business import erp, order, shop, stock, wms
from tests.unit.fake_clock import NOON
from tests.unit.fake_systems import Woven, weave

ADA, BEN = "ada@example.com", "ben@example.com"

CALLERS: dict[str, Rights] = {
    "staff": ALL_RIGHTS,
    "analyst": Rights(scopes=BUILT_IN["analyst"].scopes, masked=BUILT_IN["analyst"].masked),
    "picker": Rights(scopes=frozenset({Scope.ORDERS, Scope.INVENTORY})),
    "bookkeeper": Rights(scopes=frozenset({Scope.ORDERS, Scope.FINANCIALS})),
    "Ada, by e-mail": Rights(
        scopes=BUILT_IN["customer"].scopes,
        owned=Owned(emails=frozenset({ADA})),
    ),
    "Ada, by id": Rights(
        scopes=BUILT_IN["customer"].scopes,
        owned=Owned(customers=frozenset({Key("shop", "7")})),
    ),
    "guest": Rights(scopes=BUILT_IN["guest"].scopes, owned=Owned()),
}

# Whose order it is, and its number in the shop.
OWNERS = {"Ada's": "1001", "Ben's": "1002", "nobody's": "1003", "unknown": "9999"}
PEOPLE = {"Ada's": ("7", ADA), "Ben's": ("8", BEN), "nobody's": ("", "nobody@example.com"), "unknown": ("9", "x@y.zz")}


def business(index: IndexSettings | None = None) -> Woven:
    """A shop with an order of Ada's, one of Ben's and one of nobody; ERP and warehouse mirror."""
    store = shop(
        [
            order("a1", "#1001", hours=1, email=ADA, customer_id="7", skus=["TEA-1"]),
            order("a2", "#1002", hours=2, email=BEN, customer_id="8", skus=["TEA-1"]),
            order("a3", "#1003", hours=3, skus=["TEA-1"]),
        ]
    )
    store.products = [ProductRecord(external_id="p1", sku="TEA-1", title="Tea")]
    store.orders = [told(made) for made in store.orders]
    books = erp([order(f"e{n}", f"SO50{n}", reference=("reference", f"100{n}"), invoice=f"I{n}") for n in (1, 2, 3)])
    house = wms([order(f"w{n}", f"W-{n}", reference=("order_number", f"100{n}"), tracking=f"T{n}") for n in (1, 2, 3)])
    house.stock = [stock("TEA-1", "Bern", 5)]
    books.locations = [LocationRecord(external_id="l1", name="Bern", kind=LocationKind.WAREHOUSE)]
    return weave(store, books, house, tracking=TrackingSettings(keys=("k" * 32,)), index=index)


def told(made: OrderRecord) -> OrderRecord:
    """The order with an address and with words that somebody typed."""
    address = Address(name="Somebody", lines=("Main Street 1",), city="Bern", postal_code="3011", country_code="CH")
    note = Happening(occurred_at=NOON, kind="NOTE", message="rang twice")
    return msgspec.structs.replace(made, addresses=Addresses(shipping=address), timeline=(note,))


def order_id(owner: str) -> str:
    """The global id of an owner's order."""
    return encode_id("Order", "shop:number", OWNERS[owner])
