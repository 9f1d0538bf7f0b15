"""Fluent's wire, only the fields used. Almost every field of its schema may be null."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")


class TokenPayload(msgspec.Struct):
    """The answer of the token endpoint; `expires_in` is in seconds."""

    access_token: str
    expires_in: float | None = None


class ProblemExtensions(msgspec.Struct):
    """What kind of error it is, where the server says so."""

    classification: Any = None


class Problem(msgspec.Struct):
    """One error of an answer. Its message may quote values: it is read to class the error, and never passed on."""

    message: str = ""
    path: list[str | int] | None = None
    extensions: ProblemExtensions | None = None


class Envelope(msgspec.Struct):
    """One answer; what stands under each name is decoded by whoever asked for it."""

    data: dict[str, msgspec.Raw] | None = None
    errors: list[Problem] | None = None


class PageInfo(msgspec.Struct, rename="camel"):
    """Whether more follows; where, the last edge says."""

    has_next_page: bool | None = None


class Edge(msgspec.Struct, Generic[T]):
    """One entry of a connection, and its place in it."""

    node: T | None = None
    cursor: str | None = None


class Connection(msgspec.Struct, Generic[T], rename="camel"):
    """A page of a list."""

    edges: list[Edge[T]] | None = None
    page_info: PageInfo | None = None

    def nodes(self) -> list[T]:
        """The entries that are there."""
        return [edge.node for edge in self.edges or () if edge.node is not None]


class RawEdge(msgspec.Struct):
    """One entry of a list whose entries are read one by one, so that one bad one spoils no other."""

    node: msgspec.Raw = msgspec.Raw(b"null")
    cursor: str | None = None


class RawList(msgspec.Struct, rename="camel"):
    """A page of a list whose entries are read one by one."""

    edges: list[RawEdge] | None = None
    page_info: PageInfo | None = None

    def after(self) -> str | None:
        """Where the next page begins; None on the last one."""
        if self.edges and goes_on(self):
            return self.edges[-1].cursor
        return None


def goes_on(page: Connection[Any] | RawList | None) -> bool:
    """Whether a list has more than its page."""
    return page is not None and page.page_info is not None and bool(page.page_info.has_next_page)


def filled(raw: bytes | msgspec.Raw | None) -> bool:
    """Whether something stands there that is not null."""
    return raw is not None and bytes(raw) != b"null"


def nodes(connection: Connection[T] | None) -> Sequence[T]:
    """The entries of a list; none where it was not asked for or is null."""
    return connection.nodes() if connection is not None else ()


class AttributePayload(msgspec.Struct):
    """A field of the account's own; its value is any JSON."""

    name: str
    value: Any


class Reference(msgspec.Struct):
    """A link by reference, or something of which only the reference is read."""

    ref: str | None = None


class RetailerPayload(msgspec.Struct, rename="camel"):
    """The retailer whose order it is."""

    id: str
    ref: str | None = None
    trading_name: str | None = None


class LocationPayload(msgspec.Struct, rename="camel"):
    """A warehouse or store."""

    ref: str | None = None
    name: str | None = None
    type: str | None = None
    status: str | None = None
    primary_address: AddressPayload | None = None


class AddressPayload(msgspec.Struct, rename="camel"):
    """An address; `location` only where it is a location's."""

    name: str | None = None
    company_name: str | None = None
    street: str | None = None
    street2: str | None = None
    city: str | None = None
    state: str | None = None
    postcode: str | None = None
    region: str | None = None
    country: str | None = None
    location: LocationPayload | None = None


class ProductPayload(msgspec.Struct, rename="camel"):
    """A product; its reference is the SKU."""

    ref: str
    id: str | None = None
    name: str | None = None
    gtin: str | None = None
    status: str | None = None
    updated_on: datetime | None = None


class ItemPayload(msgspec.Struct, rename="camel"):
    """One item of an order."""

    id: str
    product: ProductPayload | None = None
    quantity: int | None = None
    price: Decimal | None = None
    currency: str | None = None


class Identified(msgspec.Struct):
    """Something of which only the id is read."""

    id: str


class ArticleItemPayload(msgspec.Struct, rename="camel"):
    """So many of an order's item in a parcel."""

    quantity: int
    order_item: Identified | None = None


class CarrierPayload(msgspec.Struct):
    """Who carries a parcel."""

    ref: str | None = None
    name: str | None = None


