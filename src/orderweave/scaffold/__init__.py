"""`orderweave connector new`: a folder that starts out passing its own contract suite."""

from __future__ import annotations

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


class ScaffoldError(Exception):
    """The connector could not be made; the message says what would be right."""


def new_connector(name: str, folder: Path) -> list[Path]:
    """Write a new connector `name` under `folder`/`name`; returns the files written, in order.

    `name` is lower case, letters, digits and underscores; an existing folder is left alone.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ScaffoldError(f"connector name {name!r}: use lower-case letters, digits and underscores, letter first")
    target = folder / name
    if target.exists():
        raise ScaffoldError(f"{target} exists already; choose another name or remove it")
    title = "".join(part.capitalize() for part in name.split("_"))
    written = []
    for source, relative in _walk(files("orderweave.scaffold") / "template", Path()):
        path = target / str(relative).replace("NAME", name).removesuffix(".tmpl")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source.read_text().replace("{{name}}", name).replace("{{Name}}", title))
        written.append(path)
    return written


def _walk(folder: Traversable, prefix: Path) -> list[tuple[Traversable, Path]]:
    found = []
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.is_dir():
            found += _walk(entry, prefix / entry.name)
        elif entry.name.endswith(".tmpl"):
            found.append((entry, prefix / entry.name))
    return found
