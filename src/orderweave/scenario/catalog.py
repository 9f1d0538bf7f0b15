"""What the business sells: sixty SKUs around tea, with prices net of tax in both currencies."""

from __future__ import annotations

from decimal import Decimal

import msgspec


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """One SKU. `n` counts from 1 and numbers it in every system; `popularity` weighs how often it is bought."""

    n: int
    sku: str
    title: str
    gtin: str
    prices: dict[str, Decimal]
    popularity: int


# SKU, title, price in USD, popularity. Each has its price in EUR derived below.
_RANGE = (
    ("TEA-GREEN-100", "Sencha green tea, 100 g", "9.90", 9),
    ("TEA-GREEN-250", "Sencha green tea, 250 g", "21.50", 6),
    ("TEA-JASMINE-100", "Jasmine green tea, 100 g", "11.40", 5),
    ("TEA-JASMINE-250", "Jasmine green tea, 250 g", "24.90", 3),
    ("TEA-MATCHA-40", "Matcha, tin of 40 g", "28.00", 5),
    ("TEA-MATCHA-100", "Matcha for the kitchen, 100 g", "19.50", 3),
    ("TEA-GENMAI-100", "Genmaicha, 100 g", "10.20", 3),
    ("TEA-HOJICHA-100", "Hojicha, 100 g", "10.80", 2),
    ("TEA-BLACK-100", "Assam black tea, 100 g", "7.90", 8),
    ("TEA-BLACK-250", "Assam black tea, 250 g", "14.50", 7),
    ("TEA-BLACK-1000", "Assam black tea, 1 kg", "46.00", 4),
    ("TEA-EARL-100", "Earl Grey, 100 g", "8.60", 9),
    ("TEA-EARL-250", "Earl Grey, 250 g", "17.90", 6),
    ("TEA-DARJ-100", "Darjeeling first flush, 100 g", "15.80", 4),
    ("TEA-DARJ-250", "Darjeeling first flush, 250 g", "34.00", 2),
    ("TEA-CEYLON-100", "Ceylon highland, 100 g", "8.40", 4),
    ("TEA-KEEMUN-100", "Keemun, 100 g", "12.70", 2),
    ("TEA-SMOKED-100", "Lapsang, smoked over pine, 100 g", "11.90", 2),
    ("TEA-CHAI-200", "Masala chai, 200 g", "12.50", 6),
    ("TEA-OOLONG-100", "Oolong, lightly rolled, 100 g", "16.40", 3),
    ("TEA-OOLONG-50", "Oolong, old bushes, 50 g", "22.00", 1),
    ("TEA-WHITE-50", "White peony, 50 g", "13.60", 2),
    ("TEA-PUERH-CAKE", "Pu-erh cake, 357 g", "38.50", 1),
    ("TEA-ROOIBOS-250", "Rooibos, 250 g", "9.60", 6),
    ("TEA-ROOIBOS-VAN", "Rooibos with vanilla, 200 g", "10.90", 4),
    ("TEA-MINT-80", "Peppermint leaves, 80 g", "6.40", 6),
    ("TEA-CAMOMILE-80", "Camomile blossoms, 80 g", "6.90", 4),
    ("TEA-VERBENA-50", "Lemon verbena, 50 g", "7.20", 3),
    ("TEA-GINGER-100", "Ginger and lemon, 100 g", "7.80", 5),
    ("TEA-FRUIT-150", "Red fruit infusion, 150 g", "8.20", 4),
    ("TEA-BAGS-GREEN-20", "Green tea, 20 bags", "5.60", 6),
    ("TEA-BAGS-BLACK-20", "Breakfast tea, 20 bags", "4.90", 8),
    ("TEA-BAGS-BLACK-100", "Breakfast tea, 100 bags", "18.50", 5),
    ("TEA-SAMPLER-6", "Sampler of six teas", "24.00", 6),
    ("TEA-ADVENT-24", "Tea calendar, 24 days", "39.00", 2),
    ("POT-CAST-1", "Cast iron teapot, 1 l", "89.00", 3),
    ("POT-CAST-06", "Cast iron teapot, 0.6 l", "72.00", 2),
    ("POT-GLASS-1", "Glass teapot with strainer, 1 l", "34.50", 4),
    ("POT-PORC-12", "Porcelain teapot, 1.2 l", "48.00", 3),
    ("POT-CLAY-03", "Clay teapot for oolong, 0.3 l", "64.00", 1),
    ("POT-TRAVEL-04", "Travel flask with strainer, 0.4 l", "27.90", 5),
    ("CUP-GLASS-2", "Double-walled glasses, pair", "17.25", 5),
    ("CUP-PORC-4", "Porcelain cups, set of four", "36.00", 3),
    ("CUP-CLAY-1", "Clay cup", "12.40", 3),
    ("CUP-MATCHA-1", "Matcha bowl", "32.00", 3),
    ("MUG-LID-1", "Mug with strainer and lid", "18.90", 6),
    ("WHISK-BAMBOO", "Bamboo whisk", "16.50", 4),
    ("WHISK-STAND", "Stand for a bamboo whisk", "9.80", 2),
    ("SPOON-MEASURE", "Measuring spoon, steel", "5.40", 5),
    ("STRAINER-FINE", "Strainer, extra fine", "8.90", 5),
    ("STRAINER-CLIP", "Clip strainer", "6.20", 3),
    ("FILTER-PAPER-100", "Paper filters, 100 pieces", "4.60", 5),
    ("KETTLE-07", "Gooseneck kettle, 0.7 l", "79.00", 2),
    ("KETTLE-TEMP-1", "Kettle with temperature dial, 1 l", "119.00", 2),
    ("SCALE-01", "Pocket scale, 0.1 g", "24.99", 3),
    ("TIMER-SAND-3", "Sand timer, 3 minutes", "7.50", 2),
    ("TIN-CADDY-100", "Tea caddy, 100 g", "9.20", 4),
    ("TIN-CADDY-250", "Tea caddy, 250 g", "13.80", 3),
    ("HONEY-LINDEN-250", "Linden honey, 250 g", "9.95", 4),
    ("GIFT-BOX-M", "Gift box, medium", "5.00", 4),
)


def _gtin(n: int) -> str:
    """A GTIN-13 from the range that GS1 leaves to companies' own use (prefix 20), with its check digit."""
    digits = f"20{n:010d}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"


def _euros(dollars: Decimal) -> Decimal:
    """The list price in Europe: a tenth less, ending in a round ten cents."""
    return (dollars * Decimal("0.9")).quantize(Decimal("0.1")) + Decimal("0.00")


CATALOG = tuple(
    Product(
        n=n,
        sku=sku,
        title=title,
        gtin=_gtin(n),
        prices={"USD": Decimal(price), "EUR": _euros(Decimal(price))},
        popularity=popularity,
    )
    for n, (sku, title, price, popularity) in enumerate(_RANGE, start=1)
)
POPULARITY = tuple(product.popularity for product in CATALOG)

# SKUs that the warehouse waits for; only they are ever backordered, and backorders are all they are bought for.
SCARCE = frozenset({"POT-CAST-06", "TEA-ADVENT-24", "KETTLE-07"})

# How the warehouse spells some SKUs; the shops and the ERP write them as the catalog does.
WAREHOUSE_SPELLINGS = {
    "TEA-GREEN-100": "tea-green-100",
    "CUP-GLASS-2": "Cup-Glass-2",
    "TEA-EARL-250": "tea-earl-250",
}


def warehouse_spelling(sku: str) -> str:
    """The SKU as the warehouse writes it."""
    return WAREHOUSE_SPELLINGS.get(sku, sku)
