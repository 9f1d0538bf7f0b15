"""Who bought, for whom, and where it goes."""

from __future__ import annotations

from typing import Any

from orderweave.merging.contest import Members
from orderweave.model.ids import encode_id
from orderweave.model.order import Company, Customer
from orderweave.planning.authority import Aspect
from orderweave_sdk.records import Address


def merge_customer(members: Members, order_key: tuple[str, str]) -> Customer | None:
    """The most believed system's customer, gaps filled from the next; a differing e-mail is a conflict."""
    people = members.saying(Aspect.CUSTOMER, lambda f: f.record.customer.person if f.record.customer else None)
    if not people:
        return None
    members.contest(
        "customer.email",
        Aspect.CUSTOMER,
        [(fetched, person.email) for fetched, person in people if person.email],
        same=lambda email: email.strip().casefold(),
    )
    lead, person = people[0]

    def first(name: str) -> Any:
        return next((value for _, entry in people if (value := getattr(entry, name))), None)

    # A guest has no id of their own in the system: they are the customer of that order.
    own = (lead.system, person.external_id) if person.external_id else order_key
    return Customer(
        id=encode_id("Customer", *own),
        name=first("name"),
        email=first("email"),
        phone=first("phone"),
        company=merge_company(members),
    )


def merge_company(members: Members) -> Company | None:
    """The most believed system's company, gaps filled from the next."""
    companies = members.saying(Aspect.CUSTOMER, lambda f: f.record.customer.company if f.record.customer else None)
    if not companies:
        return None
    lead, company = companies[0]
    return Company(
        id=encode_id("Company", lead.system, company.external_id or company.name or ""),
        name=next((entry.name for _, entry in companies if entry.name), None),
        tax_id=next((entry.tax_id for _, entry in companies if entry.tax_id), None),
    )


def billing_address(members: Members) -> Address | None:
    """Whole from one system: half an address of each would be nobody's."""
    return members.first(
        Aspect.ADDRESSES, lambda fetched: fetched.record.addresses.billing if fetched.record.addresses else None
    )


def shipping_address(members: Members) -> Address | None:
    """Whole from one system, as the billing address."""
    return members.first(
        Aspect.ADDRESSES, lambda fetched: fetched.record.addresses.shipping if fetched.record.addresses else None
    )
