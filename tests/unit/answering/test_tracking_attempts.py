"""A guest's attempt over scripted systems: one answer for everything that does not fit, at one time."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import msgspec
import pytest

from orderweave.config.configuration import Allowance
from orderweave.observing.observed import Observed
from orderweave_sdk.errors import BadPayload, Retry
from tests.unit.answering.guest import NONE, SETTINGS, STAFF, TRY, VIEW, Guest
from tests.unit.fake_business import order


@pytest.mark.parametrize(
    ("number", "fact"),
    [
        ("1001", {"email": "ada@example.com"}),
        ("#1001", {"email": " ADA@example.com "}),
        ("SO1", {"email": "ada@example.com"}),
        ("1001", {"postalCode": "101 15"}),
        # Two orders have this number; the fact tells them apart.
        ("1002", {"email": "cy@example.com"}),
        ("1002", {"email": "bob@example.com"}),
    ],
)
async def test_what_fits_gives_a_token(number: str, fact: dict[str, Any]) -> None:
    """Number and fact, however written, give a token by which the order is seen, after one slot."""
    guest = Guest()
    token = await guest.token(number, **fact)
    assert guest.took == 1.5
    seen = (await guest.ask(VIEW, token=token))["data"]["trackedOrder"]
    assert seen["number"] in number or number == "SO1"


@pytest.mark.parametrize(
    ("number", "fact"),
    [
        ("1001", {"email": "bob@example.com"}),
        ("1001", {"postalCode": "10117"}),
        ("1002", {"email": "ada@example.com"}),
        ("1003", {"email": "ada@example.com"}),
        ("1003", {"postalCode": "10115"}),
        ("4711", {"email": "ada@example.com"}),
        ("no such number", {"email": "ada@example.com"}),
        ("n/a", {"email": "ada@example.com"}),
    ],
)
async def test_what_does_not_fit_is_alike(number: str, fact: dict[str, Any]) -> None:
    """A wrong fact, another's order, an order of which the fact is not known, no order, no number: one answer, after
    one slot.
    """
    guest = Guest()
    assert await guest.ask(TRY, number=number, **fact) == {"data": NONE}
    assert guest.took == 1.5


async def test_two_that_fit_are_nobodys() -> None:
    """Where two orders have the number and the same customer, it is not said which, and none is given."""
    guest = Guest()
    guest.woven.fakes["shop"].orders.append(order("a4", "1004", email="cy@example.com"))
    assert await guest.ask(TRY, number="1004", email="cy@example.com") == {"data": NONE}


@pytest.mark.parametrize(
    "variables",
    [
        {"number": "1001"},
        {"number": "1001", "email": "ada@example.com", "postalCode": "10115"},
        {"number": " ", "email": "ada@example.com"},
        {"number": "1" * 201, "email": "ada@example.com"},
        {"number": "1001", "email": "ada"},
        {"number": "1001", "postalCode": "-"},
    ],
)
async def test_bad_input(variables: dict[str, Any]) -> None:
    """Neither or both facts, no number, no address: said at once, with nothing looked up."""
    guest = Guest()
    assert await guest.refused(TRY, **variables) == {"code": "BAD_INPUT"}
    assert guest.took == 0
    assert guest.woven.fakes["shop"].calls == []


async def test_postal_codes_switched_off() -> None:
    """Where the operator does not take postal codes, one is bad input."""
    guest = Guest(settings=msgspec.structs.replace(SETTINGS, postal_code=False))
    assert await guest.refused(TRY, number="1001", postalCode="10115") == {"code": "BAD_INPUT"}
    assert await guest.token("1001", email="ada@example.com") is not None


async def test_one_attempt_a_document() -> None:
    """Aliases and fragments do not make several attempts of one request: all are refused at once, none is counted."""
    guest = Guest()
    query = """mutation { a: trackOrder(number: "1001", email: "ada@example.com") { access { token } } ...More }
    fragment More on Mutation { b: trackOrder(number: "1001", email: "a@b") { access { token } } }"""
    errors = (await guest.ask(query))["errors"]
    assert errors[0]["message"] == "the document has 2 mutations at its root; 1 are allowed"
    assert guest.took == 0
    assert guest.woven.fakes["shop"].calls == []


async def test_the_same_is_asked_of_systems() -> None:
    """A right and a wrong fact, and an order that is not there, cost the same calls, over a cache, too:
    whoever may have given the number is asked itself, once.
    """
    guest = Guest(cached=True)
    asked = []
    for number, email in (
        ("1001", "ada@example.com"),
        ("1001", "x@y"),
        ("1009", "x@y"),
        ("1001", "x@y"),
        ("1009", "x@y"),
    ):
        before = {name: len(fake.calls) for name, fake in guest.woven.fakes.items()}
        await guest.ask(TRY, number=number, email=email)
        asked.append({name: len(fake.calls) - before[name] for name, fake in guest.woven.fakes.items()})
    assert asked == [{"shop": 1, "other": 1, "erp": 0, "wms": 1}] * 5


async def test_a_caller_cannot_shorten_it() -> None:
    """The time that a caller states does not cut the work: what is then missing would tell of the order."""
    guest = Guest()
    await guest.ask(TRY, within=0.001, number="1001", email="ada@example.com")
    assert guest.took == 1.5
    assert guest.woven.fakes["shop"].asked("find")[0].seconds > 1


@pytest.mark.parametrize("number", ["1001", "1009"])
async def test_a_silent_shop_is_told_alike(number: str) -> None:
    """With the shop down and nothing to compare, everybody who asks by such a number is told to come again, after a
    slot, whether the order is there or not, and no system is named; by another's number the answer stays.
    """
    guest = Guest()
    guest.woven.fakes["shop"].error = Retry("refused")
    assert await guest.refused(TRY, number=number, email="x@y") == {"code": "INCOMPLETE"}
    assert guest.took == 1.5
    assert await guest.ask(TRY, number="SO9", email="x@y") == {"data": NONE}


async def test_what_is_kept_tells_nothing() -> None:
    """With the shop down, an order whose record is kept by the cache and one that is not there are told alike; by the
    right fact the kept record lets its guest in.
    """
    guest = Guest(cached=True)
    await guest.ask('{ order(by: { number: "1001" }) { number customer { email } shippingAddress { city } } }', STAFF)
    await guest.ask(TRY, number="1009", email="x@y")
    guest.woven.fakes["shop"].error = Retry("refused")
    told = [await guest.ask(TRY, number=number, email="x@y") for number in ("1001", "1009", "1010")]
    assert [answer["errors"][0]["extensions"] for answer in told] == [{"code": "INCOMPLETE"}] * 3
    assert await guest.token("1001", email="ada@example.com") is not None


async def test_who_else_knows_the_fact_stands_in() -> None:
    """With the shop down the ERP's record of the order has the fact, and its guest gets in."""
    guest = Guest()
    guest.woven.fakes["shop"].error = Retry("refused")
    assert await guest.token("1001", email="ada@example.com") is not None


