"""A real Vendure on a loopback port over a real PostgreSQL: installed apart from the project, started, and ended."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from bench import packages
from bench.processes import free_port
from tests.systems.sql.postgresql import PostgresqlServer
from tests.systems.vendure.asking import Session

ROOT = Path(__file__).resolve().parents[3]
SOURCE = Path(__file__).parent / "shop"
INSTALLED = ROOT / "var" / "vendure" / "shop"
_STATES = """
const config = require("@vendure/core/dist/config");
const states = (name) => Object.keys(config[`default${name}Process`].transitions);
console.log(JSON.stringify(Object.fromEntries(process.argv.slice(1).map((name) => [name, states(name)]))));
"""
_SECONDS_TO_START = 180
_SECONDS_TO_END = 10


class VendureServer:
    """One server with an empty database; `folder` takes its log. `install` may raise `packages.NotInstalled`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._password = secrets.token_hex(12)
        self._database = PostgresqlServer()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address, without a path."""
        return f"http://127.0.0.1:{self._port}"

    def install(self) -> None:
        """Node and Vendure's packages, kept from run to run."""
        packages.install_python()
        packages.install_node(SOURCE, INSTALLED)

    def start(self) -> None:
        """Start the database, then the server, and wait until it answers."""
        self._database.start()
        environment = {
            **os.environ,
            "SHOP_PORT": str(self._port),
            "DB_URL": self._database.url.replace("postgresql+psycopg", "postgres"),
            "ADMIN_PASSWORD": self._password,
            "VENDURE_DISABLE_TELEMETRY": "true",
        }
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [packages.node(), "server.mjs"], cwd=INSTALLED, env=environment, stdout=log, stderr=log
            )
        until = time.monotonic() + _SECONDS_TO_START
        while not self._answers():
            assert self._process.poll() is None, f"Vendure ended: {self._log()}"
            assert time.monotonic() < until, f"Vendure does not answer: {self._log()}"
            time.sleep(0.2)

    def states(self) -> dict[str, list[str]]:
        """The states of the processes that the installed server comes with: no question to it tells those of parts."""
        names = ("Order", "Payment", "Refund", "Fulfillment")
        told = subprocess.run(
            [packages.node(), "-e", _STATES, *names], cwd=INSTALLED, capture_output=True, check=True, timeout=60
        )
        found: dict[str, list[str]] = json.loads(told.stdout)
        return found

    def admin(self) -> Session:
        """The Admin API, as the superadmin."""
        session = Session(f"{self.url}/admin-api")
        session.ask(
            'mutation ($password: String!) { login(username: "superadmin", password: $password)'
            " { ... on CurrentUser { id } ... on ErrorResult { errorCode message } } }",
            {"password": self._password},
        )
        return session

    def visitor(self, channel: str | None = None) -> Session:
        """The Shop API, as somebody new."""
        return Session(f"{self.url}/shop-api", channel=channel)

    def sign_out(self, token: str) -> None:
        """Make a token worthless."""
        session = Session(f"{self.url}/admin-api", token)
        session.ask("mutation { logout { success } }")

    def settings(self, **account: str) -> dict[str, Any]:
        """The connector settings that reach this server."""
        return {"url": self.url, "reference_fields": "purchaseOrder", **account}

    def close(self) -> None:
        """End both servers."""
        try:
            if self._process is not None:
                self._process.terminate()
                try:
                    self._process.wait(_SECONDS_TO_END)
                except subprocess.TimeoutExpired:
                    self._process.kill()
                    self._process.wait()
        finally:
            self._database.close()

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/health", timeout=5):
                return True
        except (URLError, OSError):
            return False

    def _log(self) -> str:
        return (self._folder / "log").read_text(errors="replace")[-2000:]
