"""Each shipment once, whoever tells it; each package with all that is known; delivered only with a witness."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from orderweave.model.order import Order
from orderweave_sdk.records import (
    Axis,
    Carrier,
    Eta,
    Facet,
    Fulfillment,
    FulfillmentOrderStatus,
    GoodsLine,
    Package,
    Shipment,
    ShipmentStatus,
)
from tests.unit.businesses import NOON
from tests.unit.merging.orders import event, merge, plan, says, sent, shipment, word

DELIVERED, IN_TRANSIT = ShipmentStatus.DELIVERED, ShipmentStatus.IN_TRANSIT


def told(order: Order) -> list[tuple[str, str | None]]:
    """The shipments as source and first tracking number."""
    return [(s.source, s.packages[0].tracking_number if s.packages else None) for s in order.shipments]


def test_a_shipment_that_three_systems_tell_stands_once() -> None:
    """By its tracking number, however that is spaced; the warehouse's telling stands."""
    order = merge(
        says("shop", fulfillment=sent(shipment("s", {"TEA": 1}, tracking="1z 99 AA"))),
        says("erp", fulfillment=sent(shipment("e", {"TEA": 1}, tracking="1Z99AA"))),
        says("wms", fulfillment=sent(shipment("w", {"TEA": 1}, tracking="1Z99aa"))),
    )
    assert told(order) == [("wms", "1Z99aa")]


def test_another_tracking_number_is_another_shipment() -> None:
    """Where all of the warehouse's shipments have numbers, one with a number that it lacks left elsewhere."""
    order = merge(
        says("shop", fulfillment=sent(shipment("s1", tracking="A"), shipment("s2", tracking="B"))),
        says("wms", fulfillment=sent(shipment("w1", tracking="A"))),
    )
    assert told(order) == [("wms", "A"), ("shop", "B")]


def test_a_shipment_that_may_be_the_same_is_not_added() -> None:
    """Without a number on either side it is never counted twice, nor when only one side has one."""
    without = says("shop", fulfillment=sent(shipment("s1", {"TEA": 1})))
    having = says("shop", fulfillment=sent(shipment("s1", {"TEA": 1}, tracking="A")))
    warehouse = says("wms", fulfillment=sent(shipment("w1", {"TEA": 1})))
    numbered = says("wms", fulfillment=sent(shipment("w1", {"TEA": 1}, tracking="B")))
    assert told(merge(without, warehouse)) == [("wms", None)]
    assert told(merge(having, warehouse)) == [("wms", None)]
    assert told(merge(without, numbered)) == [("wms", "B")]


def test_a_shipment_from_another_place_is_another_one() -> None:
    """The shop knows what left the store; the warehouse never does. Places are the configuration's."""
    order = merge(
        says("shop", fulfillment=sent(shipment("s1", {"TEA": 1}, place="L1"), shipment("s2", {"CUP": 1}, place="L2"))),
        says("wms", fulfillment=sent(shipment("w1", {"TEA": 1}, place="W1"))),
    )
    assert [(s.source, s.location.name if s.location else None) for s in order.shipments] == [
        ("wms", "East"),
        ("shop", "Store"),
    ]


def test_a_place_that_nobody_configured_proves_nothing() -> None:
    """Two systems' own names for a place may mean one place."""
    order = merge(
        says("shop", fulfillment=sent(shipment("s1", {"TEA": 1}, place="L9"))),
        says("wms", fulfillment=sent(shipment("w1", {"TEA": 1}, place="W1"))),
    )
    assert told(order) == [("wms", None)]


def test_the_third_system_is_held_against_both() -> None:
    """What the ERP tells was told by the warehouse and the shop already."""
    order = merge(
        says("wms", fulfillment=sent(shipment("w1", place="W1"))),
        says("shop", fulfillment=sent(shipment("s2", place="L2"))),
        says("erp", fulfillment=sent(shipment("e1", place="12"), shipment("e2", place="13"))),
    )
    assert [entry.source for entry in order.shipments] == ["wms", "shop"]


def test_what_travels_back_is_no_outgoing_shipment() -> None:
    """A return is another shipment than those that left, and counts for no delivery."""
    order = merge(
        says("wms", fulfillment=sent(shipment("w1", {"TEA": 1}, tracking="A"))),
        says("shop", fulfillment=sent(shipment("s9", {"TEA": 1}, is_return=True, status=DELIVERED))),
    )
    assert [(s.source, s.is_return) for s in order.shipments] == [("wms", False), ("shop", True)]


