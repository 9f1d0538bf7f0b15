"""The contract suite over this connector."""

from orderweave_sdk.testing.contract import ConnectorContract
from orderweave_sql.connector import SqlConnector
from orderweave_sql.simulator import SqlSimulator


class TestSql(ConnectorContract):
    """Every rule that holds for all connectors holds here. A call is a statement: one an order section."""

    connector = SqlConnector
    simulator = SqlSimulator
    calls_for = {"id": {1: 19, 20: 19}, "number": {1: 19, 20: 19}}
