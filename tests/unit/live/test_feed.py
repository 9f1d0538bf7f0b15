"""One process's feed: one watch for all who follow a thing, changes by facet, replay, gaps, and nothing left behind."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import msgspec
import pytest

from orderweave.config.configuration import LiveSettings
from orderweave.live import Full, Missed, Subject, Topic
from orderweave.merging.lines import tidy_sku
from orderweave.model.parcels import tidy_tracking
from orderweave.model.terms import Lane
from orderweave_sdk.errors import Retry
from orderweave_sdk.records import Key
from tests.unit.fake_business import order
from tests.unit.live.feeds import SETTINGS, Fed, business, close_order, following, reopen_order, subject
from tests.unit.web.exchanges import turns


def parts(missed: Missed) -> list[tuple[str, ...]]:
    """The parts that each event changed."""
    return [event.changed for event in missed.events]


async def test_change_is_told_by_facet() -> None:
    """After a status changed in the shop a follower is told of HEADER and of nothing else."""
    fed = Fed(business())
    what = await subject(fed.woven)
    async with following(fed, what) as found:
        first = found.now()
        assert (first.events, first.gap) == ((), False)
        close_order(fed.woven)
        await fed.waits.pass_by(5)
        assert parts(found.now()) == [("HEADER",)]
    await fed.feed.close()


async def test_one_poll_serves_all_followers() -> None:
    """Twenty followers of an order cost one look each interval, and each is told once."""
    fed = Fed(business())
    what = await subject(fed.woven)
    async with AsyncExitStack() as stack:
        found = [await stack.enter_async_context(following(fed, what)) for _ in range(20)]
        for one in found:
            one.now()
        assert fed.polls == 1
        close_order(fed.woven)
        await fed.waits.pass_by(5)
        assert fed.polls == 2
        assert [parts(one.now()) for one in found] == [[("HEADER",)]] * 20
        assert fed.feed.events[Topic.ORDER] == 1
    await fed.feed.close()


async def test_nothing_changed_is_not_told() -> None:
    """Polls that see the same, however often and however new the fetch, are no events."""
    fed = Fed(business())
    async with following(fed, await subject(fed.woven)) as found:
        found.now()
        for _ in range(5):
            await fed.waits.pass_by(5)
        assert fed.polls == 6
        assert found.now().events == ()
    await fed.feed.close()


async def test_system_that_fails_changes_nothing() -> None:
    """While a system is down its parts keep what was known of them; what changed meanwhile is told once it is back."""
    fed = Fed(business())
    woven = fed.woven
    async with following(fed, await subject(woven)) as found:
        found.now()
        woven.fakes["erp"].error = Retry("down")
        await fed.waits.pass_by(5)
        assert found.now().events == ()
        erp_order = woven.fakes["erp"].orders[0]
        woven.fakes["erp"].orders[0] = msgspec.structs.replace(
            erp_order, invoices=order("e1", "SO1", invoice="I2").invoices
        )
        woven.fakes["erp"].error = None
        await fed.waits.pass_by(5)
        assert parts(found.now()) == [("INVOICES",)]
    await fed.feed.close()


async def test_everything_fails_and_the_watch_goes_on() -> None:
    """A poll that no system answers is counted as failed, and the next one sees the change."""
    fed = Fed(business())
    async with following(fed, await subject(fed.woven)) as found:
        found.now()
        for fake in fed.woven.fakes.values():
            fake.error = Retry("down")
        await fed.waits.pass_by(5)
        for fake in fed.woven.fakes.values():
            fake.error = None
        close_order(fed.woven)
        await fed.waits.pass_by(5)
        assert parts(found.now()) == [("HEADER",)]
        assert fed.feed.polls[Topic.ORDER, False] == 1
    await fed.feed.close()


async def test_announced_change_is_looked_at_at_once() -> None:
    """A webhook's word of any of the order's keys lets the watch look at once; one of another order does not."""
    fed = Fed(business())
    async with following(fed, await subject(fed.woven)) as found:
        found.now()
        close_order(fed.woven)
        await fed.feed.announce([Key("shop:number", "7777")])
        await turns(60)
        assert found.now().events == ()
        await fed.feed.announce([Key("erp:id", "e1")])
        await turns(60)
        assert parts(found.now()) == [("HEADER",)]
    await fed.feed.close()


async def test_stock_is_announced_by_sku() -> None:
    """A word of one of the SKUs, in the tidied spelling, lets the watch of a set of them look at once."""
    fed = Fed(business())
    async with following(fed, Subject.of_skus(["sku-2", "SKU-1"])) as found:
        found.now()
        await fed.feed.announce([Key("sku", "SKU-3")])
        await turns(60)
        assert fed.polls == 1
        await fed.feed.announce([Key("sku", tidy_sku("sku-2"))])
        await turns(60)
        assert fed.polls == 2
    await fed.feed.close()


async def test_an_order_is_announced_by_its_parcels() -> None:
    """A carrier's word of a parcel lets the watch of its order look at once; one of another parcel does not."""
    fed = Fed(business())
    async with following(fed, await subject(fed.woven)) as found:
        found.now()
        await fed.feed.announce([Key("tracking_number", tidy_tracking("T2"))])
        await turns(60)
        assert fed.polls == 1
        await fed.feed.announce([Key("tracking_number", tidy_tracking(" t1"))])
        await turns(60)
        assert fed.polls == 2
    await fed.feed.close()


