"""Gathering the records of orders: waves of batches, nothing asked twice, and others standing in for what failed."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pytest

from orderweave.fetching import gathering as module
from orderweave.fetching.gathering import Gathering, issues_about
from orderweave.matching import Group
from orderweave.model.calls import CallRules
from orderweave.model.ids import encode_id
from orderweave.model.provenance import Fetched, IssueReason, SourceIssue
from orderweave.planning.needs import Needs
from orderweave.planning.orders import plan_orders
from orderweave_sdk.capabilities import Gap, Orders
from orderweave_sdk.errors import BadPayload, Unreachable
from orderweave_sdk.facets import combine
from orderweave_sdk.records import Axis, Facet, Key, StatusWord
from tests.unit.fake_business import erp, order, shop, wms
from tests.unit.fake_clock import NOON
from tests.unit.fake_systems import ONCE, Woven, weave

EVERYTHING = Needs(facets=frozenset({Facet.HEADER, Facet.INVOICES, Facet.FULFILLMENT}))


def gather(woven: Woven, needs: Needs = EVERYTHING, *, seconds: float = 10) -> Gathering:
    """A gathering for these needs."""
    parts = woven.gateway.parts
    plan = plan_orders(needs, parts.business, parts.authority)
    return Gathering(woven.systems, parts.reader, plan, woven.systems.call(seconds))


def members(groups: Iterable[Group]) -> list[list[tuple[str, str]]]:
    """The records of each order."""
    return [[(fetched.system, fetched.record.external_id) for fetched in group.members] for group in groups]


def trio(count: int = 1, *, batch: int = 50, calls: CallRules = ONCE) -> Woven:
    """So many orders, each known to the shop, the ERP and the warehouse."""
    numbers = [str(1001 + n) for n in range(count)]
    return weave(
        shop([order(f"a{n}", n) for n in numbers], batch=batch),
        erp([order(f"e{n}", f"SO{n}", reference=("reference", n), invoice=f"I{n}") for n in numbers], batch=batch),
        wms([order(f"w{n}", reference=("order_number", n), tracking=f"T{n}") for n in numbers], batch=batch),
        calls=calls,
    )


async def test_one_order_in_one_wave_of_each_system() -> None:
    """From the shop's number, shop, ERP and warehouse are each asked once, for what they are believed in."""
    woven = trio()
    groups = await gather(woven).run([Key("shop:number", "1001")])
    assert members(groups) == [[("erp", "e1001"), ("shop", "a1001"), ("wms", "w1001")]]
    assert woven.fakes["shop"].looked_up() == [("number=1001", "number=#1001")]
    assert woven.fakes["erp"].looked_up() == [("reference=1001", "reference=#1001")]
    assert woven.fakes["wms"].looked_up() == [("order_number=1001",)]
    assert woven.fakes["shop"].calls[0].facets == {Facet.HEADER, Facet.FULFILLMENT}
    assert woven.fakes["erp"].calls[0].facets == {Facet.INVOICES}
    assert woven.fakes["wms"].calls[0].facets == {Facet.FULFILLMENT}


async def test_keys_lead_from_system_to_system() -> None:
    """From the warehouse's own id the shop's record is found in a second wave and the ERP's in the same."""
    woven = trio()
    groups = await gather(woven).run([Key("wms:id", "w1001")])
    assert members(groups) == [[("erp", "e1001"), ("shop", "a1001"), ("wms", "w1001")]]
    assert woven.fakes["wms"].looked_up() == [("id=w1001",), ("order_number=1001",)]
    assert woven.fakes["shop"].looked_up() == [("number=1001", "number=#1001")]


async def test_batches_by_size() -> None:
    """Twenty orders are asked in batches of the manifest's size, in a stable order, each value once."""
    woven = trio(20, batch=8)
    groups = await gather(woven).run([Key("shop:number", str(1001 + n)) for n in range(20)])
    assert len(groups) == 20
    asked = woven.fakes["wms"].looked_up()
    assert [len(batch) for batch in asked] == [8, 8, 4]
    assert [key for batch in asked for key in batch] == [f"order_number={1001 + n}" for n in range(20)]
    assert [len(batch) for batch in woven.fakes["shop"].looked_up()] == [8] * 5


async def test_nothing_is_asked_twice() -> None:
    """Over all waves no system gets the same key again."""
    woven = trio(5)
    await gather(woven).run([Key("shop:number", str(1001 + n)) for n in range(5)])
    for fake in woven.fakes.values():
        keys = [key for batch in fake.looked_up() for key in batch]
        assert len(keys) == len(set(keys))


async def test_records_at_hand_are_not_asked_for() -> None:
    """A shop's record from a search leads to the others without asking the shop again."""
    woven = trio()
    (record,) = woven.fakes["shop"].orders
    gathering = gather(woven)
    gathering.add([Fetched(system="shop", record=record, fetched_at=NOON)])
    assert members(await gathering.run()) == [[("erp", "e1001"), ("shop", "a1001"), ("wms", "w1001")]]
    assert woven.fakes["shop"].calls == []


