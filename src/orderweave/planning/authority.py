"""Who is believed, per aspect of an order: a table of kinds, overridable in the configuration.

The default is the model's "Which system is believed"; a home-grown database stands behind the systems that are
made for the purpose, because it usually copies them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from orderweave.model.systems import Business
from orderweave_sdk.records import Facet, SystemKind

_S, _E, _W, _O = SystemKind.STOREFRONT, SystemKind.ERP, SystemKind.WMS, SystemKind.OMS
_C, _P, _D = SystemKind.CARRIER, SystemKind.PAYMENT_PROVIDER, SystemKind.DATABASE


class Aspect(StrEnum):
    """Something that one system is believed about. The value is the name in the configuration."""

    HEADER = "header"
    LINE_TITLES = "line_titles"
    LINE_QUANTITIES = "line_quantities"
    CUSTOMER = "customer"
    ADDRESSES = "addresses"
    PAYMENTS = "payments"
    INVOICES = "invoices"
    FULFILLMENT = "fulfillment"
    TRACKING = "tracking"
    RETURNS = "returns"
    HOLDS = "holds"
    TIMELINE = "timeline"
    STOCK = "stock"
    RECEIPTS = "receipts"


DEFAULT: dict[Aspect, tuple[SystemKind, ...]] = {
    Aspect.HEADER: (_S, _O, _E, _D, _W, _P, _C),
    Aspect.LINE_TITLES: (_S, _O, _E, _D, _W, _P, _C),
    Aspect.LINE_QUANTITIES: (_O, _E, _S, _D, _W, _P, _C),
    Aspect.CUSTOMER: (_S, _E, _O, _D, _W, _P, _C),
    Aspect.ADDRESSES: (_S, _E, _O, _D, _W, _P, _C),
    Aspect.PAYMENTS: (_P, _S, _O, _E, _D, _W, _C),
    Aspect.INVOICES: (_E, _O, _D, _S, _P, _W, _C),
    Aspect.FULFILLMENT: (_W, _O, _S, _E, _D, _C, _P),
    Aspect.TRACKING: (_C, _W, _O, _S, _E, _D, _P),
    Aspect.RETURNS: (_S, _O, _W, _E, _D, _C, _P),
    Aspect.HOLDS: (_O, _W, _S, _E, _D, _C, _P),
    Aspect.TIMELINE: (_S, _O, _E, _W, _D, _C, _P),
    Aspect.STOCK: (_W, _E, _O, _D, _S, _C, _P),
    # What is bought stands in the ERP; a warehouse knows of it what it was told.
    Aspect.RECEIPTS: (_E, _O, _W, _D, _S, _C, _P),
}

# A facet is believed of a system when it leads in any of the facet's aspects.
ASPECTS_OF_FACET: dict[Facet, tuple[Aspect, ...]] = {
    Facet.HEADER: (Aspect.HEADER,),
    Facet.LINES: (Aspect.LINE_TITLES, Aspect.LINE_QUANTITIES),
    Facet.CUSTOMER: (Aspect.CUSTOMER,),
    Facet.ADDRESSES: (Aspect.ADDRESSES,),
    Facet.PAYMENTS: (Aspect.PAYMENTS,),
    Facet.INVOICES: (Aspect.INVOICES,),
    Facet.FULFILLMENT: (Aspect.FULFILLMENT,),
    Facet.TRACKING: (Aspect.TRACKING,),
    Facet.RETURNS: (Aspect.RETURNS,),
    Facet.HOLDS: (Aspect.HOLDS,),
    Facet.TIMELINE: (Aspect.TIMELINE,),
}


class Authority:
    """Ranks systems per aspect; smaller is more believed."""

    def __init__(self, business: Business) -> None:
        self._ranks = {aspect: {name: _rank(business, aspect, name) for name in business.systems} for aspect in Aspect}

    def rank(self, aspect: Aspect, system: str) -> int:
        """The system's place for this aspect."""
        return self._ranks[aspect][system]

    def ranks(self, aspect: Aspect) -> Mapping[str, int]:
        """Each system's place for this aspect."""
        return self._ranks[aspect]


def _rank(business: Business, aspect: Aspect, name: str) -> int:
    override = business.authority.get(aspect.value, ())
    kind = business.systems[name].kind
    for position, believed in enumerate(override):
        if believed == name or believed.upper() == kind.value:
            return position
    return len(override) + DEFAULT[aspect].index(kind)
