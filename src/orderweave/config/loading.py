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

import msgspec

from orderweave.config.registry import Registry
from orderweave.config.settings import read_settings
from orderweave.model.systems import Business, PlaceSpec, ReferenceRule, SystemSpec
from orderweave.planning.authority import Aspect
from orderweave_sdk.capabilities import Connector
from orderweave_sdk.connecting import manifest_of
from orderweave_sdk.manifest import Capability, Manifest
from orderweave_sdk.records import LocationKind, SystemKind

_TOP = {"server", "systems", "locations", "authority"}
_SYSTEM = {"connector", "title", "number_pattern", "captures_orders", "references", "settings"}
_REFERENCE = {"field", "names", "spellings", "many", "lookup"}
_LOCATION = {"id", "name", "kind", "systems"}
_SERVER = {"host": str, "port": int, "deadline_seconds": int}
# What the server's numbers may be: a port, and a wait that a caller's own time-out would outlive.
_RANGES = {"port": (1, 65535), "deadline_seconds": (1, 300)}
# The TOML reader's words for a table that stands twice, as a system named twice does.
_TWICE = re.compile(r"Cannot declare \((.+)\) twice (\(.+\))")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
# Kinds at which orders are placed, unless the configuration says otherwise.
_CAPTURING = frozenset({SystemKind.STOREFRONT, SystemKind.OMS, SystemKind.ERP, SystemKind.DATABASE})


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
    """Where the gateway listens, and how long one request may take in all."""

    host: str = "127.0.0.1"
    port: int = 8000
    deadline_seconds: int = 10


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
    reader = _Reader(registry, environment)
    reader.unknown_keys("", document, _TOP)
    server = reader.server(document.get("server", {}))
    systems = reader.systems(document.get("systems", {}))
    specs = {name: system.spec for name, system in systems.items()}
    named = document.get("systems")
    declared = set(named) if isinstance(named, dict) else set()
    reader.check_references(specs, declared)
    places = reader.locations(document.get("locations", []), declared)
    authority = reader.authority(document.get("authority", {}), declared)
    if reader.problems:
        raise ConfigurationError(file, reader.problems)
    return Configuration(
        file=file,
        server=server,
        systems=systems,
        business=Business(systems=specs, places=places, authority=authority),
    )


