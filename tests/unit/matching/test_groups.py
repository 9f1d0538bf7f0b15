"""Which records are one order: by keys, directly or through a third, and never by what is ambiguous."""

from __future__ import annotations

from orderweave_sdk.records import Key
from tests.unit.businesses import fetched, record
from tests.unit.matching.worlds import (
    claims,
    crm,
    erp,
    groups_of,
    partition,
    retailer,
    shop,
    wms,
)


def test_references_join() -> None:
    """The ERP's and the warehouse's records of a shop order are that order, under the shop's number."""
    (group,) = groups_of([wms("w1", "#1001"), erp("S000001", "SO-1001"), shop("1001")])
    assert [member.system for member in group.members] == ["erp", "shop-us", "wms"]
    assert group.identity == Key("shop-us:number", "1001")
    assert group.anchor is not None
    assert group.anchor.system == "shop-us"
    assert group.ambiguities == ()
    assert group.keys == {
        Key("shop-us:id", "id-1001"),
        Key("shop-us:number", "1001"),
        Key("erp:id", "erp-S000001"),
        Key("erp:number", "s000001"),
        Key("wms:id", "w1"),
    }


def test_records_connect_through_a_third() -> None:
    """The ERP's record without a reference is found through the warehouse's, which has both numbers."""
    records = [shop("1001"), erp("S000001"), wms("w1", "1001", "S000001")]
    (group,) = groups_of(records)
    assert len(group.members) == 3
    assert group.identity == Key("shop-us:number", "1001")


def test_placeholders_join_nothing() -> None:
    """Records that all say N/A, nothing, 0 or a dash are as many orders; nothing is reported."""
    records = [erp("S000001", "N/A"), erp("S000002", "n/a"), wms("w1", "N/A"), crm("c1", "0", "-"), crm("c2", "0", "-")]
    groups = groups_of(records)
    assert [len(group.members) for group in groups] == [1, 1, 1, 1, 1]
    assert [group.ambiguities for group in groups] == [()] * 5


def test_a_doubled_reference_leaves_both_apart() -> None:
    """Two ERP records claim one shop order: none joins it, and all three say so."""
    groups = groups_of([shop("1001"), erp("S000001", "1001"), erp("S000002", "#1001")])
    assert [len(group.members) for group in groups] == [1, 1, 1]
    reported = {Key("shop-us:number", "1001"): (("erp", "erp-S000001"), ("erp", "erp-S000002"), ("shop-us", "id-1001"))}
    assert [claims(group) for group in groups] == [reported, reported, reported]


def test_a_doubled_reference_harms_no_other_system() -> None:
    """The warehouse's own sound reference to the same order still joins."""
    records = [shop("1001"), erp("S000001", "1001"), erp("S000002", "1001"), wms("w1", "1001")]
    assert {"id-1001", "w1"} in partition(records)


def test_a_doubled_reference_yields_to_a_third_record() -> None:
    """Of two ERP records that claim a shop order, the one that the warehouse ties to it belongs to it."""
    records = [shop("1001"), erp("S000001", "1001"), erp("S000002", "1001"), wms("w1", "1001", "S000002")]
    assert partition(records) == [{"erp-S000001"}, {"id-1001", "erp-S000002", "w1"}]


def test_a_number_that_two_orders_own_joins_nothing() -> None:
    """Two shop orders with one number: who refers to it stands apart, both keep ids of their own, all report it."""
    records = [shop("1001", external_id="a"), shop("1001", external_id="b"), erp("S000001", "1001")]
    groups = groups_of(records)
    assert [group.identity for group in groups] == [
        Key("erp:number", "s000001"),
        Key("shop-us:id", "a"),
        Key("shop-us:id", "b"),
    ]
    claimants = (("erp", "erp-S000001"), ("shop-us", "a"), ("shop-us", "b"))
    assert [claims(group) for group in groups] == [{Key("shop-us:number", "1001"): claimants}] * 3


def test_a_dangling_reference_names_the_order() -> None:
    """A reference to an order that nobody has is kept as the name: that order may be down, and is then the anchor."""
    (group,) = groups_of([erp("S000001", "9001")])
    assert group.identity == Key("shop-us:number", "9001")
    assert group.anchor is None
    assert group.keys >= {Key("shop-us:number", "9001"), Key("erp:number", "s000001")}


def test_a_foreign_number_is_no_reference() -> None:
    """A customer's own order number fits no system: the order is the ERP's."""
    (group,) = groups_of([erp("S000001", "PO-77")])
    assert group.identity == Key("erp:number", "s000001")
    assert group.anchor is not None


def test_many_records_of_a_splitting_system_are_one_order() -> None:
    """Where the rule allows many, both halves of a split order join; where it does not, neither."""
    records = [shop("1001"), wms("w1", "1001"), wms("w2", "1001")]
    assert partition(records, retailer(warehouse_splits=True)) == [{"id-1001", "w1", "w2"}]
    assert partition(records) == [{"id-1001"}, {"w1"}, {"w2"}]


def test_many_speaks_only_for_its_own_field() -> None:
    """A warehouse record that comes by another field than the one for many does not stand beside one that does."""
    records = [shop("1001"), erp("S000001", "1001"), wms("w1", "1001"), wms("w2", None, "S000001")]
    assert partition(records, retailer(warehouse_splits=True)) == [{"id-1001", "erp-S000001", "w1"}, {"w2"}]


def test_an_order_captured_in_the_erp_is_anchored_there() -> None:
    """A sales-desk order is known by the ERP's number, and the warehouse finds it by that."""
    (group,) = groups_of([erp("S000001"), wms("w1", "S000001")])
    assert group.identity == Key("erp:number", "s000001")
    assert group.anchor is not None
    assert group.anchor.system == "erp"


def test_a_record_that_refers_to_itself_is_one_record() -> None:
    """A record whose reference repeats its own number is not ambiguous for that."""
    own = fetched("wms", record("w1", references={"order_number": "S000001"}))
    (group,) = groups_of([own])
    assert group.identity == Key("erp:number", "s000001")


def test_groups_come_in_order_of_identity() -> None:
    """The outcome is sorted, so that two runs read the same."""
    groups = groups_of([shop("1002"), shop("EU1001", name="shop-eu"), shop("1001")])
    assert [group.identity.value for group in groups] == ["eu1001", "1001", "1002"]
