"""The contract suite over this connector."""

from orderweave_sdk.testing.contract import ConnectorContract
from orderweave_tryton.connector import TrytonConnector
from orderweave_tryton.simulator import TrytonSimulator


class TestTryton(ConnectorContract):
    """Every rule that holds for all connectors holds here; with returns wanted, a batch takes a second call."""

    connector = TrytonConnector
    simulator = TrytonSimulator
    calls_for = {"id": {1: 2, 20: 2}, "number": {1: 2, 20: 2}}
