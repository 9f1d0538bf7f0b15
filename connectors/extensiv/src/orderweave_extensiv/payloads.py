"""Extensiv's wire (HAL), only the fields used.

What was not asked for by `detail` is missing or null: which facets were asked decides, not what stands here. Times
carry no zone and stay text until the mapping reads them.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

_RELS = "http://api.3plCentral.com/rels"
# What a HAL document embeds stands under the address of the vendor's page about it.
REL_ORDER = f"{_RELS}/orders/order"
REL_ORDER_ITEM = f"{_RELS}/orders/item"
REL_ITEM = f"{_RELS}/customers/item"


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _hal(name: str) -> str:
    return "_embedded" if name == "embedded" else _camel(name)


# Digits before the point that a quantity has at most.
_MOST_DIGITS = 15


def _believe(*quantities: Decimal | None) -> None:
    """Raises ValueError, which becomes a gap, for what no warehouse holds: an infinity, no number, or a folly."""
    for quantity in quantities:
        if quantity is not None and not (quantity.is_finite() and quantity.adjusted() < _MOST_DIGITS):
            raise ValueError("a quantity past belief")


class Identifier(msgspec.Struct, rename="camel", gc=False):
    """A facility, a unit or another thing by its id and name."""

    id: int | None = None
    name: str | None = None


class ItemIdentifier(msgspec.Struct, rename="camel", gc=False):
    """An item by its id and SKU."""

    id: int | None = None
    sku: str | None = None


class PackageContent(msgspec.Struct, rename="camel", gc=False):
    """So many of one order item in a package."""

    order_item_id: int | None = None
    qty: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        _believe(self.qty)


class Package(msgspec.Struct, rename="camel", gc=False):
    """One package of an order."""

    package_id: int | None = None
    tracking_number: str | None = None
    package_contents: list[PackageContent] | None = None


class OrderReadOnly(msgspec.Struct, rename="camel", gc=False):
    """What the warehouse itself says of an order. `status` and `loaded_state` are numbers of enumerations."""

    order_id: int
    status: int
    loaded_state: int | None = None
    pick_done_date: str | None = None
    pack_done_date: str | None = None
    process_date: str | None = None
    on_hold_date: str | None = None
    on_hold_reason: str | None = None
    creation_date: str | None = None
    last_modified_date: str | None = None
    facility_identifier: Identifier | None = None
    packages: list[Package] | None = None


class Allocation(msgspec.Struct, rename="camel", gc=False):
    """So many of the stock that was received at one time, set aside for an order item."""

    qty: Decimal = Decimal(0)
    properly_picked_primary: Decimal | None = None
    loaded_out: bool | None = None

    def __post_init__(self) -> None:
        _believe(self.qty, self.properly_picked_primary)


class OrderItemReadOnly(msgspec.Struct, rename="camel", gc=False):
    """What the warehouse itself says of an order item; `allocations` are null unless `itemdetail` names them."""

    order_item_id: int
    unit_identifier: Identifier | None = None
    allocations: list[Allocation] | None = None


class OrderItem(msgspec.Struct, rename="camel", gc=False):
    """One line of an order."""

    read_only: OrderItemReadOnly
    item_identifier: ItemIdentifier | None = None
    qty: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        _believe(self.qty)


class OrderEmbedded(msgspec.Struct, rename={"items": REL_ORDER_ITEM}, gc=False):
    """What an order embeds."""

    items: list[OrderItem] = []


class Contact(msgspec.Struct, rename="camel", gc=False):
    """An address. `country` is a code or a name."""

    company_name: str | None = None
    name: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    phone_number: str | None = None


class RoutingInfo(msgspec.Struct, rename="camel", gc=False):
    """Who carries an order, all of it, and the tracking number that was given for it as a whole."""

    carrier: str | None = None
    tracking_number: str | None = None


class OrderPayload(msgspec.Struct, rename=_hal, gc=False):
    """One order."""

    read_only: OrderReadOnly
    reference_num: str | None = None
    po_num: str | None = None
    external_id: str | None = None
    routing_info: RoutingInfo | None = None
    ship_to: Contact | None = None
    bill_to: Contact | None = None
    embedded: OrderEmbedded | None = None

    @property
    def items(self) -> list[OrderItem]:
        """The lines."""
        return self.embedded.items if self.embedded else []


class ItemReadOnly(msgspec.Struct, rename="camel", gc=False):
    """What the warehouse itself says of an item."""

    item_id: int
    deactivated: bool | None = None
    last_modified_date: str | None = None


class ItemPayload(msgspec.Struct, rename="camel", gc=False):
    """One item of the customer's."""

    read_only: ItemReadOnly
    sku: str
    description: str | None = None


class SummaryPayload(msgspec.Struct, rename="camel", gc=False):
    """The stock of one item, in one facility and of one qualifier, in the item's inventory unit."""

    item_identifier: ItemIdentifier
    facility_id: int
    available: Decimal = Decimal(0)
    on_hold: Decimal = Decimal(0)
    on_hand: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        _believe(self.available, self.on_hold, self.on_hand)


class CustomerPayload(msgspec.Struct, rename="camel", gc=False):
    """The customer that the settings name: the facilities that work for it."""

    read_only: msgspec.Raw
    facilities: list[msgspec.Raw] | None = None


class _Orders(msgspec.Struct, rename={"entries": REL_ORDER}, gc=False):
    entries: list[msgspec.Raw] = []


class _Items(msgspec.Struct, rename={"entries": REL_ITEM}, gc=False):
    entries: list[msgspec.Raw] = []


class OrderPage(msgspec.Struct, rename=_hal, gc=False):
    """A page of orders; each is decoded on its own, so that a bad one spoils no other."""

    total_results: int
    embedded: _Orders | None = None

    @property
    def entries(self) -> list[msgspec.Raw]:
        """The page's orders."""
        return self.embedded.entries if self.embedded else []


class ItemPage(msgspec.Struct, rename=_hal, gc=False):
    """A page of items."""

    total_results: int
    embedded: _Items | None = None

    @property
    def entries(self) -> list[msgspec.Raw]:
        """The page's items."""
        return self.embedded.entries if self.embedded else []


class SummaryPage(msgspec.Struct, rename={"total_results": "totalResults", "entries": "summaries"}, gc=False):
    """A page of stock summaries, which is no HAL."""

    total_results: int
    entries: list[msgspec.Raw]


class Token(msgspec.Struct, gc=False):
    """An answer of the token endpoint."""

    access_token: str
    expires_in: float


class Refusal(msgspec.Struct, rename="pascal", gc=False):
    """What the vendor says of a request that it refuses."""

    error_code: str = ""


class Place(msgspec.Struct, rename="camel", gc=False):
    """Where an order stands in lists: enough to go on after it, even where the rest of it cannot be read."""

    order_id: int
    creation_date: str | None = None
    last_modified_date: str | None = None


class Placed(msgspec.Struct, rename="camel", gc=False):
    """An order, as far as its place goes."""

    read_only: Place
