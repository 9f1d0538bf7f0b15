"""What the cache did, for whoever measures it."""

from __future__ import annotations

import msgspec


class Counts(msgspec.Struct, kw_only=True):
    """What the cache did since the start, in keys: answered young enough, served past their time, fetched anew, got
    by waiting for a fetch of this process or of another one; then refreshes begun and left out, entries that could
    not be read, those that could not be written, and those too large to keep.
    """

    hits: int = 0
    stale_served: int = 0
    misses: int = 0
    joined: int = 0
    awaited: int = 0
    refreshes: int = 0
    refreshes_dropped: int = 0
    unreadable: int = 0
    unwritable: int = 0
    too_large: int = 0
