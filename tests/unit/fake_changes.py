"""The feed of changes of a system made of memory: by last change and id, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from orderweave_sdk.capabilities import Changes
from orderweave_sdk.clock import Call
from orderweave_sdk.facets import facets_of
from orderweave_sdk.records import Facet, OrderRecord


async def changes_of(
    orders: Sequence[OrderRecord], cursor: str | None, since: datetime | None, facets: frozenset[Facet], size: int
) -> Changes:
    """One page of what changed after a cursor, or since an instant."""
    start = cursor or (_place(since.isoformat(), "") if since is not None else "")
    later = sorted(
        ((place, order) for order in orders if (place := _place_of(order)) > start), key=lambda entry: entry[0]
    )
    page = later[:size]
    return Changes(
        records=tuple(facets_of(order, facets) for _, order in page),
        cursor=page[-1][0] if page else start,
        more=len(later) > size,
    )


def _place_of(order: OrderRecord) -> str:
    return _place(order.updated_at.isoformat() if order.updated_at else "", order.external_id)


def _place(moment: str, external_id: str) -> str:
    return f"{moment} {external_id}"


class FakeChanges:
    """LIST_CHANGES of a connector over a `FakeSystem`."""

    _system: Any

    async def list_changes(
        self, cursor: str | None, since: datetime | None, facets: frozenset[Facet], call: Call
    ) -> Changes:
        """One page, with what the script says of it."""
        if (scripted := self._system.changes_asked(cursor, facets, call)) is not None:
            changes: Changes = scripted
            return changes
        answer = await changes_of(self._system.orders, cursor, since, facets, self._system.manifest.page_size)
        return Changes(records=answer.records, cursor=answer.cursor, more=answer.more, gaps=self._system.gaps)
