"""A command line whose installed connectors are made-up ones, and files for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from orderweave.cli import configured, main
from orderweave.config import Registry
from orderweave_sdk.capabilities import Settings
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import FixCredentials, Unreachable
from orderweave_sdk.manifest import Capability, Manifest, Setting, SettingKind
from orderweave_sdk.records import Facet, SystemKind
from orderweave_sdk.upstream import UpstreamFactory
from orderweave_sdk.webhooks import Registered
from tests.unit.fake_systems import FakeConnector, manifest
from tests.unit.fake_webhooks import WEBHOOKS

SETTINGS = (
    Setting(name="mood", kind=SettingKind.TEXT, required=False, secret=False, description="How it is.", default="well"),
    Setting(name="token", kind=SettingKind.TEXT, required=False, secret=True, description="A token."),
)
MOODS = {
    "down": Unreachable("sign-in: no connection"),
    "locked": FixCredentials("sign-in: HTTP 401, the credentials are refused or lack a right"),
    "buggy": KeyError("s3cret"),
}


MOODY = manifest("moody", settings=SETTINGS)


class Moody(FakeConnector):
    """A shop that answers as its settings say."""

    manifest: ClassVar[Manifest] = MOODY

    def __init__(self, settings: Settings, upstream: UpstreamFactory) -> None:
        super().__init__(settings, upstream)
        self._mood: str = settings["mood"]

    async def check(self, call: Call) -> str:
        """A word of greeting, or the fault of its mood."""
        if self._mood in MOODS:
            raise MOODS[self._mood]
        return "signed in as reader"


class Sending(Moody):
    """A shop that sends webhooks."""

    manifest: ClassVar[Manifest] = manifest(
        "sending",
        settings=(
            *SETTINGS,
            Setting(name="webhook_secrets", kind=SettingKind.TEXT, required=False, secret=True, description="Secrets."),
        ),
        capabilities=MOODY.capabilities | WEBHOOKS,
    )

    async def register_webhooks(self, url: str, call: Call) -> Registered:
        """By its mood."""
        if self._mood in MOODS:
            raise MOODS[self._mood]
        return Registered(made=("orders",), kept=("stock",), secrets=("s3cret",))


class Store(FakeConnector):
    """A warehouse that can only look up."""

    manifest: ClassVar[Manifest] = manifest(
        "store",
        SystemKind.WMS,
        capabilities=frozenset({Capability.FIND_ORDERS}),
        facets=frozenset({Facet.FULFILLMENT}),
        references=("order_number",),
    )


SHOP = '[systems.shop]\nconnector = "moody"\n[systems.shop.settings]\nmood = "{mood}"\n'
STORE = '[systems.wms]\nconnector = "store"\n'
REFERENCE = '[[systems.wms.references]]\nfield = "order_number"\nnames = ["shop:number"]\n'
PLACE = '[[locations]]\nid = "east"\n'

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """What a command that serves does to the process' log is undone after the test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; gives its exit code and what it wrote to both outputs."""
    registry = Registry({"moody": lambda: Moody, "store": lambda: Store, "sending": lambda: Sending})
    monkeypatch.setattr(configured, "installed", lambda: registry)

    def command(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main(words)
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    """Writes a configuration; gives its path."""

    def write(text: str) -> str:
        path = tmp_path / "orderweave.toml"
        path.write_text(text)
        return str(path)

    return write
