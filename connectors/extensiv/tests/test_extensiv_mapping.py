"""What each of Extensiv's answers means: words, goods, packages, addresses, holds and times, with exact values."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from connectors.extensiv.tests.wire_orders import allocation, item, order, package, read_only
from orderweave_extensiv.manifest import FACETS
from orderweave_extensiv.mapping import order_record
from orderweave_extensiv.statuses import LOADED_CODES, STATUS_CODES, STATUSES, fulfillment_word, order_word
from orderweave_extensiv.times import in_utc, on_wire
from orderweave_sdk.records import (
    Address,
    Axis,
    Carrier,
    Facet,
    Fulfillment,
    GoodsLine,
    Hold,
    HoldReason,
    Key,
    LocationKind,
    OrderRecord,
    Package,
    Place,
    Progress,
    Quantities,
    Shipment,
    ShipmentStatus,
)

ZONE = ZoneInfo("UTC")
EAST = Place(external_id="3", name="East", kind=LocationKind.WAREHOUSE)


def record(*items: dict[str, Any], fields: dict[str, Any] | None = None, **of_warehouse: Any) -> OrderRecord:
    """The record of such an order, with every facet."""
    return order_record(order(*items, fields=fields, **of_warehouse), FACETS, ZONE)


def fulfillment(*items: dict[str, Any], fields: dict[str, Any] | None = None, **of_warehouse: Any) -> Fulfillment:
    """Its fulfillment."""
    found = record(*items, fields=fields, **of_warehouse).fulfillment
    assert found is not None
    return found


def words(**of_warehouse: Any) -> dict[Axis, tuple[str, str]]:
    """Its raw word and its meaning by axis."""
    return {word.axis: (word.raw, word.normalized) for word in record(**of_warehouse).statuses}


# --- words ---------------------------------------------------------------------------------------------------------

DAY = "2026-03-02T10:00:00"


@pytest.mark.parametrize(
    ("of_warehouse", "of_order", "of_goods"),
    [
        ({"status": 0}, ("Open", "OPEN"), ("Open", "UNFULFILLED")),
        ({"status": 0, "onHoldDate": DAY}, ("Open", "OPEN"), ("Open/OnHold", "ON_HOLD")),
        ({"status": 0, "pickDoneDate": DAY}, ("Open", "OPEN"), ("Open/Picked", "IN_PROGRESS")),
        ({"status": 0, "pickDoneDate": DAY, "packDoneDate": DAY}, ("Open", "OPEN"), ("Open/Packed", "IN_PROGRESS")),
        ({"status": 0, "loadedState": 1}, ("Open", "OPEN"), ("Open/Loaded", "FULFILLED")),
        (
            {"status": 0, "loadedState": 2, "onHoldDate": DAY},
            ("Open", "OPEN"),
            ("Open/LoadedIncomplete", "PARTIALLY_FULFILLED"),
        ),
        ({"status": 0, "loadedState": 3}, ("Open", "OPEN"), ("Open/3", "UNKNOWN")),
        ({"status": 1, "pickDoneDate": DAY, "loadedState": 2}, ("Closed", "OPEN"), ("Closed", "FULFILLED")),
        ({"status": 2, "onHoldDate": DAY}, ("Canceled", "CANCELED"), ("Canceled", "CANCELED")),
        ({"status": 9}, ("9", "UNKNOWN"), ("9", "UNKNOWN")),
    ],
)
def test_words(of_warehouse: dict[str, Any], of_order: tuple[str, str], of_goods: tuple[str, str]) -> None:
    """The status, and of an open order how far the house is; what nobody documented is kept and unknown."""
    assert words(**of_warehouse) == {Axis.ORDER: of_order, Axis.FULFILLMENT: of_goods}


@given(
    some.sampled_from(sorted(STATUS_CODES)),
    some.sampled_from([None, 0, *LOADED_CODES]),
    some.tuples(*[some.sampled_from([None, "", DAY])] * 3),
)
def test_every_documented_state_has_a_meaning(status: int, loaded: int | None, days: tuple[str | None, ...]) -> None:
    """Whatever documented numbers and dates stand in an order, neither word is unknown."""
    hold, picked, packed = days
    payload = order(status=status, loadedState=loaded, onHoldDate=hold, pickDoneDate=picked, packDoneDate=packed)
    assert STATUSES.read(Axis.ORDER, order_word(payload.read_only)).normalized != "UNKNOWN"
    assert STATUSES.read(Axis.FULFILLMENT, fulfillment_word(payload.read_only)).normalized != "UNKNOWN"


def test_words_go_with_their_facets() -> None:
    """A word of an axis travels with the facet that was asked."""
    payload = order(status=1)
    for facet, axis in ((Facet.HEADER, Axis.ORDER), (Facet.FULFILLMENT, Axis.FULFILLMENT)):
        assert [word.axis for word in order_record(payload, frozenset({facet}), ZONE).statuses] == [axis]
    assert order_record(payload, frozenset({Facet.LINES}), ZONE).statuses == ()


# --- goods ---------------------------------------------------------------------------------------------------------

TEA, POT = item(11, "TEA", 3), item(12, "POT", 1)
PARCELS = [package(81, "1Z1 ", i11=3), package(82, "1Z2", i12=1)]
UPS = Carrier(code="ups", name="UPS")
BY_UPS = {"routingInfo": {"carrier": " UPS", "trackingNumber": "1Z1"}}
BOTH = (
    GoodsLine(quantity=Decimal(3), sku="TEA", line_id="11"),
    GoodsLine(quantity=Decimal(1), sku="POT", line_id="12"),
)


def parcel(package_id: str, number: str | None, status: ShipmentStatus) -> Package:
    """A package by UPS."""
    return Package(external_id=package_id, carrier=UPS, tracking_number=number, status=status)


def test_a_closed_order_is_one_shipment() -> None:
    """All of it left when the order was confirmed, in its packages, by the carrier of the order."""
    found = fulfillment(TEA, POT, fields=BY_UPS, status=1, processDate="2026-03-03T17:00:00", packages=PARCELS)
    status = ShipmentStatus.PICKED_UP
    assert found == Fulfillment(
        shipments=(
            Shipment(
                external_id="7",
                status=status,
                location=EAST,
                shipped_at=datetime(2026, 3, 3, 17, tzinfo=UTC),
                lines=BOTH,
                packages=(parcel("81", "1Z1", status), parcel("82", "1Z2", status)),
            ),
        )
    )


def test_a_loaded_order_left_at_a_time_that_nobody_tells() -> None:
    """It is on the truck, and not confirmed yet."""
    (shipment,) = fulfillment(TEA, POT, status=0, loadedState=1, packages=[]).shipments
    assert (shipment.status, shipment.shipped_at, shipment.lines) == (ShipmentStatus.PICKED_UP, None, BOTH)


def test_a_half_loaded_order_is_two() -> None:
    """What is on the truck left; what is only packed is labeled; of what is on the shelf it is said how far it is."""
    tea = item(11, "TEA", 5, allocation(2, picked=2, loaded=True), allocation(3, picked=1))
    pot = item(12, "POT", 1, allocation(1, loaded=True))
    cup = item(13, None, 2)
    packages = [
        package(81, "1Z1", i11=2, i12=1),
        package(82, "1Z2", i11=1),
        package(83, None),
    ]
    found = fulfillment(tea, pot, cup, fields=BY_UPS, status=0, loadedState=2, packages=packages)
    left, packed = found.shipments
    assert (left.external_id, left.status, left.shipped_at) == ("7", ShipmentStatus.PICKED_UP, None)
    assert left.lines == (
        GoodsLine(quantity=Decimal(2), sku="TEA", line_id="11"),
        GoodsLine(quantity=Decimal(1), sku="POT", line_id="12"),
    )
    assert left.packages == (parcel("81", "1Z1", ShipmentStatus.PICKED_UP),)
    assert (packed.external_id, packed.status) == ("7/packed", ShipmentStatus.LABEL_CREATED)
    assert packed.lines == (GoodsLine(quantity=Decimal(1), sku="TEA", line_id="11"),)
    assert packed.packages == (
        parcel("82", "1Z2", ShipmentStatus.LABEL_CREATED),
        parcel("83", None, ShipmentStatus.PENDING),
    )
    assert found.progress == (Progress(sku="TEA", line_id="11", allocated=Decimal(3), picked=Decimal(1)),)


def test_a_number_of_the_order_is_its_packages() -> None:
    """Goods that were loaded without a package do not take a packed one's number, which the order repeats."""
    tea = item(11, "TEA", 2, allocation(1, loaded=True), allocation(1))
    fields = {"routingInfo": {"carrier": "UPS", "trackingNumber": "1Z2"}}
    packages = [package(82, "1Z2", i11=2)]
    left, packed = fulfillment(tea, fields=fields, status=0, loadedState=2, packages=packages).shipments
    assert (left.packages, len(packed.packages)) == ((), 1)


