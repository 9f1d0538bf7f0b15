"""The pages for front-end teams, followed to the letter: their commands, in a folder that looks like a checkout."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.processes import Process, cores, free_port
from tests.documents.pages import blocks, read_page
from tests.systems.front.conftest import ROOT, installed, run

EXAMPLE = ROOT / "examples" / "storefront-tracker"
# What `installed` does in its stead: npm holds every package against the same lock.
INSTALL = "cp locked.json package-lock.json && npm ci"
DEMO = "make demo"
# A few systems' worth of orders; the demo itself has 500.
ORDERS = 60


def commands(page: str) -> list[str]:
    """Every command of a page's blocks, each on one line."""
    return [line for block in blocks(read_page(page), "sh") for line in block.replace("\\\n", " ").splitlines()]


def checkout(folder: Path) -> Path:
    """The example with its packages in a folder that lies as it does in a checkout; returns the example's."""
    shutil.copy(ROOT / "schema.graphql", folder)
    example = folder / "examples" / EXAMPLE.name
    shutil.copytree(EXAMPLE, example, ignore=shutil.ignore_patterns("node_modules", "gql", "__generated__", "dist"))
    (example / "node_modules").symlink_to(installed(EXAMPLE) / "node_modules")
    return example


@contextmanager
def demo(folder: Path) -> Iterator[str]:
    """The demo, as `make demo` starts it but smaller and on a free port; its address."""
    port = free_port()
    command = [str(ROOT / ".venv/bin/orderweave"), "demo", "--port", str(port), "--orders", str(ORDERS)]
    core = cores()[0]
    process = Process(command, port=port, core=core, log=folder / "demo.log", environment={}, folder=ROOT)
    try:
        process.wait()
        yield f"localhost:{port}"
    finally:
        process.stop()


def follow(page: str, folder: Path, address: str) -> dict[str, str]:
    """Type a page's commands one after the other; what each printed. Those that a fixture stands for print nothing."""
    said: dict[str, str] = {}
    here = folder
    for command in commands(page):
        if command in (DEMO, INSTALL):
            said[command] = ""
        elif command.startswith("cd "):
            here /= command.removeprefix("cd ")
        elif command.startswith("npm "):
            variables = {"ORDERWEAVE_URL": f"http://{address}/graphql"}
            said[command] = run(command.split(), here, variables=variables)
        elif command.startswith(".venv/bin/orderweave "):
            said[command] = run([str(ROOT / command.split()[0]), *command.split()[1:]], ROOT)
        else:
            assert re.match(r"curl ", command), command
            said[command] = run(["sh", "-c", command.replace("localhost:8000", address)], here)
    return said
