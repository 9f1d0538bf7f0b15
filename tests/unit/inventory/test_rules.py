"""Safety stock, pools, what is expected and what is listed, made into what may be sold, promised and is oversold."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.inventory import oversells, promised
from orderweave.model.inventory import FetchedReceipt, FetchedStock, InventoryItem
from orderweave.model.provenance import IssueReason, SourceIssue
from orderweave.model.stock_rules import Pool
from tests.unit.businesses import NOON
from tests.unit.inventory.shelves import at, channel, coming, level, plain, ruled

EAST, STORE = ("wms", "W1"), ("erp", "13")


def pool(*places: str, share: str = "1", limit: str | None = None) -> Pool:
    """A pool of the EU shop."""
    most = None if limit is None else Decimal(limit)
    return Pool(name="eu", channels=("shop-eu",), places=places, share=Decimal(share), limit=most)


def told(item: InventoryItem) -> list[tuple[float | None, str]]:
    """The item's schedule, in days from now."""
    return [
        (
            None if promise.available_from is None else (promise.available_from - NOON) / timedelta(days=1),
            format(promise.quantity, "f"),
        )
        for promise in item.promises
    ]


@pytest.mark.parametrize(
    ("safety", "expected"),
    [
        ({}, "8"),
        ({(None, None): "1"}, "9"),
        ({(None, None): "0"}, "10"),
        ({(None, None): "1", (None, "east"): "3"}, "7"),
        ({(None, None): "1", (None, "east"): "3", ("tea ", None): "4"}, "6"),
        ({(None, "east"): "3", ("TEA", None): "4", ("TEA", "east"): "5"}, "5"),
        ({("TEA", "store"): "5", ("COFFEE", None): "4", (None, "store"): "3"}, "8"),
    ],
)
def test_configured_safety_stock(safety: dict[tuple[str | None, str | None], str], expected: str) -> None:
    """The most special entry takes the place of what the system states, also where it is less; else that holds."""
    item = ruled(level(*EAST, "10", safety_stock="2"), safety=safety)
    assert item.available_to_sell == Decimal(expected)
    assert item.levels[0].safety_stock == Decimal(10) - Decimal(expected)


def test_safety_stock_is_kept_back_at_each_place() -> None:
    """Two places keep two each, and what a system states as available is lessened by it as well."""
    item = ruled(level(*EAST, "10", available="7"), level(*STORE, "5"), safety={(None, None): "2"})
    assert item.available_to_sell == (7 - 2) + (5 - 2)


def test_what_is_expected_is_promised_from_its_day_on() -> None:
    """At its place, over all places, and not at others."""
    item = ruled(
        level(*EAST, "10"),
        level(*STORE, "1"),
        receipts=[coming("erp", "12", "5", days=3, id="a"), coming("erp", "13", "7", days=2, id="b")],
    )
    assert told(item) == [(None, "11"), (2.0, "18"), (3.0, "23")]
    assert [promise.quantity for promise in at(item, "East").promises] == [10, 15]
    assert [promise.quantity for promise in at(item, "Store").promises] == [1, 8]
    assert [(entry.number, entry.location.name) for entry in item.expected] == [("Pb", "Store"), ("Pa", "East")]


def test_what_is_late_or_undated_is_shown_and_not_promised() -> None:
    """Nobody knows when they come; at the very instant the day is over."""
    item = ruled(
        level(*EAST, "10"),
        receipts=[
            coming("erp", "12", "5", days=-1, id="a"),
            coming("erp", "12", "6", days=0, id="b"),
            coming("erp", "12", "7", days=None, id="c"),
        ],
    )
    assert told(item) == [(None, "10")]
    assert [(entry.number, entry.overdue, entry.promised) for entry in item.expected] == [
        ("Pa", True, False),
        ("Pb", True, False),
        ("Pc", False, False),
    ]


def test_what_is_in_the_available_already_is_not_promised_again() -> None:
    """The ERP's forecast has it where the ERP is believed; where the warehouse is believed its number has it not."""
    due = [coming("erp", "13", "5", counted=True), coming("erp", "12", "5", counted=True)]
    item = ruled(level("erp", "12", "9"), level(*EAST, "10"), level(*STORE, "1"), receipts=due)
    assert [entry.promised for entry in at(item, "East").expected] == [True]
    assert [entry.promised for entry in at(item, "Store").expected] == [False]
    assert told(item) == [(None, "11"), (1.0, "16")]


