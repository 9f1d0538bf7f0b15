"""Answers in parts as they go over the wire, in both forms, and who takes which."""

from __future__ import annotations

import pytest

from orderweave.operations.answers import Answer
from orderweave.operations.delivering import Part, Pending
from orderweave.web.incremental import Form, accepted_form, first_chunk, next_chunk

FIRST = Answer(data={"order": {"number": "1"}}, errors=(), executed=True)
PENDING = Pending(id="0", path=("order",), label="parcels")
ERROR = {"message": "no", "extensions": {"code": "BAD_INPUT"}}
HEAD = b"\r\n---\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("multipart/mixed", Form.NEWER),
        ("multipart/mixed;incrementalSpec=v0.2,application/graphql-response+json,application/json;q=0.9", Form.NEWER),
        ("multipart/mixed;deferSpec=20220824,application/json", Form.OLDER),
        ('application/json, multipart/mixed; deferSpec="20220824"', Form.OLDER),
        ("Multipart/Mixed; DeferSpec=20220824; q=0.5", Form.OLDER),
        ("multipart/mixed;q=0, application/json", None),
        ("application/json", None),
        ("*/*", None),
        ("", None),
    ],
)
def test_who_takes_parts(accept: str, form: Form | None) -> None:
    """Only who names multipart/mixed, and the older form only who asks for it."""
    assert accepted_form(accept.encode()) is form


def test_newer_form() -> None:
    """Each part is named in the first, given under its id, and completed; the last one closes the body."""
    assert first_chunk(FIRST, [PENDING], Form.NEWER) == (
        HEAD
        + b'{"data":{"order":{"number":"1"}},"pending":[{"id":"0","path":["order"],"label":"parcels"}],"hasNext":true}'
    )
    part = Part(pending=PENDING, data={"x": 1}, errors=(ERROR,), last=True)
    assert next_chunk(part, Form.NEWER) == (
        HEAD
        + b'{"incremental":[{"id":"0","data":{"x":1},"errors":[{"message":"no","extensions":{"code":"BAD_INPUT"}}]}],'
        + b'"completed":[{"id":"0"}],"hasNext":false}\r\n-----\r\n'
    )
    gone = Part(pending=PENDING, data=None, errors=(ERROR,), last=False)
    assert next_chunk(gone, Form.NEWER) == (
        HEAD
        + b'{"completed":[{"id":"0","errors":[{"message":"no","extensions":{"code":"BAD_INPUT"}}]}],"hasNext":true}'
    )


def test_older_form() -> None:
    """Each part says its path and label."""
    assert first_chunk(FIRST, [PENDING], Form.OLDER) == HEAD + b'{"data":{"order":{"number":"1"}},"hasNext":true}'
    part = Part(pending=PENDING, data={"x": 1}, errors=(), last=True)
    assert next_chunk(part, Form.OLDER) == (
        HEAD + b'{"incremental":[{"path":["order"],"data":{"x":1},"label":"parcels"}],"hasNext":false}\r\n-----\r\n'
    )


def test_nothing_pending() -> None:
    """The first is the last."""
    assert first_chunk(FIRST, [], Form.NEWER) == (
        HEAD + b'{"data":{"order":{"number":"1"}},"hasNext":false}\r\n-----\r\n'
    )
