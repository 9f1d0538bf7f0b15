"""Two shops, an ERP that also captures orders, a warehouse and a CRM: who refers to whom, and records by hand."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from orderweave.matching import Group, KeyReader, match
from orderweave.model.provenance import Fetched
from orderweave.model.systems import Business, ReferenceRule
from orderweave_sdk.records import Key, SystemKind
from tests.unit.businesses import business, fetched, record, system

SHOPS = ("shop-us:number", "shop-eu:number")
SPELLINGS = ("{}", "#{}", "{} ", "SO-{}")


def retailer(*, warehouse_splits: bool = False, shop_numbers_unique: bool = True) -> Business:
    """Shops number 1001 and EU1001, the ERP S000001. The ERP keeps the shops' numbers, the warehouse everyone's.

    The CRM keeps two shop numbers, in two fields. With `warehouse_splits` several warehouse records may be one order.
    """
    return business(
        system(
            "shop-us",
            SystemKind.STOREFRONT,
            number_pattern=r"\d{4,}",
            captures_orders=True,
            numbers_unique=shop_numbers_unique,
        ),
        system("shop-eu", SystemKind.STOREFRONT, number_pattern=r"EU\d{4,}", captures_orders=True),
        system(
            "erp",
            SystemKind.ERP,
            number_pattern=r"S\d{6}",
            captures_orders=True,
            references=(ReferenceRule(field="reference", names=SHOPS, spellings=SPELLINGS),),
        ),
        system(
            "wms",
            SystemKind.WMS,
            references=(
                ReferenceRule(field="order_number", names=(*SHOPS, "erp:number"), many=warehouse_splits),
                ReferenceRule(field="partner", names=("erp:number",)),
            ),
        ),
        system(
            "crm",
            SystemKind.DATABASE,
            references=(ReferenceRule(field="one", names=SHOPS), ReferenceRule(field="other", names=SHOPS)),
        ),
    )


RETAILER = retailer()


def shop(number: str, *, name: str = "shop-us", external_id: str | None = None) -> Fetched:
    """A shop's order."""
    return fetched(name, record(external_id or f"id-{number}", number))


def erp(number: str, reference: str | None = None) -> Fetched:
    """The ERP's order, with what stands in its reference field."""
    references = {} if reference is None else {"reference": reference}
    return fetched("erp", record(f"erp-{number}", number, references=references))


def wms(external_id: str, order_number: str | None = None, partner: str | None = None) -> Fetched:
    """The warehouse's order."""
    references = {field: value for field, value in (("order_number", order_number), ("partner", partner)) if value}
    return fetched("wms", record(external_id, references=references))


def crm(external_id: str, one: str, other: str) -> Fetched:
    """The CRM's record, with two numbers of shop orders."""
    return fetched("crm", record(external_id, references={"one": one, "other": other}))


def groups_of(records: Iterable[Fetched], of: Business = RETAILER) -> tuple[Group, ...]:
    """The groups that matching makes."""
    return match(records, of, KeyReader(of))


def names(group: Group) -> set[str]:
    """The external ids of a group's members."""
    return {member.record.external_id for member in group.members}


def partition(records: Iterable[Fetched], of: Business = RETAILER) -> list[set[str]]:
    """The groups as sets of external ids, in order of identity."""
    return [names(group) for group in groups_of(records, of)]


def claims(group: Group) -> dict[Key, tuple[tuple[str, str], ...]]:
    """What is reported on a group: by key, who claims it."""
    return {found.key: found.claimants for found in group.ambiguities}


_SHOP_NUMBERS = st.sampled_from(["1001", "1002", "1003", "EU1001", "EU1002"])
_ERP_NUMBERS = st.sampled_from(["S000001", "S000002", "S000003"])
_TYPED = st.one_of(
    _SHOP_NUMBERS,
    st.builds("#{}".format, _SHOP_NUMBERS),
    st.builds("SO-{}".format, _SHOP_NUMBERS),
    st.sampled_from(["", "N/A", "0", "-", "PO 77"]),
)


@st.composite
def worlds(draw: st.DrawFn) -> list[Fetched]:
    """Up to fifteen records whose few numbers meet, miss, repeat and contradict each other."""
    found = [
        shop(number, external_id=f"us-{place}")
        for place, number in enumerate(draw(st.lists(st.sampled_from(["1001", "1002", "1003"]), max_size=3)))
    ]
    found += [shop(n, name="shop-eu") for n in draw(st.lists(st.sampled_from(["EU1001", "EU1002"]), unique=True))]
    found += [erp(number, draw(_TYPED)) for number in draw(st.lists(_ERP_NUMBERS, max_size=3, unique=True))]
    for place in range(draw(st.integers(0, 4))):
        order_number = draw(st.one_of(st.none(), _SHOP_NUMBERS, _ERP_NUMBERS))
        found.append(wms(f"wms-{place}", order_number, draw(st.one_of(st.none(), _ERP_NUMBERS))))
    found += [crm(f"crm-{place}", draw(_TYPED), draw(_TYPED)) for place in range(draw(st.integers(0, 2)))]
    return found
