"""The explorer: GraphiQL with the example queries in its tabs, in a page of ours.

The page wants two things of the server besides itself: `/explorer/examples.json`, a list of
`{"name": …, "query": …, "variables": {…}}`, and each of `script_files` under `/explorer/scripts/`.
GraphiQL's own scripts are fetched at set-up and never committed; where they are not there, the page takes the very
same bytes from a CDN, held to their digests, and says so. `scripts.json` has the versions and the digests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

_HERE = Path(__file__).parent
_PAGE_FILES = ("page.js", "page.css")
_NOTE = (
    "GraphiQL was not fetched at set-up, so its scripts come from a CDN. "
    "With Node installed, make setup fetches them and they are served from here."
)


class ScriptFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of a package: the name we serve it by, its path inside the package and on the CDN, and its digest."""

    served_as: str
    inside: str
    integrity: str
    cdn: str


class ScriptPackage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One package at one version; `integrity` is that of the whole package as it is published."""

    name: str
    version: str
    integrity: str
    files: tuple[ScriptFile, ...]


class Scripts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the explorer runs on, in the order in which the page loads it; `cdn` is where CDN paths start."""

    cdn: str
    packages: tuple[ScriptPackage, ...]

    @property
    def files(self) -> tuple[ScriptFile, ...]:
        """All files of all packages, in order."""
        return tuple(file for package in self.packages for file in package.files)


def scripts() -> Scripts:
    """The pinned scripts, from `scripts.json`."""
    return msgspec.json.decode((_HERE / "scripts.json").read_bytes(), type=Scripts)


def script_files(folder: Path) -> Mapping[str, Path]:
    """What to serve under `/explorer/scripts/`: the page's own files, and GraphiQL's if all of them are in `folder`."""
    found = {name: _HERE / name for name in _PAGE_FILES}
    fetched = {file.served_as: folder / file.served_as for file in scripts().files}
    if all(path.is_file() for path in fetched.values()):
        found |= fetched
    return found


def served_by_us(files: Mapping[str, Path]) -> bool:
    """Whether `script_files` found all that the page needs, so that nothing has to come from a CDN."""
    return all(file.served_as in files for file in scripts().files)


def explorer_page(scripts_served_by_us: bool) -> str:
    """The page's HTML, with GraphiQL's scripts from us or from the CDN."""
    page = (_HERE / "page.html").read_text(encoding="utf-8")
    parts = {
        "{{styles}}": "\n".join(_elements(".css", scripts_served_by_us)),
        "{{scripts}}": "\n".join(_elements(".js", scripts_served_by_us)),
        "{{note}}": "" if scripts_served_by_us else _NOTE,
        "{{note_hidden}}": " hidden" if scripts_served_by_us else "",
    }
    for place, text in parts.items():
        page = page.replace(place, text)
    return page


def _elements(ending: str, scripts_served_by_us: bool) -> Iterator[str]:
    pinned = scripts()
    for file in pinned.files:
        if not file.served_as.endswith(ending):
            continue
        address = f"/explorer/scripts/{file.served_as}"
        held = ""
        if not scripts_served_by_us:
            address = pinned.cdn + file.cdn
            held = f' integrity="{file.integrity}" crossorigin="anonymous"'
        if ending == ".css":
            yield f'    <link rel="stylesheet" href="{address}"{held}>'
        else:
            yield f'    <script src="{address}"{held} defer></script>'
