"""The contract suite over this connector."""

from orderweave_sdk.testing.contract import ConnectorContract
from orderweave_vendure.connector import VendureConnector
from orderweave_vendure.simulator import VendureSimulator


class TestVendure(ConnectorContract):
    """Every rule that holds for all connectors holds here."""

    connector = VendureConnector
    simulator = VendureSimulator
    calls_for = {
        "id": {1: 1, 20: 1, 25: 1},
        "number": {1: 1, 20: 1, 25: 1},
    }
