"""docs/connectors/rest.md names every key there is and none that is not, and its examples are sound."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from connectors.rest.tests.described import rows
from orderweave_rest import request_reader
from orderweave_rest.api_map import AuthStyle, BatchStyle, PagingStyle
from orderweave_rest.connector import RestConnector
from orderweave_rest.expressions import OWN_FUNCTIONS
from orderweave_rest.manifest import MANIFEST, MOST_ITEMS, MOST_KEYS
from orderweave_rest.reading import AUTH_KEYS, FILTER_KEYS, KEYS, PART_KEYS, SEARCH_KEYS
from orderweave_rest.record_reader import OPTIONS
from tests.documents.pages import codes, read_page

PAGE = read_page("docs/connectors/rest.md")
README = read_page("connectors/rest/README.md")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE + README, re.DOTALL)


def first_column(heading: str) -> list[str]:
    """The codes in the first column of the table under this heading."""
    _, _, after = PAGE.partition(f"\n| {heading} |")
    assert after, heading
    body = after.split("\n\n", maxsplit=1)[0].splitlines()[2:]
    return [codes(line.split("|")[1])[0] for line in body]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("setting", [setting.name for setting in MANIFEST.settings]),
        ("key of `api`", KEYS),
        ("`auth.style`", [style.value for style in AuthStyle]),
        ("key of a request", (*request_reader.REQUEST_KEYS, *request_reader.BATCH_KEYS)),
        ("`batch` is", [style.value for style in BatchStyle]),
        ("key of `paging`", request_reader.PAGING_KEYS),
        ("`style` is", [style.value for style in PagingStyle]),
        ("key of `search`, beside those of a request", SEARCH_KEYS),
        ("key of a filter", FILTER_KEYS),
        ("key of a part, beside those of a request", PART_KEYS),
        ("option", {"at", "value", "whole", *(option for options in OPTIONS.values() for option in options)}),
    ],
)
def test_every_key_has_its_row(heading: str, expected: Any) -> None:
    """No table of the page lacks a key, and none invents one."""
    assert sorted(first_column(heading)) == sorted(expected)


def test_every_field_has_its_row() -> None:
    """The table of fields is what the records have, in bold what must be mapped."""
    _, _, after = PAGE.partition("\n| table | fields |\n|---|---|\n")
    assert after.split("\n\n", maxsplit=1)[0].splitlines() == list(rows())


def test_ways_of_signing_in_need_what_is_written() -> None:
    """The second and third columns of the table are what the code demands and allows."""
    for line in PAGE.partition("\n| `auth.style` |")[2].split("\n\n", maxsplit=1)[0].splitlines()[2:]:
        style, needs, may = (codes(cell) for cell in line.split("|")[1:4])
        assert (tuple(needs), tuple(may)) == AUTH_KEYS[AuthStyle(style[0])]


def test_functions_are_all_there() -> None:
    """Each function of ours has its row."""
    assert sorted(name.partition("(")[0] for name in first_column("function")) == sorted(OWN_FUNCTIONS)


def test_bounds_are_the_codes() -> None:
    """The sizes and fields of the page are those of the code."""
    assert f"keys of one call, 1 to {MOST_KEYS}." in PAGE
    assert f"items of a page, 1 to {MOST_ITEMS}," in PAGE
    for field in (*MANIFEST.filters, *MANIFEST.sorts):
        assert re.search(rf"\b{field}\b", PAGE.partition("### Search")[2]), field


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_are_sound(example: str) -> None:
    """Each example, copied as it stands, has no problem and a manifest that holds together."""
    (system,) = tomllib.loads(example)["systems"].values()
    settings = {**system["settings"], "secret": "from the environment"}
    assert RestConnector.problems(settings) == []
    assert RestConnector.narrowed(settings).problems() == []
