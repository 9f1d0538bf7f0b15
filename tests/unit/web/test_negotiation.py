"""In which form an answer goes back: by quality, by what says most, in UTF-8 only, and 406 for who reads neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.web.negotiation import Events, answer_type, events_wished, is_json
from tests.unit.web.gateway_over_http import JSON, NEW, caller

OLD = "application/json"
QUERY = {"query": "{ systems { name } }"}


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, OLD),
        ("", OLD),
        ("*/*", OLD),
        ("application/*", OLD),
        (OLD, OLD),
        (NEW, NEW),
        (NEW.upper(), NEW),
        (f"{NEW}, {OLD}", NEW),
        (f"{OLD}, {NEW}", NEW),
        (f"{NEW};q=0.9, {OLD}", OLD),
        (f"{NEW}, {OLD};q=0.9", NEW),
        (f"{NEW};q=0, {OLD};q=0.1", OLD),
        (f"{NEW};q=0, */*", OLD),
        (f"{OLD};q=0, */*", NEW),
        (f"{OLD};q=0.000, application/*;q=0.001", NEW),
        (f"{OLD}, */*", OLD),
        (f"{NEW};q=0.5, */*", OLD),
        ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", OLD),
        (f"multipart/mixed, {NEW}, {OLD}", NEW),
        (f"{NEW}; charset=utf-8", NEW),
        (f'{NEW}; charset="UTF-8"', NEW),
        (f"{NEW}; charset=latin1, {OLD}", OLD),
        (f"{NEW}; q=2, {OLD}", OLD),
        (f"{NEW}; q=many, {OLD}", OLD),
        (f"{NEW} ;q=0.3 , {OLD} ; q=0.2", NEW),
        ("text/plain", None),
        ("text/event-stream", None),
        (f"{OLD};q=0", None),
        ("*/*;q=0", None),
        (f"{OLD}; charset=latin1", None),
        (f"{NEW}, " * 100 + "text/html", NEW),
    ],
)
def test_the_type_that_is_liked_best(accept: str | None, kind: str | None) -> None:
    """Each Accept header has one meaning, also one too long to be kept."""
    found = answer_type(None if accept is None else accept.encode())
    assert (None if found is None else found.decode()) == kind


URQL = f"{NEW}, application/graphql+json, {OLD}, text/event-stream, multipart/mixed"
SSE = "text/event-stream"


@pytest.mark.parametrize(
    ("accept", "wish"),
    [
        (None, Events.NO),
        ("*/*", Events.NO),
        ("text/*", Events.NO),
        (OLD, Events.NO),
        (f"{SSE};q=0", Events.NO),
        (f"{OLD}, {SSE};q=0", Events.NO),
        (f"{SSE}; charset=latin1", Events.NO),
        (f"{SSE}x", Events.NO),
        (URQL, Events.TAKEN),
        (URQL.upper(), Events.TAKEN),
        (URQL + ", x/y" * 100, Events.TAKEN),
        (f"{OLD}, {SSE}", Events.TAKEN),
        (f"{SSE};q=0.9, {OLD}", Events.TAKEN),
        (f"{SSE};q=0.9, */*", Events.TAKEN),
        (f"text/csv, {SSE}", Events.TAKEN),
        (SSE, Events.PREFERRED),
        (f"{SSE};q=0.1", Events.PREFERRED),
        (f"{SSE}, multipart/mixed", Events.PREFERRED),
        (f"multipart/mixed, {SSE}", Events.PREFERRED),
        (f"{SSE}, {OLD}", Events.PREFERRED),
        (f"{SSE}, */*", Events.PREFERRED),
        (f"*/*, {SSE}", Events.PREFERRED),
        (f"{OLD};q=0.9, {SSE}", Events.PREFERRED),
        (f"{OLD};q=0, */*;q=0.5, {SSE};q=0.7", Events.PREFERRED),
    ],
)
def test_who_wants_an_event_stream(accept: str | None, wish: Events) -> None:
    """It must be named; higher quality wins, and of two alike what was named first."""
    assert events_wished(None if accept is None else accept.encode()) is wish


@given(st.binary(max_size=600))
def test_no_accept_header_is_a_fault(accept: bytes) -> None:
    """Any bytes name one of the two types or neither, and nothing is raised."""
    assert answer_type(accept) in (OLD.encode(), NEW.encode(), None)
    assert events_wished(accept) in Events


@pytest.mark.parametrize(
    ("content_type", "json"),
    [
        (None, False),
        ("", False),
        (OLD, True),
        ("Application/JSON", True),
        (f"{OLD}; charset=utf-8", True),
        (f'{OLD};charset="utf-8"', True),
        (f"{OLD}; charset=UTF8", True),
        (f"{OLD}; charset=utf-16", False),
        (f"{OLD}; charset=iso-8859-1", False),
        (f"{OLD}; charset=utf-8; charset=latin1", False),
        (f"{OLD}; profile=x", True),
        (f"{OLD}, text/plain", False),
        (f"{OLD}x", False),
        ("text/json", False),
        (NEW, False),
    ],
)
def test_bodies_are_json_in_utf_8(content_type: str | None, json: bool) -> None:
    """No other type is taken for JSON, and JSON in no other encoding; nothing said is UTF-8."""
    assert is_json(None if content_type is None else content_type.encode()) is json


async def test_who_reads_neither_is_told_before_anything_is_looked_at() -> None:
    """406 in JSON, for a good request as for a broken one."""
    async with caller() as client:
        for body in (b'{"query":"{ systems { name } }"}', b"{", b"\xff"):
            response = await client.post("/graphql", content=body, headers={**JSON, "accept": "text/html"})
            assert (response.status_code, response.headers["content-type"]) == (406, f"{OLD}; charset=utf-8")
            assert response.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}


async def test_an_encoding_that_is_not_ours() -> None:
    """A body in another encoding is 415, and the answer says what is taken."""
    async with caller() as client:
        headers = {"content-type": "application/json; charset=utf-16"}
        response = await client.post("/graphql", content='{"query":"{a}"}'.encode("utf-16"), headers=headers)
    assert (response.status_code, response.headers["accept-post"]) == (415, OLD)


async def test_several_accept_headers_are_one() -> None:
    """Two Accept headers are a list of both."""
    async with caller() as client:
        request = client.build_request("POST", "/graphql", json=QUERY)
        del request.headers["accept"]
        request.headers = type(request.headers)(
            [*request.headers.raw, (b"accept", b"text/html"), (b"accept", NEW.encode())]
        )
        response = await client.send(request)
    assert response.headers["content-type"] == f"{NEW}; charset=utf-8"


async def test_a_document_of_several_operations_needs_a_name() -> None:
    """It is not run without one: 200 in the old type and 400 in the new, no data in both; with one it is."""
    document = "query A { systems { name } } query B { systems { kind } }"
    async with caller() as client:
        for accept, status in ((OLD, 200), (NEW, 400)):
            response = await client.post("/graphql", json={"query": document}, headers={"accept": accept})
            assert response.status_code == status
            assert response.json() == {
                "errors": [{"message": "name one of the document's operations", "extensions": {"code": "BAD_INPUT"}}]
            }
        named = await client.post("/graphql", json={"query": document, "operationName": "B"})
        assert named.json() == {"data": {"systems": [{"kind": "STOREFRONT"}, {"kind": "ERP"}]}}


def test_no_more_ranges_are_read_than_any_client_names() -> None:
    """What stands behind sixty-three others counts, and nothing behind it: 64 KB of commas are read no further."""
    assert answer_type((", " * 63 + NEW).encode()) == NEW.encode()
    assert answer_type((", " * 64 + NEW).encode()) is None
    assert events_wished((", " * 64 + "text/event-stream").encode()) is Events.NO
