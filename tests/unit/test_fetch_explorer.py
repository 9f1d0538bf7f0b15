"""What set-up does for the explorer's scripts, with an npm of the test's own in place of the real one."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "fetch_explorer.py"
SCRIPT = b"window.React = {};\n"


def digest(algorithm: str, body: bytes) -> str:
    """A digest in the form of subresource integrity."""
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, body).digest()).decode()}"


class Checkout:
    """A folder with the tool, a pinned package of one file, and an npm that hands over the package or does as told."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.served = root / "var" / "explorer" / "react.js"
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            entry = tarfile.TarInfo("package/umd/react.js")
            entry.size = len(SCRIPT)
            archive.addfile(entry, io.BytesIO(SCRIPT))
        (root / "package.tgz").write_bytes(packed.getvalue())
        (root / "tools").mkdir()
        shutil.copy(TOOL, root / "tools")
        self.pin(digest("sha512", packed.getvalue()), digest("sha384", SCRIPT))

    def pin(self, package: str, file: str) -> None:
        """Pin the package and its file to these digests."""
        files: list[dict[str, Any]] = [{"served_as": "react.js", "inside": "umd/react.js", "integrity": file}]
        pinned = {"packages": [{"name": "react", "version": "1.0.0", "integrity": package, "files": files}]}
        path = self.root / "src" / "orderweave" / "web" / "explorer" / "scripts.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(pinned))

    def npm(self, command: str) -> None:
        """Install an npm that runs this line of shell."""
        program = self.root / "bin" / "npm"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f'#!/bin/sh\nROOT="{self.root}"\necho "$@" >>"$ROOT/asked"\n{command}\n')
        program.chmod(0o755)

    def fetch(self) -> subprocess.CompletedProcess[str]:
        """Run the tool with that npm, or with none."""
        path = f"{self.root / 'bin'}:/usr/bin:/bin" if (self.root / "bin").exists() else str(self.root)
        return subprocess.run(
            [sys.executable, str(self.root / "tools" / TOOL.name)],
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout in a folder whose name has a space in it."""
    root = tmp_path / "a checkout"
    root.mkdir()
    return Checkout(root)


def test_fetches_what_was_pinned_once(checkout: Checkout) -> None:
    """The pinned version is asked of npm, its file laid where it is served from, and not asked for again."""
    checkout.npm('cp "$ROOT/package.tgz" react-1.0.0.tgz')
    first = checkout.fetch()
    assert (first.returncode, first.stdout) == (0, "fetched the explorer's scripts into var/explorer\n")
    assert checkout.served.read_bytes() == SCRIPT
    again = checkout.fetch()
    assert (again.returncode, again.stdout) == (0, "")
    (asked,) = (checkout.root / "asked").read_text().splitlines()
    assert asked.startswith("pack react@1.0.0 ")


def test_changed_file_is_fetched_again(checkout: Checkout) -> None:
    """A file that is there and is not the pinned one is replaced."""
    checkout.npm('cp "$ROOT/package.tgz" react-1.0.0.tgz')
    checkout.served.parent.mkdir(parents=True)
    checkout.served.write_text("something else")
    assert checkout.fetch().returncode == 0
    assert checkout.served.read_bytes() == SCRIPT


def test_another_package_is_refused(checkout: Checkout) -> None:
    """A package that is not the pinned one is not unpacked, and the exit code says so."""
    checkout.npm("echo other >react-1.0.0.tgz")
    done = checkout.fetch()
    assert done.returncode == 1
    assert done.stderr.startswith("the explorer's scripts are not used: react@1.0.0 should be sha512-")
    assert not checkout.served.exists()


def test_another_file_is_refused(checkout: Checkout) -> None:
    """A file that is not the pinned one is not served, whatever the package's digest says."""
    checkout.npm('cp "$ROOT/package.tgz" react-1.0.0.tgz')
    checkout.pin(digest("sha512", (checkout.root / "package.tgz").read_bytes()), digest("sha384", b"other"))
    done = checkout.fetch()
    assert done.returncode == 1
    assert done.stderr.startswith("the explorer's scripts are not used: react/umd/react.js should be sha384-")
    assert not checkout.served.exists()


def test_without_npm_it_says_so_and_goes_on(checkout: Checkout) -> None:
    """No npm is no failure: the explorer has its CDN."""
    done = checkout.fetch()
    expected = (0, "npm is not installed: the explorer will take its scripts from a CDN\n")
    assert (done.returncode, done.stdout) == expected


def test_npm_without_a_network_is_no_failure(checkout: Checkout) -> None:
    """An npm that cannot fetch is said in words and is no failure."""
    checkout.npm("exit 1")
    done = checkout.fetch()
    expected = (0, "npm could not fetch the explorer's scripts: the explorer will take them from a CDN\n")
    assert (done.returncode, done.stdout) == expected
