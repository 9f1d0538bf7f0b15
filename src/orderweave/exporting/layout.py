"""The columns of an export, table by table. docs/exports.md holds the same for readers, and a test compares them.

Within one `VERSION` columns keep their names, their kinds and their order, and new ones are added at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, FromClause

from orderweave.index.tables import order_lines, orders, shipments, stock
from orderweave.model.exports import What
from orderweave.model.rights import Rights, Scope

VERSION = 1


class Kind(StrEnum):
    """What a column holds. An AMOUNT is exact, of four decimal places; an INSTANT is in UTC, to the microsecond."""

    TEXT = "text"
    WHOLE = "whole number"
    AMOUNT = "amount"
    INSTANT = "instant"
    TRUTH = "true or false"


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One column: what it is for readers, where it comes from, and which scope it takes beside its table's.

    `global_id` makes the order's global id of its key; `masked` is what masked roles can count and not read.
    """

    name: str
    kind: Kind
    source: ColumnElement[Any]
    meaning: str
    scope: Scope | None = None
    masked: bool = False
    global_id: bool = False


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """One table of an export. `key` is what its rows come in the order of; the first part of it is never torn."""

    what: What
    part: str
    scope: Scope
    source: FromClause
    key: tuple[ColumnElement[Any], ...]
    fields: tuple[Field, ...]

    def shown(self, rights: Rights) -> tuple[Field, ...]:
        """The columns that a caller may see."""
        return tuple(field for field in self.fields if field.scope is None or field.scope in rights.scopes)


def _text(name: str, source: ColumnElement[Any], meaning: str, **more: Any) -> Field:
    return Field(name=name, kind=Kind.TEXT, source=source, meaning=meaning, **more)


def _amount(name: str, source: ColumnElement[Any], meaning: str, **more: Any) -> Field:
    return Field(name=name, kind=Kind.AMOUNT, source=source, meaning=meaning, **more)


def _instant(name: str, source: ColumnElement[Any], meaning: str) -> Field:
    return Field(name=name, kind=Kind.INSTANT, source=source, meaning=meaning)


def _whole(name: str, source: ColumnElement[Any], meaning: str, **more: Any) -> Field:
    return Field(name=name, kind=Kind.WHOLE, source=source, meaning=meaning, **more)


# Under names of their own: a filter by SKU looks into the lines of the order, whichever line is exported.
_LINE = order_lines.alias("exported_line")
_PACKAGE = shipments.alias("exported_package")
_ORDER = (
    _text("order_id", orders.c.key, "the order's global id, as `order(by: {id: …})` takes it", global_id=True),
    _text("order_number", orders.c.number, "its number where it was placed"),
    _text("channel", orders.c.channel, "the code of the channel"),
    _instant("placed_at", orders.c.placed_at, "when it was placed"),
)
_MONEY: dict[str, Any] = {"scope": Scope.FINANCIALS}
_PERSON: dict[str, Any] = {"scope": Scope.PERSONAL}

