"""The plan for orders: which system is asked for which facets, as what, and who stands in when one fails.

A system plays up to two parts. As the place of capture it finds or searches its own orders and gives every
facet needed that it has, because that costs no further call. As a second source it is asked, by the keys that
are known by then, only for the facets in which it is believed more than the places of capture.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from orderweave.model.systems import Business, SystemSpec
from orderweave.planning.authority import ASPECTS_OF_FACET, Authority
from orderweave.planning.needs import Needs
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import Facet


class OrderPlan(msgspec.Struct, frozen=True, kw_only=True):
    """`captures`: systems whose own orders are found, and the facets asked with them. `seconds`: systems asked
    about orders captured elsewhere; no facet means that only their keys are wanted. `fallbacks`: for each facet,
    all systems that have it, most believed first. `carriers` are asked about the parcels of the orders found.
    """

    needs: Needs
    captures: Mapping[str, frozenset[Facet]]
    seconds: Mapping[str, frozenset[Facet]]
    fallbacks: Mapping[Facet, tuple[str, ...]]
    carriers: tuple[str, ...] = ()


def plan_orders(needs: Needs, business: Business, authority: Authority) -> OrderPlan:
    """The plan for these needs over these systems."""
    finders = {
        name: spec for name, spec in business.systems.items() if Capability.FIND_ORDERS in spec.manifest.capabilities
    }
    captures = {name: _wanted_of_own(needs, spec) for name, spec in finders.items() if spec.captures_orders}
    seconds: dict[str, frozenset[Facet]] = {}
    for name, spec in finders.items():
        wanted = _wanted_as_second(needs, name, spec, business, authority)
        if wanted or (spec.references and (needs.all_sources or needs.all_keys)):
            seconds[name] = wanted
    _add_bridges(seconds, finders, captures)
    return OrderPlan(
        needs=needs,
        captures=captures,
        seconds=seconds,
        fallbacks={facet: _by_belief(facet, finders, authority) for facet in sorted(needs.facets)},
        carriers=_carriers(needs, business),
    )


def _carriers(needs: Needs, business: Business) -> tuple[str, ...]:
    """Who is asked about parcels: whoever tells of them by number and does not tell of them with the order.

    Whether a parcel arrived is part of what became of the goods, whether or not its events are selected.
    """
    if needs.facets.isdisjoint((Facet.FULFILLMENT, Facet.TRACKING)):
        return ()
    return tuple(name for name, spec in business.systems.items() if spec.knows_parcels_alone)


def _wanted_of_own(needs: Needs, spec: SystemSpec) -> frozenset[Facet]:
    """All that it has. A place of capture that does not see the money tells by its invoices how far it is paid."""
    offered = spec.manifest.facets
    by_invoices = Facet.PAYMENTS in needs.facets and Facet.PAYMENTS not in offered
    return (needs.facets | ({Facet.INVOICES} if by_invoices else frozenset())) & offered


def _wanted_as_second(
    needs: Needs, name: str, spec: SystemSpec, business: Business, authority: Authority
) -> frozenset[Facet]:
    named = {key.partition(":")[0] for rule in spec.references for key in rule.names} - {name}
    if not named:
        return frozenset()
    offered = needs.facets & spec.manifest.facets
    if needs.all_sources:
        return offered
    rivals = {system for system in named if business.systems[system].captures_orders}
    return frozenset(facet for facet in offered if _leads(facet, name, rivals, business, authority))


def _leads(facet: Facet, name: str, rivals: set[str], business: Business, authority: Authority) -> bool:
    """Whether some place of capture lacks the facet, or is believed less in any of its aspects."""
    for rival in rivals:
        if facet not in business.systems[rival].manifest.facets:
            return True
        if any(authority.rank(aspect, name) < authority.rank(aspect, rival) for aspect in ASPECTS_OF_FACET[facet]):
            return True
    return not rivals


def _add_bridges(
    seconds: dict[str, frozenset[Facet]],
    finders: Mapping[str, SystemSpec],
    captures: Mapping[str, frozenset[Facet]],
) -> None:
    """A system that knows orders only by a third system's number needs the third to be asked too."""
    for name in list(seconds):
        named = {key.partition(":")[0] for rule in finders[name].references for key in rule.names}
        reached = {system for system in named if system in captures}
        for bridge in sorted(named & set(finders)):
            spec = finders[bridge]
            beyond = {key.partition(":")[0] for rule in spec.references for key in rule.names} & set(captures)
            if beyond - reached and bridge != name:
                seconds.setdefault(bridge, frozenset())


def _by_belief(facet: Facet, finders: Mapping[str, SystemSpec], authority: Authority) -> tuple[str, ...]:
    having = [name for name, spec in finders.items() if facet in spec.manifest.facets]
    first = ASPECTS_OF_FACET[facet][0]
    return tuple(sorted(having, key=lambda name: (authority.rank(first, name), name)))
