"""A configuration that holds together, and the problems of one that does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

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


class ConfiguredSystem(msgspec.Struct, frozen=True, kw_only=True):
    """One system, its connector's class and its settings with secrets resolved. Never printed."""

    spec: SystemSpec
    connector: type[Connector]
    settings: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"ConfiguredSystem({self.spec.name})"


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration that holds together."""

    file: str
    server: Server
    systems: Mapping[str, ConfiguredSystem]
    business: Business
