"""The contract suite over this connector."""

from orderweave_salesforce_b2c.connector import SalesforceB2cConnector
from orderweave_salesforce_b2c.simulator import SalesforceB2cSimulator
from orderweave_sdk.testing.contract import ConnectorContract


class TestSalesforceB2c(ConnectorContract):
    """Every rule that holds for all connectors holds here. The vendor has no list by numbers: one call an order."""

    connector = SalesforceB2cConnector
    simulator = SalesforceB2cSimulator
    calls_for = {"id": {1: 1, 20: 20}, "number": {1: 1, 20: 20}}
