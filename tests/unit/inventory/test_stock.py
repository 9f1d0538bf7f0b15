"""Each SKU at each place once, whoever reports it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.model.inventory import FetchedStock
from orderweave.model.provenance import IssueReason, SourceIssue
from orderweave_sdk.records import LocationKind
from tests.unit.businesses import NOON
from tests.unit.inventory.shelves import at, level, plain, stock


def test_two_systems_at_one_place_are_one_stock() -> None:
    """The warehouse's and the ERP's ten at East are ten."""
    item = stock(level("erp", "12", "10"), level("wms", "W1", "10"))
    assert item.on_hand == 10
    (found,) = item.levels
    assert (found.location.name, found.location.kind, found.counted) == ("East", LocationKind.WAREHOUSE, True)
    assert [source.system for source in found.sources] == ["wms", "erp"]
    assert found.conflicts == ()


def test_places_add_up() -> None:
    """East's ten and the store's two are twelve, and places stand in order of their names."""
    item = stock(level("erp", "13", "2"), level("wms", "W1", "10"), level("erp", "12", "10"))
    assert item.on_hand == 12
    assert [entry.location.name for entry in item.levels] == ["East", "Store"]


def test_a_drift_is_a_conflict_at_its_place() -> None:
    """The warehouse is believed, the sum is its, and both numbers are shown plainly."""
    item = stock(level("erp", "12", "12.0", updated_at=NOON), level("wms", "W1", "10"))
    assert item.on_hand == 10
    (found,) = at(item, "East").conflicts
    assert found.path == "onHand"
    assert [(said.system, said.value, said.source_updated_at) for said in found.values] == [
        ("wms", "10", None),
        ("erp", "12", NOON),
    ]
    assert found.winner == found.values[0]


def test_numbers_that_differ_by_knowledge_are_no_conflict() -> None:
    """Each system commits what it knows of orders; 10 and 10.00 are equal."""
    item = stock(
        level("wms", "W1", "10", committed="3", available="7"),
        level("erp", "12", "10.00", committed="5", available="5"),
    )
    assert at(item, "East").conflicts == ()
    assert plain(item.committed, item.available_to_sell) == ["3", "7"]


def test_gaps_of_a_level_are_filled_from_the_next() -> None:
    """A number that the believed system does not state comes from the one that does."""
    item = stock(level("wms", "W1", "10"), level("erp", "12", "10", incoming="40", damaged="1"))
    found = at(item, "East")
    assert plain(found.incoming, found.damaged, found.reserved) == ["40", "1", None]
    assert item.incoming == 40


def test_a_storefronts_listing_is_no_stock_where_others_hold() -> None:
    """What the shops list at their own places is what the warehouse holds: it is shown and not summed."""
    item = stock(
        level("wms", "W1", "10"), level("shop-us", "web", available="8"), level("shop-eu", "web", "8", available="8")
    )
    assert item.on_hand == 10
    assert item.available_to_sell == 10
    assert [entry.counted for entry in item.levels] == [True, False, False]


def test_a_storefront_at_a_configured_place_joins_its_level() -> None:
    """Its number stands beside the warehouse's, and is not added to it."""
    item = stock(level("shop-us", "L1", "9"), level("wms", "W1", "10"))
    assert item.on_hand == 10
    assert [source.system for source in at(item, "East").sources] == ["wms", "shop-us"]


def test_a_sku_that_only_storefronts_know_is_summed_by_place() -> None:
    """Nobody else holds it, so the listings are the stock, each place once."""
    item = stock(level("shop-us", "L1", "4", available="4"), level("shop-eu", "M1", "4"), level("shop-us", "L2", "1"))
    assert item.on_hand == 5
    assert [entry.counted for entry in item.levels] == [True, True]
    assert [(entry.channel.code, entry.oversold) for entry in item.listings] == [("shop-us", False)]


def test_places_that_nobody_configured_stay_apart() -> None:
    """One id in two systems is two places, under the systems' own names."""
    item = stock(level("wms", "A", "1"), level("wms-2", "A", "2"))
    assert item.on_hand == 3
    assert [entry.location.name for entry in item.levels] == ["wms A", "wms-2 A"]
    assert len({entry.location.id for entry in item.levels}) == 2


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({"on_hand": "10"}, "10"),
        ({"on_hand": "10", "committed": "3"}, "7"),
        ({"on_hand": "10", "committed": "3", "reserved": "2", "safety_stock": "1"}, "4"),
        ({"on_hand": "10", "committed": "3", "available": "6"}, "6"),
        ({"on_hand": "10", "available": "6", "safety_stock": "2"}, "4"),
        ({"on_hand": "1", "committed": "3"}, "-2"),
        ({"incoming": "5"}, None),
    ],
)
def test_what_may_still_be_sold(numbers: dict[str, Any], expected: str | None) -> None:
    """The system's own available less safety stock; else on hand less committed, reserved and safety stock."""
    item = stock(level("wms", "W1", **numbers))
    assert item.available_to_sell == (None if expected is None else Decimal(expected))


