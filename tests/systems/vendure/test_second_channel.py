"""A second channel of the real server: its own token, currency, and prices that include tax."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from orderweave_sdk.batches import keys_of
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.records import Channel, Facet, Money, TaxLine
from orderweave_vendure.connector import VendureConnector
from tests.systems.vendure.buying import Buyer, Staff
from tests.systems.vendure.catalog import RIGHTS
from tests.systems.vendure.conftest import RealVendure

pytestmark = pytest.mark.systems
TOKEN = "token-of-the-second-channel"
READER = "reader-of-the-second@orderweave.example"
SKU = "CUP-GLASS-2"


def _of(admin: Any, root: str) -> list[str]:
    return [item["id"] for item in admin.ask(f"{{ {root} {{ items {{ id }} }} }}")["items"]]


def _made(admin: Any, mutation: str, kind: str, values: Any) -> Any:
    wanted = "{ ... on Channel { id } ... on ErrorResult { errorCode message } }"
    chosen = wanted if mutation == "createChannel" else "{ id }"
    return admin.ask(f"mutation ($v: {kind}) {{ {mutation}(input: $v) {chosen} }}", {"v": values})


@pytest.fixture(scope="module")
def second(real: RealVendure) -> str:
    """A channel in yen with prices that include tax, and an order of two cups at 1,000 units and tax each: its id."""
    admin = real.admin
    zone = _of(admin, "zones")[0]
    channel = _made(
        admin,
        "createChannel",
        "CreateChannelInput!",
        {
            "code": "second",
            "token": TOKEN,
            "defaultLanguageCode": "en",
            "pricesIncludeTax": True,
            "defaultCurrencyCode": "JPY",
            "availableCurrencyCodes": ["JPY"],
            "defaultTaxZoneId": zone,
            "defaultShippingZoneId": zone,
        },
    )["id"]
    texts = [{"languageCode": "en", "name": "Glass cup", "slug": "cup", "description": ""}]
    product = _made(admin, "createProduct", "CreateProductInput!", {"enabled": True, "translations": texts})["id"]
    variant = {
        "productId": product,
        "sku": SKU,
        "price": 1000,
        "trackInventory": "FALSE",
        "translations": [{"languageCode": "en", "name": "Glass cup"}],
    }
    ((made),) = _made(admin, "createProductVariants", "[CreateProductVariantInput!]!", [variant])
    for mutation, kind, values in (
        ("assignProductsToChannel", "AssignProductsToChannelInput!", {"productIds": [product], "priceFactor": 1}),
        (
            "assignShippingMethodsToChannel",
            "AssignShippingMethodsToChannelInput!",
            {"shippingMethodIds": _of(admin, "shippingMethods")},
        ),
        (
            "assignPaymentMethodsToChannel",
            "AssignPaymentMethodsToChannelInput!",
            {"paymentMethodIds": _of(admin, "paymentMethods")},
        ),
        (
            "assignStockLocationsToChannel",
            "AssignStockLocationsToChannelInput!",
            {"stockLocationIds": _of(admin, "stockLocations")[:1]},
        ),
    ):
        _made(admin, mutation, kind, {**values, "channelId": channel})
    role = {"code": "second", "description": "", "permissions": [*RIGHTS], "channelIds": [channel]}
    account = {"firstName": "Only", "lastName": "Reads", "emailAddress": READER, "password": real.catalog.password}
    roles = [_made(admin, "createRole", "CreateRoleInput!", role)["id"]]
    _made(admin, "createAdministrator", "CreateAdministratorInput!", {**account, "roleIds": roles})
    buyer = Buyer(real.server.visitor(TOKEN), real.catalog.shipping_method)
    return str(buyer.buy(99, {made["id"]: 2})["id"])


@pytest_asyncio.fixture
async def there(real: RealVendure, second: str) -> Any:
    """The connector over that channel."""
    made = Connecting(
        VendureConnector, real.server.settings(username=READER, password=real.catalog.password, channel=TOKEN)
    )
    try:
        yield made.connector
    finally:
        await made.close()


def yen(amount: str) -> Money:
    """Yen, of which this server keeps hundredths as of any money."""
    return Money(Decimal(amount), "JPY")


async def test_prices_as_the_channel_shows_them(there: Any, real: RealVendure, second: str) -> None:
    """Prices with tax, the channel's own code, its currency, and the server's digits for that too."""
    assert await there.check(Call.within(60)) == "channel second: all rights"
    keys = keys_of("id", [second, real.world.orders[0].external_id])
    (record,) = (await there.find_orders(keys, VendureConnector.manifest.facets, Call.within(60))).records
    assert record.external_id == second
    assert record.header.channel == Channel(code="second")
    totals = record.header.totals
    # Sending costs 5.00 without tax whatever the channel's prices are; a fifth is added.
    assert (totals.subtotal, totals.shipping, totals.total) == (yen("24.00"), yen("6.00"), yen("30.00"))
    assert totals.tax == yen("5.00")
    (line,) = record.lines
    assert (line.unit_price, line.total) == (yen("12.00"), yen("24.00"))
    assert line.taxes == (TaxLine(title="Sales tax", rate=Decimal("0.2"), amount=yen("4.00")),)


async def test_stock_that_is_not_tracked(there: Any, second: str) -> None:
    """What is always sold has no count of what is available; a channel shows its own places only."""
    stock = await there.read_stock([SKU], None, Call.within(60))
    assert [(level.sku, level.available) for level in stock.records] == [(SKU, None)]
    assert len((await there.list_locations(Call.within(60))).records) == 1


async def test_a_long_history_is_read_whole(there: Any, real: RealVendure, second: str) -> None:
    """More entries than one page holds come with a second call, each once and in order."""
    staff = Staff(real.admin)
    for number in range(105):
        staff.note(second, f"note {number}", public=True)
    found = await there.find_orders(keys_of("id", [second]), frozenset({Facet.TIMELINE}), Call.within(60))
    assert found.gaps == ()
    notes = [entry.message for entry in found.records[0].timeline if entry.kind == "ORDER_NOTE"]
    assert notes == [f"note {number}" for number in range(105)]
