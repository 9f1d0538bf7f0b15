"""Taking webhooks in: what is the vendor's own is stored once, everything else has one and the same answer."""

from __future__ import annotations

import asyncio
import hmac
import logging
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest

from orderweave.config.configuration import WebhookSettings
from orderweave.receiving import Outcome
from orderweave.receiving.deliveries import State
from orderweave_sdk.records import Key
from orderweave_sdk.webhooks import Delivery
from tests.unit.fake_webhooks import SECRET, SIGNATURE
from tests.unit.receiving.desk import Desk, signed, told


async def test_twenty_copies_at_once_are_one(desk: Desk) -> None:
    """Twenty copies at the same time: all are answered well, one is stored, and one thing is done."""
    outcomes = await asyncio.gather(*(desk.send(told("e1")) for _ in range(20)))
    assert Counter(outcomes) == {Outcome.TAKEN: 20}
    assert desk.receiving.tally.received == {("shop", "NEW"): 1, ("shop", "KNOWN"): 19}
    await desk.work()
    assert await desk.work() == 0
    assert desk.scripted.orders == ["a1"]
    assert await desk.send(told("e1")) is Outcome.TAKEN
    assert await desk.work() == 0


async def test_one_signed_body_under_many_ids_is_heard_once_a_minute(desk: Desk) -> None:
    """Where ids are not signed: twenty ids beside one body are one work, and twenty more within a minute of it wait as
    one until the minute is over. So what changed meanwhile is read, and nobody makes the gateway read more.
    """
    for n in range(20):
        assert await desk.send(told(f"e{n}", seal="body")) is Outcome.TAKEN
    assert desk.receiving.tally.received == {("shop", "NEW"): 1, ("shop", "KNOWN"): 19}
    assert await desk.work() == 1
    desk.time.advance(10)
    for n in range(20, 40):
        await desk.send(told(f"e{n}", seal="body", seconds=1))
    assert desk.receiving.tally.received == {("shop", "NEW"): 2, ("shop", "KNOWN"): 38}
    desk.time.advance(49)
    assert await desk.work() == 0
    desk.time.advance(1)
    assert await desk.work() == 1
    assert desk.scripted.orders == ["a1", "a1"]
    await desk.send(told("another", seal="another body"))
    assert await desk.work() == 1
    desk.time.advance(60)
    await desk.send(told("e40", seal="body", seconds=2))
    assert await desk.work() == 1


async def test_one_that_is_being_worked_takes_in_no_other(desk: Desk) -> None:
    """The same body under another id while the first is being read: it may tell of a change that is not in what is read
    then, and is worked after it.
    """
    desk.scripted.open.clear()
    await desk.send(told("e1", seal="body"))
    working = asyncio.ensure_future(desk.work())
    await desk.scripted.begun.wait()
    await desk.send(told("e2", seal="body", seconds=1))
    desk.scripted.open.set()
    await working
    assert desk.receiving.tally.received == {("shop", "NEW"): 2}
    desk.time.advance(60)
    assert await desk.work() == 1
    assert desk.scripted.orders == ["a1", "a1"]


async def test_copies_to_two_processes_are_one(tmp_path: Path, desk: Desk) -> None:
    """Ten copies to each of two processes over one database: one is stored, and one of them does it once."""
    other = Desk(tmp_path)
    try:
        await asyncio.gather(*(each.send(told("e1")) for _ in range(10) for each in (desk, other)))
        await asyncio.gather(*(each.work() for _ in range(3) for each in (desk, other)))
        assert desk.scripted.orders + other.scripted.orders == ["a1"]
        both = desk.receiving.tally.received + other.receiving.tally.received
        assert both == {("shop", "NEW"): 1, ("shop", "KNOWN"): 19}
    finally:
        await other.close()


