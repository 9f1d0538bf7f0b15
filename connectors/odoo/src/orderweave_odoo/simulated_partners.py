"""Rows of res.partner: people, companies and addresses."""

from __future__ import annotations

from typing import Any

from orderweave_odoo.simulated_database import Row
from orderweave_sdk.records import Company, Person


def partner_row(identity: int, **values: Any) -> Row:
    """A res.partner with nothing but these values; it is billed itself unless they say otherwise."""
    blank = dict.fromkeys(
        ("name", "commercial_company_name", "vat", "email", "phone", "mobile", "street", "street2", "city", "zip")
    )
    links = {"commercial_partner_id": identity or None, "state_id": None, "country_id": None}
    return {"id": identity, **blank, **links, "is_company": False, "active": True, **values}


def contact_row(person: Person, company: Company | None) -> Row:
    """A person, and the company that they stand under."""
    row = partner_row(int(person.external_id or 0), name=person.name, email=person.email, phone=person.phone)
    if company is not None:
        row |= {
            "commercial_partner_id": int(company.external_id or 0),
            "commercial_company_name": company.name,
            "vat": company.tax_id,
        }
    return row
