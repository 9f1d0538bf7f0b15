"""Budgets of attempts: what is counted for whom, what a success takes back, and who gets in while others guess."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import pytest

from orderweave.config.configuration import Allowance, TrackingSettings
from orderweave.guests.attempts import Attempts, Counted, UsedUp, block_of, number_of
from orderweave.guests.facts import Fact, email_fact, postal_code_fact
from orderweave.guests.pseudonyms import Pseudonyms
from orderweave.guests.shared import Ledgers
from orderweave_sdk.records import Key
from tests.unit.fake_clock import FakeClock

ADA = email_fact("ada@example.com")
HOME = "198.51.100.0/24"


def guess(number: int) -> Fact:
    """A wrong fact, another each time."""
    return email_fact(f"guess-{number}@example.com")


class Counter:
    """Attempts by a clock that a test moves: ten failures a number and day, 30 a fact, 60 a block and hour."""

    def __init__(self, **allowed: Any) -> None:
        self.clock = FakeClock()
        settings = TrackingSettings(keys=("k" * 32,), **allowed)
        self.attempts = Attempts(settings, Ledgers(self.clock, None), Pseudonyms("k" * 32))

    async def take(self, number: str, fact: Fact, block: str = HOME) -> Counted | None:
        """The attempt, or None where it is refused."""
        try:
            return await self.attempts.take(number, fact, block)
        except UsedUp:
            return None

    async def fails(self, times: int, number: str, block: str = HOME) -> int:
        """How many of so many wrong guesses at one number are let in, each with another fact."""
        return sum([await self.take(number, guess(n), block) is not None for n in range(times)])


async def test_ten_guesses_at_a_number() -> None:
    """From one block ten a day; the eleventh is refused with the time until the next, and other numbers go on."""
    counter = Counter()
    assert await counter.fails(50, "1001") == 10
    with pytest.raises(UsedUp) as used_up:
        await counter.attempts.take("1001", ADA, HOME)
    assert used_up.value.seconds == pytest.approx(8_640)
    assert await counter.take("1002", ADA) is not None


async def test_many_blocks_guess_half_as_many_more() -> None:
    """A hundred blocks together have fifteen guesses at one number, and from then on nobody has one."""
    counter = Counter()
    blocks = [f"203.0.{n}.0/24" for n in range(100)]
    assert sum([await counter.fails(5, "1001", block) for block in blocks]) == 15


async def test_the_customer_gets_in_while_somebody_guesses() -> None:
    """With the budget of their number used up by another's guesses, a customer gets in from a clean address, day after
    day, for a success takes nothing.
    """
    counter = Counter()
    assert await counter.fails(50, "1001", "203.0.113.0/24") == 10
    for _ in range(30):
        counted = await counter.take("1001", ADA)
        assert counted is not None
        await counter.attempts.forgive(counted)
    assert await counter.fails(50, "1001", "203.0.113.0/24") == 0


async def test_success_is_not_counted_but_for_the_block() -> None:
    """Who tracks their order every minute uses up no number and no fact; their block has sixty attempts an hour."""
    counter = Counter()
    came = 0
    for _ in range(100):
        counted = await counter.take("1001", ADA)
        if counted is None:
            break
        await counter.attempts.forgive(counted)
        came += 1
    assert came == 60
    assert await counter.take("1001", ADA, "192.0.2.0/24") is not None


async def test_one_fact_at_many_numbers() -> None:
    """One address or postal code is tried at thirty numbers a day, and at half as many more by clean blocks."""
    counter = Counter()
    fact = postal_code_fact("10115")
    blocks = ["203.0.113.0/24"] * 40 + [f"203.1.{n}.0/24" for n in range(40)]
    came = [await counter.take(str(1000 + n), fact, block) is not None for n, block in enumerate(blocks)]
    assert (sum(came[:40]), sum(came[40:])) == (30, 15)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda n: f"12345-{n:04}", id="nine digits"),
        pytest.param(lambda n: "12345" if n % 2 else "12345 6789", id="five and nine"),
        pytest.param(lambda n: "k1a 0b1" if n % 2 else "K1A-0B1", id="case and signs"),
        pytest.param(lambda n: "12345" if n % 2 else "\uff11\uff12\uff13\uff14\uff15", id="width"),
    ],
)
async def test_one_fact_however_written(written: Callable[[int], str]) -> None:
    """All ways of writing a postal code that fit the same addresses draw on one budget: a thousand numbers are tried
    with it 45 times, each from a clean block.
    """
    counter = Counter()
    came = [await counter.take(str(n), postal_code_fact(written(n)), f"10.0.{n}.0/24") for n in range(1000)]
    assert sum(each is not None for each in came) == 45


async def test_everybody_together() -> None:
    """All failures together have a bound, beyond which clean blocks have half as much again."""
    counter = Counter(everybody=Allowance(attempts=20, seconds=3600))
    marked = sum([await counter.take(f"{n}", guess(n), "203.0.113.0/24") is not None for n in range(50)])
    fresh = sum([await counter.take(f"n{n}", guess(n), f"203.1.{n}.0/24") is not None for n in range(50)])
    assert (marked, fresh) == (20, 10)


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("198.51.100.7", "198.51.100.0/24"),
        ("198.51.100.255", "198.51.100.0/24"),
        ("::ffff:198.51.100.7", "198.51.100.0/24"),
        ("2001:db8:1:2ff::1", "2001:db8:1:200::/56"),
        ("2001:db8:1:200:a:b:c:d", "2001:db8:1:200::/56"),
        ("fe80::1%eth0", "fe80::/56"),
        (None, "unknown"),
    ],
)
def test_blocks(address: str | None, block: str) -> None:
    """A /24 of IPv4, mapped or not, a /56 of IPv6 whatever its zone; who has no address shares one block."""
    assert block_of(ip_address(address) if address else None) == block


def test_spellings_share_a_budget() -> None:
    """A number is counted under what it may mean; one that means nothing under itself without case and spaces."""
    keys = (Key("shop-us:number", "1001"), Key("shop-eu:number", "1001"))
    assert number_of(keys, "#1001") == number_of(keys[:1], " 1001 ") == "1001"
    assert number_of((), " No  Such ") == number_of((), "no such")


def test_pseudonyms_hide_and_tell_apart() -> None:
    """The same value has one name under one secret and kind, another under others; by day it changes each day."""
    names = Pseudonyms("k" * 32)
    assert names.of("number", "1001") == Pseudonyms("k" * 32).of("number", "1001")
    others = [Pseudonyms("o" * 32).of("number", "1001"), names.of("fact", "1001"), names.of("number1", "001")]
    assert len({names.of("number", "1001"), *others}) == 4
    clock = FakeClock()
    today = names.of_the_day("block", HOME, clock.now())
    clock.advance(86_400)
    assert names.of_the_day("block", HOME, clock.now()) != today
    assert "k" not in repr(names)[len("Pseudonyms") :]
