"""From records to the simulated API's JSON, and what of a record it can say."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from orderweave_rest.simulator_api import camel, said
from orderweave_rest.vocabulary import CURRENCY, ORDER, FieldKind, Shape
from orderweave_sdk.records import (
    Addresses,
    Company,
    Customer,
    Fulfillment,
    Header,
    Invoices,
    Key,
    Money,
    OrderRecord,
    Payments,
    Person,
    Shipment,
)


def expressible(record: OrderRecord) -> OrderRecord:
    """The API knows one number and one reference an order, keeps scans in order, and has every part of an order."""
    header = record.header or Header()
    number = record.key("number")
    fulfillment = record.fulfillment or Fulfillment()
    customer = record.customer or Customer()
    return msgspec.structs.replace(
        record,
        keys=(Key("id", record.external_id), *((Key("number", number),) if number else ())),
        references=tuple(key for key in record.references if key.namespace == "reference")[:1],
        header=msgspec.structs.replace(header, number=number, updated_at=record.updated_at),
        lines=record.lines or (),
        customer=Customer(
            person=customer.person if customer.person != Person() else None,
            company=customer.company if customer.company != Company() else None,
        ),
        addresses=record.addresses or Addresses(),
        payments=record.payments or Payments(),
        invoices=record.invoices or Invoices(),
        fulfillment=msgspec.structs.replace(
            fulfillment, shipments=tuple(_with_scans(shipment) for shipment in fulfillment.shipments)
        ),
        returns=record.returns or (),
        holds=record.holds or (),
        timeline=record.timeline or (),
    )


def _with_scans(shipment: Shipment) -> Shipment:
    return msgspec.structs.replace(
        shipment,
        packages=tuple(
            msgspec.structs.replace(
                package, events=tuple(sorted(package.events or (), key=lambda event: event.occurred_at))
            )
            for package in shipment.packages
        ),
    )


def order_json(record: OrderRecord) -> dict[str, Any]:
    """One order as the API says it."""
    header = record.header or Header()
    whole = {
        "id": record.external_id,
        "number": record.key("number"),
        "url": record.url,
        "updatedAt": _written(record.updated_at),
        "currency": header.currency,
        "references": {key.namespace: key.value for key in record.references},
        "statuses": {word.axis.value.lower(): said(word.normalized) for word in record.statuses},
    }
    parts = {name: field for name, field in ORDER.fields.items() if camel(name) not in whole}
    return {**whole, **_parts(record, Shape(record=OrderRecord, fields=parts))}


def thing_json(record: msgspec.Struct, shape: Shape) -> dict[str, Any]:
    """Any other record as the API says it."""
    return _parts(record, shape)


def _parts(record: msgspec.Struct, shape: Shape) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in shape.fields.items():
        value = getattr(record, field.into) if field.into is not None else None
        if value is None:
            continue
        if field.kind is FieldKind.LIST and field.shape is not None:
            found[camel(name)] = [_parts(item, field.shape) for item in value]
        elif field.shape is not None:
            found[camel(name)] = _parts(value, field.shape)
        else:
            found[camel(name)] = _written(value)
    return found


def _written(value: Any) -> Any:
    if isinstance(value, Money):
        return {"value": value.amount, CURRENCY: value.currency}
    if isinstance(value, StrEnum):
        return said(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value


_ENCODER = msgspec.json.Encoder(decimal_format="number")


def encoded(document: Any) -> bytes:
    """The JSON text; exact numbers are written as numbers, not as texts."""
    return _ENCODER.encode(document)
