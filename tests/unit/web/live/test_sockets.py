"""graphql-transport-ws: operations of every kind, bounds, and nothing left when a talk is over."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from orderweave.answering.errors import incomplete
from orderweave.config.configuration import LiveSettings
from orderweave.model.rights import ALL_RIGHTS, ANYBODY, Caller, Rights, Scope
from orderweave.web import Door
from orderweave.web.addresses import Addresses
from orderweave.web.live import sockets
from orderweave.web.live.messages import CloseCode
from orderweave.web.origins import Origins
from orderweave_sdk.records import Invoices
from tests.unit.live.feeds import close_order, reopen_order
from tests.unit.web.exchanges import turns
from tests.unit.web.live.talks import ORDER, Keys, talking, with_stock


async def test_subscription_gives_the_state_then_each_change() -> None:
    """The first answer has the order as it is; after a change comes one with the changed part and the new state."""
    async with talking() as talks:
        talk = await talks.begun()
        talk.subscribe("1")
        first = await talk.hear()
        assert (first["type"], first["id"]) == ("next", "1")
        update = first["payload"]["data"]["orderUpdated"]
        assert update.pop("cursor")
        assert update == {"changed": [], "gap": False, "order": {"number": "1001", "status": "OPEN"}}
        close_order(talks.woven)
        await talks.changed()
        update = (await talk.hear())["payload"]["data"]["orderUpdated"]
        assert (update["changed"], update["order"]["status"]) == (["HEADER"], "COMPLETED")


async def test_reconnected_client_is_told_what_it_missed() -> None:
    """With the cursor of its last answer a client that comes back gets the change that it did not see, at once."""
    async with talking() as talks:
        talk = await talks.begun()
        talk.subscribe("1")
        cursor = (await talk.hear())["payload"]["data"]["orderUpdated"]["cursor"]
        talk.hang_up()
        await talk.task
        close_order(talks.woven)
        again = await talks.begun()
        again.subscribe("1", after=cursor)
        update = (await again.hear())["payload"]["data"]["orderUpdated"]
        assert (update["changed"], update["gap"], update["order"]["status"]) == (["HEADER"], False, "COMPLETED")


@pytest.mark.parametrize("after", ["x", "eyJjIjoib3RoZXIiLCJwIjpbXX0", "a" * 3000])
async def test_cursor_that_is_none_is_refused(after: str) -> None:
    """A forged cursor, or one of another list, ends the subscription with BAD_INPUT and plain words."""
    async with talking() as talks:
        talk = await talks.begun()
        talk.subscribe("1", after=after)
        said = await talk.hear()
        assert said["type"] == "error"
        assert said["payload"] == [
            {"message": "after: not a cursor of orderUpdated", "extensions": {"code": "BAD_INPUT"}}
        ]


async def test_queries_run_too() -> None:
    """A query gets one answer and is complete, and its id may be used again."""
    async with talking() as talks:
        talk = await talks.begun()
        for _ in range(2):
            talk.subscribe("q", ORDER)
            assert (await talk.hear())["payload"] == {"data": {"order": {"number": "1001"}}}
            assert await talk.hear() == {"type": "complete", "id": "q"}


async def test_document_that_cannot_run_is_an_error() -> None:
    """A document that does not parse or hold is told by an error for its id, and the connection stays."""
    async with talking() as talks:
        talk = await talks.begun()
        talk.subscribe("1", "{")
        assert (await talk.hear())["payload"][0]["extensions"]["code"] == "GRAPHQL_PARSE_FAILED"
        talk.subscribe("1", "{ nothing }")
        assert (await talk.hear())["payload"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
        talk.subscribe("1", ORDER)
        assert (await talk.hear())["type"] == "next"


async def test_order_that_does_not_exist_is_null_and_the_end() -> None:
    """Nobody knows the number: one answer without an order, and the subscription is complete."""
    async with talking() as talks:
        talk = await talks.begun()
        query = 'subscription { orderUpdated(by: {number: "9999"}) { changed order { number } } }'
        talk.subscribe("1", query)
        assert (await talk.hear())["payload"] == {"data": {"orderUpdated": {"changed": [], "order": None}}}
        assert await talk.hear() == {"type": "complete", "id": "1"}


async def test_stock_is_told_by_sku() -> None:
    """A change of one SKU's numbers tells that SKU with its numbers, and no other."""
    async with talking(woven=with_stock()) as talks:
        talk = await talks.begun()
        query = 'subscription { inventoryChanged(skus: ["sku-2", "SKU-1"]) { changed items { sku onHand } } }'
        talk.subscribe("1", query)
        first = (await talk.hear())["payload"]["data"]["inventoryChanged"]
        assert [item["onHand"] for item in first["items"]] == [5, 7]
        levels = talks.woven.fakes["wms"].stock
        levels[1] = msgspec.structs.replace(levels[1], on_hand=Decimal(4))
        await talks.changed()
        update = (await talk.hear())["payload"]["data"]["inventoryChanged"]
        assert (update["changed"], [item["onHand"] for item in update["items"]]) == (["SKU-2"], [4])