async def test_whatever_is_not_the_vendors_is_refused_alike(desk: Desk) -> None:
    """A forgery, a delivery without a signature, to a system that is not there and to one that takes none: one answer,
    nothing stored; who sent it learns nothing, and operators are told which it was.
    """
    headers, body = signed(told("e1"))
    outcomes = [
        await desk.send(told("e1"), secret="guessed"),
        await desk.receiving.accept("shop", {}, body),
        await desk.receiving.accept("shop", headers, body + b" "),
        await desk.receiving.accept("nobody", headers, body),
        await desk.receiving.accept("silent", headers, body),
    ]
    assert set(outcomes) == {Outcome.REFUSED}
    assert await desk.states() == []
    assert desk.receiving.tally.received == {
        ("shop", "FORGED"): 2,
        ("shop", "UNSIGNED"): 1,
        ("", "UNKNOWN_SYSTEM"): 2,
    }


async def test_what_the_vendor_signed_and_nobody_can_read(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """It is answered well, for another copy would be no better, counted and logged without its content."""
    body = b'{"secret-name": "Ada"'
    headers = {SIGNATURE: b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode()}
    with caplog.at_level(logging.WARNING):
        assert await desk.receiving.accept("shop", headers, body) is Outcome.TAKEN
    assert desk.receiving.tally.received == {("shop", "UNREADABLE"): 1}
    assert [record.message for record in caplog.records] == ["webhook_unreadable"]
    assert "Ada" not in caplog.text
    await desk.receiving.accept("shop", headers, body)
    (dead,) = await desk.store.listed(State.DEAD, most=10)
    assert (dead.topic, dead.problem) == ("(unreadable)", "signed, and not what the vendor's documents promise")
    assert not dead.concerned
    assert await desk.store.replay(None, desk.time.now()) == 0


async def test_a_connector_that_breaks(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """A fault of the connector's own is refused, for nobody knows what it had found out; its words are not logged."""

    def broken(headers: Mapping[str, str], body: bytes, now: datetime) -> Delivery:
        raise RuntimeError("order of Ada")

    desk.shop.read_webhook = broken
    with caplog.at_level(logging.ERROR):
        assert await desk.send(told("e1")) is Outcome.REFUSED
    assert desk.receiving.tally.received == {("shop", "CONNECTOR_FAILED"): 1}
    assert "Ada" not in caplog.text


async def test_what_concerns_nobody_is_not_stored(desk: Desk) -> None:
    """A topic about something else is answered well and forgotten."""
    assert await desk.send(told("e1", None)) is Outcome.TAKEN
    assert await desk.states() == []
    assert desk.receiving.tally.received == {("shop", "IDLE"): 1}


async def test_a_full_queue(tmp_path: Path) -> None:
    """Where as many wait as may, the vendor is to come again; a copy of what waits is known; then there is a place."""
    desk = Desk(tmp_path, settings=WebhookSettings(most_waiting=2))
    try:
        assert [await desk.send(told(name)) for name in ("e1", "e2", "e3")] == [
            Outcome.TAKEN,
            Outcome.TAKEN,
            Outcome.LATER,
        ]
        assert await desk.send(told("e2")) is Outcome.TAKEN
        await desk.work()
        assert await desk.send(told("e3")) is Outcome.TAKEN
    finally:
        await desk.close()


async def test_a_database_that_fails(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """What cannot be stored is not taken: the vendor is to come again. The log has no content of it."""
    desk.closed = True
    desk.woven.index.database.close()  # type: ignore[union-attr] # there is an index
    with caplog.at_level(logging.ERROR):
        assert await desk.send(told("e1", "order-of-ada")) is Outcome.LATER
    assert desk.receiving.tally.received == {("shop", "NOT_STORED"): 1}
    assert [record.message for record in caplog.records] == ["webhook_not_stored"]
    assert "ada" not in caplog.text


async def test_odd_ids_topics_and_masses(desk: Desk) -> None:
    """An id of any length and characters, a topic with control characters, and thousands of SKUs: all have bounds."""
    many = tuple(f"SKU-{n}" for n in range(2000))
    odd = Delivery(id="\x00é" * 5000, topic="a\x00b\n" * 500, order=(Key("id", "a1"),), skus=many)
    assert await desk.send(odd) is Outcome.TAKEN
    assert await desk.send(odd) is Outcome.TAKEN
    (kept,) = await desk.store.listed(None, most=10)
    assert (kept.topic, len(kept.concerned.skus)) == ("ab" * 100, 500)
    assert desk.receiving.tally.received == {("shop", "NEW"): 1, ("shop", "KNOWN"): 1}