def test_what_is_packed_waits_in_the_house() -> None:
    """Of an open order: labeled where a package has a number, else pending; and the shipment is the order's first."""
    (packed,) = fulfillment(TEA, POT, status=0, packages=[package(81, "1Z1", i11=3)]).shipments
    assert (packed.external_id, packed.status) == ("7", ShipmentStatus.LABEL_CREATED)
    assert packed.lines == (GoodsLine(quantity=Decimal(3), sku="TEA", line_id="11"),)
    (pending,) = fulfillment(TEA, status=0, packages=[package(81, None, i11=3)]).shipments
    assert (pending.status, pending.packages[0].status) == (ShipmentStatus.PENDING, ShipmentStatus.PENDING)
    assert fulfillment(TEA, status=0).shipments == ()


def test_packages_of_a_canceled_order_go_nowhere() -> None:
    """Its labels are void; without any, nothing was ever to be shipped."""
    (void,) = fulfillment(TEA, status=2, packages=PARCELS[:1]).shipments
    assert (void.status, void.packages[0].status) == (ShipmentStatus.CANCELED, ShipmentStatus.CANCELED)
    assert fulfillment(TEA, status=2) == Fulfillment()


def test_freight_has_one_number_for_all() -> None:
    """A number of the order counts where no package has one of its own, and only then."""
    freight = {"routingInfo": {"carrier": "Old Dominion", "trackingNumber": "PRO 123"}}
    carrier = Carrier(code="old dominion", name="Old Dominion")
    status = ShipmentStatus.PICKED_UP
    (shipment,) = fulfillment(TEA, fields=freight, status=1, packages=[package(81, "", i11=3)]).shipments
    assert shipment.packages == (
        Package(external_id="81", carrier=carrier, status=status),
        Package(carrier=carrier, tracking_number="PRO 123", status=status),
    )
    (shipment,) = fulfillment(TEA, fields=freight, status=1, packages=PARCELS[:1]).shipments
    assert [each.tracking_number for each in shipment.packages] == ["1Z1"]


