"""How long an answer takes tells nothing: a hit, a wrong fact and an order that is not there cannot be told apart."""

from __future__ import annotations

import asyncio
import time
from itertools import combinations
from pathlib import Path
from random import Random
from statistics import median

import pytest

from orderweave.demo import DemoBusiness
from tests.systems.guests.comparing import kolmogorov_smirnov, mann_whitney
from tests.systems.guests.doors import Doors, Guest

pytestmark = pytest.mark.systems

TRY = """mutation ($number: String!, $email: String) {
  trackOrder(number: $number, email: $email) { access { token } }
}"""
# The same look-up without a guest's slot: what the samples would show if the answer came when it is done.
BARE = """query ($number: String!) {
  order(by: { number: $number }) { customer { email } shippingAddress { postalCode } }
}"""
SAMPLES = 300
AT_ONCE = 4
ENDLESS = "{ attempts = 1000000, seconds = 1 }"
TRACKING = f"slot_seconds = 0.2\nnumber = {ENDLESS}\nfact = {ENDLESS}\naddress = {ENDLESS}\neverybody = {ENDLESS}"
# Of nine comparisons one would fall below this by chance in more than a hundred runs.
CHANCE = 0.001


async def sampled(guests: list[Guest], query: str, cases: list[tuple[str, dict[str, str]]]) -> dict[str, list[float]]:
    """Seconds for each case, by its kind, with a few at once and in the order given."""
    found: dict[str, list[float]] = {kind: [] for kind, _ in cases}
    left = iter(cases)

    async def ask(guest: Guest) -> None:
        for kind, variables in left:
            began = time.perf_counter()
            answer = await guest.ask(query, variables)
            found[kind].append(time.perf_counter() - began)
            assert "errors" not in answer
            if query == TRY:
                assert (answer["data"]["trackOrder"]["access"] is not None) == (kind == "hit")

    await asyncio.gather(*(ask(guest) for guest in guests))
    return found


async def test_hit_and_miss_take_the_same(tmp_path: Path) -> None:
    """Of three hundred of each kind, mixed by chance over a few connections, neither rank test tells one kind from
    another. Without the slot both tell an order that is there from one that is not.
    """
    random = Random(7)
    async with DemoBusiness(seed=7, orders=200) as business:
        known = [
            (order.key("number") or "", order.customer.person.email)
            for order in business.worlds["shop-us"].orders
            if order.customer and order.customer.person and order.customer.person.email
        ]
        cases: list[tuple[str, dict[str, str]]] = []
        for n in range(SAMPLES):
            number, email = random.choice(known)
            cases.append(("hit", {"number": number, "email": email or ""}))
            cases.append(("wrong fact", {"number": random.choice(known)[0], "email": f"{n}@example.com"}))
            cases.append(("no order", {"number": str(random.randrange(50_000, 99_999)), "email": f"{n}@example.com"}))
        random.shuffle(cases)
        doors = Doors(business, tmp_path, 1, TRACKING, redis=None)
        guests = [Guest(doors.ports[0]) for _ in range(AT_ONCE)]
        try:
            doors.start()
            await doors.ready()
            for guest in guests:
                await guest.connect()
            await sampled(guests, TRY, cases[:20])
            guarded = await sampled(guests, TRY, cases)
            bare = await sampled(guests, BARE, [(kind, {"number": said["number"]}) for kind, said in cases])
        finally:
            for guest in guests:
                guest.close()
            doors.stop()

    told = []
    for left, right in combinations(guarded, 2):
        values = mann_whitney(guarded[left], guarded[right]), kolmogorov_smirnov(guarded[left], guarded[right])
        print(
            f"{left} / {right}: medians {median(guarded[left]) * 1000:.2f} / {median(guarded[right]) * 1000:.2f} ms, "
            f"Mann-Whitney p = {values[0]:.3f}, Kolmogorov-Smirnov p = {values[1]:.3f}"
        )
        told += [value for value in values if value < CHANCE]
    there, absent = bare["wrong fact"], bare["no order"]
    control = mann_whitney(there, absent)
    print(
        f"without the slot: medians {median(there) * 1000:.2f} / {median(absent) * 1000:.2f} ms, "
        f"Mann-Whitney p = {control:.2g}"
    )
    assert told == []
    assert control < CHANCE
