"""A hundred thousand guesses over four workers and one real Redis find nothing, and are let in as often as allowed."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path
from random import Random

import pytest

from orderweave.demo import DemoBusiness
from tests.systems.cache.redis_server import RedisServer
from tests.systems.guests.doors import Doors, Guest

pytestmark = pytest.mark.systems

TRY = """mutation ($number: String!, $email: String, $postalCode: String) {
  trackOrder(number: $number, email: $email, postalCode: $postalCode) { access { token } }
}"""
WORKERS = 4
CONNECTIONS = 16
GUESSES = 100_000
AT_ONE_ORDER = 40_000
# Nothing to speak of flows back within the minutes of a test; a block may try as often as it likes.
MONTH = 2_592_000
BUDGETS = f"""slot_seconds = 0.1
number = {{ attempts = 10, seconds = {MONTH} }}
fact = {{ attempts = 30, seconds = {MONTH} }}
address = {{ attempts = 1000000, seconds = 1 }}
everybody = {{ attempts = 400, seconds = {MONTH} }}
"""
# Ten and, for clean records, five more; four hundred and two hundred more.
ALLOWED_AT_ONE, ALLOWED = 15, 600
# What a process adds that has lost Redis and counts alone, an eighth of each.
ALLOWED_ALONE_AT_ONE, ALLOWED_ALONE = 1, 75


# The budgets that are off above, each by itself, and what it lets in of 2,000 guesses: thirty with one fact and fifteen
# more for clean records, sixty from one block; and what a process adds that has lost Redis.
OFF = "{ attempts = 1000000, seconds = 1 }"
OTHERS = f"slot_seconds = 0.1\nnumber = {OFF}\neverybody = {OFF}\n"
EACH = {
    "fact": (f"{OTHERS}fact = {{ attempts = 30, seconds = {MONTH} }}\naddress = {OFF}\n", 45, 4),
    "block": (f"{OTHERS}fact = {OFF}\naddress = {{ attempts = 60, seconds = {MONTH} }}\n", 60, 7),
}
GUESSES_AT_EACH = 2_000
# In blocks from which nobody guesses.
CLEAN = ("203.0.113.7", "203.0.114.7", "203.0.115.7")


class Attack:
    """Guesses, each from one of two thousand blocks, dealt to all connections."""

    def __init__(self, guests: list[Guest]) -> None:
        self._guests = guests
        self.outcomes: Counter[str] = Counter()

    async def run(self, guesses: Iterator[dict[str, str]]) -> Counter[str]:
        """What became of these guesses."""
        self.outcomes = Counter()
        await asyncio.gather(*(self._from(guest, guesses) for guest in self._guests))
        return self.outcomes

    async def _from(self, guest: Guest, guesses: Iterator[dict[str, str]]) -> None:
        for guess in guesses:
            address = guess.pop("address")
            answer = await guest.ask(TRY, guess, address)
            if "errors" in answer:
                self.outcomes[answer["errors"][0]["extensions"]["code"]] += 1
            else:
                self.outcomes["MISSED" if answer["data"]["trackOrder"]["access"] is None else "FOUND"] += 1


@asynccontextmanager
async def connected(doors: Doors) -> AsyncIterator[list[Guest]]:
    """The gateway's workers, started, and connections dealt out to them."""
    guests = [Guest(doors.ports[n % WORKERS]) for n in range(CONNECTIONS)]
    try:
        doors.start()
        await doors.ready()
        for guest in guests:
            await guest.connect()
        yield guests
    finally:
        for guest in guests:
            guest.close()
        doors.stop()


def blocks(random: Random) -> list[str]:
    """An address in each of two thousand blocks."""
    first = int(ip_address("100.64.0.0"))
    return [str(ip_address(first + (n << 8) + random.randrange(256))) for n in range(2_000)]


def customers(business: DemoBusiness) -> list[dict[str, str]]:
    """The right answers of those who gave an e-mail address: number and fact."""
    return [
        {"number": order.key("number") or "", "email": order.customer.person.email}
        for order in business.worlds["shop-us"].orders
        if order.customer and order.customer.person and order.customer.person.email
    ]


async def tries(guest: Guest, customer: dict[str, str], address: str) -> str:
    """What becomes of a customer who tries from this address."""
    (outcome,) = await Attack([guest]).run(iter([{**customer, "address": address}]))
    return outcome


