"""Where an order comes from: its names, its sources, how old it is, what is missing, and its own id."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from orderweave.merging.order import order_id
from orderweave.model.ids import decode_id
from orderweave.model.provenance import IssueReason, SourceIssue, Via
from orderweave_sdk.records import Channel, ChannelKind, Customer, Facet, Header, Key, Person
from tests.unit.businesses import NOON, fetched, record
from tests.unit.merging.orders import IDENTITY, merge, says


def test_the_id_is_made_of_the_identity_alone() -> None:
    """Whoever answered, the id is the same."""
    assert merge(says("shop")).id == merge(says("erp"), says("wms")).id == order_id(IDENTITY)
    assert decode_id(order_id(IDENTITY)) == ("Order", ("shop:number", "1001"))
    assert merge(says("erp")).key == "shop:number/1001"


def test_identifiers_are_every_name_as_written() -> None:
    """Own keys and references of every record, untidied, each once, in a fixed order."""
    order = merge(
        fetched("shop", record("gid/1", "#1001")),
        fetched("erp", record("7", "S000001", references={"reference": " SO-1001 "})),
    )
    assert [(entry.namespace, entry.value) for entry in order.identifiers] == [
        ("erp:id", "7"),
        ("erp:number", "S000001"),
        ("erp:reference", " SO-1001 "),
        ("shop:id", "gid/1"),
        ("shop:number", "#1001"),
    ]


def test_sources_tell_each_record() -> None:
    """One entry a record, most believed first, with its own number, link, age and way."""
    shop = fetched("shop", msgspec.structs.replace(record("1", "#1001"), url="https://shop.example/1", updated_at=NOON))
    erp = msgspec.structs.replace(fetched("erp", record("7")), via=Via.CACHE, stale=True)
    first, second = merge(erp, shop).sources
    assert (first.system, first.kind, first.external_id, first.number) == ("shop", "STOREFRONT", "1", "#1001")
    assert (first.url, first.source_updated_at, first.via, first.stale) == (
        "https://shop.example/1",
        NOON,
        Via.LIVE,
        False,
    )
    assert (second.system, second.number, second.via, second.stale) == ("erp", None, Via.CACHE, True)


def test_freshness_is_that_of_the_oldest_part() -> None:
    """As of the oldest fetch, stale when any part is, with what is missing handed on."""
    issue = SourceIssue(system="wms", reason=IssueReason.TIMED_OUT, message="late", facets=(Facet.FULFILLMENT,))
    order = merge(
        says("shop", at=NOON),
        msgspec.structs.replace(says("erp", at=NOON - timedelta(seconds=90)), stale=True),
        now=NOON + timedelta(seconds=30),
        missing=[issue],
    )
    assert order.freshness.as_of == NOON - timedelta(seconds=90)
    assert order.freshness.max_age_seconds == 120
    assert order.freshness.stale is True
    assert order.freshness.missing == (issue,)
    assert merge(says("shop")).freshness.stale is False


def test_the_channel_is_the_place_of_capture() -> None:
    """The system that the identity names, with the shop's own word kept as the origin."""
    order = merge(says("shop", header=Header(channel=Channel(code="web", kind=ChannelKind.MARKETPLACE))))
    assert order.channel == Channel(code="shop", name="The made-up shop", kind=ChannelKind.MARKETPLACE)
    assert order.origin == "web"
    plain = merge(says("erp"))
    assert plain.channel == Channel(code="shop", name="The made-up shop", kind=ChannelKind.ONLINE_STORE)
    assert plain.origin is None


def test_a_guest_is_the_customer_of_that_order() -> None:
    """A customer with an id is the same over orders; a guest is nobody else's."""
    known = merge(says("shop", customer=Customer(person=Person(external_id="c1", name="Ada"))))
    guest = merge(says("shop", customer=Customer(person=Person(email="ada@example.com"))))
    assert known.customer is not None
    assert decode_id(known.customer.id) == ("Customer", ("shop", "c1"))
    assert guest.customer is not None
    assert decode_id(guest.customer.id) == ("Customer", (IDENTITY.namespace, IDENTITY.value))


def test_order_ids_of_two_systems_differ() -> None:
    """One number in two systems is two orders."""
    assert order_id(Key("shop-us:number", "1001")) != order_id(Key("shop-eu:number", "1001"))
