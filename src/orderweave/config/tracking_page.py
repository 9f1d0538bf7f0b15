"""The `[tracking.page]` table: the brand that the tracking page wears, checked so that it can be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from orderweave.config.configuration import Logo, Problem, TrackingPage

PREFIX = "tracking.page"
# WCAG 2.2, 1.4.3: what text needs to its ground.
_LEAST_CONTRAST = 4.5
# What a dark scheme's color is lightened to where the shop names none.
_GOOD_CONTRAST = 7.0
# The grounds of page.css on which the accent stands, the one that leaves it the least contrast of each scheme.
LIGHT_GROUND = "#f6f5f1"
DARK_GROUND = "#1c1f24"
_LONGEST_NAME = 60
_LONGEST_ADDRESS = 500
_MOST_LOGO_BYTES = 65536
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_EMAIL = re.compile(r"[^@\s<>\"?&#%]+@[^@\s<>\"?&#%]+\.[^@\s<>\"?&#%]+")
# An image that is an SVG: its root, after what may stand before it.
_SVG_BEFORE = re.compile(rb"\s+|<\?[^>]*\?>|<!--.*?-->|<!DOCTYPE[^>\[]*>", re.DOTALL)
_SVG_ROOT = re.compile(rb"<svg[\s>/]")


def read_tracking_page(value: Any, folder: Path) -> tuple[TrackingPage, list[Problem]]:
    """The sub-table `page` of `[tracking]`, and every problem with it. A logo's path is taken from `folder` on."""
    if not isinstance(value, dict):
        return TrackingPage(), [Problem(PREFIX, "must be a table")]
    read: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, entry in value.items():
        if key not in KEYS:
            problems.append(Problem(f"{PREFIX}.{key}", f"unknown key; known here: {', '.join(sorted(KEYS))}"))
            continue
        if not isinstance(entry, str) or not entry:
            problems.append(Problem(f"{PREFIX}.{key}", "must be a text"))
            continue
        try:
            read[key] = KEYS[key](entry, folder)
        except ValueError as wrong:
            problems.append(Problem(f"{PREFIX}.{key}", str(wrong)))
    if "accent" in read:
        read.setdefault("accent_dark", lightened(read["accent"]))
    return TrackingPage(**read), problems


def contrast(one: str, other: str) -> float:
    """The contrast of two colors, 1 to 21, as WCAG 2.2 defines it."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lightened(color: str) -> str:
    """The color with as much white in it as it takes to be read well on the dark ground."""
    channels = _channels(color)
    for white in range(0, 101, 5):
        mixed = "#" + "".join(f"{round(each + (255 - each) * white / 100):02x}" for each in channels)
        if contrast(mixed, DARK_GROUND) >= _GOOD_CONTRAST:
            return mixed
    return "#ffffff"


def _luminance(color: str) -> float:
    parts = [
        each / 255 / 12.92 if each / 255 <= 0.04045 else ((each / 255 + 0.055) / 1.055) ** 2.4
        for each in _channels(color)
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _name(text: str, folder: Path) -> str:
    if len(text) > _LONGEST_NAME or not text.isprintable():
        raise ValueError(f"must be one line of at most {_LONGEST_NAME} characters")
    return text


def _accent(text: str, folder: Path) -> str:
    return _readable(text, LIGHT_GROUND, "light", "darker")


def _accent_dark(text: str, folder: Path) -> str:
    return _readable(text, DARK_GROUND, "dark", "lighter")


def _readable(text: str, ground: str, scheme: str, way: str) -> str:
    if not _COLOR.fullmatch(text):
        raise ValueError("must be a color such as #0b6650")
    found = contrast(text, ground)
    if found < _LEAST_CONTRAST:
        # Rounded down: 4.47 must not be told as 4.5.
        told = int(found * 10) / 10
        raise ValueError(
            f"has a contrast of {told} to the page's {scheme} ground {ground}, "
            f"and text needs {_LEAST_CONTRAST}: take a {way} color"
        )
    return text.lower()


def _address(text: str, folder: Path) -> str:
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        sound = False
    if not sound or len(text) > _LONGEST_ADDRESS or not text.isprintable() or " " in text:
        raise ValueError("must be an address such as https://example.com/help")
    return text


def _email(text: str, folder: Path) -> str:
    if not _EMAIL.fullmatch(text) or len(text) > _LONGEST_ADDRESS or not text.isprintable():
        raise ValueError("must be an e-mail address such as help@example.com")
    return text


def _logo(text: str, folder: Path) -> Logo:
    try:
        with (folder / text).open("rb") as file:
            content = file.read(_MOST_LOGO_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no path"
        raise ValueError(
            f"the file cannot be read ({why}); a path is taken from the configuration's folder on"
        ) from None
    if len(content) > _MOST_LOGO_BYTES:
        raise ValueError(f"the file must have at most {_MOST_LOGO_BYTES} bytes")
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Logo(content, "image/png", "png")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return Logo(content, "image/webp", "webp")
    if _is_svg(content):
        return Logo(content, "image/svg+xml", "svg")
    raise ValueError("the file must be a PNG, WebP or SVG image")


def _is_svg(content: bytes) -> bool:
    start = 3 if content.startswith(b"\xef\xbb\xbf") else 0
    while before := _SVG_BEFORE.match(content, start):
        start = before.end()
    return _SVG_ROOT.match(content, start) is not None


KEYS: Mapping[str, Callable[[str, Path], Any]] = {
    "name": _name,
    "logo": _logo,
    "accent": _accent,
    "accent_dark": _accent_dark,
    "support_url": _address,
    "support_email": _email,
}
