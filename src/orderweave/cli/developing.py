"""Commands for those who work on Orderweave or on a connector."""

from __future__ import annotations

import sys
from pathlib import Path

from orderweave.config import installed
from orderweave.quality import FILE, QualityError, Shown, page, problems_of, read_quality
from orderweave.scaffold import ScaffoldError
from orderweave.scaffold import new_connector as scaffold
from orderweave.schema import print_sdl, subgraph_sdl
from orderweave.schema.changes import breaking_changes
from orderweave.schema.reference import reference

SCHEMA = Path("schema.graphql")
RELEASED = Path("docs/schema/released.graphql")
APPROVED = Path("docs/schema/approved-breaking-changes.txt")
# From the page of all connectors, docs/connectors/systems.md, to their folders.
FOLDERS = "../../connectors"


def print_schema(*, federation: bool = False) -> int:
    """The schema, as schema.graphql holds it, or as a composer of a federated graph takes it."""
    print(subgraph_sdl() if federation else print_sdl(), end="")
    return 0


def print_reference() -> int:
    """The schema as a page to read, as docs/schema/reference.md holds it."""
    print(reference(print_sdl()), end="")
    return 0


def diff_schema(folder: Path) -> int:
    """1 when schema.graphql is not what the types print, or a breaking change since the release is not approved.

    2 when one of the three files is not in the folder.
    """
    try:
        written, released, approved = ((folder / file).read_text() for file in (SCHEMA, RELEASED, APPROVED))
    except OSError as error:
        print(f"{error.filename} cannot be read ({error.strerror})", file=sys.stderr)
        return 2
    printed = print_sdl()
    code = 0
    if written != printed:
        print(f"{SCHEMA} is not what the types print; run make schema", file=sys.stderr)
        code = 1
    for change in breaking_changes(released, printed):
        if change in approved.splitlines():
            print(f"breaking, approved: {change}")
        else:
            print(f"breaking: {change} (approve it by adding this line to {APPROVED})", file=sys.stderr)
            code = 1
    return code


def new_connector(name: str, folder: Path) -> int:
    """A new connector, and what to do with it."""
    try:
        written = scaffold(name, folder)
    except ScaffoldError as error:
        print(error, file=sys.stderr)
        return 1
    for path in written:
        print(path)
    print(f"\nInstall it with: uv pip install -e {folder / name}\nTest it with:    pytest {folder / name}")
    return 0


def check_connector(folder: Path) -> int:
    """What a connector's quality file lacks, a line each; 1 when it lacks anything."""
    try:
        found = problems_of(read_quality(folder), folder)
    except QualityError as error:
        print(error, file=sys.stderr)
        return 1
    for problem in found:
        print(f"{folder / FILE}: {problem}", file=sys.stderr)
    if not found:
        print(f"{folder / FILE}: every rule is done or exempt")
    return 1 if found else 0


def print_connectors(folder: Path) -> int:
    """The page of every connector in a folder, as docs/connectors/systems.md holds it.

    1 when one is not installed or has no quality file; what a quality file lacks is shown as missing.
    """
    registry = installed()
    shown, wrong = [], []
    for path in sorted(folder.glob("*/pyproject.toml")):
        name = path.parent.name
        if name not in registry.connectors:
            wrong.append(f"{path.parent}: {name} is not installed; run make setup")
            continue
        try:
            quality = read_quality(path.parent)
        except QualityError as error:
            wrong.append(str(error))
            continue
        shown.append(Shown(registry.connectors[name]().manifest, dict(quality.said), f"{FOLDERS}/{name}"))
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        return 1
    print(page(shown), end="")
    return 0
