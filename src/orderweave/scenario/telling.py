"""Telling each order from beginning to now: who bought what, how it was handed out, paid, billed and sent back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from orderweave.scenario.amounts import amounts_as_placed, amounts_now, rounded, worth
from orderweave.scenario.baskets import basket, desk_terms, shop_terms, till_terms
from orderweave.scenario.carriers import Carriers
from orderweave.scenario.handling import Handler, Handling
from orderweave.scenario.people import Buyer, People
from orderweave.scenario.places import STORES
from orderweave.scenario.sales import Channel, Dispatch, MoneyBack, Plot, Sale, SaleLine, SentBack, Slot, Terms
from orderweave.scenario.settling import desk_settlement, shop_bills, shop_settlement, till_settlement
from orderweave_sdk.records import ReturnStatus

# How long after the last thing happened an order is put away.
_PUT_AWAY = timedelta(days=14)
_REASONS = ("UNWANTED", "DEFECTIVE", "WRONG_ITEM", "NOT_AS_DESCRIBED")


class Teller:
    """Tells sales. One teller a scenario; the order of calls is part of what the seed fixes."""

    def __init__(self, rng: Random, people: People, until: datetime) -> None:
        self._rng = rng
        self._people = people
        self._until = until
        self._handler = Handler(rng, Carriers(rng, until), until)

    def tell(self, slot: Slot, plot: Plot) -> Sale:
        """The order of this slot, with this plot."""
        if slot.channel is Channel.DESK:
            return self._desk(slot, plot)
        if slot.channel is Channel.TILL:
            return self._till(slot, plot)
        return self._shop(slot, plot)

    def _shop(self, slot: Slot, plot: Plot) -> Sale:
        rng = self._rng
        buyer = rng.choice(self._people.eu if slot.channel is Channel.SHOP_EU else self._people.us)
        lines = basket(rng, slot, plot)
        terms = shop_terms(rng, slot, plot, buyer, lines)
        handling = self._handler.of_shop(slot, plot, buyer, lines)
        now, left_at = amounts_now(lines, terms), _first_left(handling)
        sent_back, back = None, None
        if plot is Plot.RETURN:
            sent_back, back = self._sends_back(handling, lines, terms)
        if plot is Plot.REFUND:
            at = slot.placed_at + timedelta(hours=rng.randrange(30, 70))
            back = MoneyBack(amount=rounded(now.total / rng.choice((5, 8, 10))), at=at, note="Goodwill")
        settlement = shop_settlement(
            rng,
            plot=plot,
            as_placed=amounts_as_placed(lines, terms),
            now=now,
            placed_at=slot.placed_at,
            left_at=left_at,
            canceled_at=handling.canceled_at,
            hold=handling.held.reason if handling.held else None,
            back=back,
        )
        return Sale(
            slot=slot,
            plot=plot,
            buyer=buyer,
            lines=lines,
            terms=terms,
            plans=handling.plans,
            settlement=settlement,
            bills=shop_bills(now, settlement, left_at),
            in_erp_at=handling.in_erp_at,
            in_warehouse_at=handling.in_warehouse_at,
            edited_at=handling.edited_at,
            canceled_at=handling.canceled_at,
            closed_at=self._closed_at(handling, lines, sent_back),
            held=handling.held,
            sent_back=sent_back,
        )

    def _desk(self, slot: Slot, plot: Plot) -> Sale:
        rng = self._rng
        buyer = rng.choice(self._people.companies)
        lines = basket(rng, slot, plot)
        terms = desk_terms(lines)
        handling = self._handler.of_desk(slot, plot, buyer, lines)
        now = amounts_now(lines, terms)
        settlement, bills, title = desk_settlement(
            rng,
            now,
            placed_at=slot.placed_at,
            left_at=_first_left(handling),
            confirmed=plot not in (Plot.DRAFT, Plot.CANCELLATION),
            until=self._until,
        )
        paid = settlement.captured == now.total
        return Sale(
            slot=slot,
            plot=plot,
            buyer=buyer,
            lines=lines,
            terms=terms,
            plans=handling.plans,
            settlement=settlement,
            bills=bills,
            payment_terms=title,
            in_erp_at=handling.in_erp_at,
            in_warehouse_at=handling.in_warehouse_at,
            canceled_at=handling.canceled_at,
            closed_at=self._closed_at(handling, lines, None) if paid or handling.canceled_at else None,
        )

    def _till(self, slot: Slot, plot: Plot) -> Sale:
        rng = self._rng
        # Two in five show their customer card.
        buyer: Buyer | None = rng.choice(self._people.us) if rng.random() < 0.4 else None
        store = rng.choice(STORES)
        lines, terms = basket(rng, slot, plot), till_terms(store)
        settlement, bills = till_settlement(rng, amounts_now(lines, terms), slot.placed_at)
        handling = self._handler.of_till(slot, store, lines)
        return Sale(
            slot=slot,
            plot=plot,
            buyer=buyer,
            lines=lines,
            terms=terms,
            plans=handling.plans,
            settlement=settlement,
            bills=bills,
            in_erp_at=handling.in_erp_at,
            closed_at=slot.placed_at,
        )

    def _sends_back(
        self, handling: Handling, lines: Sequence[SaleLine], terms: Terms
    ) -> tuple[SentBack, MoneyBack | None]:
        """Some of the first line comes back after its delivery; the money follows when the return is closed."""
        rng = self._rng
        pieces = rng.randint(1, lines[0].current)
        last = max(dispatch.delivered_at for dispatch in _dispatched(handling) if dispatch.delivered_at)
        asked_at = last + timedelta(hours=rng.randrange(20, 110))
        status = rng.choice((ReturnStatus.CLOSED, ReturnStatus.CLOSED, ReturnStatus.OPEN, ReturnStatus.REQUESTED))
        sent_back = SentBack(line=0, pieces=pieces, reason=rng.choice(_REASONS), status=status, at=asked_at)
        if status is not ReturnStatus.CLOSED:
            return sent_back, None
        at = asked_at + timedelta(hours=rng.randrange(24, 72))
        return sent_back, MoneyBack(amount=worth(lines[0], pieces, terms), at=at, note="Returned goods")

    def _closed_at(self, handling: Handling, lines: Sequence[SaleLine], sent_back: SentBack | None) -> datetime | None:
        """Put away two weeks after the last goods arrived, unless something is still open."""
        if handling.canceled_at is not None:
            return handling.canceled_at
        if sent_back is not None and sent_back.status in (ReturnStatus.OPEN, ReturnStatus.REQUESTED):
            return None
        dispatches = _dispatched(handling)
        left = sum(pieces for d in dispatches if d.left_at is not None for _, pieces in d.goods)
        if left < sum(line.current for line in lines):
            return None
        ends = [d.left_at if not d.parcels else d.delivered_at for d in dispatches]
        arrived = [end for end in ends if end is not None]
        if len(arrived) < len(ends):
            return None
        closed_at = max(arrived) + _PUT_AWAY
        return closed_at if closed_at <= self._until else None


def _dispatched(handling: Handling) -> list[Dispatch]:
    return [dispatch for plan in handling.plans for dispatch in plan.dispatches]


def _first_left(handling: Handling) -> datetime | None:
    """When the first goods left, if any did."""
    return min((d.left_at for d in _dispatched(handling) if d.left_at is not None), default=None)
