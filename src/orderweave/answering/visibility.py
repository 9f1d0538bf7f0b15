"""Which orders exist for a caller. What one may not see looks exactly like what does not exist."""

from __future__ import annotations

from collections.abc import Iterable, Set

import msgspec

from orderweave.answering.errors import RequestError
from orderweave.matching import Group
from orderweave.merging.owners import names_of, owners_of
from orderweave.model.codes import Code
from orderweave.model.filters import Filter
from orderweave.model.provenance import SourceIssue
from orderweave.model.rights import Owned, Rights, Scope
from orderweave.planning.authority import Aspect, Authority
from orderweave.planning.needs import Needs
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


def is_visible(group: Group, rights: Rights, authority: Authority, issues: Iterable[SourceIssue]) -> bool:
    """Whether this order exists for the caller; the CUSTOMER facet must have been asked for (`with_owner`).

    `issues` are those about this order. While a system that would be believed more about the customer does not answer,
    the word of another is no proof: the order is nobody's.
    """
    if rights.owned is None:
        return True
    if names_of(rights.owned).isdisjoint(owners_of(group, authority)):
        return False
    ranks = authority.ranks(Aspect.CUSTOMER)
    believed = min(ranks[fetched.system] for fetched in group.members if fetched.record.customer is not None)
    return not any(ranks[issue.system] < believed for issue in issues if _of_customer(issue))


def _of_customer(issue: SourceIssue) -> bool:
    return not issue.facets or Facet.CUSTOMER in issue.facets


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
