"""What a webhook's delivery says, once it is Fluent's own and about this account.

Fluent signs the body alone, with one key for all accounts of a region: what it signed for another account is as good
as forged, so the account in the body must be ours. A body holds no time. The same request is sent again when it was not
taken, so that a delivery is known by its body, in which stands the id of the event that a workflow sent; the event's id
alone may stand in several bodies, for a workflow may send more than one webhook of it.

An event is of an entity, such as a fulfilment, and of the root that this belongs to, such as an order
("Workflow & Event Execution" in Fluent's documentation has the list).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from orderweave_sdk.records import Key
from orderweave_sdk.signatures import signed_by_rsa
from orderweave_sdk.webhooks import Delivery, Refusal, Refused, digest, read_body

SIGNATURE = "fluent-signature"
ORDER, FULFILMENT, PRODUCT = "ORDER", "FULFILMENT", "PRODUCT"


class Event(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The fields of an event that say what it is about. Ids come as text, and in older accounts as numbers."""

    name: str
    account_id: str
    retailer_id: str | int | None = None
    entity_type: str | None = None
    entity_id: str | int | None = None
    entity_ref: str | None = None
    root_entity_type: str | None = None
    root_entity_id: str | int | None = None
    root_entity_ref: str | None = None


def read_delivery(
    headers: Mapping[str, str], body: bytes, keys: Sequence[str], *, account: str, retailer: int | None
) -> Delivery:
    """What a delivery says; raises Refused unless Fluent signed it for this account. With a retailer, the orders of
    others concern nobody.
    """
    signed_by_rsa(headers, body, keys, header=SIGNATURE)
    said = read_body(body, Event)
    if said.account_id.casefold() != account.casefold():
        raise Refused(Refusal.FORGED)
    mine = retailer is None or str(said.retailer_id) == str(retailer)
    return Delivery(
        id=digest(body),
        topic=said.name,
        order=tuple(_order_keys(said)) if mine else (),
        skus=(said.entity_ref,) if said.entity_type == PRODUCT and said.entity_ref else (),
    )


def _order_keys(said: Event) -> Iterator[Key]:
    """The order, whatever of it the event is of: by its id, its reference, and the reference of the fulfilment."""
    if said.root_entity_type == ORDER:
        named = (("id", said.root_entity_id), ("ref", said.root_entity_ref))
    elif said.entity_type == ORDER and said.root_entity_type is None:
        named = (("id", said.entity_id), ("ref", said.entity_ref))
    else:
        return
    fulfilment = said.entity_ref if said.entity_type == FULFILMENT else None
    for field, value in (*named, ("fulfilment_ref", fulfilment)):
        if value is not None and (text := str(value).strip()):
            yield Key(field, text)
