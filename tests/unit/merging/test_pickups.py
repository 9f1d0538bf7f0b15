"""What the customer fetches: which shipments speak of a pick-up, where each pick-up stands, what is to come besides."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from orderweave.merging.tracking import tracked
from orderweave.model.order import (
    FulfillmentOrder,
    LineQuantities,
    LineQuantity,
    Location,
    Order,
    OrderLine,
    Package,
    Shipment,
)
from orderweave.model.provenance import Freshness
from orderweave.model.tracking import PickupState, TrackedOrder, TrackingAccess
from orderweave_sdk.records import (
    Carrier,
    DeliveryMethod,
    FulfillmentOrderStatus,
    FulfillmentStatus,
    LineStatus,
    LocationKind,
    OrderStatus,
    ShipmentStatus,
)
from tests.unit.fake_clock import FakeClock

ACCESS = TrackingAccess(token="sealed", expires_at=FakeClock().now())
OPEN, CLOSED = FulfillmentOrderStatus.OPEN, FulfillmentOrderStatus.CLOSED
BERLIN, HAMBURG, HALL = "Berlin", "Hamburg", "Hall"
MUG = {"MUG": 1}
# A plan and a shipment: place, status, what is in it; the shipment's parcels.
Planned = tuple[str | None, FulfillmentOrderStatus, dict[str, int]]
Sent = tuple[str | None, str, dict[str, int], tuple[Package, ...]]


def parcel(number: str | None = None, carrier: str | None = None) -> Package:
    """A parcel with no news."""
    return Package(
        carrier=Carrier(name=carrier) if carrier else None,
        tracking_number=number,
        tracking_url=None,
        status=ShipmentStatus.IN_TRANSIT,
        eta=None,
        promised_by=None,
        on_time=None,
        last_checked_at=None,
        lines=None,
        events=(),
    )


def place(name: str | None) -> Location | None:
    """A store or hall."""
    return Location(id=name, name=name, kind=LocationKind.STORE, systems=()) if name else None


def goods(contents: dict[str, int]) -> tuple[LineQuantity, ...]:
    """So many of each line."""
    return tuple(LineQuantity(line_id=name, sku=name, quantity=Decimal(count)) for name, count in contents.items())


def seen(
    lines: dict[str, tuple[int, int | None]],
    planned: Sequence[Planned] = (),
    sent: Sequence[Sent] = (),
    *,
    word: FulfillmentStatus = FulfillmentStatus.PARTIALLY_FULFILLED,
    status: OrderStatus = OrderStatus.OPEN,
) -> TrackedOrder:
    """The guest's view of an order with so many ordered and shipped of each line."""
    bare: dict[str, Any] = dict.fromkeys(("gtin", "parent_line_id", "unit", "unit_price", "total"))
    order = Order(
        id="1",
        key="k",
        freshness=Freshness(as_of=None, max_age_seconds=0, stale=False, missing=()),
        status=status,
        fulfillment_status=word,
        order_lines=tuple(
            OrderLine(
                id=name,
                sku=name,
                title=name,
                quantity=LineQuantities(
                    ordered=Decimal(ordered), shipped=None if shipped is None else Decimal(shipped)
                ),
                status=LineStatus.UNKNOWN,
                discounts=(),
                taxes=(),
                **bare,
            )
            for name, (ordered, shipped) in lines.items()
        ),
        fulfillment_orders=tuple(
            FulfillmentOrder(
                id=str(n),
                status=status,
                location=place(where),
                method=DeliveryMethod.STORE_PICKUP,
                fulfill_at=None,
                fulfill_by=None,
                lines=goods(contents),
                holds=(),
            )
            for n, (where, status, contents) in enumerate(planned)
        ),
        shipments=tuple(
            Shipment(
                id=str(n),
                number=None,
                status=ShipmentStatus(status),
                location=place(where),
                shipped_at=None,
                delivered_at=None,
                is_return=False,
                lines=goods(contents),
                packages=parcels,
                source="shop",
            )
            for n, (where, status, contents, parcels) in enumerate(sent)
        ),
    )
    return tracked(order, ACCESS)