_ORDERS = Layout(
    what=What.ORDERS,
    part="orders",
    scope=Scope.ORDERS,
    source=orders,
    key=(orders.c.key,),
    fields=(
        *_ORDER,
        _instant("updated_at", orders.c.updated_at, "when it last changed"),
        _text("currency", orders.c.currency, "the currency of its sums"),
        _text("status", orders.c.status, "`OrderStatus`"),
        _text("payment_status", orders.c.payment_status, "`PaymentStatus`"),
        _text("fulfillment_status", orders.c.fulfillment_status, "`FulfillmentStatus`"),
        _text("invoice_status", orders.c.invoice_status, "`InvoiceStatus`"),
        _text("return_status", orders.c.return_status, "`ReturnStatus`; none without returns"),
        _amount("total", orders.c.total, "what the customer owes in all", **_MONEY),
        _amount("paid", orders.c.paid, "what is paid of it", **_MONEY),
        _amount("refunded", orders.c.refunded, "what was paid back", **_MONEY),
        _amount("due", orders.c.due, "what is still owed", **_MONEY),
        _amount("tax", orders.c.tax, "taxes within the total", **_MONEY),
        _amount("shipping", orders.c.shipping, "what shipping costs", **_MONEY),
        _amount("discount", orders.c.discount, "what was taken off", **_MONEY),
        _whole("line_count", orders.c.line_count, "how many lines it has"),
        _amount("line_quantity", orders.c.line_quantity, "how many items were ordered, over all lines"),
        _text("purchase_order_number", orders.c.purchase_order_number, "the customer's own number"),
        _text("customer_id", orders.c.customer_id, "the customer's global id", **_PERSON),
        _text("customer_email", orders.c.customer_email, "the e-mail address, in lower case", masked=True, **_PERSON),
        _text("company", orders.c.company, "the name of the company that bought", **_PERSON),
        _text("country", orders.c.country, "where it goes, as ISO 3166 has it", **_PERSON),
        _whole("sources", orders.c.sources, "how many records it is made of", scope=Scope.PROVENANCE),
        _whole("conflicts", orders.c.conflicts, "in how many fields systems disagree", scope=Scope.PROVENANCE),
    ),
)
_LINES = Layout(
    what=What.LINES,
    part="orders",
    scope=Scope.ORDERS,
    source=_LINE.join(orders, orders.c.key == _LINE.c.order_key),
    key=(_LINE.c.order_key, _LINE.c.position),
    fields=(
        *_ORDER,
        _whole("position", _LINE.c.position, "its place in the order, from 0"),
        _text("line_id", _LINE.c.line_id, "its id within the order"),
        _text("sku", _LINE.c.sku, "the SKU"),
        _text("title", _LINE.c.title, "what it is called"),
        _text("status", _LINE.c.status, "`LineStatus`"),
        _amount("ordered", _LINE.c.ordered, "how many were ordered"),
        _amount("canceled", _LINE.c.canceled, "how many of them were canceled"),
        _amount("shipped", _LINE.c.shipped, "how many were shipped"),
        _amount("delivered", _LINE.c.delivered, "how many were delivered"),
        _amount("returned", _LINE.c.returned, "how many came back"),
        _text("currency", _LINE.c.currency, "the currency of the price and the total"),
        _amount("unit_price", _LINE.c.unit_price, "the price of one", **_MONEY),
        _amount("total", _LINE.c.total, "what the line comes to", **_MONEY),
    ),
)
_SHIPMENTS = Layout(
    what=What.SHIPMENTS,
    part="orders",
    scope=Scope.ORDERS,
    source=_PACKAGE.join(orders, orders.c.key == _PACKAGE.c.order_key),
    key=(_PACKAGE.c.order_key, _PACKAGE.c.shipment_id, _PACKAGE.c.package),
    fields=(
        *_ORDER,
        _text("shipment_id", _PACKAGE.c.shipment_id, "its id within the order"),
        _whole("package", _PACKAGE.c.package, "which of its packages, from 0; 0 too where none is known"),
        _text("shipment_number", _PACKAGE.c.number, "its number in its system"),
        _text("status", _PACKAGE.c.status, "`ShipmentStatus`"),
        Field(name="is_return", kind=Kind.TRUTH, source=_PACKAGE.c.is_return, meaning="whether it comes back"),
        _text("location_id", _PACKAGE.c.location_id, "the global id of the place it leaves"),
        _text("location", _PACKAGE.c.location, "that place's name"),
        _instant("shipped_at", _PACKAGE.c.shipped_at, "when it left"),
        _instant("delivered_at", _PACKAGE.c.delivered_at, "when it arrived"),
        _text("carrier", _PACKAGE.c.carrier, "who carries the package"),
        _text("tracking_number", _PACKAGE.c.tracking_number, "under which number"),
        _text("package_status", _PACKAGE.c.package_status, "`TrackingStatus`; none where no package is known"),
    ),
)
_STOCK = Layout(
    what=What.STOCK,
    part="stock",
    scope=Scope.INVENTORY,
    source=stock,
    key=(stock.c.sku_folded, stock.c.location_id),
    fields=(
        _text("sku", stock.c.sku, "the SKU"),
        _text("title", stock.c.title, "what it is called"),
        _text("location_id", stock.c.location_id, "the global id of the place"),
        _text("location", stock.c.location, "its name"),
        _text("location_kind", stock.c.location_kind, "`LocationKind`"),
        _amount("on_hand", stock.c.on_hand, "what is there"),
        _amount("available", stock.c.available, "what its system calls available"),
        _amount("committed", stock.c.committed, "what orders have taken"),
        _amount("reserved", stock.c.reserved, "what is held back"),
        _amount("incoming", stock.c.incoming, "what is on its way there"),
        _amount("safety_stock", stock.c.safety_stock, "what is to stay there"),
        _amount("available_to_sell", stock.c.available_to_sell, "what can be sold"),
    ),
)
LAYOUTS: Mapping[What, Layout] = {layout.what: layout for layout in (_ORDERS, _LINES, _SHIPMENTS, _STOCK)}
