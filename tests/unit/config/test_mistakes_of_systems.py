"""Every mistake in a system's part of the configuration has its own message: its connector, settings, references."""

from __future__ import annotations

import pytest

from tests.unit.config.texts import ERP, SHOP, TOKEN, URL, Problems, settings

MISTAKES: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "unknown key of a system": (
        '[systems.erp]\nconnector = "erp"\ntile = "x"',
        [
            (
                "systems.erp.tile",
                "unknown key; known here: cache, calls, captures_orders, connector, number_pattern, references, "
                "settings, title",
            )
        ],
    ),
    "unknown setting": (
        settings(URL + TOKEN + "speed = 3"),
        [("systems.shop.settings.speed", "unknown setting; this connector knows: url, token, limit, fast, mapping")],
    ),
    "unknown key of a reference": (
        SHOP + ERP + '[[systems.erp.references]]\nfield = "reference"\nnames = ["shop:number"]\nfeild = "x"',
        [("systems.erp.references[0].feild", "unknown key; known here: field, lookup, many, names, spellings")],
    ),
    "a system's name": (
        '[systems."My Shop"]\nconnector = "shop"',
        [("systems.My Shop", "a system's name has lower-case letters, digits and dashes, a letter first")],
    ),
    "no connector": ("[systems.shop]", [("systems.shop.connector", "must be a text, is missing")]),
    "empty connector": ('[systems.shop]\nconnector = ""', [("systems.shop.connector", "must not be empty")]),
    "connector not installed": (
        '[systems.shop]\nconnector = "shopware"',
        [
            (
                "systems.shop.connector",
                "the connector 'shopware' is not installed; installed: broken, choosy, erp, narrow, shop, unsound, wms",
            )
        ],
    ),
    "status map with a hole": (
        '[systems.old]\nconnector = "unsound"',
        [
            (
                "systems.old.connector",
                "the connector 'unsound' is unsound: status map: axis ORDER has no meaning for the documented word "
                "'lost'",
            )
        ],
    ),
    "status map with a hole by settings": (
        settings(URL + TOKEN + "limit = 7").replace('"shop"', '"narrow"'),
        [
            (
                "systems.shop.settings",
                "give an unsound connector: status map: axis ORDER has no meaning for the documented word 'lost'",
            )
        ],
    ),
    "system is no table": (
        "[systems]\nshop = true",
        [
            ("systems.shop", "must be a table, is true or false"),
            ("systems.shop.connector", "must be a text, is missing"),
        ],
    ),
    "secret in the file": (
        settings(URL + 'token = "hunter2"'),
        [("systems.shop.settings.token", 'is a secret: write { env = "NAME" } and set that variable')],
    ),
    "secret missing": (
        settings(URL),
        [("systems.shop.settings.token", 'is missing as { env = "NAME" }: A read-only token.')],
    ),
    "setting missing": (settings(TOKEN), [("systems.shop.settings.url", "is missing: The address.")]),
    "variable not set": (
        settings(URL + 'token = { env = "NOWHERE" }'),
        [("systems.shop.settings.token", "the environment variable 'NOWHERE' is not set or empty")],
    ),
    "variable empty": (
        settings(URL + 'token = { env = "EMPTY" }'),
        [("systems.shop.settings.token", "the environment variable 'EMPTY' is not set or empty")],
    ),
    "variable's name is no text": (
        settings(URL + "token = { env = 3 }"),
        [("systems.shop.settings.token", 'must be { env = "NAME" } with the name of a variable')],
    ),
    "variable that is no number": (
        settings(URL + TOKEN + 'limit = { env = "WORD" }'),
        [("systems.shop.settings.limit", "the variable 'WORD' must hold a whole number")],
    ),
    "variable that is no switch": (
        settings(URL + TOKEN + 'fast = { env = "WORD" }'),
        [("systems.shop.settings.fast", "the variable 'WORD' must hold true or false")],
    ),
    "text for a number": (
        settings(URL + TOKEN + 'limit = "3"'),
        [("systems.shop.settings.limit", "must be a whole number")],
    ),
    "true for a number": (
        settings(URL + TOKEN + "limit = true"),
        [("systems.shop.settings.limit", "must be a whole number")],
    ),
    "number for a switch": (
        settings(URL + TOKEN + "fast = 1"),
        [("systems.shop.settings.fast", "must be true or false")],
    ),
    "number for a table": (
        settings(URL + TOKEN + "mapping = 1"),
        [("systems.shop.settings.mapping", "must be a table")],
    ),
    "number for an address": (
        settings(TOKEN + "url = 3"),
        [("systems.shop.settings.url", "must be an address such as https://example.com")],
    ),
    "address without a scheme": (
        settings(TOKEN + 'url = "shop.example.com"'),
        [("systems.shop.settings.url", "must be an address such as https://example.com")],
    ),
    "address that cannot be read": (
        settings(TOKEN + 'url = "https://[shop"'),
        [("systems.shop.settings.url", "must be an address such as https://example.com")],
    ),
    "settings are no table": (
        '[systems.erp]\nconnector = "erp"\nsettings = "x"',
        [("systems.erp.settings", "must be a table, is a text")],
    ),
    "the connector's own problem": (
        settings(URL + TOKEN + "limit = 7").replace('"shop"', '"choosy"'),
        [("systems.shop.settings", "limit must be an even number")],
    ),
    "title that is no text": (
        '[systems.erp]\nconnector = "erp"\ntitle = 3',
        [("systems.erp.title", "must be a text, is a number")],
    ),
    "pattern that is no text": (
        '[systems.erp]\nconnector = "erp"\nnumber_pattern = 3',
        [("systems.erp.number_pattern", "must be a text, is a number")],
    ),
    "bad pattern": (
        "[systems.erp]\nconnector = \"erp\"\nnumber_pattern = '(\\d+'",
        [
            (
                "systems.erp.number_pattern",
                "is not a regular expression: missing ), unterminated subpattern at position 0",
            )
        ],
    ),
    "pattern past all bounds": (
        "[systems.erp]\nconnector = \"erp\"\nnumber_pattern = 'a{99999999999999999999}'",
        [("systems.erp.number_pattern", "is not a regular expression: the repetition number is too large")],
    ),
    "captures_orders is no switch": (
        '[systems.erp]\nconnector = "erp"\ncaptures_orders = "yes"',
        [("systems.erp.captures_orders", "must be true or false, is a text")],
    ),
    "captures_orders without search": (
        '[systems.wms]\nconnector = "wms"\ncaptures_orders = true',
        [("systems.wms.captures_orders", "'wms' cannot search orders, so it must be false")],
    ),
    "references are no tables": (
        '[systems.erp]\nconnector = "erp"\nreferences = "x"',
        [("systems.erp.references", "must be [[systems.erp.references]] tables, is a text")],
    ),
    "reference is no table": (
        '[systems.erp]\nconnector = "erp"\nreferences = [3]',
        [
            ("systems.erp.references[0]", "must be a table, is a number"),
            ("systems.erp.references[0].field", "must be a text, is missing"),
            ("systems.erp.references[0].names", "must be a list of texts, is missing"),
        ],
    ),
    "unknown reference field": (
        SHOP + ERP + '[[systems.erp.references]]\nfield = "note"\nnames = ["shop:number"]',
        [("systems.erp.references[0].field", "'note' is not a reference field of 'erp'; it has: reference, origin")],
    ),
    "reference field that settings took away": (
        settings(URL + TOKEN).replace('"shop"', '"narrow"')
        + '[[systems.shop.references]]\nfield = "reference"\nnames = ["shop:number"]',
        [("systems.shop.references[0].field", "'reference' is not a reference field of 'narrow'; it has: none")],
    ),
    "reference to an unknown system": (
        ERP + '[[systems.erp.references]]\nfield = "reference"\nnames = ["shop:number"]',
        [("systems.erp.references[0].names", "'shop:number': there is no system 'shop'; write system:number")],
    ),
    "reference to an unknown look-up": (
        SHOP + ERP + '[[systems.erp.references]]\nfield = "reference"\nnames = ["shop:name"]',
        [("systems.erp.references[0].names", "'shop:name': shop finds orders by id, number")],
    ),
    "no names": (
        ERP + '[[systems.erp.references]]\nfield = "reference"\nnames = []',
        [("systems.erp.references[0].names", "must not be empty")],
    ),
    "names that are no texts": (
        ERP + '[[systems.erp.references]]\nfield = "reference"\nnames = ["erp:id", 3]',
        [("systems.erp.references[0].names", "must be a list of texts, holds a number")],
    ),
    "spelling without a place": (
        SHOP
        + ERP
        + '[[systems.erp.references]]\nfield = "reference"\nnames = ["shop:number"]\nspellings = ["{}", "#"]',
        [("systems.erp.references[0].spellings", "'#' must hold {} once, for the number")],
    ),
    "spelling with two places": (
        SHOP + ERP + '[[systems.erp.references]]\nfield = "reference"\nnames = ["shop:number"]\nspellings = ["{}-{}"]',
        [("systems.erp.references[0].spellings", "'{}-{}' must hold {} once, for the number")],
    ),
    "many is no switch": (
        SHOP
        + ERP
        + '[[systems.erp.references]]\nfield = "reference"\nnames = ["shop:number"]\nmany = 1\nlookup = "no"',
        [
            ("systems.erp.references[0].many", "must be true or false, is a number"),
            ("systems.erp.references[0].lookup", "must be true or false, is a text"),
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_each_mistake_has_its_message(text: str, expected: list[tuple[str, str]], problems: Problems) -> None:
    """The mistake is told by its key with what would be right, and nothing else is told."""
    assert problems(text) == expected