def test_one_purchase_in_two_systems_is_expected_once() -> None:
    """At a place the ERP is heard about it; where it expects nothing, the next."""
    item = ruled(
        level(*EAST, "0"),
        receipts=[
            coming("wms", "W1", "5", id="w"),
            coming("erp", "12", "5", id="e"),
            coming("erp", "12", "2", id="f"),
            coming("wms", "W9", "1", id="x"),
        ],
    )
    assert sorted((entry.source.system, entry.source.external_id) for entry in item.expected) == [
        ("erp", "e"),
        ("erp", "f"),
        ("wms", "x"),
    ]
    assert told(item) == [(None, "0"), (1.0, "8")]


def test_nothing_at_hand_and_something_on_its_way() -> None:
    """A SKU that nobody has stock of is promised once it comes, and not before."""
    item = ruled(receipts=[coming("erp", "12", "5")])
    assert (item.available_to_sell, item.levels) == (None, ())
    assert told(item) == [(1.0, "5")]
    assert promised(item.promises, None) is None


def test_a_pool_is_its_places_its_share_and_its_limit() -> None:
    """The EU shop sells from East alone; the other shop from everywhere; receipts count where the pool's places are."""
    receipts = [coming("erp", "12", "5", id="a"), coming("erp", "13", "7", id="b")]
    levels = (level(*EAST, "11"), level(*STORE, "4"))
    item = ruled(*levels, pools=[pool("east", share="0.5", limit="7")], receipts=receipts)
    eu, us = channel(item, "shop-eu"), channel(item, "shop-us")
    assert eu.available is not None
    assert us.available is not None
    assert plain(eu.available.quantity, us.available.quantity) == ["5", "15"]
    assert [promise.quantity for promise in eu.promises] == [5, 7]
    assert [promise.quantity for promise in us.promises] == [15, 27]


def test_nothing_in_the_pools_places_is_nothing_to_sell() -> None:
    """Whoever holds the SKU holds it elsewhere: whatever the channel lists is too much."""
    item = ruled(level(*STORE, "4"), level("shop-eu", "M1", available="1"), pools=[pool("east")])
    eu = channel(item, "shop-eu")
    assert eu.available is not None
    assert [eu.available.quantity, eu.excess] == [0, 1]
    assert [listing.oversold for listing in item.listings] == [True]


def test_ages_are_those_of_the_numbers() -> None:
    """Of what is sold the warehouse's, of what is listed the shop's; the oldest of several places."""
    early, late = NOON - timedelta(hours=2), NOON - timedelta(minutes=1)
    item = ruled(
        level(*EAST, "3", at=late, updated_at=early),
        level("erp", "12", "3", at=NOON - timedelta(days=3)),
        level("shop-us", "L1", available="4", at=NOON - timedelta(seconds=90), updated_at=late, stale=True),
        level("shop-us", "web", available="1", at=NOON, updated_at=early),
    )
    (case,) = oversells([item])
    assert (case.excess, case.channel.code) == (Decimal(2), "shop-us")
    assert (case.available.as_of, case.available.age_seconds, case.available.source_updated_at) == (late, 60, early)
    assert (case.listed.age_seconds, case.listed.source_updated_at, case.listed.stale) == (90, early, True)
    assert not case.available.stale


def test_nothing_is_judged_while_a_holder_is_away() -> None:
    """Without the ERP's stores everything would look oversold; without the other shop nothing is different."""
    levels = (level(*EAST, "3"), level("shop-us", "L1", available="4"))
    away = SourceIssue(system="erp", reason=IssueReason.UNREACHABLE, message="down", facets=())
    item = ruled(*levels, missing=[away])
    assert channel(item, "shop-us").excess is None
    assert not item.listings[0].oversold
    other = SourceIssue(system="shop-eu", reason=IssueReason.UNREACHABLE, message="down", facets=())
    assert channel(ruled(*levels, missing=[other]), "shop-us").excess == 1
    assert channel(ruled(*levels), "shop-us").excess == 1


def test_what_is_expected_is_no_part_of_the_judgment() -> None:
    """An ERP that cannot say what comes has said what is there; and its old receipts do not stand for its stock."""
    levels = (level(*EAST, "3"), level("shop-us", "L1", available="4"))
    away = SourceIssue(system="erp", reason=IssueReason.UNREACHABLE, message="down", facets=())
    item = ruled(*levels, missing_receipts=[away])
    assert (channel(item, "shop-us").excess, item.freshness.missing) == (Decimal(1), (away,))
    old = msgspec.structs.replace(coming("erp", "12", "5"), instead_of=away)
    assert ruled(*levels, missing_receipts=[away], receipts=[old]).freshness.missing == ()
    item = ruled(*levels, missing=[away], missing_receipts=[away], receipts=[old])
    assert (channel(item, "shop-us").excess, item.freshness.missing) == (None, (away,))


def test_a_listing_is_not_held_against_itself() -> None:
    """A SKU that only storefronts know is sold from what they list, and nothing is judged."""
    item = ruled(level("shop-us", "L1", available="4"), level("shop-eu", "M1", available="9"))
    assert [entry.excess for entry in item.channels] == [None, None]
    assert oversells([item]) == ()