def told(view: TrackedOrder) -> tuple[list[str], list[bool], list[int | None]]:
    """The states of the pick-ups, which shipments are none, and what is to come of each line."""
    to_come = [None if line.to_come is None else int(line.to_come) for line in view.lines]
    return [each.state.value for each in view.pickups], [each.is_pickup for each in view.shipments], to_come


@pytest.mark.parametrize(
    ("status", "plan", "state"),
    [
        ("PENDING", OPEN, "PREPARING"),
        ("AVAILABLE_FOR_PICKUP", OPEN, "READY"),
        ("PICKED_UP", OPEN, "COLLECTED"),
        ("DELIVERED", OPEN, "COLLECTED"),
        ("AVAILABLE_FOR_PICKUP", CLOSED, "COLLECTED"),
    ],
)
@pytest.mark.parametrize("where", [None, BERLIN])
def test_a_shipment_that_speaks_of_a_pickup(
    where: str | None, status: str, plan: FulfillmentOrderStatus, state: str
) -> None:
    """Where there are no more of the goods than are fetched, a shipment without a number is the pick-up's, and what it
    says is the pick-up's state.
    """
    shipped = 0 if status == "PENDING" else 1
    view = seen({"MUG": (1, shipped)}, [(BERLIN, plan, MUG)], [(where, status, MUG, ())])
    assert told(view) == ([state], [True], [0])


def test_of_two_stores_one_is_collected() -> None:
    """Two stores hold the same article, and one shipment tells that it was collected: the place says where."""
    planned = [(BERLIN, OPEN, MUG), (HAMBURG, OPEN, MUG)]
    view = seen({"MUG": (2, 1)}, planned, [(HAMBURG, "DELIVERED", MUG, ())])
    assert told(view) == (["PREPARING", "COLLECTED"], [True], [0])


def test_of_two_stores_nobody_says_which() -> None:
    """Without a place the plan that is closed has it; where none is, it is said of neither, and there is no parcel."""
    collected: list[Sent] = [(None, "DELIVERED", MUG, ())]
    closed = seen({"MUG": (2, 1)}, [(BERLIN, OPEN, MUG), (HAMBURG, CLOSED, MUG)], collected)
    assert told(closed) == (["PREPARING", "COLLECTED"], [True], [0])
    neither = seen({"MUG": (2, 1)}, [(BERLIN, OPEN, MUG), (HAMBURG, OPEN, MUG)], collected)
    assert told(neither) == (["PREPARING", "PREPARING"], [True], [0])


@pytest.mark.parametrize(
    ("where", "parcels"),
    [
        pytest.param(None, (), id="nothing known of it"),
        pytest.param(None, (parcel(carrier="DHL"),), id="a carrier"),
        pytest.param(BERLIN, (parcel(carrier="DHL"),), id="a carrier, from the store"),
        pytest.param(HALL, (), id="from elsewhere"),
        pytest.param(BERLIN, (parcel("003404"),), id="a number"),
    ],
)
def test_one_is_sent_and_one_of_the_same_is_fetched(where: str | None, parcels: tuple[Package, ...]) -> None:
    """A shipment of an article of which another piece waits in a store is a parcel: there are enough for both, or its
    place or number says so.
    """
    view = seen({"MUG": (2, 1)}, [(BERLIN, OPEN, MUG)], [(where, "DELIVERED", MUG, parcels)])
    assert told(view) == (["PREPARING"], [False], [0])


def test_a_number_or_another_place_is_always_a_parcel() -> None:
    """Though there is one piece alone, what has a number or left from elsewhere was not fetched."""
    for sent in ((BERLIN, "IN_TRANSIT", MUG, (parcel("003404"),)), (HALL, "IN_TRANSIT", MUG, ())):
        assert told(seen({"MUG": (1, 1)}, [(BERLIN, OPEN, MUG)], [sent]))[:2] == (["PREPARING"], [False])


