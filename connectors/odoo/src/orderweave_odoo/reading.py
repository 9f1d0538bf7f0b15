"""What stands beside orders: their lines, partners, transfers and invoices, read for a whole batch at once.

First what names the orders, all at a time, then what that names: products, operation types and states. So a batch
costs as many calls as its facets need, whatever its size.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from orderweave_odoo.client import Client
from orderweave_odoo.dictionary import Dictionary
from orderweave_odoo.fields import INVOICE, LINE, MOVE, PARTNER, PICKING, PICKING_TYPE, PRODUCT, STATE
from orderweave_odoo.goods import Transfers, linked, place_of
from orderweave_odoo.mapping import Parts, order_record
from orderweave_odoo.payloads import (
    InvoiceRow,
    LineRow,
    MoveRow,
    OrderRow,
    PartnerRow,
    PickingRow,
    PlacedRow,
    ProductRow,
    StateRow,
)
from orderweave_odoo.wire import link_id, link_name, text
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode_each
from orderweave_sdk.records import Facet, OrderRecord, Place

_WITH_LINES = frozenset({Facet.HEADER, Facet.LINES})
_WITH_PARTNERS = frozenset({Facet.CUSTOMER, Facet.ADDRESSES})
_WITH_TRANSFERS = frozenset({Facet.FULFILLMENT, Facet.RETURNS})
_WITH_PRODUCTS = frozenset({Facet.LINES, *_WITH_TRANSFERS})

Row = TypeVar("Row", bound=msgspec.Struct)


class Reader:
    """Reads what stands beside the orders of one batch. One reader a batch; `gaps` holds what could not be read."""

    def __init__(self, client: Client, dictionary: Dictionary, facets: frozenset[Facet], call: Call) -> None:
        self._client = client
        self._dictionary = dictionary
        self._facets = facets
        self._call = call
        self.gaps: list[Gap] = []

    async def records(self, orders: Sequence[OrderRow], walk_in: int | None) -> list[tuple[OrderRow, OrderRecord]]:
        """The records of the orders, in their order; one with a moment or number that is none is a gap."""
        if not orders:
            return []
        ids = [order.id for order in orders]
        silent = [order.id for order in orders if not text(order.delivery_status) and order.state != "cancel"]
        lines, partners, pickings, moves, bills = await asyncio.gather(
            self._rows(_WITH_LINES, LINE, [["order_id", "in", ids]], LineRow)
            if _WITH_LINES & self._facets
            else self._lines_of(silent),
            self._partners(orders),
            self._rows(_WITH_TRANSFERS, PICKING, [["sale_id", "in", ids]], PickingRow),
            self._rows(_WITH_TRANSFERS, MOVE, [["picking_id.sale_id", "in", ids]], MoveRow),
            self._invoices(orders),
        )
        products, places, states = await asyncio.gather(
            self._products(lines, moves), self._places(pickings), self._states(partners)
        )
        by_id = {product.id: product for product in products}
        people = {partner.id: partner for partner in partners}
        codes = {row.id: code for row in states if (code := text(row.code))}
        of_order = _grouped(lines, lambda line: link_id(line.order_id))
        of_sale = _grouped(pickings, lambda picking: link_id(picking.sale_id))
        of_picking = _grouped(moves, lambda move: link_id(move.picking_id))
        bill_of = {bill.id: bill for bill in bills}
        found: list[tuple[OrderRow, OrderRecord]] = []
        for order in orders:
            parts = Parts(
                dictionary=self._dictionary,
                lines=of_order.get(order.id, ()),
                products=by_id,
                partners=people,
                states=codes,
                invoices=[bill_of[each] for each in order.invoice_ids if each in bill_of]
                if self._has(Facet.INVOICES, INVOICE)
                else None,
                transfers=Transfers(of_sale.get(order.id, ()), of_picking, places, by_id)
                if self._dictionary.has(PICKING) and self._dictionary.has(MOVE)
                else None,
                walk_in=walk_in,
            )
            try:
                found.append((order, order_record(order, self._facets, parts)))
            except (ValueError, ArithmeticError):
                self.gaps.append(Gap("order: a moment, date or number that cannot be read", str(order.id)))
        return found

    def _has(self, facet: Facet, model: str) -> bool:
        return facet in self._facets and self._dictionary.has(model)

    async def _rows(self, needed_by: frozenset[Facet], model: str, domain: list[Any], kind: type[Row]) -> list[Row]:
        """Rows of a model that some facets need; a model that is not there is a gap for each of these facets."""
        wanted = needed_by & self._facets
        if not wanted:
            return []
        if not self._dictionary.has(model):
            names = " and ".join(sorted(facet.lower() for facet in wanted))
            self.gaps.append(Gap(f"{names}: the database lacks {model} or its tie to sales; see the settings"))
            return []
        raws, cut = await self._client.read_all(model, domain, self._dictionary.those_of(model), self._call)
        rows, unread = decode_each(raws, kind, what=model)
        self.gaps += unread
        if cut:
            self.gaps.append(Gap(f"{model}: more than can be read for one batch, the rest was left out"))
        return rows

    async def _lines_of(self, silent: Sequence[int]) -> list[LineRow]:
        """The lines of orders of which no delivery is told: whether there is anything to deliver."""
        if not silent:
            return []
        return await self._rows(frozenset({Facet.FULFILLMENT}), LINE, [["order_id", "in", list(silent)]], LineRow)

    async def _partners(self, orders: Sequence[OrderRow]) -> list[PartnerRow]:
        ids = linked(
            link_id(link)
            for order in orders
            for link in (order.partner_id, order.partner_invoice_id, order.partner_shipping_id)
        )
        return await self._by_id(_WITH_PARTNERS, PARTNER, ids, PartnerRow)

    async def _invoices(self, orders: Sequence[OrderRow]) -> list[InvoiceRow]:
        ids = linked(each for order in orders for each in order.invoice_ids)
        return await self._by_id(frozenset({Facet.INVOICES}), INVOICE, ids, InvoiceRow)

    async def _products(self, lines: Sequence[LineRow], moves: Sequence[MoveRow]) -> list[ProductRow]:
        ids = linked([*(link_id(row.product_id) for row in lines), *(link_id(row.product_id) for row in moves)])
        return await self._by_id(_WITH_PRODUCTS, PRODUCT, ids, ProductRow)

    async def _places(self, pickings: Sequence[PickingRow]) -> dict[int, Place]:
        ids = linked(link_id(picking.picking_type_id) for picking in pickings)
        rows = await self._by_id(frozenset({Facet.FULFILLMENT}), PICKING_TYPE, ids, PlacedRow)
        return {
            row.id: place_of(warehouse, link_name(row.warehouse_id))
            for row in rows
            if (warehouse := link_id(row.warehouse_id)) is not None
        }

    async def _states(self, partners: Sequence[PartnerRow]) -> list[StateRow]:
        ids = linked(link_id(partner.state_id) for partner in partners)
        return await self._by_id(frozenset({Facet.ADDRESSES}), STATE, ids, StateRow)

    async def _by_id(self, needed_by: frozenset[Facet], model: str, ids: Sequence[int], kind: type[Row]) -> list[Row]:
        """Rows by id, those put out of use among them. No id, no call."""
        if not ids:
            return []
        domain: list[Any] = [["id", "in", list(ids)]]
        if model in (PARTNER, PRODUCT, PICKING_TYPE):
            domain.append(["active", "in", [True, False]])
        return await self._rows(needed_by, model, domain, kind)


def _grouped(rows: Sequence[Row], owner_of: Any) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        owner = owner_of(row)
        if owner is not None:
            found.setdefault(owner, []).append(row)
    return found
