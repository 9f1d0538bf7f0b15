"""Answers' bodies: bounded while they grow, decompressed on the way, never silently cut."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest

from orderweave_sdk.bodies import Body
from orderweave_sdk.errors import BadPayload

TEXT = b'{"orders": [1, 2, 3]}' * 50


def read(encoding: str, *chunks: bytes, max_bytes: int = 10_000) -> bytes:
    """A body from its chunks."""
    body = Body(encoding, max_bytes=max_bytes)
    for chunk in chunks:
        body.add(chunk)
    return body.whole()


@pytest.mark.parametrize("encoding", ["", "identity", "Identity ", "gzip", "x-gzip"])
def test_what_is_not_compressed_comes_as_it_is(encoding: str) -> None:
    """Whatever is said of it: servers are known that call plain answers gzip."""
    assert read(encoding, TEXT[:1], TEXT[1:7], TEXT[7:]) == TEXT


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", " GZIP"])
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_gzip_is_read_however_it_is_cut(encoding: str, size: int) -> None:
    """The pieces in which it comes are the network's, down to single bytes."""
    packed = gzip.compress(TEXT)
    assert read(encoding, *(packed[at : at + size] for at in range(0, len(packed), size))) == TEXT


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_nothing_is_nothing(encoding: str) -> None:
    """An answer without a body may carry any header."""
    assert read(encoding) == b""


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_the_bound_is_exact(encoding: str) -> None:
    """As many bytes as allowed pass, one more does not; compressed or not, it is what comes out that counts."""
    content = gzip.compress(TEXT) if encoding else TEXT
    assert read(encoding, content, max_bytes=len(TEXT)) == TEXT
    with pytest.raises(BadPayload, match=f"^the answer is larger than {len(TEXT) - 1} bytes$"):
        read(encoding, content, max_bytes=len(TEXT) - 1)


def test_a_bomb_is_stopped_before_it_grows() -> None:
    """200 KB that would become 200 MB take no more memory than the bound."""
    bomb = gzip.compress(bytes(200_000_000), 9)
    assert len(bomb) < 250_000
    tracemalloc.start()
    try:
        with pytest.raises(BadPayload, match="larger than 1000000 bytes"):
            read("gzip", bomb, max_bytes=1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("chunks", "words"),
    [
        ((gzip.compress(TEXT)[:-1],), "cut short"),
        ((b"\x1f",), "cut short"),
        ((b"\x1f\x8b\x08 no gzip at all",), "cannot be read"),
        ((gzip.compress(TEXT)[:-8] + bytes(8),), "cannot be read"),
        ((gzip.compress(TEXT) + b"x",), "more behind its end"),
        ((gzip.compress(TEXT), b"x"), "more behind its end"),
        ((gzip.compress(TEXT) + gzip.compress(TEXT),), "more behind its end"),
    ],
)
def test_unsound_gzip_is_a_bad_payload(chunks: tuple[bytes, ...], words: str) -> None:
    """What is cut, broken or followed by more is refused whole: half an answer must not pass for one."""
    with pytest.raises(BadPayload, match=words):
        read("gzip", *chunks)


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip"])
def test_other_compressions_are_not_asked_for(encoding: str) -> None:
    """An answer in one of them is the server's mistake."""
    with pytest.raises(BadPayload, match="a compression that was not asked for"):
        Body(encoding, max_bytes=10)
