"""Reading orders: the list that is asked for, and the documents of all its orders by one call a kind."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec

from orderweave_adobe_commerce.client import Client, read_each
from orderweave_adobe_commerce.criteria import Criteria, one_of
from orderweave_adobe_commerce.fields import RMA, TRANSACTION, Amounts
from orderweave_adobe_commerce.mapping import Documents, order_record
from orderweave_adobe_commerce.payloads import (
    CreditmemoPayload,
    InvoicePayload,
    OrderPayload,
    RmaPayload,
    ShipmentPayload,
    TransactionPayload,
)
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.records import Facet, OrderRecord


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of document that belongs to orders, and where it goes in `Documents`."""

    path: str
    place: str
    payload: Any
    facet: Facet
    fields: str
    tie: str = "entity_id"


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """Orders as they came, their records in the same order (None where one could not be read), and the gaps."""

    payloads: tuple[OrderPayload, ...]
    records: tuple[OrderRecord | None, ...]
    gaps: tuple[Gap, ...]


class OrderReader:
    """Orders as records, in the amounts that the settings name."""

    def __init__(self, client: Client, amounts: Amounts) -> None:
        self._client = client
        self._amounts = amounts
        self._kinds = (
            Kind(
                path="shipments",
                place="shipments",
                payload=ShipmentPayload,
                facet=Facet.FULFILLMENT,
                fields=amounts.shipment(),
            ),
            Kind(
                path="invoices",
                place="invoices",
                payload=InvoicePayload,
                facet=Facet.INVOICES,
                fields=amounts.invoice(),
            ),
            Kind(
                path="creditmemos",
                place="creditmemos",
                payload=CreditmemoPayload,
                facet=Facet.PAYMENTS,
                fields=amounts.creditmemo(),
            ),
            Kind(
                path="transactions",
                place="transactions",
                payload=TransactionPayload,
                facet=Facet.PAYMENTS,
                fields=TRANSACTION,
                tie="transaction_id",
            ),
            Kind(path="returns", place="rmas", payload=RmaPayload, facet=Facet.RETURNS, fields=RMA),
        )

    def fields(self, facets: frozenset[Facet]) -> str:
        """The fields of an order to ask for."""
        return self._amounts.order(facets)

    def paths(self, facets: frozenset[Facet]) -> tuple[str, ...]:
        """The resources that these facets need, the orders' own first."""
        return ("orders", *(kind.path for kind in self._kinds if kind.facet in facets))

    async def read(self, raws: Sequence[msgspec.Raw], facets: frozenset[Facet], call: Call) -> Read:
        """The records of these orders: one call more for each kind of document that the facets need."""
        payloads, gaps = read_each(raws, OrderPayload, what="order")
        documents, unread = await self._documents([order.entity_id for order in payloads], facets, call)
        records: list[OrderRecord | None] = []
        for order in payloads:
            try:
                own = documents.get(order.entity_id, {})
                records.append(order_record(order, Documents(**own), facets, self._amounts))
            except BadPayload as error:
                records.append(None)
                gaps.append(Gap(str(error), str(order.entity_id)))
        return Read(payloads=tuple(payloads), records=tuple(records), gaps=(*gaps, *unread))

    async def _documents(
        self, order_ids: Sequence[int], facets: frozenset[Facet], call: Call
    ) -> tuple[dict[int, dict[str, list[Any]]], list[Gap]]:
        """Documents by order and by their place, each list in order of id."""
        found: dict[int, dict[str, list[Any]]] = {}
        gaps: list[Gap] = []
        kinds = [kind for kind in self._kinds if kind.facet in facets] if order_ids else []
        answers = await asyncio.gather(*(self._of_kind(kind, order_ids, call) for kind in kinds))
        for kind, (documents, unread) in zip(kinds, answers, strict=True):
            gaps += unread
            for document in documents:
                found.setdefault(document.order_id, {}).setdefault(kind.place, []).append(document)
        return found, gaps

    async def _of_kind(self, kind: Kind, order_ids: Sequence[int], call: Call) -> tuple[list[Any], list[Gap]]:
        wanted = Criteria(groups=(one_of("order_id", map(str, order_ids)),), tie=kind.tie)
        raws, cut = await self._client.whole(kind.path, wanted, call, fields=kind.fields)
        documents, unread = read_each(raws, kind.payload, what=kind.path)
        # The id of a document is none of an order, and would name the wrong one.
        return documents, [*cut, *(Gap(gap.reason) for gap in unread)]
