"""Names, lengths, words and addresses: this checkout keeps the rules, and the checks find what breaks them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.architecture import text_checks as checks
from tests.architecture.conftest import Plant, fail_with
from tests.architecture.rules import HOMES, LONGEST_FILE, REGISTRY_HOSTS, UNFINISHED
from tests.architecture.sources import Finding, Repository

Check = Callable[[Repository], Iterator[Finding]]

ALL = (
    checks.empty_names,
    checks.long_files,
    checks.unsaid_tests,
    checks.unfinished_work,
    checks.addresses,
)

# In pieces, for the same reason as the hosts.
QUIET_LINT = "# no" + "qa"
QUIET_TYPES = "# type" + ": ignore[arg]"

BREACHES = [
    (checks.empty_names, "src/orderweave/order_utils.py", "", {1: "the name 'order_utils' says nothing: utils"}),
    (checks.empty_names, "connectors/acme/src/common/x.py", "", {1: "the name 'common' says nothing: common"}),
    (
        checks.long_files,
        "src/orderweave/x.py",
        "\n" * LONGEST_FILE,
        {LONGEST_FILE: f"{LONGEST_FILE} lines; split it by reason, under {LONGEST_FILE}"},
    ),
    (
        checks.unsaid_tests,
        "tests/test_x.py",
        'def test_a():\n    """Proves a."""\nclass TestB:\n    async def test_b(self):\n        pass\n',
        {4: "test_b has no docstring that says what it proves"},
    ),
    (
        checks.unfinished_work,
        "src/orderweave/x.py",
        f"x = 1  # {UNFINISHED[0]} more\nraise NotImplementedError\ny = 2  {QUIET_LINT}\nz = 3  {QUIET_TYPES}\n",
        {
            1: "unfinished work",
            2: "unfinished work: NotImplementedError",
            3: "a check is silenced without its code and a reason",
            4: "a check is silenced without its code and a reason",
        },
    ),
    *(
        (checks.addresses, "docs/x.md", f"one\nsee https://www.{host}/simple\n", {2: f"names a registry: {host}"})
        for host in REGISTRY_HOSTS
    ),
    *(
        (checks.addresses, "x.toml", f'path = "/{home}/ann/x"\n', {1: f"names a place on one machine: /{home}/ann"})
        for home in HOMES
    ),
]

ALLOWED = {
    "src/orderweave/database.py": f"x = 1  {QUIET_LINT}: S105 - opens nothing\ny = 2  {QUIET_TYPES}  # untyped\n",
    "tests/test_x.py": 'def test_a():\n    """Proves a."""\n\n\ndef of_test():\n    pass\n',
    "docs/x.md": "https://example.com/home/x and ./work/x and {url}/home/x\n",
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
    assert sorted(check(plant({path: text}))) == [Finding(path, line, problem) for line, problem in problems.items()]


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.__name__)
def test_what_is_allowed_passes(check: Check, plant: Plant) -> None:
    """Names that say something, silence with a reason and addresses on the web are no breach."""
    assert list(check(plant(ALLOWED))) == []
