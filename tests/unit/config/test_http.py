"""The [http] table and its manifests: defaults, what they take, and every mistake with its key and file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from orderweave.config import http
from orderweave.config.configuration import HttpSettings
from orderweave.config.http import read_http
from orderweave.model.documents import ListedDocument
from orderweave.web.forgery import Preflight
from tests.unit.config.texts import SHOP, Problems

QUERY = "query Order($n: String!) { order(by: {number: $n}) { id } }"
BARE = "{ systems { name } }"
DIGEST = hashlib.sha256(QUERY.encode()).hexdigest()

# As each tool writes it, cut to two operations.
APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [
        {"id": DIGEST, "name": "Order", "type": "query", "body": QUERY},
        {"id": "custom", "name": "", "type": "query", "body": BARE},
    ],
}
RELAY = {hashlib.md5(QUERY.encode()).hexdigest(): QUERY, hashlib.md5(BARE.encode()).hexdigest(): BARE}
CODEGEN = {hashlib.sha1(QUERY.encode()).hexdigest(): QUERY, f"sha1:{hashlib.sha1(BARE.encode()).hexdigest()}": BARE}


def problems_of(table: Any, folder: Path = Path()) -> list[tuple[str, str]]:
    """What is wrong with a table."""
    return [(problem.key, problem.message) for problem in read_http(table, {}, folder)[2]]


def wrong_with(folder: Path, content: Any) -> list[str]:
    """What is wrong with a manifest of this content."""
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / "portal.json").write_bytes(text)
    found = problems_of({"manifests": ["portal.json"]}, folder)
    assert {key for key, _ in found} <= {"http.manifests[0]"}
    return [message for _, message in found]


def test_defaults() -> None:
    """Without the table no other origin may ask, answers are compressed, any document is run and may be left, and the
    schema may be read.
    """
    settings, manifest, problems = read_http({}, {}, Path())
    assert (manifest, problems) == (None, [])
    assert settings == HttpSettings(
        origins=(),
        credentials=False,
        preflight_seconds=600,
        require_preflight="browsers",
        compress=True,
        documents="any",
        automatic=True,
        introspection=True,
        manifests=(),
    )


def test_the_rules_are_the_endpoints() -> None:
    """What the configuration takes is what the endpoint knows."""
    assert [rule.value for rule in Preflight] == list(http.PREFLIGHTS)


def test_a_whole_table(tmp_path: Path) -> None:
    """Every key is taken as it stands."""
    (tmp_path / "portal.json").write_text(json.dumps(RELAY))
    table: dict[str, Any] = {
        "origins": ["https://portal.example.com", "http://localhost:3000", "https://[::1]:8443"],
        "credentials": True,
        "preflight_seconds": 0,
        "require_preflight": "always",
        "compress": False,
        "documents": "known",
        "automatic": False,
        "introspection": False,
        "manifests": ["portal.json"],
    }
    settings, manifest, problems = read_http(table, {}, tmp_path)
    assert problems == []
    assert settings == HttpSettings(**{**table, "origins": tuple(table["origins"]), "manifests": ("portal.json",)})
    assert manifest is not None
    assert len(manifest) == 2


@pytest.mark.parametrize(
    ("table", "key", "message"),
    [
        ([], "http", "must be a table"),
        ({"origin": []}, "http.origin", "unknown key; known here: automatic, compress, credentials, documents, intr"),
        ({"origins": "https://a.example"}, "http.origins", "must be a list of texts"),
        ({"origins": [1]}, "http.origins", "must be a list of texts"),
        (
            {"origins": ["https://A.example/"]},
            "http.origins[0]",
            "'https://A.example/' is no origin; write one as browsers do: https://a.example",
        ),
        (
            {"origins": ["https://a.example:443"]},
            "http.origins[0]",
            "'https://a.example:443' is no origin; write one as browsers do: https://a.example",
        ),
        (
            {"origins": ["https://a.example", "a.example"]},
            "http.origins[1]",
            "'a.example' is no origin; write one as browsers do: https://portal.example.com",
        ),
        ({"origins": ["null"]}, "http.origins[0]", "'null' is no origin; write"),
        ({"origins": ["https://*.example.com"]}, "http.origins[0]", "'https://*.example.com' is no origin; write"),
        ({"origins": ["https://a.example:x"]}, "http.origins[0]", "'https://a.example:x' is no origin; write"),
        ({"origins": ["*", "https://a.example"]}, "http.origins", '"*" stands alone: it is every origin'),
        (
            {"origins": ["*"], "credentials": True},
            "http.credentials",
            'needs exact origins; "*" would lend every page its users',
        ),
        ({"credentials": "yes"}, "http.credentials", "must be true or false"),
        ({"preflight_seconds": -1}, "http.preflight_seconds", "must be between 0 and 86400"),
        ({"preflight_seconds": 86401}, "http.preflight_seconds", "must be between 0 and 86400"),
        ({"require_preflight": "no"}, "http.require_preflight", "must be one of browsers, always, never"),
        ({"documents": "all"}, "http.documents", "must be one of any, known"),
        ({"documents": "known"}, "http.documents", '"known" needs the documents: name their files in manifests'),
        (
            {"manifests": ["nowhere.json"]},
            "http.manifests[0]",
            "nowhere.json: cannot be read (No such file or directory)",
        ),
    ],
)
def test_each_mistake(table: Any, key: str, message: str, tmp_path: Path) -> None:
    """Each mistake is one problem with its key and what would be right."""
    ((found, said),) = problems_of(table, tmp_path)
    assert (found, said[: len(message)]) == (key, message)


@pytest.mark.parametrize("content", [APOLLO, RELAY, CODEGEN], ids=["Apollo", "Relay", "GraphQL Code Generator"])
def test_what_the_tools_write(content: dict[str, Any], tmp_path: Path) -> None:
    """Each tool's file gives its two documents, by their ids there and by their digests."""
    (tmp_path / "portal.json").write_text(json.dumps(content))
    _, manifest, problems = read_http({"manifests": ["portal.json"]}, {}, tmp_path)
    assert problems == []
    assert manifest is not None
    assert len(manifest) == 2
    operations: Any = content.get("operations")
    ids = [operation["id"] for operation in operations] if operations else list(content)
    assert [manifest.named(identity) for identity in ids] == [
        ListedDocument(ids[0], "Order", QUERY),
        ListedDocument(ids[1], None, BARE),
    ]
    assert manifest.named(DIGEST) == manifest.holding(QUERY) == ListedDocument(ids[0], "Order", QUERY)
    assert manifest.holding(f"{QUERY} ") is None


