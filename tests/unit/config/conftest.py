"""A registry of made-up connectors, and a way to read a configuration from its text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

from orderweave.config import Configuration, ConfigurationError, Registry, load
from orderweave_sdk.capabilities import Connector, Settings
from orderweave_sdk.manifest import Capability, Manifest, Setting, SettingKind
from orderweave_sdk.records import Axis, SystemKind
from orderweave_sdk.statuses import StatusMap
from tests.unit.fake_systems import FakeConnector, connector_for, manifest

SETTINGS = (
    Setting(name="url", kind=SettingKind.URL, required=True, secret=False, description="The address."),
    Setting(name="token", kind=SettingKind.TEXT, required=True, secret=True, description="A read-only token."),
    Setting(name="limit", kind=SettingKind.INTEGER, required=False, secret=False, description="A limit.", default=5),
    Setting(name="fast", kind=SettingKind.BOOLEAN, required=False, secret=False, description="A switch."),
    Setting(name="mapping", kind=SettingKind.TABLE, required=False, secret=False, description="A table."),
)


class Choosy(FakeConnector):
    """A connector that finds more to say against its settings than their types."""

    manifest = manifest("choosy", settings=SETTINGS)

    @classmethod
    def problems(cls, settings: Settings) -> list[str]:
        """The limit must be even."""
        return ["limit must be an even number"] if settings["limit"] % 2 else []


class Narrow(FakeConnector):
    """A connector whose status map comes from its settings."""

    manifest = manifest("narrow", references=("reference",), settings=SETTINGS)

    @classmethod
    def narrowed(cls, settings: Settings) -> Manifest:
        """One reference less, and a hole in the status map when the settings ask for one."""
        documented = {Axis.ORDER: ("open", "lost")} if settings["limit"] == 7 else {Axis.ORDER: ("open",)}
        statuses = StatusMap(version="1", documented=documented, words={Axis.ORDER: {"open": "OPEN"}})
        return manifest("narrow", settings=SETTINGS, statuses=statuses)


def broken() -> type[Connector]:
    """A connector that is installed without what it needs."""
    raise ModuleNotFoundError("No module named 'rare_library'")


_SHOP = manifest("shop", settings=SETTINGS)
_ERP = manifest("erp", SystemKind.ERP, references=("reference", "origin"), settings=())
_WMS = manifest(
    "wms", SystemKind.WMS, capabilities=frozenset({Capability.FIND_ORDERS}), references=("order_number",), settings=()
)
_HOLE = StatusMap(version="1", documented={Axis.ORDER: ("open", "lost")}, words={Axis.ORDER: {"open": "OPEN"}})

REGISTRY = Registry(
    {
        "shop": lambda: connector_for(_SHOP),
        "erp": lambda: connector_for(_ERP),
        "wms": lambda: connector_for(_WMS),
        "choosy": lambda: Choosy,
        "narrow": lambda: Narrow,
        "unsound": lambda: connector_for(manifest("unsound", settings=(), statuses=_HOLE)),
        "broken": broken,
    }
)
ENVIRONMENT = {"TOKEN": "s3cret-token", "LIMIT": "8", "EMPTY": "", "WORD": "many", "YES": "true"}


class Read(Protocol):
    """Reads a configuration's text."""

    def __call__(self, text: str, environment: Mapping[str, str] = ENVIRONMENT) -> Configuration:
        """The configuration; raises ConfigurationError."""
        ...


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """The configuration in a text, through a file named orderweave.toml."""

    def through_file(text: str, environment: Mapping[str, str] = ENVIRONMENT) -> Configuration:
        path = tmp_path / "orderweave.toml"
        path.write_text(text, encoding="utf-8")
        return load(path, registry=REGISTRY, environment=environment)

    return through_file


@pytest.fixture
def problems(read: Read) -> object:
    """All that is wrong with a text, as (key, message) pairs in the order told."""

    def found(text: str, environment: Mapping[str, str] = ENVIRONMENT) -> list[tuple[str, str]]:
        with pytest.raises(ConfigurationError) as raised:
            read(text, environment)
        return [(problem.key, problem.message) for problem in raised.value.problems]

    return found
