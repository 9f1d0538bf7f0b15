"""The plan: who is asked for what, as what, and who stands in."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from orderweave.model.systems import Business, ReferenceRule
from orderweave.planning.authority import Authority
from orderweave.planning.needs import needs_of
from orderweave.planning.orders import OrderPlan, plan_orders
from orderweave.planning.pricing import list_calls, look_up_calls, receipt_calls
from orderweave.planning.printing import print_orders, print_stock
from orderweave_sdk.manifest import Batch, BatchStrategy, Capability, OrderPrice, RateLimit
from orderweave_sdk.records import Facet, SystemKind
from tests.unit.businesses import business, system

HEADER, LINES, CUSTOMER, PAYMENTS = Facet.HEADER, Facet.LINES, Facet.CUSTOMER, Facet.PAYMENTS
INVOICES, FULFILLMENT, TRACKING, HOLDS = Facet.INVOICES, Facet.FULFILLMENT, Facet.TRACKING, Facet.HOLDS
SHOPS = ("shop-us:number", "shop-eu:number")


def retailer(authority: Mapping[str, tuple[str, ...]] | None = None) -> Business:
    """Two shops without invoices, an ERP that captures orders too, and a warehouse."""
    shop_facets = frozenset(Facet) - {INVOICES}
    return business(
        system("shop-us", SystemKind.STOREFRONT, captures_orders=True, facets=shop_facets),
        system("shop-eu", SystemKind.STOREFRONT, captures_orders=True, facets=shop_facets),
        system(
            "erp",
            SystemKind.ERP,
            captures_orders=True,
            facets=frozenset(Facet) - {TRACKING, HOLDS},
            references=(ReferenceRule(field="reference", names=SHOPS),),
        ),
        system(
            "wms",
            SystemKind.WMS,
            facets={LINES, FULFILLMENT, TRACKING, HOLDS},
            references=(
                ReferenceRule(field="order_number", names=(*SHOPS, "erp:number")),
                ReferenceRule(field="partner", names=("erp:number",), lookup=False),
            ),
        ),
        authority=authority,
    )


def planned(*coordinates: str, of: Business | None = None) -> OrderPlan:
    """The plan of a selection."""
    asked = of or retailer()
    return plan_orders(needs_of(coordinates), asked, Authority(asked))


def test_places_of_capture_give_all_that_they_have() -> None:
    """Every facet wanted comes with the order, because that costs no further call; the shops have no invoices."""
    plan = planned("Order.number", "Order.customer", "Order.invoices")
    assert plan.captures == {
        "shop-us": {HEADER, CUSTOMER},
        "shop-eu": {HEADER, CUSTOMER},
        "erp": {HEADER, CUSTOMER, INVOICES},
    }


def test_second_sources_are_asked_only_where_they_are_believed() -> None:
    """Header and customer are the shops'; invoices are the ERP's, which the shops lack."""
    assert planned("Order.number", "Order.customer").seconds == {}
    assert planned("Order.number", "Order.invoices").seconds == {"erp": {INVOICES}}


def test_line_quantities_are_the_erps() -> None:
    """The ERP is believed about quantities over the shops, the warehouse is not."""
    assert planned("Order.lines").seconds == {"erp": {LINES}}


@pytest.mark.parametrize(
    "selection",
    [
        ("Order.id",),
        ("Order.number", "Order.totals", "Order.customer", "Order.shippingAddress"),
        ("Order.lines", "OrderLine.sku", "LineQuantities.ordered"),
        ("Order.payments", "Order.invoices", "Order.returns"),
    ],
)
def test_without_shipments_the_warehouse_is_not_asked(selection: tuple[str, ...]) -> None:
    """A selection that needs no goods costs no call there."""
    plan = planned(*selection)
    assert "wms" not in plan.seconds
    assert "wms" not in plan.captures


@pytest.mark.parametrize(
    ("selection", "facets"),
    [
        (("Order.shipments",), {FULFILLMENT}),
        (("Order.shipments", "Package.events"), {FULFILLMENT, TRACKING}),
        (("Order.lines", "LineQuantities.shipped"), {FULFILLMENT}),
        (("Order.fulfillmentStatus",), {FULFILLMENT}),
        (("Order.holds",), {HOLDS}),
    ],
)
def test_with_goods_the_warehouse_is_asked_for_them(selection: tuple[str, ...], facets: set[Facet]) -> None:
    """For exactly the facets in which it is believed."""
    assert planned(*selection).seconds["wms"] == facets


def test_sources_and_conflicts_ask_everyone_for_what_they_have() -> None:
    """All who may know the order are asked for every facet wanted, believed or not."""
    for about_all in ("Order.sources", "Order.conflicts"):
        plan = planned("Order.number", "Order.lines", about_all)
        assert plan.needs.all_sources
        assert plan.seconds == {"erp": {HEADER, LINES}, "wms": {LINES}}


def test_sources_alone_ask_everyone_for_keys() -> None:
    """Without any facet a system's record is still a source."""
    assert planned("Order.sources").seconds == {"erp": frozenset(), "wms": frozenset()}


