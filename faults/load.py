"""Callers of all kinds: who looks at one order, at a list, at stock, at the systems, and who hangs up half-way."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

from faults.business import Business
from faults.gateway import Gateway
from orderweave.web.examples import ORDER, ORDERS, STOCK, SYSTEMS

CLIENTS = 8
# Seconds that a caller looks at an answer before the next question.
_THINKING = (0.0, 0.4)
_OF_WHOM_HANG_UP = 0.05
_PATIENCE_OF_THOSE = (0.0, 0.3)
# A server may close an idle connection at the moment that a question comes over it, and every client then asks anew.
_CLOSED_MEANWHILE = "ServerDisconnectedError"
_KINDS = ("order", "order", "order", "list", "list", "stock", "systems")


class Load:
    """What the callers have met with: answers by kind and by how whole they were, and their seconds."""

    def __init__(self, business: Business, gateway: Gateway, seed: int) -> None:
        numbers = [number for known in business.known.values() for number in known.shared]
        self._numbers: Sequence[str] = sorted(set(numbers))
        self._skus = business.skus()
        self._gateway = gateway
        self._seed = seed
        self.asked: Counter[str] = Counter()
        self.in_part: Counter[str] = Counter()
        self.hung_up = 0
        self.unanswered: Counter[str] = Counter()
        self.closed_meanwhile = 0
        self.refused: Counter[int] = Counter()
        self.seconds: list[float] = []

    async def warm_up(self) -> None:
        """Each kind of question a few times, so that what is opened once is open."""
        chance = Random(self._seed)
        for kind in _KINDS * 3:
            await self._gateway.ask(*self._question(kind, chance))

    async def run(self) -> None:
        """All callers at once, until canceled."""
        async with asyncio.TaskGroup() as group:
            for number in range(CLIENTS):
                group.create_task(self._call(Random(f"{self._seed} {number}")))

    async def _call(self, chance: Random) -> None:
        while True:
            kind = chance.choice(_KINDS)
            query, variables = self._question(kind, chance)
            if chance.random() < _OF_WHOM_HANG_UP:
                await self._hang_up(query, variables, chance.uniform(*_PATIENCE_OF_THOSE))
            else:
                await self._wait(kind, query, variables)
            await asyncio.sleep(chance.uniform(*_THINKING))

    async def _wait(self, kind: str, query: str, variables: dict[str, Any]) -> None:
        answer = await self._gateway.ask(query, variables)
        if answer.failure == _CLOSED_MEANWHILE:
            self.closed_meanwhile += 1
            answer = await self._gateway.ask(query, variables)
        self.asked[kind] += 1
        self.seconds.append(answer.seconds)
        if answer.status == 0:
            self.unanswered[answer.failure] += 1
        elif answer.status != 200:
            self.refused[answer.status] += 1
        elif "errors" in answer.document or '"reason"' in answer.text or '"ok":false' in answer.text:
            self.in_part[kind] += 1

    async def _hang_up(self, query: str, variables: dict[str, Any], patience: float) -> None:
        """Ask, and leave when patience ends."""
        asking = asyncio.create_task(self._gateway.ask(query, variables))
        try:
            await asyncio.wait({asking}, timeout=patience)
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        self.hung_up += 1

    def _question(self, kind: str, chance: Random) -> tuple[str, dict[str, Any]]:
        if kind == "order":
            return ORDER, {"number": chance.choice(self._numbers)}
        if kind == "list":
            return ORDERS, {"first": chance.choice((5, 10, 20))}
        if kind == "stock":
            return STOCK, {"skus": chance.sample(self._skus, k=min(3, len(self._skus)))}
        return SYSTEMS, {}
