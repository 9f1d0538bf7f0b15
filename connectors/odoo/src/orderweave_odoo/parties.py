"""Who bought and where it goes: partners in our words. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from orderweave_odoo.payloads import OrderRow, PartnerRow
from orderweave_odoo.wire import Link, link_id, text
from orderweave_sdk.records import Address, Addresses, Company, Customer, Person


def customer(order: OrderRow, partners: Mapping[int, PartnerRow], walk_in: int | None) -> Customer:
    """The partner of the order: a company, a person, or a person for the company above them.

    `walk_in` is the partner under which sales to nobody in particular are booked.
    """
    row = partners.get(link_id(order.partner_id) or 0)
    if row is None or row.id == walk_in:
        return Customer()
    if row.is_company:
        return Customer(company=Company(external_id=str(row.id), name=text(row.name), tax_id=text(row.vat)))
    return Customer(person=_person(row), company=_company(row))


def addresses(
    order: OrderRow,
    partners: Mapping[int, PartnerRow],
    states: Mapping[int, str],
    countries: Mapping[int, str],
    *,
    walk_in: int | None = None,
) -> Addresses:
    """Where it is billed and shipped; `states` and `countries` are codes by id. Nobody in particular has no address."""

    def at(link: Link) -> Address | None:
        row = partners.get(link_id(link) or 0)
        return None if row is None or row.id == walk_in else _address(row, states, countries)

    return Addresses(billing=at(order.partner_invoice_id), shipping=at(order.partner_shipping_id))


def _person(row: PartnerRow) -> Person:
    return Person(
        external_id=str(row.id),
        name=text(row.name),
        email=text(row.email),
        phone=text(row.phone) or text(row.mobile),
    )


def _company(row: PartnerRow) -> Company | None:
    """The company that a person buys for: the partner above them, or a name typed where there is none.

    Odoo keeps the tax number of a company on its contacts as well.
    """
    name = text(row.commercial_company_name)
    if name is None:
        return None
    above = link_id(row.commercial_partner_id)
    return Company(
        external_id=None if above is None or above == row.id else str(above), name=name, tax_id=text(row.vat)
    )


def _address(row: PartnerRow, states: Mapping[int, str], countries: Mapping[int, str]) -> Address:
    """A partner as an address. One without a name of its own is printed under its company's."""
    company = text(row.commercial_company_name)
    name = text(row.name) or company
    return Address(
        name=name,
        company=None if company == name else company,
        lines=tuple(line for line in (text(row.street), text(row.street2)) if line and line.strip()),
        city=text(row.city),
        region=states.get(link_id(row.state_id) or 0),
        postal_code=text(row.zip),
        country_code=countries.get(link_id(row.country_id) or 0),
        phone=text(row.phone),
    )
