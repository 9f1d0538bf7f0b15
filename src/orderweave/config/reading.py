"""Reading a document part by part, collecting every mistake with its key and what would be right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from orderweave.caching.shared import url_problem
from orderweave.config.calls import read_calls
from orderweave.config.configuration import ConfiguredSystem, Problem, Server, SharedRedis
from orderweave.config.registry import Registry
from orderweave.config.settings import read_settings
from orderweave.model.systems import PlaceSpec, ReferenceRule, SystemSpec
from orderweave.planning.authority import Aspect
from orderweave_sdk.capabilities import Connector
from orderweave_sdk.connecting import manifest_of
from orderweave_sdk.manifest import Capability, Manifest, Setting, SettingKind
from orderweave_sdk.records import LocationKind, SystemKind

_SYSTEM = {"connector", "title", "number_pattern", "captures_orders", "references", "settings", "cache", "calls"}
_REDIS = (
    Setting(
        name="url",
        kind=SettingKind.TEXT,
        required=True,
        secret=False,
        description="the address, such as redis://localhost:6379/0",
    ),
)
_REFERENCE = {"field", "names", "spellings", "many", "lookup"}
_LOCATION = {"id", "name", "kind", "systems"}
_SERVER = {
    "host": str,
    "port": int,
    "deadline_seconds": int,
    "request_seconds": int,
    "most_in_flight": int,
    "most_waiting": int,
    "drain_seconds": int,
    "federation": bool,
    "trusted_proxies": list,
}
# The server's only key that is a list.
PROXIES = "trusted_proxies"
# What the server's numbers may be: a port, waits that a caller's own time-out would outlive, what memory holds.
_RANGES = {
    "port": (1, 65535),
    "deadline_seconds": (1, 300),
    "request_seconds": (1, 300),
    "most_in_flight": (1, 10000),
    "most_waiting": (0, 10000),
    "drain_seconds": (0, 300),
}
_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
# Kinds at which orders are placed, unless the configuration says otherwise.
_CAPTURING = frozenset({SystemKind.STOREFRONT, SystemKind.OMS, SystemKind.ERP, SystemKind.DATABASE})


class Reader:
    """Reads part by part and collects problems instead of stopping at the first."""

    def __init__(self, registry: Registry, environment: Mapping[str, str]) -> None:
        self._registry = registry
        self._environment = environment
        self.problems: list[Problem] = []

    def _problem(self, key: str, message: str) -> None:
        self.problems.append(Problem(key, message))

    def unknown_keys(self, prefix: str, table: Mapping[str, Any], known: set[str]) -> None:
        """A problem for each key that is not known here."""
        for key in table:
            if key not in known:
                self._problem(f"{prefix}{key}", f"unknown key; known here: {', '.join(sorted(known))}")

    def _table(self, key: str, value: Any) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        self._problem(key, f"must be a table, is {_kind(value)}")
        return {}

    def _text(self, key: str, value: Any, *, default: str = "") -> str:
        if isinstance(value, str) and value:
            return value
        self._problem(key, "must not be empty" if value == "" else f"must be a text, is {_kind(value)}")
        return default

    def _texts(self, key: str, value: Any) -> tuple[str, ...]:
        if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            return tuple(value)
        if not isinstance(value, list):
            self._problem(key, f"must be a list of texts, is {_kind(value)}")
        elif not value:
            self._problem(key, "must not be empty")
        else:
            odd = next(item for item in value if not isinstance(item, str))
            self._problem(key, f"must be a list of texts, holds {_kind(odd)}")
        return ()

    def server(self, value: Any) -> Server:
        """The `[server]` table."""
        table = self._table("server", value)
        self.unknown_keys("server.", table, set(_SERVER))
        known: dict[str, Any] = {}
        for key, wanted in _SERVER.items():
            if key not in table:
                continue
            least, most = _RANGES.get(key, (None, None))
            if type(table[key]) is not wanted:
                self._problem(f"server.{key}", f"must be {_kind(wanted())}, is {_kind(table[key])}")
            elif least is not None and not least <= table[key] <= most:
                self._problem(f"server.{key}", f"must be between {least} and {most}")
            elif table[key] == "":
                self._problem(f"server.{key}", "must not be empty")
            elif key == "trusted_proxies":
                known[key] = self._networks(f"server.{key}", table[key])
            else:
                known[key] = table[key]
        return Server(**known)

    def _networks(self, key: str, values: list[Any]) -> tuple[str, ...]:
        """Networks of addresses, such as 10.0.0.0/8."""
        for value in values:
            try:
                ip_network(value if isinstance(value, str) else "")
            except ValueError:
                self._problem(key, f"{value!r} is no network such as 10.0.0.0/8 or 2001:db8::/32")
        return tuple(str(value) for value in values)

    def redis(self, value: Any) -> SharedRedis | None:
        """The `[redis]` table. The address may come from the environment: it may hold a password."""
        table = self._table("redis", value)
        if table is not value:
            return None
        settings, problems = read_settings("redis", table, _REDIS, self._environment)
        self.problems += [Problem(where, message) for where, message in problems]
        url = settings.get("url")
        if problems or url is None:
            return None
        problem = url_problem(url)
        if problem is not None:
            self._problem("redis.url", problem)
        elif table["url"] == url and urlsplit(url).password:
            self._problem("redis.url", 'holds a password: write { env = "NAME" } and set that variable')
        return SharedRedis(url=url)

    def systems(self, value: Any) -> dict[str, ConfiguredSystem]:
        """The `[systems.*]` tables that are whole; the others leave problems."""
        table = self._table("systems", value)
        if table == value == {}:
            self._problem("systems", "names no system; add [systems.<name>] with a connector")
        found = {}
        for name, entry in table.items():
            key = f"systems.{name}"
            if not _NAME.fullmatch(name):
                self._problem(key, "a system's name has lower-case letters, digits and dashes, a letter first")
                continue
            system = self._system(key, name, self._table(key, entry))
            if system is not None:
                found[name] = system
        return found

    def _system(self, key: str, name: str, table: Mapping[str, Any]) -> ConfiguredSystem | None:
        self.unknown_keys(f"{key}.", table, _SYSTEM)
        connector_name = self._text(f"{key}.connector", table.get("connector"))
        references = self._references(key, table.get("references", []))
        pattern = self._pattern(f"{key}.number_pattern", table.get("number_pattern"))
        connector = self._connector(f"{key}.connector", connector_name)
        if connector is None:
            return None
        settings, manifest = self.instance(key, connector, table.get("settings", {}))
        for position, rule in enumerate(references):
            if rule.field and rule.field not in manifest.references:
                offered = ", ".join(manifest.references) or "none"
                self._problem(
                    f"{key}.references[{position}].field",
                    f"{rule.field!r} is not a reference field of {connector_name!r}; it has: {offered}",
                )
        captures = table.get("captures_orders", manifest.kind in _CAPTURING)
        if not isinstance(captures, bool):
            self._problem(f"{key}.captures_orders", f"must be true or false, is {_kind(captures)}")
        elif "captures_orders" in table and captures and Capability.SEARCH_ORDERS not in manifest.capabilities:
            self._problem(f"{key}.captures_orders", f"{connector_name!r} cannot search orders, so it must be false")
        spec = SystemSpec(
            name=name,
            title=self._text(f"{key}.title", table.get("title", manifest.title)),
            manifest=manifest,
            number_pattern=pattern,
            references=references,
            captures_orders=bool(captures) and Capability.SEARCH_ORDERS in manifest.capabilities,
        )
        calls = self._table(f"{key}.calls", table.get("calls", {}))
        rules, problems = read_calls(f"{key}.calls", calls, manifest.rate_limit)
        self.problems += problems
        return ConfiguredSystem(spec=spec, connector=connector, settings=settings, calls=rules)

    def instance(self, key: str, connector: type[Connector], given: Any) -> tuple[dict[str, Any], Manifest]:
        """The settings, and what the connector declares under them (or at all, where they are wrong)."""
        declared = connector.manifest
        unsound = declared.problems()
        for flaw in unsound:
            self._problem(f"{key}.connector", f"the connector {declared.name!r} is unsound: {flaw}")
        table = self._table(f"{key}.settings", given)
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
            self._problem(f"{key}.settings", f"give an unsound connector: {flaw}")
        return settings, manifest

    def _connector(self, key: str, name: str) -> type[Connector] | None:
        if not name:
            return None
        if name not in self._registry.connectors:
            there = ", ".join(sorted(self._registry.connectors)) or "none"
            self._problem(key, f"the connector {name!r} is not installed; installed: {there}")
            return None
        try:
            return self._registry.connectors[name]()
        except (ImportError, AttributeError) as error:
            self._problem(key, f"the connector {name!r} cannot be imported: {type(error).__name__}: {error}")
            return None

    def _pattern(self, key: str, value: Any) -> str | None:
        if value is None:
            return None
        text = self._text(key, value)
        try:
            re.compile(text)
        except re.error as error:
            self._problem(key, f"is not a regular expression: {error}")
        except (OverflowError, RecursionError) as error:
            why = "nested too deeply" if isinstance(error, RecursionError) else error
            self._problem(key, f"is not a regular expression: {why}")
        return text

    def _references(self, key: str, value: Any) -> tuple[ReferenceRule, ...]:
        if not isinstance(value, list):
            self._problem(f"{key}.references", f"must be [[{key}.references]] tables, is {_kind(value)}")
            return ()
        found = []
        for position, entry in enumerate(value):
            where = f"{key}.references[{position}]"
            table = self._table(where, entry)
            self.unknown_keys(f"{where}.", table, _REFERENCE)
            spellings = self._texts(f"{where}.spellings", table.get("spellings", ["{}", "#{}", "{} "]))
            for spelling in spellings:
                if spelling.count("{}") != 1 or spelling.count("{") != 1 or spelling.count("}") != 1:
                    self._problem(f"{where}.spellings", f"{spelling!r} must hold {{}} once, for the number")
            switches = {"many": table.get("many", False), "lookup": table.get("lookup", True)}
            for name, switch in switches.items():
                if not isinstance(switch, bool):
                    self._problem(f"{where}.{name}", f"must be true or false, is {_kind(switch)}")
            found.append(
                ReferenceRule(
                    field=self._text(f"{where}.field", table.get("field")),
                    names=self._texts(f"{where}.names", table.get("names")),
                    spellings=spellings,
                    many=bool(switches["many"]),
                    lookup=bool(switches["lookup"]),
                )
            )
        return tuple(found)

    def check_references(self, specs: Mapping[str, SystemSpec], declared: set[str]) -> None:
        """Once all systems are read: whether each reference names a key that some system has."""
        for name, spec in specs.items():
            for position, rule in enumerate(spec.references):
                if len({target.partition(":")[2] == "number" for target in rule.names}) > 1 or (
                    len(rule.names) > 1 and not rule.names[0].endswith(":number")
                ):
                    where = f"systems.{name}.references[{position}].names"
                    self._problem(where, "must be numbers of one or more systems, or one other key")
                for target in rule.names:
                    where = f"systems.{name}.references[{position}].names"
                    system, _, lookup = target.partition(":")
                    if system not in declared:
                        self._problem(where, f"{target!r}: there is no system {system!r}; write system:number")
                    elif system in specs and lookup not in specs[system].manifest.lookups:
                        offered = ", ".join(specs[system].manifest.lookups)
                        self._problem(where, f"{target!r}: {system} finds orders by {offered}")

    def locations(self, value: Any, declared: set[str]) -> tuple[PlaceSpec, ...]:
        """The `[[locations]]` tables."""
        if not isinstance(value, list):
            self._problem("locations", f"must be [[locations]] tables, is {_kind(value)}")
            return ()
        found: list[PlaceSpec] = []
        taken: dict[tuple[str, str], str] = {}
        for position, entry in enumerate(value):
            where = f"locations[{position}]"
            table = self._table(where, entry)
            self.unknown_keys(f"{where}.", table, _LOCATION)
            kind = self._text(f"{where}.kind", table.get("kind", "UNKNOWN"), default="UNKNOWN")
            if kind not in LocationKind.__members__:
                self._problem(f"{where}.kind", f"{kind!r} is not one of {', '.join(LocationKind.__members__)}")
                kind = "UNKNOWN"
            identity = self._text(f"{where}.id", table.get("id"))
            place = PlaceSpec(
                id=identity,
                name=self._text(f"{where}.name", table["name"]) if "name" in table else identity,
                kind=LocationKind(kind),
                systems=dict(self._table(f"{where}.systems", table.get("systems", {}))),
            )
            if identity and identity in {other.id for other in found}:
                self._problem(f"{where}.id", f"{place.id!r} names two locations")
            named: Mapping[str, Any] = place.systems
            for system, external_id in named.items():
                if system not in declared:
                    self._problem(f"{where}.systems.{system}", "there is no such system")
                elif not isinstance(external_id, str):
                    self._problem(f"{where}.systems.{system}", f"must be a text, is {_kind(external_id)}")
                elif (system, external_id) in taken:
                    other = taken[system, external_id]
                    self._problem(f"{where}.systems.{system}", f"{external_id!r} is the location {other!r} already")
                else:
                    taken[system, external_id] = place.id
            found.append(place)
        return tuple(found)

    def authority(self, value: Any, declared: set[str]) -> dict[str, tuple[str, ...]]:
        """The `[authority]` table."""
        table = self._table("authority", value)
        aspects = {aspect.value for aspect in Aspect}
        self.unknown_keys("authority.", table, aspects)
        kinds = {kind.value.lower() for kind in SystemKind}
        found = {}
        for aspect, believed in table.items():
            if aspect not in aspects:
                continue
            names = self._texts(f"authority.{aspect}", believed)
            for name in names:
                if name not in declared and name.lower() not in kinds:
                    self._problem(
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
