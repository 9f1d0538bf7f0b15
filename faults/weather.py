"""Systems that fail and return at random, from a seed: the same seed gives the same failures in the same order."""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random

from faults.breakages import applicable, break_down, heal
from faults.business import Business

# Seconds between two failures, and for which one lasts; several systems may be down at once.
_BETWEEN = (0.5, 3.0)
_LASTING = (0.5, 6.0)


class Weather:
    """`failures` counts those that there were, by name."""

    def __init__(self, business: Business, chance: Random) -> None:
        self._business = business
        self._chance = chance
        self._bad: set[str] = set()
        self.failures: Counter[str] = Counter()

    async def blow(self) -> None:
        """Let systems fail and return until canceled; then all of them are well."""
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    await asyncio.sleep(self._chance.uniform(*_BETWEEN))
                    system = self._chance.choice(sorted(self._business.simulators))
                    breakage = self._chance.choice(applicable(self._business, system).breakages)
                    lasting = self._chance.uniform(*_LASTING)
                    record = self._chance.choice(self._business.known[system].own or ("",))
                    if system in self._bad:
                        continue
                    self._bad.add(system)
                    self.failures[breakage.name] += 1
                    await break_down(self._business, system, breakage, bad_record=record)
                    group.create_task(self._heal_after(system, lasting))
        finally:
            for system in self._business.simulators:
                await heal(self._business, system)

    async def _heal_after(self, system: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await heal(self._business, system)
        self._bad.discard(system)
