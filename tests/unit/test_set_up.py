"""What `make setup` does, with stand-ins for the programs of the environment that note what they were told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "set_up.py"
STAND_IN = """#!/bin/sh
printf '%s %s\\n' "$(basename "$0")" "$*" >>'{told}'
case "$*" in
  "-m pip config list") cat '{settings}' ;;
  "pip check"*) exit "$(cat '{check}')" ;;
esac
printf '%s|%s\\n' "$UV_DEFAULT_INDEX" "$SSL_CERT_FILE" >'{environment}'
"""


class Checkout:
    """A checkout in a folder with a space in its name, whose .venv holds stand-ins for python and uv."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.venv = root / ".venv"
        self.told, self.environment = root / "told", root / "environment"
        self.settings, self.check = root / "settings", root / "check"
        for path in (self.told, self.settings, root / "pyproject.toml"):
            path.write_text("")
        self.check.write_text("0")
        (root / "requirements").mkdir()
        for lock in ("uv.txt", "dev.txt"):
            (root / "requirements" / lock).write_text("")
        (root / "tools").mkdir()
        shutil.copy(TOOL, root / "tools")
        (self.venv / "bin").mkdir(parents=True)
        (self.venv / "pyvenv.cfg").write_text(f"command = python -m venv {self.venv}\n")
        for program in ("python", "uv"):
            path = self.venv / "bin" / program
            names = ("told", "settings", "check", "environment")
            path.write_text(STAND_IN.format(**{name: getattr(self, name) for name in names}))
            path.chmod(0o755)

    def add_connector(self, name: str, text: str = "") -> None:
        """Lay a connector, or change it."""
        path = self.root / "connectors" / name / "pyproject.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def set_up(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the tool; UV_DEFAULT_INDEX and SSL_CERT_FILE are unset but for what is given."""
        kept = {key: value for key, value in os.environ.items() if key not in {"UV_DEFAULT_INDEX", "SSL_CERT_FILE"}}
        return subprocess.run(
            [sys.executable, str(self.root / "tools" / TOOL.name)],
            env={**kept, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def commands(self) -> list[str]:
        """What the stand-ins were told since the last look, with the checkout's own place left out."""
        lines = self.told.read_text().replace(f"{self.root}/", "").splitlines()
        self.told.write_text("")
        return lines


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout that was never set up, with one connector."""
    root = tmp_path / "a checkout"
    root.mkdir()
    made = Checkout(root)
    made.add_connector("acme")
    return made


def test_installs_by_hash_and_then_what_is_ours(checkout: Checkout) -> None:
    """The installer and the lock come by hash; the project and its connectors are editable and fetch nothing."""
    done = checkout.set_up()
    assert (done.returncode, done.stdout) == (0, "set up in .venv: the project and its connectors (1)\n")
    to_us = "--quiet --python .venv/bin/python"
    assert checkout.commands() == [
        "python -m pip install --quiet --require-hashes -r requirements/uv.txt",
        "python -m pip config list",
        f"uv pip install {to_us} --require-hashes -r requirements/dev.txt",
        f"uv pip install {to_us} --no-build-isolation --no-deps -e {checkout.root} -e connectors/acme",
        f"uv pip check {to_us}",
        "python tools/fetch_explorer.py",
    ]


def test_the_second_time_nothing_runs(checkout: Checkout) -> None:
    """With nothing changed no program is started and nothing is said."""
    checkout.set_up()
    checkout.commands()
    done = checkout.set_up()
    assert (done.returncode, done.stdout, checkout.commands()) == (0, "", [])


@pytest.mark.parametrize("name", ["acme", "another"])
def test_a_connector_changed_or_new_is_installed(name: str, checkout: Checkout) -> None:
    """A change in a connector's pyproject.toml, or a new connector, sets up again."""
    checkout.set_up()
    checkout.commands()
    checkout.add_connector(name, "changed")
    assert checkout.set_up().returncode == 0
    assert checkout.commands()[3].endswith(f"-e connectors/{name}")


def test_pips_settings_reach_uv(checkout: Checkout) -> None:
    """uv gets pip's index and certificates, which it does not read itself; its own settings win."""
    checkout.settings.write_text("global.index-url='https://packages.example.com/simple'\n:env:.cert='ca.pem'\n")
    checkout.set_up()
    assert checkout.environment.read_text() == "|\n"  # the last program is the explorer's, with our environment
    checkout.told.write_text("")
    checkout.check.write_text("1")  # now the last program is uv
    checkout.add_connector("acme", "changed")
    checkout.set_up()
    assert checkout.environment.read_text() == "https://packages.example.com/simple|ca.pem\n"
    checkout.set_up(UV_DEFAULT_INDEX="https://other.example.com")
    assert checkout.environment.read_text() == "https://other.example.com|ca.pem\n"


def test_a_package_outside_the_lock_is_named_a_lock_problem(checkout: Checkout) -> None:
    """What the lock lacks fails the set-up with what to do, and the next run tries again."""
    checkout.check.write_text("1")
    for _ in range(2):
        done = checkout.set_up()
        assert done.returncode == 1
        assert done.stderr == "set-up failed: a dependency is not in requirements/dev.txt; run: make lock\n"
        assert "uv pip check --quiet --python .venv/bin/python" in checkout.commands()
