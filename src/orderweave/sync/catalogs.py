"""Reading which SKUs a system has, so that goods which nobody ever ordered are known too."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import Connection

from orderweave.index import Index
from orderweave.index.progress import SKUS, Progress, note
from orderweave.index.taking import aside_no_more, listed_no_more
from orderweave.model.provenance import IssueReason, SourceIssue
from orderweave.sync.asking import Asking, Unanswered
from orderweave_sdk.clock import Clock

# Pages of one listing; the largest catalogs that pages of a hundred are made for hold a tenth of that.
_MOST_PAGES = 100_000


class Catalogs:
    """The listings of SKUs of all systems."""

    def __init__(self, asking: Asking, index: Index, clock: Clock) -> None:
        self._asking = asking
        self._index = index
        self._clock = clock

    async def read(self, name: str, known: Progress) -> None:
        """List all of a system's SKUs anew, each page kept when it comes, and forget those that are no more; raises
        Unanswered.
        """
        began = self._clock.now()
        after: str | None = None
        for _ in range(_MOST_PAGES):
            page = await self._asking.skus(name, after)
            await self._index.write(
                partial(self._index.take_skus_now, system=name, given=page.skus, began=began, gaps=page.gaps)
            )
            after = page.after
            if after is None:
                break
        else:
            message = f"the listing of its SKUs has more than {_MOST_PAGES:,} pages"
            raise Unanswered(SourceIssue(system=name, reason=IssueReason.BAD_PAYLOAD, message=message, facets=()))
        changes: dict[str, Any] = {"reached_at": began, "error": None, "error_at": None}
        changes |= {} if known.complete_at else {"complete_at": self._clock.now()}

        def end(connection: Connection) -> None:
            listed_no_more(connection, name, began)
            aside_no_more(connection, name, began, part=SKUS)
            note(connection, name, SKUS, **changes)

        await self._index.write(end)
