"""One poll: the systems are asked, past every cache, and what they say is digested."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice

import msgspec

from orderweave.answering import Gateway
from orderweave.answering.errors import RequestError
from orderweave.answering.order import key_of_id
from orderweave.live.digests import facets_shown, of_nothing, of_order, of_oversells, of_stock, of_tracked
from orderweave.live.subjects import Subject, Topic
from orderweave.live.watching import Look, Looked
from orderweave.model.inventory import InventoryItem
from orderweave.model.parcels import tidy_tracking
from orderweave.model.terms import Lane
from orderweave.planning.needs import Needs
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import Facet, Key

logger = logging.getLogger("orderweave.live")

# The namespace under which a change of a SKU is announced.
SKU = "sku"
# The name, within a system, under which a change of a level of stock is announced whose SKU the system does not say.
STOCK_LEVEL = "stock_level"
# Levels of one set of SKUs that are listened for; a change of another is seen at the next poll.
_MOST_LEVELS = 1000
# The one under which news of a parcel is announced, by its number as `model.parcels.tidy_tracking` has it.
PARCEL = "tracking_number"
_FACETS = {
    Topic.ORDER: frozenset(Facet),
    Topic.SHIPMENT: frozenset({Facet.FULFILLMENT, Facet.TRACKING}),
    # What a guest sees of an order, `orderweave.merging.tracking`, is made of these.
    Topic.TRACKED: frozenset({Facet.HEADER, Facet.LINES, Facet.FULFILLMENT, Facet.TRACKING}),
}


def looking(gateway: Callable[[], AbstractContextManager[Gateway]]) -> Look:
    """Polls through the gateway that is current at each poll. It sees all, and digests what the followers of a
    subject may see; what each is answered is asked anew.
    """

    async def look(subject: Subject, lane: Lane) -> Looked | None:
        with gateway() as current:
            try:
                return await _look(current, subject, lane)
            except RequestError:
                # Nobody who answered knows it, and somebody did not answer: nothing is learned.
                return None

    return look


async def _look(gateway: Gateway, subject: Subject, lane: Lane) -> Looked:
    terms = msgspec.structs.replace(gateway.call(lane), max_age=0.0)
    if subject.topic is Topic.STOCK:
        items = await gateway.inventory(subject.names, terms)
        named = (Key(SKU, name) for name in subject.names)
        return Looked(digests=of_stock(items), keys=(*named, *islice(_levels(gateway, items), _MOST_LEVELS)))
    if subject.topic is Topic.OVERSELLS:
        report, whole = await gateway.oversells_watched(subject.names, terms)
        return Looked(digests=of_oversells(report, whole), keys=tuple(Key(SKU, name) for name in whole))
    facets = _FACETS[subject.topic] & facets_shown(subject.rights)
    (token,) = subject.names
    order = await gateway.order_by_id(token, Needs(facets=facets, all_keys=True), terms)
    if order is None:
        return Looked(digests=of_nothing(facets), keys=(key_of_id(token),))
    parcels = (
        Key(PARCEL, tidy_tracking(package.tracking_number))
        for shipment in order.shipments
        for package in shipment.packages
        if package.tracking_number
    )
    keys = (key_of_id(token), *(Key(name.namespace, name.value) for name in order.identifiers), *parcels)
    is_guest = subject.topic is Topic.TRACKED
    digests = of_tracked(order, facets) if is_guest else of_order(order, facets, subject.rights)
    return Looked(digests=digests, keys=tuple(dict.fromkeys(keys)))


def _levels(gateway: Gateway, items: Iterable[InventoryItem]) -> Iterator[Key]:
    """The levels of stock of systems that may send word of one."""
    systems = gateway.parts.business.systems
    for item in items:
        for source in (source for level in item.levels for source in level.sources):
            if Capability.RECEIVE_WEBHOOKS in systems[source.system].manifest.capabilities:
                yield Key(f"{source.system}:{STOCK_LEVEL}", source.external_id)
