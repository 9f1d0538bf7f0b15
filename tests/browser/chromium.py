"""Debian's Chromium, headless: gives a page as it stands after its scripts have run."""

from __future__ import annotations

import os
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import anyio


class Page(HTMLParser):
    """What a person reads on a page: all text but that of scripts and styles, and the titles of its tabs in order."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.text = ""
        self.tabs: list[str] = []
        self._unread = 0
        self._in_tab = False
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where scripts, styles and tabs begin."""
        self._unread += tag in {"script", "style"}
        self._in_tab = "graphiql-tab-button" in (dict(attrs).get("class") or "").split()

    def handle_endtag(self, tag: str) -> None:
        """Note where they end."""
        self._unread -= tag in {"script", "style"}
        self._in_tab = False

    def handle_data(self, data: str) -> None:
        """Collect what is read."""
        if self._in_tab:
            self.tabs.append(data)
        if not self._unread:
            self.text += data


class Browser:
    """A browser with one profile, which remembers from page to page. It reaches loopback only."""

    def __init__(self, program: str, profile: Path) -> None:
        self._command = [
            *(program, "--headless", "--disable-gpu", "--no-first-run", f"--user-data-dir={profile}"),
            *("--virtual-time-budget=15000", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--dump-dom"),
            # Chromium's own sandbox does not work for root, who runs the tests in many containers.
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
        ]

    async def read(self, address: str) -> Page:
        """The page at the address; virtual time ends 15 seconds after its last request, in an instant."""
        with anyio.fail_after(60):
            done = await anyio.run_process([*self._command, address], stderr=subprocess.DEVNULL)
        return Page(done.stdout.decode())


def installed_browser() -> str | None:
    """The path of Chromium or a browser like it."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, names) if path), None)
