"""docs/configuration.md holds against the loader: its blocks load, its mistakes are mistakes, its tables are whole."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from orderweave.caching.ages import DEFAULT_AGES, Ages
from orderweave.config import (
    Configuration,
    ConfigurationError,
    access,
    caching,
    exports,
    http,
    index,
    installed,
    inventory,
    issuers,
    live,
    load,
    observing,
    reading,
    roles,
    sync,
    tracking,
    webhooks,
)
from orderweave.config.calls import CALLS
from orderweave.config.configuration import (
    Allowance,
    CacheSettings,
    HttpSettings,
    Issuer,
    LiveSettings,
    Server,
    SyncSettings,
    TrackingSettings,
    WebhookSettings,
)
from orderweave.config.loading import read
from orderweave.config.tracking_page import KEYS as TRACKING_PAGE
from orderweave.model.rights import Limits, Scope
from orderweave.planning.authority import DEFAULT
from tests.documents.pages import blocks, code_of, codes, read_page, rows_of, table

PAGE = read_page("docs/configuration.md")
BLOCKS = blocks(PAGE, "toml")
OBSERVING = [setting.name for setting in observing.SETTINGS]
MISTAKES = [(code_of(written), code_of(said)) for written, said in table(PAGE, "written", "said")]


def laid_over(whole: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """The whole with a part laid over it: tables are merged, everything else is replaced."""
    merged = dict(whole)
    for key, value in part.items():
        known = merged.get(key)
        merged[key] = laid_over(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return merged


def address(variable: str) -> str:
    """What stands in a variable that a block names."""
    if variable.startswith("TRACKING_KEY"):
        return variable.lower().center(40, "-")
    return f"{'redis' if variable == 'REDIS_URL' else 'https'}://{variable.lower().replace('_', '-')}.example.com"


def loaded(text: str) -> Configuration:
    """The page's first block with a part laid over it, read with every variable that the blocks name set."""
    variables = {name: address(name) for name in re.findall(r'env = "([A-Z_]+)"', "".join(BLOCKS))}
    document = laid_over(tomllib.loads(BLOCKS[0]), tomllib.loads(text))
    return read(document, file="page", registry=installed(), environment=variables)


@pytest.mark.parametrize("block", BLOCKS)
def test_block_loads(block: str) -> None:
    """Every TOML block of the page is a configuration that the loader takes, with the installed connectors."""
    assert loaded(block).systems.keys() >= {"shop-us", "shop-eu", "erp", "wms"}


@pytest.mark.parametrize(("written", "said"), MISTAKES)
def test_mistake_is_said(written: str, said: str) -> None:
    """Every mistake in the table is refused in the words that stand beside it."""
    with pytest.raises(ConfigurationError) as refusal:
        loaded(written)
    lines = [f"{problem.key}: {problem.message}" for problem in refusal.value.problems]
    beginning, cut, _ = said.partition("…")
    assert any(line.startswith(beginning) if cut else line == said for line in lines), lines


def test_system_named_twice(tmp_path: Path) -> None:
    """A system that stands twice in the file is refused in the words of the page."""
    (said,) = re.findall(r"`(systems\.erp: stands twice [^`]+)`", PAGE)
    path = tmp_path / "orderweave.toml"
    path.write_text('[systems.erp]\nconnector = "tryton"\n[systems.erp]\nconnector = "sql"\n')
    with pytest.raises(ConfigurationError) as refusal:
        load(path, registry=installed(), environment={})
    (problem,) = refusal.value.problems
    beginning, _, end = said.partition("…")
    line = f"{problem.key}: {problem.message}"
    assert line.startswith(beginning)
    assert line.endswith(end)


def test_every_key_has_its_row() -> None:
    """The tables of keys hold exactly the keys that the loader knows, part by part."""
    described = [code_of(row[0]) for row in rows_of(PAGE, "key", "default", "meaning")]
    known = [
        reading._SERVER.keys() | {reading.PROXIES},
        {setting.name for setting in reading._REDIS},
        reading._SYSTEM,
        CALLS.keys(),
        reading._REFERENCE,
        reading._LOCATION,
        inventory.INVENTORY,
        inventory.SAFETY,
        inventory.POOL,
        caching._CACHE,
        caching._AGES,
        [*live.RANGES, "origins"],
        ["enabled", *sync.RANGES],
        webhooks.RANGES,
        OBSERVING,
        [*http.LISTS, *(setting.name for setting in http.SETTINGS)],
        access.ACCESS,
        roles.ROLE,
        issuers.ISSUER,
        access.KEY,
        TRACKING_PAGE.keys(),
        tracking.TRACKING,
        tracking.ALLOWANCE,
        {setting.name for setting in index.KNOWN},
        [*exports.RANGES, exports.FOLDER],
    ]
    assert sorted(described) == sorted(key for keys in known for key in keys)


def test_server_defaults() -> None:
    """The defaults of the server's keys are the loader's."""
    rows = rows_of(PAGE, "key", "default", "meaning")[: len(reading._SERVER)]
    assert {code_of(key): code_of(default) for key, default, _ in rows} == {
        name: written(getattr(Server(), name)) for name in reading._SERVER
    }


def test_tracking_defaults() -> None:
    """The defaults of tracking's keys are the loader's; what has none is required or not there."""
    settings = TrackingSettings(keys=())
    rows = {code_of(row[0]): row[1] for row in rows_of(PAGE, "key", "default", "meaning")}
    known = {
        name: getattr(settings, name)
        for name in tracking.TRACKING - {"keys", "revoked_before", "revoked_orders", "page"}
    }
    assert {name: code_of(rows[name]) for name in known} == {name: written(value) for name, value in known.items()}


