"""The part of the contract suite about parcels by number: what systems can do that read tracking, carriers foremost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orderweave_sdk.errors import GiveUp
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import Package
from orderweave_sdk.testing.comparing import comparable, walk
from orderweave_sdk.testing.contract_setting import ContractSetting
from orderweave_sdk.testing.simulator import SimulatedSystem


class TrackingContract(ContractSetting):
    """Parcels by number; part of `ConnectorContract`."""

    async def test_tracking_round_trip(self, subject: Any) -> None:
        """Every tracking number comes back with its package and events, times in UTC; unknown numbers are absent."""
        self.need(Capability.READ_TRACKING)
        packages = self.packages
        numbers = ["NO-SUCH-NUMBER", *sorted(packages)]
        size = self.tracking_size()
        found: dict[str, Package] = {}
        for start in range(0, len(numbers), size):
            tracking = await subject.read_tracking(numbers[start : start + size], self.call())
            assert tracking.gaps == ()
            found |= {record.tracking_number: record.package for record in tracking.records}
        assert {number: comparable(package) for number, package in found.items()} == {
            number: comparable(package) for number, package in packages.items()
        }
        for package in found.values():
            for path, value in walk(package):
                assert not hasattr(value, "tzinfo") or value.utcoffset() == timedelta(0), path

    async def test_tracking_batches_over_the_size_are_refused(self, subject: Any, system: SimulatedSystem) -> None:
        """More numbers than the manifest's batch size is a caller's mistake: refused, and nothing is sent."""
        self.need(Capability.READ_TRACKING)
        before = len(system.calls)
        with pytest.raises(GiveUp):
            await subject.read_tracking([str(n) for n in range(self.tracking_size() + 1)], self.call())
        assert len(system.calls) == before

    async def test_tracking_call_counts(self, subject: Any, system: SimulatedSystem) -> None:
        """So many parcels cost exactly so many upstream calls."""
        self.need(Capability.READ_TRACKING)
        counts = self.calls_for.get("tracking_number", {})
        assert counts or Capability.FIND_ORDERS in self.connector.manifest.capabilities
        numbers = sorted(self.packages)
        for count, expected in counts.items():
            assert len(numbers) >= count, "the sample world has too few parcels"
            await subject.check(self.call())  # sign-in and other first-time costs
            before = len(system.calls)
            await subject.read_tracking(numbers[:count], self.call())
            assert len(system.calls) - before == expected, count
