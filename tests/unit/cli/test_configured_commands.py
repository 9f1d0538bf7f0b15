"""check, systems, explain and serve: what they print, and the exit code that a script reads."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from orderweave import bootstrap
from orderweave.cli import configured
from orderweave.config import Configuration
from orderweave.config.configuration import Server
from orderweave.config.loading import _TOP
from tests.unit.caching.stores import FakeShared
from tests.unit.cli.conftest import PLACE, REFERENCE, SHOP, STORE, Run
from tests.unit.fake_clock import FakeClock

File = Callable[[str], str]

WELL = SHOP.format(mood="well") + STORE + REFERENCE + PLACE
SHOP_CAN = "FIND_ORDERS, FIND_PRODUCTS, LIST_LOCATIONS, LIST_SKUS, READ_STOCK, SEARCH_ORDERS"
BROKEN = """
colour = 1
[systems.shop]
connector = "moody"
[systems.shop.settings]
token = "s3cret"
[systems.erp]
connector = "sap"
"""
PROBLEMS = (
    "{path}: colour: unknown key; known here: " + ", ".join(sorted(_TOP)) + "\n"
    '{path}: systems.shop.settings.token: is a secret: write {{ env = "NAME" }} and set that variable\n'
    "{path}: systems.erp.connector: the connector 'sap' is not installed; installed: moody, sending, store\n"
    "3 problems; nothing was started\n"
)


def test_check_says_one_line_a_system(run: Run, file: File) -> None:
    """With all well, each system has a line with what answered and what it can, and the exit code is 0."""
    code, out, err = run("check", "--config", file(WELL))
    assert (code, err) == (0, "")
    assert (
        out == f"ok   shop (Moody): signed in as reader; {SHOP_CAN}\nok   wms (Store): alone says hello; FIND_ORDERS\n"
    )


@pytest.mark.parametrize(
    ("mood", "line"),
    [
        ("down", "UNREACHABLE: sign-in: no connection"),
        ("locked", "UNAUTHORIZED: sign-in: HTTP 401, the credentials are refused or lack a right"),
        ("buggy", "BAD_PAYLOAD: the connector failed on an answer (KeyError)"),
    ],
)
def test_check_goes_on_after_a_failure(mood: str, line: str, run: Run, file: File) -> None:
    """A system that fails, by a bug of its connector too, is one line with the reason; the rest is checked; exit 1."""
    code, out, err = run("check", "--config", file(SHOP.format(mood=mood) + STORE + REFERENCE + PLACE))
    assert (code, err) == (1, "")
    assert out == f"FAIL shop (Moody): {line}\nok   wms (Store): alone says hello; FIND_ORDERS\n"


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (None, 0, "ok   cache (redis): answers\n"),
        (
            ConnectionError("redis://:hunter2@cache"),
            1,
            "FAIL cache (redis): does not answer; the gateway would go on without it, each worker by itself\n",
        ),
    ],
)
def test_check_looks_at_the_shared_cache(
    error: Exception | None, code: int, line: str, *, run: Run, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that all workers share is reached, too: one line, and exit 1 where it does not answer."""
    store = FakeShared(FakeClock())
    store.error = error
    monkeypatch.setattr(bootstrap, "RedisStore", lambda url: store)
    found, out, _ = run("check", "--config", file(WELL + '[redis]\nurl = "redis://cache"\n'))
    assert found == code
    assert line in out
    assert store.closed


def test_check_notes_what_is_seldom_meant(run: Run, file: File) -> None:
    """A system that nothing will match, and missing places, are notes and no failure."""
    code, out, _ = run("check", "--config", file(SHOP.format(mood="well") + STORE))
    assert code == 0
    assert out.splitlines()[2:] == [
        "note wms: no orders are placed here and no references are configured: nothing will match it",
        "note no [[locations]] are configured: stock of one place in two systems counts twice",
    ]


def test_check_notes_webhooks_that_nobody_would_believe(run: Run, file: File) -> None:
    """A system that could send webhooks and has no secret is noted, where webhooks are taken; with one it is not."""
    note = "note shop: without webhook_secrets or webhook_public_keys no webhook of it is believed\n"
    taken = WELL.replace('"moody"', '"sending"') + "[index]\n[webhooks]\n"
    assert note in run("check", "--config", file(taken))[1]
    assert note not in run("check", "--config", file(taken.replace("[index]\n[webhooks]\n", "")))[1]


