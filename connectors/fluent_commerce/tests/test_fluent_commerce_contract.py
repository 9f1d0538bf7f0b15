"""The contract suite over this connector."""

from orderweave_fluent_commerce.connector import FluentCommerceConnector
from orderweave_fluent_commerce.simulator import FluentCommerceSimulator
from orderweave_sdk.testing.contract import ConnectorContract


class TestFluentCommerce(ConnectorContract):
    """Every rule that holds for all connectors holds here. With returns, a batch costs a second call."""

    connector = FluentCommerceConnector
    simulator = FluentCommerceSimulator
    calls_for = {
        "id": {1: 2, 20: 2, 25: 2},
        "ref": {1: 2, 20: 2, 25: 2},
        "fulfilment_ref": {1: 2, 20: 2, 25: 2},
    }
