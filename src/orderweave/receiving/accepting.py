"""Taking a delivery in: whether it is the vendor's own, and storing it. Nothing is worked on here.

Whoever sends what is not the vendor's own learns nothing, not even whether there is such a system: all of it has one
outcome, and an unknown system's delivery is held against a signature as well.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from enum import StrEnum

import msgspec

from orderweave.answering import Gateway
from orderweave.receiving.deliveries import Added, Store
from orderweave.receiving.tallies import Tally
from orderweave_sdk.clock import Clock
from orderweave_sdk.manifest import Capability
from orderweave_sdk.signatures import signed_by_hmac_base64
from orderweave_sdk.webhooks import Delivery, Refusal, Refused, digest

logger = logging.getLogger("orderweave.receiving")

# Seconds for storing. Vendors wait for five to ten, and count what is late as failed.
_LONGEST_STORING = 3.0
# Characters of a vendor's id that are kept as they are; longer ones are kept as a hash.
_LONGEST_ID = 128
_UNKNOWN_SYSTEM = ("", "UNKNOWN_SYSTEM")
_DECOY = secrets.token_urlsafe(32)


class Outcome(StrEnum):
    """What whoever sent a delivery is told."""

    TAKEN = "TAKEN"  # stored, or nothing to store
    REFUSED = "REFUSED"  # not the vendor's own
    LATER = "LATER"  # cannot be stored now; the vendor is to try again


class Accepting:
    """Takes deliveries in. `new` is called for each that is to be worked on; at most `most_waiting` wait."""

    def __init__(
        self,
        gateway: Callable[[], AbstractContextManager[Gateway]],
        store: Store,
        clock: Clock,
        tally: Tally,
        *,
        most_waiting: int,
        new: Callable[[], None],
    ) -> None:
        self._gateway = gateway
        self._store = store
        self._clock = clock
        self._tally = tally
        self._most_waiting = most_waiting
        self._new = new

    async def accept(self, system: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Believe and store a delivery. `headers` have their names in lower case."""
        try:
            delivery = self._read(system, headers, body)
        except Refused as refused:
            if refused.reason is Refusal.UNREADABLE:
                # The vendor's own: sent again it would be no better, and a vendor whose deliveries fail sends no more.
                logger.warning("webhook_unreadable", extra={"fields": {"system": system}})
                await self._keep_unreadable(system, body)
                return Outcome.TAKEN
            return Outcome.REFUSED
        if delivery.idle:
            self._tally.received[system, "IDLE"] += 1
            return Outcome.TAKEN
        try:
            async with asyncio.timeout(_LONGEST_STORING):
                added = await self._store.add(system, delivery, self._clock.now(), most=self._most_waiting)
        except Exception as error:
            # The class alone: a database's message holds what was to be stored.
            logger.error("webhook_not_stored", extra={"fields": {"system": system, "error": type(error).__name__}})
            self._tally.received[system, "NOT_STORED"] += 1
            return Outcome.LATER
        self._tally.received[system, added.value] += 1
        if added is Added.NEW:
            self._new()
        return Outcome.LATER if added is Added.FULL else Outcome.TAKEN

    async def _keep_unreadable(self, system: str, body: bytes) -> None:
        """Let operators find it among the dead; where that fails it is counted and logged all the same."""
        try:
            async with asyncio.timeout(_LONGEST_STORING):
                await self._store.add_unreadable(system, digest(body), self._clock.now(), most=self._most_waiting)
        except Exception as error:
            logger.error("webhook_not_stored", extra={"fields": {"system": system, "error": type(error).__name__}})

    def _read(self, system: str, headers: Mapping[str, str], body: bytes) -> Delivery:
        """What a delivery says; raises Refused, counted, for whatever cannot be believed or read."""
        with self._gateway() as gateway:
            spec = gateway.parts.business.systems.get(system)
            if spec is None or Capability.RECEIVE_WEBHOOKS not in spec.manifest.capabilities:
                self._tally.received[_UNKNOWN_SYSTEM] += 1
                signed_by_hmac_base64({"decoy": _DECOY}, body, (_DECOY,), header="decoy")
                raise Refused(Refusal.FORGED)
            connector = gateway.parts.systems.connector(system)
            try:
                read = connector.read_delivery(headers, body, self._clock.now())
                return _fit(read)
            except Refused as refused:
                self._tally.received[system, refused.reason.value] += 1
                raise
            except Exception as error:
                # A fault of the connector's own: nobody knows whether the delivery was signed.
                fields = {"system": system, "error": type(error).__name__}
                logger.error("webhook_connector_failed", extra={"fields": fields})
                self._tally.received[system, "CONNECTOR_FAILED"] += 1
                raise Refused(Refusal.FORGED) from None


def _fit(delivery: Delivery) -> Delivery:
    """With an id that every database takes."""
    plain = delivery.id.isascii() and delivery.id.isprintable() and 0 < len(delivery.id) <= _LONGEST_ID
    return delivery if plain else msgspec.structs.replace(delivery, id=digest(delivery.id))
