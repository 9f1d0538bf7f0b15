"""The `[http]` table: read as a connector's settings are, then held against what only the gateway knows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from orderweave.config.configuration import HttpSettings, Problem
from orderweave.config.manifests import read_manifests
from orderweave.config.settings import read_settings
from orderweave.model.documents import Manifest
from orderweave_sdk.manifest import Setting, SettingKind

# Which GETs must carry a mark that makes a browser ask leave first: `web.forgery.Preflight`.
PREFLIGHTS = ("browsers", "always", "never")
DOCUMENTS = ("any", "known")
# A day; browsers keep no leave for longer.
_LONGEST_PREFLIGHT_SECONDS = 86_400
_DEFAULT_PORTS = {"http": 80, "https": 443}


def _setting(name: str, kind: SettingKind, description: str) -> Setting:
    return Setting(name=name, kind=kind, required=False, secret=False, description=description)


SETTINGS = (
    _setting("credentials", SettingKind.BOOLEAN, "Whether pages may send what a browser holds of its user."),
    _setting("preflight_seconds", SettingKind.INTEGER, "How long a browser may keep the leave that it was given."),
    _setting("require_preflight", SettingKind.TEXT, "Which GETs must be such that a browser asks leave for them."),
    _setting("compress", SettingKind.BOOLEAN, "Whether answers are compressed."),
    _setting("documents", SettingKind.TEXT, "Which documents may be run."),
    _setting("introspection", SettingKind.BOOLEAN, "Whether anybody may read the schema over HTTP."),
    _setting("automatic", SettingKind.BOOLEAN, "Whether clients may leave documents and name them by digest."),
)
LISTS = ("origins", "manifests")


def read_http(
    value: Any, environment: Mapping[str, str], folder: Path
) -> tuple[HttpSettings, Manifest | None, list[Problem]]:
    """The table's settings, the documents of its manifests, and every problem with either.

    Names of manifests are relative to `folder`, where the configuration stands.
    """
    if not isinstance(value, dict):
        return HttpSettings(), None, [Problem("http", "must be a table")]
    known = {*LISTS, *(setting.name for setting in SETTINGS)}
    wrong = f"unknown key; known here: {', '.join(sorted(known))}"
    problems = [Problem(f"http.{key}", wrong) for key in value if key not in known]
    table = {key: entry for key, entry in value.items() if key in known and key not in LISTS}
    given, found = read_settings("http", table, SETTINGS, environment)
    problems += [Problem(key, message) for key, message in found]
    lists: dict[str, Any] = {}
    for name in LISTS:
        entries = value.get(name, [])
        if isinstance(entries, list) and all(isinstance(entry, str) and entry for entry in entries):
            lists[name] = tuple(entries)
        else:
            problems.append(Problem(f"http.{name}", "must be a list of texts"))
    read = HttpSettings(**given, **lists)
    problems += [*_of_choices(read), *_of_origins(read)]
    if read.documents == "known" and not value.get("manifests"):
        problems.append(Problem("http.documents", '"known" needs the documents: name their files in manifests'))
    if not read.manifests:
        return read, None, problems
    manifest, unread = read_manifests("http.manifests", read.manifests, folder)
    return read, manifest, [*problems, *unread]


def _of_choices(read: HttpSettings) -> list[Problem]:
    problems = []
    if read.require_preflight not in PREFLIGHTS:
        problems.append(Problem("http.require_preflight", f"must be one of {', '.join(PREFLIGHTS)}"))
    if read.documents not in DOCUMENTS:
        problems.append(Problem("http.documents", f"must be one of {', '.join(DOCUMENTS)}"))
    if not 0 <= read.preflight_seconds <= _LONGEST_PREFLIGHT_SECONDS:
        message = f"must be between 0 and {_LONGEST_PREFLIGHT_SECONDS}"
        problems.append(Problem("http.preflight_seconds", message))
    return problems


def _of_origins(read: HttpSettings) -> list[Problem]:
    problems = [
        Problem(f"http.origins[{position}]", f"{origin!r} is no origin; write one as browsers do: {_right(origin)}")
        for position, origin in enumerate(read.origins)
        if origin != "*" and _right(origin) != origin
    ]
    if "*" in read.origins and len(read.origins) > 1:
        problems.append(Problem("http.origins", '"*" stands alone: it is every origin'))
    if read.credentials and "*" in read.origins:
        problems.append(Problem("http.credentials", 'needs exact origins; "*" would lend every page its users'))
    return problems


def _right(origin: str) -> str:
    """The origin as a browser sends it: scheme, host, and a port where it is not the scheme's own."""
    example = "https://portal.example.com"
    try:
        parts = urlsplit(origin)
        host, port = parts.hostname, parts.port
    except ValueError:
        return example
    if parts.scheme not in _DEFAULT_PORTS or not host or not host.isascii() or "*" in host:
        return example
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme] else "")
