"""The slips between systems: references as people type them, a status that lags, invoices off by a cent.

What happens to an order itself is a plot (see `plots`); a slip is about what one system says of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from random import Random

import msgspec

from orderweave.scenario.sales import NUMBER_FORMS, SHOPS, Channel, Plot, Sale
from orderweave_sdk.records import OrderStatus

PLACEHOLDERS = ("N/A", "0", "-", "none", "TBD")
# How people write a shop's number; the tidy way is the number alone.
MISTYPED = ("#{}", "{} ", "SO-{}")
# The running part of shop numbers that no order ever has.
_NOWHERE = 900_001


class ReferenceKind(StrEnum):
    """What the ERP's reference field is worth."""

    EXACT = "exact"
    MISTYPED = "reference_mistyped"
    MISSING = "reference_missing"
    PLACEHOLDER = "reference_placeholder"
    USED_TWICE = "reference_used_twice"
    NOWHERE = "reference_to_nowhere"
    FOREIGN = "foreign"  # a customer's own order number; names nothing of ours


class Reference(msgspec.Struct, frozen=True):
    """What stands in the ERP's reference field; None for an empty one."""

    kind: ReferenceKind
    text: str | None

    @property
    def usable(self) -> bool:
        """Whether it names its shop order and that alone."""
        return self.kind in (ReferenceKind.EXACT, ReferenceKind.MISTYPED)


class Slips(msgspec.Struct, frozen=True, kw_only=True):
    """All slips, by running number of the order.

    `references` holds every order that the ERP has; `carrying` are the orders whose warehouse record carries the
    ERP's number beside the shop's; `doubled` are the orders of which two ERP records claim to be, with the other
    order whose ERP record makes the false claim.
    """

    references: dict[int, Reference]
    carrying: frozenset[int]
    doubled: dict[int, int]
    lagging: frozenset[int]
    cents: dict[int, Decimal]

    def joins_erp(self, sale: Sale) -> bool:
        """Whether usable references tie the ERP's record to the shop's, directly or through the warehouse's."""
        reference = self.references.get(sale.number)
        return reference is not None and (reference.usable or sale.number in self.carrying)

    def is_bridged(self, sale: Sale) -> bool:
        """Whether the warehouse's record alone ties the ERP's to the shop's."""
        reference = self.references.get(sale.number)
        shop = sale.slot.channel in SHOPS
        return shop and reference is not None and not reference.usable and sale.number in self.carrying


def slips(rng: Random, sales: Sequence[Sale]) -> Slips:
    """Deal the slips. Few orders get as much of each kind as fits in."""
    mirrored = [sale for sale in sales if sale.slot.channel in SHOPS and sale.in_erp_at is not None]
    references = {sale.number: Reference(ReferenceKind.EXACT, sale.slot.shop_number) for sale in mirrored}
    dealer = _Dealer(rng, [sale for sale in mirrored if sale.plot is not Plot.EDIT_UNSEEN], len(mirrored))
    doubled = {}
    twice = dealer.take(0.016, 2)
    for claimed, claiming in zip(twice[::2], twice[1::2], strict=False):
        doubled[claimed.number] = claiming.number
        for sale in (claimed, claiming):
            references[sale.number] = Reference(ReferenceKind.USED_TWICE, claimed.slot.shop_number)
    for offset, sale in enumerate(dealer.take(0.008, 2)):
        form = NUMBER_FORMS[sale.slot.channel]
        references[sale.number] = Reference(ReferenceKind.NOWHERE, form.format(_NOWHERE + offset))
    carrying = set()
    for through_third in (True, False):
        missing = dealer.take(0.015, 2, in_warehouse=through_third)
        placeholders = dealer.take(0.015, 2, in_warehouse=through_third)
        references |= {sale.number: Reference(ReferenceKind.MISSING, None) for sale in missing}
        references |= {sale.number: _placeholder(rng) for sale in placeholders}
        if through_third:
            carrying |= {sale.number for sale in (*missing, *placeholders)}
    for offset, sale in enumerate(dealer.take(0.12, 3)):
        text = MISTYPED[offset % len(MISTYPED)].format(sale.slot.shop_number)
        references[sale.number] = Reference(ReferenceKind.MISTYPED, text)
    carrying |= _also_carrying(rng, mirrored, references)
    references |= {sale.number: _desk_reference(rng) for sale in sales if sale.slot.channel is Channel.DESK}
    references |= {
        sale.number: Reference(ReferenceKind.FOREIGN, None) for sale in sales if sale.slot.channel is Channel.TILL
    }
    joined = [sale for sale in mirrored if references[sale.number].usable or sale.number in carrying]
    lagging = _lagging(rng, joined)
    return Slips(
        references=references,
        carrying=frozenset(carrying),
        doubled=doubled,
        lagging=lagging,
        cents=_cents(rng, joined, lagging),
    )


class _Dealer:
    """Deals orders, each to one slip at most."""

    def __init__(self, rng: Random, candidates: Iterable[Sale], of: int) -> None:
        self._rng = rng
        self._free = {sale.number: sale for sale in candidates}
        self._of = of

    def take(self, share: float, at_least: int, *, in_warehouse: bool = False) -> list[Sale]:
        """So large a share of the orders, drawn at random."""
        fitting = [sale for sale in self._free.values() if sale.in_warehouse_at is not None or not in_warehouse]
        return self._draw(fitting, max(at_least, round(share * self._of)))

    def _draw(self, fitting: list[Sale], count: int) -> list[Sale]:
        drawn = self._rng.sample(fitting, min(count, len(fitting)))
        for sale in drawn:
            del self._free[sale.number]
        return drawn


def _placeholder(rng: Random) -> Reference:
    return Reference(ReferenceKind.PLACEHOLDER, rng.choice(PLACEHOLDERS))


def _desk_reference(rng: Random) -> Reference:
    """Companies have an order number of their own, or the clerk types something, or nothing."""
    draw = rng.random()
    if draw < 0.7:
        return Reference(ReferenceKind.FOREIGN, f"PO-{rng.randrange(10_000, 100_000)}")
    return _placeholder(rng) if draw < 0.9 else Reference(ReferenceKind.FOREIGN, None)


def _also_carrying(rng: Random, mirrored: Sequence[Sale], references: dict[int, Reference]) -> set[int]:
    """A part of the sound orders too has both numbers in the warehouse, so that having both proves nothing."""
    return {
        sale.number
        for sale in mirrored
        if references[sale.number].usable and sale.in_warehouse_at is not None and rng.random() < 0.3
    }


def _lagging(rng: Random, joined: Sequence[Sale]) -> frozenset[int]:
    """Shipped lately, and the shop was not told."""
    candidates = [
        sale.number
        for sale in joined
        if sale.plot is Plot.PLAIN
        and sale.in_warehouse_at is not None
        and sale.status is OrderStatus.OPEN
        and sale.shipped() == sale.wanted()
    ]
    return frozenset(_some(rng, candidates, len(joined), 0.02))


def _cents(rng: Random, joined: Sequence[Sale], taken: Collection[int]) -> dict[int, Decimal]:
    """Billed with a cent too much or too little."""
    candidates = [sale.number for sale in joined if sale.plot is Plot.PLAIN and sale.bills and sale.number not in taken]
    return {
        number: rng.choice((Decimal("0.01"), Decimal("-0.01"))) for number in _some(rng, candidates, len(joined), 0.025)
    }


def _some(rng: Random, candidates: Sequence[int], of: int, share: float) -> list[int]:
    return rng.sample(candidates, min(len(candidates), max(2, round(share * of))))
