"""A change that could not be told when it came: it is told as soon as it can be, alone or with the next."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from orderweave.answering.errors import RequestError, incomplete, overloaded
from orderweave_sdk.records import Invoices
from tests.unit.live.feeds import Waits, business, close_order
from tests.unit.web.exchanges import turns
from tests.unit.web.live.talks import Talk, Talks, talking

FOLLOW = 'subscription { orderUpdated(by: {number: "1001"}) { changed gap changes { changed } order { status } } }'


class Silence:
    """The order can be polled and not be answered with, while there is an error."""

    def __init__(self, woven: Any) -> None:
        self._ask = woven.gateway.order_by_id
        self.error: RequestError | None = None
        self.asked = 0

    async def __call__(self, token: str, needs: Any, call: Any) -> Any:
        """In the gateway's place."""
        if needs.all_keys:  # a poll
            return await self._ask(token, needs, call)
        self.asked += 1
        if self.error is not None:
            raise self.error
        return await self._ask(token, needs, call)


@asynccontextmanager
async def followed(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Talks, Talk, Silence, Waits]]:
    """A talk that has the first answer, on the test's clock."""
    async with talking(woven=business()) as talks:
        waits = Waits(talks.woven.time)
        monkeypatch.setattr(talks.app.doors.feed, "_wait", waits)
        silence = Silence(talks.woven)
        monkeypatch.setattr(talks.woven.gateway, "order_by_id", silence)
        talk = await talks.begun()
        talk.subscribe("1", FOLLOW)
        assert (await update(talk))["changed"] == []
        yield talks, talk, silence, waits


async def update(talk: Talk) -> dict[str, Any]:
    """The next message's data."""
    found: dict[str, Any] = (await talk.hear())["payload"]["data"]["orderUpdated"]
    return found


async def code(talk: Talk) -> str:
    """Or its error."""
    found: str = (await talk.hear())["payload"]["errors"][0]["extensions"]["code"]
    return found


async def test_it_is_told_without_another_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """One error is told, then nothing while every try fails; once one does not, the change is told with its state.
    Tries are 5, 10 and 20 seconds apart.
    """
    async with followed(monkeypatch) as (talks, talk, silence, waits):
        silence.error = incomplete("this order", ["shop"])
        close_order(talks.woven)
        await waits.pass_by(5)
        assert await code(talk) == "INCOMPLETE"
        asked = []
        for _ in range(8):
            await waits.pass_by(5)
            asked.append(silence.asked)
        assert asked == [3, 3, 4, 4, 4, 4, 5, 5]
        silence.error = None
        await waits.pass_by(60)
        told = await update(talk)
        assert (told["changed"], told["gap"], told["order"]["status"]) == (["HEADER"], False, "COMPLETED")
        await waits.pass_by(120)
        assert silence.asked == 6
        talk.say("ping")
        assert await talk.hear() == {"type": "pong"}


async def test_it_is_joined_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that comes meanwhile is tried at once, and both are told, in order, in one answer."""
    async with followed(monkeypatch) as (talks, talk, silence, waits):
        silence.error = incomplete("this order", ["shop"])
        close_order(talks.woven)
        await waits.pass_by(5)
        assert await code(talk) == "INCOMPLETE"
        for _ in range(3):
            await waits.pass_by(5)
        silence.error = None
        erp = talks.woven.fakes["erp"].orders
        erp[0] = msgspec.structs.replace(erp[0], invoices=Invoices())
        await talks.changed()
        await turns(60)
        told = await update(talk)
        assert told["changes"] == [{"changed": ["HEADER"]}, {"changed": ["INVOICES"]}]
        assert (told["changed"], told["order"]["status"]) == (["HEADER", "INVOICES"], "COMPLETED")


async def test_another_failure_is_another_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails for another reason than before is told, and the same reason again after an answer."""
    async with followed(monkeypatch) as (talks, talk, silence, waits):
        silence.error = incomplete("this order", ["shop"])
        close_order(talks.woven)
        await waits.pass_by(5)
        assert await code(talk) == "INCOMPLETE"
        silence.error = overloaded("full")
        await waits.pass_by(5)
        assert await code(talk) == "OVERLOADED"


async def test_first_answer_that_failed_comes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who begins while nothing can be answered is told so, and has the state as soon as it can be had."""
    async with followed(monkeypatch) as (talks, talk, silence, waits):
        silence.error = incomplete("this order", ["shop"])
        again = await talks.begun()
        again.subscribe("1", FOLLOW)
        assert await code(again) == "INCOMPLETE"
        silence.error = None
        await waits.pass_by(5)
        told = await update(again)
        assert (told["changed"], told["order"]["status"]) == ([], "OPEN")
        assert talk.task.done() is False
