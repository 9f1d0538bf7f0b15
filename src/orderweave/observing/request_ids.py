"""The id of a request: the caller's own where it looks like one, else one of ours."""

from __future__ import annotations

import re
import uuid
from contextvars import ContextVar

# As proxies and libraries make them. Shorter ones than eight characters are no ids; nothing that holds a space, a
# line break or an @ goes into a log.
_SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")

REQUEST_ID: ContextVar[str | None] = ContextVar("orderweave_request_id", default=None)


def request_id(given: str | None) -> str:
    """The id to go by."""
    return given if given is not None and _SANE.fullmatch(given) else uuid.uuid4().hex
