"""The part of the contract suite that breaks the system: each fault must become the error that says what to do."""

from __future__ import annotations

from typing import Any

import pytest

from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Search
from orderweave_sdk.clock import Call
from orderweave_sdk.conditions import sort_value
from orderweave_sdk.errors import (
    BadPayload,
    FixCredentials,
    Retry,
    UpstreamError,
    Wait,
)
from orderweave_sdk.manifest import BatchStrategy, Capability
from orderweave_sdk.records import Facet
from orderweave_sdk.testing.contract_setting import ContractSetting
from orderweave_sdk.testing.faults import Fault
from orderweave_sdk.testing.simulator import SimulatedSystem

# What each fault must become, by what the reader can do about it.
ERROR_OF_FAULT: dict[Fault, tuple[type[UpstreamError], ...]] = {
    Fault.STOPPED: (Retry,),
    Fault.SLOW: (Retry,),
    Fault.RESET: (Retry,),
    Fault.THROTTLED: (Wait,),
    Fault.THROTTLED_UNTIMED: (Wait,),
    Fault.UNAUTHORIZED: (FixCredentials,),
    Fault.SERVER_ERROR: (Retry,),
    Fault.TRUNCATED: (Retry, BadPayload),
    Fault.CUT_JSON: (BadPayload,),
    Fault.FOREIGN_JSON: (BadPayload,),
    Fault.HTML: (BadPayload,),
    Fault.OVERSIZED: (BadPayload,),
}


class FaultContract(ContractSetting):
    """Faults, one by one; part of `ConnectorContract`."""

    @pytest.mark.parametrize("fault", sorted(ERROR_OF_FAULT))
    async def test_fault(self, fault: Fault, subject: Any, system: SimulatedSystem) -> None:
        """Each fault becomes the error that says what to do, tells no secret, and passes when it is gone."""
        if fault not in system.supported_faults:
            pytest.skip(f"{fault} cannot happen to this kind of system")
        if Capability.FIND_ORDERS not in self.connector.manifest.capabilities:
            self.need(Capability.READ_TRACKING)
        await subject.check(self.call())
        await system.fail(fault)
        with pytest.raises(ERROR_OF_FAULT[fault]) as caught:
            await self.one(subject, self.call(self.patience(fault)))
        secrets = [
            str(system.settings()[setting.name])
            for setting in self.connector.manifest.settings
            if setting.secret and setting.name in system.settings()
        ]
        for secret in secrets:
            assert secret not in str(caught.value)
            assert secret not in repr(subject)
        if isinstance(caught.value, Wait):
            assert caught.value.seconds == (7 if fault is Fault.THROTTLED else None)
        await system.fail(None)
        found = await self.one(subject, self.call())
        assert (len(found.records), found.gaps) == (1, ())

    async def one(self, subject: Any, call: Call) -> Any:
        """The answer about one order by its id; of a carrier, about one parcel by its number."""
        manifest = self.connector.manifest
        if Capability.FIND_ORDERS in manifest.capabilities:
            facets = frozenset({Facet.HEADER}) & manifest.facets
            return await subject.find_orders(keys_of("id", [self.world.orders[0].external_id]), facets, call)
        return await subject.read_tracking([min(self.packages)], call)

    def patience(self, fault: Fault) -> float:
        """Seconds allowed for the faulty call; short where nothing will ever come."""
        return 0.3 if fault is Fault.SLOW else 10.0

    async def test_one_bad_record(self, subject: Any, system: SimulatedSystem) -> None:
        """One unreadable record among good ones is a gap; the good ones still come."""
        if Fault.BAD_RECORD not in system.supported_faults:
            pytest.skip("a record of this system cannot have a wrong type")
        manifest = self.connector.manifest
        if Capability.FIND_ORDERS not in manifest.capabilities:
            await self._one_bad_parcel(subject, system)
            return
        if manifest.lookups["id"].strategy is BatchStrategy.NONE:
            pytest.skip("one record an answer: a bad one is a bad payload")
        good, bad = self.world.orders[0].external_id, self.world.orders[1].external_id
        await system.fail(Fault.BAD_RECORD, bad_record=bad)
        found = await subject.find_orders(keys_of("id", [good, bad]), frozenset({Facet.HEADER}), self.call())
        assert [record.external_id for record in found.records] == [good]
        assert len(found.gaps) == 1
        assert found.gaps[0].external_id in (bad, None)

    async def test_a_page_of_bad_records(self, subject: Any, system: SimulatedSystem) -> None:
        """Behind more unreadable records than a page holds a search goes on or says that it cannot; it does not end."""
        self.need(Capability.SEARCH_ORDERS)
        if Fault.BAD_RECORD not in system.supported_faults:
            pytest.skip("a record of this system cannot have a wrong type")
        manifest = self.connector.manifest
        sort = min(manifest.sorts)
        ids = [order.external_id for order in sorted(self.world.orders, key=lambda order: sort_value(order, sort))]
        bad = tuple(ids[3:7])
        await system.fail(Fault.BAD_RECORD, bad_record=bad)
        seen: list[str] = []
        after: str | None = None
        for _ in ids:
            search = Search(
                conditions=(),
                sort=sort,
                descending=False,
                size=2,
                after=after,
                facets=frozenset({Facet.HEADER}) & manifest.facets,
            )
            try:
                page = await subject.search_orders(search, self.call())
            except BadPayload:
                return
            seen += [hit.record.external_id for hit in page.hits]
            if not page.more:
                break
            after = page.hits[-1].cursor
        assert seen == [identity for identity in ids if identity not in bad]

    async def _one_bad_parcel(self, subject: Any, system: SimulatedSystem) -> None:
        self.need(Capability.READ_TRACKING)
        batch = self.connector.manifest.tracking_batch
        if batch is not None and batch.strategy is BatchStrategy.NONE:
            pytest.skip("one parcel an answer: a bad one is a bad payload")
        good, bad = sorted(self.packages)[:2]
        await system.fail(Fault.BAD_RECORD, bad_record=bad)
        found = await subject.read_tracking([good, bad], self.call())
        assert [record.tracking_number for record in found.records] == [good]
        assert len(found.gaps) == 1
