"""The log: one line an event, as JSON for machines or plain for a person at a terminal.

Our own events are a name and fields, handed over as `extra={"fields": {...}}`. What other libraries log is cut to
what cannot hold a value of a request: their words without what they fill in, an exception's class and place without
its message.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

import msgspec

from orderweave.observing.request_ids import REQUEST_ID

# Whose words we know: what they fill in is ours, or an address and a number of their own.
_KNOWN = ("orderweave", "uvicorn")
# A line of the log, at most; a traceback can be of any length.
_LONGEST_LINE = 8000


class Told(msgspec.Struct, frozen=True):
    """One record as it is written."""

    at: str
    level: str
    logger: str
    event: str
    fields: Mapping[str, object]


def told(record: logging.LogRecord) -> Told:
    """What of a record may be written."""
    fields: dict[str, object] = {}
    identity = REQUEST_ID.get()
    if identity is not None:
        fields["request_id"] = identity
    fields |= getattr(record, "fields", {})
    if record.exc_info and record.exc_info[0] is not None:
        kind, _, trace = record.exc_info
        fields |= {"error": kind.__name__, "trace": places(trace)}
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Told(at, record.levelname.lower(), record.name, _event(record), fields)


def places(trace: TracebackType | None) -> list[str]:
    """Where it happened, outermost first: file, line and function, and nothing of the message."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


def _event(record: logging.LogRecord) -> str:
    template = str(record.msg)
    known = record.name.partition(".")[0] in _KNOWN and "WebSocket" not in template  # that one fills in the query
    words = record.getMessage() if known else template
    return words.partition("\n")[0]


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, event, and the event's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said = told(record)
        whole = {"at": said.at, "level": said.level, "logger": said.logger, "event": said.event, **said.fields}
        line = msgspec.json.encode(whole, enc_hook=str).decode()
        if len(line) > _LONGEST_LINE:
            whole["trace"] = "cut"
            line = msgspec.json.encode(whole, enc_hook=str).decode()
        return line


class PlainLines(logging.Formatter):
    """For a person: the time, the level when it is not INFO, the event, its fields, and a trace below."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the lines of a trace."""
        said = told(record)
        trace = said.fields.get("trace", [])
        pairs = [f"{name}={value}" for name, value in said.fields.items() if name != "trace"]
        level = "" if said.level == "info" else f"{said.level.upper()} "
        below = "".join(f"\n  {place}" for place in trace) if isinstance(trace, list) else ""
        return f"{said.at[11:19]} {level}{' '.join([said.event, *pairs])}{below}"


def set_up_logs(form: str, stream: TextIO | None = None) -> None:
    """Send every logger of the process to one place: `json`, `text`, or `auto` (text on a terminal, else JSON)."""
    chosen = stream or sys.stderr
    plain = form == "text" or (form == "auto" and chosen.isatty())
    handler = logging.StreamHandler(chosen)
    handler.setFormatter(PlainLines() if plain else JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
