"""The contract suite over this connector."""

from orderweave_sdk.testing.contract import ConnectorContract
from orderweave_shiphero.connector import ShipheroConnector
from orderweave_shiphero.simulator import ShipheroSimulator


class TestShiphero(ConnectorContract):
    """Every rule that holds for all connectors holds here."""

    connector = ShipheroConnector
    simulator = ShipheroSimulator
    calls_for = {"id": {1: 1, 20: 1, 25: 1}, "order_number": {1: 1, 20: 1, 25: 1}}
