"""The place in the stream of changes: an opaque cursor that survives orders moving while it is read.

Orders are read by ascending `updatedAt`. Within one run Shopify's own cursor leads from page to page; when the
run has reached its end, the next one starts at the last change seen, less an overlap.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta

import msgspec

from orderweave_sdk.errors import GiveUp

# Shopify's search lags behind its orders; whatever changed within this time is read again.
_OVERLAP = timedelta(seconds=60)
# Shopify pages through 25,000 orders of one search; a run starts anew well before.
_MOST_PAGES = 400


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where the stream stands: changes from `since` on, `pages` pages in, after Shopify's cursor `after`."""

    since: datetime | None = None
    after: str | None = None
    latest: datetime | None = None
    pages: int = 0

    def moved(self, latest: datetime | None, end_cursor: str | None, *, more: bool) -> Place:
        """The place after one more page whose last change was at `latest`."""
        newest = max((moment for moment in (self.latest, latest) if moment is not None), default=None)
        stuck = newest is not None and newest == self.since
        if more and (self.pages < _MOST_PAGES or stuck):
            return Place(since=self.since, after=end_cursor, latest=newest, pages=self.pages + 1)
        if more or newest is None:
            return Place(since=newest or self.since)
        return Place(since=max(newest - _OVERLAP, self.since) if self.since else newest - _OVERLAP)


def place_of(cursor: str | None, since: datetime | None) -> Place:
    """The place that a cursor names, or the start at `since`. Raises GiveUp for a cursor that is not ours."""
    if cursor is None:
        return Place(since=since)
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=Place)
    except (binascii.Error, msgspec.DecodeError, UnicodeDecodeError, ValueError):
        raise GiveUp("changes: this is not a cursor of this connector") from None


def cursor_of(place: Place) -> str:
    """The cursor that names a place."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode()