def written(value: Any) -> str:
    """A default as it would stand in the file, a text without its quotes."""
    if isinstance(value, Allowance):
        return f"{{ attempts = {value.attempts}, seconds = {value.seconds} }}"
    if isinstance(value, bool):
        return str(value).lower()
    return str(list(value)) if isinstance(value, tuple) else str(value)


def test_live_defaults() -> None:
    """The defaults of the numbers of [live] are the loader's, and so are their ranges."""
    rows = {code_of(row[0]): row for row in rows_of(PAGE, "key", "default", "meaning")}
    settings = LiveSettings()
    defaults = {**msgspec.structs.asdict(settings), "most_connections_per_caller": settings.share}
    for name, (least, most) in live.RANGES.items():
        assert code_of(rows[name][1]) == str(defaults[name])
        assert f"{least} to {most}" in rows[name][2]


def test_sync_defaults() -> None:
    """The defaults of the numbers of [sync] are the loader's, and so are their ranges."""
    rows = {code_of(row[0]): row for row in rows_of(PAGE, "key", "default", "meaning")}
    for name, (least, most) in sync.RANGES.items():
        default = getattr(SyncSettings(), name)
        assert (code_of(rows[name][1]) if default is not None else None) == (str(default) if default else None)
        assert f"{least} to {most}" in rows[name][2]


def test_webhooks_defaults() -> None:
    """The defaults of the numbers of [webhooks] are the loader's, and so are their ranges."""
    rows = [row for row in rows_of(PAGE, "key", "default", "meaning") if code_of(row[0]) in webhooks.RANGES]
    for name, (least, most) in webhooks.RANGES.items():
        default = str(getattr(WebhookSettings(), name))
        assert [row for row in rows if codes(row[1]) == [default] and f"{least} to {most}" in row[2]], name


def test_cache_defaults() -> None:
    """The defaults of the cache's keys and of every subject's ages are the loader's, and so are its ranges."""
    rows = {code_of(row[0]): row for row in rows_of(PAGE, "key", "default", "meaning")}
    for name, (least, most) in caching._RANGES.items():
        assert code_of(rows[name][1]) == str(getattr(CacheSettings(ages={}), name))
        assert f"{least} to {most}" in rows[name][2]
    written = {
        code_of(subject): Ages(ttl=int(ttl), stale_while_revalidate=int(late), stale_if_error=int(failing))
        for subject, ttl, late, failing in table(
            PAGE, "subject", "`ttl`", "`stale_while_revalidate`", "`stale_if_error`"
        )
    }
    assert written == {subject.value: ages for subject, ages in DEFAULT_AGES.items()}


def test_http_defaults() -> None:
    """The defaults of the keys of [http] are the loader's."""
    rows = {code_of(row[0]): row[1] for row in rows_of(PAGE, "key", "default", "meaning")}
    defaults = HttpSettings()
    for name in HttpSettings.__struct_fields__:
        default = getattr(defaults, name)
        assert rows[name] == ("none" if default == () else f"`{str(default).lower()}`")


def test_limits_of_roles() -> None:
    """The table of limits has every limit with its default and what it may be."""
    written = {
        code_of(name): (default.strip('`"'), allowed.split(",")[0])
        for name, default, allowed, _ in table(PAGE, "limit", "default", "may be", "of what")
    }
    assert written == {
        name: (str(getattr(Limits(), name) or "none"), f"{least} to {most}")
        for name, (least, most) in roles.RANGES.items()
    }


def test_built_in_roles() -> None:
    """The table of roles is the built-in ones: scopes, reach, masks, and the limits that are not the default."""
    scopes = {scope.value for scope in Scope}
    assert [code_of(scope) for scope, _ in table(PAGE, "scope", "what it shows")] == [scope.value for scope in Scope]
    rows = table(PAGE, "role", "scopes", "`orders`", "`masked`", "limits of its own")
    assert [code_of(row[0]) for row in rows] == list(roles.BUILT_IN)
    for row in rows:
        role = roles.BUILT_IN[code_of(row[0])]
        named = set(codes(row[1]))
        assert {scope.value for scope in role.scopes} == (scopes - named if row[1].startswith("all") else named)
        assert (code_of(row[2]) == "own", row[3] == "yes") == (role.own, role.masked)
        written = {code_of(part): int(part.split()[1]) for part in row[4].split(", ") if part}
        assert written == {
            name: getattr(role.limits, name)
            for name in roles.RANGES
            if getattr(role.limits, name) != getattr(Limits(), name)
        }


def test_issuers_defaults() -> None:
    """The defaults and ranges of an issuer's numbers, its algorithms and types, are the loader's."""
    rows = {code_of(row[0]): row for row in rows_of(PAGE, "key", "default", "meaning")}
    default = Issuer(issuer="", audiences=frozenset(), algorithms=(), types=frozenset())
    for name, (least, most) in issuers.RANGES.items():
        assert code_of(rows[name][1]) == str(getattr(default, name))
        assert f"{least} to {most}" in rows[name][2]
    assert tomllib.loads(f"x = {code_of(rows['algorithms'][1])}")["x"] == issuers._ALGORITHMS
    assert tomllib.loads(f"x = {code_of(rows['types'][1])}")["x"] == issuers._TYPES
    assert ", ".join(issuers.ALGORITHMS) in rows["algorithms"][2]


def test_authority_is_the_default() -> None:
    """The table of who is believed is the one by which the gateway believes."""
    written = {
        code_of(aspect): kinds.split(", ") for aspect, kinds in table(PAGE, "aspect", "by default, most believed first")
    }
    assert written == {aspect.value: [kind.value.lower() for kind in kinds] for aspect, kinds in DEFAULT.items()}
