"""Which orders exist for a caller. What one may not see looks exactly like what does not exist."""

from __future__ import annotations

from collections.abc import Iterable, Set

import msgspec

from orderweave.answering.errors import RequestError, incomplete
from orderweave.index.progress import ORDERS, Progress
from orderweave.matching import Group
from orderweave.merging.owners import names_of, owners_of
from orderweave.model.codes import Code
from orderweave.model.filters import Filter
from orderweave.model.provenance import SourceIssue
from orderweave.model.rights import Owned, Rights, Scope
from orderweave.model.systems import Business
from orderweave.planning.authority import Authority
from orderweave.planning.needs import Needs
from orderweave.sync import lists_orders
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Facet

# Searches that one system is asked for the orders of one owner; one who is known by more names is looked for among all.
_MOST_SEARCHES = 4

_SCOPES = {
    SearchField.CUSTOMER_EMAIL: Scope.PERSONAL,
    SearchField.CUSTOMER_ID: Scope.PERSONAL,
    SearchField.TOTAL: Scope.FINANCIALS,
}


def is_visible(group: Group, rights: Rights, authority: Authority, silent: Set[str]) -> bool:
    """Whether this order exists for the caller; the CUSTOMER facet must have been asked for (`with_owner`). `silent`
    are the systems that failed to say their part about its customer.
    """
    return rights.owned is None or not names_of(rights.owned).isdisjoint(owners_of(group, authority, silent))


def silent_about_customers(issues: Iterable[SourceIssue], business: Business) -> frozenset[str]:
    """The systems that may know more of an order's customer than they said, by what failed about that order."""
    return frozenset(
        issue.system
        for issue in issues
        if (not issue.facets or Facet.CUSTOMER in issue.facets)
        and Facet.CUSTOMER in business.systems[issue.system].manifest.facets
    )


def check_whole(progress: Iterable[Progress], rights: Rights, business: Business) -> None:
    """Raise INCOMPLETE for an owner while the index has not yet read all orders of a system that may know whose they
    are: until then others' word about it would decide.
    """
    if rights.owned is None:
        return
    whole = {entry.system for entry in progress if entry.part == ORDERS and entry.complete_at is not None}
    for name, spec in business.systems.items():
        if name not in whole and Facet.CUSTOMER in spec.manifest.facets and lists_orders(spec):
            raise incomplete("your orders", ())


def with_owner(needs: Needs, rights: Rights) -> Needs:
    """The needs of a selection, and what tells whose order it is."""
    if rights.owned is None:
        return needs
    return msgspec.structs.replace(needs, facets=needs.facets | {Facet.CUSTOMER})


def check_filter(wanted: Filter, rights: Rights) -> None:
    """Raise FORBIDDEN for a filter by what the caller may not read: it would tell by what it lets pass."""
    _check("filter", _fields(wanted), rights)


def check_sort(wanted: SearchField, rights: Rights) -> None:
    """Raise FORBIDDEN for an order by what the caller may not read: it would tell which has more, and its cursors how
    much.
    """
    _check("sort", {wanted}, rights)


def _check(what: str, fields: Set[SearchField], rights: Rights) -> None:
    for field in sorted(fields & _SCOPES.keys()):
        scope = _SCOPES[field]
        if scope not in rights.scopes or (scope is Scope.PERSONAL and rights.masked):
            raise RequestError(Code.FORBIDDEN, f"you may not {what} by {field.value}", scopes=[scope.value])


def searches_of(owned: Owned, system: str) -> tuple[Condition, ...]:
    """One condition for each search of a system that finds an owner's orders; none where only all orders hold them."""
    ids = sorted(key.value for key in owned.customers if key.namespace == system)
    found = [
        *(Condition(SearchField.CUSTOMER_ID, Operator.EQ, (value,)) for value in ids),
        *(Condition(SearchField.CUSTOMER_EMAIL, Operator.EQ, (email,)) for email in sorted(owned.emails)),
    ]
    # What belongs to a company, or to somebody known by an id of another system alone, no search of this one tells.
    elsewhere = bool(owned.companies) or (not found and bool(owned.customers))
    return () if elsewhere or len(found) > _MOST_SEARCHES else tuple(found)


def names_people(condition: Condition) -> bool:
    """Whether a search by this finds the orders of some people."""
    return _SCOPES.get(condition.field) is Scope.PERSONAL


def _fields(wanted: Filter) -> set[SearchField]:
    nested: Iterable[Filter] = (*wanted.every, *wanted.some, *wanted.none)
    return {condition.field for condition in wanted.conditions}.union(*map(_fields, nested))
