"""Fetches the explorer's scripts into `var/explorer/`, at the versions and digests of its `scripts.json`.

They come with npm from whatever registry it is set up for. Without npm, or when it cannot reach one, this says so and
the explorer takes them from a CDN. A package that is not what was pinned is never used: that ends with exit code 1.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PINNED = ROOT / "src" / "orderweave" / "web" / "explorer" / "scripts.json"
FETCHED = ROOT / "var" / "explorer"
SECONDS = 60


class NotWhatWasPinned(Exception):
    """What came is not what was pinned."""


def main() -> int:
    """Fetch what is missing; 0 also when there is no way to."""
    packages: list[dict[str, Any]] = json.loads(PINNED.read_text())["packages"]
    missing = [package for package in packages if not all(_is_there(file) for file in package["files"])]
    if not missing:
        return 0
    npm = shutil.which("npm")
    if npm is None:
        print("npm is not installed: the explorer will take its scripts from a CDN")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        try:
            for package in missing:
                _unpack(package, _pack(npm, package, Path(folder)))
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            print("npm could not fetch the explorer's scripts: the explorer will take them from a CDN")
            return 0
        except NotWhatWasPinned as problem:
            print(f"the explorer's scripts are not used: {problem}", file=sys.stderr)
            return 1
    print(f"fetched the explorer's scripts into {FETCHED.relative_to(ROOT)}")
    return 0


def _is_there(file: dict[str, str]) -> bool:
    path = FETCHED / file["served_as"]
    return path.is_file() and _digest("sha384", path.read_bytes()) == file["integrity"]


def _pack(npm: str, package: dict[str, Any], folder: Path) -> Path:
    into = folder / package["name"]
    into.mkdir()
    wanted = f"{package['name']}@{package['version']}"
    subprocess.run(
        [npm, "pack", wanted, "--silent", "--fetch-retries=1", f"--fetch-timeout={SECONDS * 1000 // 3}"],
        cwd=into,
        check=True,
        timeout=SECONDS,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    packed: Path = next(into.glob("*.tgz"))
    _hold(wanted, package["integrity"], _digest("sha512", packed.read_bytes()))
    return packed


def _unpack(package: dict[str, Any], packed: Path) -> None:
    FETCHED.mkdir(parents=True, exist_ok=True)
    with tarfile.open(packed) as archive:
        for file in package["files"]:
            content = archive.extractfile(f"package/{file['inside']}")
            if content is None:
                raise NotWhatWasPinned(f"{package['name']} holds no file {file['inside']}")
            body = content.read()
            _hold(f"{package['name']}/{file['inside']}", file["integrity"], _digest("sha384", body))
            # Written whole or not at all: a gateway may be serving the folder.
            partial = FETCHED / f"{file['served_as']}.partial"
            partial.write_bytes(body)
            partial.replace(FETCHED / file["served_as"])


def _hold(what: str, pinned: str, found: str) -> None:
    if found != pinned:
        raise NotWhatWasPinned(f"{what} should be {pinned} and is {found}")


def _digest(algorithm: str, body: bytes) -> str:
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, body).digest()).decode()}"


if __name__ == "__main__":
    sys.exit(main())