class _Reader:
    """Reads part by part and collects problems instead of stopping at the first."""

    def __init__(self, registry: Registry, environment: Mapping[str, str]) -> None:
        self._registry = registry
        self._environment = environment
        self.problems: list[Problem] = []

    def problem(self, key: str, message: str) -> None:
        self.problems.append(Problem(key, message))

    def unknown_keys(self, prefix: str, table: Mapping[str, Any], known: set[str]) -> None:
        for key in table:
            if key not in known:
                self.problem(f"{prefix}{key}", f"unknown key; known here: {', '.join(sorted(known))}")

    def table(self, key: str, value: Any) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        self.problem(key, f"must be a table, is {_kind(value)}")
        return {}

    def text(self, key: str, value: Any, *, default: str = "") -> str:
        if isinstance(value, str) and value:
            return value
        self.problem(key, "must not be empty" if value == "" else f"must be a text, is {_kind(value)}")
        return default

    def texts(self, key: str, value: Any) -> tuple[str, ...]:
        if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            return tuple(value)
        if not isinstance(value, list):
            self.problem(key, f"must be a list of texts, is {_kind(value)}")
        elif not value:
            self.problem(key, "must not be empty")
        else:
            odd = next(item for item in value if not isinstance(item, str))
            self.problem(key, f"must be a list of texts, holds {_kind(odd)}")
        return ()

    def server(self, value: Any) -> Server:
        table = self.table("server", value)
        self.unknown_keys("server.", table, set(_SERVER))
        known = {}
        for key, wanted in _SERVER.items():
            if key not in table:
                continue
            least, most = _RANGES.get(key, (None, None))
            if type(table[key]) is not wanted:
                self.problem(f"server.{key}", f"must be {_kind(wanted())}, is {_kind(table[key])}")
            elif least is not None and not least <= table[key] <= most:
                self.problem(f"server.{key}", f"must be between {least} and {most}")
            elif table[key] == "":
                self.problem(f"server.{key}", "must not be empty")
            else:
                known[key] = table[key]
        return Server(**known)

    def systems(self, value: Any) -> dict[str, ConfiguredSystem]:
        table = self.table("systems", value)
        if table == value == {}:
            self.problem("systems", "names no system; add [systems.<name>] with a connector")
        found = {}
        for name, entry in table.items():
            key = f"systems.{name}"
            if not _NAME.fullmatch(name):
                self.problem(key, "a system's name has lower-case letters, digits and dashes, a letter first")
                continue
            system = self.system(key, name, self.table(key, entry))
            if system is not None:
                found[name] = system
        return found

    def system(self, key: str, name: str, table: Mapping[str, Any]) -> ConfiguredSystem | None:
        self.unknown_keys(f"{key}.", table, _SYSTEM)
        connector_name = self.text(f"{key}.connector", table.get("connector"))
        references = self.references(key, table.get("references", []))
        pattern = self.pattern(f"{key}.number_pattern", table.get("number_pattern"))
        connector = self.connector(f"{key}.connector", connector_name)
        if connector is None:
            return None
        settings, manifest = self.instance(key, connector, table.get("settings", {}))
        for position, rule in enumerate(references):
            if rule.field and rule.field not in manifest.references:
                offered = ", ".join(manifest.references) or "none"
                self.problem(
                    f"{key}.references[{position}].field",
                    f"{rule.field!r} is not a reference field of {connector_name!r}; it has: {offered}",
                )
        captures = table.get("captures_orders", manifest.kind in _CAPTURING)
        if not isinstance(captures, bool):
            self.problem(f"{key}.captures_orders", f"must be true or false, is {_kind(captures)}")
        elif "captures_orders" in table and captures and Capability.SEARCH_ORDERS not in manifest.capabilities:
            self.problem(f"{key}.captures_orders", f"{connector_name!r} cannot search orders, so it must be false")
        spec = SystemSpec(
            name=name,
            title=self.text(f"{key}.title", table.get("title", manifest.title)),
            manifest=manifest,
            number_pattern=pattern,
            references=references,
            captures_orders=bool(captures) and Capability.SEARCH_ORDERS in manifest.capabilities,
        )
        return ConfiguredSystem(spec=spec, connector=connector, settings=settings)

    def instance(self, key: str, connector: type[Connector], given: Any) -> tuple[dict[str, Any], Manifest]:
        """The settings, and what the connector declares under them (or at all, where they are wrong)."""
        declared = connector.manifest
        unsound = declared.problems()
        for flaw in unsound:
            self.problem(f"{key}.connector", f"the connector {declared.name!r} is unsound: {flaw}")
        table = self.table(f"{key}.settings", given)
        if table is not given:
            return {}, declared
        settings, problems = read_settings(f"{key}.settings", table, declared.settings, self._environment)
        self.problems += [Problem(where, message) for where, message in problems]
        flaws = [] if problems else connector.problems(settings)
        self.problems += [Problem(f"{key}.settings", message) for message in flaws]
        if unsound or problems or flaws:
            return settings, declared
        manifest = manifest_of(connector, settings)
        for flaw in manifest.problems():
            self.problem(f"{key}.settings", f"give an unsound connector: {flaw}")
        return settings, manifest

    def connector(self, key: str, name: str) -> type[Connector] | None:
        if not name:
            return None
        if name not in self._registry.connectors:
            there = ", ".join(sorted(self._registry.connectors)) or "none"
            self.problem(key, f"the connector {name!r} is not installed; installed: {there}")
            return None
        try:
            return self._registry.connectors[name]()
        except (ImportError, AttributeError) as error:
            self.problem(key, f"the connector {name!r} cannot be imported: {type(error).__name__}: {error}")
            return None

    def pattern(self, key: str, value: Any) -> str | None:
        if value is None:
            return None
        text = self.text(key, value)
        try:
            re.compile(text)
        except re.error as error:
            self.problem(key, f"is not a regular expression: {error}")
        except (OverflowError, RecursionError) as error:
            why = "nested too deeply" if isinstance(error, RecursionError) else error
            self.problem(key, f"is not a regular expression: {why}")
        return text

    def references(self, key: str, value: Any) -> tuple[ReferenceRule, ...]:
        if not isinstance(value, list):
            self.problem(f"{key}.references", f"must be [[{key}.references]] tables, is {_kind(value)}")
            return ()
        found = []
        for position, entry in enumerate(value):
            where = f"{key}.references[{position}]"
            table = self.table(where, entry)
            self.unknown_keys(f"{where}.", table, _REFERENCE)
            spellings = self.texts(f"{where}.spellings", table.get("spellings", ["{}", "#{}", "{} "]))
            for spelling in spellings:
                if spelling.count("{}") != 1 or spelling.count("{") != 1 or spelling.count("}") != 1:
                    self.problem(f"{where}.spellings", f"{spelling!r} must hold {{}} once, for the number")
            switches = {"many": table.get("many", False), "lookup": table.get("lookup", True)}
            for name, switch in switches.items():
                if not isinstance(switch, bool):
                    self.problem(f"{where}.{name}", f"must be true or false, is {_kind(switch)}")
            found.append(
                ReferenceRule(
                    field=self.text(f"{where}.field", table.get("field")),
                    names=self.texts(f"{where}.names", table.get("names")),
                    spellings=spellings,
                    many=bool(switches["many"]),
                    lookup=bool(switches["lookup"]),
                )
            )
        return tuple(found)

    def check_references(self, specs: Mapping[str, SystemSpec], declared: set[str]) -> None:
        for name, spec in specs.items():
            for position, rule in enumerate(spec.references):
                if len({target.partition(":")[2] == "number" for target in rule.names}) > 1 or (
                    len(rule.names) > 1 and not rule.names[0].endswith(":number")
                ):
                    where = f"systems.{name}.references[{position}].names"
                    self.problem(where, "must be numbers of one or more systems, or one other key")
                for target in rule.names:
                    where = f"systems.{name}.references[{position}].names"
                    system, _, lookup = target.partition(":")
                    if system not in declared:
                        self.problem(where, f"{target!r}: there is no system {system!r}; write system:number")
                    elif system in specs and lookup not in specs[system].manifest.lookups:
                        offered = ", ".join(specs[system].manifest.lookups)
                        self.problem(where, f"{target!r}: {system} finds orders by {offered}")

    def locations(self, value: Any, declared: set[str]) -> tuple[PlaceSpec, ...]:
        if not isinstance(value, list):
            self.problem("locations", f"must be [[locations]] tables, is {_kind(value)}")
            return ()
        found: list[PlaceSpec] = []
        taken: dict[tuple[str, str], str] = {}
        for position, entry in enumerate(value):
            where = f"locations[{position}]"
            table = self.table(where, entry)
            self.unknown_keys(f"{where}.", table, _LOCATION)
            kind = self.text(f"{where}.kind", table.get("kind", "UNKNOWN"), default="UNKNOWN")
            if kind not in LocationKind.__members__:
                self.problem(f"{where}.kind", f"{kind!r} is not one of {', '.join(LocationKind.__members__)}")
                kind = "UNKNOWN"
            identity = self.text(f"{where}.id", table.get("id"))
            place = PlaceSpec(
                id=identity,
                name=self.text(f"{where}.name", table["name"]) if "name" in table else identity,
                kind=LocationKind(kind),
                systems=dict(self.table(f"{where}.systems", table.get("systems", {}))),
            )
            if identity and identity in {other.id for other in found}:
                self.problem(f"{where}.id", f"{place.id!r} names two locations")
            named: Mapping[str, Any] = place.systems
            for system, external_id in named.items():
                if system not in declared:
                    self.problem(f"{where}.systems.{system}", "there is no such system")
                elif not isinstance(external_id, str):
                    self.problem(f"{where}.systems.{system}", f"must be a text, is {_kind(external_id)}")
                elif (system, external_id) in taken:
                    other = taken[system, external_id]
                    self.problem(f"{where}.systems.{system}", f"{external_id!r} is the location {other!r} already")
                else:
                    taken[system, external_id] = place.id
            found.append(place)
        return tuple(found)

    def authority(self, value: Any, declared: set[str]) -> dict[str, tuple[str, ...]]:
        table = self.table("authority", value)
        aspects = {aspect.value for aspect in Aspect}
        self.unknown_keys("authority.", table, aspects)
        kinds = {kind.value.lower() for kind in SystemKind}
        found = {}
        for aspect, believed in table.items():
            if aspect not in aspects:
                continue
            names = self.texts(f"authority.{aspect}", believed)
            for name in names:
                if name not in declared and name.lower() not in kinds:
                    self.problem(
                        f"authority.{aspect}", f"{name!r} is neither a system nor one of {', '.join(sorted(kinds))}"
                    )
            found[aspect] = names
        return found


def _kind(value: Any) -> str:
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number with a fraction",
        str: "a text",
        list: "a list",
        dict: "a table",
    }
    return "missing" if value is None else names.get(type(value), type(value).__name__)