async def test_missed_changes_are_replayed_in_order() -> None:
    """Whoever comes back with a cursor is told all that happened since, in order, and nothing from before."""
    fed = Fed(business())
    what = await subject(fed.woven)
    async with following(fed, what) as stays:
        async with following(fed, what) as leaves:
            cursor = leaves.now().position
        stays.now()
        close_order(fed.woven)
        await fed.waits.pass_by(5)
        middle = stays.now().position
        erp_order = fed.woven.fakes["erp"].orders[0]
        fed.woven.fakes["erp"].orders[0] = msgspec.structs.replace(
            erp_order, invoices=order("e1", "SO1", invoice="I2").invoices
        )
        await fed.waits.pass_by(5)
        async with following(fed, what, cursor) as back:
            missed = back.now()
            assert (parts(missed), missed.gap) == ([("HEADER",), ("INVOICES",)], False)
        async with following(fed, what, middle) as back:
            assert parts(back.now()) == [("INVOICES",)]
        assert (fed.feed.replays[Topic.ORDER], fed.feed.gaps[Topic.ORDER]) == (2, 0)
    await fed.feed.close()


async def test_change_while_nobody_followed_is_told_to_who_comes_back() -> None:
    """The last follower leaves, nothing is polled any more, and what changed meanwhile is not lost."""
    fed = Fed(business())
    what = await subject(fed.woven)
    async with following(fed, what) as leaves:
        cursor = leaves.now().position
    await turns()
    polls = fed.polls
    close_order(fed.woven)
    await fed.waits.pass_by(60)
    assert (fed.polls, fed.feed.watching) == (polls, 0)
    async with following(fed, what, cursor) as back:
        missed = back.now()
        assert (parts(missed), missed.gap) == ([("HEADER",)], False)
    await fed.feed.close()


async def test_cursor_that_is_not_known_any_more_is_a_gap() -> None:
    """After the time for which changes are kept a cursor gives the state now and says that there may have been more."""
    fed = Fed(business())
    what = await subject(fed.woven)
    async with following(fed, what) as leaves:
        cursor = leaves.now().position
    close_order(fed.woven)
    await fed.waits.pass_by(SETTINGS.keep_seconds + 1)
    async with following(fed, what, cursor) as back:
        missed = back.now()
        assert (missed.events, missed.gap) == ((), True)
        assert back.now().gap is False
    assert fed.feed.gaps[Topic.ORDER] == 1
    await fed.feed.close()


