"""What goes into the cache and what comes out of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Generic, TypeAlias, TypeVar

import msgspec

from orderweave.model.provenance import SourceIssue, Via
from orderweave.model.terms import Terms
from orderweave_sdk.records import Key

R = TypeVar("R")


class Live(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """What a system answered itself. `failed` stands in place of an answer, `gaps` beside one that is not whole."""

    records: tuple[R, ...] = ()
    gaps: tuple[SourceIssue, ...] = ()
    failed: SourceIssue | None = None


Fetch: TypeAlias = Callable[[Sequence[Key], Terms], Awaitable[Live[R]]]


class Dated(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """A record with the way it came and its age. `instead_of` is the failure in whose place it stands, and `unmet`
    says that it is older than was asked.
    """

    record: R
    fetched_at: datetime
    via: Via = Via.LIVE
    stale: bool = False
    instead_of: SourceIssue | None = None
    unmet: bool = False


class Taken(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """What a question got. `failed` stands where something asked could be had neither live nor from the cache."""

    found: tuple[Dated[R], ...] = ()
    gaps: tuple[SourceIssue, ...] = ()
    failed: SourceIssue | None = None
