"""The port: what the other rooms report, and the implementation that does nothing with it.

A room is handed an `Observing` and reports through it without a question whether anybody listens. What it reports
are words of ours and numbers: names of systems, capabilities, classes, codes. Values of callers or of systems have no
way in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

from orderweave.observing.readings import NoReadings, Readings

NOT_ASKED = "NOT_ASKED"


class Stage(StrEnum):
    """The parts of a query's way. A query passes some of them several times, one wave after another."""

    OPERATION = "operation"
    PLAN = "plan"
    FETCH = "fetch"
    MATCH = "match"
    MERGE = "merge"
    PROJECT = "project"
    WRITE = "write"


class CacheResult(StrEnum):
    """What a cache had of what was looked for: it, it but past its time, that there is no such thing, or nothing."""

    HIT = "HIT"
    STALE = "STALE"
    ABSENT = "ABSENT"
    MISS = "MISS"


class Credential(StrEnum):
    """By what a caller says who they are."""

    NONE = "NONE"
    KEY = "KEY"
    TOKEN = "TOKEN"  # noqa: S105 - the name of a kind


class Asked(Protocol):
    """A request in work. `id` goes back to the caller and stands in every log line of it; None where none is given."""

    @property
    def id(self) -> str | None: ...  # noqa: D102 - said above

    def answered(
        self, *, status: int, executor: str | None, codes: Sequence[str], document: tuple[str, str | None] | None = None
    ) -> None:
        """Its answer: the HTTP status, what projected it (None: nothing was run), the code of each of its errors.

        `document` is the id and the operation of the operator's manifest that was asked, where it was one.
        """
        ...


class Calling(Protocol):
    """A call to a system in work; without another word it went well."""

    def failed(self, reason: str) -> None:
        """It failed, for one of the reasons of `IssueReason`; NOT_ASKED when it was not made, as by an open breaker."""
        ...


class Observing(Protocol):
    """What reports go to. Every method returns at once and raises nothing."""

    @property
    def readings(self) -> Readings:
        """Where whoever has a figure at hand says how to read it."""
        ...

    @property
    def on(self) -> bool:
        """Whether anybody listens: a report that costs something to put together may be left out."""
        ...

    def request(self, identity: str | None, parent: str | None) -> AbstractContextManager[Asked]:
        """Around all work for one request; these are its headers x-request-id and traceparent, where it has them."""
        ...

    def stage(self, stage: Stage) -> AbstractContextManager[object]:
        """Around one passage through a stage."""
        ...

    def call(
        self, system: str, capability: str, size: int, cache: CacheResult | None = None
    ) -> AbstractContextManager[Calling]:
        """Around one call to a system, for so many keys or SKUs; `cache` is what a cache had of them before."""
        ...

    def cached(self, system: str, capability: str, result: CacheResult, size: int = 1) -> None:
        """A cache was looked into for so many keys or SKUs."""
        ...

    def sent(self, system: str, error: str | None) -> None:
        """One HTTP request went to a system; `error` is its class of `orderweave_sdk.errors`, None for none."""
        ...

    def served(self, system: str, age_seconds: float) -> None:
        """The oldest of a system's data in one answer is so old. Once an answer and system."""
        ...

    def identified(self, credential: Credential, refusal: str | None) -> None:
        """Somebody was let in by such a credential, or refused for one of the reasons of `access/refusing.py`."""
        ...

    def keys_fetched(self, issuer: str, *, failed: bool) -> None:
        """The keys of an issuer, by its name in the configuration, were fetched, or could not be."""
        ...

    def carried(self) -> Mapping[str, str]:
        """Headers for a request to a system that tie it to the trace; none unless that is configured."""
        ...


class _Nothing:
    """A request, stage or call of which nobody keeps anything."""

    id: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def answered(
        self, *, status: int, executor: str | None, codes: Sequence[str], document: tuple[str, str | None] | None = None
    ) -> None:
        """Nothing."""

    def failed(self, reason: str) -> None:
        """Nothing."""


NOTHING = _Nothing()
NO_HEADERS: Mapping[str, str] = {}


class Unobserved:
    """Nobody listens: for commands that serve nobody, and tests of other things."""

    on = False

    def __init__(self) -> None:
        self.readings: Readings = NoReadings()

    def request(self, identity: str | None, parent: str | None) -> _Nothing:
        """Nothing."""
        return NOTHING

    def stage(self, stage: Stage) -> _Nothing:
        """Nothing."""
        return NOTHING

    def call(self, system: str, capability: str, size: int, cache: CacheResult | None = None) -> _Nothing:
        """Nothing."""
        return NOTHING

    def cached(self, system: str, capability: str, result: CacheResult, size: int = 1) -> None:
        """Nothing."""

    def sent(self, system: str, error: str | None) -> None:
        """Nothing."""

    def served(self, system: str, age_seconds: float) -> None:
        """Nothing."""

    def identified(self, credential: Credential, refusal: str | None) -> None:
        """Nothing."""

    def keys_fetched(self, issuer: str, *, failed: bool) -> None:
        """Nothing."""

    def carried(self) -> Mapping[str, str]:
        """None."""
        return NO_HEADERS


UNOBSERVED: Observing = Unobserved()
