"""The explorer's page as text: where its scripts come from, and what it says of that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orderweave.web.explorer import explorer_page, script_files, scripts, served_by_us

FETCHED = ("react.js", "react-dom.js", "graphiql.js", "graphiql.css")


def test_our_scripts_in_order_and_no_note() -> None:
    """With scripts of ours the page loads them from us, React first and our own last, and shows no note."""
    page = explorer_page(True)
    assert re.findall(r'<script src="([^"]*)" defer></script>', page) == [
        "/explorer/scripts/react.js",
        "/explorer/scripts/react-dom.js",
        "/explorer/scripts/graphiql.js",
        "/explorer/scripts/page.js",
    ]
    assert re.findall(r'<link rel="stylesheet" href="([^"]*)">', page) == [
        "/explorer/scripts/graphiql.css",
        "/explorer/scripts/page.css",
    ]
    assert '<p id="note" role="status" hidden></p>' in page
    assert "{{" not in page


def test_cdn_scripts_are_held_to_digests_and_said() -> None:
    """Without ours each file comes from the CDN at its exact version, held to its digest, and a note says so."""
    page = explorer_page(False)
    for file in scripts().files:
        address = f"https://cdn.jsdelivr.net/npm/{file.cdn}"
        assert f'"{address}" integrity="{file.integrity}" crossorigin="anonymous"' in page
    assert page.count("integrity=") == len(FETCHED)
    assert '<p id="note" role="status">GraphiQL was not fetched at set-up, so its scripts come from a CDN.' in page
    assert "{{" not in page


def test_pins_agree_with_themselves() -> None:
    """Each file's CDN path is its package at the pinned version, and the digests are of the kinds that are checked."""
    for package in scripts().packages:
        assert package.integrity.startswith("sha512-")
        for file in package.files:
            assert file.cdn == f"{package.name}@{package.version}/{file.inside}"
            assert file.integrity.startswith("sha384-")
    assert tuple(file.served_as for file in scripts().files) == FETCHED


@pytest.mark.parametrize("missing", [None, *FETCHED])
def test_all_or_none_of_the_fetched(missing: str | None, tmp_path: Path) -> None:
    """The fetched files are served when all are there; with any one missing none is, and the page's own always are."""
    for name in FETCHED:
        if name != missing:
            (tmp_path / name).write_text("")
    files = script_files(tmp_path)
    assert served_by_us(files) == (missing is None)
    assert set(files) == {"page.js", "page.css"} | (set(FETCHED) if missing is None else set())
    assert all(path.is_file() for path in files.values())
