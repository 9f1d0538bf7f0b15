"""The contract suite's part about words that have no meaning here."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import pytest

from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import Axis, OrderRecord
from orderweave_sdk.statuses import StatusMap
from orderweave_sdk.testing.contract_setting import ContractSetting
from orderweave_sdk.unmapped import meeting_unmapped, tell_unmapped

_MANY = 1_000
# How goods travel is no status, and a record has no place for the word.
_NOT_KEPT = frozenset({Axis.DELIVERY_METHOD})


class WordContract(ContractSetting):
    """What holds of every system whose words a status map gives their meaning."""

    async def test_words_without_a_meaning_are_kept(self, subject: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """As if the vendor had changed all its words: each that reads as UNKNOWN and is counted stands on the record,
        on the order or on the part that it is a word of.
        """
        self.need(Capability.FIND_ORDERS)
        size = self.connector.manifest.lookups["id"].size
        ids = [order.external_id for order in self.world.orders]
        with_meaning = StatusMap._meaning
        changed = ContextVar("changed", default=False)

        def meaning(words: StatusMap, axis: Axis, raw: str) -> str:
            if not changed.get():
                return with_meaning(words, axis, raw)
            tell_unmapped(axis, raw)
            return "UNKNOWN"

        monkeypatch.setattr(StatusMap, "_meaning", meaning)
        changed.set(True)  # here, and not where the simulator serves: it writes by the same map
        kept: set[tuple[Axis, str | None]] = set()
        with meeting_unmapped(_MANY) as words:
            for start in range(0, len(ids), size):
                found = await self.find(subject, "id", ids[start : start + size], self.connector.manifest.facets)
                kept |= {entry for record in found for entry in _kept(record)}
        # A part's word may be made of several.
        kept |= {(axis, part) for axis, raw in kept if raw is not None for part in raw.split("/")}
        assert words
        assert {(axis, raw) for axis, raw in words if axis not in _NOT_KEPT} - kept == set()


def _kept(record: OrderRecord) -> Iterator[tuple[Axis, str | None]]:
    """Every raw word of a record, by each axis that it may be a word of."""
    for word in record.statuses:
        yield word.axis, word.raw
    for payment in record.payments.payments if record.payments else ():
        yield from ((axis, payment.raw_status) for axis in (Axis.PAYMENT, Axis.PAYMENT_PART))
        for moved in payment.transactions:
            yield Axis.TRANSACTION_KIND, moved.raw_kind
            yield Axis.TRANSACTION_STATUS, moved.raw_status
    for invoice in record.invoices.invoices if record.invoices else ():
        yield Axis.INVOICE_DOCUMENT, invoice.raw_status
    for returned in record.returns or ():
        yield from ((axis, returned.raw_status) for axis in (Axis.RETURN, Axis.RETURN_PART))
    for hold in record.holds or ():
        yield Axis.HOLD_REASON, hold.raw
    yield from _kept_of_goods(record)


def _kept_of_goods(record: OrderRecord) -> Iterator[tuple[Axis, str | None]]:
    if record.fulfillment is None:
        return
    for planned in record.fulfillment.fulfillment_orders:
        yield Axis.FULFILLMENT_ORDER, planned.raw_status
        for hold in planned.holds:
            yield Axis.HOLD_REASON, hold.raw
    for shipment in record.fulfillment.shipments:
        yield Axis.SHIPMENT, shipment.raw_status
        for package in shipment.packages:
            yield Axis.SHIPMENT, package.raw_status
            for event in package.events or ():
                yield Axis.SHIPMENT, event.raw_code
