"""What proves a connector: sample records, simulators on a real socket, faults, and the contract suite.

Needs pytest and pytest-asyncio; nothing here is imported by the gateway when it serves, but for the
simulators of the demo.
"""