def test_check_notes_guests_without_redis(run: Run, file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guests without a Redis are a note: each process would count their attempts by itself."""
    monkeypatch.setenv("TRACKING_KEY", "k" * 32)
    code, out, _ = run("check", "--config", file(WELL + '[tracking]\nkeys = [{ env = "TRACKING_KEY" }]\n'))
    assert code == 0
    assert out.splitlines()[2:] == [
        "note tracking without [redis]: each process counts attempts and knows revocations by itself"
    ]


@pytest.mark.parametrize("command", [["check"], ["systems"], ["serve"], ["explain", "{ systems { name } }"]], ids=str)
def test_a_broken_file_is_told_whole(command: list[str], run: Run, file: File) -> None:
    """Each command over a broken file prints every problem, no secret, and exits 1 with nothing done."""
    path = file(BROKEN)
    code, out, err = run(*command, "--config", path)
    assert (code, out, err) == (1, "", PROBLEMS.format(path=path))


def test_a_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    """A file that is not there is one problem."""
    path = tmp_path / "none.toml"
    code, out, err = run("check", "--config", str(path))
    assert (code, out) == (1, "")
    assert err == f"{path}: file: cannot be read (No such file or directory)\n1 problem; nothing was started\n"


def test_systems_tells_what_they_declare(run: Run, file: File) -> None:
    """Each system is told with its connector, kind, part, abilities, facets and batches."""
    code, out, err = run("systems", "--config", file(WELL))
    assert (code, err) == (0, "")
    assert out.split("\nwms  ")[1] == (
        "Store (store 1.0, wms)\n"
        "  orders placed here: no\n"
        "  can: FIND_ORDERS\n"
        "  knows: FULFILLMENT\n"
        "  looks up by: id x 50 (LIST), number x 50 (LIST), order_number x 50 (LIST)\n"
    )
    assert out.startswith(f"shop  Moody (moody 1.0, storefront)\n  orders placed here: yes\n  can: {SHOP_CAN}\n")


PLAN = (
    "orders: FULFILLMENT\n"
    "  1. shop: search -> FULFILLMENT\n"
    "  2. wms: by order_number = shop:number (list of up to 50) -> FULFILLMENT\n"
    "  if one fails, FULFILLMENT: wms > shop\n"
    "  price, shop: 1 call\n"
    "  price, wms: {wms}\n"
    "\n"
    "price in all: {all}\n"
)
QUERY = "query List($n: Int!) { orders(first: $n) { nodes { shipments { status } } } } query Other { systems { name } }"


def test_explain_of_a_query_as_typed(run: Run, file: File) -> None:
    """A query as typed is explained without asking any system."""
    code, out, err = run("explain", QUERY, "--operation", "List", "--variables", '{"n": 5}', "--config", file(WELL))
    assert (code, out, err) == (0, PLAN.format(wms="1 call", all="26 values, 2 calls"), "")


def test_explain_of_a_file(run: Run, file: File, tmp_path: Path) -> None:
    """A query in a file is explained the same; without its variables a page is as long as one is without `first`."""
    path = tmp_path / "query.graphql"
    path.write_text(QUERY)
    assert run("explain", str(path), "--operation", "List", "--config", file(WELL)) == (
        0,
        PLAN.format(wms="2 calls", all="101 values, 3 calls"),
        "",
    )


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["{ nothing }"], 1, "Cannot query field 'nothing' on type 'Query'.\n"),
        (["{ systems {"], 1, "Syntax Error: Expected Name, found <EOF>."),
        ([QUERY, "--operation", "Third"], 1, "the document has no operation 'Third'\n"),
        (["no-such-file.graphql"], 2, "no-such-file.graphql cannot be read\n"),
        (["{ systems { name } }", "--variables", "[]"], 2, "--variables must be a JSON object\n"),
        (["{ systems { name } }", "--variables", "{"], 2, "--variables must be a JSON object\n"),
        (["{ systems { name } }", "--variables", '{"a":' + "[" * 100_000], 2, "--variables must be a JSON object\n"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_explain_of_what_cannot_be(words: list[str], code: int, message: str, run: Run, file: File) -> None:
    """A document that would not run is 1; what was typed wrongly is 2; nothing is printed as a plan."""
    found, out, err = run("explain", *words, "--config", file(WELL))
    assert (found, out) == (code, "")
    assert err.startswith(message)


def test_explain_of_a_file_that_is_no_text(run: Run, file: File, tmp_path: Path) -> None:
    """A file that holds no text, and a folder, cannot be read."""
    path = tmp_path / "query.graphql"
    path.write_bytes(b"\xff\xfe")
    for given in (path, tmp_path):
        assert run("explain", str(given), "--config", file(WELL)) == (2, "", f"{given} cannot be read\n")


def test_serve_starts_what_the_file_says(run: Run, file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    """serve starts over the configuration of the file, with one worker unless told, and may read the file again."""
    started: list[tuple[Server, int, int]] = []

    def start(configuration: Configuration, load: Callable[[], Configuration], *, workers: int) -> int:
        started.append((configuration.server, load().server.port, workers))
        return 0

    monkeypatch.setattr(configured, "start", start)
    path = file('[server]\nhost = "127.0.0.9"\nport = 9123\n' + WELL)
    assert run("serve", "--config", path) == (0, "", "")
    assert run("serve", "--config", path, "--workers", "3") == (0, "", "")
    assert started == [(Server(host="127.0.0.9", port=9123), 9123, workers) for workers in (1, 3)]


def test_serve_says_where_it_cannot_listen(run: Run, file: File) -> None:
    """An address that is taken is told in one line, with exit code 1, and nothing is started."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, out, err = run("serve", "--config", file(f"[server]\nport = {port}\n" + WELL), "--workers", "2")
    assert (code, out) == (1, "")
    assert err == f"cannot listen on 127.0.0.1, port {port} (Address already in use)\n"


def test_the_environment_is_the_processs(run: Run, file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets come from the environment of the process."""
    text = WELL.replace('mood = "well"', 'mood = "well"\ntoken = { env = "MOODY_TOKEN" }')
    monkeypatch.delenv("MOODY_TOKEN", raising=False)
    code, _, err = run("check", "--config", file(text))
    assert code == 1
    assert "systems.shop.settings.token: the environment variable 'MOODY_TOKEN' is not set or empty" in err
    monkeypatch.setenv("MOODY_TOKEN", "s3cret")
    code, out, _ = run("check", "--config", file(text))
    assert (code, "s3cret" in out) == (0, False)
