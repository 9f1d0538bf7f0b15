"""A real Tryton server on a loopback port: installed apart from the project, seeded, started, and ended."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import msgspec

from bench.processes import free_port
from orderweave_sdk.testing.world import World

ROOT = Path(__file__).resolve().parents[3]
LOCK = ROOT / "requirements" / "tryton.txt"
DATABASE = "gw"
MODULES = ("sale", "stock", "account_invoice", "carrier", "sale_shipment_cost", "stock_package_shipping")


class NotInstalled(Exception):
    """Tryton's packages could not be had, as without a network."""


class TrytonServer:
    """One server over an SQLite database in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._admin = secrets.token_hex(16)
        self._environment: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address, without a path."""
        return f"http://127.0.0.1:{self._port}"

    def settings(self, *, user: str, password: str) -> dict[str, Any]:
        """The connector settings that reach this server."""
        return {
            "url": self.url,
            "database": DATABASE,
            "user": user,
            "password": password,
            "company_category": "Company",
        }

    def install(self) -> None:
        """The packages, into an environment that is kept from run to run; raises NotInstalled."""
        digest = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()[:12]
        environment = ROOT / "var" / f"tryton-{digest}"
        if not (environment / "whole").exists():
            shutil.rmtree(environment, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
            pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--retries", "1"]
            try:
                subprocess.run([*pip, "--require-hashes", "-r", str(LOCK)], check=True)
            except subprocess.CalledProcessError as error:
                raise NotInstalled(f"pip could not install {LOCK.name}") from error
            (environment / "whole").touch()
        self._environment = environment

    def seed(self, world: World) -> dict[str, str]:
        """Make the database and fill it; the id that the server gave to each record, by the record's own."""
        data = self._folder / "data"
        data.mkdir()
        (data / f"{DATABASE}.sqlite").touch()
        self._config.write_text(f"[database]\nuri = sqlite://\npath = {data}\n[web]\nlisten = 127.0.0.1:{self._port}\n")
        password = self._folder / "password"
        password.write_text(self._admin)
        activate = ["-d", DATABASE, "--all", "--email", "admin@example.com", "-u", *MODULES]
        self._run(
            "trytond-admin",
            *("-c", str(self._config), *activate, "--activate-dependencies"),
            TRYTONPASSFILE=str(password),
        )
        told, ids = self._folder / "world.json", self._folder / "ids.json"
        told.write_bytes(msgspec.json.encode(world))
        self._run("python", "-m", "tests.systems.tryton.seed", str(self._config), DATABASE, str(told), str(ids))
        found: dict[str, str] = json.loads(ids.read_text())
        return found

    def start(self) -> None:
        """Start serving, and wait until it answers."""
        with (self._folder / "server.log").open("wb") as log:
            self._process = subprocess.Popen(
                [self._program("trytond"), "-c", str(self._config), "-d", DATABASE], stdout=log, stderr=log
            )
        deadline = time.monotonic() + 60
        while not self._answers():
            if self._ended(within=0.2) or time.monotonic() > deadline:
                raise AssertionError(f"Tryton did not start:\n{(self._folder / 'server.log').read_text()[-2000:]}")

    def close(self) -> None:
        """End the server, if it runs."""
        if self._process is not None:
            self._process.terminate()
            if not self._ended(within=20):
                self._process.kill()
                self._process.wait()

    def call(self, method: str, *params: Any) -> Any:
        """One JSON-RPC call as the administrator, for what a connector never does: writing."""
        user_id, token, _ = self._post("common.db.login", ["admin", {"password": self._admin}, "en"], None)
        session = b64encode(f"admin:{user_id}:{token}".encode()).decode()
        return self._post(method, list(params), session)

    def sign_out(self, session: str) -> None:
        """End a session, as the server itself does with old ones."""
        self._post("common.db.logout", [], session)

    def _post(self, method: str, params: list[Any], session: str | None) -> Any:
        headers = {"content-type": "application/json", "accept-encoding": "identity"}
        if session:
            headers["authorization"] = f"Session {session}"
        body = json.dumps({"id": 1, "method": method, "params": params}).encode()
        with urlopen(Request(f"{self.url}/{DATABASE}/rpc/", body, headers), timeout=30) as answer:
            return json.load(answer)["result"]

    def _answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(0.2)
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    def _ended(self, *, within: float) -> bool:
        assert self._process is not None, "start first"
        try:
            self._process.wait(within)
        except subprocess.TimeoutExpired:
            return False
        return True

    @property
    def _config(self) -> Path:
        return self._folder / "trytond.conf"

    def _program(self, name: str) -> str:
        assert self._environment is not None, "install first"
        return str(self._environment / "bin" / name)

    def _run(self, program: str, *arguments: str, **variables: str) -> None:
        done = subprocess.run(
            [self._program(program), *arguments],
            cwd=ROOT,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{program} failed:\n{done.stderr[-3000:]}"
