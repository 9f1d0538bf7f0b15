"""Small values of records: instants in UTC, own keys, and the facets that a record holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from orderweave_sdk.records import (
    FACET_OF_AXIS,
    WORDS_OF_AXIS,
    Axis,
    Facet,
    Fulfillment,
    Header,
    Key,
    OrderRecord,
    Package,
    Shipment,
    ShipmentStatus,
    utc,
)


def test_an_instant_is_brought_to_utc() -> None:
    """The same instant; a time without a zone is refused."""
    two_ahead = datetime(2026, 3, 4, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    assert utc(two_ahead) == datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    assert utc(two_ahead).tzinfo is UTC
    with pytest.raises(ValueError, match="without a zone"):
        utc(two_ahead.replace(tzinfo=None))


def test_a_record_gives_its_own_keys() -> None:
    """The first key of the namespace, or none."""
    order = OrderRecord(external_id="7", keys=(Key("id", "7"), Key("alias", "a"), Key("alias", "b")))
    assert order.key("alias") == "a"
    assert order.key("number") is None


def test_a_record_tells_its_facets() -> None:
    """A facet that is empty stands; tracking stands only where a package carries events, be they none."""
    bare = OrderRecord(external_id="7", keys=(Key("id", "7"),))
    assert bare.delivered() == frozenset()
    said = OrderRecord(external_id="7", keys=(Key("id", "7"),), header=Header(), lines=(), returns=())
    assert said.delivered() == {Facet.HEADER, Facet.LINES, Facet.RETURNS}

    def packed(package: Package) -> OrderRecord:
        shipment = Shipment(external_id="s", status=ShipmentStatus.PENDING, packages=(package,))
        return OrderRecord(external_id="7", keys=(Key("id", "7"),), fulfillment=Fulfillment(shipments=(shipment,)))

    assert packed(Package()).delivered() == {Facet.FULFILLMENT}
    assert packed(Package(events=())).delivered() == {Facet.FULFILLMENT, Facet.TRACKING}


def test_every_axis_has_words_and_unknown() -> None:
    """No axis is without an enum, and every enum can say that a word is not known."""
    assert set(WORDS_OF_AXIS) == set(Axis)
    assert all("UNKNOWN" in words.__members__ for words in WORDS_OF_AXIS.values())
    assert set(FACET_OF_AXIS) <= set(Axis)