def test_a_warehouse_without_shipments_leaves_them_to_the_next() -> None:
    """A believed system that tells of none does not hide another's."""
    order = merge(says("wms", fulfillment=sent()), says("erp", fulfillment=sent(shipment("e1", {"TEA": 1}))))
    assert told(order) == [("erp", None)]


def test_one_systems_shipments_are_all_its_own() -> None:
    """Two shipments of the warehouse without numbers from one place are two."""
    order = merge(says("wms", fulfillment=sent(shipment("w1", place="W1"), shipment("w2", place="W1"))))
    assert len(order.shipments) == 2
    assert order.shipments[0].id != order.shipments[1].id


def test_a_package_unites_what_every_system_knows() -> None:
    """Carrier, URL, promise and events come from whoever has them, most believed on tracking first."""
    warehouse = Package(
        tracking_number="A", status=ShipmentStatus.PICKED_UP, events=(event(1, ShipmentStatus.PICKED_UP, "scan"),)
    )
    shop = Package(
        tracking_number="a",
        status=IN_TRANSIT,
        tracking_url="https://track.example/a",
        carrier=Carrier(code="ups"),
        promised_by=NOON + timedelta(hours=30),
        events=(event(1, ShipmentStatus.PICKED_UP, "picked up"), event(5, IN_TRANSIT)),
    )
    carrier = Package(
        tracking_number="A",
        status=DELIVERED,
        eta=Eta(to=NOON + timedelta(hours=40)),
        carrier=Carrier(code="ups", name="UPS"),
        events=(event(29, DELIVERED), event(5, IN_TRANSIT, "hub")),
    )
    order = merge(
        says("wms", at=NOON, fulfillment=sent(shipment("w", packages=(warehouse,)))),
        says("shop", at=NOON + timedelta(minutes=1), fulfillment=sent(shipment("s", packages=(shop,)))),
        says("carrier", at=NOON - timedelta(minutes=1), fulfillment=sent(shipment("c", packages=(carrier,)))),
    )
    (merged,) = order.shipments
    (package,) = merged.packages
    assert package.carrier == Carrier(code="ups", name="UPS")
    assert package.tracking_url == "https://track.example/a"
    assert package.status is DELIVERED
    assert package.eta == Eta(to=NOON + timedelta(hours=40))
    assert package.on_time is True
    assert package.last_checked_at == NOON + timedelta(minutes=1)
    assert [(entry.occurred_at, entry.status, entry.message) for entry in package.events] == [
        (NOON + timedelta(hours=1), ShipmentStatus.PICKED_UP, "scan"),
        (NOON + timedelta(hours=5), IN_TRANSIT, "hub"),
        (NOON + timedelta(hours=29), DELIVERED, None),
    ]
    assert merged.status is DELIVERED
    assert merged.delivered_at == NOON + timedelta(hours=29)


def test_what_is_in_which_parcel() -> None:
    """All goods of a shipment are in its only parcel, a voided label aside; of several, what a system says of each, and
    where none does it is not guessed.
    """
    tea, cups = GoodsLine(quantity=Decimal(2), sku="TEA"), GoodsLine(quantity=Decimal(1), sku="CUP")

    def parcel(number: str, *lines: GoodsLine, status: ShipmentStatus = IN_TRANSIT) -> Package:
        return Package(tracking_number=number, status=status, lines=lines)

    def told(*packages: Package) -> list[list[tuple[str | None, Decimal]] | None]:
        sent_as = msgspec.structs.replace(shipment("w", packages=packages), lines=(tea, cups))
        (merged,) = merge(says("wms", fulfillment=sent(sent_as))).shipments
        return [
            None if package.lines is None else [(line.sku, line.quantity) for line in package.lines]
            for package in merged.packages
        ]

    both = [("TEA", Decimal(2)), ("CUP", Decimal(1))]
    assert told(parcel("A")) == [both]
    assert told(parcel("A"), parcel("B", status=ShipmentStatus.CANCELED)) == [both, None]
    assert told(parcel("A", tea), parcel("B", cups)) == [[("TEA", Decimal(2))], [("CUP", Decimal(1))]]
    assert told(parcel("A"), parcel("B")) == [None, None]