async def test_reader_that_is_too_slow_is_told_of_the_gap() -> None:
    """The log keeps so many events: a reader who took none of more is told those and that there were others."""
    fed = Fed(business(), settings=msgspec.structs.replace(SETTINGS, events_kept=3))
    async with following(fed, await subject(fed.woven)) as found:
        found.now()
        for turn in range(5):
            (close_order if turn % 2 == 0 else reopen_order)(fed.woven)
            await fed.waits.pass_by(5)
        missed = found.now()
        assert (parts(missed), missed.gap) == ([("HEADER",)] * 3, True)
    await fed.feed.close()


async def test_shipments_are_watched_by_their_facets_alone() -> None:
    """Whoever follows shipments asks for two facets, and a change of the header is no event."""
    fed = Fed(business())
    what = await subject(fed.woven, Topic.SHIPMENT)
    async with following(fed, what) as found:
        found.now()
        calls = fed.woven.fakes["shop"].asked("find")
        assert {facet.value for facet in calls[-1].facets} == {"FULFILLMENT", "TRACKING"}
        close_order(fed.woven)
        await fed.waits.pass_by(5)
        assert found.now().events == ()
        orders = fed.woven.fakes["shop"].orders
        orders[0] = msgspec.structs.replace(orders[0], fulfillment=order("a1", "1001", tracking="T2").fulfillment)
        await fed.waits.pass_by(5)
        assert parts(found.now()) == [("FULFILLMENT",)]
    await fed.feed.close()


async def test_order_that_is_gone_is_told() -> None:
    """An order that no system knows any more changed in all its parts."""
    fed = Fed(business())
    async with following(fed, await subject(fed.woven)) as found:
        found.now()
        fed.woven.fakes["shop"].orders.clear()
        fed.woven.fakes["erp"].orders.clear()
        await fed.waits.pass_by(5)
        (changed,) = parts(found.now())
        assert len(changed) == 11
    await fed.feed.close()


async def test_lane_is_that_of_the_most_urgent_follower() -> None:
    """An analyst's watch waits in the analysts' lane, until somebody interactive follows the same."""
    fed = Fed(business())
    lanes: list[Lane] = []
    what = await subject(fed.woven)
    look = fed.feed._look

    async def noting(subject: Subject, lane: Lane) -> object:
        lanes.append(lane)
        return await look(subject, lane)

    fed.feed._look = noting  # type: ignore[assignment] # notes, and hands on
    async with fed.feed.follow(what, Lane.ANALYTICS):
        async with fed.feed.follow(what, Lane.INTERACTIVE):
            await fed.waits.pass_by(5)
        await fed.waits.pass_by(5)
    assert lanes == [Lane.ANALYTICS, Lane.INTERACTIVE, Lane.ANALYTICS]
    await fed.feed.close()


async def test_so_many_things_at_once() -> None:
    """One thing more than may be watched is refused; one that rests makes room."""
    fed = Fed(business(), settings=LiveSettings(most_subjects=2))
    skus = [Subject.of_skus([sku]) for sku in ("A", "B", "C")]
    async with following(fed, skus[0]):
        async with following(fed, skus[1]):
            with pytest.raises(Full):
                async with following(fed, skus[2]):
                    pass
        async with following(fed, skus[2]):
            assert fed.feed.watching == 2
    await fed.feed.close()


async def test_followers_come_and_go_and_nothing_stays() -> None:
    """500 followers of 50 things that come, are told, and go leave no task and no watch."""
    fed = Fed(business())
    before = len(asyncio.all_tasks())
    for _ in range(2):
        async with AsyncExitStack() as stack:
            for number in range(500):
                await stack.enter_async_context(following(fed, Subject.of_skus([f"SKU-{number % 50}"])))
            assert fed.feed.watching == 50
        await turns(5)
        assert (fed.feed.watching, len(asyncio.all_tasks())) == (0, before)
        assert fed.feed.followers[Topic.STOCK] == 0
    await fed.feed.close()