@pytest.mark.parametrize("system", ["erp", "wms"])
async def test_other_systems_down_change_nothing(system: str) -> None:
    """A system that did not give the number may be down: hit and miss are as ever."""
    guest = Guest()
    guest.woven.fakes[system].error = Retry("refused")
    assert await guest.token("1001", email="ada@example.com") is not None
    assert await guest.ask(TRY, number="1001", email="x@y") == {"data": NONE}


async def test_a_record_that_cannot_be_read_is_no_word() -> None:
    """What cannot be read of one order is told to operators and not to a guest, for it would say that it is there."""
    guest = Guest()
    guest.woven.fakes["shop"].refuses = {"number=1001": BadPayload("shop: at lines[0]: expected a number")}
    assert await guest.ask(TRY, number="1001", email="x@y") == {"data": NONE}


async def test_a_fault_of_ours_waits_its_time() -> None:
    """A bug on the way is an INTERNAL error after a slot."""
    guest = Guest()
    guest.woven.gateway.parts.merger.merge = None  # type: ignore[method-assign, assignment] # the bug
    assert await guest.refused(TRY, number="1001", email="ada@example.com") == {"code": "INTERNAL"}
    assert guest.took == 1.5


async def test_a_slow_shop() -> None:
    """With a shop that uses up its time, hit and miss come after the same whole number of slots, and so do those after
    it in the ten minutes that follow.
    """
    guest = Guest()
    fake = guest.woven.fakes["shop"]
    slow = fake.meet

    def meet(asked: Any) -> Any:
        guest.woven.time.advance(1.6)
        return slow(asked)

    fake.meet = meet  # type: ignore[method-assign] # the slow shop
    took = []
    for number, email in (("1001", "ada@example.com"), ("1001", "x@y"), ("1009", "x@y")):
        await guest.ask(TRY, number=number, email=email)
        took.append(guest.took)
    fake.meet = slow  # type: ignore[method-assign] # and quick again
    await guest.ask(TRY, number="1001", email="x@y")
    assert [*took, guest.took] == [3.0] * 4