def test_a_pickup_in_two_goes() -> None:
    """A pick-up of which one piece was collected is not collected, and ready only with all that is left of it."""
    planned: list[Planned] = [(BERLIN, OPEN, {"MUG": 2})]
    one: Sent = (BERLIN, "PICKED_UP", MUG, ())
    assert told(seen({"MUG": (2, 1)}, planned, [one])) == (["PREPARING"], [True], [0])
    ready: Sent = (BERLIN, "AVAILABLE_FOR_PICKUP", MUG, ())
    assert told(seen({"MUG": (2, 2)}, planned, [one, ready])) == (["READY"], [True, True], [0])
    assert told(seen({"MUG": (2, 2)}, planned, [one, one])) == (["COLLECTED"], [True, True], [0])


@pytest.mark.parametrize(
    ("word", "plan", "state"),
    [
        ("READY_FOR_PICKUP", OPEN, PickupState.READY),
        ("DELIVERED", OPEN, PickupState.COLLECTED),
        ("FULFILLED", OPEN, PickupState.PREPARING),
        ("DELIVERED", FulfillmentOrderStatus.CANCELED, PickupState.CANCELED),
        ("UNFULFILLED", FulfillmentOrderStatus.REJECTED, PickupState.CANCELED),
    ],
)
def test_the_orders_own_word(word: str, plan: FulfillmentOrderStatus, state: PickupState) -> None:
    """Without a shipment the order's word stands for its pick-ups, unless they were called off."""
    view = seen({"MUG": (1, 0)}, [(BERLIN, plan, MUG)], word=FulfillmentStatus(word))
    assert [each.state for each in view.pickups] == [state]


@pytest.mark.parametrize(
    ("lines", "planned", "sent", "to_come"),
    [
        pytest.param({"MUG": (1, 1), "CUP": (2, 0)}, [(BERLIN, CLOSED, MUG)], [(None, "PICKED_UP", MUG, ())], [0, 2]),
        pytest.param({"MUG": (1, 0), "CUP": (2, 0)}, [(BERLIN, CLOSED, MUG)], [], [0, 2]),
        pytest.param({"MUG": (3, 1)}, [(BERLIN, CLOSED, MUG)], [(BERLIN, "PICKED_UP", MUG, ())], [2]),
        pytest.param({"MUG": (3, 1)}, [(BERLIN, OPEN, MUG)], [(None, "IN_TRANSIT", MUG, (parcel("1"),))], [1]),
        pytest.param({"MUG": (2, 0)}, [(BERLIN, FulfillmentOrderStatus.CANCELED, MUG)], [], [2]),
        pytest.param({"MUG": (2, None)}, [], [], [None]),
    ],
    ids=["collected", "closed without a shipment", "in part", "a parcel besides", "called off", "nobody says"],
)
def test_what_is_to_come(
    lines: dict[str, tuple[int, int | None]], planned: list[Planned], sent: list[Sent], to_come: list[int | None]
) -> None:
    """Ordered, in no shipment, and not to be fetched; what was fetched is counted once, whoever tells of it."""
    assert told(seen(lines, planned, sent))[2] == to_come


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (OrderStatus.CANCELED, FulfillmentStatus.UNFULFILLED),
        (OrderStatus.CANCELED, FulfillmentStatus.CANCELED),
        (OrderStatus.UNKNOWN, FulfillmentStatus.CANCELED),
    ],
)
def test_nothing_is_to_come_of_a_canceled_order(status: OrderStatus, word: FulfillmentStatus) -> None:
    """Systems that cancel an order as a whole say nothing of its lines: none of these is to come all the same, whether
    anybody says what has left or not.
    """
    lines: dict[str, tuple[int, int | None]] = {"MUG": (3, 1), "CUP": (2, 0), "POT": (1, None)}
    assert told(seen(lines, status=status, word=word))[2] == [0, 0, 0]
