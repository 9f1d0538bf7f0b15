"""The configuration with which Orderweave answers from its cache."""

from __future__ import annotations

import tomllib

import pytest

from bench.caching import with_cache


def test_everything_is_kept_for_a_day() -> None:
    """The switch that has all live goes, and every age is a day; the rest stays as it was."""
    found = tomllib.loads(with_cache('# live\n[cache]\nenabled = false\n\n[systems.erp]\nconnector = "tryton"\n'))
    assert found["systems"] == {"erp": {"connector": "tryton"}}
    assert {*map(str, found["cache"].values())} == {"{'ttl': 86400}"}
    assert {"header", "searches", "absent"} < {*found["cache"]}


def test_configuration_that_is_not_live_is_refused() -> None:
    """Without the switch nothing is guessed."""
    with pytest.raises(ValueError, match="does not say"):
        with_cache("[systems.erp]\n")
