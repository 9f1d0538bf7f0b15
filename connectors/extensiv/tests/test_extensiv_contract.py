"""The contract suite over this connector."""

from orderweave_extensiv.connector import ExtensivConnector
from orderweave_extensiv.simulator import ExtensivSimulator
from orderweave_sdk.testing.contract import ConnectorContract


class TestExtensiv(ConnectorContract):
    """Every rule that holds for all connectors holds here; whatever the facets, a batch is one call."""

    connector = ExtensivConnector
    simulator = ExtensivSimulator
    calls_for = {"id": {1: 1, 20: 1, 25: 1}, "referenceNum": {1: 1, 20: 1, 25: 1}, "poNum": {1: 1, 4: 1}}