def test_how_far_a_line_is() -> None:
    """Allocated and picked, as far as the answer says; what is not allocated is not called backordered."""
    found = fulfillment(item(11, "TEA", 5, allocation(2, picked=1), allocation(1)), status=0).progress
    assert found == (Progress(sku="TEA", line_id="11", allocated=Decimal(3), picked=Decimal(1)),)
    unasked = item(11, "TEA", 5)
    unasked["readOnly"]["allocations"] = None
    assert fulfillment(unasked, status=0).progress == (Progress(sku="TEA", line_id="11"),)
    assert fulfillment(item(11, "TEA", 5, allocation(5)), status=1).progress == ()


def test_lines() -> None:
    """A line has its SKU, its unit and one quantity, all of it canceled with the order; quantities are exact."""
    lines = record(item(11, "TEA", 0.1), item(12, None, 2), status=0).lines
    assert lines is not None
    tenth = Decimal("0.1")
    assert (lines[0].external_id, lines[0].sku, lines[0].unit) == ("11", "TEA", "Each")
    assert lines[0].quantity == Quantities(ordered=tenth, canceled=Decimal(0), current=tenth)
    assert (lines[1].sku, lines[1].title, lines[1].unit_price) == (None, None, None)
    (line,) = record(item(11, "TEA", 3), status=2).lines or ()
    assert line.quantity == Quantities(ordered=Decimal(3), canceled=Decimal(3), current=Decimal(0))


# --- the order's own facts -----------------------------------------------------------------------------------------


def test_references_as_they_stand() -> None:
    """Odd ones are passed on, empty ones left out, and the purchase order's number stands in the header, too."""
    found = record(fields={"referenceNum": "#1001 ", "poNum": "PO-1", "externalId": "  "})
    assert found.keys == (Key("id", "7"),)
    assert found.references == (Key("referenceNum", "#1001 "), Key("poNum", "PO-1"))
    assert found.header is not None
    assert (found.header.number, found.header.purchase_order_number) == (None, "PO-1")
    blank = record(fields={"referenceNum": "1", "poNum": " "}).header
    assert blank is not None
    assert blank.purchase_order_number is None


def test_header_times() -> None:
    """Placed when the warehouse got it; changed as it says, down to what .NET writes."""
    found = record()
    assert found.header is not None
    assert found.header.placed_at == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert found.updated_at == found.header.updated_at == datetime(2026, 3, 2, 9, 30, 0, 123000, tzinfo=UTC)


