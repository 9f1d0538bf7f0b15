"""The business over Adobe Commerce, SAP, Extensiv and EasyPost: an order's screen needs all four of them."""

from __future__ import annotations

from tests.e2e.business import front

CONNECTORS = ("adobe_commerce", "sap_s4hana", "extensiv", "easypost")
LIST = """query ($first: Int!) { orders(first: $first) { nodes { number fulfillmentStatus
  sources { system externalId }
  shipments { status location { id name } packages { trackingNumber events { status } } }
  conflicts { path }
  freshness { missing { system } } } coverage { complete } } }"""


async def test_a_page_of_orders_has_the_warehouse_s_part() -> None:
    """It tells what left the house, and the carrier what became of it. All that can be asked at once is one call:
    shops' numbers in two spellings, and the ERP's in both fields. Where the warehouse knows an order of the ERP's alone
    by a number that might be a shop's as well, these few are asked for in the other spelling, too.
    """
    async with front(seed=7, orders=200, connectors=CONNECTORS) as running:
        held = {
            key.value.removeprefix("#"): order.external_id
            for order in running.business.worlds["wms"].orders
            for key in order.references
            if key.namespace == "referenceNum"
        }
        answer = await running.ask(LIST, {"first": 20})
        calls = running.calls()
    assert "errors" not in answer
    nodes = answer["data"]["orders"]["nodes"]
    assert len(nodes) == 20
    rest, most = sorted((call["detail"][0] for call in calls["wms"]), key=len)
    assert [most.count("%23EU"), most.count("%231"), most.count(",50000")] == [5, 9, 10]
    assert rest.count("%2350000") == rest.count("50000") == 3
    joined = 0
    for node in nodes:
        sources = {source["system"]: source["externalId"] for source in node["sources"]}
        assert sources.get("wms") == held.get(node["number"])
        assert node["freshness"]["missing"] == []
        if "wms" in sources and node["shipments"]:
            joined += 1
            assert {shipment["location"]["name"] for shipment in node["shipments"]} <= {
                "East warehouse",
                "Harbor store",
                "Main Street store",
            }
            parcels = [package for shipment in node["shipments"] for package in shipment["packages"]]
            assert all(parcel["events"] for parcel in parcels if parcel["trackingNumber"])
    assert joined >= 3
    assert answer["data"]["orders"]["coverage"]["complete"] is True
