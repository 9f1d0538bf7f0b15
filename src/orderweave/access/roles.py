"""Several roles of one caller as one: those for all orders add up, and those for own orders do not widen them.

Rights hold for all orders that a caller sees, so that roles cannot simply be added up: the customer's right to read
personal data in their own orders, added to the right to list everybody's, would be everybody's personal data. Where
a role sees all orders, what roles for own orders say of orders is left out; and data stays masked unless a role that
counts shows it unmasked. See docs/decisions/several-roles.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orderweave.config.configuration import Role
from orderweave.model.rights import Limits, Owned, Rights, Scope

# What these show belongs to an order; the other scopes are the same whoever's orders one sees.
_OF_ORDERS = frozenset({Scope.ORDERS, Scope.PERSONAL, Scope.FINANCIALS, Scope.PROVENANCE})
_RATE = frozenset({"points", "per_seconds"})
_MOST_OR_NONE = ("response_cost", "upstream_calls")
_MOST = tuple(name for name in Limits.__struct_fields__ if name not in {*_RATE, *_MOST_OR_NONE})


def rights_of(roles: Iterable[Role], owned: Owned) -> Rights:
    """What these roles show together; `owned` are the caller's orders, where no role shows all."""
    given = tuple(roles)
    for_all = tuple(role for role in given if not role.own)
    # Roles for all that read no orders say nothing of whose: one for stock alone must not open everybody's orders.
    sees_all = any(Scope.ORDERS in role.scopes for role in for_all)
    for_own = tuple(role for role in given if role.own)
    counted = for_all if sees_all else for_own or for_all
    of_orders = frozenset().union(*(role.scopes & _OF_ORDERS for role in counted))
    others = frozenset().union(*(role.scopes - _OF_ORDERS for role in given))
    readable = any(Scope.PERSONAL in role.scopes and not role.masked for role in counted)
    return Rights(
        scopes=of_orders | others,
        owned=owned if for_own and not sees_all else None,
        masked=not readable and any(role.masked for role in counted),
    )


def limits_of(roles: Iterable[Role]) -> Limits:
    """The most generous of each limit, and of the rates the one by which the most flows back."""
    given = [role.limits for role in roles]
    widest = {name: max(getattr(limits, name) for limits in given) for name in _MOST}
    for name in _MOST_OR_NONE:
        values = [getattr(limits, name) for limits in given]
        widest[name] = None if None in values else max(values)
    rate = max(given, key=_rate)
    return Limits(**widest, points=rate.points, per_seconds=rate.per_seconds)


def name_of(roles: Mapping[str, Role]) -> str:
    """One word for several roles, the same in whatever order they come."""
    return "+".join(sorted(roles))


def _rate(limits: Limits) -> tuple[float, int]:
    if limits.points is None:
        return float("inf"), 0
    return limits.points / limits.per_seconds, limits.points