async def test_completed_operation_is_no_longer_followed() -> None:
    """A client that completes is told no more, and the watch ends with its last follower."""
    async with talking() as talks:
        talk = await talks.begun()
        talk.subscribe("1")
        await talk.hear()
        talk.say("complete", id="1")
        await turns()
        assert talks.app.doors.feed.watching == 0
        talk.say("ping")
        assert await talk.hear() == {"type": "pong"}


async def test_ping_is_answered_with_its_payload() -> None:
    """Pings are answered before and after the beginning; pongs are taken."""
    async with talking() as talks:
        talk = talks.talk()
        talk.say("ping", payload={"a": 1})
        assert await talk.hear() == {"type": "pong", "payload": {"a": 1}}
        talk.say("pong")
        await talk.begin()


async def test_foreign_page_may_not_connect() -> None:
    """A browser names the page's origin: our own and the configured ones may, others get 403; programs name none."""
    settings = LiveSettings(origins=("https://portal.example.com",))
    async with talking(settings=settings) as talks:
        assert await talks.talk(origin="https://evil.example.com").code() == 403
        for odd in (
            "null",
            "http://[",
            "http://[::1",
            "http://]",
            "http://a[b]",
            "http://",
            "gateway.example.com",
            "\xff",
        ):
            assert (odd, await talks.talk(origin=odd).code()) == (odd, 403)
        assert await talks.talk(origin="null", host="").code() == 403
        for origin in ("https://portal.example.com", "https://gateway.example.com"):
            await talks.begun(origin=origin)


async def test_pages_that_may_ask_over_http_may_connect() -> None:
    """Unless origins are said for WebSockets alone; "*" is none, for it lends no page its browser's credentials."""
    portal = "https://portal.example.com"
    for allowed, origins, code in (
        ([portal], None, None),
        ([portal], (), 403),
        ([portal], ("https://other.example.com",), 403),
        (["*"], None, 403),
        ([], None, 403),
    ):
        settings = LiveSettings(origins=origins)
        async with talking(door=Door(origins=Origins(allowed)), settings=settings) as talks:
            if code is None:
                await talks.begun(origin=portal)
            else:
                assert (allowed, origins, await talks.talk(origin=portal).code()) == (allowed, origins, code)
            assert await talks.talk(origin="*").code() == 403


async def test_connections_are_bounded() -> None:
    """One connection too many is answered with 503 before it is opened; one that ends makes room."""
    async with talking(settings=LiveSettings(most_connections=1)) as talks:
        first = await talks.begun()
        assert await talks.talk().code() == 503
        first.hang_up()
        await first.task
        await talks.begun()


@pytest.mark.parametrize(("most", "each", "share"), [(500, None, 100), (3, None, 1), (500, 7, 7), (0, None, 1)])
def test_share_of_one_caller(most: int, each: int | None, share: int) -> None:
    """A fifth of all, one at least, unless it is said."""
    assert LiveSettings(most_connections=most, most_connections_per_caller=each).share == share


async def test_connections_of_one_caller_are_bounded() -> None:
    """Nameless ones share by where they come from and leave room for others; a caller's own count under its name."""
    settings = LiveSettings(most_connections=10, most_connections_per_caller=2)
    door = Door(identify=Keys(hers="ada", his="bob"), addresses=Addresses(["10.0.0.0/8"]))
    async with talking(settings=settings, door=door) as talks:
        nameless = [await talks.begun(x_forwarded_for=f"203.0.113.{host}") for host in (7, 8)]
        third = talks.talk(x_forwarded_for="203.0.113.9")
        third.say("connection_init")
        assert await third.code() == CloseCode.TRY_AGAIN_LATER
        # They keep nobody out who has a name, nor nameless ones elsewhere.
        await talks.begun(x_forwarded_for="203.0.113.9", x_api_key="his")
        await talks.begun(x_forwarded_for="198.51.100.1")
        hers = [await talks.begun(x_forwarded_for="198.51.100.1", x_api_key="hers") for _ in range(2)]
        third = talks.talk(x_forwarded_for="192.0.2.1", x_api_key="hers")
        third.say("connection_init")
        assert await third.code() == CloseCode.TRY_AGAIN_LATER
        his = await talks.begun(x_forwarded_for="192.0.2.1", x_api_key="his")
        hers[0].hang_up()
        await hers[0].task
        await talks.begun(x_forwarded_for="192.0.2.1", x_api_key="hers")
        nameless[1].hang_up()
        await nameless[1].task
        await talks.begun(x_forwarded_for="203.0.113.9")
        his.say("ping")
        assert await his.hear() == {"type": "pong"}


async def test_connections_that_say_nothing_are_bounded() -> None:
    """Who has not begun counts by where it comes from, apart from those who have, and makes room by beginning."""
    settings = LiveSettings(most_connections=10, most_connections_per_caller=2)
    async with talking(settings=settings, door=Door(addresses=Addresses(["10.0.0.0/8"]))) as talks:
        silent = [talks.talk(x_forwarded_for=f"203.0.113.{host}") for host in (7, 8)]
        await turns()
        assert await talks.talk(x_forwarded_for="203.0.113.9").code() == 503
        await talks.begun(x_forwarded_for="198.51.100.1")
        await silent[0].begin()
        await talks.begun(x_forwarded_for="203.0.113.9")


