"""Our records in Fluent's wire, for the simulator. Lists are functions of `first` and `after`."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from graphql import GraphQLError

from orderweave_fluent_commerce.expressible import (
    REFERENCE_ATTRIBUTE,
    Movement,
    address_as_said,
    channel_of,
    movements,
    order_as_said,
    raw_return_status,
    raw_status,
)
from orderweave_fluent_commerce.expressible_goods import Leg, is_booked, legs, parcels_as_said, sku_of
from orderweave_fluent_commerce.simulated_complexity import DEFAULT_PAGE
from orderweave_sdk.records import (
    Address,
    DeliveryMethod,
    Line,
    LocationRecord,
    OrderRecord,
    Package,
    Place,
    ProductRecord,
    Return,
    ShipmentStatus,
    StockRecord,
)

Fields = dict[str, Any]

_TYPES = {DeliveryMethod.SHIPPING: "HD_PFDC", DeliveryMethod.STORE_PICKUP: "CC_PFS"}
# What an article and its booking are called at each milestone.
_ARTICLE_WORDS = {
    ShipmentStatus.PENDING: ("CREATED", "ASSIGNED"),
    ShipmentStatus.LABEL_CREATED: ("COURIER_COLLECTION", "ACTIVE_LODGED"),
    ShipmentStatus.PICKED_UP: ("COLLECTED", "ACTIVE_SENT"),
    ShipmentStatus.CANCELED: ("CANCELLED", "ACTIVE_LODGED"),
}


def connection(items: Sequence[Any], make: Callable[[Any], Fields]) -> Callable[..., Fields]:
    """A list of which each entry is made only when its page is asked for; cursors are places in it."""

    def page(_info: Any, first: int | None = None, after: str | None = None, **_filters: Any) -> Fields:
        start = _place(after) + 1 if after else 0
        end = min(len(items), start + (DEFAULT_PAGE if first is None else first))
        return {
            "edges": [{"node": make(item), "cursor": _cursor(start + n)} for n, item in enumerate(items[start:end])],
            "pageInfo": {"hasPreviousPage": start > 0, "hasNextPage": end < len(items)},
        }

    return page


def _cursor(place: int) -> str:
    return base64.b64encode(f"place:{place}".encode()).decode()


def _place(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("place:"))
    except ValueError:
        raise GraphQLError("Invalid cursor") from None


def order_wire(record: OrderRecord, retailers: Mapping[str, str]) -> Fields:
    """One order; `retailers` are their ids by reference."""
    said = order_as_said(record)
    header, references = said.header, {key.namespace: key.value for key in said.references}
    channel = channel_of(record)
    attribute = references.get(REFERENCE_ATTRIBUTE)
    currency = header.currency if header else None
    return {
        "id": said.external_id,
        "ref": references.get("ref"),
        "status": raw_status(record),
        "createdOn": wire_time(header.placed_at) if header else None,
        "updatedOn": wire_time(said.updated_at),
        "attributes": [{"name": REFERENCE_ATTRIBUTE, "type": "STRING", "value": attribute}] if attribute else None,
        "retailer": {"id": retailers[channel.code], "ref": channel.code, "tradingName": channel.name},
        "customer": _customer(said),
        "billingAddress": _address(said.addresses.billing if said.addresses else None),
        "fulfilmentChoice": {
            "currency": currency,
            "deliveryContact": said.addresses.shipping.phone if said.addresses and said.addresses.shipping else None,
            "deliveryAddress": _address(said.addresses.shipping if said.addresses else None, of="CustomerAddress"),
        },
        "items": connection(record.lines or (), _item),
        "fulfilments": connection(
            list(enumerate(legs(record))),
            lambda entry: fulfilment_wire(
                entry[1], references.get("fulfilment_ref") if entry[0] == 0 else None, lambda: {}
            ),
        ),
        "financialTransactions": connection(movements(record), _transaction),
    }


def wire_time(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC, with a Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z" if moment else None


def _customer(said: OrderRecord) -> Fields | None:
    person = said.customer.person if said.customer else None
    if person is None:
        return None
    first, _, last = (person.name or "").partition(" ")
    return {
        "id": person.external_id,
        "firstName": first,
        "lastName": last,
        "primaryEmail": person.email,
        "primaryPhone": person.phone,
    }


def _address(address: Address | None, of: str = "OrderBillingAddress") -> Fields | None:
    if address is None:
        return None
    lines = (*address.lines, "", "")
    return {
        "__typename": of,
        "name": address.name,
        "companyName": address.company,
        "street": lines[0],
        "street2": lines[1],
        "city": address.city,
        "state": address.region,
        "postcode": address.postal_code,
        "country": address.country_code,
    }


def _item(line: Line) -> Fields:
    quantity = line.quantity.current if line.quantity.current is not None else line.quantity.ordered
    return {
        "id": line.external_id,
        "quantity": int(quantity or 0),
        "price": float(line.unit_price.amount) if line.unit_price else None,
        "currency": line.unit_price.currency if line.unit_price else None,
        "product": {
            "__typename": "VariantProduct",
            "id": line.external_id,
            "ref": sku_of(line),
            "name": line.title or sku_of(line),
        },
    }


def fulfilment_wire(leg: Leg, ref: str | None, order: Callable[[], Fields]) -> Fields:
    """One fulfilment; its order is made only when it is asked for."""
    counts = [(line, asked, leg.filled.get(line, 0)) for line, asked in leg.requested.items()]
    return {
        "id": leg.external_id,
        "ref": ref,
        "status": leg.raw_status,
        "type": _TYPES[leg.method],
        "expiryTime": wire_time(leg.fulfill_by),
        "order": lambda _info: order(),
        "fromLocation": {"ref": leg.location.external_id} if leg.location else None,
        "fromAddress": _store(leg.location) if leg.location else None,
        "items": connection(counts, _fulfilment_item),
        "articles": connection(_articles(leg), lambda article: article),
    }


def _store(place: Place) -> Fields:
    location = {"ref": place.external_id, "name": place.name, "type": place.kind.value}
    return {"__typename": "StoreAddress", "location": location}


def _fulfilment_item(count: tuple[str, int, int]) -> Fields:
    line, asked, filled = count
    return {"requestedQuantity": asked, "filledQuantity": filled, "orderItem": {"id": line}}


def _articles(leg: Leg) -> list[Fields]:
    """The parcels; all goods are said to be in the first that is not voided, for nobody tells which are in which."""
    if leg.shipment is None:
        return []
    said = parcels_as_said(leg.shipment)
    given = leg.shipment.packages or (Package(),)
    holding = next((n for n, package in enumerate(said) if package.status is not ShipmentStatus.CANCELED), 0)
    return [
        _article(package, leg.filled if n == holding else {}, booked=is_booked(given[n]))
        for n, package in enumerate(said)
    ]


def _article(package: Package, goods: Mapping[str, int], *, booked: bool) -> Fields:
    status, booking = _ARTICLE_WORDS[package.status]
    carrier = package.carrier
    consignment = {
        "status": booking,
        "consignmentReference": package.tracking_number or "",
        "trackingLabel": package.tracking_number,
        "createdOn": wire_time(package.events[0].occurred_at) if package.events else None,
        "carrier": {"ref": carrier.code or "", "name": carrier.name or ""} if carrier else None,
    }
    return {
        "id": package.external_id,
        "status": status,
        "items": connection(list(goods.items()), lambda entry: {"quantity": entry[1], "orderItem": {"id": entry[0]}}),
        "consignmentArticles": connection([{"consignment": consignment}] if booked else [], lambda entry: entry),
    }


def _transaction(made: Movement) -> Fields:
    exponent = made.amount.amount.as_tuple().exponent
    scale = max(0, -exponent) if isinstance(exponent, int) else 0
    return {
        "id": made.transaction.external_id,
        "type": made.kind,
        "status": made.status,
        "createdOn": wire_time(made.transaction.processed_at),
        "total": float(made.amount.amount),
        "scale": scale,
        "unscaledValue": int(made.amount.amount.scaleb(scale)),
        "currency": made.amount.currency,
        "paymentMethod": made.method,
        "paymentProviderName": made.transaction.gateway,
    }


def return_wire(record: Return) -> Fields:
    """One return order."""
    return {
        "id": record.external_id,
        "ref": record.number or record.external_id,
        "status": raw_return_status(record),
        "createdOn": wire_time(record.created_at),
        "returnOrderItems": connection(
            record.lines,
            lambda line: {
                "product": {"ref": line.sku} if line.sku else None,
                "unitQuantity": {"quantity": int(line.quantity)},
                "returnReason": {"value": line.reason, "label": line.reason} if line.reason else None,
            },
        ),
    }


def position_wire(level: StockRecord) -> Fields:
    """One position: what is left of the stock once reservations are taken off, and the counts that it is made of."""
    committed, incoming = int(level.committed or 0), int(level.incoming or 0)
    counts = [
        *([{"type": "RESERVED", "quantity": -committed}] if committed else []),
        *([{"type": "EXPECTED", "quantity": incoming}] if incoming else []),
    ]
    return {
        "id": level.external_id,
        "productRef": level.sku,
        "onHand": int(level.on_hand or 0) - committed,
        "locationRef": level.location.external_id,
        "updatedOn": wire_time(level.updated_at),
        "location": _store(level.location),
        "quantities": connection(counts, lambda count: count),
    }


def virtual_position_wire(level: StockRecord) -> Fields:
    """What may be sold of one product at one location."""
    return {
        "productRef": level.sku,
        "groupRef": level.location.external_id,
        "quantity": int(level.available or Decimal(0)),
    }


def product_wire(product: ProductRecord) -> Fields:
    """One variant."""
    return {
        "__typename": "VariantProduct",
        "id": product.external_id,
        "ref": product.sku,
        "name": product.title,
        "gtin": product.gtin or "",
        "status": "ACTIVE" if product.active else "INACTIVE",
        "updatedOn": wire_time(product.updated_at),
    }


def location_wire(location: LocationRecord) -> Fields:
    """One warehouse or store."""
    return {
        "ref": location.external_id,
        "name": location.name,
        "type": location.kind.value,
        "status": "ACTIVE" if location.active is not False else "INACTIVE",
        "primaryAddress": _address(address_as_said(location.address), of="StoreAddress"),
    }
