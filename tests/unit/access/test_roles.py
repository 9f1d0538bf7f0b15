"""Several roles of one caller: they add up as far as no data is shown that no role shows."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.access.roles import limits_of, name_of, rights_of
from orderweave.config.configuration import Role
from orderweave.config.roles import BUILT_IN
from orderweave.model.rights import Limits, Owned, Rights, Scope

OWN = Owned(emails=frozenset({"ada@example.com"}))
STAFF, ANALYST, CUSTOMER, GUEST = (BUILT_IN[name] for name in ("staff", "analyst", "customer", "guest"))
STOCK = Role(scopes=frozenset({Scope.INVENTORY}))
LISTS = Role(scopes=frozenset({Scope.ORDERS}))
NAMES = Role(scopes=frozenset({Scope.PERSONAL}))
_OF_ORDERS = (Scope.ORDERS, Scope.PERSONAL, Scope.FINANCIALS, Scope.PROVENANCE)


def rights(*roles: Role) -> Rights:
    """What roles show together to one who owns something."""
    return rights_of(roles, OWN)


@pytest.mark.parametrize(("name", "role"), BUILT_IN.items())
def test_a_role_alone_is_itself(name: str, role: Role) -> None:
    """One role gives just its scopes, its limits, and the caller's own orders where it says so."""
    assert rights(role) == Rights(scopes=role.scopes, owned=OWN if role.own else None, masked=role.masked)
    assert limits_of([role]) == role.limits


def test_roles_for_all_add_up() -> None:
    """Scopes of roles that see all orders come together."""
    assert rights(LISTS, NAMES, STOCK) == Rights(scopes=frozenset({Scope.ORDERS, Scope.PERSONAL, Scope.INVENTORY}))


def test_roles_for_own_orders_add_up() -> None:
    """Scopes of roles for own orders come together, for own orders."""
    assert rights(CUSTOMER, GUEST) == Rights(scopes=CUSTOMER.scopes | GUEST.scopes, owned=OWN)


def test_all_orders_do_not_take_on_what_own_ones_show() -> None:
    """Who may list everybody's orders and read names in their own may not read everybody's names."""
    assert rights(LISTS, CUSTOMER) == Rights(scopes=frozenset({Scope.ORDERS, Scope.INVENTORY, Scope.TRACKING}))


def test_stock_for_all_opens_no_orders() -> None:
    """A role for stock, which sees no orders, does not make a customer see everybody's."""
    assert rights(STOCK, CUSTOMER) == Rights(scopes=CUSTOMER.scopes, owned=OWN)
    assert rights(NAMES, CUSTOMER) == Rights(scopes=CUSTOMER.scopes, owned=OWN)


def test_masks_stay_on() -> None:
    """A mask comes off only by a role that shows personal data of as many orders without one."""
    assert rights(ANALYST, LISTS).masked
    assert rights(ANALYST, CUSTOMER) == Rights(scopes=ANALYST.scopes | {Scope.TRACKING}, masked=True)
    assert not rights(ANALYST, STAFF).masked
    assert not rights(ANALYST, LISTS, NAMES).masked


ANY_ROLE = st.builds(
    Role,
    scopes=st.frozensets(st.sampled_from(Scope), min_size=1),
    own=st.booleans(),
    masked=st.booleans(),
)


@given(roles=st.lists(ANY_ROLE, min_size=1, max_size=4))
def test_nothing_is_shown_that_no_role_shows(roles: list[Role]) -> None:
    """Of another's order, and of one's own, roles together show only what roles of that reach show."""
    together = rights(*roles)
    reaching = [role for role in roles if not role.own] if together.owned is None else roles
    for scope in together.scopes:
        givers = [role for role in roles if scope in role.scopes]
        assert givers
        if scope in _OF_ORDERS and together.owned is None and Scope.ORDERS in together.scopes:
            assert [role for role in givers if role in reaching]
    if Scope.PERSONAL in together.scopes and not together.masked:
        assert [role for role in reaching if Scope.PERSONAL in role.scopes and not role.masked]
    if together.owned is None and Scope.ORDERS in together.scopes:
        assert [role for role in roles if Scope.ORDERS in role.scopes and not role.own]


@given(roles=st.lists(ANY_ROLE, min_size=1, max_size=4))
def test_order_does_not_matter(roles: list[Role]) -> None:
    """The roles show the same in whatever order a token names them."""
    assert rights(*roles) == rights(*reversed(roles))


def test_the_widest_limits() -> None:
    """Each limit is the widest of all roles', no limit the widest; a rate is taken whole, the quickest."""
    narrow = Limits(tokens=10, depth=20, response_cost=5, upstream_calls=7, points=100, per_seconds=10)
    slow = Limits(tokens=20, depth=10, response_cost=None, upstream_calls=3, points=600, per_seconds=3600)
    both = limits_of([Role(scopes=frozenset(), limits=narrow), Role(scopes=frozenset(), limits=slow)])
    assert (both.tokens, both.depth, both.response_cost, both.upstream_calls) == (20, 20, None, 7)
    assert (both.points, both.per_seconds) == (100, 10)
    free = limits_of([Role(scopes=frozenset(), limits=narrow), Role(scopes=frozenset(), limits=Limits())])
    assert free.points is None


def test_names_of_several() -> None:
    """Several roles have one name, the same in any order, and no two sets of built-in roles share one."""
    assert name_of({"staff": STAFF, "analyst": ANALYST}) == name_of({"analyst": ANALYST, "staff": STAFF})
    sets = [dict(chosen) for count in (1, 2, 3) for chosen in combinations(BUILT_IN.items(), count)]
    assert len({name_of(chosen) for chosen in sets}) == len(sets)


def test_the_built_in_roles() -> None:
    """Who sees all, who sees their own, who sees masks, who may ask for large pages: as the documents say."""
    assert {name for name, role in BUILT_IN.items() if role.own} == {"customer", "guest"}
    assert {name for name, role in BUILT_IN.items() if role.masked} == {"analyst"}
    assert {name: role.limits.page_size for name, role in BUILT_IN.items()} == {
        "staff": 100,
        "service": 100,
        "analyst": 500,
        "customer": 50,
        "guest": 50,
    }
    assert GUEST.scopes == {Scope.TRACKING}
    assert CUSTOMER.scopes == {Scope.ORDERS, Scope.PERSONAL, Scope.FINANCIALS, Scope.INVENTORY, Scope.TRACKING}
    assert ANALYST.scopes == frozenset(Scope) - {Scope.SYSTEMS, Scope.TRACKING}
