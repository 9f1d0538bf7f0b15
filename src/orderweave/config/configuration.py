"""A configuration that holds together, and the problems of one that does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from orderweave.caching.ages import Ages, Subject
from orderweave.model.calls import CallRules
from orderweave.model.systems import Business, SystemSpec
from orderweave_sdk.capabilities import Connector


class Problem(msgspec.Struct, frozen=True):
    """One mistake: where it stands and what would be right."""

    key: str
    message: str


class ConfigurationError(Exception):
    """The configuration cannot be used; `problems` are all that is wrong with it."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems
        super().__init__("\n".join(f"{file}: {problem.key}: {problem.message}" for problem in problems))


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """Where the gateway listens, how long one request may take, and how much is taken on at once by each process.

    `request_seconds` is for a request to arrive, `deadline_seconds` for its answer; `drain_seconds` is how long a
    process that is about to stop says so before it does.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    deadline_seconds: int = 10
    request_seconds: int = 10
    most_in_flight: int = 100
    most_waiting: int = 100
    drain_seconds: int = 5


class CacheSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept in memory at most, and each system's ages; a system without ages is not cached."""

    entries: int = 20_000
    megabytes: int = 64
    ages: Mapping[str, Mapping[Subject, Ages]]

    def __repr__(self) -> str:
        return f"CacheSettings({', '.join(self.ages)})"


class ObservingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is seen of the gateway, and by whom; `docs/configuration.md` says what each is. Never printed."""

    metrics: bool = True
    metrics_port: int | None = None
    traces_to: str | None = None
    trace_upstream: bool = False
    ops_token: str | None = None
    log_format: str = "auto"
    log_requests: bool = True

    def __repr__(self) -> str:
        return "ObservingSettings(…)"


class LiveSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Subscriptions: how many, how often what they follow is looked at, what is kept for those who come back, how often
    it is asked again who a caller is, and from pages of which origins browsers may open a WebSocket.
    """

    most_connections: int = 500
    most_subscriptions: int = 20
    most_subjects: int = 500
    poll_seconds: int = 5
    events_kept: int = 100
    keep_seconds: int = 600
    identify_seconds: int = 300
    origins: tuple[str, ...] = ()


class SharedRedis(msgspec.Struct, frozen=True, kw_only=True):
    """The Redis that all processes share. Its address may hold a password, so it is never printed."""

    url: str

    def __repr__(self) -> str:
        return "SharedRedis(…)"


class ConfiguredSystem(msgspec.Struct, frozen=True, kw_only=True):
    """One system, its connector's class, its settings with secrets resolved, and how it is called. Never printed."""

    spec: SystemSpec
    connector: type[Connector]
    settings: Mapping[str, Any]
    calls: CallRules = CallRules()

    def __repr__(self) -> str:
        return f"ConfiguredSystem({self.spec.name})"


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration that holds together. Without `cache` everything is live; without `redis` every process keeps its
    own state.
    """

    file: str
    server: Server
    systems: Mapping[str, ConfiguredSystem]
    business: Business
    cache: CacheSettings | None = None
    observing: ObservingSettings = ObservingSettings()
    live: LiveSettings = LiveSettings()
    redis: SharedRedis | None = None