@pytest.mark.parametrize(("hours", "on_time"), [(29, True), (30, True), (31, False)])
def test_on_time_needs_a_promise_and_an_arrival(hours: float, on_time: bool) -> None:
    """By the promised moment is on time; without either half nothing is claimed."""
    promised = NOON + timedelta(hours=30)

    def arrived(promise: bool, *events: tuple[float, ShipmentStatus]) -> bool | None:
        package = Package(
            tracking_number="A",
            promised_by=promised if promise else None,
            events=tuple(event(at, status) for at, status in events),
        )
        order = merge(says("wms", fulfillment=sent(shipment("w", packages=(package,)))))
        return order.shipments[0].packages[0].on_time

    assert arrived(True, (hours, DELIVERED)) is on_time
    assert arrived(False, (hours, DELIVERED)) is None
    assert arrived(True, (hours, IN_TRANSIT)) is None


def test_a_lower_milestone_never_overwrites_a_higher_one() -> None:
    """A system that lags does not take a package back; nor does one that gave it up as lost."""
    for late in (IN_TRANSIT, ShipmentStatus.LOST, ShipmentStatus.EXPIRED, ShipmentStatus.CANCELED):
        order = merge(
            says("carrier", fulfillment=sent(shipment("c", tracking="A", status=DELIVERED))),
            says("wms", fulfillment=sent(shipment("w", tracking="A", status=late))),
        )
        assert order.shipments[0].packages[0].status is DELIVERED


@pytest.mark.parametrize(
    ("packages", "status"),
    [
        ([DELIVERED, DELIVERED], DELIVERED),
        ([DELIVERED, IN_TRANSIT], IN_TRANSIT),
        ([DELIVERED, ShipmentStatus.LOST], ShipmentStatus.LOST),
        ([DELIVERED, ShipmentStatus.EXPIRED], ShipmentStatus.EXPIRED),
        ([DELIVERED, ShipmentStatus.RETURNED], ShipmentStatus.RETURNED),
        ([DELIVERED, ShipmentStatus.CANCELED], DELIVERED),
        ([ShipmentStatus.CANCELED, ShipmentStatus.CANCELED], ShipmentStatus.CANCELED),
        ([ShipmentStatus.LABEL_CREATED, IN_TRANSIT], ShipmentStatus.LABEL_CREATED),
        ([DELIVERED, ShipmentStatus.UNKNOWN], ShipmentStatus.PICKED_UP),
    ],
)
def test_a_shipment_is_as_far_as_its_last_package(packages: list[ShipmentStatus], status: ShipmentStatus) -> None:
    """Delivered means all of it: what is lost or went back is not. A voided package is none; unknown ones leave the
    shipment's own word.
    """
    parts = tuple(Package(tracking_number=f"A{n}", status=said) for n, said in enumerate(packages))
    order = merge(says("wms", fulfillment=sent(shipment("w", status=ShipmentStatus.PICKED_UP, packages=parts))))
    assert order.shipments[0].status is status


@pytest.mark.parametrize("teller", ["carrier", "wms", "shop", "erp", "legacy"])
def test_delivered_is_believed_of_goods(teller: str) -> None:
    """Who says it of a package or a shipment has a witness for it, an ERP with its proof of delivery as well."""
    moment = NOON + timedelta(hours=3)
    packed = merge(says(teller, fulfillment=sent(shipment("x", tracking="A", status=DELIVERED, delivered_at=moment))))
    loose = merge(says(teller, fulfillment=sent(shipment("x", status=DELIVERED, delivered_at=moment))))
    assert [order.shipments[0].status for order in (packed, loose)] == [DELIVERED, DELIVERED]
    assert loose.shipments[0].delivered_at == moment


def fulfilled(*statuses: ShipmentStatus) -> Order:
    """A fulfilled order whose shipments stand at these milestones."""
    parts = [shipment(str(n), {"TEA": 1}, tracking=str(n), status=said) for n, said in enumerate(statuses)]
    return merge(says("wms", statuses=(word(Axis.FULFILLMENT, "FULFILLED"),), fulfillment=sent(*parts)))


