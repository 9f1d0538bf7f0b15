"""Rows as the JSON of OData V2, cut to `$select` and `$expand`, and the envelopes around them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import msgspec

from orderweave_sap_s4hana.simulated_filter import Refused
from orderweave_sap_s4hana.simulated_rows import Row
from orderweave_sap_s4hana.wire import wire_day, wire_instant, wire_time

# The entity type behind each entity set and navigation property, without the service's namespace.
TYPES: Mapping[str, str] = {
    "A_SalesOrder": "A_SalesOrderType",
    "A_SalesOrder/to_Item": "A_SalesOrderItemType",
    "A_SalesOrder/to_Partner": "A_SalesOrderHeaderPartnerType",
    "A_SalesOrder/to_Partner/to_Address": "A_SalesOrderPartnerAddressType",
    "A_SalesOrder/to_PricingElement": "A_SalesOrderHeaderPrElementType",
    "A_OutbDeliveryHeader": "A_OutbDeliveryHeaderType",
    "A_OutbDeliveryHeader/to_DeliveryDocumentItem": "A_OutbDeliveryItemType",
    "A_OutbDeliveryItem": "A_OutbDeliveryItemType",
    "A_BillingDocument": "A_BillingDocumentType",
    "A_BillingDocument/to_Item": "A_BillingDocumentItemType",
    "A_BillingDocumentItem": "A_BillingDocumentItemType",
    "A_BillingDocumentItem/to_BillingDocument": "A_BillingDocumentType",
    "A_MaterialStock": "A_MaterialStockType",
    "A_MaterialStock/to_MatlStkInAcctMod": "A_MatlStkInAcctModType",
    "A_Product": "A_ProductType",
    "A_Product/to_Description": "A_ProductDescriptionType",
}
# Digits behind the point, where they are not three.
_PLACES = {"MatlWrhsStkQtyInMatlBaseUnit": 14}
_AMOUNTS = ("Amount",)
# How a document's number stands in the database: ten digits, of which most fields show no zeros before it.
_STORED = {"SalesDocument": 10, "SalesDocumentItem": 6}


def collection(
    rows: Iterable[Row], entity: str, service: str, select: Sequence[str], expand: Sequence[str], **around: Any
) -> dict[str, Any]:
    """The answer to a read of many; `around` are __count and __next where there are such."""
    shape = _Shape(service=service, place=entity, wanted=_tree(select), expand=frozenset(expand))
    results = [_entity(row, shape) for row in rows]
    return {"d": {**{f"__{name}": value for name, value in around.items() if value is not None}, "results": results}}


def refusal(code: str, message: str) -> dict[str, Any]:
    """The envelope of an error."""
    return {
        "error": {
            "code": code,
            "message": {"lang": "en", "value": message},
            "innererror": {
                "transactionid": "5F1B2C3D4E5F60718293A4B5C6D7E8F9",
                "timestamp": "20261126103000.0000000",
                "Error_Resolution": {"SAP_Transaction": "Run transaction /IWFND/ERROR_LOG"},
                "errordetails": [],
            },
        }
    }


def _tree(paths: Sequence[str]) -> dict[str, Any]:
    """Paths such as `to_Item/Material` as nested names; empty for all fields."""
    found: dict[str, Any] = {}
    for path in paths:
        within = found
        for step in path.split("/"):
            within = within.setdefault(step, {})
    return found


class _Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of the entities at a place: `wanted` are the names and what is wanted within them, empty for all."""

    service: str
    place: str
    wanted: dict[str, Any]
    expand: frozenset[str]

    def within(self, name: str) -> _Shape | None:
        """The shape at the end of a navigation property; None where it is not expanded."""
        place = f"{self.place}/{name}"
        if place.partition("/")[2] not in self.expand:
            return None
        return msgspec.structs.replace(self, place=place, wanted=self.wanted.get(name, {}))


def _entity(row: Row, shape: _Shape) -> dict[str, Any]:
    address = f"https://sap.example/{shape.service}/{shape.place}"
    kind = f"{shape.service.partition(';')[0]}.{TYPES[shape.place]}"
    unknown = [name for name in shape.wanted if name not in row]
    if unknown:
        raise Refused(f"Resource not found for segment {unknown[0]}")
    told: dict[str, Any] = {"__metadata": {"id": address, "uri": address, "type": kind}}
    for name, value in row.items():
        if shape.wanted and name not in shape.wanted:
            continue
        if not name.startswith("to_"):
            told[name] = _value(name, value)
        elif (inner := shape.within(name)) is None:
            told[name] = {"__deferred": {"uri": f"{address}/{name}"}}
        elif isinstance(value, list):
            told[name] = {"results": [_entity(one, inner) for one in value]}
        else:
            told[name] = _entity(value, inner)
    return told


def _value(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return wire_instant(value.astimezone(UTC))
    if isinstance(value, date):
        return wire_day(value)
    if isinstance(value, time):
        return wire_time(value)
    if isinstance(value, Decimal):
        places = 2 if name.endswith(_AMOUNTS) else _PLACES.get(name, 3)
        return format(value, f".{places}f")
    if name in _STORED and value:
        return value.rjust(_STORED[name], "0")
    return value
