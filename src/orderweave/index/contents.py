"""What of a record is kept, and as which bytes.

What is personal stays out unless a filter or a search needs it: e-mail address, name, ids and country stay; telephone
numbers, streets, tax numbers and texts that people wrote do not.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from orderweave_sdk.records import Address, Addresses, Customer, Facet, OrderRecord, Payments

# What is read of each order for the index; what people wrote stands in the timeline, and stays where it is.
FACETS = frozenset(Facet) - {Facet.TIMELINE}
_encoder = msgspec.msgpack.Encoder(order="deterministic")
_decoder = msgspec.msgpack.Decoder(OrderRecord)


def kept(record: OrderRecord) -> OrderRecord:
    """The record without what is not kept."""
    return msgspec.structs.replace(
        record,
        customer=_customer(record.customer) if record.customer else None,
        addresses=_addresses(record.addresses) if record.addresses else None,
        payments=_payments(record.payments) if record.payments else None,
        timeline=None,
    )


def encoded(record: OrderRecord) -> bytes:
    """A kept record as bytes; equal records have equal bytes."""
    return _encoder.encode(record)


def decoded(content: bytes) -> OrderRecord:
    """The record in some bytes of `encoded`."""
    return _decoder.decode(content)


def digest_of(content: bytes) -> bytes:
    """What tells one content from another."""
    return hashlib.blake2b(content, digest_size=16).digest()


def _customer(customer: Customer) -> Customer:
    person, company = customer.person, customer.company
    return Customer(
        person=_without(person, phone=None) if person else None,
        company=_without(company, tax_id=None) if company else None,
    )


def _addresses(addresses: Addresses) -> Addresses:
    return Addresses(billing=_country(addresses.billing), shipping=_country(addresses.shipping))


def _country(address: Address | None) -> Address | None:
    return Address(country_code=address.country_code) if address and address.country_code else None


def _payments(payments: Payments) -> Payments:
    return Payments(
        payments=payments.payments,
        refunds=tuple(_without(refund, note=None) for refund in payments.refunds),
    )


def _without(struct: Any, **changes: Any) -> Any:
    return msgspec.structs.replace(struct, **changes)
