"""The contract suite over this connector, by both wires and over the versions that differ."""

from orderweave_odoo.connector import OdooConnector
from orderweave_odoo.simulator import OdooSimulator
from orderweave_sdk.testing.contract import ConnectorContract

# Orders, then lines, partners, transfers and moves, then products, operation types and states; and invoices, which
# the first sample has none of.
_CALLS = {1: 8, 20: 9}


class Odoo17(OdooSimulator):
    """Before JSON-2: the lock, and moves with their new name."""

    version = 17


class Odoo16(OdooSimulator):
    """With delivery_status, and the old names of the rest."""

    version = 16


class Odoo15(OdooSimulator):
    """Without delivery_status."""

    version = 15


class TestOdoo19(ConnectorContract):
    """Every rule that holds for all connectors, over JSON-2."""

    connector = OdooConnector
    simulator = OdooSimulator
    calls_for = {"id": _CALLS, "number": _CALLS}


class TestOdoo17(TestOdoo19):
    """The same over JSON-RPC."""

    simulator = Odoo17


class TestOdoo16(TestOdoo19):
    """The same over JSON-RPC, with the older field names."""

    simulator = Odoo16


class TestOdoo15(TestOdoo19):
    """The same over JSON-RPC, where the transfers tell how far the delivery is."""

    simulator = Odoo15
