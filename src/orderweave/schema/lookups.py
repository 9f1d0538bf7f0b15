"""An order by whatever name an argument gives it."""

from __future__ import annotations

from orderweave.answering import Gateway
from orderweave.model.order import Order
from orderweave.model.terms import Terms
from orderweave.planning.needs import Needs
from orderweave.schema.arguments import OrderLookup


async def order_by(gateway: Gateway, by: OrderLookup, needs: Needs, call: Terms) -> Order | None:
    """The order of the model that has this name."""
    if isinstance(by.id, str):
        return await gateway.order_by_id(by.id, needs, call)
    if by.key:
        return await gateway.order_by_key(by.key.namespace, by.key.value, needs, call)
    return await gateway.order_by_number(by.number or "", needs, call)
