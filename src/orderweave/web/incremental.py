"""Answers in parts over HTTP: multipart/mixed, in the two forms that clients speak.

The newer form (incremental delivery of graphql-js 17, `incrementalSpec=v0.2` in Apollo Client 4) names each part
once and refers to it; the older (`deferSpec=20220824` in Apollo Client 3) repeats its path. Which one a client wants,
it says in `Accept`.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from enum import Enum, auto
from typing import Any

import msgspec

from orderweave.operations.answers import Answer
from orderweave.operations.delivering import Part, Pending

CONTENT_TYPE = b'multipart/mixed; boundary="-"'
_BEGIN = b"\r\n---\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"
_END = b"\r\n-----\r\n"
_ACCEPTED = re.compile(r"multipart/mixed\s*(?P<parameters>(;[^,]*)?)", re.IGNORECASE)
_OLDER = "deferspec=20220824"


class Form(Enum):
    """How parts are written."""

    NEWER = auto()
    OLDER = auto()


def accepted_form(accept: bytes) -> Form | None:
    """The form in which a client takes parts; None where it takes none."""
    if b"multipart" not in accept.lower():
        return None
    found = _ACCEPTED.search(accept.decode("latin-1"))
    if found is None or re.search(r";\s*q=0(\.0*)?\s*(;|$)", found["parameters"]):
        return None
    return Form.OLDER if _OLDER in found["parameters"].replace('"', "").lower() else Form.NEWER


async def written_parts(
    answer: Answer, pending: Sequence[Pending], rest: AsyncIterator[Part], form: Form
) -> AsyncIterator[bytes]:
    """Each part of an answer as it goes over the wire, as soon as it is there."""
    yield first_chunk(answer, pending, form)
    async for part in rest:
        yield next_chunk(part, form)


def first_chunk(answer: Answer, pending: Sequence[Pending], form: Form) -> bytes:
    """The first part; the last one too where nothing is pending."""
    document = answer.document()
    if pending and form is Form.NEWER:
        document["pending"] = [_named(entry) for entry in pending]
    document["hasNext"] = bool(pending)
    return _chunk(document, last=not pending)


def next_chunk(part: Part, form: Form) -> bytes:
    """One deferred part."""
    document: dict[str, Any] = {}
    if form is Form.OLDER:
        entry: dict[str, Any] = {"path": list(part.pending.path), "data": part.data}
        if part.pending.label is not None:
            entry["label"] = part.pending.label
        document["incremental"] = [_with_errors(entry, part)]
    elif part.data is None:
        document["completed"] = [_with_errors({"id": part.pending.id}, part)]
    else:
        document["incremental"] = [_with_errors({"id": part.pending.id, "data": part.data}, part)]
        document["completed"] = [{"id": part.pending.id}]
    document["hasNext"] = not part.last
    return _chunk(document, last=part.last)


def _named(entry: Pending) -> dict[str, Any]:
    found: dict[str, Any] = {"id": entry.id, "path": list(entry.path)}
    if entry.label is not None:
        found["label"] = entry.label
    return found


def _with_errors(entry: dict[str, Any], part: Part) -> dict[str, Any]:
    return entry | {"errors": list(part.errors)} if part.errors else entry


def _chunk(document: dict[str, Any], *, last: bool) -> bytes:
    return _BEGIN + msgspec.json.encode(document) + (_END if last else b"")
