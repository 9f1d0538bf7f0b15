"""What is kept because making it again would cost more than a query: bounded by weight, the least used goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing")


class Kept(Generic[Key, Thing]):
    """Things by key, together no heavier than `most`; one heavier than `heaviest` is not kept at all.

    `weight` is what the things weigh at present, `dropped` how many had to go for others.
    """

    def __init__(self, most: int, heaviest: int) -> None:
        self._most = most
        self._heaviest = heaviest
        self._things: OrderedDict[Key, tuple[Thing, int]] = OrderedDict()
        self.weight = 0
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._things)

    def get(self, key: Key) -> Thing | None:
        """The thing under a key, now the last to go."""
        found = self._things.get(key)
        if found is None:
            return None
        self._things.move_to_end(key)
        return found[0]

    def keep(self, key: Key, thing: Thing, weight: int) -> None:
        """Keep a thing; what was used longest ago makes room for it."""
        if weight > self._heaviest or key in self._things:
            return
        self._things[key] = (thing, weight)
        self.weight += weight
        while self.weight > self._most:
            _, (_, gone) = self._things.popitem(last=False)
            self.weight -= gone
            self.dropped += 1
