"""Who bought and where it goes: parties, contacts and addresses in our words. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from orderweave_sdk.records import Address, Addresses, Company, Customer, Person
from orderweave_tryton.payloads import Contact, Mechanism, Party, PostalAddress, Sale

_PHONES = ("phone", "mobile")


def customer(sale: Sale, company_category: str | None) -> Customer:
    """The buying party as a person or a company, with the person that a company's sale names as its contact.

    Tryton does not tell persons from companies: a company has a tax identifier or the configured category. A
    party with neither a name nor a way to reach it is a till's nobody, not a customer.
    """
    party = sale.party
    if party is None:
        return Customer()
    if not _is_company(party, company_category):
        return Customer(person=_person(party))
    company = Company(
        external_id=str(party.id),
        name=party.name or None,
        tax_id=party.tax_identifier.code if party.tax_identifier else None,
    )
    return Customer(person=_contact_person(party, sale.contact), company=company)


def addresses(sale: Sale) -> Addresses:
    """Where it is billed and shipped."""
    return Addresses(billing=address(sale.invoice_address), shipping=address(sale.shipment_address))


def address(found: PostalAddress | None) -> Address | None:
    """An address; the party's name stands in for a missing one, as Tryton prints it."""
    if found is None:
        return None
    name = found.party_name or (found.party.name if found.party else None) or None
    country = found.country.code if found.country else None
    subdivision = found.subdivision.code if found.subdivision else None
    return Address(
        name=found.attn or name,
        company=name if found.attn else None,
        lines=tuple(line for line in (found.street or "").splitlines() if line.strip()),
        city=found.city or None,
        # ISO 3166-2, "US-ME": the part after the country is what others call the region.
        region=subdivision.partition("-")[2] or subdivision if subdivision else None,
        postal_code=found.postal_code or None,
        country_code=country or None,
    )


def _is_company(party: Party, category: str | None) -> bool:
    return party.tax_identifier is not None or (
        category is not None and any(named.name == category for named in party.categories)
    )


def _person(party: Party) -> Person | None:
    email, phone = _reached_by(party.contact_mechanisms)
    if not (party.name or email or phone):
        return None
    return Person(external_id=str(party.id), name=party.name or None, email=email, phone=phone)


def _contact_person(company: Party, contact: Contact | None) -> Person | None:
    """The contact's own party, or the company's mechanisms that carry the contact's name."""
    if contact is not None and contact.party is not None and contact.party.id != company.id:
        return _person(contact.party)
    name = contact.name if contact else None
    mechanisms = [*([contact] if contact else []), *company.contact_mechanisms]
    email, phone = _reached_by(found for found in mechanisms if not name or found.name == name)
    if not (name or email or phone):
        return None
    return Person(name=name or None, email=email, phone=phone)


def _reached_by(mechanisms: Iterable[Mechanism]) -> tuple[str | None, str | None]:
    """The first e-mail address and the first telephone number."""
    email = phone = None
    for mechanism in mechanisms:
        if mechanism.type == "email":
            email = email or mechanism.value or None
        elif mechanism.type in _PHONES:
            phone = phone or mechanism.value or None
    return email, phone
