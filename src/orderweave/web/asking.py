"""What a request asks beside its parameters, alike at every door: the document that it means, its lane, its time."""

from __future__ import annotations

from orderweave.access import Headers
from orderweave.model.terms import Lane
from orderweave.operations.answers import Answer
from orderweave.operations.persisted import Documents, Found, Mismatch, Unknown
from orderweave.web.bodies import Sent
from orderweave.web.deadlines import HEADER, NoTime, stated_seconds
from orderweave.web.refusals import BadRequest, failed

# In which lane the caller's work waits where a system's quota is short.
LANE_HEADER = "x-orderweave-lane"
_TIMEOUT_HEADER = HEADER.encode()


async def document_of(sent: Sent, documents: Documents) -> Found | Answer:
    """The document that is meant, by its text, its name or both, or the answer where there is none to run; raises
    BadRequest where nothing is named, or text and name differ.
    """
    identity = sent.identity
    if sent.query is None and identity is None:
        raise BadRequest(400, "the request holds neither a query nor the name of a document")
    try:
        return await documents.find(sent.query, identity)
    except Mismatch as error:
        raise BadRequest(400, str(error)) from None
    except Unknown as error:
        return failed(str(error), error.code)


def lane_of(headers: Headers) -> Lane:
    """The lane that a request names; raises BadRequest for one that is none."""
    given = headers.get(LANE_HEADER.encode())
    if given is None:
        return Lane.INTERACTIVE
    try:
        return Lane(given.decode("latin-1").strip().upper())
    except ValueError:
        known = ", ".join(lane.value.lower() for lane in Lane)
        raise BadRequest(400, f"the header {LANE_HEADER} must be one of {known}") from None


def seconds_of(headers: Headers) -> float | None:
    """How long the caller waits, where it says so; raises BadRequest for what is no time."""
    try:
        return stated_seconds(headers.get(_TIMEOUT_HEADER))
    except NoTime as error:
        raise BadRequest(400, str(error)) from None
