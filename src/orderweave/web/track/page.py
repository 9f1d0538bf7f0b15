"""The page's HTML in one language: words and brand filled in, and what its scripts need to know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path

import msgspec

from orderweave.config.configuration import TrackingPage
from orderweave.web.track.assets import Assets, page_documents
from orderweave.web.track.languages import Language, languages, text

_HERE = Path(__file__).parent
_GRAPHQL = "/graphql"
_STREAM = "/graphql/stream"
_PLACE = re.compile(r"\{\{(#?)([a-z_]+(?:\.[a-z_]+)*)\}\}")


def rendered(page: TrackingPage, assets: Assets, code: str, *, live: bool, postal_code: bool) -> str:
    """The page in the language of that code. `{{key}}` is a word of the translation, `{{#name}}` a part of ours."""
    frame = (_HERE / "page.html").read_text(encoding="utf-8")
    language = languages()[code]
    parts = _parts(page, assets, code, live=live, postal_code=postal_code)

    def filled(place: re.Match[str]) -> str:
        ours, name = place.groups()
        return parts[name] if ours else escape(text(language, name))

    return _PLACE.sub(filled, frame)


def _parts(page: TrackingPage, assets: Assets, code: str, *, live: bool, postal_code: bool) -> Mapping[str, str]:
    language = languages()[code]
    scripts = [name for name in assets.files if name.endswith(".js")]
    told = {
        "graphql": _GRAPHQL,
        "stream": _STREAM if live else None,
        "postalCode": postal_code,
        "language": code,
        "name": page.name,
        "words": language.words,
        "documents": page_documents(),
    }
    return {
        "code": code,
        "direction": language.direction,
        "name": escape(page.name),
        "fact": escape(text(language, "lookup.fact" if postal_code else "lookup.fact_email")),
        "brand": _brand(page, assets),
        "styles": "".join(f'<link rel="stylesheet" href="{assets.path(name)}">' for name in ("page.css", "brand.css")),
        "icon": assets.path("icon.svg"),
        "scripts": "".join(
            f'<link rel="modulepreload" href="{assets.path(name)}">' for name in scripts if name != "page.js"
        )
        + f'<script type="module" src="{assets.path("page.js")}"></script>',
        "told": escape(msgspec.json.encode(told).decode()),
        "support": _support(page, language),
        "noscript": escape(_without_scripts(page, language)),
        "languages": _switcher(code),
    }


def _brand(page: TrackingPage, assets: Assets) -> str:
    if page.logo is None:
        return escape(page.name)
    return f'<img src="{assets.path(f"logo.{page.logo.ending}")}" alt="{escape(page.name)}" height="32">'


def _without_scripts(page: TrackingPage, language: Language) -> str:
    """What the page needs; and where the shop can be reached, that it can be."""
    said = [text(language, "noscript")]
    if _ways(page, language):
        said.append(text(language, "noscript.support"))
    return " ".join(said)


def _ways(page: TrackingPage, language: Language) -> list[tuple[str, str]]:
    """Each address by which the shop can be reached, and its words."""
    ways = []
    if page.support_url is not None:
        ways.append((page.support_url, text(language, "support.page")))
    if page.support_email is not None:
        ways.append((f"mailto:{page.support_email}", text(language, "support.email")))
    return ways


def _support(page: TrackingPage, language: Language) -> str:
    """How to reach the shop, where it says so."""
    ways = _ways(page, language)
    if not ways:
        return ""
    links = "".join(f'<li><a href="{escape(target)}" rel="noopener">{escape(words)}</a></li>' for target, words in ways)
    return f'<ul class="support" aria-label="{escape(text(language, "support.title"))}">{links}</ul>'


def _switcher(chosen: str) -> str:
    """A link a language, under its own name; there is nothing to switch where there is one."""
    items = ""
    for code, language in languages().items():
        here = ' aria-current="true"' if code == chosen else ""
        link = f'<a href="/track?lang={code}" lang="{code}" hreflang="{code}"{here}>{escape(language.name)}</a>'
        items += f"<li>{link}</li>"
    return f"<ul>{items}</ul>" if len(languages()) > 1 else ""
