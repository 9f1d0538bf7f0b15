"""The example configurations as settings, and a connector class for each, whose manifest is what that API gives."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, ClassVar

from orderweave_rest.connector import RestConnector
from orderweave_sdk.manifest import Manifest

FOLDER = Path(__file__).parents[1] / "examples"


def settings(name: str, url: str) -> dict[str, Any]:
    """The settings of an example, reaching a simulator."""
    (system,) = tomllib.loads((FOLDER / f"{name}.toml").read_text())["systems"].values()
    found: dict[str, Any] = system["settings"]
    return {**found, "url": url, "secret": SECRET}


SECRET = "the-secret-of-the-example"


class Medusa(RestConnector):
    """The connector as the example `medusa` makes it."""

    manifest: ClassVar[Manifest] = RestConnector.narrowed(settings("medusa", "http://127.0.0.1"))


class ShipStation(RestConnector):
    """The connector as the example `shipstation` makes it."""

    manifest: ClassVar[Manifest] = RestConnector.narrowed(settings("shipstation", "http://127.0.0.1"))
