"""What the page loads beside itself: scripts, style, brand and icon, under a path that changes with any of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from orderweave.config.configuration import TrackingPage

_HERE = Path(__file__).parent
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class Asset(msgspec.Struct, frozen=True):
    """One file as it is served."""

    content: bytes
    media_type: str


class Assets(msgspec.Struct, frozen=True):
    """All files by the name they are served by, and the digest of all that stands in their paths.

    One digest for all lets the scripts name each other by relative paths.
    """

    files: Mapping[str, Asset]
    digest: str

    def path(self, name: str) -> str:
        """Where a file is served; raises KeyError for one that there is not."""
        if name not in self.files:
            raise KeyError(name)
        return f"/track/assets/{self.digest}/{name}"


def assets(page: TrackingPage) -> Assets:
    """The files of the page with this brand."""
    files = {
        path.name: Asset(path.read_bytes(), _TYPES[path.suffix])
        for path in (*sorted((_HERE / "scripts").glob("*.js")), _HERE / "page.css")
    }
    files["brand.css"] = Asset(_brand(page).encode(), _TYPES[".css"])
    files["icon.svg"] = Asset(_icon(page).encode(), _TYPES[".svg"])
    if page.logo is not None:
        files[f"logo.{page.logo.ending}"] = Asset(page.logo.content, page.logo.media_type)
    whole = hashlib.sha256()
    for name, asset in sorted(files.items()):
        whole.update(f"{name} {len(asset.content)} ".encode() + asset.content)
    return Assets(files, whole.hexdigest()[:20])


def page_documents() -> Mapping[str, str]:
    """The GraphQL documents that the page sends, by the name of their file; they are sent as they stand."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((_HERE / "documents").glob("*.graphql"))}


def _brand(page: TrackingPage) -> str:
    """The brand's colors; a style sheet of its own, because the policy lets no style stand in the page."""
    return (
        f":root {{ --accent: {page.accent}; }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ --accent: {page.accent_dark}; }} }}\n"
    )


def _icon(page: TrackingPage) -> str:
    icon = (_HERE / "icon.svg").read_text(encoding="utf-8")
    return icon.replace("{{accent}}", page.accent).replace("{{accent_dark}}", page.accent_dark)
