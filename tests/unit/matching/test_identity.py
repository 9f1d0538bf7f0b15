"""An order's identity holds whoever is at hand."""

from __future__ import annotations

import pytest

from orderweave.model.provenance import Fetched
from orderweave_sdk.records import Key
from tests.unit.businesses import fetched, record
from tests.unit.matching.worlds import RETAILER, erp, groups_of, retailer, shop, wms

DIRECT = [shop("1001"), erp("S000001", "#1001"), wms("w1", "1001")]
THROUGH_THIRD = [shop("1001"), erp("S000001"), wms("w1", "1001", "S000001")]


@pytest.mark.parametrize("records", [DIRECT, THROUGH_THIRD], ids=["directly", "through a third"])
def test_the_identity_is_the_same_while_the_anchor_is_down(records: list[Fetched]) -> None:
    """Without the shop's record the order is still known by the shop's number, and has no anchor."""
    (whole,) = groups_of(records)
    (rest,) = groups_of(records[1:])
    assert whole.identity == rest.identity == Key("shop-us:number", "1001")
    assert rest.anchor is None


@pytest.mark.parametrize("alone", DIRECT, ids=lambda one: one.system)
def test_one_record_alone_gives_the_same_identity(alone: Fetched) -> None:
    """Each of the three, asked alone, gives the id that all together give."""
    (group,) = groups_of([alone])
    assert group.identity == Key("shop-us:number", "1001")


@pytest.mark.parametrize("absent", ["erp", "wms"])
def test_the_identity_is_the_same_while_another_is_down(absent: str) -> None:
    """The anchor gives the identity whoever else answered."""
    (group,) = groups_of([one for one in DIRECT if one.system != absent])
    assert group.identity == Key("shop-us:number", "1001")
    assert group.anchor is not None


def test_an_absent_erp_does_not_anchor_a_shop_order() -> None:
    """The warehouse refers to the shop and to the ERP, of which only the shop is there: the shop is the anchor."""
    (group,) = groups_of([shop("1001"), wms("w1", "1001", "S000001")])
    assert group.identity == Key("shop-us:number", "1001")
    assert group.anchor is not None
    assert Key("erp:number", "s000001") in group.keys


def test_of_two_absent_records_the_likelier_place_of_capture_anchors() -> None:
    """The warehouse alone, with both numbers: storefronts capture orders before ERPs do."""
    (group,) = groups_of([wms("w1", "1001", "S000001")])
    assert group.identity == Key("shop-us:number", "1001")


def test_without_unique_numbers_the_identity_is_the_id() -> None:
    """A shop whose numbers may repeat anchors by its own id, while it is there."""
    free = retailer(shop_numbers_unique=False)
    assert groups_of(DIRECT, free)[0].identity == Key("shop-us:id", "id-1001")
    assert groups_of(DIRECT[1:], free)[0].identity == Key("shop-us:number", "1001")


def test_a_record_without_number_is_known_by_its_id() -> None:
    """A draft has no number yet."""
    (group,) = groups_of([fetched("erp", record("55"))], RETAILER)
    assert group.identity == Key("erp:id", "55")
