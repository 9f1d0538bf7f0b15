"""One entry: the records under one key, and when each part of them was fetched."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum
from typing import Any, Generic, TypeVar

import msgspec

from orderweave.caching.ages import Ages, Subject
from orderweave.caching.kinds import Kind

R = TypeVar("R")

# The part that says which records there are; every question asks for it.
WHICH = ""


class Entry(msgspec.Struct, Generic[R], frozen=True, array_like=True):
    """All records under one key; none says "not there". `asked`: when each part was fetched, in POSIX seconds."""

    asked: dict[str, float]
    records: tuple[R, ...]


class State(Enum):
    """How good an entry is for a question."""

    FRESH = "FRESH"
    LATE = "LATE"  # past its time to live, and may serve while it is fetched anew
    OLD = "OLD"  # may serve only where the system fails
    USELESS = "USELESS"

    @property
    def past(self) -> bool:
        """Whether the time to live is over."""
        return self is not State.FRESH


class Judge(Generic[R]):
    """How old entries of one kind and system may be."""

    def __init__(self, kind: Kind[R], ages: Mapping[Subject, Ages]) -> None:
        self._kind = kind
        self._ages = ages

    def state(self, entry: Entry[R] | None, parts: Collection[str], now: float, max_age: float | None) -> State:
        """What may be done with an entry at `now`, for a question that wants these parts no older than `max_age`."""
        if entry is None or any(part not in entry.asked for part in parts if entry.records):
            return State.USELESS
        found = State.FRESH
        for part in parts if entry.records else (WHICH,):
            age, ages = max(0.0, now - entry.asked[part]), self._of(entry, part)
            if age > ages.ttl + ages.stale_if_error and age > ages.ttl + ages.stale_while_revalidate:
                return State.USELESS
            within = max_age is None or age <= max_age
            if 0 < ages.ttl >= age and within:
                continue
            late = within and ages.stale_while_revalidate > 0 and age <= ages.ttl + ages.stale_while_revalidate
            if late and found is not State.OLD:
                found = State.LATE
            elif not late:
                found = State.OLD
        return found

    def bearable(self, entry: Entry[R], parts: Collection[str], now: float) -> bool:
        """Whether an entry may serve where its system fails."""
        return all(
            now - entry.asked[part] <= ages.ttl + ages.stale_if_error
            for part in (parts if entry.records else (WHICH,))
            if (ages := self._of(entry, part))
        )

    def kept(self, entry: Entry[R], now: float) -> float:
        """For how many seconds from now to keep an entry; 0 or less for one that is of no use. A store forgets at the
        very moment, so it gets a second more than counts.
        """
        left = max(self._of(entry, part).kept - (now - asked) for part, asked in entry.asked.items())
        return left + 1 if any(self._of(entry, part).kept for part in entry.asked) else 0.0

    def shareable(self, parts: Collection[str]) -> bool:
        """Whether what one process fetches can answer another's question at all."""
        return all(self._ages[self._kind.subject(part)].ttl > 0 for part in parts)

    def _of(self, entry: Entry[R], part: str) -> Ages:
        return self._ages[self._kind.subject(part) if entry.records else Subject.ABSENT]


def joined(kind: Kind[Any], known: Entry[R] | None, new: Entry[R]) -> Entry[R]:
    """The newer entry, completed by what an older one about the same records has beside it."""
    if known is None:
        return new
    if known.asked[WHICH] > new.asked[WHICH]:
        known, new = new, known
    records = {kind.place(record): record for record in known.records}
    if records.keys() != {kind.place(record) for record in new.records}:
        return new
    left = kind.beside(known.asked.keys() - {WHICH}, new.asked.keys() - {WHICH})
    if not left:
        return new
    return Entry(
        {**{part: known.asked[part] for part in left}, **new.asked},
        tuple(kind.completed(record, records[kind.place(record)], left) for record in new.records),
    )


def encode(entry: Entry[Any]) -> bytes:
    """The entry as it is kept."""
    return msgspec.msgpack.encode(entry)


def decoder_of(kind: Kind[Any]) -> msgspec.msgpack.Decoder[Entry[Any]]:
    """What reads entries of one kind, with the types of its records."""
    shapes: Any = Entry
    return msgspec.msgpack.Decoder(shapes[kind.record])
