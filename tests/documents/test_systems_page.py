"""docs/connectors/systems.md is what the manifests and the quality files say."""

from __future__ import annotations

import pytest

from orderweave.cli import main
from orderweave.config import installed
from orderweave.quality import RULES
from tests.documents.pages import ROOT, read_page, tables


def test_the_page_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    """The page is what the command prints, to the byte: else `make connectors`."""
    assert main(["connector", "page", "--folder", str(ROOT / "connectors")]) == 0
    assert capsys.readouterr().out == read_page("docs/connectors/systems.md")


def test_every_connector_is_in_every_table() -> None:
    """No connector is left out of what is told of all, and no rule out of the proofs."""
    titles = {load().manifest.title for load in installed().connectors.values()}
    found = tables(read_page("docs/connectors/systems.md"))
    of_systems = [rows for header, rows in found if header[0] == "system" and header[1] != "filters"]
    assert len(of_systems) == 4 + len(RULES)
    for rows in of_systems:
        assert {row[0].split("]")[0].removeprefix("[") for row in rows} == titles
    (proofs,) = [(header, rows) for header, rows in found if header[0] == "about"]
    assert set(proofs[0][2:]) == titles
    assert len(proofs[1]) == len(RULES)
