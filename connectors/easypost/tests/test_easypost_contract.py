"""The contract suite over this connector."""

from orderweave_easypost.connector import EasypostConnector
from orderweave_easypost.simulator import EasypostSimulator
from orderweave_sdk.testing.contract import ConnectorContract


class TestEasypost(ConnectorContract):
    """Every rule that holds for all connectors holds here."""

    connector = EasypostConnector
    simulator = EasypostSimulator
    calls_for = {"tracking_number": {1: 1, 5: 1, 10: 1}}