async def test_waves_are_bounded() -> None:
    """A system that answers every question with new records is asked five times and no more."""
    system = shop()
    records = iter(range(1000))

    def another() -> object:
        n = next(records)
        return Orders(records=(order(f"a{n}", reference=("reference", f"SO{n}")),))

    system.answer["find"] = another
    looping = erp(names=("shop:number", "shop:id"))
    looping.answer["find"] = lambda: Orders(
        records=(order(f"e{next(records)}", f"SO{next(records)}", reference=("reference", str(next(records)))),)
    )
    woven = weave(system, looping)
    await gather(woven).run([Key("shop:id", "a1")])
    assert len(system.calls) <= 5
    assert len(looping.calls) <= 5


async def test_too_many_records_are_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the bound no record is kept, and the answer says so instead of being silently short."""
    monkeypatch.setattr(module, "MOST_RECORDS", 3)
    woven = trio(5)
    gathering = gather(woven)
    groups = await gathering.run([Key("shop:number", str(1001 + n)) for n in range(5)])
    assert sum(len(group.members) for group in groups) == 3
    (issue,) = [issue for issue in gathering.issues if issue.system == "shop"]
    assert issue.message == "more than 3 records were found; the rest of them is left out"


async def test_a_failed_system_is_an_issue_and_asked_no_more() -> None:
    """A warehouse that is down is one issue over all batches, with the facets that were asked, asked one wave only."""
    woven = trio(20, batch=8)
    woven.fakes["wms"].error = Unreachable("orders: no connection")
    gathering = gather(woven)
    groups = await gathering.run([Key("shop:number", str(1001 + n)) for n in range(20)])
    assert members(groups)[0] == [("erp", "e1001"), ("shop", "a1001")]
    assert gathering.issues == [
        SourceIssue(
            system="wms",
            reason=IssueReason.UNREACHABLE,
            message="orders: no connection",
            facets=(Facet.FULFILLMENT,),
        )
    ]
    assert len(woven.fakes["wms"].calls) == 3


async def test_one_failed_batch_leaves_the_others() -> None:
    """Where one of three batches fails, what the other two found stays."""
    woven = trio(20, batch=8)
    woven.fakes["wms"].refuses["order_number=1009"] = BadPayload("orders: an HTML page")
    groups = await gather(woven).run([Key("shop:number", str(1001 + n)) for n in range(20)])
    with_warehouse = [group for group in members(groups) if ("wms", f"w{group[0][1][1:]}") in group]
    assert len(with_warehouse) == 12


async def test_unreadable_records_are_issues() -> None:
    """A gap beside good records is an issue of its system, and the good ones are kept."""
    woven = trio()
    woven.fakes["erp"].gaps = (Gap("sale: no currency", "e7"),)
    gathering = gather(woven)
    groups = await gathering.run([Key("shop:number", "1001")])
    assert members(groups) == [[("erp", "e1001"), ("shop", "a1001"), ("wms", "w1001")]]
    assert [(issue.system, issue.message) for issue in gathering.issues] == [("erp", "sale: no currency (record e7)")]


async def test_the_next_system_stands_in() -> None:
    """With the shop down, the ERP, which was asked for invoices only, gives the header under the order's same key."""
    woven = trio()
    woven.fakes["shop"].error = Unreachable("orders: no connection")
    gathering = gather(woven)
    (group,) = await gathering.run([Key("shop:number", "1001")])
    assert members([group]) == [[("erp", "e1001"), ("wms", "w1001")]]
    assert group.identity == Key("shop:number", "1001")
    found = {fetched.system: fetched.record for fetched in group.members}
    assert found["erp"].header is not None
    assert found["erp"].invoices is not None
    assert len(woven.fakes["shop"].calls) == 1
    assert woven.fakes["erp"].calls[-1].facets >= {Facet.HEADER, Facet.INVOICES}