async def test_a_hundred_thousand_guesses(redis_server: RedisServer, tmp_path: Path) -> None:
    """40,000 guess at one order by postal code, the right one among them from the thousandth on, and 60,000 at all
    orders by e-mail address: none finds anything, and of all together exactly as many are let in as the budgets say.
    Customers of other orders get in before, and while one order is guessed at; not once everybody's budget is used up.
    """
    random = Random(7)
    async with DemoBusiness(seed=7, orders=200) as business:
        orders = [order for order in business.worlds["shop-us"].orders if order.addresses and order.addresses.shipping]
        target = orders[0]
        assert target.addresses is not None
        assert target.addresses.shipping is not None
        number, right = target.key("number") or "", target.addresses.shipping.postal_code or ""
        sources = blocks(random)

        def at_one() -> Iterator[dict[str, str]]:
            for n in range(AT_ONE_ORDER):
                code = right if n and n % 1_000 == 0 else f"{random.randrange(100_000):05}X"
                yield {"number": number, "postalCode": code, "address": random.choice(sources)}

        def at_all() -> Iterator[dict[str, str]]:
            for n in range(GUESSES - AT_ONE_ORDER):
                guessed = random.choice(orders).key("number") if n % 2 else str(random.randrange(100_000))
                yield {"number": guessed or "", "email": f"{n}@example.com", "address": random.choice(sources)}

        doors = Doors(business, tmp_path, WORKERS, BUDGETS, redis=redis_server.url)
        async with connected(doors) as guests:
            attack, known = Attack(guests), customers(business)[1:]
            came = [await tries(guests[0], known[0], CLEAN[0])]
            one = await attack.run(at_one())
            came.append(await tries(guests[1], known[1], CLEAN[1]))
            rest = await attack.run(at_all())
            came.append(await tries(guests[2], known[2], CLEAN[2]))
        log = doors.log()
        alone = sum("tracking_redis_lost" in line for line in log.splitlines())
        print(f"at one order: {dict(one)}; at all: {dict(rest)}; workers that lost Redis: {alone}")

        assert came == ["FOUND", "FOUND", "RATE_LIMITED"]
        assert one["FOUND"] == rest["FOUND"] == 0
        assert one["RATE_LIMITED"] + one["MISSED"] == AT_ONE_ORDER
        assert rest["RATE_LIMITED"] + rest["MISSED"] == GUESSES - AT_ONE_ORDER
        assert ALLOWED_AT_ONE <= one["MISSED"] <= ALLOWED_AT_ONE + ALLOWED_ALONE_AT_ONE * min(alone, WORKERS)
        assert ALLOWED <= one["MISSED"] + rest["MISSED"] <= ALLOWED + ALLOWED_ALONE * min(alone, WORKERS)
        # What the guesses were about stands nowhere in the log.
        assert log.count('"tracking_attempt"') == GUESSES + len(came)
        assert not re.search(rf"\b({right}|{number.removeprefix('#')})\b", log)
        assert "@example.com" not in log
        assert not [address for address in sources[:50] if f'"{address}' in log]


@pytest.mark.parametrize("kind", EACH)
async def test_each_of_the_other_budgets(kind: str, redis_server: RedisServer, tmp_path: Path) -> None:
    """One postal code, written in two thousand ways, is tried at as many numbers from as many blocks; two thousand
    facts are tried from one block. As many are let in as that budget says, and customers get in before and after.
    """
    budgets, allowed, allowed_alone = EACH[kind]
    random = Random(7)
    sources = blocks(random)

    def guesses() -> Iterator[dict[str, str]]:
        for n in range(GUESSES_AT_EACH):
            number = str(500_000 + n)
            if kind == "fact":
                yield {"number": number, "postalCode": f"00000-{n:04}", "address": sources[n]}
            else:
                yield {"number": number, "email": f"{n}@example.com", "address": f"203.0.112.{n % 256}"}

    async with DemoBusiness(seed=7, orders=50) as business:
        doors = Doors(business, tmp_path, WORKERS, budgets, redis=redis_server.url)
        async with connected(doors) as guests:
            known = customers(business)
            before = await tries(guests[0], known[0], CLEAN[0])
            outcomes = Counter(await Attack(guests).run(guesses()))
            after = await tries(guests[1], known[1], CLEAN[1])
        alone = sum("tracking_redis_lost" in line for line in doors.log().splitlines())
        print(f"{kind}: {dict(outcomes)}; workers that lost Redis: {alone}")

        assert (before, after) == ("FOUND", "FOUND")
        assert outcomes["MISSED"] + outcomes["RATE_LIMITED"] == GUESSES_AT_EACH
        assert allowed <= outcomes["MISSED"] <= allowed + allowed_alone * min(alone, WORKERS)
