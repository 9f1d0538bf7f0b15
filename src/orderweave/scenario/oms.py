"""The order management system's view: what is to be fulfilled, whole, whichever places send it.

It knows an order by the number under which it was sent over: the shop's, or the ERP's for orders of the desk. It gives
orders no numbers of its own. Its stock is the ERP's count.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from orderweave.scenario.numbering import Ids
from orderweave.scenario.sales import Channel, Plot, Sale
from orderweave.scenario.storefront import Storefront
from orderweave_sdk.records import Fulfillment, Header, Key, OrderRecord


def overseen(sales: Iterable[Sale]) -> tuple[Sale, ...]:
    """The sales that it has: from when the ERP has them on, but no drafts and nothing of the tills."""
    return tuple(
        sale
        for sale in sales
        if sale.in_erp_at is not None and sale.slot.channel is not Channel.TILL and sale.plot is not Plot.DRAFT
    )


class OrderManagement:
    """Writes its records, in the order of `overseen`."""

    def __init__(self, ids: Ids) -> None:
        self._whole = Storefront("oms", ids)

    def record(self, sale: Sale, order_number: str, partner_order_id: str | None) -> OrderRecord:
        """All that a shop would keep of the order, but for its number and what was agreed on.

        `partner_order_id` is the ERP's number, where it was sent along.
        """
        whole = self._whole.record(sale, lagging=False)
        goods = whole.fulfillment or Fulfillment()
        partner = () if partner_order_id is None else (Key("partner_order_id", partner_order_id),)
        return msgspec.structs.replace(
            whole,
            keys=(Key("id", whole.external_id),),
            references=(Key("order_number", order_number), *partner),
            header=Header(
                placed_at=sale.slot.placed_at,
                updated_at=whole.updated_at,
                canceled_at=sale.canceled_at,
                currency=sale.terms.currency,
            ),
            fulfillment=msgspec.structs.replace(
                goods, shipments=tuple(msgspec.structs.replace(each, number=None) for each in goods.shipments)
            ),
            timeline=None,
        )