def test_an_order_is_delivered_when_all_its_shipments_are() -> None:
    """One of two is partial delivery, none is fulfilled, and a voided shipment does not count."""
    assert fulfilled(DELIVERED, DELIVERED).fulfillment_status.value == "DELIVERED"
    assert fulfilled(DELIVERED, IN_TRANSIT).fulfillment_status.value == "PARTIALLY_DELIVERED"
    assert fulfilled(IN_TRANSIT, IN_TRANSIT).fulfillment_status.value == "FULFILLED"
    assert fulfilled(DELIVERED, ShipmentStatus.CANCELED).fulfillment_status.value == "DELIVERED"
    assert fulfilled(DELIVERED, ShipmentStatus.LOST).fulfillment_status.value == "PARTIALLY_DELIVERED"


@pytest.mark.parametrize("teller", ["carrier", "wms", "shop", "erp", "legacy"])
@pytest.mark.parametrize(
    ("said", "parcels", "status"),
    [
        ("DELIVERED", (), "FULFILLED"),
        ("PARTIALLY_DELIVERED", (), "PARTIALLY_FULFILLED"),
        ("DELIVERED", (IN_TRANSIT,), "FULFILLED"),
        ("PARTIALLY_DELIVERED", (IN_TRANSIT,), "PARTIALLY_FULFILLED"),
        ("PARTIALLY_DELIVERED", (DELIVERED, IN_TRANSIT), "PARTIALLY_DELIVERED"),
        ("DELIVERED", (DELIVERED, IN_TRANSIT), "PARTIALLY_DELIVERED"),
    ],
)
def test_a_word_delivers_nothing(teller: str, said: str, parcels: tuple[ShipmentStatus, ...], status: str) -> None:
    """An order's word says no more than that the goods left; that they arrived say its shipments."""
    parts = [shipment(str(n), tracking=str(n), status=each) for n, each in enumerate(parcels)]
    words = (word(Axis.FULFILLMENT, said),)
    assert merge(says(teller, statuses=words, fulfillment=sent(*parts))).fulfillment_status.value == status


@pytest.mark.parametrize(
    ("sent_count", "said", "status"),
    [(3, "UNFULFILLED", "FULFILLED"), (2, "FULFILLED", "PARTIALLY_FULFILLED"), (0, "IN_PROGRESS", "IN_PROGRESS")],
)
def test_quantities_go_before_words(sent_count: int, said: str, status: str) -> None:
    """What is planned and what left decide; the word is believed while nothing left. Canceled plans do not count."""
    parts = [shipment("w", {"TEA": sent_count}, tracking="A")] if sent_count else []
    planned = [plan("1", {"TEA": 3}), plan("2", {"TEA": 9}, status=FulfillmentOrderStatus.CANCELED)]
    order = merge(says("shop", statuses=(word(Axis.FULFILLMENT, said),), fulfillment=sent(*parts, planned=planned)))
    assert order.fulfillment_status.value == status


@pytest.mark.parametrize("waiting", [ShipmentStatus.PENDING, ShipmentStatus.LABEL_CREATED])
def test_what_is_only_packed_has_not_left(waiting: ShipmentStatus) -> None:
    """A parcel that waits for its carrier ships nothing, unless the system says when it left."""

    def standing(packed: Shipment) -> str:
        planned = [plan("1", {"TEA": 1})]
        words = (word(Axis.FULFILLMENT, "IN_PROGRESS"),)
        return merge(says("shop", statuses=words, fulfillment=sent(packed, planned=planned))).fulfillment_status.value

    assert standing(shipment("s", {"TEA": 1}, status=waiting, shipped_at=None)) == "IN_PROGRESS"
    assert standing(shipment("s", {"TEA": 1}, status=waiting, shipped_at=NOON)) == "FULFILLED"


def test_events_that_were_not_asked_for_are_none() -> None:
    """Without the tracking facet a package has its number and no events."""
    said = says("wms", fulfillment=sent(shipment("w", tracking="A")))
    assert Facet.TRACKING not in said.record.delivered()
    assert merge(said).shipments[0].packages[0].events == ()


def test_no_fulfillment_is_no_shipment() -> None:
    """An empty facet says that nothing left."""
    assert merge(says("wms", fulfillment=Fulfillment())).shipments == ()
