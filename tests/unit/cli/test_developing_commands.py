"""schema print and diff, and what is for the authors of connectors: a new one, what it lacks, and the page of all."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from orderweave.quality import RULES
from orderweave.schema import print_sdl
from tests.unit.cli.conftest import Run

FILES = [
    "README.md",
    "pyproject.toml",
    "quality.toml",
    "src/orderweave_acme/__init__.py",
    "src/orderweave_acme/client.py",
    "src/orderweave_acme/connector.py",
    "src/orderweave_acme/manifest.py",
    "src/orderweave_acme/mapping.py",
    "src/orderweave_acme/payloads.py",
    "src/orderweave_acme/simulator.py",
    "tests/test_acme_contract.py",
]


def test_print_is_the_committed_schema(run: Run) -> None:
    """schema print writes the schema and nothing else."""
    assert run("schema", "print") == (0, print_sdl(), "")


def test_diff_of_this_checkout(run: Run) -> None:
    """schema diff passes on this checkout, from its root or named as a folder."""
    assert run("schema", "diff", "--folder", str(Path(__file__).parents[3]))[0] == 0


def test_diff_of_another_folder(run: Run, tmp_path: Path) -> None:
    """A folder that is no checkout is told as such."""
    code, out, err = run("schema", "diff", "--folder", str(tmp_path))
    assert (code, out) == (2, "")
    assert err == f"{tmp_path}/schema.graphql cannot be read (No such file or directory)\n"


def test_a_new_connector(run: Run, tmp_path: Path) -> None:
    """The folder that is made holds a connector's files; that its suite passes, the walk on its page proves."""
    code, out, err = run("connector", "new", "acme", "--folder", str(tmp_path))
    made = tmp_path / "acme"
    assert (code, err) == (0, "")
    assert sorted(str(path.relative_to(made)) for path in made.rglob("*") if path.is_file()) == FILES
    assert out.splitlines()[-2:] == [f"Install it with: uv pip install -e {made}", f"Test it with:    pytest {made}"]
    assert not [path for path in made.rglob("*") if path.is_file() and "{{" in path.read_text()]


@pytest.mark.parametrize("name", ["Acme", "acme-2", "2acme", "", "../acme", "acme corp"])
def test_names_that_no_package_can_have(name: str, run: Run, tmp_path: Path) -> None:
    """A name that is no name of a package is refused, and nothing is written."""
    code, out, err = run("connector", "new", name, "--folder", str(tmp_path))
    assert (code, out) == (1, "")
    assert err == f"connector name {name!r}: use lower-case letters, digits and underscores, letter first\n"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(run: Run, tmp_path: Path) -> None:
    """An existing folder is not touched."""
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "mine.py").write_text("x = 1\n")
    code, out, err = run("connector", "new", "acme", "--folder", str(tmp_path))
    assert (code, out) == (1, "")
    assert err == f"{tmp_path}/acme exists already; choose another name or remove it\n"
    assert [path.name for path in (tmp_path / "acme").iterdir()] == ["mine.py"]


def test_what_a_new_connector_lacks(run: Run, tmp_path: Path) -> None:
    """Every rule that the suite or the README does not prove is told, each with what it demands; none is unknown."""
    run("connector", "new", "acme", "--folder", str(tmp_path))
    code, out, err = run("connector", "check", str(tmp_path / "acme"))
    assert (code, out) == (1, "")
    told = [line.removeprefix(f"{tmp_path}/acme/quality.toml: ") for line in err.splitlines()]
    spoken = tomllib.loads((tmp_path / "acme" / "quality.toml").read_text())
    rules = {rule.name: rule.demands for rule in RULES}
    assert [line.split(" Say ")[0] for line in told] == [
        f"{name}: is missing. {demands}" for name, demands in rules.items() if name not in spoken
    ]
    assert set(
        re.findall(r"^(?:# )?\[([\w-]+)\]$", (tmp_path / "acme" / "quality.toml").read_text(), re.MULTILINE)
    ) == set(rules)


def test_a_connector_that_lacks_nothing(run: Run, tmp_path: Path) -> None:
    """Spoken of every rule, the check ends well and says so; without a file it does not."""
    folder = tmp_path / "acme"
    folder.mkdir()
    assert run("connector", "check", str(folder))[0] == 1
    (folder / "quality.toml").write_text("\n".join(f'{rule.name} = {{ exempt = "No." }}' for rule in RULES))
    assert run("connector", "check", str(folder)) == (0, f"{folder}/quality.toml: every rule is done or exempt\n", "")


def test_the_page_tells_what_it_cannot_show(run: Run, tmp_path: Path) -> None:
    """A connector that is not installed, and one without a quality file, are told together; nothing is printed."""
    for name in ("acme", "shopify"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pyproject.toml").write_text("")
    code, out, err = run("connector", "page", "--folder", str(tmp_path))
    assert (code, out) == (1, "")
    unread = "cannot be read (No such file or directory); orderweave connector new writes one"
    assert err.splitlines() == [
        f"{tmp_path}/acme: acme is not installed; run make setup",
        f"{tmp_path}/shopify/quality.toml: {unread}",
    ]


def test_the_page_shows_what_is_missing(run: Run, tmp_path: Path) -> None:
    """A rule that a connector does not speak of is shown as missing, in the table and under the rule."""
    folder = tmp_path / "shopify"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("")
    (folder / "quality.toml").write_text('paging = { exempt = "No | lists.", note = "None." }\n')
    code, out, err = run("connector", "page", "--folder", str(tmp_path))
    assert (code, err) == (0, "")
    assert "| calls | [paging](#paging) | - |" in out
    assert "| calls | [quota](#quota) | missing |" in out
    assert "| [Shopify](../../connectors/shopify/README.md) | exempt: No &#124; lists.<br>None. |" in out
