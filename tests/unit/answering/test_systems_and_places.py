"""What the gateway says of its systems, their words and the places of the business."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from orderweave.answering.errors import RequestError
from orderweave.model.calls import BreakerState, BreakerStatus, CallRules, QuotaLevel
from orderweave.model.ids import encode_id
from orderweave.model.listing import StatusMapping, UnknownWord
from orderweave.model.provenance import IssueReason
from orderweave.model.systems import PlaceSpec
from orderweave.planning.needs import Needs
from orderweave_sdk.capabilities import Orders
from orderweave_sdk.errors import FixCredentials, TimedOut
from orderweave_sdk.manifest import Capability, RateLimit
from orderweave_sdk.records import Axis, Facet, LocationKind, LocationRecord, SystemKind
from tests.unit.fake_business import erp, order, shop, wms
from tests.unit.fake_clock import NOON
from tests.unit.fake_systems import weave


async def test_systems_in_order_with_what_they_declare() -> None:
    """Systems come in the order of the configuration, with kind, abilities and facets as declared."""
    infos = weave(shop(), wms()).gateway.systems()
    assert [(info.name, info.title, info.kind) for info in infos] == [
        ("shop", "Shop", SystemKind.STOREFRONT),
        ("wms", "Wms", SystemKind.WMS),
    ]
    assert infos[1].capabilities == (Capability.FIND_ORDERS, Capability.READ_STOCK)
    assert infos[1].facets == (Facet.FULFILLMENT, Facet.HEADER, Facet.HOLDS, Facet.LINES, Facet.TRACKING)
    assert [info.captures_orders for info in infos] == [True, False]
    assert (infos[0].connector, infos[0].connector_version, infos[0].healthy) == ("shop", "1.0", None)


async def test_health_fails_and_recovers() -> None:
    """A system that is refused is unhealthy with reason and words, and healthy again after the next good call."""
    system = shop([order("a1", "1001", words=[(Axis.ORDER, "weird", "UNKNOWN")])])
    woven = weave(system)
    needs = Needs(facets=frozenset({Facet.HEADER}))

    async def look() -> None:
        await woven.gateway.order_by_number("1001", needs, woven.gateway.call())

    system.error = FixCredentials("orders: HTTP 401")
    for _ in range(2):
        with pytest.raises(RequestError, match="shop did not answer"):
            await look()
    (info,) = woven.gateway.systems()
    assert (info.healthy, info.calls, info.failures) == (False, 2, 2)
    assert (info.last_error, info.last_reason, info.last_error_at) == (
        "orders: HTTP 401",
        IssueReason.UNAUTHORIZED,
        NOON,
    )
    system.error = None
    woven.time.advance(60)
    await look()
    (info,) = woven.gateway.systems()
    assert (info.healthy, info.calls, info.failures) == (True, 3, 2)
    assert (info.last_success_at, info.last_error_at) == (NOON + timedelta(seconds=60), NOON)
    assert info.unknown_words == (UnknownWord(word="ORDER: weird", count=1),)


async def test_status_mappings() -> None:
    """Every mapped word of every system is listed with its meaning and the mapping's version."""
    assert weave(shop()).gateway.status_mappings() == (
        StatusMapping(system="shop", axis=Axis.ORDER, raw="open", normalized="OPEN", mapping_version="1"),
        StatusMapping(system="shop", axis=Axis.ORDER, raw="done", normalized="COMPLETED", mapping_version="1"),
    )


async def test_places_configured_and_not() -> None:
    """Configured places come first with the systems that know them, then what only a system knows, by name."""
    web, books = shop(), erp()
    web.locations = [
        LocationRecord(external_id="L1", name="East"),
        LocationRecord(external_id="L2", name="Pop-up", kind=LocationKind.STORE),
    ]
    books.locations = [LocationRecord(external_id="12", name="Main"), LocationRecord(external_id="13", name="Annex")]
    east = PlaceSpec(id="east", name="East", kind=LocationKind.WAREHOUSE, systems={"shop": "L1", "erp": "12"})
    woven = weave(web, books, wms(), places=(east,))
    found = await woven.gateway.locations(woven.gateway.call())
    assert [(place.id, place.name, place.kind, place.systems) for place in found] == [
        (encode_id("Location", "east"), "East", LocationKind.WAREHOUSE, ("shop", "erp")),
        (encode_id("Location", "erp", "13"), "Annex", LocationKind.UNKNOWN, ("erp",)),
        (encode_id("Location", "shop", "L2"), "Pop-up", LocationKind.STORE, ("shop",)),
    ]
    assert woven.fakes["wms"].calls == []


async def test_places_with_a_system_down() -> None:
    """Configured places stand with every system down."""
    web = shop()
    web.error = FixCredentials("locations: HTTP 401")
    east = PlaceSpec(id="east", name="East", kind=LocationKind.WAREHOUSE, systems={"shop": "L1"})
    woven = weave(web, places=(east,))
    assert [place.name for place in await woven.gateway.locations(woven.gateway.call())] == ["East"]


async def test_breakers_and_quota_are_told() -> None:
    """What has been asked, whether it still is, and what is left of the quota; a system that has none tells none."""
    limited = shop()
    limited.manifest = msgspec.structs.replace(
        limited.manifest, rate_limit=RateLimit(units="points", burst=1000, per_second=100)
    )
    woven = weave(limited, erp(), calls=CallRules(attempts=1))
    before, other = woven.gateway.systems()
    assert (before.breakers, other.quota) == ((), None)
    call = woven.systems.call(10)

    async def late(connector: Any) -> Any:
        woven.time.advance(4)
        raise TimedOut("orders: late")

    for _ in range(3):
        await woven.systems.ask("shop", frozenset(), Orders, late, call)
    info, _ = woven.gateway.systems()
    assert info.breakers == (
        BreakerStatus(
            operation="FIND_ORDERS",
            state=BreakerState.OPEN,
            since=NOON + timedelta(seconds=4),
            retry_at=NOON + timedelta(seconds=9),
            reason=IssueReason.TIMED_OUT,
        ),
    )
    assert (info.calls, info.failures, info.not_asked, info.held_back) == (1, 1, 2, 0)
    assert (info.in_flight, info.waiting, info.retries, info.hedges) == (0, 0, 0, 0)
    assert info.quota == QuotaLevel(
        units="points", available=1000, maximum=1000, per_second=100, shared=False, waiting=0
    )
