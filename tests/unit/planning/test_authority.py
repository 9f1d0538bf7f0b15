"""The table of belief is whole, and says what the model says."""

from __future__ import annotations

import pytest

from orderweave.planning.authority import ASPECTS_OF_FACET, DEFAULT, Aspect, Authority
from orderweave_sdk.records import Facet, SystemKind
from tests.unit.businesses import business, system

STOREFRONT, ERP, WMS, OMS = SystemKind.STOREFRONT, SystemKind.ERP, SystemKind.WMS, SystemKind.OMS
CARRIER, PROVIDER = SystemKind.CARRIER, SystemKind.PAYMENT_PROVIDER


@pytest.mark.parametrize("aspect", Aspect)
def test_every_aspect_ranks_every_kind_once(aspect: Aspect) -> None:
    """A new kind or aspect cannot be left out."""
    assert sorted(DEFAULT[aspect]) == sorted(SystemKind)


def test_every_facet_has_its_aspects() -> None:
    """A facet without an aspect would be nobody's; an aspect is of one facet, but stock and what is
    expected are of none.
    """
    assert set(ASPECTS_OF_FACET) == set(Facet)
    used = [aspect for aspects in ASPECTS_OF_FACET.values() for aspect in aspects]
    assert sorted(used) == sorted(set(Aspect) - {Aspect.STOCK, Aspect.RECEIPTS})


@pytest.mark.parametrize(
    ("aspect", "order"),
    [
        (Aspect.PAYMENTS, (PROVIDER, STOREFRONT, ERP)),
        (Aspect.FULFILLMENT, (WMS, OMS, STOREFRONT, ERP)),
        (Aspect.TRACKING, (CARRIER, WMS, STOREFRONT)),
        (Aspect.STOCK, (WMS, ERP, STOREFRONT)),
        (Aspect.CUSTOMER, (STOREFRONT, ERP)),
        (Aspect.ADDRESSES, (STOREFRONT, ERP)),
        (Aspect.LINE_QUANTITIES, (OMS, ERP, STOREFRONT)),
    ],
)
def test_the_models_order_of_belief(aspect: Aspect, order: tuple[SystemKind, ...]) -> None:
    """The kinds that the model names stand in its order."""
    ranks = [DEFAULT[aspect].index(kind) for kind in order]
    assert ranks == sorted(ranks)


def test_invoices_are_the_erps_and_titles_the_storefronts() -> None:
    """Where the model names one kind, it is first."""
    assert DEFAULT[Aspect.INVOICES][0] is ERP
    assert DEFAULT[Aspect.LINE_TITLES][0] is STOREFRONT


def test_an_override_stands_before_the_default() -> None:
    """Named systems and kinds, in any case, come first and in order; of the rest the default order holds."""
    of = business(
        system("shop", STOREFRONT),
        system("erp", ERP),
        system("wms", WMS),
        system("old-erp", ERP),
        authority={"header": ("old-erp", "Wms")},
    )
    authority = Authority(of)
    header = sorted(of.systems, key=lambda name: authority.rank(Aspect.HEADER, name))
    assert header == ["old-erp", "wms", "shop", "erp"]
    stock = sorted(of.systems, key=lambda name: authority.rank(Aspect.STOCK, name))
    assert stock == ["wms", "erp", "old-erp", "shop"]
