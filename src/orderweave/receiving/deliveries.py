"""Deliveries as they are kept: what one concerns, how it stands, and the port of what keeps them.

Of a delivery are kept its system, id, topic, time and whom it concerns; never its body or headers. So there is no
personal data in them, and nothing of them is believed later: what is concerned is read anew from its system.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

import msgspec

from orderweave_sdk.records import Key
from orderweave_sdk.webhooks import Delivery

# SKUs, levels and parcels of one delivery that are looked after; of more, the rest is as old as caches let it be.
_MOST_NAMES = 500
_LONGEST_WORD = 200


class State(StrEnum):
    """How a delivery stands."""

    WAITING = "WAITING"
    DONE = "DONE"
    OUTDATED = "OUTDATED"  # a newer one about the same was worked on before
    DEAD = "DEAD"  # given up; kept to be looked at, and replayed


class Added(StrEnum):
    """What became of a delivery that came."""

    NEW = "NEW"
    KNOWN = "KNOWN"  # it came before
    FULL = "FULL"  # as many wait as may


class Concerned(msgspec.Struct, frozen=True, kw_only=True):
    """What changed in one system: an order by its names, the surest first, SKUs, levels of stock, parcels."""

    order: tuple[Key, ...] = ()
    skus: tuple[str, ...] = ()
    stock_levels: tuple[str, ...] = ()
    tracking_numbers: tuple[str, ...] = ()

    @classmethod
    def of(cls, delivery: Delivery) -> Concerned:
        """Whom a delivery concerns, within bounds."""
        return cls(
            order=delivery.order[:_MOST_NAMES],
            skus=delivery.skus[:_MOST_NAMES],
            stock_levels=delivery.stock_levels[:_MOST_NAMES],
            tracking_numbers=delivery.tracking_numbers[:_MOST_NAMES],
        )

    def subjects(self) -> Iterator[str]:
        """A name for each thing about which deliveries are ordered: a hash, for a number is nobody's business."""
        if self.order:
            yield _subject("order", self.order[0].namespace, self.order[0].value)
        for sku in self.skus:
            yield _subject("sku", sku)
        for level in self.stock_levels:
            yield _subject("stock_level", level)
        for number in self.tracking_numbers:
            yield _subject("tracking_number", number)

    def without(self, subjects: frozenset[str]) -> Concerned:
        """What is left where nothing is to be done about some subjects."""
        order = self.order if self.order and next(self.subjects()) not in subjects else ()
        return Concerned(
            order=order,
            skus=tuple(sku for sku in self.skus if _subject("sku", sku) not in subjects),
            stock_levels=tuple(level for level in self.stock_levels if _subject("stock_level", level) not in subjects),
            tracking_numbers=tuple(
                number for number in self.tracking_numbers if _subject("tracking_number", number) not in subjects
            ),
        )

    def __bool__(self) -> bool:
        return bool(self.order or self.skus or self.stock_levels or self.tracking_numbers)


def _subject(*parts: str) -> str:
    said = [part.encode("utf-8", "surrogatepass") for part in parts]
    return hashlib.sha256(msgspec.msgpack.encode(said)).hexdigest()[:32]


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery to work on. `attempts` were made before."""

    number: int
    system: str
    concerned: Concerned
    position: int | None
    attempts: int
    received_at: datetime


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery as operators see it: how many names it has, none of them."""

    number: int
    system: str
    topic: str
    state: State
    received_at: datetime
    happened_at: datetime | None
    attempts: int
    due_at: datetime | None
    problem: str | None
    concerned: Concerned


class Counts(msgspec.Struct, frozen=True):
    """How many wait, how many are dead, and when the oldest that waits came."""

    waiting: int = 0
    dead: int = 0
    oldest: datetime | None = None


class Store(Protocol):
    """Keeps deliveries, for all processes. Each method is one step that happens whole or not at all.

    Whatever cannot be reached raises; whoever calls answers that the vendor is to try again, or tries again itself.
    """

    async def add(self, system: str, delivery: Delivery, now: datetime, *, most: int) -> Added:
        """Keep a delivery to be worked on, once, unless `most` wait already."""
        ...

    async def add_unreadable(self, system: str, name: str, now: datetime, *, most: int) -> None:
        """Keep a vendor's own delivery of which nothing could be read as a dead one, once, unless `most` are dead."""
        ...

    async def claim(self, now: datetime, *, most: int, lease: timedelta) -> list[Waiting]:
        """Deliveries that are due, oldest first; nobody else gets them until the lease runs out."""
        ...

    async def positions(self, system: str, subjects: Sequence[str]) -> Mapping[str, int]:
        """The newest position of each subject that was worked on."""
        ...

    async def end(self, waiting: Sequence[Waiting], state: State, now: datetime) -> None:
        """They are done (and their positions are the newest worked on), or outdated."""
        ...

    async def postpone(self, waiting: Waiting, due_at: datetime, problem: str) -> None:
        """It is tried again later."""
        ...

    async def bury(self, waiting: Waiting, problem: str, now: datetime) -> None:
        """It is given up."""
        ...

    async def counts(self) -> Counts:
        """How many there are."""
        ...

    async def listed(self, state: State | None, *, most: int) -> list[Kept]:
        """The newest of a state, or of all."""
        ...

    async def shown(self, number: int) -> Kept | None:
        """One of them."""
        ...

    async def replay(self, numbers: Sequence[int] | None, now: datetime) -> int:
        """Have dead ones worked on again, some or all of which something is known; how many that were."""
        ...

    async def forget(self, ended_before: datetime, dead_before: datetime) -> int:
        """Delete some of what ended long ago; how many that were."""
        ...


def tidy_word(text: str) -> str:
    """A topic as it may stand in a list: printable and short, whoever wrote it."""
    return "".join(character for character in text if character.isprintable())[:_LONGEST_WORD]
