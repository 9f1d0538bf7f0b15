"""What is typed wrongly: exit code 2, a usage, and what would be right."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from orderweave.cli import main
from orderweave.schema import print_sdl
from tests.unit.cli.conftest import Run

COMMANDS = [
    "demo",
    "serve",
    "check",
    "systems",
    "sync",
    "index",
    "export",
    "explain",
    "access",
    "webhooks",
    "schema",
    "connector",
    "truth",
]
WHOLE = "must be a whole number between"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "the following arguments are required: command"),
        (["start"], "invalid choice: 'start'"),
        (["check", "extra"], "unrecognized arguments: extra"),
        (["serve", "--port", "80"], "unrecognized arguments: --port 80"),
        (["serve", "--workers", "0"], f"argument --workers: {WHOLE} 1 and 64"),
        (["serve", "--workers", "65"], f"argument --workers: {WHOLE} 1 and 64"),
        (["check", "--config"], "argument --config: expected one argument"),
        (["explain"], "the following arguments are required: query"),
        (["schema"], "the following arguments are required: {print,reference,diff}"),
        (["schema", "show"], "invalid choice: 'show'"),
        (["access"], "the following arguments are required: {key}"),
        (["access", "key"], "the following arguments are required: name"),
        (["access", "key", "a", "--days", "0"], f"argument --days: {WHOLE} 1 and 3650"),
        (["webhooks"], "the following arguments are required: {list,show,register,replay}"),
        (["webhooks", "list", "--state", "old"], "argument --state: invalid choice: 'old'"),
        (["webhooks", "list", "--most", "0"], f"argument --most: {WHOLE} 1 and 10000"),
        (["webhooks", "show"], "the following arguments are required: number"),
        (["webhooks", "register", "shop"], "the following arguments are required: --url"),
        (["webhooks", "replay", "x"], f"argument numbers: {WHOLE} 1 and 999999999"),
        (["connector"], "the following arguments are required: {new,check,page}"),
        (["connector", "new"], "the following arguments are required: name"),
        (["demo", "--port", "http"], f"argument --port: {WHOLE} 1 and 65535"),
        (["demo", "--port", "0"], f"argument --port: {WHOLE} 1 and 65535"),
        (["demo", "--port", "65536"], f"argument --port: {WHOLE} 1 and 65535"),
        (["demo", "--orders", "0"], f"argument --orders: {WHOLE} 1 and 100000"),
        (["demo", "--orders", "-5"], f"argument --orders: {WHOLE} 1 and 100000"),
        (["demo", "--orders", "9" * 5000], f"argument --orders: {WHOLE} 1 and 100000"),
        (["demo", "--seed", "x"], "argument --seed: invalid int value: 'x'"),
        (["truth", "--orders", "0"], f"argument --orders: {WHOLE} 1 and 100000"),
        (["truth", "--seeds", "1.5"], f"argument --seeds: {WHOLE} 1 and 1000"),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, list) else "",
)
def test_wrong_usage(words: list[str], message: str, run: Run) -> None:
    """Wrong words are told with a usage, on the error output, with exit code 2."""
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert err.startswith("usage: orderweave")
    assert message in err


def test_help_names_every_command(run: Run) -> None:
    """--help exits 0 and names each command; each command has help of its own."""
    code, out, _ = run("--help")
    assert code == 0
    assert re.findall(r"^ {4}(\w+)", out, re.MULTILINE) == COMMANDS
    for command in COMMANDS:
        code, out, _ = run(command, "--help")
        assert (code, out.startswith(f"usage: orderweave {command}")) == (0, True)


def test_demo_hands_its_options_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """demo starts with the options given, and with its defaults."""
    from orderweave.demo import serving  # noqa: PLC0415 - as the command does

    started: list[dict[str, Any]] = []

    async def serve(**options: Any) -> None:
        started.append(options)

    monkeypatch.setattr(serving, "serve_demo", serve)
    assert run("demo") == (0, "", "")
    assert run("demo", "--port", "9001", "--seed", "3", "--orders", "20", "--systems", "shopify, tryton") == (0, "", "")
    assert started == [
        {"port": 8000, "seed": 7, "orders": 500, "connectors": None},
        {"port": 9001, "seed": 3, "orders": 20, "connectors": ("shopify", "tryton")},
    ]


def test_a_cast_that_cannot_play_is_refused(run: Run) -> None:
    """demo and truth say which connectors have a part."""
    for command in ("demo", "truth"):
        code, _, error = run(command, "--systems", "shopify,nobody")
        assert (code, error.startswith("no part for nobody; there are parts for ")) == (2, True)


def test_an_interrupt_is_no_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupted command ends quietly with the exit code of an interrupt."""

    def interrupted(folder: Path) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("orderweave.cli.developing.diff_schema", interrupted)
    assert run("schema", "diff") == (130, "", "")


def test_the_words_of_the_process_are_read(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without words given the process's own are read."""
    monkeypatch.setattr(sys, "argv", ["orderweave", "schema", "print"])
    assert main() == 0
    assert capsys.readouterr().out == print_sdl()
