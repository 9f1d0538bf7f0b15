"""access key and what check says of issuers: what they print, and the exit code that a script reads."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orderweave.access.api_keys import digest_of, is_whole, known_key
from orderweave.cli import configured
from orderweave.config.access import read_access
from tests.sdk.raw_servers import answer
from tests.unit.access.issuing import running
from tests.unit.cli.conftest import PLACE, SHOP, Run
from tests.unit.cli.test_configured_commands import File


def test_a_key_and_the_lines_to_paste(run: Run) -> None:
    """The key is printed once, and the lines under it let just this key in, as its role, for the days asked."""
    code, out, err = run("access", "key", "night-job", "--role", "analyst", "--days", "30")
    assert (code, err) == (0, "")
    key = out.splitlines()[2]
    pasted = out[out.index("[access.keys") :]
    assert is_whole(key)
    assert key not in pasted
    settings, problems = read_access(tomllib.loads(pasted), host="127.0.0.1", systems=())
    assert (problems, settings is None) == ([], False)
    assert settings is not None
    now = datetime.now(UTC)
    name, known = known_key(key, settings.keys, now)
    assert (name, known.role, known.sha256) == ("night-job", "analyst", digest_of(key))
    assert known.expires is not None
    assert timedelta(days=30, minutes=-2) < known.expires - now <= timedelta(days=30)


def test_every_key_is_another(run: Run) -> None:
    """Two keys of one name are two keys, and the role is that of a service unless another is asked for."""
    first, second = (run("access", "key", "job")[1] for _ in range(2))
    assert first.splitlines()[2] != second.splitlines()[2]
    assert 'role = "service"' in first


@pytest.mark.parametrize(
    ("words", "what"),
    [(["Job"], "a key's name"), (["9"], "a key's name"), (["job", "--role", "Boss"], "a role's name")],
)
def test_names_that_cannot_be(words: list[str], what: str, run: Run) -> None:
    """A name that the configuration would not take makes no key."""
    assert run("access", "key", *words) == (
        2,
        "",
        f"{what} has lower-case letters, digits and dashes, a letter first\n",
    )


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize(
    ("broken", "code", "line"),
    [
        (None, 0, "ok   issuer id: 3 keys"),
        (answer(b"<html>"), 1, "FAIL issuer id: the answer is no JSON object; its tokens cannot be checked"),
        (answer(b"", status="404 Not Found"), 1, "FAIL issuer id: HTTP 404; its tokens cannot be checked"),
    ],
)
async def test_check_reaches_issuers(
    broken: bytes | None, code: int, line: str, file: File, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each issuer has a line: how many keys it gives, or what is wrong, with exit code 1."""
    async with running() as issuing:
        if broken is not None:
            issuing.broken["/keys"] = broken
        url = issuing.server.url
        table = f'[access.issuers.id]\nissuer = "{url}"\naudience = "a"\ndefault_role = "staff"\n'
        table += 'algorithms = ["RS256", "ES256", "EdDSA"]\n'
        path = file(SHOP.format(mood="well") + PLACE + table)
        capsys.readouterr()
        assert await configured.check(Path(path), {}) == code
        assert line in capsys.readouterr().out.splitlines()
