"""Whose an order is.

The customer whom an order shows is the one whose it is: the most believed system's. A record of another system names
an owner only where it does not contradict that one.
"""

from __future__ import annotations

from collections.abc import Set
from typing import NamedTuple

from orderweave.matching import Group
from orderweave.merging.contest import Members
from orderweave.model.people import tidy_email
from orderweave.model.rights import Owned
from orderweave.planning.authority import Aspect, Authority
from orderweave_sdk.records import Customer, Key


class _Owners(NamedTuple):
    """The names that nobody can take away, those that hang on the e-mail address, and how much who gave it is believed:
    a smaller rank is believed more.
    """

    firm: frozenset[str]
    by_email: frozenset[str]
    rank: int


def owners_of(group: Group, authority: Authority, silent: Set[str] = frozenset()) -> frozenset[str]:
    """The names of an order's owners; the CUSTOMER facet must be at hand. See `names_of`.

    `silent` are systems that may have more to say of the customer. Where one of them is believed as much as the one
    that gave the address, or more, its word might be another: then nobody has a right by that address.
    """
    owners = _owners(group, authority)
    ranks = authority.ranks(Aspect.CUSTOMER)
    said = {fetched.system for fetched in group.members if fetched.record.customer is not None}
    if any(ranks[system] <= owners.rank for system in silent - said):
        return owners.firm
    return owners.firm | owners.by_email


def names_of(owned: Owned) -> frozenset[str]:
    """The names under which somebody owns orders: theirs are the orders that have one of them."""
    return frozenset(
        {
            *(_name("email", email) for email in owned.emails),
            *(_key("customer", key) for key in owned.customers),
            *(_key("company", key) for key in owned.companies),
        }
    )


def _owners(group: Group, authority: Authority) -> _Owners:
    said = Members(group.members, authority).saying(Aspect.CUSTOMER, lambda fetched: fetched.record.customer)
    given = next(((fetched, address) for fetched, customer in said if (address := _email(customer))), None)
    email = given[1] if given else None
    firm: set[str] = set()
    by_email = {_name("email", email)} if email is not None else set()
    for fetched, customer in said:
        own = _email(customer)
        if own in (None, email):
            # Who brings no address is not contradicted by another's.
            names = firm if own is None else by_email
            person, company = customer.person, customer.company
            if person and person.external_id:
                names.add(_key("customer", Key(fetched.system, person.external_id)))
            if company and company.external_id:
                names.add(_key("company", Key(fetched.system, company.external_id)))
    rank = authority.rank(Aspect.CUSTOMER, given[0].system) if given else -1
    return _Owners(frozenset(firm), frozenset(by_email), rank)


def _key(kind: str, key: Key) -> str:
    return _name(kind, f"{key.namespace}/{key.value}")


def _name(kind: str, value: str) -> str:
    return f"{kind}:{value}"


def _email(customer: Customer) -> str | None:
    person = customer.person
    return tidy_email(person.email) if person and person.email else None
