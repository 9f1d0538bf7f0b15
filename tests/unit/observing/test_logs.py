"""The log: one JSON object an event, or a line for a person; and of what others log, nothing that could be a value."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from orderweave.observing.logs import set_up_logs
from orderweave.observing.request_ids import REQUEST_ID, request_id

PRIVATE = "ada@example.com"


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """What a test does to the process' log is undone."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def written(form: str, stream: io.StringIO, name: str, *words: Any, **options: Any) -> str:
    """What a logger's warning is on the stream."""
    set_up_logs(form, stream)
    logging.getLogger(name).warning(*words, **options)
    return stream.getvalue()


def in_json(name: str, *words: Any, **options: Any) -> dict[str, Any]:
    """The object of one line, without its time."""
    line = written("json", io.StringIO(), name, *words, **options)
    assert line.count("\n") == 1
    found: dict[str, Any] = json.loads(line)
    assert found.pop("at").endswith("Z")
    return found


def failing() -> Any:
    """An exception with a private message, as a handler passes it on."""
    try:
        raise ValueError(PRIVATE)
    except ValueError as error:
        return (type(error), error, error.__traceback__)


def test_an_event_is_one_object() -> None:
    """An event of ours is its name and its fields, with level and logger."""
    assert in_json("orderweave.systems", "outage_began", extra={"fields": {"system": "erp", "seconds": 1.5}}) == {
        "level": "warning",
        "logger": "orderweave.systems",
        "event": "outage_began",
        "system": "erp",
        "seconds": 1.5,
    }


def test_the_request_is_named() -> None:
    """What is logged while a request is in work bears its id."""
    token = REQUEST_ID.set("a-request-of-mine")
    try:
        assert in_json("orderweave.web", "odd")["request_id"] == "a-request-of-mine"
    finally:
        REQUEST_ID.reset(token)
    assert "request_id" not in in_json("orderweave.web", "odd")


def test_a_persons_lines() -> None:
    """On a terminal it is the time, the level and the event with its fields, and a trace stands below."""
    line = written("auto", Terminal(), "orderweave.web", "odd", extra={"fields": {"system": "erp"}})
    assert line[8:] == " WARNING odd system=erp\n"
    traced = written("text", io.StringIO(), "orderweave.web", "odd", exc_info=failing())
    first, second = traced.splitlines()
    assert first[8:] == " WARNING odd error=ValueError"
    assert second.endswith(" failing")
    assert PRIVATE not in traced


def test_where_nobody_looks_it_is_json() -> None:
    """Without a terminal the form that suits is JSON."""
    assert json.loads(written("auto", io.StringIO(), "orderweave.web", "odd"))["event"] == "odd"


def test_an_exception_without_its_message() -> None:
    """An exception is told by its class and where it came from."""
    found = in_json("uvicorn.error", "Exception in ASGI application", exc_info=failing())
    assert found["error"] == "ValueError"
    assert found["trace"][0].endswith(" failing")
    assert PRIVATE not in str(found)


@pytest.mark.parametrize(
    ("name", "words", "event"),
    [
        (
            "uvicorn.error",
            ("Uvicorn running on %s", "http://127.0.0.1:8000"),
            "Uvicorn running on http://127.0.0.1:8000",
        ),
        ("uvicorn.error", ('%s - "WebSocket %s" [accepted]', "1.2.3.4", PRIVATE), '%s - "WebSocket %s" [accepted]'),
        ("urllib3.connectionpool", ("Retrying %s", PRIVATE), "Retrying %s"),
        ("asyncio", (f"Task exception was never retrieved\nfuture: {PRIVATE}",), "Task exception was never retrieved"),
    ],
)
def test_what_others_log(name: str, words: tuple[str, ...], event: str) -> None:
    """uvicorn's words are filled in, but for a path; those of any other library stay as they were written."""
    found = in_json(name, *words)
    assert found["event"] == event
    assert PRIVATE not in str(found)


def test_a_long_trace_is_cut() -> None:
    """A line has its bound: a trace that is longer is left out."""
    found = in_json("orderweave.web", "deep", extra={"fields": {"trace": ["x" * 100] * 100}})
    assert found["trace"] == "cut"


@pytest.mark.parametrize("given", ["0af7651916cd43dd8448eb211c80319c", "a-b.c_D1"])
def test_a_sane_id_is_kept(given: str) -> None:
    """An id as proxies make them is gone by."""
    assert request_id(given) == given


@pytest.mark.parametrize(
    "given", [None, "", "short", "a" * 65, PRIVATE, "two words", "line\nbreak-and-more", "ключ-ключ"]
)
def test_an_insane_id_is_replaced(given: str | None) -> None:
    """What is no id is replaced by 32 hexadecimal digits, each time others."""
    first, second = request_id(given), request_id(given)
    assert first != second
    assert (len(first), int(first, 16) >= 0) == (32, True)