async def test_operations_of_one_connection_are_bounded() -> None:
    """One too many is an error for its id, with OVERLOADED; the others go on."""
    async with talking(settings=LiveSettings(most_subscriptions=1)) as talks:
        talk = await talks.begun()
        talk.subscribe("1")
        await talk.hear()
        talk.subscribe("2")
        said = await talk.hear()
        assert (said["id"], said["type"], said["payload"][0]["extensions"]["code"]) == ("2", "error", "OVERLOADED")
        close_order(talks.woven)
        await talks.changed()
        assert (await talk.hear())["id"] == "1"


async def test_things_that_are_followed_are_bounded() -> None:
    """One thing too many is an error with OVERLOADED."""
    async with talking(settings=LiveSettings(most_subjects=1)) as talks:
        talk = await talks.begun()
        talk.subscribe("1")
        await talk.hear()
        talk.subscribe("2", 'subscription { inventoryChanged(skus: ["A"]) { changed } }')
        said = await talk.hear()
        assert (said["type"], said["payload"][0]["extensions"]["code"]) == ("error", "OVERLOADED")


async def test_client_that_takes_nothing_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sending waits so long for a slow reader, then the talk is over: nothing is piled up for it."""
    monkeypatch.setattr(sockets, "MOST_UNREAD_SECONDS", 0.02)
    async with talking() as talks:
        talk = await talks.begun()
        talk.takes.clear()
        talk.subscribe("1")
        async with asyncio.timeout(10):
            await talk.task
        assert talks.app.doors.feed.watching == 0


async def test_caller_is_not_told_of_what_it_may_not_see() -> None:
    """A change of the invoices is no event for who may not see financials, and no facet beside a change that is."""

    async def identify(headers: Any) -> Caller:
        seen = frozenset({Scope.ORDERS}) if b"x-api-key" in headers else ALL_RIGHTS.scopes
        return msgspec.structs.replace(ANYBODY, rights=Rights(scopes=seen))

    async with talking(identify=identify) as talks:
        few, all_ = await talks.begun(x_api_key="few"), await talks.begun()
        query = 'subscription { orderUpdated(by: {number: "1001"}) { changed } }'
        for talk in (few, all_):
            talk.subscribe("1", query)
            await talk.hear()
        erp = talks.woven.fakes["erp"].orders
        erp[0] = msgspec.structs.replace(erp[0], invoices=Invoices())
        await talks.changed()
        assert (await all_.hear())["payload"]["data"]["orderUpdated"] == {"changed": ["INVOICES"]}
        close_order(talks.woven)
        await talks.changed()
        assert (await few.hear())["payload"]["data"]["orderUpdated"] == {"changed": ["HEADER"]}


async def test_failure_is_an_error_in_an_answer_and_the_subscription_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """When nobody can say what became of the order the answer has an error; the next change has data again."""
    async with talking() as talks:
        talk = await talks.begun()
        talk.subscribe("1")
        await talk.hear()
        ask = talks.woven.gateway.order_by_id

        async def silent(token: str, needs: Any, call: Any) -> Any:
            if needs.all_keys:  # a poll
                return await ask(token, needs, call)
            raise incomplete("this order", ["shop"])

        monkeypatch.setattr(talks.woven.gateway, "order_by_id", silent)
        close_order(talks.woven)
        await talks.changed()
        said = (await talk.hear())["payload"]
        assert said["data"] is None
        assert [(error["path"], error["extensions"]["code"]) for error in said["errors"]] == [
            (["orderUpdated"], "INCOMPLETE")
        ]
        monkeypatch.undo()
        reopen_order(talks.woven)
        await talks.changed()
        assert (await talk.hear())["payload"]["data"]["orderUpdated"]["order"]["status"] == "OPEN"


async def test_five_hundred_come_and_go() -> None:
    """500 subscribers over 500 connections that follow, are told, and leave, leave no task, watch or connection."""
    async with talking(settings=LiveSettings(most_connections_per_caller=500)) as talks:
        before = len(asyncio.all_tasks())
        opened = [talks.talk() for _ in range(500)]
        for talk in opened:
            talk.say("connection_init")
            talk.subscribe("1")
        for talk in opened:
            assert (await talk.hear())["type"] == "connection_ack"
            assert (await talk.hear())["type"] == "next"
        assert talks.app.doors.feed.watching == 1
        assert talks.app.doors.lines.open == {"graphql-transport-ws": 500}
        for talk in opened:
            talk.hang_up()
        await asyncio.gather(*(talk.task for talk in opened))
        await turns(5)
        assert len(asyncio.all_tasks()) == before
        assert talks.app.doors.feed.watching == 0
        assert talks.app.doors.lines.open == {"graphql-transport-ws": 0}
        assert sum(talks.app.doors.feed.followers.values()) == 0
