"""Every mistake in a configuration has its own message: which key, what is wrong, and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from orderweave.config import ConfigurationError, load
from orderweave.config.loading import _TOP
from tests.unit.config.conftest import ENVIRONMENT, REGISTRY
from tests.unit.config.texts import SHOP, Problems, settings

KINDS = "carrier, database, erp, oms, payment_provider, storefront, wms"
ASPECTS = (
    "addresses, customer, fulfillment, header, holds, invoices, line_quantities, line_titles, payments, "
    "receipts, returns, stock, timeline, tracking"
)
PLACES = "WAREHOUSE, STORE, SUPPLIER, VIRTUAL, UNKNOWN"


MISTAKES: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "unknown key at the top": (
        f"colour = 1\n{SHOP}",
        [("colour", f"unknown key; known here: {', '.join(sorted(_TOP))}")],
    ),
    "unknown key of the server": (
        f"[server]\nprot = 1\n{SHOP}",
        [
            (
                "server.prot",
                "unknown key; known here: deadline_seconds, drain_seconds, federation, host, most_in_flight, "
                "most_waiting, port, request_seconds, trusted_proxies",
            )
        ],
    ),
    "proxies that are no networks": (
        f'[server]\ntrusted_proxies = ["10.0.0.0/8", "10.0.0.1/8", "proxy"]\n{SHOP}',
        [
            ("server.trusted_proxies", f"{value!r} is no network such as 10.0.0.0/8 or 2001:db8::/32")
            for value in ("10.0.0.1/8", "proxy")
        ],
    ),
    "proxies that are no list": (
        f'[server]\ntrusted_proxies = "10.0.0.0/8"\n{SHOP}',
        [("server.trusted_proxies", "must be a list, is a text")],
    ),
    "unknown key of a location": (
        SHOP + '[[locations]]\nid = "east"\nplace = "x"',
        [("locations[0].place", "unknown key; known here: id, kind, name, systems")],
    ),
    "no system": ("", [("systems", "names no system; add [systems.<name>] with a connector")]),
    "connector that cannot be imported": (
        '[systems.shop]\nconnector = "broken"',
        [
            (
                "systems.shop.connector",
                "the connector 'broken' cannot be imported: ModuleNotFoundError: No module named 'rare_library'",
            )
        ],
    ),
    "systems is no table": ("systems = 3", [("systems", "must be a table, is a number")]),
    "locations are no tables": (SHOP + "[locations]", [("locations", "must be [[locations]] tables, is a table")]),
    "location without an id": (SHOP + "[[locations]]", [("locations[0].id", "must be a text, is missing")]),
    "two locations without an id": (
        SHOP + "[[locations]]\n[[locations]]",
        [("locations[0].id", "must be a text, is missing"), ("locations[1].id", "must be a text, is missing")],
    ),
    "one id for two locations": (
        SHOP + '[[locations]]\nid = "east"\n[[locations]]\nid = "east"',
        [("locations[1].id", "'east' names two locations")],
    ),
    "one place of a system for two locations": (
        SHOP
        + '[[locations]]\nid = "east"\nsystems = { shop = "1" }\n[[locations]]\nid = "west"\nsystems = { shop = "1" }',
        [("locations[1].systems.shop", "'1' is the location 'east' already")],
    ),
    "unknown kind of location": (
        SHOP + '[[locations]]\nid = "east"\nkind = "SHED"',
        [("locations[0].kind", f"'SHED' is not one of {PLACES}")],
    ),
    "kind of location that is no text": (
        SHOP + '[[locations]]\nid = "east"\nkind = ["STORE"]',
        [("locations[0].kind", "must be a text, is a list")],
    ),
    "location of an unknown system": (
        SHOP + '[[locations]]\nid = "east"\nsystems = { wms = "1" }',
        [("locations[0].systems.wms", "there is no such system")],
    ),
    "location's id in a system is no text": (
        SHOP + '[[locations]]\nid = "east"\nsystems = { shop = 1 }',
        [("locations[0].systems.shop", "must be a text, is a number")],
    ),
    "unknown aspect": (
        SHOP + '[authority]\nprices = ["shop"]',
        [("authority.prices", f"unknown key; known here: {ASPECTS}")],
    ),
    "authority of an unknown name": (
        SHOP + '[authority]\nstock = ["wms", "depot"]',
        [("authority.stock", f"'depot' is neither a system nor one of {KINDS}")],
    ),
    "authority that is no list": (
        SHOP + '[authority]\nstock = "wms"',
        [("authority.stock", "must be a list of texts, is a text")],
    ),
    "port that is no number": (f'[server]\nport = "80"\n{SHOP}', [("server.port", "must be a number, is a text")]),
    "port out of range": (f"[server]\nport = 70000\n{SHOP}", [("server.port", "must be between 1 and 65535")]),
    "deadline of no time": (
        f"[server]\ndeadline_seconds = 0\n{SHOP}",
        [("server.deadline_seconds", "must be between 1 and 300")],
    ),
    "deadline of hours": (
        f"[server]\ndeadline_seconds = 3600\n{SHOP}",
        [("server.deadline_seconds", "must be between 1 and 300")],
    ),
    "empty host": (f'[server]\nhost = ""\n{SHOP}', [("server.host", "must not be empty")]),
    "system named twice": (
        f'{SHOP}\n[systems.shop]\nconnector = "erp"',
        [("systems.shop", "stands twice (at line 8, column 14); each table stands once")],
    ),
    "settings given twice": (
        f"{SHOP}\n[systems.shop.settings]",
        [("systems.shop.settings", "stands twice (at line 8, column 23); each table stands once")],
    ),
    "no TOML": (
        "[systems",
        [("file", "is not valid TOML: Expected ']' at the end of a table declaration (at end of document)")],
    ),
    "nested past all bounds": ("x = " + "[" * 100_000, [("file", "is not valid TOML: nested too deeply")]),
    "a number past all bounds": ("x = " + "9" * 5000, [("file", "is not valid TOML: a number is too large")]),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_each_mistake_has_its_message(text: str, expected: list[tuple[str, str]], problems: Problems) -> None:
    """The mistake is told by its key with what would be right, and nothing else is told."""
    assert problems(text) == expected


def test_all_mistakes_at_once(problems: Problems) -> None:
    """Mistakes in every part of one file are all told in one go, in the order of the file's parts."""
    text = """
color = "x"
[server]
port = 0
[systems.shop]
connector = "shop"
[systems.shop.settings]
token = "hunter2"
[systems.erp]
connector = "erp"
number_pattern = '['
[[systems.erp.references]]
field = "note"
names = ["store:number"]
[[locations]]
id = "east"
systems = { nowhere = "1" }
[authority]
stock = ["moon"]
"""
    assert [key for key, _ in problems(text)] == [
        "color",
        "server.port",
        "systems.shop.settings.url",
        "systems.shop.settings.token",
        "systems.erp.number_pattern",
        "systems.erp.references[0].field",
        "systems.erp.references[0].names",
        "locations[0].systems.nowhere",
        "authority.stock",
    ]


