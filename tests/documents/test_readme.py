"""README.md holds: what a newcomer types is what the demo prints, the loader takes and make knows."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from orderweave.cli.main import main
from orderweave.config import installed
from orderweave.config.loading import read
from orderweave.demo import DemoBusiness, serving
from orderweave_sdk.testing.faults import Fault
from tests.documents.pages import ROOT, blocks, chapter, code_of, codes, prose, read_page, table

PAGE = read_page("README.md")


def curls(text: str) -> list[str]:
    """Every curl command in a text, each on one line."""
    return [" ".join(command.split()) for command in re.findall(r"curl .*", text.replace("\\\n", " "))]


CURLS = curls("".join(blocks(chapter(PAGE, "Five minutes to the first query"), "sh")))


def test_curl_lines_are_the_demos() -> None:
    """The README's curl lines are those that `make demo` prints, the number of the order to look at included."""
    business = DemoBusiness(seed=7, orders=500)
    printed = serving._HINT.format(
        orders=500,
        systems=4,
        names="",
        last="wms",
        url="http://127.0.0.1:8000",
        number=business.telling_number(),
        email=business.telling_email(),
    )
    assert curls(printed) == CURLS


def test_queries_validate() -> None:
    """Each query that the README sends is one that the schema takes."""
    schema = build_schema(read_page("schema.graphql"))
    bodies = [json.loads(body) for command in CURLS for body in re.findall(r"-d '(.*)'", command)]
    assert len(bodies) == 2
    for body in bodies:
        assert [error.message for error in validate(schema, parse(body["query"]))] == []


def test_faults_are_there() -> None:
    """The faults that the README names are switches of the demo."""
    (line,) = re.findall(r"`STOPPED` may also be (.*?) and others", PAGE)
    assert set(codes(line)) < set(Fault.__members__)


def test_configuration_loads(tmp_path: Path) -> None:
    """The README's configuration is one that the loader takes, with the portal's tables beside it."""
    text = "\n".join(blocks(PAGE, "toml"))
    environment = dict.fromkeys(re.findall(r'env = "([A-Z_]+)"', text), "a secret of thirty-two characters")
    (tmp_path / "persisted-documents.json").write_text('{"sha256:1": "{ systems { name } }"}')
    file = str(tmp_path / "orderweave.toml")
    found = read(tomllib.loads(text), file=file, registry=installed(), environment=environment)
    assert list(found.systems) == ["shop", "wms"]
    assert found.tracking is not None
    assert found.access is not None


def test_connectors_are_those_installed() -> None:
    """The table of connectors holds those of this repository."""
    written = {code_of(name) for name, _ in table(PAGE, "connector", "speaks to")}
    assert written == {path.parent.name for path in ROOT.glob("connectors/*/pyproject.toml")}


def test_make_targets_are_all_there() -> None:
    """The table of make's targets is what `make` alone prints."""
    written = {code_of(command).removeprefix("make ") for command, _ in table(PAGE, "command", "what it does")}
    assert written == set(re.findall(r"^([a-z]+):.*## ", read_page("Makefile"), re.MULTILINE)) - {"help"}


@pytest.mark.parametrize("command", re.findall(r"\.venv/bin/orderweave (.*?)(?: +#.*)?$", PAGE, re.MULTILINE))
def test_command_is_understood(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each orderweave command of the README is one that the program understands."""
    with pytest.raises(SystemExit) as end:
        main([*shlex.split(command), "--help"])
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("usage: orderweave")


def test_no_word_for_what_is_not_there() -> None:
    """The README's prose names no file or folder that is not there."""
    named = [word for word in codes(prose(PAGE)) if re.fullmatch(r"[\w./-]+\.(?:py|md|toml|graphql)|[\w/-]+/", word)]
    assert [word for word in named if not (ROOT / word).exists()] == []