def test_identifiers_ask_everyone_for_keys() -> None:
    """Every system's names are wanted, and no facet beyond those in which a system is believed."""
    assert planned("Order.identifiers", "Order.number").seconds == {"erp": frozenset(), "wms": frozenset()}


def test_a_system_that_names_nobody_is_no_second_source() -> None:
    """Nothing can be asked of it by another's number."""
    lone = business(system("shop", SystemKind.STOREFRONT, captures_orders=True), system("carrier", SystemKind.CARRIER))
    plan = planned("Order.shipments", "Order.sources", of=lone)
    assert plan.seconds == {}
    assert set(plan.captures) == {"shop"}


def test_a_system_that_cannot_find_orders_is_not_planned() -> None:
    """Neither as anything nor as a stand-in."""
    silent = business(
        system("shop", SystemKind.STOREFRONT, captures_orders=True),
        system(
            "wms",
            SystemKind.WMS,
            references=(ReferenceRule(field="reference", names=("shop:number",)),),
            capabilities={Capability.READ_STOCK},
        ),
    )
    plan = planned("Order.shipments", "Order.sources", of=silent)
    assert plan.seconds == {}
    assert plan.fallbacks == {FULFILLMENT: ("shop",)}


def test_fallbacks_are_all_who_have_the_facet_most_believed_first() -> None:
    """Equals stand by name."""
    plan = planned("Order.number", "Order.shipments", "Order.invoices", "Package.events", "Order.payments")
    assert plan.fallbacks == {
        HEADER: ("shop-eu", "shop-us", "erp"),
        PAYMENTS: ("shop-eu", "shop-us", "erp"),
        INVOICES: ("erp",),
        FULFILLMENT: ("wms", "shop-eu", "shop-us", "erp"),
        TRACKING: ("wms", "shop-eu", "shop-us"),
    }


def test_the_configurations_authority_changes_the_plan() -> None:
    """Where the ERP is believed about the header it is asked for it; where shops are about goods, nobody else is."""
    assert planned("Order.number", of=retailer({"header": ("erp",)})).seconds == {"erp": {HEADER}}
    believed = retailer({"fulfillment": ("storefront", "erp")})
    assert planned("Order.shipments", of=believed).seconds == {}
    assert planned("Order.shipments", of=believed).fallbacks[FULFILLMENT] == ("shop-eu", "shop-us", "erp", "wms")


def test_a_place_that_does_not_see_the_money_tells_by_its_invoices() -> None:
    """An ERP without payments that captures orders is asked for its own invoices when payments are wanted."""
    desk = business(system("erp", SystemKind.ERP, captures_orders=True, facets={HEADER, INVOICES}))
    assert planned("Order.paymentStatus", of=desk).captures == {"erp": {INVOICES}}


def bridged() -> Business:
    """A shop; an ERP that knows the shop's numbers; a warehouse that knows the ERP's only."""
    return business(
        system("shop", SystemKind.STOREFRONT, captures_orders=True),
        system(
            "erp",
            SystemKind.ERP,
            references=(ReferenceRule(field="reference", names=("shop:number",)),),
            facets={HEADER, INVOICES},
        ),
        system(
            "wms",
            SystemKind.WMS,
            references=(ReferenceRule(field="order_number", names=("erp:number",)),),
            facets={FULFILLMENT},
        ),
    )


def test_a_bridge_is_asked_for_its_keys() -> None:
    """The ERP is asked, for no facet, because only it knows by which number the warehouse has the shop's order."""
    plan = planned("Order.shipments", of=bridged())
    assert plan.seconds == {"wms": {FULFILLMENT}, "erp": frozenset()}
    assert planned("Order.number", of=bridged()).seconds == {}


def test_a_bridge_keeps_the_facets_that_it_is_believed_in() -> None:
    """What the ERP is asked for anyway is not taken off by its being a bridge."""
    assert planned("Order.shipments", "Order.invoices", of=bridged()).seconds["erp"] == {INVOICES}


def test_where_the_warehouse_knows_the_shops_numbers_no_bridge_is_needed() -> None:
    """The shops' numbers reach it directly."""
    assert set(planned("Order.shipments").seconds) == {"wms"}


def stocked(asked: Business, **sizes: int) -> Business:
    """The same business, some of whose systems keep stock and are asked so many SKUs at once."""
    systems = dict(asked.systems)
    for name, size in sizes.items():
        manifest = msgspec.structs.replace(
            systems[name].manifest,
            capabilities=systems[name].manifest.capabilities | {Capability.READ_STOCK},
            stock_batch=Batch(strategy=BatchStrategy.LIST, size=size),
        )
        systems[name] = msgspec.structs.replace(systems[name], manifest=manifest)
    return msgspec.structs.replace(asked, systems=systems)


