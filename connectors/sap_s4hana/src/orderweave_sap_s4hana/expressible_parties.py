"""What SAP can say of the parties of an order, and of stock and products. Pure."""

from __future__ import annotations

from decimal import Decimal
from zlib import crc32

import msgspec

from orderweave_sap_s4hana.wire import whole_milliseconds
from orderweave_sdk.records import (
    Address,
    Addresses,
    Company,
    Customer,
    Person,
    Place,
    ProductRecord,
    StockRecord,
)

_STREETS = (60, 40, 40)


def told_customer(customer: Customer | None) -> Customer:
    """The sold-to party and, for a company, its contact. One without a number gets one from what is known of it."""
    person = customer.person if customer else None
    company = customer.company if customer else None
    if person is not None:
        person = Person(
            external_id=person.external_id or _made_number(person.name, person.email, person.phone),
            name=_cut(person.name, 80),
            email=_cut(person.email, 241),
            phone=_cut(person.phone, 30),
        )
        if not (person.name or person.email or person.phone):
            person = None
    if company is not None:
        company = Company(
            external_id=company.external_id or _made_number("company", company.name, company.tax_id),
            name=_cut(company.name, 80),
            tax_id=_cut(company.tax_id, 20),
        )
    return Customer(person=person, company=company)


def told_addresses(addresses: Addresses | None) -> Addresses:
    """Where it is billed and shipped."""
    found = addresses or Addresses()
    return Addresses(billing=_address(found.billing), shipping=_address(found.shipping))


def told_stock(record: StockRecord) -> StockRecord:
    """A stock level: what is there, what of it is inspected, and what is on its way."""
    on_hand = record.on_hand or Decimal(0)
    return StockRecord(
        sku=record.sku,
        location=Place(external_id=record.location.external_id),
        on_hand=on_hand,
        quality_control=record.quality_control,
        incoming=record.incoming,
    )


def told_product(record: ProductRecord) -> ProductRecord:
    """A product is known by its number alone."""
    return msgspec.structs.replace(
        record,
        external_id=record.sku,
        title=_cut(record.title, 40),
        active=record.active is not False,
        updated_at=record.updated_at and whole_milliseconds(record.updated_at, up=False),
    )


def _address(address: Address | None) -> Address | None:
    if address is None:
        return None
    name = _cut(address.name or address.company, 80)
    company = _cut(address.company, 40)
    lines = [line for line in address.lines if line.strip()]
    told = Address(
        name=name,
        company=company if company != name else None,
        lines=tuple(line[:longest].strip() for line, longest in zip(lines, _STREETS, strict=False)),
        city=_cut(address.city, 40),
        region=address.region if address.region and len(address.region) <= 3 else None,
        postal_code=_cut(address.postal_code, 10),
        country_code=address.country_code,
        phone=_cut(address.phone, 30),
    )
    return None if told == Address() else told


def _cut(text: str | None, longest: int) -> str | None:
    return (text or "")[:longest].strip() or None


def _made_number(*parts: str | None) -> str:
    return f"19{crc32('|'.join(part or '' for part in parts).encode()) % 1_000_000:06d}"
