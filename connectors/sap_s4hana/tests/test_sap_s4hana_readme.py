"""The README holds: its example can be pasted, and its tables name what the manifest declares."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from orderweave_sap_s4hana.connector import SapS4hanaConnector
from orderweave_sap_s4hana.manifest import MANIFEST
from orderweave_sap_s4hana.queries import BILLING, DELIVERIES, ORDERS, PRODUCTS, STOCK
from orderweave_sap_s4hana.wire import zone

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_the_example_is_sound() -> None:
    """Copied as it stands, it has no problem, and knows no setting or reference that there is not."""
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    system = tomllib.loads(example)["systems"]["erp"]
    settings = {**system["settings"], "password": "secret"}
    assert SapS4hanaConnector.problems(settings) == []
    assert settings.keys() < {setting.name for setting in MANIFEST.settings}
    assert all(f"{setting.name}" in example for setting in MANIFEST.settings)
    assert all(reference["field"] in MANIFEST.references for reference in system["references"])


def test_what_it_names() -> None:
    """Services and look-ups are the connector's, and so are the time zones that it knows."""
    assert all(f"| `{service}` |" in README for service in (ORDERS, DELIVERIES, BILLING, STOCK, PRODUCTS))
    assert all(f"`{name}`" in README for name in MANIFEST.lookups)
    (zones,) = re.findall(r"Known are (.*?);", README, re.DOTALL)
    names = re.findall(r"[A-Z]{3,}", zones)
    assert len(names) == 12
    assert all(zone(name) is not None for name in names)
