"""The files under deploy/ hold against the checkout. No engine is at hand to build them: they are only read here."""

from __future__ import annotations

import re
import shlex
import tomllib

import pytest

from orderweave.cli.main import main
from orderweave.config import installed, load
from orderweave.config.configuration import Server
from orderweave.serving import _GRACE
from tests.documents.pages import ROOT, read_page

DOCKERFILE = read_page("deploy/Dockerfile")
COMPOSE = read_page("deploy/compose.yaml")
CONFIGURATION = ROOT / "deploy/configuration/orderweave.toml"
INSTRUCTIONS = [line for line in re.sub(r"\\\n\s*", "", DOCKERFILE).splitlines() if line and not line.startswith("#")]


def said(instruction: str) -> list[str]:
    """What follows an instruction, each time it stands."""
    return [line.partition(" ")[2] for line in INSTRUCTIONS if line.startswith(f"{instruction} ")]


def listed(text: str) -> list[str]:
    """The words of a list in brackets."""
    return [word.strip(' "') for word in text.strip("[]").split(", ")]


def test_what_is_copied_is_there_and_let_through() -> None:
    """Every path that is copied from the checkout is in it, and the ignore file lets it into the build."""
    copied = [path for text in said("COPY") if "--from" not in text for path in shlex.split(text)[:-1]]
    assert copied == [
        "requirements/dev.txt",
        "requirements/runtime.txt",
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "src",
        "connectors",
    ]
    assert [path for path in copied if not (ROOT / path).exists()] == []
    let_through = re.findall(r"^!(.+)$", read_page("deploy/Dockerfile.dockerignore"), re.MULTILINE)
    assert {path.split("/")[0] for path in copied} == set(let_through)


def test_the_package_needs_nothing_that_is_not_copied() -> None:
    """The files that pyproject.toml names for the build are among those copied."""
    project = tomllib.loads(read_page("pyproject.toml"))
    assert project["project"]["readme"] in shlex.split(" ".join(said("COPY")))
    assert {path.split("/")[0] for path in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]} == {"src"}


def test_the_command_is_one_that_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    """The container runs a command of the program with options that it has, over the file that compose mounts."""
    (entry,), (command,) = said("ENTRYPOINT"), said("CMD")
    scripts = tomllib.loads(read_page("pyproject.toml"))["project"]["scripts"]
    assert listed(entry)[0].rpartition("/")[2] in scripts
    words = listed(command)
    with pytest.raises(SystemExit) as end:
        main([words[0], "--help"])
    assert end.value.code == 0
    help_text = capsys.readouterr().out
    assert [word for word in words if word.startswith("--") and word not in help_text] == []
    folder = words[words.index("--config") + 1].rpartition("/")[0]
    mounted = re.findall(r"- \./([\w/]+):([\w/]+):ro", COMPOSE)
    assert mounted == [(CONFIGURATION.parent.name, folder)]


def test_the_configuration_loads() -> None:
    """The example loads with the variables that compose hands on, and listens where the image says."""
    variables = re.findall(r"^ {6}([A-Z_]+): \$\{\1:\?", COMPOSE, re.MULTILINE)
    configuration = load(CONFIGURATION, registry=installed(), environment=dict.fromkeys(variables, "x"))
    assert said("EXPOSE") == [str(configuration.server.port)]
    assert f":{configuration.server.port}/health/live" in DOCKERFILE
    assert f'"127.0.0.1:8000:{configuration.server.port}"' in COMPOSE


def test_images_are_pinned_and_nobody_is_root() -> None:
    """Every image has a whole version, and the gateway runs as a user of its own."""
    images = [text.split()[0] for text in said("FROM")] + re.findall(r"image: (\S+)", COMPOSE)
    assert [image for image in images if not re.fullmatch(r"\w+:\d+\.\d+\.\d+[\w.-]*", image)] == []
    (user,) = said("USER")
    assert int(user) > 0


def test_the_stop_is_not_cut_short() -> None:
    """What compose waits for is longer than the drain, the deadline and the grace by default."""
    (seconds,) = re.findall(r"stop_grace_period: (\d+)s", COMPOSE)
    assert int(seconds) > Server().drain_seconds + Server().deadline_seconds + _GRACE
    assert said("STOPSIGNAL") == ["SIGTERM"]
