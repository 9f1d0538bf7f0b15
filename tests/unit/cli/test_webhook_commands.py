"""webhooks list, show and replay: what operators see of deliveries, with nothing personal in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest

from orderweave.config.configuration import IndexSettings
from orderweave.receiving.storing import IndexStore
from orderweave_sdk.records import Key
from orderweave_sdk.webhooks import Delivery
from tests.unit.cli.conftest import SHOP, Run
from tests.unit.fake_clock import NOON
from tests.unit.fake_systems import weave

TOML = SHOP.format(mood="well") + '[index]\nurl = "sqlite:///kept.db"\n[webhooks]\nattempts = 2\n'
GIVEN_UP = "orders were not read (UNREACHABLE)"


async def _fill(folder: Path) -> None:
    """Two dead deliveries, one that waits, and one that was tried."""
    woven = weave(index=IndexSettings(url=f"sqlite:///{folder / 'kept.db'}"))
    store = IndexStore(lambda: nullcontext(woven.gateway))
    for n in range(4):
        delivery = Delivery(
            id=f"e{n}",
            topic="orders/updated",
            occurred_at=NOON,
            order=(Key("id", "order-of-ada"), Key("number", "1001")),
            skus=("A", "B"),
        )
        await store.add("shop", delivery, NOON + timedelta(seconds=n), most=100)
    first, second, third = await store.claim(NOON + timedelta(seconds=2), most=3, lease=timedelta(minutes=1))
    await store.bury(first, GIVEN_UP, NOON)
    await store.bury(second, GIVEN_UP, NOON)
    await store.postpone(third, NOON + timedelta(seconds=9), "not done in time")
    await woven.close()


@pytest.fixture
def kept(tmp_path: Path, file: Callable[[str], str]) -> str:
    """A configuration over a database with deliveries."""
    asyncio.run(_fill(tmp_path))
    return file(TOML)


def test_list(run: Run, kept: str) -> None:
    """The dead, the newest first, each a line that says where it came from and why it was given up; no name."""
    code, out, err = run("webhooks", "list", "--config", kept)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"2  2026-05-04T12:00:01Z  shop  orders/updated  DEAD  1 order, 2 SKUs  1 attempt: {GIVEN_UP}",
        f"1  2026-05-04T12:00:00Z  shop  orders/updated  DEAD  1 order, 2 SKUs  1 attempt: {GIVEN_UP}",
        "2 shown; 2 wait, 2 dead",
    ]
    _, out, _ = run("webhooks", "list", "--state", "all", "--most", "3", "--config", kept)
    assert [line.split("  ")[0] for line in out.splitlines()] == ["4", "3", "2", "3 shown; 2 wait, 2 dead"]
    _, out, _ = run("webhooks", "list", "--state", "done", "--config", kept)
    assert out == "0 shown; 2 wait, 2 dead\n"


def test_show(run: Run, kept: str) -> None:
    """All that is known of one, but no name of the order or of its goods; one that is not there is told."""
    code, out, _ = run("webhooks", "show", "3", "--config", kept)
    assert code == 0
    assert out.splitlines() == [
        "system       shop",
        "topic        orders/updated",
        "state        WAITING",
        "about        1 order, 2 SKUs",
        "named by     id, number",
        "happened     2026-05-04T12:00:00Z",
        "received     2026-05-04T12:00:02Z",
        "attempts     1",
        "next attempt 2026-05-04T12:00:09Z",
        "problem      not done in time",
    ]
    assert "ada" not in out
    assert "1001" not in out
    assert run("webhooks", "show", "99", "--config", kept) == (1, "", "there is no delivery 99\n")


def test_replay(run: Run, kept: str) -> None:
    """Some by number, then all that are left; what is not dead is not touched, and nothing named is a mistake."""
    assert run("webhooks", "replay", "1", "3", "--config", kept) == (
        0,
        "1 delivery waits to be worked on again\n",
        "",
    )
    assert run("webhooks", "replay", "3", "--config", kept)[0] == 1
    assert run("webhooks", "replay", "--all", "--config", kept)[1] == "1 delivery waits to be worked on again\n"
    assert run("webhooks", "replay", "--all", "--config", kept)[1] == "0 deliveries wait to be worked on again\n"
    code, _, err = run("webhooks", "replay", "--config", kept)
    assert (code, err) == (2, "give the numbers of dead deliveries, or --all\n")


def test_without_webhooks(run: Run, file: Callable[[str], str]) -> None:
    """Where none are configured it is said, and what would be right."""
    code, out, err = run("webhooks", "list", "--config", file(SHOP.format(mood="well")))
    assert (code, out, err) == (1, "", "webhooks are not configured: add [webhooks] and [index]\n")
    assert run("webhooks", "show", "1", "--config", file("colour = 1"))[0] == 1


ADDRESS = "https://gateway.example.com/webhooks/shop"
SENDING = SHOP.replace('"moody"', '"sending"')


def test_register(run: Run, file: Callable[[str], str]) -> None:
    """What was registered, what was there, and the secrets that the vendor tells once."""
    code, out, err = run(
        "webhooks", "register", "shop", "--url", ADDRESS, "--config", file(SENDING.format(mood="well"))
    )
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "registered: orders",
        "there already: stock",
        "These secrets are shown once; set webhook_secrets of shop to them:",
        "s3cret",
    ]


@pytest.mark.parametrize(
    ("mood", "said"),
    [
        ("locked", "UNAUTHORIZED: sign-in: HTTP 401, the credentials are refused or lack a right\n"),
        ("buggy", "BAD_PAYLOAD: the connector failed on an answer (KeyError)\n"),
    ],
)
def test_register_where_the_system_refuses(mood: str, said: str, run: Run, file: Callable[[str], str]) -> None:
    """The reason, as for any call, and exit code 1."""
    words = ["webhooks", "register", "shop", "--url", ADDRESS, "--config", file(SENDING.format(mood=mood))]
    assert run(*words) == (1, "", said)


@pytest.mark.parametrize(
    ("system", "url", "said"),
    [
        ("erp", ADDRESS, "there is no system 'erp'; there are: shop"),
        ("shop", "http://gateway.example.com/webhooks/shop", "--url must be the address"),
        ("shop", "https://gateway.example.com/", "--url must be the address"),
    ],
)
def test_register_what_cannot_be(system: str, url: str, said: str, run: Run, file: Callable[[str], str]) -> None:
    """What is typed wrongly is told before anybody is asked."""
    config = file(SENDING.format(mood="locked"))
    code, out, err = run("webhooks", "register", system, "--url", url, "--config", config)
    assert (code, out) == (2, "")
    assert err.startswith(said)


def test_register_with_a_system_that_cannot(run: Run, file: Callable[[str], str]) -> None:
    """A connector without the capability is not asked."""
    config = file(SHOP.format(mood="locked"))
    code, _, err = run("webhooks", "register", "shop", "--url", ADDRESS, "--config", config)
    assert (code, err) == (
        2,
        "Moody has no way to register webhooks by its API; see the README of its connector\n",
    )