def test_the_error_names_the_file(tmp_path: Path) -> None:
    """The error as text has one line a problem: file, key and message."""
    path = tmp_path / "mine.toml"
    path.write_text(settings("limit = 1.5"))
    with pytest.raises(ConfigurationError) as raised:
        load(path, registry=REGISTRY, environment=ENVIRONMENT)
    assert str(raised.value) == (
        f"{path}: systems.shop.settings.url: is missing: The address.\n"
        f'{path}: systems.shop.settings.token: is missing as {{ env = "NAME" }}: A read-only token.\n'
        f"{path}: systems.shop.settings.limit: must be a whole number"
    )


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A file that does not exist, or is a folder, is told as such."""
    for path, reason in ((tmp_path / "none.toml", "No such file or directory"), (tmp_path, "Is a directory")):
        with pytest.raises(ConfigurationError) as raised:
            load(path, registry=REGISTRY, environment=ENVIRONMENT)
        assert str(raised.value) == f"{path}: file: cannot be read ({reason})"


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    """A file in another encoding is told as such."""
    path = tmp_path / "latin.toml"
    path.write_bytes("title = 'Käse'".encode("latin-1"))
    with pytest.raises(ConfigurationError) as raised:
        load(path, registry=REGISTRY, environment=ENVIRONMENT)
    assert str(raised.value) == f"{path}: file: is not UTF-8 text"
