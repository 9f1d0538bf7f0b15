"""docs/exports.md holds against the layout, the forms and the manifest; docs/notebook.md runs as it stands."""

from __future__ import annotations

import asyncio
import socket
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import uvicorn

from orderweave.exporting.layout import LAYOUTS, VERSION, Layout
from orderweave.exporting.manifest import Manifest
from orderweave.web import build_app
from tests.documents.pages import blocks, codes, read_page, table
from tests.unit.exporting.house import house

PAGE = read_page("docs/exports.md")
NOTEBOOK = blocks(read_page("docs/notebook.md"), "python")


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.what.value)
def test_columns(layout: Layout) -> None:
    """Every column of every table stands on the page, in its order, with its kind, its meaning and its scope."""
    _, _, rest = PAGE.partition(f"### {layout.what.value.capitalize()}\n")
    written = table(rest.partition("\n#")[0], "column", "holds", "meaning", "scope")
    assert written == [
        [f"`{field.name}`", field.kind.value, field.meaning, f"`{field.scope.value}`" if field.scope else ""]
        for field in layout.fields
    ]


def test_manifest() -> None:
    """Every key of the manifest stands on the page, and the version of the layout that it says."""
    rows = table(PAGE, "key", "what it holds")
    assert sorted(name for key, _ in rows for name in codes(key)) == sorted(Manifest.__struct_encode_fields__)
    assert f"the version of the columns below: {VERSION}" in PAGE


async def test_the_notebook_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Block after block, over a gateway that listens: the numbers are those of the house, and the plot is drawn."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    found: dict[str, Any] = {}
    async with house(tmp_path) as woven:
        woven.begin()
        with socket.create_server(("127.0.0.1", 0)) as listening:
            config = uvicorn.Config(build_app(woven.schema, woven.gateway), log_config=None, lifespan="off")
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            address = f"http://127.0.0.1:{listening.getsockname()[1]}"
            code = "\n".join(NOTEBOOK).replace("http://localhost:8000", address)
            try:
                await asyncio.to_thread(exec, compile(code, "notebook", "exec"), found)
            finally:
                server.should_exit = True
                await serving
    assert found["months"].to_pylist() == [
        {
            "keys.PLACED_AT": "2026-05-01T00:00:00+00:00",
            "keys.CHANNEL": "shop",
            "keys.CURRENCY": "USD",
            "count": 3,
            "totalSum": Decimal("29.5"),
        }
    ]
    assert [(row[0], row[2], row[4]) for row in found["best"]] == [
        ("TEA-1", Decimal(2), 2),
        ("TEA-2", Decimal(2), 1),
        ("=cmd|' /C calc'!A0", Decimal(1), 1),
    ]
    drawn = ElementTree.parse(tmp_path / "sold.svg").getroot()
    assert [bar.attrib["width"] for bar in drawn.iter("{http://www.w3.org/2000/svg}rect")] == [
        "320.0",
        "320.0",
        "160.0",
    ]
