"""Asking one system: every fault is an issue with its reason, and the system's health says how it answers."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from orderweave.calling import caller
from orderweave.fetching import systems as module
from orderweave.fetching.systems import Systems, told
from orderweave.model.provenance import IssueReason, SourceIssue
from orderweave.model.terms import Terms
from orderweave_sdk.capabilities import Gap, Orders, Tracking
from orderweave_sdk.errors import (
    BadPayload,
    CapabilityNotDeclared,
    FixCredentials,
    GiveUp,
    Retry,
    TimedOut,
    Unreachable,
    UpstreamError,
    Wait,
)
from orderweave_sdk.records import WORDS_OF_AXIS, Axis, Facet, Key
from orderweave_sdk.statuses import StatusMap
from tests.unit.fake_business import order, shop
from tests.unit.fake_clock import NOON
from tests.unit.fake_systems import FakeSystem, Woven, weave

BOTH = frozenset({Facet.LINES, Facet.HEADER})


class Odd(UpstreamError):
    """An error of a connector's own making."""


async def find(systems: Systems, call: Terms | None = None) -> tuple[Orders | None, SourceIssue | None]:
    """One look-up of the shop."""
    terms = call or systems.call(10)
    keys = [Key("id", "a1")]
    return await systems.ask("shop", BOTH, Orders, lambda connector: connector.find_orders(keys, BOTH, terms), terms)


