"""Whose an order is while the system that is believed about it does not answer."""

from __future__ import annotations

import pytest

from orderweave.answering.visibility import is_visible, silent_about_customers
from orderweave.config.configuration import CacheSettings
from orderweave.matching import Group
from orderweave.model.provenance import IssueReason, SourceIssue
from orderweave.model.rights import Rights
from orderweave.planning.authority import Authority
from orderweave_sdk.capabilities import Gap, Orders
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.records import Customer, Facet, Key, Person, SystemKind
from tests.unit.answering.test_visibility import ADA, BEN, ask, owner
from tests.unit.businesses import business as business_over
from tests.unit.businesses import fetched, record, system
from tests.unit.caching.stores import settings
from tests.unit.fake_business import erp, order, shop
from tests.unit.fake_systems import Woven, weave

LISTED = "{ orders { nodes { number } coverage { complete } } }"


def business(cache: CacheSettings | None = None) -> Woven:
    """Two orders of a shop that the ERP knows as well, one under another's name, and one of the ERP's own."""
    return weave(
        shop(
            [
                order("a1", "#1001", hours=1, email=ADA, customer_id="7"),
                order("a2", "#1002", hours=2, email=BEN, customer_id="8"),
            ]
        ),
        erp(
            [
                order("e1", "SO501", hours=1, reference=("reference", "1001"), email=ADA, customer_id="55"),
                order("e2", "SO502", hours=2, reference=("reference", "1002"), email=ADA, customer_id="55"),
                order("e9", "SO509", hours=3, email=ADA, customer_id="55"),
            ]
        ),
        cache=cache,
    )


def look_up(number: str) -> str:
    """A look-up by number."""
    return f'{{ order(by: {{number: "{number}"}}) {{ number }} }}'


@pytest.mark.parametrize("rights", [owner(ADA), owner(customers=(Key("erp", "55"),))], ids=["e-mail", "id"])
async def test_a_lesser_word_is_no_proof(rights: Rights) -> None:
    """While the shop is silent the ERP's word opens no order of the shop's, be it right or wrong; what the ERP itself
    was given is seen as ever.
    """
    woven = business()
    woven.fakes["shop"].error = Unreachable("shop is off")
    for number in ("#1001", "#1002", "#9999"):
        answer = await ask(woven, look_up(number), rights)
        assert answer["errors"][0]["extensions"]["code"] == "INCOMPLETE"
    assert (await ask(woven, look_up("SO509"), rights))["data"] == {"order": {"number": "SO509"}}
    assert (await ask(woven, LISTED, rights))["data"]["orders"] == {
        "nodes": [{"number": "SO509"}],
        "coverage": {"complete": False},
    }


async def test_what_the_shop_said_before() -> None:
    """With a kept record of the shop's its customer sees the order while it is silent, and nobody else does."""
    woven = business(settings("shop"))
    for number in ("#1001", "#1002"):
        await ask(woven, look_up(number), owner(ADA))
    woven.time.advance(3600)
    woven.fakes["shop"].error = Unreachable("shop is off")
    assert (await ask(woven, look_up("#1001"), owner(ADA)))["data"] == {"order": {"number": "#1001"}}
    assert (await ask(woven, look_up("#1002"), owner(ADA)))["data"] == {"order": None}


async def test_a_record_that_cannot_be_read() -> None:
    """One record of the shop's that cannot be read leaves its order to nobody: the ERP's word is no proof."""
    woven = business()
    gap = Gap("order: customer: not an object", external_id="a2")
    woven.fakes["shop"].answer["find"] = lambda: Orders(records=(), gaps=(gap,))
    answer = await ask(woven, look_up("#1002"), owner(ADA))
    assert answer["errors"][0]["extensions"]["code"] == "INCOMPLETE"
    assert "a2" not in str(answer)


async def test_the_lesser_system_is_down() -> None:
    """Without the ERP the shop's word is enough."""
    woven = business()
    woven.fakes["erp"].error = Unreachable("erp is off")
    assert (await ask(woven, look_up("#1001"), owner(ADA)))["data"] == {"order": {"number": "#1001"}}


@pytest.mark.parametrize(
    ("said", "silent", "seen"),
    [
        # The shop says the address: who is believed less may be silent.
        ({"shop": ADA}, {"erp"}, True),
        ({"shop": ADA}, set(), True),
        # The ERP says it: the shop's word might be another, and so might that of another ERP, which is believed alike.
        ({"erp": ADA}, {"shop"}, False),
        ({"erp": ADA}, {"other"}, False),
        ({"erp": ADA}, {"copy"}, True),
        # The shop says something of the customer, and no address: who says one, after it, decides.
        ({"shop": None, "erp": ADA}, {"copy"}, True),
        ({"shop": None, "copy": ADA}, {"erp"}, False),
        # What failed of a system that has said its part is not that part.
        ({"shop": ADA}, {"shop"}, True),
    ],
)
def test_who_decides_by_an_address(said: dict[str, str | None], silent: set[str], seen: bool) -> None:
    """An address is proof while nobody is silent who is believed as much as the system that gave it, or more."""
    kinds = {
        "shop": SystemKind.STOREFRONT,
        "erp": SystemKind.ERP,
        "other": SystemKind.ERP,
        "copy": SystemKind.DATABASE,
    }
    there = business_over(*(system(name, kind) for name, kind in kinds.items()))
    records = [
        fetched(name, record(f"{name}1", customer=Customer(person=Person(external_id="7", email=email))))
        for name, email in said.items()
    ]
    group = Group(
        identity=Key("shop:number", "1001"), anchor=None, members=tuple(records), keys=frozenset(), ambiguities=()
    )
    rights = owner(ADA)
    assert is_visible(group, rights, Authority(there), frozenset(silent)) is seen
    # An id that came without an address is contradicted by nobody's.
    by_id = owner(customers=(Key("shop", "7"),))
    if said.get("shop", ADA) is None:
        assert is_visible(group, by_id, Authority(there), frozenset(silent))


@pytest.mark.parametrize(
    ("holds", "failed", "silent"),
    [
        (Facet, (Facet.CUSTOMER, Facet.HEADER), True),
        (Facet, (Facet.INVOICES,), False),
        # A search for keys alone wants no facet: all that the system has may be missing.
        (Facet, (), True),
        ((Facet.HEADER, Facet.INVOICES), (), False),
    ],
)
def test_who_is_silent_about_a_customer(holds: list[Facet], failed: tuple[Facet, ...], silent: bool) -> None:
    """A system that knows customers, when its part about this one failed; not one that never says anything of them."""
    there = business_over(system("erp", SystemKind.ERP, facets=holds))
    issue = SourceIssue(system="erp", reason=IssueReason.FAILED, message="no", facets=failed)
    assert silent_about_customers([issue], there) == (frozenset({"erp"}) if silent else frozenset())
