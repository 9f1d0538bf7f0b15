"""The harness at work: messages on the wire, a stub under load, a process's cost, and the pages that come of it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.contenders.lineup import COMPARED, ORDERWEAVE, lineup
from bench.figures import Figure
from bench.load import WrongAnswer, checked, connected, get, offered, request_bytes
from bench.packages import slim
from bench.page import drawing, page, tables
from bench.processes import Process, free_port, processor_seconds
from bench.ready_made import ReadyMade
from bench.recording import PAGED_QUESTION, QUESTION, Page, Recording
from bench.results import Machine, Results
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


RESULTS = Results(
    made_on="2026-01-01",
    quick=True,
    machine=Machine(cores=2, model="A <fast> one", system="Linux 6"),
    versions={"Python": "3.11.0"},
    figures=[
        Figure(
            contender=name,
            size=20,
            clients=16,
            processor_ms=cost,
            queries_a_second=100.0,
            p50_ms=1.0,
            p99_ms=2.0,
            memory_mib=64.0,
            queries=10,
            rounds=3,
        )
        for name, cost in ((ORDERWEAVE, 2.0), ("raw", 4.0))
    ],
    ratios={name: {20: 0.5 if name == "raw" else None} for name in COMPARED} | {"reference": {20: None}},
    absent={"hive": "Node is not here"},
    calls={ORDERWEAVE: {20: 5.0}, "raw": {20: 5.0}},
    values={20: 678},
)


def test_page_tells_figures_and_who_is_missing() -> None:
    """The page has the figures, says who was left out and why, and has no figure for them."""
    text = page(RESULTS)
    assert "| Hand-written, Starlette | 0.50 |" in text
    assert "| Hive Gateway | — |" in text
    assert "- Hive Gateway: Node is not here" in text
    assert "| Orderweave | 16 | 2.00 | 100.0 | 1.0 | 2.0 | 64 | 5 | 3 |" in text
    assert "A quick run" in text
    assert tables(RESULTS) in text


def test_last_line_is_json_with_null_for_what_did_not_run() -> None:
    """The last line is one JSON object: a ratio where there is one, null elsewhere and for the cache."""
    line = RESULTS.last_line()
    assert "\n" not in line
    assert json.loads(line) == {
        "clients": 16,
        "processor_time_ratio_to": {
            "raw": {"20": 0.5},
            **{name: {"20": None} for name in (*COMPARED[1:], "reference")},
        },
        "cached": None,
    }


def test_plot_is_an_image_with_a_bar_for_each() -> None:
    """The plot is well-formed, with a background and a bar for each contender, the longest for the dearest."""
    root = ElementTree.fromstring(drawing(RESULTS))
    bars = [float(bar.attrib["width"]) for bar in root.iter("{http://www.w3.org/2000/svg}rect")][1:]
    assert len(bars) == 2
    assert bars[0] == pytest.approx(bars[1] / 2, abs=0.1)


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


def test_contenders_have_names_of_their_own() -> None:
    """Orderweave comes first, and everyone it is compared with is in the run once."""
    names = [contender.name for contender in lineup()]
    assert names[0] == ORDERWEAVE
    assert sorted(names) == sorted({*names})
    assert {*COMPARED} < {*names}
