"""What of an order is shown: nothing of people to who only counts them, and no conflict about a hidden field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.answering.showing import IDENTITY, MASKED, scopes_of, shown
from orderweave.model.order import Company, Customer, Order, Package, Shipment, TimelineEntry
from orderweave.model.provenance import FieldConflict, Freshness, SystemValue
from orderweave.model.rights import ALL_RIGHTS, Owned, Rights, Scope
from orderweave_sdk.records import Address, Refund, ShipmentStatus, TrackingEvent
from tests.unit.businesses import NOON

# A text that stands in no word of ours, so that it can be looked for anywhere.
SECRET = st.text("§¶", min_size=3, max_size=12)
MASKING = Rights(scopes=frozenset(Scope), masked=True)
FRESH = Freshness(as_of=None, max_age_seconds=0, stale=False, missing=())


def maybe(kept: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    """A secret, or nothing."""
    return st.none() | kept


ADDRESSES = st.builds(
    Address,
    name=maybe(SECRET),
    company=maybe(SECRET),
    lines=st.lists(SECRET, max_size=3).map(tuple),
    city=st.just("Bern"),
    region=st.just("BE"),
    postal_code=maybe(SECRET),
    country_code=st.just("CH"),
    phone=maybe(SECRET),
)
CONFLICTS = st.builds(
    FieldConflict,
    path=st.sampled_from(["customer.email", "billingAddress.city", "shippingAddress", "company.taxId", "unheard.of"]),
    winner=st.none() | st.builds(SystemValue, system=st.just("shop"), value=maybe(SECRET)),
    rule=st.just("CUSTOMER: shop is believed most"),
    values=st.lists(st.builds(SystemValue, system=st.just("erp"), value=maybe(SECRET)), max_size=2).map(tuple),
)
EVENTS = st.builds(
    TrackingEvent,
    occurred_at=st.just(NOON),
    status=st.just(ShipmentStatus.DELIVERED),
    message=maybe(SECRET),
    location=st.just("Depot Bern"),
)
SHIPMENTS = st.lists(EVENTS, max_size=3).map(lambda events: shipment(tuple(events)))
ORDERS = st.builds(
    Order,
    id=st.just("id"),
    key=st.just("key"),
    customer=st.none()
    | st.builds(Customer, id=st.just("c"), name=maybe(SECRET), email=maybe(SECRET), phone=maybe(SECRET)),
    company=st.none() | st.builds(Company, id=st.just("co"), name=st.just("Acme"), tax_id=maybe(SECRET)),
    billing_address=st.none() | ADDRESSES,
    shipping_address=st.none() | ADDRESSES,
    shipments=st.lists(SHIPMENTS, max_size=2).map(tuple),
    adjustments=st.lists(st.builds(Refund, external_id=st.just("r"), note=maybe(SECRET)), max_size=2).map(tuple),
    timeline=st.lists(
        st.builds(
            TimelineEntry, occurred_at=st.just(NOON), kind=st.just("NOTE"), message=maybe(SECRET), system=st.just("erp")
        ),
        max_size=2,
    ).map(tuple),
    conflicts=st.lists(CONFLICTS, max_size=3).map(tuple),
    freshness=st.just(FRESH),
)


def shipment(events: tuple[TrackingEvent, ...]) -> Shipment:
    """A shipment of one package with these events."""
    package = Package(
        carrier=None,
        tracking_number="T1",
        tracking_url=None,
        status=ShipmentStatus.DELIVERED,
        eta=None,
        promised_by=None,
        on_time=None,
        last_checked_at=None,
        lines=None,
        events=events,
    )
    return Shipment(
        id="s",
        number="S1",
        status=ShipmentStatus.DELIVERED,
        location=None,
        shipped_at=NOON,
        delivered_at=NOON,
        is_return=False,
        lines=(),
        packages=(package,),
        source="wms",
    )


def texts(thing: Any) -> Iterator[str]:
    """Every text in a thing, wherever it stands."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, msgspec.Struct):
        for name in thing.__struct_fields__:
            yield from texts(getattr(thing, name))
    elif isinstance(thing, tuple | list):
        for item in thing:
            yield from texts(item)


def events(order: Order) -> list[TrackingEvent]:
    """What happened to the order's parcels."""
    return [event for goods in order.shipments for package in goods.packages for event in package.events]


@given(ORDERS)
def test_nothing_of_people_is_left(order: Order) -> None:
    """Of a masked order no text about a person is left, of a postal code two characters, and all that was there is."""
    seen = shown(order, MASKING)
    long = [text for text in texts(seen) if "§" in text or "¶" in text]
    assert all(len(text) == 3 and text.endswith("…") for text in long)
    for before, after in ((order.customer, seen.customer), (order.company, seen.company)):
        assert (before is None) == (after is None)
        if isinstance(before, Customer) and isinstance(after, Customer):
            assert (after.id, after.name) == (before.id, before.name and MASKED)
    assert len(seen.timeline) == len(order.timeline)
    assert [refund.note for refund in seen.adjustments] == [refund.note and MASKED for refund in order.adjustments]
    for event, told in zip(events(order), events(seen), strict=True):
        assert told == msgspec.structs.replace(event, message=event.message and MASKED)
    assert [conflict.path for conflict in seen.conflicts] == [conflict.path for conflict in order.conflicts]


@given(ORDERS)
def test_nothing_is_changed_for_who_sees_all(order: Order) -> None:
    """With all rights the order itself is shown, not a copy."""
    assert shown(order, ALL_RIGHTS) is order


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("totals.total", Scope.FINANCIALS),
        ("invoices.total", Scope.FINANCIALS),
        ("lines[TEA-1].unitPrice", Scope.FINANCIALS),
        ("lines[A.unitPrice].x].taxes", Scope.FINANCIALS),
        ("customer.email", Scope.PERSONAL),
        ("shippingAddress", Scope.PERSONAL),
        ("no.such.field", Scope.SYSTEMS),
    ],
)
def test_a_conflict_is_hidden_with_its_field(path: str, scope: Scope) -> None:
    """Who lacks the field's scope does not see what systems say of it; of an unknown one, who lacks any."""
    order = Order(
        id="i", key="k", conflicts=(conflict("lines[TEA-1].quantity.ordered"), conflict(path)), freshness=FRESH
    )
    lacking = Rights(scopes=frozenset(Scope) - {scope})
    assert [entry.path for entry in shown(order, lacking).conflicts] == ["lines[TEA-1].quantity.ordered"]
    assert scope in scopes_of(path)


def test_doubts_about_identity_are_not_for_owners() -> None:
    """They name records of other orders, which do not exist for one who sees only their own."""
    order = Order(id="i", key="k", conflicts=(conflict(IDENTITY), conflict("status")), freshness=FRESH)
    own = Rights(scopes=frozenset(Scope), owned=Owned())
    assert [entry.path for entry in shown(order, own).conflicts] == ["status"]
    assert shown(order, MASKING).conflicts == order.conflicts


def conflict(path: str) -> FieldConflict:
    """A conflict about a field."""
    return FieldConflict(path=path, winner=None, rule="", values=(SystemValue(system="erp", value="says"),))
