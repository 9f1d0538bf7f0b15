"""The scenario: the same from the same seed, sound by any seed, and with every kind of mess counted right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderweave.scenario import UNTIL, Scenario, generate
from orderweave_sdk.records import Axis, ChannelKind, DeliveryMethod
from tests.unit.scenario.ids import IDS
from tests.unit.scenario.recount import SHOPS, recount, reference, word
from tests.unit.scenario.soundness import ALL, shipments

KINDS = {
    *("partial_shipment", "split_shipment", "ship_from_store", "store_pickup", "backorder", "cancellation", "edit"),
    *("refund", "return", "hold", "b2b_draft", "invoice_off_by_a_cent", "status_lag", "edit_unseen_by_erp"),
    *("reference_missing", "reference_mistyped", "reference_placeholder", "reference_used_twice"),
    *("reference_to_nowhere", "joined_through_third", "sku_case", "stock_drift"),
}


def test_same_seed_same_scenario() -> None:
    """The same seed gives the same scenario to the byte, and does not depend on what was made before."""
    first = generate(seed=7, orders=60, ids=IDS)
    generate(seed=8, orders=10, ids=IDS)
    again = generate(seed=7, orders=60, ids=IDS)
    assert _bytes(first) == _bytes(again)


def test_other_seed_other_scenario() -> None:
    """Another seed tells another story."""
    assert _bytes(generate(seed=7, orders=60, ids=IDS)) != _bytes(generate(seed=8, orders=60, ids=IDS))


def test_until_moves_everything() -> None:
    """The instant up to which is told is a parameter: a week later, the last order is placed a week later."""
    later = generate(seed=7, orders=60, ids=IDS, until=UNTIL + timedelta(days=7))
    last, last_later = (_last_placed(made) for made in (generate(seed=7, orders=60, ids=IDS), later))
    assert last_later - last == timedelta(days=7)


def test_whole_days_move_nothing_but_the_days() -> None:
    """The demo is told up to yesterday: its orders, numbers and words are the same on every day."""
    first, later = (generate(seed=7, orders=200, ids=IDS, until=UNTIL + timedelta(days=days)) for days in (0, 83))
    for system, world in first.worlds.items():
        moved = later.worlds[system].orders
        assert [(order.keys, order.statuses) for order in world.orders] == [
            (order.keys, order.statuses) for order in moved
        ]
        for one, other in zip(world.orders, moved, strict=True):
            if one.header and other.header and one.header.placed_at and other.header.placed_at:
                assert other.header.placed_at - one.header.placed_at == timedelta(days=83)
    assert first.truth.counts == later.truth.counts


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.__name__)
def test_scenario_is_sound(check: Callable[[Scenario], None], scenario: Scenario) -> None:
    """What must hold of every scenario holds of this one; the check's own docstring says what it is."""
    check(scenario)


@given(seed=st.integers(min_value=0, max_value=2**32), orders=st.integers(min_value=0, max_value=40))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_seed_is_sound(seed: int, orders: int) -> None:
    """Whatever the seed, and however few the orders, all the checks hold and the counts are right."""
    made = generate(seed=seed, orders=orders, ids=IDS)
    for check in ALL:
        check(made)
    assert _without_zeros(recount(made)) == _without_zeros(made.truth.counts)


def test_every_kind_of_mess_is_there(scenario: Scenario) -> None:
    """From 200 orders on, every kind of mess is there."""
    assert {kind for kind, times in scenario.truth.counts.items() if times} == KINDS


def test_mess_is_counted_right(scenario: Scenario) -> None:
    """A count from the systems' records alone gives the same figures."""
    assert recount(scenario) == scenario.truth.counts


def test_conflicts_are_all_told(scenario: Scenario) -> None:
    """Each kind of planted conflict is listed once for each time it is counted, under its paths."""
    told = Counter((conflict.kind, conflict.path.partition("[")[0]) for conflict in scenario.truth.conflicts)
    counts = scenario.truth.counts
    assert told == {
        ("invoice_off_by_a_cent", "invoices.total"): counts["invoice_off_by_a_cent"],
        ("status_lag", "fulfillmentStatus"): counts["status_lag"],
        ("edit_unseen_by_erp", "totals.total"): counts["edit_unseen_by_erp"],
        ("edit_unseen_by_erp", "lines"): counts["edit_unseen_by_erp"],
        # Each pair of claims touches the shop's order and both of the ERP's.
        ("reference_used_twice", "identity"): counts["reference_used_twice"] // 2 * 3,
        ("stock_drift", "onHand"): counts["stock_drift"],
    }


