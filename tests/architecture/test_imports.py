"""Who may know whom: this checkout keeps the rules, and the checks find what breaks them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.architecture import import_checks as checks
from tests.architecture.conftest import Plant, fail_with
from tests.architecture.sources import Finding, Repository

Check = Callable[[Repository], Iterator[Finding]]

ALL = (
    checks.sdk_imports,
    checks.connector_imports,
    checks.gateway_imports,
    checks.room_imports,
    checks.pure_rooms,
    checks.connector_names,
)
TWO_CONNECTORS = {
    "connectors/acme/pyproject.toml": '[project.entry-points."orderweave.connectors"]\nacme = "orderweave_acme:A"\n',
    "connectors/acme/src/orderweave_acme/__init__.py": "",
    "connectors/other/pyproject.toml": '[project.entry-points."orderweave.connectors"]\nother = "orderweave_other:O"\n',
    "connectors/other/src/orderweave_other/__init__.py": "",
}

BREACHES = [
    (
        checks.sdk_imports,
        "src/orderweave_sdk/x.py",
        "import orderweave.planning\nfrom orderweave_acme import y\ndef f():\n    from orderweave import config\n",
        {
            1: "the kit must not import orderweave.planning",
            2: "the kit must not import orderweave_acme.y",
            4: "the kit must not import orderweave.config",
        },
    ),
    (
        checks.connector_imports,
        "connectors/acme/src/orderweave_acme/x.py",
        "from orderweave_other.mapping import y\nimport orderweave\nfrom importlib import import_module\n"
        'import_module("orderweave.web")\n',
        {
            1: "connector acme must not import orderweave_other.mapping.y",
            2: "connector acme must not import orderweave",
            4: "connector acme must not import orderweave.web",
        },
    ),
    (
        checks.connector_imports,
        "connectors/acme/tests/test_x.py",
        "from orderweave.model import Order\nfrom connectors.other.tests.x import y\n",
        {
            1: "connector acme must not import orderweave.model.Order",
            2: "connector acme must not import connectors.other.tests.x.y",
        },
    ),
    (
        checks.gateway_imports,
        "src/orderweave/fetching/x.py",
        "from orderweave_acme.client import y\nfrom orderweave_sdk.testing import world\n",
        {
            1: "the gateway must not import orderweave_acme.client.y; connectors have entry points",
            2: "room fetching must not import orderweave_sdk.testing.world, which is for tests",
        },
    ),
    (
        checks.room_imports,
        "src/orderweave/planning/passes/x.py",
        "from orderweave import web\nfrom ...matching import joins\nimport orderweave.cli as c\n",
        {
            1: "room planning must not import orderweave.web: web is not further in",
            2: "room planning must not import orderweave.matching.joins: matching is not further in",
            3: "room planning must not import orderweave.cli: cli is not further in",
        },
    ),
    (
        checks.room_imports,
        "src/orderweave/attic/x.py",
        "",
        {1: "room attic has no place in tests/architecture/rules.py"},
    ),
    (
        checks.pure_rooms,
        "src/orderweave/merging/x.py",
        "import os.path\nfrom urllib import request\nfrom datetime import datetime\nasync def f():\n"
        "    return datetime.now()\nfrom orderweave_sdk import upstream\n",
        {
            1: "room merging is pure and must not import os.path",
            2: "room merging is pure and must not import urllib.request",
            4: "room merging is pure: f must not be async",
            5: "room merging is pure: no now()",
            6: "room merging is pure and must not import orderweave_sdk.upstream",
        },
    ),
    (
        checks.connector_names,
        "src/orderweave/web/x.py",
        'def f(kind):\n    return kind == "acme"\nORDER = {"other": 1}\n',
        {
            2: "only the registry and the scenario may know 'acme'",
            3: "only the registry and the scenario may know 'other'",
        },
    ),
]

ALLOWED = {
    "src/orderweave_sdk/x.py": "from orderweave_sdk.records import Order\nimport httpx\n",
    "connectors/acme/src/orderweave_acme/x.py": "import sqlalchemy\nfrom orderweave_sdk import Order\n"
    "from orderweave_acme.y import z\nfrom .y import z\n",
    "connectors/acme/tests/test_x.py": "from connectors.acme.tests.payloads import order\n",
    "src/orderweave/fetching/x.py": "from orderweave.planning import Plan\nfrom . import batches\nimport asyncio\n",
    "src/orderweave/planning/x.py": "from datetime import datetime\nfrom orderweave.model import Order\n",
    "src/orderweave/config/registry.py": 'OLD = {"acme": "acme"}\n',
    "src/orderweave/scenario/shops.py": 'from orderweave_sdk.testing.world import World\nSHOP = "acme"\n',
    "src/orderweave/web/x.py": '"""acme"""\nTITLE = "acme and other"\n',
}


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.__name__)
def test_rules_hold(check: Check, repository: Repository) -> None:
    """This checkout keeps the rule; a breach is named by file and line."""
    fail_with(check(repository))


@pytest.mark.parametrize(
    ("check", "path", "text", "problems"), BREACHES, ids=lambda value: getattr(value, "__name__", "")
)
def test_breaches_are_found(check: Check, path: str, text: str, problems: dict[int, str], plant: Plant) -> None:
    """Planted breaches are found, all of them and nothing else, each on its line."""
    found = check(plant({**TWO_CONNECTORS, path: text}))
    assert sorted(found) == [Finding(path, line, problem) for line, problem in problems.items()]


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.__name__)
def test_what_is_allowed_passes(check: Check, plant: Plant) -> None:
    """Imports inwards, third parties, a room's own parts and a connector's name in its places are no breach."""
    assert list(check(plant({**TWO_CONNECTORS, **ALLOWED}))) == []