def test_several_manifests(tmp_path: Path) -> None:
    """The front ends' files are one list; a document may stand in several, but one id names one text."""
    (tmp_path / "a.json").write_text(json.dumps({"x": QUERY, "y": BARE}))
    (tmp_path / "b.json").write_text(json.dumps({"x": QUERY, "z": BARE}))
    (tmp_path / "c.json").write_text(json.dumps({"x": BARE}))
    _, manifest, problems = read_http({"manifests": ["a.json", "b.json"]}, {}, tmp_path)
    assert problems == []
    assert manifest is not None
    assert len(manifest) == 3
    assert problems_of({"manifests": ["a.json", "c.json"]}, tmp_path) == [
        ("http.manifests[1]", "c.json: 'x' names two documents")
    ]


@pytest.mark.parametrize(
    ("content", "messages"),
    [
        (b"{", ["is not JSON"]),
        (b"\xff", ["is not JSON"]),
        (b"[" * 100_000, ["is not JSON"]),
        ([], ["must be an object from ids to texts, or a manifest of Apollo's"]),
        ({"format": "other"}, ["format: must be 'apollo-persisted-query-manifest'"]),
        ({"operations": []}, ["format: must be 'apollo-persisted-query-manifest'"]),
        ({**APOLLO, "version": 2}, ["version: must be 1"]),
        ({**APOLLO, "operations": {}}, ["operations: must be a list"]),
        (
            {**APOLLO, "operations": [1, {"id": "a"}, {"body": BARE, "id": ""}]},
            [
                "operations[0]: must be an object",
                "operations[1].body: must be a text",
                "operations[2].id: must be a text",
            ],
        ),
        ({"a": 1, "b": " ", "c": BARE}, ["'a': must be a text", "'b': must be a text"]),
        (
            {str(number): None for number in range(12)},
            [*(f"'{number}': must be a text" for number in range(10)), "and 2 more"],
        ),
        ({"x" * 257: BARE}, ["an id has at most 256 characters"]),
        ({str(number): BARE for number in range(10_001)}, ["with it there are more than 10000 documents"]),
        (b" " * (16 * 1024 * 1024 + 1), ["is larger than 16777216 bytes"]),
    ],
    ids=range(14),
)
def test_mistakes_in_a_manifest(content: Any, messages: list[str], tmp_path: Path) -> None:
    """Each is told with the file and the place in it."""
    assert wrong_with(tmp_path, content) == [f"portal.json: {message}" for message in messages]


def test_mistakes_are_the_configurations(problems: Problems) -> None:
    """The table is read with the rest of the file, and all that is wrong is told together."""
    found = problems(f'{SHOP}\n[http]\norigins = ["x"]\ndocuments = "known"\n[server]\nport = 0\n')
    assert [key for key, _ in found] == ["server.port", "http.origins[0]", "http.documents"]
