"""All that a mapping may speak of: the fields of our own records, read off their types, and what each of them holds.

A mapping mirrors the record: a table for each part, a field for each value, and `each` where there are many. Only
`external_id` has a shorter name here: `id`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from orderweave_sdk.records import (
    FACET_OF_AXIS,
    WORDS_OF_AXIS,
    Axis,
    Facet,
    FulfillmentOrder,
    Header,
    Hold,
    Invoice,
    LocationRecord,
    Money,
    OrderRecord,
    Package,
    Payment,
    ProductRecord,
    Return,
    Shipment,
    StockRecord,
    TrackingEvent,
    TrackingRecord,
    Transaction,
)


class FieldKind(StrEnum):
    """What a field holds."""

    TEXT = "TEXT"
    TEXTS = "TEXTS"  # street lines: one value of several lines, a list, or several expressions
    AMOUNT = "AMOUNT"  # money, in the currency of its table or else of the order
    NUMBER = "NUMBER"  # an exact number: a quantity, or a rate such as 0.19
    TIME = "TIME"  # an instant
    DATE = "DATE"  # a calendar date
    FLAG = "FLAG"  # yes or no
    WORD = "WORD"  # one of the system's words, with a meaning each
    TABLE = "TABLE"  # a part with fields of its own
    LIST = "LIST"  # such parts, found by `each`


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field. `into` is the record's name for it, None for what only helps to read others (`currency`).

    `words` is the enum that a WORD means, `axis` the status axis that it is a word of, where it is one, and `raw` the
    record's field that keeps the word itself; `shape` is what a TABLE or LIST is made of.
    """

    kind: FieldKind
    into: str | None
    required: bool = False
    words: type[StrEnum] | None = None
    axis: Axis | None = None
    raw: str | None = None
    shape: Shape | None = None


class ListedSku(msgspec.Struct, frozen=True, kw_only=True):
    """What an item of a listing of SKUs is called; it may have no SKU."""

    sku: str | None = None


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of one kind of record, by their names in the configuration."""

    record: type[msgspec.Struct]
    fields: Mapping[str, Field]


_NAMES = {"external_id": "id", "from_": "from"}
# For which of its fields a record keeps the vendor's own word, and where.
_RAW: dict[type[msgspec.Struct], Mapping[str, str]] = {
    Payment: {"status": "raw_status"},
    Transaction: {"kind": "raw_kind", "status": "raw_status"},
    Invoice: {"status": "raw_status"},
    FulfillmentOrder: {"status": "raw_status"},
    Shipment: {"status": "raw_status"},
    Package: {"status": "raw_status"},
    TrackingEvent: {"status": "raw_code"},
    Return: {"status": "raw_status"},
    Hold: {"reason": "raw"},
}
_KINDS: dict[type, FieldKind] = {
    str: FieldKind.TEXT,
    Money: FieldKind.AMOUNT,
    Decimal: FieldKind.NUMBER,
    datetime: FieldKind.TIME,
    date: FieldKind.DATE,
    bool: FieldKind.FLAG,
}
# Of a part of an order. Where an order and a part of it share an enum, the axis of the part comes last.
_AXIS_OF_PART: Mapping[type[StrEnum], Axis] = {words: axis for axis, words in WORDS_OF_AXIS.items()}
CURRENCY = "currency"


@cache
def shape_of(record: type[msgspec.Struct], leave_out: frozenset[str] = frozenset()) -> Shape:
    """The shape of a record, read off its types. A table that holds amounts may name a currency of its own."""
    hints = get_type_hints(record)
    raw = _RAW.get(record, {})
    fields: dict[str, Field] = {}
    for told in msgspec.structs.fields(record):
        if told.name in raw.values() or told.name in leave_out:
            continue
        field = _field(told.name, hints[told.name], required=told.required)
        if told.name in raw:
            field = msgspec.structs.replace(field, raw=raw[told.name])
        fields[_NAMES.get(told.name, told.name)] = field
    if CURRENCY not in fields and any(field.kind is FieldKind.AMOUNT for field in fields.values()):
        fields[CURRENCY] = Field(kind=FieldKind.TEXT, into=None)
    return Shape(record=record, fields=fields)


def _field(name: str, hint: Any, *, required: bool) -> Field:
    inner = [part for part in get_args(hint) if part is not NoneType] if get_origin(hint) is not tuple else []
    kind = inner[0] if inner else hint
    if get_origin(kind) is tuple:
        (item, _) = get_args(kind)
        if item is str:
            return Field(kind=FieldKind.TEXTS, into=name)
        return Field(kind=FieldKind.LIST, into=name, shape=shape_of(item))
    if kind in _KINDS:
        return Field(kind=_KINDS[kind], into=name, required=required)
    if issubclass(kind, StrEnum):
        return Field(kind=FieldKind.WORD, into=name, required=required, words=kind, axis=_AXIS_OF_PART.get(kind))
    return Field(kind=FieldKind.TABLE, into=name, required=required, shape=shape_of(kind))


# The field of `order.statuses` that holds the word of each whole-order axis.
STATUSES: Mapping[str, Axis] = {axis.value.lower(): axis for axis in FACET_OF_AXIS}
_STATUS_FIELDS = {
    name: Field(kind=FieldKind.WORD, into=name, words=WORDS_OF_AXIS[axis]) for name, axis in STATUSES.items()
}
# Under this table the configuration chooses the names: the fields that hold other systems' numbers.
REFERENCES = "references"
RESERVED_REFERENCES = frozenset({"id", "number"})
REFERENCE = Field(kind=FieldKind.TEXT, into=None)

# What stands at the top of an order and again in its header is mapped once, at the top.
_AT_THE_TOP = frozenset({"number", "updated_at", CURRENCY})
_TOP = {
    "id": Field(kind=FieldKind.TEXT, into="external_id", required=True),
    "number": Field(kind=FieldKind.TEXT, into=None),
    "url": Field(kind=FieldKind.TEXT, into="url"),
    "updated_at": Field(kind=FieldKind.TIME, into="updated_at"),
    CURRENCY: Field(kind=FieldKind.TEXT, into=None),
    REFERENCES: Field(kind=FieldKind.TABLE, into=None, shape=Shape(record=OrderRecord, fields={})),
    "statuses": Field(kind=FieldKind.TABLE, into=None, shape=Shape(record=OrderRecord, fields=_STATUS_FIELDS)),
    "header": Field(kind=FieldKind.TABLE, into="header", shape=shape_of(Header, _AT_THE_TOP)),
}

# The table of an order that makes each facet; TRACKING stands within FULFILLMENT.
TABLE_OF_FACET: Mapping[Facet, str] = {facet: facet.value.lower() for facet in Facet if facet not in (Facet.TRACKING,)}
_WHOLE = shape_of(OrderRecord)
ORDER = Shape(
    record=OrderRecord,
    fields={
        **_TOP,
        **{name: _WHOLE.fields[name] for name in TABLE_OF_FACET.values() if name not in _TOP},
    },
)
STOCK = shape_of(StockRecord)
TRACKING = shape_of(TrackingRecord)
PRODUCT = shape_of(ProductRecord)
LOCATION = shape_of(LocationRecord)
SKU = shape_of(ListedSku)
