"""Scenarios that several tests look at, made once."""

from __future__ import annotations

import pytest

from orderweave.scenario import Scenario, generate
from tests.unit.scenario.ids import IDS


@pytest.fixture(scope="package", params=[1, 2, 3], ids="seed {}".format)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    """The smallest scenario that promises every kind of mess, by three seeds."""
    return generate(seed=request.param, orders=200, ids=IDS)
