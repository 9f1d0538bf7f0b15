"""Who bought, and where it is billed and shipped: the partners of a sales order. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from orderweave_sap_s4hana.payloads import Partner, PartnerAddress
from orderweave_sap_s4hana.wire import plain
from orderweave_sdk.records import Address, Addresses, Company, Customer, Person

# Partner functions as they are stored (from German), and as they are shown in English.
SOLD_TO = ("AG", "SP")
SHIP_TO = ("WE", "SH")
BILL_TO = ("RE", "BP")
CONTACT = ("AP", "CP")
# The form of address of a company, as SAP delivers it (table TSAD3).
COMPANY = "0003"


def customer(partners: Sequence[Partner]) -> Customer:
    """The sold-to party, with the contact person of a company.

    SAP does not say whether a party is a person. One with a VAT number, or addressed as a company, is a company.
    """
    party = _in_part(partners, SOLD_TO)
    if party is None:
        return Customer()
    address = _address(party)
    if not _is_company(party):
        return Customer(person=_person(party.customer, address))
    contact = _in_part(partners, CONTACT)
    return Customer(
        person=_person(contact.contact_person, _address(contact)) if contact else None,
        company=Company(
            external_id=plain(party.customer) if party.customer else None,
            name=_name(address),
            tax_id=party.vat_registration or None,
        ),
    )


def addresses(partners: Sequence[Partner]) -> Addresses:
    """The bill-to and the ship-to party's address; the sold-to party's where there is none."""
    return Addresses(
        billing=_told(_in_part(partners, BILL_TO) or _in_part(partners, SOLD_TO)),
        shipping=_told(_in_part(partners, SHIP_TO) or _in_part(partners, SOLD_TO)),
    )


def _in_part(partners: Sequence[Partner], functions: Sequence[str]) -> Partner | None:
    for partner in partners:
        if (partner.partner_function_internal_code or partner.partner_function) in functions:
            return partner
    return None


def _is_company(party: Partner) -> bool:
    return bool(party.vat_registration) or _address(party).form_of_address == COMPANY


def _address(partner: Partner) -> PartnerAddress:
    found = partner.to_address.results if partner.to_address else []
    return found[0] if found else PartnerAddress()


def _name(address: PartnerAddress) -> str | None:
    return address.addressee_full_name or address.organization_name1 or None


def _person(number: str | None, address: PartnerAddress) -> Person | None:
    """A person; one without a name and without a way to reach it is a till's nobody."""
    name, email = _name(address), address.email_address or None
    phone = address.phone_number or address.mobile_number or None
    if not (name or email or phone):
        return None
    return Person(external_id=plain(number) if number else None, name=name, email=email, phone=phone)


def _told(partner: Partner | None) -> Address | None:
    """The address; None for one in which nothing stands."""
    found = _address(partner) if partner else PartnerAddress()
    name, company = _name(found), found.organization_name1 or None
    street = " ".join(part for part in (found.street_name, found.house_number) if part)
    told = Address(
        name=name,
        company=company if company != name else None,
        lines=tuple(
            line
            for line in (
                found.street_prefix_name1,
                found.street_prefix_name2,
                street,
                found.street_suffix_name1,
                found.street_suffix_name2,
            )
            if line
        ),
        city=found.city_name or None,
        region=found.region or None,
        postal_code=found.postal_code or None,
        country_code=found.country if found.country and len(found.country) == 2 else None,
        phone=found.phone_number or found.mobile_number or None,
    )
    return None if told == Address() else told
