"""Requests whose senders mean harm, or do not know better: what each is, and the statuses with which it may end."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec

# As many as a body may hold of one character, nearly.
_MANY = 1_000_000
_QUERY = "{ systems { name } }"


class Hostile(msgspec.Struct, frozen=True):
    """One request: what it is called, its method, query string, headers and body; `statuses` are those it may get."""

    name: str
    body: bytes = b""
    headers: Mapping[str, str] = {}
    method: str = "POST"
    query_string: str = ""
    statuses: tuple[int, ...] = (400,)


def _json(**parameters: Any) -> bytes:
    return json.dumps({"query": _QUERY, **parameters}).encode()


def _get(name: str, query_string: str, **rest: Any) -> Hostile:
    return Hostile(f"get: {name}", method="GET", query_string=query_string, **rest)


def _typed(name: str, content_type: str, body: bytes = _json()) -> Hostile:
    return Hostile(f"type: {name}", body, {"content-type": content_type}, statuses=(415,))


_NO_OBJECTS = {
    "nothing": b"",
    "a blank": b" ",
    "a text": b'"x"',
    "a number": b"1",
    "null": b"null",
    "true": b"true",
    "a list": b"[]",
    "a batch": b"[" + _json() + b"," + _json() + b"]",
    "a batch of a thousand": b"[" + b",".join([_json()] * 1000) + b"]",
    "an empty object": b"{}",
    "half an object": b'{"query":',
    "two objects": _json() + _json(),
    "a trailing comma": b'{"query":"{a}",}',
    "single quotes": b"{'query':'{a}'}",
    "NaN": b'{"query":"{a}","variables":{"x":NaN}}',
    "a comment": b'{"query":"{a}"/**/}',
    "GraphQL itself": _QUERY.encode(),
    "a form": b"query=%7Ba%7D",
    "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "a mark of byte order": b"\xef\xbb\xbf" + _json(),
    "UTF-16": _json().decode().encode("utf-16"),
    "UTF-32": _json().decode().encode("utf-32"),
    "no UTF-8": b'{"query":"\xff\xfe"}',
    "half a character": b'{"query":"\xc3"}',
    "a surrogate in UTF-8": b'{"query":"\xed\xa0\x80"}',
    "an overlong slash": b'{"query":"\xc0\xaf"}',
    "half a surrogate pair": b'{"query":"\\ud800"}',
    "a bare NUL": b'{"query":"\x00"}',
    "only NULs": b"\x00" * 1000,
    "a line break in a text": b'{"query":"{\na}"}',
}
_SIZES = {
    "a number of 5 MB": (b"1" * 5_000_000, 413),
    "a number of 5 MB as a variable": (b'{"query":"{a}","variables":{"x":' + b"9" * 5_000_000 + b"}}", 413),
    "a number of 1 MB as a variable": (b'{"query":"{a}","variables":{"x":' + b"9" * _MANY + b"}}", 400),
    "a fraction of 1 MB as a variable": (b'{"query":"{a}","variables":{"x":0.' + b"9" * _MANY + b"e}}", 400),
    "100,000 brackets": (b"[" * 100_000, 400),
    "100,000 brackets, closed": (b"[" * 100_000 + b"]" * 100_000, 400),
    "100,000 brackets in a variable": (
        b'{"query":"{a}","variables":{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        400,
    ),
    "100,000 objects in a variable": (
        b'{"query":"{a}","variables":{"x":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}}",
        400,
    ),
    "100,000 brackets in extensions": (
        b'{"query":"{a}","extensions":{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        400,
    ),
    "100,000 brackets under a key nobody knows": (b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b',"query":"{a}"}', 400),
    "2 MB of blanks": (b" " * 2_000_000, 413),
    "a query of 2 MB": (b'{"query":"' + b"{a}" * 700_000 + b'"}', 413),
    "1 MB of escapes and a doubled key": (b'{"query":"' + b"\\u0041" * 150_000 + b'","query":"{a}"}', 400),
    "1 MB of objects and an escape": (
        b'{"query":"{a}","extensions":{"x":[' + b"{}," * 330_000 + b'"\\u0041"]}}',
        400,
    ),
    "100,000 doubled keys": (b'{"query":"{a}"' + b',"query":"{a}"' * 50_000 + b"}", 400),
}
_VALUES: dict[str, list[Any]] = {
    "query": [1, 1.5, True, [], {}, [_QUERY]],
    "variables": ["{}", 0, False, [], [{}]],
    "operationName": [0, False, {}, ["A"]],
    "extensions": ["{}", 0, True, []],
    "documentId": [0, False, {}, ["x"]],
    "doc_id": [12345, {}, []],
}
_PERSISTED: list[Any] = [
    1,
    [],
    {},
    {"version": 1},
    {"version": 2, "sha256Hash": "0" * 64},
    {"version": 1, "sha256Hash": 1},
]
_WRONG_TYPES: dict[str, Any] = {
    **{f"{name} {value!r:.20}": {name: value} for name, values in _VALUES.items() for value in values},
    **{f"persistedQuery {value!r:.40}": {"extensions": {"persistedQuery": value}} for value in _PERSISTED},
    "a digest of another text": {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}},
    "a digest that is none": {"documentId": "sha256:" + "g" * 64},
    "a digest in capitals": {"documentId": "sha256:" + "A" * 64},
    "a name of another document": {"documentId": "../../etc/passwd"},
    "a name of 100 KB": {"documentId": "x" * 100_000},
    "two names": {"documentId": "a", "doc_id": "b"},
}
_DOUBLED = {
    "a doubled query": b'{"query":"{a}","query":"{b}"}',
    "a doubled query, once escaped": b'{"query":"{a}","quer\\u0079":"{b}"}',
    "doubled variables": b'{"query":"{a}","variables":{},"variables":{"a":1}}',
    "a doubled operationName": b'{"query":"{a}","operationName":"A","operationName":"B"}',
    "a doubled documentId": b'{"documentId":"a","documentId":"b"}',
}
_GZIPPED = {
    "gzip": gzip.compress(_json()),
    "deflate": zlib.compress(_json()),
    "br": b"\x0b\x02\x80{}\x03",
    "zstd": b"(\xb5/\xfd",
    "gzip, gzip": gzip.compress(gzip.compress(_json())),
    "x-unknown": _json(),
    "identity, gzip": gzip.compress(_json()),
}
_JSON = {"content-type": "application/json"}

HOSTILE: tuple[Hostile, ...] = (
    *(Hostile(f"body: {name}", body, _JSON) for name, body in _NO_OBJECTS.items()),
    *(Hostile(f"size: {name}", body, _JSON, statuses=(status,)) for name, (body, status) in _SIZES.items()),
    *(Hostile(f"wrong: {name}", _json(**wrong), _JSON) for name, wrong in _WRONG_TYPES.items()),
    *(Hostile(f"doubled: {name}", body, _JSON) for name, body in _DOUBLED.items()),
    *(
        Hostile(f"coded: {coding}", body, {**_JSON, "content-encoding": coding}, statuses=(415,))
        for coding, body in _GZIPPED.items()
    ),
    Hostile(
        "coded: a bomb of 10 MB",
        gzip.compress(b" " * 10_000_000),
        {**_JSON, "content-encoding": "gzip"},
        statuses=(415,),
    ),
    _typed("none", ""),
    _typed("text", "text/plain"),
    _typed("a form", "application/x-www-form-urlencoded", b"query=%7Ba%7D"),
    _typed(
        "an upload",
        "multipart/form-data; boundary=x",
        b'--x\r\ncontent-disposition: form-data; name="query"\r\n\r\n{a}\r\n--x--',
    ),
    _typed("GraphQL", "application/graphql", _QUERY.encode()),
    _typed("the answer's", "application/graphql-response+json"),
    _typed("another encoding", "application/json; charset=utf-16"),
    _typed("7-bit", "application/json; charset=utf-7"),
    _typed("of 8 KB", "application/json; x=" + "y" * 8000 + "; charset=latin1"),
    _typed("twice", "application/json, application/json"),
    Hostile("header: accepts nothing", _json(), {**_JSON, "accept": "text/html"}, statuses=(406,)),
    Hostile("header: an Accept of 8 KB", _json(), {**_JSON, "accept": "a/b;q=0.1," * 800}, statuses=(406,)),
    Hostile("header: no lane", _json(), {**_JSON, "x-orderweave-lane": "fast"}),
    Hostile("header: no time", _json(), {**_JSON, "orderweave-timeout-ms": "-1"}),
    _get("nothing", ""),
    _get("an empty query", "query="),
    _get("no UTF-8", "query=%FF"),
    _get("a broken escape", "query=%7B%", statuses=(200, 400)),
    _get("a doubled query", "query={a}&query={b}"),
    _get("a thousand parameters", "&".join(f"a{number}=1" for number in range(1000)) + "&query={a}"),
    _get("variables that are a list", "query={a}&variables=[]"),
    _get("variables that are no JSON", "query={a}&variables={"),
    _get("variables nested deeply", "query={a}&variables=" + "[" * 5000),
    _get("extensions that are a text", "query={a}&extensions=%22x%22"),
    _get("a mutation", "query=" + quote("mutation { a }"), statuses=(405,)),
    _get("a subscription", "query=" + quote("subscription { a }"), statuses=(405,)),
    _get("another document's digest", "query={a}&documentId=sha256:" + "0" * 64),
    _get("a page of another site", "query=" + quote(_QUERY), headers={"origin": "https://evil.example"}),
    _get("a browser's cookie", "query=" + quote(_QUERY), headers={"cookie": "a=b"}),
    *(
        Hostile(f"method: {method}", _json(), _JSON, method=method, statuses=(405,))
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND")
    ),
    # The server's parser knows no such method and refuses it itself.
    Hostile("method: FROBNICATE", _json(), _JSON, method="FROBNICATE", statuses=(400, 405)),
)
