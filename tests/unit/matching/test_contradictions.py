"""Connected records that cannot all be one order: each finds its own, and who brought them together stays apart."""

from __future__ import annotations

from orderweave.model.systems import ReferenceRule
from orderweave_sdk.records import Key, SystemKind
from tests.unit.businesses import business, fetched, record, system
from tests.unit.matching.worlds import SHOPS, claims, crm, erp, groups_of, partition, retailer, shop, wms


def test_a_record_that_refers_to_two_orders_stays_apart() -> None:
    """The CRM names two shop orders: both stand alone, the CRM's record too, and all three report it."""
    records = [shop("1001"), shop("1002"), crm("c1", "1001", "1002")]
    groups = groups_of(records)
    assert [len(group.members) for group in groups] == [1, 1, 1]
    first, second = Key("shop-us:number", "1001"), Key("shop-us:number", "1002")
    assert [claims(group) for group in groups] == [
        {first: (("crm", "c1"), ("shop-us", "id-1001")), second: (("crm", "c1"), ("shop-us", "id-1002"))},
        {first: (("crm", "c1"), ("shop-us", "id-1001"))},
        {second: (("crm", "c1"), ("shop-us", "id-1002"))},
    ]


def test_two_orders_keep_their_own_though_one_record_names_both() -> None:
    """Each shop order keeps its ERP and warehouse records, one even through a third, beside the CRM's mistake."""
    records = [
        shop("1001"),
        erp("S000001"),
        wms("w1", "1001", "S000001"),
        shop("1002"),
        erp("S000002", "1002"),
        crm("c1", "1001", "1002"),
    ]
    assert partition(records) == [{"c1"}, {"id-1001", "erp-S000001", "w1"}, {"id-1002", "erp-S000002"}]


def test_a_record_whose_two_numbers_lead_to_two_orders_stays_apart() -> None:
    """The warehouse says 1001 and S000001, the ERP says that S000001 is 1002: only the warehouse stays apart."""
    records = [shop("1001"), shop("1002"), erp("S000001", "1002"), wms("w1", "1001", "S000001")]
    groups = groups_of(records)
    assert partition(records) == [{"id-1001"}, {"id-1002", "erp-S000001"}, {"w1"}]
    assert set(claims(groups[2])) == {Key("shop-us:number", "1001"), Key("erp:number", "s000001")}


def test_orders_of_two_shops_are_two_orders() -> None:
    """An order is captured once: what ties an order of one shop to an order of another stays apart."""
    us, eu = shop("1001"), shop("EU1001", name="shop-eu")
    assert partition([us, eu, crm("c1", "1001", "EU1001")]) == [{"c1"}, {"id-EU1001"}, {"id-1001"}]
    records = [us, eu, erp("S000001", "EU1001"), wms("w1", "1001", "S000001")]
    assert partition(records) == [{"id-EU1001", "erp-S000001"}, {"id-1001"}, {"w1"}]


def test_a_direct_reference_goes_before_one_through_a_third() -> None:
    """S000001 names the shop order itself; the warehouse, which ties another ERP record to it, stays apart."""
    records = [shop("1001"), erp("S000001", "1001"), erp("S000002"), wms("w1", "1001", "S000002")]
    assert partition(records) == [{"erp-S000002"}, {"id-1001", "erp-S000001"}, {"w1"}]


def test_two_who_would_take_one_place_by_different_ways_stay_apart() -> None:
    """Warehouse and CRM each tie another free order of the ERP to one shop order: neither is believed."""
    records = [shop("1001"), erp("S000001"), erp("S000002"), wms("w1", "1001", "S000001"), wms("w2", None, "S000002")]
    assert partition(records) == [{"erp-S000002", "w2"}, {"id-1001", "erp-S000001", "w1"}]
    rivals = [shop("1001"), wms("w1", "1001"), wms("w2", None, "S000001"), erp("S000001", "1001")]
    groups = groups_of(rivals)
    assert partition(rivals) == [{"id-1001", "erp-S000001", "w1"}, {"w2"}]
    assert claims(groups[1]) == {Key("erp:number", "s000001"): (("erp", "erp-S000001"), ("wms", "w2"))}


def test_a_crowd_is_split_as_a_few_are() -> None:
    """A thousand parts of an order stay with it though one record ties it to another, and it takes no time."""
    parts = [wms(f"w{n:04}", "1001") for n in range(1000)]
    records = [shop("1001"), shop("1002"), crm("c1", "1001", "1002"), *parts]
    found = partition(records, retailer(warehouse_splits=True))
    assert [len(group) for group in found] == [1, 1001, 1]


def test_ties_that_share_an_order_are_judged_together() -> None:
    """Each warehouse record alone could tie its shop order to the one free order of the ERP: neither does."""
    records = [shop("1001"), shop("1002"), erp("S000001"), wms("w1", "1001", "S000001"), crm("c1", "1002", "1002")]
    assert partition(records) == [{"id-1001", "erp-S000001", "w1"}, {"id-1002", "c1"}]
    rivals = [*records[:4], fetched("oms", record("o1", references={"shop": "1002", "erp": "S000001"}))]
    of = retailer()
    fields = (ReferenceRule(field="shop", names=SHOPS), ReferenceRule(field="erp", names=("erp:number",)))
    with_oms = business(*of.systems.values(), system("oms", SystemKind.OMS, references=fields))
    assert partition(rivals, with_oms) == [{"erp-S000001"}, {"o1"}, {"id-1001"}, {"id-1002"}, {"w1"}]


def test_what_is_apart_when_all_is_there_is_apart_when_the_shop_is_down() -> None:
    """Without the shop's records the same references contradict each other the same way, under the same ids."""
    shops = [shop("1001"), shop("1002")]
    others = [erp("S000001", "1002"), wms("w1", "1001", "S000001"), crm("c1", "1001", "1002")]
    there = {
        member.record.external_id: group.identity for group in groups_of([*shops, *others]) for member in group.members
    }
    down = {member.record.external_id: group.identity for group in groups_of(others) for member in group.members}
    assert down == {
        "erp-S000001": Key("shop-us:number", "1002"),
        "w1": Key("wms:id", "w1"),
        "c1": Key("crm:id", "c1"),
    }
    assert {name: there[name] for name in down} == down
