"""What kind of error an answer holds, for programs: every value that `extensions.code` can have, in any room.

Each stands in the table of docs/graphql.md, and a test holds that no code is written out elsewhere.
"""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """One kind of error, by what one can do about it."""

    # What is asked makes no sense, or cannot be answered as asked.
    BAD_INPUT = "BAD_INPUT"
    AMBIGUOUS = "AMBIGUOUS"
    INCOMPLETE = "INCOMPLETE"
    UNSUPPORTED = "UNSUPPORTED"
    # The document or the HTTP request is not what it should be.
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    BAD_REQUEST = "BAD_REQUEST"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    DOCUMENT_NOT_KNOWN = "DOCUMENT_NOT_KNOWN"
    # What is downloaded is not there, not yet, or not any more.
    NOT_FOUND = "NOT_FOUND"
    NOT_READY = "NOT_READY"
    GONE = "GONE"
    # Who asks.
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    RATE_LIMITED = "RATE_LIMITED"
    ISSUER_UNAVAILABLE = "ISSUER_UNAVAILABLE"
    # The gateway could not.
    OVERLOADED = "OVERLOADED"
    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    INTERNAL = "INTERNAL"