def printed(plan: OrderPlan, asked: Business, *, root: str) -> str:
    """The plan with the price of one order, or of a page of one."""
    calls = list_calls(plan, asked, 1) if root == "orders" else look_up_calls(plan, asked)
    return print_orders(plan, calls, asked, root=root)


def test_a_plan_is_printed_line_by_line() -> None:
    """What is needed, who is asked in which stage and how, and who stands in."""
    asked = retailer()
    assert printed(planned("Order.shipments", "Order.sources"), asked, root="orders") == (
        "orders: FULFILLMENT\n"
        "  every system that may know the order is asked (sources or conflicts are selected)\n"
        "  1. shop-us: search -> FULFILLMENT\n"
        "  1. shop-eu: search -> FULFILLMENT\n"
        "  1. erp: search -> FULFILLMENT\n"
        "  2. erp: by reference = shop-us:number or shop-eu:number (list of up to 50) -> FULFILLMENT\n"
        "  2. wms: by order_number = shop-us:number or shop-eu:number or erp:number (list of up to 50);"
        " by partner = erp:number (list of up to 50) -> FULFILLMENT\n"
        "  if one fails, FULFILLMENT: wms > shop-eu > shop-us > erp\n"
        "  price, shop-us: 1 call\n"
        "  price, shop-eu: 1 call\n"
        "  price, erp: 3 calls\n"
        "  price, wms: 1 call\n"
    )
    assert printed(planned("Order.id"), asked, root="node").splitlines() == [
        "node: keys only",
        "  1. shop-us: find by key -> keys only",
        "  1. shop-eu: find by key -> keys only",
        "  1. erp: find by key -> keys only",
        "  price, shop-us: 1 call",
        "  price, shop-eu: 1 call",
        "  price, erp: 1 call",
    ]


def test_a_price_in_the_system_s_own_units() -> None:
    """Where the manifest prices orders, one order's price is summed over the system's parts, and capped a call."""
    asked = retailer()
    prices = OrderPrice(call=3, facets={FULFILLMENT: 40, HEADER: 70}, most=100)
    erp = asked.systems["erp"]
    limit = RateLimit(units="points", burst=1000, per_second=10, orders=prices)
    priced = msgspec.structs.replace(erp, manifest=msgspec.structs.replace(erp.manifest, rate_limit=limit))
    asked = msgspec.structs.replace(asked, systems={**asked.systems, "erp": priced})
    told = printed(planned("Order.shipments", "Order.sources", of=asked), asked, root="order")
    assert "  price, erp: 2 calls, 86 points for one order, at most 100 a call\n" in told
    told = printed(planned("Order.shipments", "Order.number", of=asked), asked, root="order")
    assert "  price, erp: 1 call, 100 points for one order, at most 100 a call\n" in told
    unpriced = msgspec.structs.replace(limit, orders=None, units="requests")
    plain = msgspec.structs.replace(erp, manifest=msgspec.structs.replace(erp.manifest, rate_limit=unpriced))
    asked = msgspec.structs.replace(asked, systems={**asked.systems, "erp": plain})
    told = printed(planned("Order.shipments", "Order.sources", of=asked), asked, root="order")
    assert "  price, erp: 2 calls\n" in told


def test_a_plan_of_stock_is_printed() -> None:
    """Every system that keeps stock, with its batch."""
    assert print_stock({"wms": 2, "erp": 1}, stocked(retailer(), wms=50, erp=100)) == (
        "inventory: stock at all places\n"
        "  1. wms: read stock, up to 50 SKUs a call\n"
        "  1. erp: read stock, up to 100 SKUs a call\n"
        "  price, wms: 2 calls\n"
        "  price, erp: 1 call\n"
    )


def test_a_plan_of_promises_is_printed() -> None:
    """Who can tell what is expected is asked for that as well, under the name of the root field."""
    asked = stocked(retailer(), wms=50, erp=100)
    erp = asked.systems["erp"]
    able = msgspec.structs.replace(erp.manifest, capabilities=erp.manifest.capabilities | {Capability.READ_RECEIPTS})
    asked = msgspec.structs.replace(
        asked, systems={**asked.systems, "erp": msgspec.structs.replace(erp, manifest=able)}
    )
    assert receipt_calls(asked, 60) == {"erp": 2}
    assert print_stock({"wms": 2, "erp": 2}, asked, root="oversells", receipts=True) == (
        "oversells: stock at all places\n"
        "  1. wms: read stock, up to 50 SKUs a call\n"
        "  1. erp: read stock, up to 100 SKUs a call\n"
        "  1. erp: read expected receipts, up to 100 SKUs a call\n"
        "  price, wms: 2 calls\n"
        "  price, erp: 2 calls\n"
    )
