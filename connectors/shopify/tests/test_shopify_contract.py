"""The contract suite over this connector."""

from orderweave_sdk.testing.contract import ConnectorContract
from orderweave_shopify.connector import ShopifyConnector
from orderweave_shopify.simulator import ShopifySimulator


class TestShopify(ConnectorContract):
    """Every rule that holds for all connectors holds here."""

    connector = ShopifyConnector
    simulator = ShopifySimulator
    calls_for = {
        "id": {1: 1, 20: 1, 25: 1},
        "number": {1: 1, 20: 1},
        "po_number": {1: 1, 4: 1},
    }