async def test_too_many_attempts() -> None:
    """Once a budget is used up the answer is RATE_LIMITED at once, with the seconds to wait, for the right fact as for
    the wrong and whether or not the order is there, and no system is asked.
    """
    for number in ("1001", "1009"):
        guest = Guest(settings=msgspec.structs.replace(SETTINGS, number=Allowance(attempts=3, seconds=300)))
        for n in range(3):
            await guest.ask(TRY, number=number, email=f"{n}@example.com")
        calls = len(guest.woven.fakes["shop"].calls)
        assert await guest.refused(TRY, number=f"#{number}", email="ada@example.com") == {
            "code": "RATE_LIMITED",
            "retryAfterSeconds": 96,
        }
        assert guest.took == 0
        assert len(guest.woven.fakes["shop"].calls) == calls
        guest.woven.time.advance(96)
        assert (await guest.ask(TRY, number=number, email="ada@example.com"))["data"] is not None


async def test_so_many_at_once() -> None:
    """Of forty attempts at once thirty-two are served and the others are to come again after a slot, uncounted."""
    guest = Guest()
    answers = await asyncio.gather(*(guest.ask(TRY, number=f"{1100 + n}", email=f"{n}@example.com") for n in range(40)))
    refused = [answer["errors"][0]["extensions"] for answer in answers if "errors" in answer]
    assert refused == [{"code": "RATE_LIMITED", "retryAfterSeconds": 2}] * 8
    assert await guest.token("1001", email="ada@example.com") is not None


async def test_tracking_daily_uses_nothing_up() -> None:
    """Fifty right attempts, and the number and fact have their whole budget left."""
    guest = Guest()
    for _ in range(50):
        assert await guest.token("1001", email="ada@example.com") is not None
        guest.woven.time.advance(3600)


async def test_what_is_told_of_it(caplog: pytest.LogCaptureFixture) -> None:
    """Each attempt is one line of the log and one more of its outcome, and neither holds number, fact or address."""
    observed: list[Observed] = []

    def observe(names: Any, clock: Any) -> Observed:
        observed.append(Observed(names, clock))
        return observed[0]

    guest = Guest(
        settings=msgspec.structs.replace(SETTINGS, number=Allowance(attempts=2, seconds=300)), observe=observe
    )
    with caplog.at_level(logging.INFO, logger="orderweave.guests"):
        for number, email in (
            ("1001", "ada@example.com"),
            ("1001", "x@example.com"),
            ("1009", "x@example.com"),
            ("1001", "y@example.com"),
            ("1001", "z@example.com"),
            ("1001", "w@example.com"),
        ):
            await guest.ask(TRY, number=number, email=email)
    told = [record.__dict__["fields"] for record in caplog.records if record.getMessage() == "tracking_attempt"]
    assert [fields["outcome"] for fields in told] == [
        "GIVEN",
        "WRONG_FACT",
        "NO_ORDER",
        "WRONG_FACT",
        "USED_UP",
        "USED_UP",
    ]
    assert {frozenset(fields) for fields in told} == {frozenset({"outcome", "fact", "number", "block"})}
    text = str(told)
    assert not [word for word in ("1001", "1009", "example.com", "unknown") if word in text]
    assert told[0]["number"] == told[1]["number"] != told[2]["number"]
    assert observed[0].metrics is not None
    exposed = observed[0].metrics.exposition("")[0].decode()
    assert 'orderweave_tracking_total{outcome="WRONG_FACT"} 2.0' in exposed
    assert 'orderweave_tracking_total{outcome="USED_UP"} 2.0' in exposed
