"""Documents that a request names instead of bringing: those of the operator's manifests, and those that clients left.

A client leaves a document by sending it once together with its SHA-256 (Apollo's automatic persisted queries); from
then on the digest is enough. What is left is kept within bounds and may be gone at any time; then the client is told
and sends the text again. See docs/decisions/persisted-documents.md.
"""

from __future__ import annotations

import re

import msgspec

from orderweave.model.codes import Code
from orderweave.model.documents import ListedDocument, Manifest, digest_of
from orderweave.operations.keeping import Kept
from orderweave.operations.sharing import Shared

# Characters of all documents that clients left in one process, and of one; a longer one is run and not kept.
_MOST_TEXT = 2_000_000
_LONGEST_TEXT = 20_000

_PREFIX = "sha256:"
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Unknown(Exception):
    """There is no such document here, or it may not be run; `code` says which, in the words that clients look for."""

    def __init__(self, message: str, code: Code) -> None:
        super().__init__(message)
        self.code = code


class Mismatch(ValueError):
    """The text that came is not the one that the name says."""


class Found(msgspec.Struct, frozen=True):
    """The text to run; `listed` where it is a manifest's, `leave` the digest under which a client leaves it."""

    text: str
    listed: ListedDocument | None = None
    leave: str | None = None


class Documents:
    """What may be run here, and what is known by name.

    With `only_listed` nothing but the manifest's documents may be run, and nothing can be left; without `automatic`
    nothing can be left either. `shared` is what workers share, where they do.
    """

    def __init__(
        self,
        manifest: Manifest | None = None,
        *,
        only_listed: bool = False,
        automatic: bool = True,
        shared: Shared | None = None,
    ) -> None:
        self._manifest = manifest or Manifest()
        self._only_listed = only_listed
        self._automatic = automatic and not only_listed
        self._shared = shared
        self._left: Kept[str, str] = Kept(_MOST_TEXT, _LONGEST_TEXT)
        # Whether a text that comes without a name is run as it stands.
        self.open = not only_listed and not len(self._manifest)

    async def find(self, text: str | None, identity: str | None) -> Found:
        """The document that a request means by its text, a name, or both; raises Unknown or Mismatch."""
        if identity is None:
            assert text is not None
            return self._allowed(text)
        name = _plain(identity)
        listed = self._manifest.named(name)
        if text is not None:
            return self._told_both(text, name, listed)
        if listed is not None:
            return Found(listed.text, listed)
        left = await self._left_under(name) if self._automatic and _DIGEST.fullmatch(name) else None
        if left is None:
            raise Unknown("PersistedQueryNotFound", Code.PERSISTED_QUERY_NOT_FOUND)
        return Found(left)

    async def keep(self, found: Found) -> None:
        """Keep what a client leaves, once it was run: a document that does not hold is not worth its place."""
        digest = found.leave
        if digest is None or len(found.text) > _LONGEST_TEXT:
            return
        self._left.keep(digest, found.text, len(found.text))
        if self._shared is not None:
            await self._shared.put(digest, found.text)

    def _told_both(self, text: str, name: str, listed: ListedDocument | None) -> Found:
        if listed is not None:
            if listed.text != text:
                raise Mismatch("the query is not the document of that name")
            return Found(text, listed)
        if not _DIGEST.fullmatch(name) or digest_of(text) != name:
            raise Mismatch("provided sha does not match query")
        allowed = self._allowed(text)
        known = allowed.listed is not None or self._left.get(name) is not None
        return Found(text, allowed.listed, name if self._automatic and not known else None)

    def _allowed(self, text: str) -> Found:
        listed = self._manifest.holding(text)
        if listed is None and self._only_listed:
            raise Unknown("only documents that this gateway knows are run", Code.DOCUMENT_NOT_KNOWN)
        return Found(text, listed)

    async def _left_under(self, digest: str) -> str | None:
        """A document by its digest, from this process or another; what another holds is looked at before it is used."""
        text = self._left.get(digest)
        if text is not None or self._shared is None:
            return text
        text = await self._shared.get(digest)
        if text is None or digest_of(text) != digest:
            return None
        self._left.keep(digest, text, len(text))
        return text


def _plain(identity: str) -> str:
    """The name without the prefix that says what it is (GraphQL over HTTP, Persisted Documents)."""
    digest = identity.removeprefix(_PREFIX)
    if digest != identity and not _DIGEST.fullmatch(digest):
        raise Mismatch("sha256: must be followed by 64 hexadecimal digits in lower case")
    return digest
