"""In which form an answer goes back, and with which status: media types by their quality, as GraphQL over HTTP has it.

Sources: the GraphQL-over-HTTP draft (Response, Status Codes) and RFC 9110, 12.5.1. The draft would have the new type
for a caller that says nothing; the public audit, and whoever writes a command by hand, expect the old one.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import lru_cache

from orderweave.model.codes import Code
from orderweave.model.exports import Format
from orderweave.operations.answers import Answer

RESPONSE_TYPE = b"application/graphql-response+json"
JSON_TYPE = b"application/json"
EVENTS_TYPE = b"text/event-stream"

# Answers as tables, for who names one of these.
TABLE_TYPES = {"text/csv": Format.CSV, "application/vnd.apache.arrow.stream": Format.ARROW}

# What was not run answers 200 in the old media type, where a status says nothing of who gave it, and in the new one
# 400 or what fits better by the code of its error.
_FITTING: dict[str, int] = {Code.PERSISTED_QUERY_NOT_FOUND: 404, Code.DOCUMENT_NOT_KNOWN: 403}
# The draft has this one for both types: a GET must change nothing.
_BY_METHOD = Code.METHOD_NOT_ALLOWED

# Accept headers whose meaning is kept, and characters of one that is: clients have a handful between them.
_MOST_KEPT = 256
_LONGEST_KEPT = 256
# Ranges of a header that are read; the most verbose clients name ten or twenty.
_MOST_RANGES = 64

_QUALITY = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
_UTF_8 = frozenset({"utf-8", "utf8"})


class Events(Enum):
    """Whether a caller takes an event stream (graphql-sse) for its answer, and wants one more than anything else."""

    NO = auto()
    TAKEN = auto()
    PREFERRED = auto()


def events_wished(accept: bytes | None) -> Events:
    """What a caller that accepts these says of event streams, for which it must name them.

    Many clients name them beside JSON in every request (urql's default), for the subscriptions among them: what they
    want most has the higher quality, and of two alike, was named first.
    """
    if not accept or EVENTS_TYPE not in accept.lower():
        return Events.NO
    return _kept_wish(accept) if len(accept) <= _LONGEST_KEPT else _wish(accept)


def answer_type(accept: bytes | None) -> bytes | None:
    """The media type for a caller that accepts these; None where it accepts neither of ours."""
    if not accept or accept == JSON_TYPE:
        return JSON_TYPE
    return _kept(accept) if len(accept) <= _LONGEST_KEPT else _chosen(accept)


def table_type(accept: bytes | None) -> Format | None:
    """The form of a table, for a caller that names one and wants it more than JSON; an asterisk means none."""
    if not accept or accept == JSON_TYPE:
        return None
    ranges = _ranges(accept)
    (quality, _, form), *_ = sorted(
        ((ranges.get(kind, 0.0), -place, form) for place, (kind, form) in enumerate(TABLE_TYPES.items())), reverse=True
    )
    json = max(_quality(RESPONSE_TYPE, ranges), _quality(JSON_TYPE, ranges))
    return form if quality > 0 and (quality > json or (quality == json and not _names_json(ranges))) else None


def is_json(content_type: bytes | None) -> bool:
    """Whether a body is said to be JSON in UTF-8, which is what is meant where no encoding is said."""
    if content_type == JSON_TYPE:
        return True
    kind, charsets, _ = _range((content_type or b"").decode("latin-1"))
    return kind == JSON_TYPE.decode() and charsets <= _UTF_8


def status_of(answer: Answer, kind: bytes) -> int:
    """The status of a GraphQL answer that goes back in this media type."""
    if answer.executed:
        return 200
    code = answer.errors[0]["extensions"]["code"]
    if code == _BY_METHOD:
        return 405
    return _FITTING.get(code, 400) if kind is RESPONSE_TYPE else 200


def _chosen(accept: bytes) -> bytes | None:
    """The type of higher quality; of two alike the new one, where it is named and not only covered by an asterisk."""
    ranges = _ranges(accept)
    new, old = _quality(RESPONSE_TYPE, ranges), _quality(JSON_TYPE, ranges)
    if not new and not old:
        return None
    return RESPONSE_TYPE if new > old or (new == old and RESPONSE_TYPE.decode() in ranges) else JSON_TYPE


def _wish(accept: bytes) -> Events:
    ranges = _ranges(accept)
    quality = ranges.get(EVENTS_TYPE.decode(), 0.0)
    if not quality:
        return Events.NO
    tables = [ranges.get(kind, 0.0) for kind in TABLE_TYPES]
    others = max(_quality(RESPONSE_TYPE, ranges), _quality(JSON_TYPE, ranges), *tables)
    if quality != others:
        return Events.PREFERRED if quality > others else Events.TAKEN
    ours = {EVENTS_TYPE.decode(), RESPONSE_TYPE.decode(), JSON_TYPE.decode(), *TABLE_TYPES}
    first = next(kind for kind, liked in ranges.items() if kind in ours and liked == quality)
    return Events.PREFERRED if first == EVENTS_TYPE.decode() else Events.TAKEN


def _ranges(accept: bytes) -> dict[str, float]:
    """Every range with its quality, of the first so many."""
    ranges: dict[str, float] = {}
    for part in accept.decode("latin-1").split(",", _MOST_RANGES)[:_MOST_RANGES]:
        kind, charsets, quality = _range(part)
        if charsets <= _UTF_8 and quality is not None:
            ranges[kind] = max(quality, ranges.get(kind, 0.0))
    return ranges


def _names_json(ranges: dict[str, float]) -> bool:
    return RESPONSE_TYPE.decode() in ranges or JSON_TYPE.decode() in ranges


_kept = lru_cache(maxsize=_MOST_KEPT)(_chosen)
_kept_wish = lru_cache(maxsize=_MOST_KEPT)(_wish)


def _quality(kind: bytes, ranges: dict[str, float]) -> float:
    """By the range that says most about it."""
    for pattern in (kind.decode(), "application/*", "*/*"):
        if pattern in ranges:
            return ranges[pattern]
    return 0.0


def _range(text: str) -> tuple[str, set[str], float | None]:
    """A media range with its charsets and quality, 1 unless said; None for a quality that is none."""
    kind, *parameters = (part.strip().lower() for part in text.split(";"))
    charsets: set[str] = set()
    quality: float | None = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "charset":
            charsets.add(value.strip('"'))
        elif name == "q":
            quality = float(value) if _QUALITY.fullmatch(value) else None
    return kind, charsets, quality
