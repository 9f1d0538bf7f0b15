"""A customer, known by their orders, with those orders over all channels."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

import msgspec

from orderweave.answering.errors import RequestError, bad_input, incomplete
from orderweave.answering.order import order_by_id
from orderweave.answering.order_page import OrderList, page_of
from orderweave.answering.orders import list_pages
from orderweave.answering.parts import Parts
from orderweave.merging.order import order_id
from orderweave.model.codes import Code
from orderweave.model.filters import Filter
from orderweave.model.ids import MalformedToken, decode_id
from orderweave.model.order import Customer, OrderConnection
from orderweave.model.people import tidy_email
from orderweave.model.rights import Rights
from orderweave.model.terms import Terms
from orderweave.planning.needs import Needs, needs_of
from orderweave_sdk.capabilities import Condition, Search
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Facet, Key

# What is read of orders in any case, because a customer is known by them.
CUSTOMER_COORDINATES = ("Order.customer",)
_LONGEST_EMAIL = 320
_MOST_LISTS_AT_ONCE = 5


async def customer(
    parts: Parts,
    email: str,
    pages: Mapping[str, OrderList],
    needs: Needs,
    call: Terms,
) -> Customer | None:
    """The customer with this e-mail address; None when no order anywhere carries it.

    `pages` are the pages of orders asked for, by a name of the caller's; at least one page is read in any case,
    because a customer is known here by their orders. Pages that differ in nothing but their size are read as one.
    """
    wanted = by_email(email)
    asked = dict(pages) or {
        "": page_of(1, None, None, None, filter=wanted, sort=SearchField.PLACED_AT, descending=True)
    }
    read = await _pages(parts, asked.values(), needs, call)
    found = [(name, read[page]) for name, page in asked.items()]
    person = next((node for _, page in found for node in page.nodes if node.customer), None)
    if person is None or person.customer is None:
        silent = sorted({source.system for _, page in found for source in page.coverage.sources if not source.ok})
        # Of somebody else it is not told whether they may exist.
        if silent and _is_own(email, call.rights):
            raise incomplete("this customer", silent)
        return None
    return msgspec.structs.replace(person.customer, pages=tuple(found))


async def _pages(
    parts: Parts, asked: Iterable[OrderList], needs: Needs, call: Terms
) -> dict[OrderList, OrderConnection]:
    """Each of these pages; those that differ in their size alone are read as one."""
    of_one_list: dict[OrderList, dict[int, OrderList]] = {}
    for page in asked:
        of_one_list.setdefault(msgspec.structs.replace(page, size=0), {})[page.size] = page
    lists = list(of_one_list.values())
    found: dict[OrderList, OrderConnection] = {}
    for start in range(0, len(lists), _MOST_LISTS_AT_ONCE):
        some = lists[start : start + _MOST_LISTS_AT_ONCE]
        reading = (list_pages(parts, of[max(of)], of, needs, call) for of in some)
        # What is wrong with one list is told when the others are read: nothing is left under way.
        for by_size, read in zip(some, await asyncio.gather(*reading, return_exceptions=True), strict=True):
            if isinstance(read, BaseException):
                raise read
            found.update({by_size[size]: page for size, page in read.items()})
    return found


def by_email(email: str) -> Filter:
    """The filter for one customer's orders."""
    if "@" not in email or len(email) > _LONGEST_EMAIL:
        raise bad_input("email must be an e-mail address")
    return Filter(conditions=(Condition(SearchField.CUSTOMER_EMAIL, Operator.EQ, (email.strip(),)),))


async def email_by_id(parts: Parts, token: str, call: Terms) -> str | None:
    """The e-mail address of the customer with this global id, as their own system knows it from an order.

    A guest's id names their order. None when there is no such order; UNSUPPORTED when the system cannot search by
    customer.
    """
    system, external_id = _parts_of(token)
    if ":" in system:  # the order itself must exist for the caller
        order = await order_by_id(parts, order_id(Key(system, external_id)), needs_of(["Order.customer"]), call)
        return order.customer.email if order and order.customer else None
    spec = parts.business.systems.get(system)
    if spec is None:
        return None
    if Operator.EQ not in spec.manifest.filters.get(SearchField.CUSTOMER_ID, frozenset()):
        raise RequestError(Code.UNSUPPORTED, f"{system} cannot search orders by customer; look up by email")
    search = Search(
        conditions=(Condition(SearchField.CUSTOMER_ID, Operator.EQ, (external_id,)),),
        sort=SearchField.PLACED_AT,
        descending=True,
        size=1,
        after=None,
        facets=frozenset({Facet.HEADER, Facet.CUSTOMER}),
    )
    page = await parts.systems.search_orders(system, search, call)
    if page.failed is not None:
        raise incomplete("this customer", [system])
    customers = [hit.fetched.record.customer for hit in page.found]
    people = [customer.person for customer in customers if customer]
    found = next((person.email for person in people if person and person.email), None)
    return found if found and _may_be_shown(found, Key(system, external_id), call.rights) else None


def _is_own(email: str, rights: Rights) -> bool:
    return rights.owned is None or tidy_email(email) in rights.owned.emails


def _may_be_shown(email: str, key: Key, rights: Rights) -> bool:
    """Whether there may be orders of this customer for the caller; those of a company show themselves."""
    owned = rights.owned
    return owned is None or _is_own(email, rights) or key in owned.customers or bool(owned.companies)


def _parts_of(token: str) -> tuple[str, str]:
    try:
        kind, found = decode_id(token)
    except MalformedToken as error:
        raise bad_input(f"id: {error}") from None
    if kind != "Customer" or len(found) != 2:
        raise bad_input("id: not the id of a customer")
    return found[0], found[1]
