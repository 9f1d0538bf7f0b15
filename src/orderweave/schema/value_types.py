"""Small values of the schema: money, discounts, taxes, pages."""

from __future__ import annotations

from decimal import Decimal

import strawberry
from strawberry import field


@strawberry.type(description="An exact amount in one currency.")
class Money:
    """See `orderweave_sdk.records.Money`."""

    amount: Decimal = field(description="The amount as a decimal string, never a float.")
    currency: str = field(description="The currency, ISO 4217.")


@strawberry.type(description="A price reduction.")
class Discount:
    """See `orderweave_sdk.records.Discount`."""

    title: str = field(description="What it is called.")
    code: str | None = field(description="The code that was given.")
    amount: Money | None = field(description="How much is taken off, positive.")


@strawberry.type(description="One tax.")
class TaxLine:
    """See `orderweave_sdk.records.TaxLine`."""

    title: str = field(description="What it is called.")
    rate: Decimal | None = field(description="The rate as a fraction, such as 0.19.")
    amount: Money | None = field(description="How much it is.")


@strawberry.type(description="Where a page stands in its list (Relay).")
class PageInfo:
    """See `orderweave.model.order.PageInfo`."""

    has_next_page: bool = field(description="Whether there is more after this page.")
    has_previous_page: bool = field(description="Whether there is more before this page.")
    start_cursor: str | None = field(description="The cursor of the first entry.")
    end_cursor: str | None = field(description="The cursor of the last entry.")
