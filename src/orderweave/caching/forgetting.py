"""Forgetting before the time: what a system said to have changed, here and in the other processes.

Answers that were on their way when something was forgotten may be from before the change, so they are not kept. Other
processes are told over Redis by the entries' names, which are hashes: each reads on in one stream, about once a second.
A process that could not read for a while, and may have missed something, forgets all that it holds in memory.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

logger = logging.getLogger("orderweave.caching")

# Names of which it is known when they were forgotten. Only answers that are on their way ask.
_MOST_REMEMBERED = 20_000
_STREAM = "orderweave:forgotten"
# Messages of the stream that are kept for those who lag, and read at once; one holds the names of one change.
_MOST_TOLD = 5_000
_MOST_READ = 500
_FIRST = "0-0"


class Forgotten:
    """Which entries were forgotten while an answer was on its way."""

    def __init__(self) -> None:
        self.turn = 0
        self._at: OrderedDict[str, int] = OrderedDict()
        self._all_before = 0

    def add(self, names: Sequence[str]) -> None:
        """These are forgotten now."""
        self.turn += 1
        for name in names:
            self._at[name] = self.turn
            self._at.move_to_end(name)
        while len(self._at) > _MOST_REMEMBERED:
            _, self._all_before = self._at.popitem(last=False)

    def add_all(self) -> None:
        """Everything is forgotten now."""
        self.turn += 1
        self._at.clear()
        self._all_before = self.turn

    def since(self, name: str, turn: int) -> bool:
        """Whether an entry was forgotten after `turn`; of one that is no longer known, to be sure, yes."""
        return self._at.get(name, self._all_before) > turn


class Telling:
    """The stream over which processes tell one another. `client` is of the Redis that all share."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._read_to: str | None = None
        self._missed = False

    async def tell(self, names: Sequence[str]) -> None:
        """Have the other processes forget entries; raises what the client raises."""
        if names:
            await self._client.xadd(_STREAM, {"n": " ".join(names)}, maxlen=_MOST_TOLD, approximate=True)

    async def read_on(
        self, drop: Callable[[Sequence[str]], Awaitable[None]], all_: Callable[[], Awaitable[None]]
    ) -> int:
        """Forget what was told since the last time by `drop`, or everything by `all_`; how many messages there were."""
        try:
            if self._read_to is None:
                self._read_to = await self._last()
            found = await self._client.xread({_STREAM: self._read_to}, count=_MOST_READ)
            if self._missed:
                await all_()
        except Exception as error:
            if not self._missed:
                logger.warning("forgetting_unheard", extra={"fields": {"error": type(error).__name__}})
            self._missed = True
            return 0
        self._missed = False
        messages = [message for _, several in found for message in several]
        for name, fields in messages:
            self._read_to = name.decode() if isinstance(name, bytes) else name
            said = fields.get(b"n", fields.get("n", b""))
            await drop((said.decode() if isinstance(said, bytes) else said).split())
        return len(messages)

    async def _last(self) -> str:
        """Where the stream ends now; a process that begins holds nothing yet."""
        newest = await self._client.xrevrange(_STREAM, count=1)
        return newest[0][0].decode() if newest else _FIRST
