"""The contract suite over this connector."""

from orderweave_sap_s4hana.connector import SapS4hanaConnector
from orderweave_sap_s4hana.simulator import SapS4hanaSimulator
from orderweave_sdk.testing.contract import ConnectorContract


class TestSapS4hana(ConnectorContract):
    """Every rule that holds for all connectors holds here.

    With every facet a batch is four calls: the orders, their items on deliveries, these deliveries, and their billing.
    The first order has no delivery, so that there are three.
    """

    connector = SapS4hanaConnector
    simulator = SapS4hanaSimulator
    calls_for = {"id": {1: 3, 20: 4}, "number": {1: 3, 20: 4}}