def test_two_systems_numbers_are_not_mixed_into_one_to_sell() -> None:
    """The ERP's commitments are not taken off the warehouse's stock, but its safety stock holds for the place."""
    item = stock(level("wms", "W1", "10", available="8"), level("erp", "12", "20", committed="9", safety_stock="3"))
    assert item.available_to_sell == 5


def test_a_believed_system_without_stock_leaves_it_to_the_next() -> None:
    """A warehouse that only knows what comes in does not make the ERP's ten unsellable."""
    item = stock(level("wms", "W1", incoming="5"), level("erp", "12", "10", committed="1"))
    assert plain(item.on_hand, item.incoming, item.available_to_sell) == ["10", "5", "9"]


@pytest.mark.parametrize(("listed", "oversold"), [("9", False), ("10", False), ("11", True), ("0", False)], ids=str)
def test_oversold_is_listing_more_than_there_is(listed: str, oversold: bool) -> None:
    """What a channel lists is added over its places and held against all that may be sold."""
    item = stock(
        level("wms", "W1", "10"), level("shop-us", "a", available="0"), level("shop-us", "b", available=listed)
    )
    (listing,) = item.listings
    assert (listing.channel.code, listing.quantity, listing.oversold) == ("shop-us", Decimal(listed), oversold)


def test_nothing_listed_is_not_oversold_below_zero() -> None:
    """With less than nothing to sell, a listing of nothing is right and one of one is not."""
    short = level("wms", "W1", "1", committed="3")
    assert not stock(short, level("shop-us", "a", available="0")).listings[0].oversold
    assert stock(short, level("shop-us", "a", available="1")).listings[0].oversold


def test_within_a_rank_the_newest_count_is_believed() -> None:
    """Two warehouse systems at one place: the one that counted last; a count without a time is oldest."""
    late, early = NOON, NOON - timedelta(days=1)
    item = stock(level("wms", "W1", "1", updated_at=early), level("wms-2", "X1", "2", updated_at=late))
    assert item.on_hand == 2
    assert stock(level("wms", "W1", "1"), level("wms-2", "X1", "2", updated_at=early)).on_hand == 2


def test_sku_and_title_read_as_asked_and_as_sold() -> None:
    """The spelling that was asked for where somebody uses it, else the most believed; the storefront's title."""
    levels = (level("wms", "W1", "1", sku="tea", title="TEA 50G"), level("shop-us", "L1", "1", title="Assam"))
    assert stock(*levels).sku == "TEA"
    assert stock(*levels, asked="Tea").sku == "tea"
    assert stock(*levels).title == "Assam"


def test_nobody_knows_the_sku() -> None:
    """Nothing is made up; who could not be asked is told."""
    issue = SourceIssue(system="wms", reason=IssueReason.UNREACHABLE, message="down", facets=())
    item = stock(asked="NONE", missing=[issue])
    assert (item.sku, item.on_hand, item.available_to_sell, item.levels, item.listings) == ("NONE", None, None, (), ())
    assert (item.freshness.as_of, item.freshness.max_age_seconds, item.freshness.missing) == (None, 0, (issue,))


def test_freshness_is_that_of_the_oldest_level() -> None:
    """As of the oldest fetch, stale when any part is."""
    item = stock(
        level("wms", "W1", "1"), level("erp", "12", "1", at=NOON - timedelta(seconds=40), stale=True), now=NOON
    )
    assert item.freshness.as_of == NOON - timedelta(seconds=40)
    assert (item.freshness.max_age_seconds, item.freshness.stale) == (40, True)


_PLACES = [("shop-us", "L1"), ("shop-us", "L2"), ("shop-eu", "M1"), ("erp", "12"), ("erp", "13"), ("wms", "W1")]
_LEVELS = st.lists(
    st.builds(
        lambda place, on_hand, available, sku, updated_at: level(
            place[0], place[1], on_hand, available=available, sku=sku, updated_at=updated_at
        ),
        st.sampled_from([*_PLACES, ("wms-2", "X1"), ("wms", "dock")]),
        st.sampled_from(["0", "1", "2.0", "2"]),
        st.sampled_from(["0", "1", "5"]),
        st.sampled_from(["TEA", "tea"]),
        st.sampled_from([None, NOON, NOON - timedelta(hours=1)]),
    ),
    max_size=7,
    unique_by=lambda entry: (entry.system, entry.record.location.external_id, entry.record.sku),
)


@given(_LEVELS.flatmap(lambda levels: st.tuples(st.just(levels), st.permutations(levels))))
def test_stock_does_not_depend_on_the_order_of_levels(both: tuple[list[FetchedStock], list[FetchedStock]]) -> None:
    """The same levels in another order are the same stock."""
    levels, shuffled = both
    assert stock(*levels) == stock(*shuffled)


@given(_LEVELS)
def test_the_sum_is_one_count_a_place(levels: list[FetchedStock]) -> None:
    """On hand is the sum over counted places, and each place's number is one that a system states there."""
    item = stock(*levels)
    assert item.on_hand == (sum(entry.on_hand or 0 for entry in item.levels if entry.counted) if levels else None)
    assert len({entry.location.id for entry in item.levels}) == len(item.levels)
    for entry in item.levels:
        tellers = {source.system for source in entry.sources}
        assert entry.on_hand in [one.record.on_hand for one in levels if one.system in tellers]