@pytest.mark.parametrize(
    ("error", "reason", "message"),
    [
        (Unreachable("orders: no connection"), IssueReason.UNREACHABLE, "orders: no connection"),
        (TimedOut("orders: late"), IssueReason.TIMED_OUT, "orders: late"),
        (Retry("orders: HTTP 500"), IssueReason.FAILED, "orders: HTTP 500"),
        (Wait("orders: HTTP 429", seconds=3), IssueReason.THROTTLED, "orders: HTTP 429"),
        (FixCredentials("orders: HTTP 401"), IssueReason.UNAUTHORIZED, "orders: HTTP 401"),
        (BadPayload("orders: an HTML page"), IssueReason.BAD_PAYLOAD, "orders: an HTML page"),
        (GiveUp("orders: HTTP 400"), IssueReason.REFUSED, "orders: HTTP 400"),
        (
            CapabilityNotDeclared("shop", "READ_STOCK"),
            IssueReason.REFUSED,
            "connector 'shop' does not declare the capability READ_STOCK",
        ),
        (UpstreamError("orders: bare"), IssueReason.FAILED, "orders: bare"),
        (Odd("orders: odd"), IssueReason.FAILED, "orders: odd"),
        (
            KeyError("ada@example.com"),
            IssueReason.BAD_PAYLOAD,
            "the connector failed on an answer (KeyError)",
        ),
        (TimeoutError("a bug"), IssueReason.BAD_PAYLOAD, "the connector failed on an answer (TimeoutError)"),
        (RecursionError("a bug"), IssueReason.BAD_PAYLOAD, "the connector failed on an answer (RecursionError)"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_each_error_is_an_issue(error: Exception, reason: IssueReason, message: str) -> None:
    """Every error of a connector, its own bugs among them, is an issue with reason and facets; values stay out."""
    system = shop()
    system.error = error
    issue = SourceIssue(system="shop", reason=reason, message=message, facets=(Facet.HEADER, Facet.LINES))
    assert await find(weave(system).systems) == (None, issue)


@pytest.mark.parametrize("answer", [None, {}, "orders", Gap("x")], ids=repr)
async def test_an_answer_of_another_kind_is_an_issue(answer: Any) -> None:
    """A connector that answers something else than it should is an issue, not a crash and not silence."""
    woven = weave(shop())

    async def odd(connector: Any) -> Any:
        return answer

    found, issue = await woven.systems.ask("shop", BOTH, Orders, odd, woven.systems.call(10))
    assert found is None
    assert issue is not None
    assert (issue.reason, issue.message) == (
        IssueReason.BAD_PAYLOAD,
        "the connector failed on an answer (TypeError)",
    )


async def test_a_connector_that_never_returns_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connector that does not keep the deadline itself is ended soon after it, as a time-out."""
    monkeypatch.setattr(caller, "_GRACE", 0.0)
    woven = weave(shop())

    async def never(connector: Any) -> Any:
        await asyncio.Event().wait()

    found, issue = await woven.systems.ask("shop", BOTH, Orders, never, woven.systems.call(0))
    assert found is None
    assert issue is not None
    assert (issue.reason, issue.message) == (IssueReason.TIMED_OUT, "no answer within the deadline")


async def test_cancellation_is_not_held_up() -> None:
    """A request that is given up ends the question instead of making an issue of it."""
    woven = weave(shop())

    async def never(connector: Any) -> Any:
        await asyncio.Event().wait()

    task = asyncio.create_task(woven.systems.ask("shop", BOTH, Orders, never, woven.systems.call(10)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert woven.systems.health["shop"].failures == 0


async def test_health_follows_the_last_call() -> None:
    """Unknown before the first call, then as the last call went, with the times and counts of both kinds."""
    system = shop([order("a1", "1001")])
    woven = weave(system)
    health = woven.systems.health["shop"]
    assert (health.healthy, health.calls, health.failures) == (None, 0, 0)
    await find(woven.systems)
    assert (health.healthy, health.last_success_at, health.last_error_at) == (True, NOON, None)
    woven.time.advance(5)
    system.error = Wait("orders: HTTP 429")
    await find(woven.systems)
    assert (health.healthy, health.last_error_at) == (False, NOON + timedelta(seconds=5))
    assert (health.last_error, health.last_reason) == ("orders: HTTP 429", IssueReason.THROTTLED)
    system.error = None
    await find(woven.systems)
    assert (health.healthy, health.calls, health.failures) == (True, 3, 1)
    assert health.last_error == "orders: HTTP 429"


def test_gaps_are_named_up_to_a_bound() -> None:
    """Five unreadable records are named, the rest counted; a record without an id is told without one."""
    gaps = (Gap("order: no number"), *(Gap("order: bad", f"a{n}") for n in range(7)))
    assert [issue.message for issue in told("shop", gaps, BOTH)] == [
        "order: no number",
        "order: bad (record a0)",
        "order: bad (record a1)",
        "order: bad (record a2)",
        "order: bad (record a3)",
        "3 more records could not be read",
    ]
    assert {issue.reason for issue in told("shop", gaps, BOTH)} == {IssueReason.BAD_PAYLOAD}


WORDS = StatusMap.of("1", {Axis.ORDER: {"open": "OPEN", "reversed": "UNKNOWN"}, Axis.SHIPMENT: {"gone": "IN_TRANSIT"}})


async def _read(systems: Systems, *words: tuple[Axis, str]) -> None:
    """An answer that holds these words, asked for and read."""

    async def question(_: Any) -> Tracking:
        for axis, raw in words:
            WORDS.part(axis, raw, WORDS_OF_AXIS[axis])
        return Tracking(records=())

    await systems.ask("shop", BOTH, Tracking, question, systems.call(10))


async def test_unknown_words_are_counted_once_an_answer() -> None:
    """Of an order and of its parts, by axis; a word that is mapped to UNKNOWN is one that somebody mapped."""
    systems = weave(shop()).systems
    parts = [(axis, "odd") for axis in WORDS_OF_AXIS]
    await _read(systems, *parts, *parts, (Axis.ORDER, "open"), (Axis.ORDER, "reversed"), (Axis.SHIPMENT, "gone"))
    await _read(systems, (Axis.SHIPMENT, "odd"))
    assert systems.unknown_words["shop"] == {
        f"{axis}: odd": 2 if axis is Axis.SHIPMENT else 1 for axis in WORDS_OF_AXIS
    }


async def test_unknown_words_are_counted_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the bound no new word is taken, and known ones are counted on; of a long one the beginning is kept."""
    monkeypatch.setattr(module, "_MOST_UNKNOWN_WORDS", 2)
    systems = weave(shop()).systems
    for raw in ("odd", "o" * 5000, "odd", "oddest", "odd"):
        await _read(systems, (Axis.ORDER, raw))
    assert systems.unknown_words["shop"] == {"ORDER: odd": 3, f"ORDER: {'o' * 100}": 1}


async def test_words_of_a_failed_question_are_not_counted() -> None:
    """What was not answered was not read."""
    systems = weave(shop()).systems

    async def question(_: Any) -> Tracking:
        WORDS.read(Axis.ORDER, "odd")
        raise GiveUp("orders: HTTP 400")

    await systems.ask("shop", BOTH, Tracking, question, systems.call(10))
    assert systems.unknown_words["shop"] == {}


async def test_closing_closes_every_connector() -> None:
    """Closing the gateway closes each connector."""
    fakes: list[FakeSystem] = [shop(), shop(name="eu")]
    woven: Woven = weave(*fakes)
    await woven.close()
    assert [fake.closed for fake in fakes] == [True, True]
