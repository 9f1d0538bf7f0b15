"""The contract suite over this connector, on both of the vendor's platforms."""

from orderweave_adobe_commerce.connector import AdobeCommerceConnector
from orderweave_adobe_commerce.simulator import AdobeCommerceCloudSimulator, AdobeCommerceSimulator
from orderweave_sdk.testing.contract import ConnectorContract


class TestPaas(ConnectorContract):
    """Every rule that holds for all connectors holds here: with every facet, one call for the orders and five more."""

    connector = AdobeCommerceConnector
    simulator = AdobeCommerceSimulator
    calls_for = {"id": {1: 6, 20: 6, 25: 6}, "number": {1: 6, 20: 6, 25: 6}}


class TestSaas(ConnectorContract):
    """The same against Commerce as a Cloud Service."""

    connector = AdobeCommerceConnector
    simulator = AdobeCommerceCloudSimulator
    calls_for = {"id": {1: 6, 20: 6}, "number": {1: 6, 20: 6}}
