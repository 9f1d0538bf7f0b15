"""Documents that an operator lets be run by name: one list, made by the build of each front end."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

import msgspec

_OPERATION = re.compile(r"\b(?:query|mutation|subscription)\s+([_A-Za-z][_0-9A-Za-z]{0,199})")


class ListedDocument(msgspec.Struct, frozen=True):
    """A document of a manifest: its id there, the name of its first operation, None for one without, and its text."""

    id: str
    name: str | None
    text: str


class Manifest:
    """The documents of all manifests, by id and by the SHA-256 of the text, in lower-case hexadecimal digits."""

    def __init__(self, documents: Iterable[ListedDocument] = ()) -> None:
        self._by_id = {document.id: document for document in documents}
        self._by_digest = {digest_of(document.text): document for document in self._by_id.values()}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[ListedDocument]:
        return iter(self._by_id.values())

    def named(self, identity: str) -> ListedDocument | None:
        """The document of this id or digest."""
        return self._by_id.get(identity) or self._by_digest.get(identity)

    def holding(self, text: str) -> ListedDocument | None:
        """The document of exactly this text."""
        return self._by_digest.get(digest_of(text)) if self._by_digest else None


def listed(text: str, identity: str | None = None) -> ListedDocument:
    """The document of this text under its id, which is its digest where nobody gave it one."""
    operation = _OPERATION.search(text)
    return ListedDocument(identity or digest_of(text), operation[1] if operation else None, text)


def digest_of(text: str) -> str:
    """The SHA-256 of a document, by which clients name it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
