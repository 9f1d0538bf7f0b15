"""Whose an order is.

The customer whom an order shows is the one whose it is: the most believed system's. A record of another system names
an owner only where it does not contradict that one.
"""

from __future__ import annotations

from orderweave.matching import Group
from orderweave.merging.contest import Members
from orderweave.model.people import tidy_email
from orderweave.model.rights import Owned
from orderweave.planning.authority import Aspect, Authority
from orderweave_sdk.records import Customer, Key


def owners_of(group: Group, authority: Authority) -> frozenset[str]:
    """The names of an order's owners; the CUSTOMER facet must be at hand. See `names_of`."""
    said = Members(group.members, authority).saying(Aspect.CUSTOMER, lambda fetched: fetched.record.customer)
    email = next((address for _, customer in said if (address := _email(customer))), None)
    found = {_name("email", email)} if email is not None else set()
    for fetched, customer in said:
        if _email(customer) in (None, email):
            person, company = customer.person, customer.company
            if person and person.external_id:
                found.add(_key("customer", Key(fetched.system, person.external_id)))
            if company and company.external_id:
                found.add(_key("company", Key(fetched.system, company.external_id)))
    return frozenset(found)


def names_of(owned: Owned) -> frozenset[str]:
    """The names under which somebody owns orders: theirs are the orders that have one of them."""
    return frozenset(
        {
            *(_name("email", email) for email in owned.emails),
            *(_key("customer", key) for key in owned.customers),
            *(_key("company", key) for key in owned.companies),
        }
    )


def _key(kind: str, key: Key) -> str:
    return _name(kind, f"{key.namespace}/{key.value}")


def _name(kind: str, value: str) -> str:
    return f"{kind}:{value}"


def _email(customer: Customer) -> str | None:
    person = customer.person
    return tidy_email(person.email) if person and person.email else None
