"""schemathesis, which makes queries from the schema, finds nothing in the gateway as it is served."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from orderweave.demo.business import DemoBusiness
from tests.systems.serving.served import Served

pytestmark = pytest.mark.systems

ROOT = Path(__file__).resolve().parents[3]
LOCK = ROOT / "requirements" / "schemathesis.txt"
# For each root field.
EXAMPLES = 100
# Its own word on faults knows other codes than ours (see hooks.py), and its queries know nothing of @oneOf and bounds.
NOT_OURS = "not_a_server_error,positive_data_acceptance"


def installed() -> Path:
    """Its environment, which is kept from run to run; without its packages the test is skipped, but not in CI."""
    digest = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()[:12]
    environment = ROOT / "var" / f"schemathesis-{digest}"
    if not (environment / "whole").exists():
        shutil.rmtree(environment, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
        pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--retries", "1"]
        if subprocess.run([*pip, "--require-hashes", "-r", str(LOCK)], check=False).returncode:
            if os.environ.get("CI") == "true":
                pytest.fail(f"with CI=true schemathesis must be there: pip could not install {LOCK.name}")
            pytest.skip(f"no schemathesis: pip could not install {LOCK.name}")
        (environment / "whole").touch()
    return environment


async def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    """Queries made from the schema, sound and unsound ones, are all answered as they should be, and none is a fault."""
    schemathesis = installed() / "bin" / "schemathesis"
    async with DemoBusiness(seed=7, orders=100) as business:
        served = Served(business, tmp_path)
        served.write()
        try:
            await served.start(workers=1)
            run = await asyncio.create_subprocess_exec(
                str(schemathesis),
                *("run", f"http://127.0.0.1:{served.port}/graphql", "--no-color", "--seed", "7"),
                *("--max-examples", str(EXAMPLES), "--phases", "fuzzing", "--mode", "all"),
                *("--checks", "all", "--exclude-checks", NOT_OURS, "--continue-on-failure", "--warnings", "off"),
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parent), "SCHEMATHESIS_HOOKS": "hooks"},
                cwd=tmp_path,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            said, _ = await run.communicate()
        finally:
            served.end()
    told = said.decode()
    assert run.returncode == 0, told
    assert "passed" in told
    assert "internal_error" not in served.log
    assert "Traceback" not in served.log
