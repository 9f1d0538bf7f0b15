"""A sound configuration: what stands in it, its defaults, and secrets that are nowhere to be seen."""

from __future__ import annotations

import traceback

import pytest

from orderweave.bootstrap import Orderweave
from orderweave.config import Configuration, ConfigurationError
from orderweave.model.systems import PlaceSpec, ReferenceRule
from orderweave.operations.sharing import InRedis
from orderweave.web.forgery import Preflight
from orderweave_sdk.records import LocationKind
from tests.unit.config.conftest import ENVIRONMENT, Read

WHOLE = r"""
[server]
host = "0.0.0.0"
port = 9000
deadline_seconds = 5
trusted_proxies = ["10.0.0.0/8", "192.0.2.7"]

[access]
open = true

[systems.shop-us]
connector = "shop"
title = "US shop"
number_pattern = '\d{4,}'
[systems.shop-us.settings]
url = { env = "ADDRESS" }
token = { env = "TOKEN" }
limit = { env = "LIMIT" }
fast = { env = "YES" }

[systems.erp]
connector = "erp"
captures_orders = false
[[systems.erp.references]]
field = "reference"
names = ["shop-us:number"]
spellings = ["{}", "SO-{}"]
many = true
[[systems.erp.references]]
field = "origin"
names = ["shop-us:id"]
lookup = false

[systems.wms]
connector = "wms"

[[locations]]
id = "east"
name = "East warehouse"
kind = "WAREHOUSE"
systems = { shop-us = "1", erp = "12" }
[[locations]]
id = "harbor"

[authority]
stock = ["erp", "WMS"]
"""
ENVIRONMENT_WITH_ADDRESS = {**ENVIRONMENT, "ADDRESS": "https://shop.example.com"}


@pytest.fixture
def whole(read: Read) -> Configuration:
    """The configuration with everything in it."""
    return read(WHOLE, ENVIRONMENT_WITH_ADDRESS)


def test_everything_is_read(whole: Configuration) -> None:
    """Server, settings from file and environment, references, places and authority are read as written."""
    assert (whole.server.host, whole.server.port, whole.server.deadline_seconds) == ("0.0.0.0", 9000, 5)
    assert whole.server.trusted_proxies == ("10.0.0.0/8", "192.0.2.7")
    assert list(whole.systems) == ["shop-us", "erp", "wms"]
    assert dict(whole.systems["shop-us"].settings) == {
        "url": "https://shop.example.com",
        "token": "s3cret-token",
        "limit": 8,
        "fast": True,
    }
    assert whole.business.systems["shop-us"].title == "US shop"
    assert whole.business.systems["shop-us"].number_pattern == r"\d{4,}"
    assert whole.business.systems["erp"].references == (
        ReferenceRule(field="reference", names=("shop-us:number",), spellings=("{}", "SO-{}"), many=True),
        ReferenceRule(field="origin", names=("shop-us:id",), lookup=False),
    )
    assert whole.business.places == (
        PlaceSpec(id="east", name="East warehouse", kind=LocationKind.WAREHOUSE, systems={"shop-us": "1", "erp": "12"}),
        PlaceSpec(id="harbor", name="harbor", kind=LocationKind.UNKNOWN, systems={}),
    )
    assert whole.business.authority == {"stock": ("erp", "WMS")}


def test_places_of_capture(whole: Configuration, read: Read) -> None:
    """A shop captures orders by its kind, an ERP unless told not to, and what cannot search never does."""
    assert {name: spec.captures_orders for name, spec in whole.business.systems.items()} == {
        "shop-us": True,
        "erp": False,
        "wms": False,
    }
    assert read('[systems.erp]\nconnector = "erp"').business.systems["erp"].captures_orders is True


def test_defaults(read: Read) -> None:
    """What is not written has its documented default, and the connector's title stands for a missing one."""
    made = read(
        '[systems.shop]\nconnector = "shop"\nsettings = { url = "https://x.example", token = { env = "TOKEN" } }'
    )
    assert (made.server.host, made.server.port, made.server.deadline_seconds) == ("127.0.0.1", 8000, 10)
    assert made.server.trusted_proxies == ()
    assert made.systems["shop"].spec.title == "Shop"
    assert made.systems["shop"].settings["limit"] == 5
    assert "fast" not in made.systems["shop"].settings


def test_only_named_connectors_are_imported(read: Read) -> None:
    """A connector that nobody names is not imported: the broken one of the registry stops nothing."""
    assert list(read('[systems.erp]\nconnector = "erp"').systems) == ["erp"]


async def test_secrets_are_not_in_any_repr(whole: Configuration) -> None:
    """Neither the configuration, nor a part of it, nor the wired gateway shows a secret."""
    shown = [repr(whole), str(whole.systems), repr(whole.systems["shop-us"]), repr(whole.business)]
    woven = Orderweave(whole)
    shown += [repr(woven), repr(woven.systems), repr(woven.systems.connector("shop-us")), repr(woven.gateway.parts)]
    assert not [text for text in shown if "s3cret" in text]


async def test_the_door_is_as_configured(read: Read) -> None:
    """The wired endpoint's rules are those of [http], and what clients leave is shared where there is a Redis."""
    text = '[systems.erp]\nconnector = "erp"\n[http]\norigins = ["https://a.example"]\nrequire_preflight = "always"\n'
    alone = Orderweave(read(f"{text}compress = false"))
    assert (alone.door.preflight, alone.door.compress, alone.door.origins.on) == (Preflight.ALWAYS, False, True)
    assert alone.door.documents._shared is None
    shared = Orderweave(read(f'{text}[redis]\nurl = "redis://127.0.0.1:1/0"'))
    assert shared.door.compress
    assert isinstance(shared.door.documents._shared, InRedis)
    await shared.close()


@pytest.mark.parametrize(
    "setting",
    [
        'token = "s3cret-token"',
        'token = ["s3cret-token"]',
        'token = { env = "TOKEN", default = "s3cret-token" }',
        'url = { env = "TOKEN" }',
        'limit = { env = "TOKEN" }',
        'fast = { env = "TOKEN" }',
        'mapping = "s3cret-token"',
        'token = { env = "TOKEN" } s3cret-token',
    ],
)
def test_secrets_are_not_in_messages(setting: str, read: Read) -> None:
    """Whatever is wrong with a secret or with what holds one, neither message nor traceback repeats its value."""
    with pytest.raises(ConfigurationError) as raised:
        read(f'[systems.shop]\nconnector = "shop"\n[systems.shop.settings]\n{setting}')
    told = "".join(traceback.format_exception_only(raised.value))
    assert raised.value.problems
    assert "s3cret" not in told
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