class ConsignmentPayload(msgspec.Struct, rename="camel"):
    """The booking of a parcel with a carrier."""

    status: str | None = None
    consignment_reference: str | None = None
    tracking_label: str | None = None
    created_on: datetime | None = None
    carrier: CarrierPayload | None = None


class ConsignmentArticlePayload(msgspec.Struct):
    """A parcel's part in a booking."""

    consignment: ConsignmentPayload | None = None


class ArticlePayload(msgspec.Struct, rename="camel"):
    """A parcel."""

    id: str
    status: str | None = None
    items: Connection[ArticleItemPayload] | None = None
    consignment_articles: Connection[ConsignmentArticlePayload] | None = None


class FulfilmentItemPayload(msgspec.Struct, rename="camel"):
    """So many of an order's item, to be sent from one place."""

    requested_quantity: int | None = None
    filled_quantity: int | None = None
    order_item: Identified | None = None


class FulfilmentPayload(msgspec.Struct, rename="camel"):
    """What one place is to send, and, in its articles, what it packed."""

    id: str
    ref: str | None = None
    status: str | None = None
    type: str | None = None
    expiry_time: datetime | None = None
    from_location: Reference | None = None
    from_address: AddressPayload | None = None
    items: Connection[FulfilmentItemPayload] | None = None
    articles: Connection[ArticlePayload] | None = None


class ChoicePayload(msgspec.Struct, rename="camel"):
    """How and where to the buyer wants the goods."""

    currency: str | None = None
    delivery_contact: str | None = None
    delivery_address: AddressPayload | None = None


class CustomerPayload(msgspec.Struct, rename="camel"):
    """Who bought."""

    id: str
    first_name: str | None = None
    last_name: str | None = None
    primary_email: str | None = None
    primary_phone: str | None = None


class TransactionPayload(msgspec.Struct, rename="camel"):
    """A payment or a refund; `unscaled_value` and `scale` are the exact amount, where they are given."""

    id: str
    type: str
    currency: str
    status: str | None = None
    created_on: datetime | None = None
    total: Decimal | None = None
    scale: int | None = None
    unscaled_value: int | None = None
    payment_method: str | None = None
    payment_provider_name: str | None = None


class OrderPayload(msgspec.Struct, rename="camel"):
    """One order, with what was asked for of it."""

    id: str
    ref: str | None = None
    status: str | None = None
    created_on: datetime | None = None
    updated_on: datetime | None = None
    retailer: RetailerPayload | None = None
    attributes: list[AttributePayload] | None = None
    priced: Connection[ItemPayload] | None = None
    items: Connection[ItemPayload] | None = None
    customer: CustomerPayload | None = None
    billing_address: AddressPayload | None = None
    fulfilment_choice: ChoicePayload | None = None
    financial_transactions: Connection[TransactionPayload] | None = None
    fulfilments: Connection[FulfilmentPayload] | None = None


class OrderOf(msgspec.Struct):
    """A fulfilment of which only its reference and its order are read."""

    ref: str | None = None
    order: msgspec.Raw = msgspec.Raw(b"null")


class ReasonPayload(msgspec.Struct):
    """Why something comes back: a word, and how people read it."""

    value: str | None = None
    label: str | None = None


class CountPayload(msgspec.Struct):
    """So many."""

    quantity: int | None = None


class ReturnItemPayload(msgspec.Struct, rename="camel"):
    """So many of a product that come back, and why."""

    product: Reference | None = None
    unit_quantity: CountPayload | None = None
    return_reason: ReasonPayload | None = None


class ReturnPayload(msgspec.Struct, rename="camel"):
    """One return order."""

    id: str
    ref: str | None = None
    status: str | None = None
    created_on: datetime | None = None
    return_order_items: Connection[ReturnItemPayload] | None = None


class QuantityPayload(msgspec.Struct, rename="camel"):
    """One count that makes up a position; reservations are negative."""

    type: str
    quantity: int | None = None


class PositionPayload(msgspec.Struct, rename="camel"):
    """The stock of one product at one location."""

    id: str
    product_ref: str
    on_hand: int | None = None
    location_ref: str | None = None
    updated_on: datetime | None = None
    location: AddressPayload | None = None
    quantities: Connection[QuantityPayload] | None = None


class StockedPayload(msgspec.Struct, rename="camel"):
    """What a position is of."""

    product_ref: str


class VirtualPositionPayload(msgspec.Struct, rename="camel"):
    """What may be sold of one product at one location."""

    product_ref: str | None = None
    group_ref: str | None = None
    quantity: int | None = None


class UserPayload(msgspec.Struct):
    """The user behind the token."""

    username: str