async def test_the_next_system_stands_in_for_one_that_is_not_asked() -> None:
    """A silent shop costs its share once. While its breaker is open the ERP answers without that wait, and it is said
    that the shop is missing, since when, why, and when it is tried again; then it comes back by itself.
    """
    woven = trio(calls=CallRules(attempts=1))
    shop = woven.fakes["shop"]
    shop.silent = True
    await gather(woven, seconds=8).run([Key("shop:number", "1001")])
    assert (len(shop.calls), woven.time.monotonic()) == (1, 4.0)
    for _ in range(3):
        gathering = gather(woven, seconds=8)
        groups = await gathering.run([Key("shop:number", "1001")])
        assert members(groups) == [[("erp", "e1001"), ("wms", "w1001")]]
        assert groups[0].identity == Key("shop:number", "1001")
        assert gathering.issues == [
            SourceIssue(
                system="shop",
                reason=IssueReason.TIMED_OUT,
                message="not asked: failing since 12:00:04 UTC (find: no whole answer within the deadline); "
                "tried again at 12:00:09 UTC",
                facets=(Facet.FULFILLMENT, Facet.HEADER),
            )
        ]
    assert (len(shop.calls), woven.time.monotonic()) == (1, 4.0)
    assert (woven.systems.health["shop"].calls, woven.systems.health["shop"].failures) == (1, 1)
    shop.silent = False
    woven.time.advance(5)
    for _ in range(2):
        gathering = gather(woven, seconds=8)
        groups = await gathering.run([Key("shop:number", "1001")])
        assert members(groups) == [[("erp", "e1001"), ("shop", "a1001"), ("wms", "w1001")]]
        assert gathering.issues == []
    assert len(shop.calls) == 3


async def test_standing_in_ends_when_all_have_failed() -> None:
    """With every system down each is asked at most once, each is an issue, and the gathering ends."""
    woven = trio()
    for fake in woven.fakes.values():
        fake.error = Unreachable("orders: no connection")
    gathering = gather(woven)
    assert await gathering.run([Key("shop:number", "1001")]) == ()
    assert sorted(issue.system for issue in gathering.issues) == ["erp", "shop", "wms"]
    assert [len(fake.calls) for fake in woven.fakes.values()] == [1, 1, 1]


async def test_a_silent_system_leaves_time_for_the_others() -> None:
    """A shop that never answers takes a share of the time; the ERP stands in with time of its own."""
    woven = trio()
    woven.fakes["shop"].silent = True
    groups = await gather(woven, seconds=8).run([Key("shop:number", "1001")])
    assert members(groups) == [[("erp", "e1001"), ("wms", "w1001")]]
    assert woven.fakes["shop"].calls[0].seconds == 4
    assert woven.time.monotonic() == 4
    assert [call.seconds for call in woven.fakes["erp"].calls if call.seconds > 0][-1] == 2


async def test_mixed_look_ups_share_a_call() -> None:
    """Keys of two look-ups go in one call where the connector takes them so, and in two where it does not."""
    for mixed, calls in ((True, 1), (False, 2)):
        fake = shop([order("a1001", "1001"), order("a1002", "1002")])
        fake.manifest = msgspec.structs.replace(fake.manifest, mixed_lookups=mixed)
        woven = weave(fake)
        await gather(woven, Needs(facets=frozenset({Facet.HEADER}))).run(
            [Key("shop:number", "1001"), Key("shop:id", "a1002")]
        )
        assert len(fake.calls) == calls


def test_combining_keeps_both_sides() -> None:
    """Two answers about one record make one: every facet and status word of both, the newer one where both speak."""
    known = order("a1", "1001", total="10.00", invoice="I1", words=[(Axis.ORDER, "open", "OPEN")])
    new = order("a1", "1001", total="12.00", words=[(Axis.ORDER, "done", "COMPLETED"), (Axis.PAYMENT, "p", "PAID")])
    fresh = type(new)(
        external_id="a1",
        keys=(*new.keys, Key("token", "t1")),
        header=new.header,
        statuses=new.statuses,
        references=(Key("origin", "x"),),
    )
    both = combine(known, fresh)
    assert both.header == new.header
    assert both.invoices == known.invoices
    assert both.keys == (Key("id", "a1"), Key("number", "1001"), Key("token", "t1"))
    assert both.references == (Key("origin", "x"),)
    assert both.statuses == (
        StatusWord(Axis.ORDER, "done", "COMPLETED", "1"),
        StatusWord(Axis.PAYMENT, "p", "PAID", "1"),
    )
    assert both.updated_at == known.updated_at


async def test_issues_bear_on_the_orders_they_may_touch() -> None:
    """An order placed at the ERP alone is not said to miss a warehouse that only knows the shop's orders."""
    woven = trio()
    woven.fakes["erp"].orders.append(order("e9", "SO9"))
    woven.fakes["wms"].error = Unreachable("orders: no connection")
    by_shop = await woven.gateway.order_by_number("1001", EVERYTHING, woven.systems.call(10))
    assert by_shop is not None
    assert [issue.system for issue in by_shop.freshness.missing] == ["wms"]
    by_erp = await woven.gateway.order_by_number("SO9", EVERYTHING, woven.systems.call(10))
    assert by_erp is not None
    assert by_erp.id == encode_id("Order", "erp:number", "so9")
    assert by_erp.freshness.missing == ()
    issue = SourceIssue(system="wms", reason=IssueReason.FAILED, message="x", facets=())
    groups = await gather(woven).run([Key("erp:number", "so9")])
    assert issues_about(groups[0], [issue], woven.gateway.parts.business) == []
