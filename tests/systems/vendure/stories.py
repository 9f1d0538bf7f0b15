"""The orders that are placed in a real Vendure, what becomes of each, and what must be told of it.

Every figure is worked out by hand: a fifth of each net price is tax, and sending costs 5.00 net.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from orderweave_sdk.records import ShipmentStatus
from tests.systems.vendure.buying import Staff
from tests.systems.vendure.catalog import COUPON, LINE_COUPON

TEA, BLACK, POT = "TEA-GREEN-100", "TEA-BLACK-250", "POT-CAST-1"
Lines = Mapping[str, str]


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """What was packed together, and how far it came."""

    goods: Mapping[str, int]
    tracking: str | None
    status: ShipmentStatus


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """What an order comes to, in cents: `tax` is all of it, `goods_tax` that of the lines and surcharges."""

    subtotal: int = 0
    off: int = 0
    tax: int = 0
    goods_tax: int = 0
    fees: int = 0
    total: int = 0
    paid: int = 0
    refunded: int = 0


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """One order: what is bought, what the staff do with it, and what is then told.

    `goods` are as ordered, in the end; `fewer` is what was canceled of them. Amounts are in cents; `line_tax` and
    `line_off` are told where they do not follow from price and quantity.
    """

    goods: Mapping[str, int]
    state: str
    words: tuple[str, str, str]
    sums: Sums
    work: Callable[[Staff, dict[str, Any], Lines, Mapping[str, str]], None] = lambda *_: None
    bought: Mapping[str, int] | None = None
    coupon: str | None = None
    fewer: Mapping[str, int] = {}
    line_tax: Mapping[str, int] = {}
    line_off: Mapping[str, int] = {}
    parcels: tuple[Parcel, ...] = ()


def _settle(staff: Staff, order: dict[str, Any], lines: Lines, variants: Mapping[str, str]) -> None:
    staff.settle(order["payments"][0]["id"])


def _noted(staff: Staff, order: dict[str, Any], lines: Lines, variants: Mapping[str, str]) -> None:
    _settle(staff, order, lines, variants)
    staff.note(order["id"], "Wrapped as a gift", public=True)
    staff.note(order["id"], "Pays late", public=False)


def _delivered(staff: Staff, order: dict[str, Any], lines: Lines, variants: Mapping[str, str]) -> None:
    _settle(staff, order, lines, variants)
    staff.ship({lines[TEA]: 3, lines[POT]: 1}, method="UPS", tracking="1Z1", states=("Shipped", "Delivered"))


def _in_two(staff: Staff, order: dict[str, Any], lines: Lines, variants: Mapping[str, str]) -> None:
    _settle(staff, order, lines, variants)
    staff.ship({lines[TEA]: 1}, method="UPS", tracking="1Z2", states=("Shipped",))
    staff.ship({lines[TEA]: 2, lines[POT]: 1}, method="DHL", tracking="JD3", states=("Shipped",))


def _in_part(staff: Staff, order: dict[str, Any], lines: Lines, variants: Mapping[str, str]) -> None:
    _settle(staff, order, lines, variants)
    staff.ship({lines[TEA]: 2}, method="UPS", tracking="1Z4", states=("Shipped",))
    staff.ship({lines[POT]: 1}, method="UPS", tracking="")


def _delivered_in_part(staff: Staff, order: dict[str, Any], lines: Lines, variants: Mapping[str, str]) -> None:
    _settle(staff, order, lines, variants)
    staff.ship({lines[TEA]: 2}, method="UPS", tracking="1Z5", states=("Shipped", "Delivered"))


def _refunded_in_part(staff: Staff, order: dict[str, Any], lines: Lines, variants: Mapping[str, str]) -> None:
    _settle(staff, order, lines, variants)
    staff.refund(order["payments"][0]["id"], 500, "came late")


def _canceled(staff: Staff, order: dict[str, Any], lines: Lines, variants: Mapping[str, str]) -> None:
    _settle(staff, order, lines, variants)
    staff.cancel(order["id"], reason="changed their mind")
    staff.refund(order["payments"][0]["id"], 2340, "canceled")


def _fewer(staff: Staff, order: dict[str, Any], lines: Lines, variants: Mapping[str, str]) -> None:
    _settle(staff, order, lines, variants)
    staff.cancel(order["id"], {lines[TEA]: 1}, reason="one less")


def _more(staff: Staff, order: dict[str, Any], lines: Lines, variants: Mapping[str, str]) -> None:
    _settle(staff, order, lines, variants)
    staff.move(order["id"], "Modifying")
    gift = {"description": "Gift box", "price": 300, "priceIncludesTax": False}
    staff.modify(
        order["id"],
        addItems=[{"productVariantId": variants[BLACK], "quantity": 1}],
        surcharges=[{**gift, "taxRate": 20, "taxDescription": "Sales tax"}],
    )
    staff.move(order["id"], "ArrangingAdditionalPayment")
    staff.pay_more(order["id"], "TR-1")
    staff.move(order["id"], "PaymentSettled")


def _changing(staff: Staff, order: dict[str, Any], lines: Lines, variants: Mapping[str, str]) -> None:
    _settle(staff, order, lines, variants)
    staff.move(order["id"], "Modifying")


_BIG = Sums(subtotal=11870, tax=2474, goods_tax=2374, total=14844, paid=14844)
_SMALL = Sums(subtotal=990, tax=298, goods_tax=198, total=1788, paid=1788)

STORIES: tuple[Story, ...] = (
    Story(
        goods={TEA: 2, BLACK: 1},
        coupon=COUPON,
        work=_noted,
        state="PaymentSettled",
        words=("OPEN", "PAID", "UNFULFILLED"),
        line_tax={TEA: 356, BLACK: 261},
        sums=Sums(subtotal=3430, off=343, tax=717, goods_tax=617, total=4304, paid=4304),
    ),
    Story(
        goods={TEA: 1, POT: 2},
        coupon=LINE_COUPON,
        work=_settle,
        state="PaymentSettled",
        words=("OPEN", "PAID", "UNFULFILLED"),
        line_tax={POT: 1780},
        line_off={POT: 8900},
        sums=Sums(subtotal=9890, tax=2078, goods_tax=1978, total=12468, paid=12468),
    ),
    Story(
        goods={TEA: 1},
        state="PaymentAuthorized",
        words=("OPEN", "AUTHORIZED", "UNFULFILLED"),
        sums=msgspec.structs.replace(_SMALL, paid=0),
    ),
    Story(
        goods={TEA: 3, POT: 1},
        work=_delivered,
        state="Delivered",
        words=("COMPLETED", "PAID", "FULFILLED"),
        parcels=(Parcel(goods={TEA: 3, POT: 1}, tracking="1Z1", status=ShipmentStatus.IN_TRANSIT),),
        sums=_BIG,
    ),
    Story(
        goods={TEA: 3, POT: 1},
        work=_in_two,
        state="Shipped",
        words=("OPEN", "PAID", "FULFILLED"),
        parcels=(
            Parcel(goods={TEA: 1}, tracking="1Z2", status=ShipmentStatus.IN_TRANSIT),
            Parcel(goods={TEA: 2, POT: 1}, tracking="JD3", status=ShipmentStatus.IN_TRANSIT),
        ),
        sums=_BIG,
    ),
    Story(
        goods={TEA: 3, POT: 1},
        work=_in_part,
        state="PartiallyShipped",
        words=("OPEN", "PAID", "PARTIALLY_FULFILLED"),
        parcels=(
            Parcel(goods={TEA: 2}, tracking="1Z4", status=ShipmentStatus.IN_TRANSIT),
            Parcel(goods={POT: 1}, tracking=None, status=ShipmentStatus.PENDING),
        ),
        sums=_BIG,
    ),
    Story(
        goods={TEA: 3, POT: 1},
        work=_delivered_in_part,
        state="PartiallyDelivered",
        words=("OPEN", "PAID", "PARTIALLY_FULFILLED"),
        parcels=(Parcel(goods={TEA: 2}, tracking="1Z5", status=ShipmentStatus.IN_TRANSIT),),
        sums=_BIG,
    ),
    Story(
        goods={BLACK: 2},
        work=_refunded_in_part,
        state="PaymentSettled",
        words=("OPEN", "PARTIALLY_REFUNDED", "UNFULFILLED"),
        sums=Sums(subtotal=2900, tax=680, goods_tax=580, total=4080, paid=4080, refunded=500),
    ),
    Story(
        goods={BLACK: 1},
        work=_canceled,
        state="Cancelled",
        words=("CANCELED", "REFUNDED", "CANCELED"),
        fewer={BLACK: 1},
        sums=Sums(paid=2340, refunded=2340),
    ),
    Story(
        goods={TEA: 3},
        work=_fewer,
        state="PaymentSettled",
        words=("OPEN", "OVERPAID", "UNFULFILLED"),
        fewer={TEA: 1},
        sums=Sums(subtotal=1980, tax=496, goods_tax=396, total=2976, paid=4164),
    ),
    Story(
        goods={TEA: 1, BLACK: 1},
        bought={TEA: 1},
        work=_more,
        state="PaymentSettled",
        words=("OPEN", "PAID", "UNFULFILLED"),
        sums=Sums(subtotal=2440, fees=300, tax=648, goods_tax=548, total=3888, paid=3888),
    ),
    Story(
        goods={TEA: 1},
        work=_changing,
        state="Modifying",
        words=("OPEN", "PAID", "UNFULFILLED"),
        sums=_SMALL,
    ),
    # So many that a look-up of twenty is one, and a search has pages.
    *(
        Story(
            goods={TEA: 1},
            work=_settle,
            state="PaymentSettled",
            words=("OPEN", "PAID", "UNFULFILLED"),
            sums=_SMALL,
        )
        for _ in range(10)
    ),
)