def test_addresses() -> None:
    """Both, with what is filled; a country's name is no code, and an empty contact no address."""
    ship_to = {
        "companyName": "Corner Cafe",
        "name": "Robin Sample",
        "address1": "1 Market Street",
        "address2": "",
        "city": "Portland",
        "state": "ME",
        "zip": "04101",
        "country": "us",
        "phoneNumber": "+12025550101",
    }
    found = record(fields={"shipTo": ship_to, "billTo": {"name": "", "country": None}}).addresses
    assert found is not None
    assert found.billing is None
    assert found.shipping == Address(
        name="Robin Sample",
        company="Corner Cafe",
        lines=("1 Market Street",),
        city="Portland",
        region="ME",
        postal_code="04101",
        country_code="US",
        phone="+12025550101",
    )
    named = record(fields={"shipTo": {**ship_to, "country": "United States"}}).addresses
    assert named is not None
    assert named.shipping is not None
    assert named.shipping.country_code is None


def test_holds() -> None:
    """One, since its date, with the words of whoever placed it; an order that is done is held no more."""
    held: dict[str, Any] = {"onHoldDate": "2026-03-02T10:00:00", "onHoldReason": "Waits for a call"}
    since = datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert record(**held).holds == (Hold(reason=HoldReason.OTHER, raw="Waits for a call", placed_at=since),)
    assert record(**held, status=1).holds == record(**held, status=2).holds == record().holds == ()


# --- times ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "zone", "moment"),
    [
        ("2026-03-01T08:30:00", "UTC", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        ("2026-03-01T08:30:00.1234567", "UTC", datetime(2026, 3, 1, 8, 30, 0, 123456, tzinfo=UTC)),
        ("2026-03-01T08:30:00", "America/Los_Angeles", datetime(2026, 3, 1, 16, 30, tzinfo=UTC)),
        ("2026-07-01T08:30:00", "America/Los_Angeles", datetime(2026, 7, 1, 15, 30, tzinfo=UTC)),
        ("2026-03-01T08:30:00-05:00", "UTC", datetime(2026, 3, 1, 13, 30, tzinfo=UTC)),
        ("0001-01-01T00:00:00", "America/Los_Angeles", None),
        ("", "UTC", None),
        (None, "UTC", None),
    ],
)
def test_times(text: str | None, zone: str, moment: datetime | None) -> None:
    """Read in the zone of the settings, unless they carry an offset; .NET's never is none."""
    assert in_utc(text, ZoneInfo(zone)) == moment


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("soon", "Invalid isoformat string"),
        ("2026-13-01T00:00:00", "month must be in"),
        ("9999-12-31T23:59:59.9999999", "a time at the end of the calendar"),
    ],
)
def test_no_times(text: str, told: str) -> None:
    """What cannot be an instant is refused, at the end of the calendar too."""
    with pytest.raises(ValueError, match=told):
        in_utc(text, ZoneInfo("America/Los_Angeles"))


@given(
    some.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2060, 1, 1)),  # noqa: DTZ001 - the wire has none
    some.sampled_from(["UTC", "Asia/Kolkata", "America/Phoenix"]),
)
def test_times_come_back(wall: datetime, name: str) -> None:
    """What is sent for an instant that was read is what was read, where a zone has no summer time."""
    zone = ZoneInfo(name)
    moment = in_utc(wall.isoformat(), zone)
    assert moment is not None
    assert moment.utcoffset() == UTC.utcoffset(None)
    assert on_wire(moment, zone) == wall.isoformat()


def test_a_time_without_a_zone_is_not_sent() -> None:
    """Nobody guesses which instant it is."""
    with pytest.raises(ValueError, match="without a zone"):
        on_wire(datetime.fromisoformat("2026-03-01T08:30:00"), ZONE)


@pytest.mark.parametrize(
    "items",
    [
        [item(11, "TEA", 1e300)],
        [item(11, "TEA", 1, allocation(1e300))],
        [{**item(11, "TEA", 1), "qty": "NaN"}],
    ],
)
def test_quantities_past_belief(items: list[dict[str, Any]]) -> None:
    """They make the order a gap, and are never reckoned with."""
    with pytest.raises(msgspec.ValidationError, match="a quantity past belief"):
        order(*items)
    with pytest.raises(msgspec.ValidationError, match="a quantity past belief"):
        order(packages=[package(81, "1Z1", i11=1e300)])


def test_a_plain_order_needs_nothing() -> None:
    """Everything but its id and status may be missing."""
    bare = {name: None for name in read_only() if name not in ("orderId", "status")}
    found = record(fields={"_embedded": None}, **bare)
    assert (found.external_id, found.references, found.updated_at, found.lines) == ("7", (), None, ())
    assert found.fulfillment == Fulfillment()
