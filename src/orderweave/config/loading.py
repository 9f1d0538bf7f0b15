"""From a TOML file and the environment to a checked configuration.

Every problem names the file, the key and what would be right. Secrets come from the environment by
`{ env = "NAME" }` and never appear in a problem.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orderweave.config.access import read_access
from orderweave.config.caching import read_cache
from orderweave.config.configuration import Configuration, ConfigurationError, Problem
from orderweave.config.exports import read_exports
from orderweave.config.http import read_http
from orderweave.config.index import read_index
from orderweave.config.inventory import read_inventory
from orderweave.config.live import read_live
from orderweave.config.observing import read_observing
from orderweave.config.reading import Reader
from orderweave.config.registry import Registry
from orderweave.config.sync import read_sync
from orderweave.config.tracking import read_tracking
from orderweave.config.webhooks import read_webhooks
from orderweave.model.systems import Business

_TOP = {
    "access",
    "server",
    "redis",
    "systems",
    "locations",
    "authority",
    "cache",
    "observing",
    "http",
    "live",
    "tracking",
    "index",
    "webhooks",
    "inventory",
    "sync",
    "exports",
}
# The TOML reader's words for a table that stands twice, as a system named twice does.
_TWICE = re.compile(r"Cannot declare \((.+)\) twice (\(.+\))")


def load(path: Path, *, registry: Registry, environment: Mapping[str, str]) -> Configuration:
    """The configuration in a file; raises ConfigurationError with every problem found."""
    document: Mapping[str, Any] = {}
    problem: Problem | None = None
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        problem = Problem("file", f"cannot be read ({error.strerror})")
    except UnicodeDecodeError:
        problem = Problem("file", "is not UTF-8 text")
    except tomllib.TOMLDecodeError as error:
        problem = _unreadable(str(error))
    except RecursionError:
        problem = Problem("file", "is not valid TOML: nested too deeply")
    except ValueError:
        # Python refuses to read whole numbers of thousands of digits.
        problem = Problem("file", "is not valid TOML: a number is too large")
    if problem is not None:
        raise ConfigurationError(str(path), [problem])
    return read(document, file=str(path), registry=registry, environment=environment)


def _unreadable(message: str) -> Problem:
    """The TOML reader's complaint as a problem; it holds keys and positions, never values."""
    twice = _TWICE.search(message)
    if twice is None:
        return Problem("file", f"is not valid TOML: {message}")
    key = ".".join(re.findall(r"'([^']+)'", twice[1]))
    return Problem(key, f"stands twice {twice[2]}; each table stands once")


def read(
    document: Mapping[str, Any], *, file: str, registry: Registry, environment: Mapping[str, str]
) -> Configuration:
    """The configuration in a parsed document; raises ConfigurationError with every problem found."""
    reader = Reader(registry, environment)
    reader.unknown_keys("", document, _TOP)
    server = reader.server(document.get("server", {}))
    redis = reader.redis(document["redis"]) if "redis" in document else None
    systems = reader.systems(document.get("systems", {}))
    specs = {name: system.spec for name, system in systems.items()}
    named = document.get("systems")
    declared = set(named) if isinstance(named, dict) else set()
    reader.check_references(specs, declared)
    places = reader.locations(document.get("locations", []), declared)
    authority = reader.authority(document.get("authority", {}), declared)
    cache, wrong_cache = read_cache(document, named if isinstance(named, dict) else {})
    observing, wrong_observing = read_observing(document.get("observing", {}), environment)
    http, manifest, wrong_http = read_http(document.get("http", {}), environment, Path(file).parent)
    access, wrong_access = read_access(document, host=server.host, systems=declared)
    tracking, wrong_tracking = read_tracking(
        document.get("tracking"), environment, server.deadline_seconds, Path(file).parent
    )
    wrong = [*wrong_cache, *wrong_observing, *wrong_http, *wrong_access, *wrong_tracking]
    live, wrong_live = read_live(document.get("live", {}))
    index, wrong_index = read_index(document.get("index"), environment, Path(file).parent)
    webhooks, wrong_webhooks = read_webhooks(document.get("webhooks"), indexed="index" in document)
    stock_rules, wrong_inventory = read_inventory(document.get("inventory", {}), places, declared)
    sync, wrong_sync = read_sync(document)
    exports, wrong_exports = read_exports(document, Path(file).parent)
    wrong += [*wrong_live, *wrong_index, *wrong_webhooks, *wrong_inventory, *wrong_sync, *wrong_exports]
    problems = [*reader.problems, *wrong]
    if problems:
        raise ConfigurationError(file, problems)
    return Configuration(
        file=file,
        server=server,
        systems=systems,
        business=Business(systems=specs, places=places, authority=authority, stock_rules=stock_rules),
        cache=cache,
        observing=observing,
        http=http,
        manifest=manifest,
        live=live,
        redis=redis,
        access=access,
        tracking=tracking,
        index=index,
        sync=sync,
        webhooks=webhooks,
        exports=exports,
    )
