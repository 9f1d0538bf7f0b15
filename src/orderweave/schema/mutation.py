"""The root fields that change something: arguments checked, the gateway asked, its objects handed on."""

from __future__ import annotations

from typing import Annotated, Any, cast

import strawberry
from strawberry import field

from orderweave.answering.errors import RequestError
from orderweave.answering.tracking import check_links, check_manages
from orderweave.model.tracking import TrackingAttempt
from orderweave.planning.needs import needs_of
from orderweave.schema.context import Asked, terms
from orderweave.schema.export_types import Export, ExportId, ExportWish, request_of
from orderweave.schema.lookups import order_by
from orderweave.schema.query import OrderBy
from orderweave.schema.tracking_types import TrackingLink, TrackingRevocation, TrackOrderResult

_ONLY_ITS_ID = needs_of(["Order.id"])

Number = Annotated[str, strawberry.argument(description="The order's number, however it is written.")]
Email = Annotated[str | None, strawberry.argument(description="The e-mail address of whoever bought.")]
PostalCode = Annotated[str | None, strawberry.argument(description="The postal code of the delivery or the bill.")]


@strawberry.type(description="What changes something.")
class Mutation:
    """The root of every change."""

    @field(
        description="A guest asks to track one order by its number and exactly one more fact. The answer comes after "
        "a fixed time and is alike whether there is no such order or the fact is wrong. RATE_LIMITED after too "
        "many attempts."
    )
    async def track_order(
        self, info: Asked, number: Number, email: Email = None, postal_code: PostalCode = None
    ) -> TrackOrderResult:
        """A token for one order, or none."""
        asked = TrackingAttempt(number=number, email=email, postal_code=postal_code, address=info.context.address)
        access: Any = await info.context.gateway.track_order(asked)
        return TrackOrderResult(access=access)

    @field(
        description="A link to an order's tracking for a mail to its customer, without a second fact; null when no "
        "system knows the order. For those who see all orders, and what is personal of them as it is."
    )
    async def tracking_link(self, info: Asked, by: OrderBy) -> TrackingLink | None:
        """A long-lived token, and where to use it."""
        check_links(info.context.caller)
        found: Any = await order_by(info.context.gateway, by, _ONLY_ITS_ID, terms(info))
        if found is None:
            return None
        return cast("TrackingLink", info.context.gateway.tracking_link(found, info.context.caller))

    @field(
        description="Let no token and no link hold any more that was given for an order so far; null when no system "
        "knows the order. By its id it needs no system to answer. For those who see all orders."
    )
    async def revoke_tracking(self, info: Asked, by: OrderBy) -> TrackingRevocation | None:
        """The order's tokens, revoked."""
        check_manages(info.context.caller)
        token = by.id if isinstance(by.id, str) else None
        try:
            found: Any = await order_by(info.context.gateway, by, _ONLY_ITS_ID, terms(info))
        except RequestError:
            if token is None:
                raise
            found = None
        if found is not None:
            # Tokens are kept under the order's own id, and it may be asked for under another.
            token = found.id
        if token is None:
            return None
        return cast("TrackingRevocation", await info.context.gateway.revoke_tracking(token, info.context.caller))

    @field(
        description="Begin an export: rows of the index as files to take away, within your rights as they are now. "
        "`export` says how far it is."
    )
    async def export_create(self, info: Asked, input: ExportWish) -> Export:
        """The export, queued."""
        wanted = request_of(input)
        return cast("Export", await info.context.gateway.create_export(wanted, info.context.caller))

    @field(description="End an export of yours that is not finished, and delete its files; null for any other id.")
    async def export_cancel(self, info: Asked, id: ExportId) -> Export | None:
        """The export as it then is."""
        return cast("Export | None", await info.context.gateway.cancel_export(str(id), info.context.caller))
