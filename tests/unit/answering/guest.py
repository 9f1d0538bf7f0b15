"""A guest at the door of a gateway over scripted systems."""

from __future__ import annotations

from typing import Any

import msgspec

from orderweave.caching.ages import DEFAULT_AGES
from orderweave.config.configuration import CacheSettings, TrackingSettings
from orderweave.guests.attempts import IPAddress
from orderweave.model.rights import ALL_RIGHTS, Caller, Rights, Scope
from orderweave.operations.answers import Request
from orderweave.operations.running import Operations
from orderweave.schema import Context
from orderweave_sdk.records import Address, Addresses, OrderRecord
from tests.unit.fake_business import erp, order, shop, wms
from tests.unit.fake_systems import FakeSystem, Woven, weave

TRY = """mutation ($number: String!, $email: String, $postalCode: String) {
  trackOrder(number: $number, email: $email, postalCode: $postalCode) { access { token expiresAt } }
}"""
VIEW = """query ($token: String!) {
  trackedOrder(token: $token) { number status access { expiresAt } freshness { incomplete } }
}"""
GUEST = Caller(name="guest", role="guest", rights=Rights(scopes=frozenset({Scope.TRACKING})))
STAFF = Caller(name="desk-7", role="staff", rights=ALL_RIGHTS)
NONE = {"trackOrder": {"access": None}}
LINK = "mutation ($n: String!) { trackingLink(by: { number: $n }) { url token expiresAt } }"
REVOKE = "mutation ($id: ID!) { revokeTracking(by: { id: $id }) { revokedBefore shared } }"
SETTINGS = TrackingSettings(keys=("k" * 32,), slot_seconds=1.5)


def placed(record: OrderRecord, postal_code: str) -> OrderRecord:
    """The order with an address."""
    return msgspec.structs.replace(record, addresses=Addresses(shipping=Address(postal_code=postal_code)))


def systems() -> tuple[FakeSystem, ...]:
    """A shop with two orders, an ERP that mirrors one, a warehouse, and a second shop that gave one number, too."""
    return (
        shop(
            [
                placed(order("a1", "1001", email="ada@example.com", skus=["MUG"]), "10115"),
                order("a2", "1002", email="bob@example.com"),
                order("a3", "1003"),
            ]
        ),
        shop([order("b2", "1002", email="cy@example.com"), order("b4", "1004", email="cy@example.com")], name="other"),
        erp([order("e1", "SO1", reference=("reference", "1001"), email="ada@example.com")]),
        wms([order("w1", reference=("order_number", "1001"), tracking="1Z")]),
    )


class Guest:
    """Somebody at the door of a gateway over these systems, at an `address` if it is set."""

    def __init__(self, *, settings: TrackingSettings | None = SETTINGS, cached: bool = False, **more: Any) -> None:
        made = systems()
        cache = CacheSettings(ages={system.name: DEFAULT_AGES for system in made}) if cached else None
        self.woven: Woven = weave(*made, tracking=settings, cache=cache, **more)
        self.operations = Operations(self.woven.schema)
        self.took = 0.0
        self.address: IPAddress | None = None

    async def ask(self, query: str, caller: Caller = GUEST, within: float | None = None, **variables: Any) -> Any:
        """The answer, as it goes over the wire; `took` says after how long."""
        began = self.woven.time.monotonic()
        context = Context(self.woven.gateway, within=within, caller=caller, address=self.address)
        answer = await self.operations.run(Request(query=query, variables=variables), context)
        self.took = round(self.woven.time.monotonic() - began, 6)
        return answer.document()

    async def token(self, number: str, **fact: Any) -> str | None:
        """The token that an attempt gives."""
        access = (await self.ask(TRY, number=number, **fact))["data"]["trackOrder"]["access"]
        return access["token"] if access else None

    async def refused(self, query: str, caller: Caller = GUEST, **variables: Any) -> dict[str, Any]:
        """The extensions of the only error."""
        (error,) = (await self.ask(query, caller, **variables))["errors"]
        extensions: dict[str, Any] = error["extensions"]
        return extensions
