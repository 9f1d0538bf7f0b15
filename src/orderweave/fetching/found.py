"""What one system gave: records, or the issue in their place."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec

from orderweave.model.provenance import Fetched, SourceIssue
from orderweave_sdk.capabilities import Condition

T = TypeVar("T")


class Found(msgspec.Struct, Generic[T], frozen=True, kw_only=True, gc=False):
    """What one system gave. `failed` stands in place of an answer, `gaps` beside one that could not be read whole."""

    found: tuple[T, ...] = ()
    failed: SourceIssue | None = None
    gaps: tuple[SourceIssue, ...] = ()


class FoundHit(msgspec.Struct, frozen=True, gc=False):
    """A hit of a search, the cursor that continues right after it, and what the search is sorted by."""

    fetched: Fetched
    cursor: str
    value: Any


class FoundPage(Found[FoundHit], frozen=True, kw_only=True, gc=False):
    """One page of a search. `remaining` are the conditions that the system could not apply."""

    more: bool = False
    remaining: tuple[Condition, ...] = ()