_LEVELS = st.lists(
    st.builds(
        lambda place, on_hand, available: level(place[0], place[1], on_hand, available=available),
        st.sampled_from([("shop-us", "L1"), ("shop-us", "L2"), ("shop-eu", "M1"), ("erp", "12"), ("erp", "13"), EAST]),
        st.integers(min_value=0, max_value=9).map(str),
        st.integers(min_value=-3, max_value=9).map(str),
    ),
    max_size=6,
    unique_by=lambda entry: (entry.system, entry.record.location.external_id),
)
_RECEIPTS = st.lists(
    st.builds(
        lambda place, quantity, days, counted: (place, quantity, days, counted),
        st.sampled_from([("erp", "12"), ("erp", "13"), EAST, ("wms", "dock")]),
        st.integers(min_value=1, max_value=9),
        st.sampled_from([None, -2, 1, 2, 5]),
        st.booleans(),
    ),
    max_size=6,
).map(
    lambda drawn: [
        coming(place[0], place[1], str(quantity), days=days, counted=counted, id=str(position))
        for position, (place, quantity, days, counted) in enumerate(drawn)
    ]
)
# The same place by its name, whoever speaks of it; a dock that nobody configured is a place of its own.
_NAMES = {"L1": "east", "M1": "east", "12": "east", "W1": "east", "L2": "store", "13": "store", "dock": "dock"}
_BELIEVED = {"wms": 0, "erp": 1, "shop-eu": 2, "shop-us": 3}


def by_hand(levels: list[FetchedStock], receipts: list[FetchedReceipt], safety: int, days: int) -> Decimal | None:
    """What may be promised in so many days: the formulas of docs/inventory.md, place by place."""
    holders = [entry for entry in levels if entry.system in ("wms", "erp")]
    counted = {_NAMES[entry.record.location.external_id] for entry in (holders or levels)}
    total, known = Decimal(0), False
    leads = {}
    for place in ("east", "store", "dock"):
        here = [entry for entry in levels if _NAMES[entry.record.location.external_id] == place]
        if here:
            lead = min(here, key=lambda entry: _BELIEVED[entry.system])
            leads[place] = lead.system
            if place in counted:
                total += (lead.record.available or 0) - safety
                known = True
        due = [entry for entry in receipts if _NAMES[entry.record.location.external_id] == place]
        speaker = "erp" if any(entry.system == "erp" for entry in due) else "wms"
        for entry in due:
            when = entry.record.expected_at
            if entry.system != speaker or when is None or not NOON < when <= NOON + timedelta(days=days):
                continue
            if not (entry.record.counted and leads.get(place) == entry.system):
                total += entry.record.quantity
                known = True
    return total if known else None


@given(_LEVELS, _RECEIPTS, st.integers(min_value=0, max_value=3))
def test_promises_agree_with_the_formulas(
    levels: list[FetchedStock], receipts: list[FetchedReceipt], safety: int
) -> None:
    """Whatever the systems say, what may be promised at once and by each day is what the formulas give."""
    item = ruled(*levels, receipts=receipts, safety={(None, None): str(safety)})
    for days in range(7):
        by = NOON + timedelta(days=days)
        assert promised(item.promises, by) == by_hand(levels, receipts, safety, days)
    assert promised(item.promises, None) == item.available_to_sell


@given(_LEVELS, _RECEIPTS)
def test_no_piece_is_counted_twice(levels: list[FetchedStock], receipts: list[FetchedReceipt]) -> None:
    """What is promised in the end is never more than each place's own number and each line of one speaker a place."""
    item = ruled(*levels, receipts=receipts)
    most = sum((entry.available_to_sell or Decimal(0) for entry in item.levels if entry.counted), Decimal(0))
    told_lines = [(entry.source.system, entry.source.external_id) for entry in item.expected]
    assert len(told_lines) == len(set(told_lines))
    speakers: dict[str, set[str]] = {}
    for entry in item.expected:
        speakers.setdefault(entry.location.id, set()).add(entry.source.system)
    assert all(len(systems) == 1 for systems in speakers.values())
    last = promised(item.promises, NOON + timedelta(days=9))
    assert (last or 0) <= most + sum(entry.quantity for entry in item.expected)


def test_the_order_of_what_is_said_does_not_matter() -> None:
    """The same receipts in any order are the same expectation."""
    receipts = [coming("erp", "12", "5", id="a"), coming("wms", "W1", "6", id="b"), coming("erp", "13", "1", id="c")]
    items = {str(ruled(level(*EAST, "1"), receipts=list(order))) for order in permutations(receipts)}
    assert len(items) == 1
