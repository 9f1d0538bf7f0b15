"""Parts of configuration files that the tests put together."""

from __future__ import annotations

from collections.abc import Callable

# The fixture of that name: what is wrong with a text.
Problems = Callable[..., list[tuple[str, str]]]

SHOP = """
[systems.shop]
connector = "shop"
[systems.shop.settings]
url = "https://shop.example.com"
token = { env = "TOKEN" }
"""
ERP = """
[systems.erp]
connector = "erp"
"""


def settings(lines: str) -> str:
    """A shop with these lines of settings."""
    return f'[systems.shop]\nconnector = "shop"\n[systems.shop.settings]\n{lines}'


URL = 'url = "https://shop.example.com"\n'
TOKEN = 'token = { env = "TOKEN" }\n'