def test_channels(scenario: Scenario) -> None:
    """Of 200 orders 90 are of the US shop, 50 of the EU shop, 30 each of the desk and the tills."""
    worlds = scenario.worlds
    assert {shop: len(worlds[shop].orders) for shop in SHOPS & worlds.keys()} == {"shop-us": 90, "shop-eu": 50}
    kinds = Counter(r.header.channel.kind for r in worlds["erp"].orders if r.header and r.header.channel)
    assert (kinds[ChannelKind.SALES_DESK], kinds[ChannelKind.POINT_OF_SALE]) == (30, 30)
    currencies = {shop: {r.header.currency for r in worlds[shop].orders if r.header} for shop in SHOPS & worlds.keys()}
    assert currencies == {"shop-us": {"USD"}, "shop-eu": {"EUR"}}


def test_desk_and_tills_live_in_the_erp(scenario: Scenario) -> None:
    """Desk orders are companies' with terms; till orders are paid at once and handed over in the store."""
    for record in scenario.worlds["erp"].orders:
        kind = record.header.channel.kind if record.header and record.header.channel else None
        if kind is ChannelKind.SALES_DESK:
            assert record.customer
            assert record.customer.company
            assert record.invoices
            assert record.invoices.payment_terms
        if kind is ChannelKind.POINT_OF_SALE:
            assert (word(record, Axis.PAYMENT), word(record, Axis.ORDER)) == ("PAID", "COMPLETED")
            (shipment,) = shipments(record)
            assert record.header
            assert shipment.shipped_at == record.header.placed_at
            assert not shipment.packages
            assert reference(record, "reference") is None


def test_warehouse_knows_desk_orders_by_the_erp_number(scenario: Scenario) -> None:
    """What the warehouse ships for the desk it has under the ERP's number, everything else under the shop's."""
    numbers = {record.key("number") for world in scenario.worlds.values() for record in world.orders}
    given = [reference(record, "order_number") for record in scenario.worlds["wms"].orders]
    assert set(given) <= numbers
    assert {number[0] for number in given if number} == {"#", "S"}


def test_storefront_knows_every_facet(scenario: Scenario) -> None:
    """The anchor shop has every facet but invoices; pick-up and shipping plans name their place."""
    methods = set()
    for shop in SHOPS & scenario.worlds.keys():
        for record in scenario.worlds[shop].orders:
            missing = {name for name in record.__struct_fields__ if getattr(record, name) is None}
            assert missing == {"url", "invoices"}
            assert record.fulfillment
            for plan in record.fulfillment.fulfillment_orders:
                assert plan.location is not None
                methods.add(plan.method)
    assert methods == {DeliveryMethod.SHIPPING, DeliveryMethod.STORE_PICKUP}


def test_carriers_tell_of_trouble_too() -> None:
    """Among 500 orders, parcels are told of in every milestone from label to door, troubles among them."""
    made = generate(seed=1, orders=500, ids=IDS)
    packages = [p for record in made.worlds["wms"].orders for s in shipments(record) for p in s.packages]
    statuses = {event.status.value for package in packages for event in package.events or ()}
    assert statuses == {
        *("LABEL_CREATED", "PICKED_UP", "IN_TRANSIT", "DELAYED", "EXCEPTION", "OUT_FOR_DELIVERY"),
        *("ATTEMPTED_DELIVERY", "DELIVERED"),
    }
    codes = {package.carrier.code for package in packages if package.carrier}
    assert codes == {"ups", "usps", "fedex", "dhl", "dpd"}


@pytest.mark.parametrize(
    ("orders", "systems", "until", "message"),
    [
        (-1, IDS, UNTIL, "the number of orders must not be negative"),
        (1, {"erp": IDS["erp"]}, UNTIL, "no ids for shop-us, shop-eu, wms"),
        (1, IDS, datetime(2026, 1, 1), "a time without a zone"),  # noqa: DTZ001 - the naive time is what is refused
    ],
)
def test_bad_input_is_refused(orders: int, systems: dict[str, object], until: datetime, message: str) -> None:
    """A negative size, a system without ids and a naive time are refused in words."""
    with pytest.raises(ValueError, match=message):
        generate(seed=1, orders=orders, ids=systems, until=until)  # type: ignore[arg-type]  # wrong on purpose


def test_no_orders() -> None:
    """An empty business has places, products and stock, and no order."""
    made = generate(seed=1, orders=0, ids=IDS, until=datetime(2026, 5, 1, tzinfo=UTC))
    assert made.truth.orders == ()
    assert all(world.orders == () and world.stock and world.products for world in made.worlds.values())


def _bytes(scenario: Scenario) -> bytes:
    return msgspec.msgpack.encode((scenario.worlds, scenario.truth), order="deterministic")


def _last_placed(scenario: Scenario) -> datetime:
    return max(
        r.header.placed_at for w in scenario.worlds.values() for r in w.orders if r.header and r.header.placed_at
    )


def _without_zeros(counts: dict[str, int]) -> dict[str, int]:
    return {kind: times for kind, times in counts.items() if times}
