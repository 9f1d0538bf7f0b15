"""Manifests of documents, as the tools of GraphQL clients write them at build time.

Two shapes cover the common ones: Apollo's (`apollo-persisted-query-manifest`, version 1) and one object from id to
text, which Relay's compiler and GraphQL Code Generator's client preset write. An id is what the tool made of it: a
digest (SHA-256, SHA-1, MD5) or any other name.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from orderweave.config.configuration import Problem
from orderweave.model.documents import ListedDocument, Manifest, listed

_MOST_MANIFEST_BYTES = 16 * 1024 * 1024
_MOST_DOCUMENTS = 10_000
# Mistakes of one file that are told; they tend to be all alike.
_MOST_TOLD = 10

# Characters of an id, which stands in the log for each request; the longest digest has 128.
_LONGEST_ID = 256

_APOLLO = "apollo-persisted-query-manifest"


def read_manifests(key: str, names: Iterable[str], folder: Path) -> tuple[Manifest, list[Problem]]:
    """The documents of the files with these names, relative to a folder, and every problem with them."""
    documents: dict[str, ListedDocument] = {}
    problems: list[Problem] = []
    for position, name in enumerate(names):
        found, wrong = _read(folder / name)
        if any(len(document.id) > _LONGEST_ID for document in found):
            wrong.append(f"an id has at most {_LONGEST_ID} characters")
        for document in found:
            other = documents.setdefault(document.id, document)
            if other.text != document.text:
                wrong.append(f"{document.id!r} names two documents")
        if len(documents) > _MOST_DOCUMENTS:
            wrong.append(f"with it there are more than {_MOST_DOCUMENTS} documents")
        more = [f"and {len(wrong) - _MOST_TOLD} more"] if len(wrong) > _MOST_TOLD else []
        problems += [Problem(f"{key}[{position}]", f"{name}: {message}") for message in [*wrong[:_MOST_TOLD], *more]]
    return Manifest(documents.values()), problems


def _read(path: Path) -> tuple[list[ListedDocument], list[str]]:
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_MANIFEST_BYTES + 1)
    except OSError as error:
        return [], [f"cannot be read ({error.strerror})"]
    if len(raw) > _MOST_MANIFEST_BYTES:
        return [], [f"is larger than {_MOST_MANIFEST_BYTES} bytes"]
    try:
        content = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [], ["is not JSON"]
    if not isinstance(content, dict):
        return [], ["must be an object from ids to texts, or a manifest of Apollo's"]
    return _apollo(content) if "format" in content or "operations" in content else _map(content)


def _apollo(content: dict[str, Any]) -> tuple[list[ListedDocument], list[str]]:
    if content.get("format") != _APOLLO:
        return [], [f"format: must be {_APOLLO!r}"]
    if content.get("version") != 1:
        return [], ["version: must be 1"]
    operations = content.get("operations")
    if not isinstance(operations, list):
        return [], ["operations: must be a list"]
    found: list[ListedDocument] = []
    wrong: list[str] = []
    for position, operation in enumerate(operations):
        where = f"operations[{position}]"
        if not isinstance(operation, dict):
            wrong.append(f"{where}: must be an object")
            continue
        missing = [name for name in ("id", "body") if not _is_text(operation.get(name))]
        wrong += [f"{where}.{name}: must be a text" for name in missing]
        if not missing:
            found.append(listed(operation["body"], operation["id"]))
    return found, wrong


def _map(content: dict[str, Any]) -> tuple[list[ListedDocument], list[str]]:
    wrong = [f"{identity!r}: must be a text" for identity, text in content.items() if not _is_text(text)]
    return [listed(text, identity) for identity, text in content.items() if _is_text(text)], wrong


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
