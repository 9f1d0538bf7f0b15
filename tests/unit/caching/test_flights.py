"""One flight a name: whoever asks meanwhile waits for it, and it goes on for as long as anybody does."""

from __future__ import annotations

import asyncio

import pytest

from orderweave.caching.flights import Flight, Flights


class Airport:
    """Flights whose landing the test decides."""

    def __init__(self) -> None:
        self.flights: Flights[str] = Flights()
        self.landing: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.ended = False

    async def fly(self) -> str:
        """Wait for the test."""
        try:
            return await self.landing
        except asyncio.CancelledError:
            self.ended = True
            raise

    def begin(self, *parts: str) -> Flight[str]:
        """A flight for "a" and "b"."""
        return self.flights.begin(["a", "b"], frozenset(parts), deadline=10.0, max_age=5.0, work=self.fly)


async def test_found_by_name_and_parts() -> None:
    """A flight is found under each of its names by whoever wants no more than it brings and nothing younger, until it
    has landed.
    """
    port = Airport()
    flight = port.begin("LINES", "HEADER")
    assert port.flights.towards("a", frozenset({"LINES"})) is flight
    assert port.flights.towards("b", frozenset()) is flight
    assert port.flights.towards("b", frozenset({"HOLDS"})) is None
    assert port.flights.towards("c", frozenset()) is None
    assert [port.flights.towards("a", frozenset(), age) is flight for age in (9.0, 5.0, 4.0)] == [True, True, False]
    port.landing.set_result("home")
    assert await port.flights.wait(flight) == "home"
    assert len(port.flights) == 0


async def test_the_leader_leaves_and_the_others_arrive() -> None:
    """Who began the flight is canceled; those who joined get what it brings."""
    port = Airport()
    flight = port.begin()
    waits = [asyncio.get_running_loop().create_task(port.flights.wait(flight)) for _ in range(3)]
    await asyncio.sleep(0)
    waits[0].cancel()
    await asyncio.sleep(0)
    port.landing.set_result("home")
    assert await asyncio.gather(*waits[1:]) == ["home", "home"]
    assert waits[0].cancelled()
    assert not port.ended


async def test_the_last_one_to_leave_ends_it() -> None:
    """When all have left the work is ended, and who comes then begins anew instead of joining what ends."""
    port = Airport()
    flight = port.begin()
    waits = [asyncio.get_running_loop().create_task(port.flights.wait(flight)) for _ in range(2)]
    await asyncio.sleep(0)
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)
    assert port.flights.towards("a", frozenset()) is None
    await port.flights.close()
    assert port.ended


async def test_what_goes_wrong_reaches_all_who_wait() -> None:
    """An error is raised for each of those who wait, and the name is free again."""
    port = Airport()
    flight = port.begin()
    waits = [asyncio.get_running_loop().create_task(port.flights.wait(flight)) for _ in range(2)]
    await asyncio.sleep(0)
    port.landing.set_exception(ValueError("broken"))
    found = await asyncio.gather(*waits, return_exceptions=True)
    assert [str(error) for error in found] == ["broken", "broken"]
    assert port.flights.towards("a", frozenset()) is None


async def test_closing_ends_all() -> None:
    """Nothing flies after the end."""
    port = Airport()
    flight = port.begin()
    wait = asyncio.get_running_loop().create_task(port.flights.wait(flight))
    await asyncio.sleep(0)
    await port.flights.close()
    with pytest.raises(asyncio.CancelledError):
        await wait
    assert port.ended
