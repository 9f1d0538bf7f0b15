"""Documents by name: a manifest's, and those that clients leave, within bounds, over workers, and never a wrong one."""

from __future__ import annotations

import pytest

from orderweave.model.documents import ListedDocument, Manifest, digest_of
from orderweave.operations.persisted import Documents, Found, Mismatch, Unknown

TEXT = "query Systems { systems { name } }"
OTHER = "{ locations { name } }"
DIGEST = digest_of(TEXT)
LISTED = ListedDocument("a1b2", "Systems", TEXT)
MANIFEST = Manifest([LISTED])


class Shared:
    """What workers share, in memory, in as many places as it has; `down` it has and takes nothing."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.down = False
        self.asked = 0

    async def get(self, digest: str) -> str | None:
        """What is in the place."""
        self.asked += 1
        return None if self.down else self.kept.get(digest)

    async def put(self, digest: str, text: str) -> None:
        """Keep."""
        if not self.down:
            self.kept[digest] = text


async def unknown(documents: Documents, text: str | None, identity: str | None) -> tuple[str, str]:
    """The message and code with which a document is refused."""
    with pytest.raises(Unknown) as refusal:
        await documents.find(text, identity)
    return str(refusal.value), refusal.value.code


async def test_a_text_without_a_name() -> None:
    """Any text is run as it stands; where there is a manifest it is known which of its documents it is."""
    assert Documents().open
    assert await Documents().find(TEXT, None) == Found(TEXT)
    documents = Documents(MANIFEST)
    assert not documents.open
    assert await documents.find(TEXT, None) == Found(TEXT, LISTED)
    assert await documents.find(OTHER, None) == Found(OTHER)


@pytest.mark.parametrize("identity", ["a1b2", DIGEST, f"sha256:{DIGEST}", "sha256:" + DIGEST])
async def test_a_listed_document_by_its_names(identity: str) -> None:
    """By its id in the manifest, its digest, and its digest with the prefix; with the right text as well."""
    for only_listed in (False, True):
        documents = Documents(MANIFEST, only_listed=only_listed)
        assert await documents.find(None, identity) == Found(TEXT, LISTED)
        assert await documents.find(TEXT, identity) == Found(TEXT, LISTED)
        with pytest.raises(Mismatch):
            await documents.find(OTHER, identity)


async def test_clients_leave_documents() -> None:
    """Unknown at first, in the words that clients look for; once the text came along and was run, the digest does."""
    documents = Documents()
    assert await unknown(documents, None, DIGEST) == ("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
    found = await documents.find(TEXT, DIGEST)
    assert found == Found(TEXT, None, DIGEST)
    assert (await unknown(documents, None, DIGEST))[1] == "PERSISTED_QUERY_NOT_FOUND"
    await documents.keep(found)
    assert await documents.find(None, DIGEST) == Found(TEXT)
    assert await documents.find(None, f"sha256:{DIGEST}") == Found(TEXT)
    assert await documents.find(TEXT, DIGEST) == Found(TEXT)


@pytest.mark.parametrize(
    ("identity", "message"),
    [
        ("0" * 64, "provided sha does not match query"),
        (DIGEST.upper(), "provided sha does not match query"),
        ("a1b2", "provided sha does not match query"),
        ("sha256:" + DIGEST.upper(), "sha256: must be followed by 64 hexadecimal digits in lower case"),
        ("sha256:", "sha256: must be followed by 64 hexadecimal digits in lower case"),
    ],
)
async def test_a_text_that_is_another(identity: str, message: str) -> None:
    """Text and name that do not belong together are refused, and nothing is left."""
    documents = Documents()
    with pytest.raises(Mismatch) as refusal:
        await documents.find(TEXT, identity)
    assert str(refusal.value) == message
    assert (await unknown(documents, None, DIGEST))[1] == "PERSISTED_QUERY_NOT_FOUND"


async def test_only_listed_documents() -> None:
    """By name or by the same text; a text that is not listed is refused, with its digest too, and cannot be left."""
    shared = Shared()
    documents = Documents(MANIFEST, only_listed=True, shared=shared)
    assert not documents.open
    assert await documents.find(TEXT, None) == Found(TEXT, LISTED)
    refusal = ("only documents that this gateway knows are run", "DOCUMENT_NOT_KNOWN")
    for text in (OTHER, f"{TEXT} ", "{ __schema { queryType { name } } }"):
        assert await unknown(documents, text, None) == refusal
        assert await unknown(documents, text, digest_of(text)) == refusal
        assert await unknown(documents, None, digest_of(text)) == (
            "PersistedQueryNotFound",
            "PERSISTED_QUERY_NOT_FOUND",
        )
    assert (shared.asked, shared.kept) == (0, {})


async def test_nothing_can_be_left_where_that_is_off() -> None:
    """The text is run, and the digest alone stays unknown."""
    documents = Documents(automatic=False)
    found = await documents.find(TEXT, DIGEST)
    assert found == Found(TEXT)
    await documents.keep(found)
    assert (await unknown(documents, None, DIGEST))[1] == "PERSISTED_QUERY_NOT_FOUND"


async def test_workers_share_what_is_left() -> None:
    """What one worker was left another finds, once; then it has it itself, also while Redis is down."""
    shared = Shared()
    one, other = Documents(shared=shared), Documents(shared=shared)
    await one.keep(await one.find(TEXT, DIGEST))
    for _ in range(2):
        assert await other.find(None, DIGEST) == Found(TEXT)
    assert shared.asked == 1
    shared.down = True
    assert await other.find(None, DIGEST) == Found(TEXT)
    assert (await unknown(Documents(shared=shared), None, DIGEST))[1] == "PERSISTED_QUERY_NOT_FOUND"


async def test_what_the_shared_store_holds_is_not_trusted() -> None:
    """Under a digest only its own text is run, whoever wrote into its place."""
    shared = Shared()
    documents = Documents(shared=shared)
    await documents.keep(await documents.find(TEXT, DIGEST))
    for planted in (OTHER, "\ufffd", ""):
        shared.kept[DIGEST] = planted
        assert (await unknown(Documents(shared=shared), None, DIGEST))[1] == "PERSISTED_QUERY_NOT_FOUND"


async def test_nobody_fills_the_memory() -> None:
    """A document longer than the bound is not kept, and all together are not more than theirs."""
    documents = Documents()
    long = "#" * 20_001
    await documents.keep(Found(long, None, digest_of(long)))
    assert (await unknown(documents, None, digest_of(long)))[1] == "PERSISTED_QUERY_NOT_FOUND"
    for number in range(200):
        text = "#" * 19_990 + str(number)
        await documents.keep(Found(text, None, digest_of(text)))
    assert documents._left.weight <= 2_000_000
