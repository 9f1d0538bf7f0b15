"""The contract suite over this connector, with an API that has everything."""

from orderweave_rest.connector import RestConnector
from orderweave_rest.simulator import RestSimulator
from orderweave_sdk.testing.contract import ConnectorContract


class TestRest(ConnectorContract):
    """Every rule that holds for all connectors holds here."""

    connector = RestConnector
    simulator = RestSimulator
    calls_for = {"id": {1: 1, 20: 1}, "number": {1: 1, 20: 1}, "tracking_number": {1: 1, 8: 1}}
