"""The `[observing]` table: read as a connector's settings are, then held against what only the gateway knows."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from orderweave.config.configuration import ObservingSettings, Problem
from orderweave.config.settings import read_settings
from orderweave_sdk.manifest import Setting, SettingKind

LOG_FORMATS = ("auto", "json", "text")
# Shorter than this a token can be guessed.
_SHORTEST_TOKEN = 16


def _setting(name: str, kind: SettingKind, description: str, *, secret: bool = False) -> Setting:
    return Setting(name=name, kind=kind, required=False, secret=secret, description=description)


SETTINGS = (
    _setting("metrics", SettingKind.BOOLEAN, "Whether Prometheus may read metrics."),
    _setting("metrics_port", SettingKind.INTEGER, "The first of the ports, one a worker, for metrics alone."),
    _setting("traces_to", SettingKind.URL, "The collector that takes OTLP over HTTP."),
    _setting("trace_upstream", SettingKind.BOOLEAN, "Whether requests to systems carry the trace on."),
    _setting("ops_token", SettingKind.TEXT, "The secret that opens /ops.", secret=True),
    _setting("log_format", SettingKind.TEXT, "How the log is written."),
    _setting("log_requests", SettingKind.BOOLEAN, "Whether each request is a line of the log."),
)


def read_observing(value: Any, environment: Mapping[str, str]) -> tuple[ObservingSettings, list[Problem]]:
    """The table's settings, and every problem with them."""
    if not isinstance(value, dict):
        return ObservingSettings(), [Problem("observing", "must be a table")]
    known = {setting.name for setting in SETTINGS}
    wrong = f"unknown key; known here: {', '.join(sorted(known))}"
    problems = [Problem(f"observing.{key}", wrong) for key in value if key not in known]
    table = {key: entry for key, entry in value.items() if key in known}
    given, found = read_settings("observing", table, SETTINGS, environment)
    problems += [Problem(key, message) for key, message in found]
    read = ObservingSettings(**given)
    if read.metrics_port is not None and not 1 <= read.metrics_port <= 65535:
        problems.append(Problem("observing.metrics_port", "must be between 1 and 65535"))
    if read.log_format not in LOG_FORMATS:
        problems.append(Problem("observing.log_format", f"must be one of {', '.join(LOG_FORMATS)}"))
    if read.ops_token is not None and len(read.ops_token) < _SHORTEST_TOKEN:
        problems.append(Problem("observing.ops_token", f"must have {_SHORTEST_TOKEN} characters or more"))
    if read.traces_to is not None and not _exporter_installed():
        problems.append(Problem("observing.traces_to", "needs the extra: pip install 'orderweave[otel]'"))
    return read, problems


def _exporter_installed() -> bool:
    try:
        return all(find_spec(name) for name in ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http"))
    except ModuleNotFoundError:
        return False
