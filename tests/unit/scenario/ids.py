"""Ids of a made-up form, one a system, for scenarios in tests."""

from __future__ import annotations

from orderweave.scenario import SYSTEMS, Ids


def ids_of(system: str) -> Ids:
    """Ids such as "erp/order/7"."""
    return lambda kind, n: f"{system}/{kind}/{n}"


IDS = {system: ids_of(system) for system in SYSTEMS}
