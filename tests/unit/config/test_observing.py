"""The [observing] table: its defaults, what it takes, and every mistake in it."""

from __future__ import annotations

from typing import Any

import pytest

from orderweave.bootstrap import observed
from orderweave.config import observing
from orderweave.config.configuration import Configuration, ObservingSettings, Server
from orderweave.config.observing import read_observing
from orderweave.model.systems import Business

ENVIRONMENT = {"OPS": "an-operators-token", "SHORT": "fifteen-letters", "EMPTY": ""}


def test_defaults() -> None:
    """Without the table metrics are there, requests are logged, and neither traces nor the operations page is."""
    settings, problems = read_observing({}, {})
    assert problems == []
    assert settings == ObservingSettings(
        metrics=True,
        metrics_port=None,
        traces_to=None,
        trace_upstream=False,
        ops_token=None,
        log_format="auto",
        log_requests=True,
    )


def test_a_whole_table() -> None:
    """Every key is taken as it stands, the token from the environment."""
    table: dict[str, Any] = {
        "metrics": False,
        "metrics_port": 9464,
        "traces_to": "http://collector:4318/v1/traces",
        "trace_upstream": True,
        "ops_token": {"env": "OPS"},
        "log_format": "json",
        "log_requests": False,
    }
    settings, problems = read_observing(table, ENVIRONMENT)
    assert problems == []
    assert settings == ObservingSettings(**{**table, "ops_token": "an-operators-token"})
    assert "an-operators-token" not in repr(settings)


@pytest.mark.parametrize(
    ("table", "key", "message"),
    [
        ([], "observing", "must be a table"),
        (
            {"metric": True},
            "observing.metric",
            "unknown key; known here: log_format, log_requests, metrics, metrics_port, ops_token, trace",
        ),
        ({"metrics": 1}, "observing.metrics", "must be true or false"),
        ({"metrics_port": 0}, "observing.metrics_port", "must be between 1 and 65535"),
        ({"metrics_port": 65536}, "observing.metrics_port", "must be between 1 and 65535"),
        ({"metrics_port": "9464"}, "observing.metrics_port", "must be a whole number"),
        ({"traces_to": "collector"}, "observing.traces_to", "must be an address such as https://example.com"),
        ({"ops_token": "an-operators-token"}, "observing.ops_token", 'is a secret: write { env = "NAME" }'),
        ({"ops_token": {"env": "NONE"}}, "observing.ops_token", "the environment variable 'NONE' is not set or empty"),
        ({"ops_token": {"env": "EMPTY"}}, "observing.ops_token", "the environment variable 'EMPTY' is not set or"),
        ({"ops_token": {"env": "SHORT"}}, "observing.ops_token", "must have 16 characters or more"),
        ({"log_format": "xml"}, "observing.log_format", "must be one of auto, json, text"),
    ],
)
def test_mistakes(table: Any, key: str, message: str) -> None:
    """Each mistake is told by its key and what would be right, and holds no secret."""
    _, problems = read_observing(table, ENVIRONMENT)
    (problem,) = problems
    assert problem.key == key
    assert problem.message.startswith(message)
    assert ENVIRONMENT["SHORT"] not in problem.message


def test_traces_need_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the exporter is not installed, traces are a mistake that says what to install."""
    monkeypatch.setattr(observing, "find_spec", lambda name: None)
    _, problems = read_observing({"traces_to": "http://collector:4318/v1/traces"}, {})
    assert [(problem.key, problem.message) for problem in problems] == [
        ("observing.traces_to", "needs the extra: pip install 'orderweave[otel]'")
    ]


def wired(**settings: Any) -> tuple[bool, bool, bool]:
    """Whether metrics, history and traces are there under these settings."""
    configuration = Configuration(
        file="by hand",
        server=Server(),
        systems={},
        business=Business(systems={}),
        observing=ObservingSettings(**settings),
    )
    made = observed(configuration)
    made.close()
    return made.metrics is not None, made.history is not None, made.tracing is not None


def test_what_is_wired() -> None:
    """Each part is there exactly where the configuration asks for it."""
    assert wired() == (True, False, False)
    assert wired(metrics=False) == (False, False, False)
    assert wired(ops_token="an-operators-token") == (True, True, False)
    assert wired(traces_to="http://127.0.0.1:9/v1/traces") == (True, False, True)
