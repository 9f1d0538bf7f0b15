"""The port behind which answers are kept: bytes by key, for a while."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec


class Kept(msgspec.Struct, frozen=True):
    """What to keep, and for how many seconds."""

    value: bytes
    seconds: float


class Store(Protocol):
    """Keeps bytes. What it holds may be gone at any time; whoever asks must be able to do without.

    The stores handed to the cache raise nothing; one that can fail stands behind `guarding.Guarded`.
    """

    async def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        """What is kept under these keys; those that are not there are absent."""
        ...

    async def set_many(self, entries: Mapping[str, Kept]) -> None:
        """Keep, in place of what was there."""
        ...

    async def delete_many(self, keys: Iterable[str]) -> None:
        """Forget."""
        ...

    async def close(self) -> None:
        """Let go of connections and memory."""
        ...
