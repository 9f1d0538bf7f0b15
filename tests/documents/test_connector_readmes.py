"""What every connector's README shows can be pasted."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from orderweave.config import installed
from orderweave.config.loading import read
from tests.documents.pages import ROOT, blocks

CONNECTORS = sorted(path.parent.name for path in ROOT.glob("connectors/*/pyproject.toml"))


def values(node: Any) -> list[Any]:
    """Every value of a document that is no table and no list."""
    if isinstance(node, dict | list):
        return [leaf for inner in (node.values() if isinstance(node, dict) else node) for leaf in values(inner)]
    return [node]


@pytest.mark.parametrize("name", CONNECTORS)
def test_examples_start(name: str, tmp_path: Path) -> None:
    """Each example of a whole system is read without a problem, beside the other systems of which it speaks."""
    readme = (ROOT / "connectors" / name / "README.md").read_text(encoding="utf-8")
    examples = [block for block in blocks(readme, "toml") if f'connector = "{name}"' in block]
    assert examples
    for example in examples:
        document = tomllib.loads(example)
        secret = "sqlite:///orders.sqlite" if name == "sql" else "EZAKsecret"
        environment = dict.fromkeys(re.findall(r'env = "(\w+)"', example), secret)
        named = {
            str(value).partition(":")[0]
            for value in values(document)
            if re.fullmatch(r"[a-z][a-z0-9-]*:\w+", str(value))
        }
        for other in sorted(named - set(document["systems"])):
            settings = {"url": "https://shop.example", "access_token": {"env": "OTHER_TOKEN"}}
            document["systems"][other] = {"connector": "shopify", "settings": settings}
            environment["OTHER_TOKEN"] = "secret"
        found = read(document, file=str(tmp_path / "orderweave.toml"), registry=installed(), environment=environment)
        assert set(found.systems) == set(document["systems"])
