"""Spans on their way to a collector: as OTLP over HTTP, to the address that is configured."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from orderweave.observing import Stage
from orderweave.observing.observed import Observed
from orderweave.observing.tracing import Tracing, exporting
from tests.unit.fake_clock import FakeClock

# Serves as if the extra were not installed, and asks for traces.
WITHOUT_THE_EXTRA = """
import sys
sys.modules.update({"opentelemetry.sdk": None, "opentelemetry.exporter": None})
import orderweave.cli.configured
from orderweave.config.observing import read_observing
settings, problems = read_observing({"traces_to": "http://127.0.0.1:4318/v1/traces"}, {})
print([(problem.key, problem.message) for problem in problems])
"""


class Collector(BaseHTTPRequestHandler):
    """Takes spans and says well."""

    taken: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        """Keep what comes."""
        self.taken.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """The address of a collector, and what it has been sent."""
    taken: list[tuple[str, bytes]] = []
    handler = type("Handler", (Collector,), {"taken": taken})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}", taken
        server.shutdown()
        serving.join()


def test_spans_reach_the_collector(
    collector: tuple[str, list[tuple[str, bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing sends what has not been sent: the spans of this service, as OTLP, to the path that was given."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    address, taken = collector
    observed = Observed([], FakeClock(), tracing=Tracing(exporting(f"{address}/v1/traces")))
    with observed.request(None, None), observed.stage(Stage.PLAN):
        pass
    observed.close()
    ((path, body),) = taken
    assert path == "/v1/traces"
    (resource,) = ExportTraceServiceRequest.FromString(body).resource_spans
    told = {attribute.key: attribute.value.string_value for attribute in resource.resource.attributes}
    assert told["service.name"] == "orderweave"
    assert [span.name for scope in resource.scope_spans for span in scope.spans] == ["plan", "request"]


def test_nothing_needs_the_extra_but_traces() -> None:
    """Without the extra the gateway is imported whole, and a configuration that asks for traces is told what to do."""
    done = subprocess.run([sys.executable, "-c", WITHOUT_THE_EXTRA], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout == "[('observing.traces_to', \"needs the extra: pip install 'orderweave[otel]'\")]\n"
