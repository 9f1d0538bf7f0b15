"""Where the reading of a system's orders stands, as it is noted beside what was read. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

# What a system that lists no changes may still add to a day that was read: some keep only the day of an order.
_OVERLAP = timedelta(days=1)


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A place on the way through a system's orders.

    A pass began at `began` (None: it ended, and the next begins from here) and goes on after `cursor`, which is the
    connector's own. `since` is how far back it reaches (None: to the start). A `fresh` one of a system that lists no
    changes covers new orders alone: what changes in older ones is found by the sweep.
    """

    began: datetime | None = None
    cursor: str | None = None
    since: datetime | None = None
    fresh: bool = False

    def begun(self, now: datetime) -> Place:
        """The place in a pass: a new one where the last has ended."""
        return self if self.began is not None else msgspec.structs.replace(self, began=now)

    def after_changes(self, cursor: str, *, more: bool) -> Place:
        """After a page of changes, whose cursors lead from one pass to the next."""
        return msgspec.structs.replace(self, cursor=cursor, began=self.began if more else None)

    def after_search(self, cursor: str | None) -> Place:
        """After a page of a search; None: it was the last."""
        if cursor is not None:
            return msgspec.structs.replace(self, cursor=cursor)
        assert self.began is not None
        return Place(since=self.began - _OVERLAP, fresh=True)


def read_place(text: str | None, since: datetime | None) -> Place:
    """The place that was noted, or the start of a history that goes back to `since`."""
    return msgspec.json.decode(text, type=Place) if text is not None else Place(since=since)


def write_place(place: Place) -> str:
    """The place as it is noted."""
    return msgspec.json.encode(place).decode()
