"""The `[index]` table: where the index is kept, and how long a question of it may take."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from orderweave.config.configuration import IndexSettings, Problem
from orderweave.config.settings import read_settings
from orderweave_sdk.manifest import Setting, SettingKind

KNOWN = (
    Setting(
        name="url",
        kind=SettingKind.TEXT,
        required=False,
        secret=False,
        description="Where the index is kept: sqlite:///folder/file.db, or postgresql://user@host/database.",
    ),
    Setting(
        name="answer_seconds",
        kind=SettingKind.INTEGER,
        required=False,
        secret=False,
        description="How long one question may take.",
    ),
)
_LONGEST_ANSWER = 600
_SQLITE = "sqlite:///"


def read_index(value: Any, environment: Mapping[str, str], folder: Path) -> tuple[IndexSettings | None, list[Problem]]:
    """The settings of the index, None where there is none, and what is wrong with them. A file's name is relative to
    the folder of the configuration file.
    """
    if value is None:
        return None, []
    if not isinstance(value, dict):
        return None, [Problem("index", "must be a table")]
    settings, found = read_settings("index", value, KNOWN, environment)
    problems = [Problem(key, message) for key, message in found]
    url = settings.get("url")
    if url is None and not problems:
        url = f"{_SQLITE}var/orderweave.db"
    seconds = settings.get("answer_seconds", IndexSettings.__struct_defaults__[0])
    if isinstance(seconds, int) and not 1 <= seconds <= _LONGEST_ANSWER:
        problems.append(Problem("index.answer_seconds", f"must be a whole number between 1 and {_LONGEST_ANSWER}"))
    if url is not None:
        problems += _wrong_with(url, written=value.get("url") == url)
    if problems or url is None:
        return None, problems
    return IndexSettings(url=_placed(url, folder), answer_seconds=seconds), []


def _wrong_with(url: str, *, written: bool) -> list[Problem]:
    if url.startswith(_SQLITE) and len(url) > len(_SQLITE):
        return []
    if url.startswith("postgresql://") and urlsplit(url).path.strip("/"):
        if written and urlsplit(url).password:
            return [Problem("index.url", 'holds a password: write { env = "NAME" } and set that variable')]
        return []
    return [Problem("index.url", "must be sqlite:///folder/file.db or postgresql://user@host/database")]


def _placed(url: str, folder: Path) -> str:
    """The address as the library takes it."""
    if url.startswith(_SQLITE):
        return f"{_SQLITE}{(folder / url.removeprefix(_SQLITE)).absolute()}"
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
