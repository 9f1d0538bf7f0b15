"""What is bought, and on what terms."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random

from orderweave.scenario.catalog import CATALOG, POPULARITY, SCARCE, Product
from orderweave.scenario.people import Buyer
from orderweave.scenario.places import HARBOR, BusinessPlace
from orderweave.scenario.sales import Channel, Plot, SaleLine, Slot, Terms

_NOTHING = Decimal(0)
_FREE = Decimal("0.00")
_SCARCE = tuple(product for product in CATALOG if product.sku in SCARCE)
_WITH_SEVERAL_LINES = frozenset({Plot.PARTIAL_SHIPMENT, Plot.SPLIT_SHIPMENT})
_WITH_AN_EDIT = frozenset({Plot.EDIT, Plot.EDIT_UNSEEN})
# Shipping and the sum from which it is free.
_SHIPPING = {
    Channel.SHOP_US: (Decimal("6.90"), 75),
    Channel.SHOP_EU: (Decimal("8.50"), 90),
    Channel.OUTLET: (Decimal("6.90"), 75),
}


def currency_of(channel: Channel) -> str:
    """The currency in which the channel sells."""
    return "EUR" if channel is Channel.SHOP_EU else "USD"


def basket(rng: Random, slot: Slot, plot: Plot) -> tuple[SaleLine, ...]:
    """The lines of an order: as many and as full as its channel and plot ask."""
    count, pieces = _size(rng, slot.channel)
    if plot in _WITH_SEVERAL_LINES:
        count = max(count, 2)
    products = _products(rng, count)
    if plot is Plot.BACKORDER:
        products[0] = rng.choice(_SCARCE)
    currency = currency_of(slot.channel)
    lines = []
    for index, product in enumerate(products):
        ordered, canceled = rng.choice(pieces), 0
        if index == 0 and plot in _WITH_AN_EDIT:
            ordered, canceled = ordered + 1, 1
        lines.append(SaleLine(product=product, price=product.prices[currency], ordered=ordered, canceled=canceled))
    return tuple(lines)


def _size(rng: Random, channel: Channel) -> tuple[int, tuple[int, ...]]:
    """How many lines, and the pieces that a line may have."""
    if channel is Channel.DESK:
        return rng.choice((2, 3, 3, 4, 5, 6)), (6, 12, 12, 24, 36, 48, 60)
    if channel is Channel.TILL:
        return rng.choice((1, 1, 2, 3)), (1, 1, 1, 2)
    return rng.choice((1, 1, 2, 2, 3, 4)), (1, 1, 1, 2, 2, 3)


def _products(rng: Random, count: int) -> list[Product]:
    found: list[Product] = []
    while len(found) < count:
        (product,) = rng.choices(CATALOG, POPULARITY)
        if product not in found and product.sku not in SCARCE:
            found.append(product)
    return found


def shop_terms(rng: Random, slot: Slot, plot: Plot, buyer: Buyer, lines: Sequence[SaleLine]) -> Terms:
    """A web shop's terms: one order in six carries a code, shipping is free from a certain sum on."""
    shipping, free_from = _SHIPPING[slot.channel]
    placed = sum(line.price * line.ordered for line in lines)
    title, code, rate = None, None, _NOTHING
    if rng.random() < 1 / 6:
        title, code, rate = rng.choice(
            (("Welcome", "WELCOME10", Decimal("0.10")), ("Autumn tea", "AUTUMN15", Decimal("0.15")))
        )
    return Terms(
        currency=currency_of(slot.channel),
        discount_title=title,
        discount_code=code,
        discount_rate=rate,
        shipping=_FREE if plot is Plot.STORE_PICKUP or placed >= free_from else shipping,
        tax_title=buyer.town.tax_title,
        tax_rate=Decimal(buyer.town.tax_percent) / 100,
    )


def desk_terms(lines: Sequence[SaleLine]) -> Terms:
    """The desk's terms: resale is free of tax, larger orders have a rebate and pay no freight."""
    placed = sum(line.price * line.ordered for line in lines)
    large = placed >= 1500
    return Terms(
        currency=currency_of(Channel.DESK),
        discount_title="Volume discount" if large else None,
        discount_code=None,
        discount_rate=Decimal("0.08") if large else _NOTHING,
        shipping=_FREE if large else Decimal("45.00"),
        tax_title="Resale, exempt",
        tax_rate=_NOTHING,
    )


def till_terms(store: BusinessPlace) -> Terms:
    """A till's terms: the tax of the store's state."""
    title, percent = ("MA sales tax", "6.25") if store is HARBOR else ("VT sales tax", "7")
    return Terms(
        currency=currency_of(Channel.TILL),
        discount_title=None,
        discount_code=None,
        discount_rate=_NOTHING,
        shipping=_FREE,
        tax_title=title,
        tax_rate=Decimal(percent) / 100,
    )
