"""The gateway over fake systems with everything switched on that looks at it, spoken to over HTTP without a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families

from orderweave.model.calls import CallRules
from orderweave.observing.observed import Observed
from orderweave.observing.tracing import Tracing
from orderweave.web import build_app
from orderweave.web.ops import Access
from orderweave.web.seen import seen
from tests.unit.fake_business import erp, order, shop
from tests.unit.fake_clock import FakeClock
from tests.unit.fake_systems import ONCE, FakeSystem, Woven, weave

TOKEN = "an-operators-token"


class Watched:
    """A woven gateway, what was seen of it, and its application."""

    def __init__(
        self,
        *systems: FakeSystem,
        access: str | None = TOKEN,
        upstream: bool = False,
        calls: CallRules = ONCE,
    ) -> None:
        self.exporter = InMemorySpanExporter()
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.tracing = Tracing(provider, upstream=upstream)
        self.woven: Woven = weave(*(systems or business()), observe=self._observe, calls=calls)
        self.time = self.woven.time
        self.fakes = self.woven.fakes
        shown = seen(self.woven.gateway.systems, self.observed, access=Access(access, self.time))
        self.app = build_app(self.woven.schema, self.woven.gateway, more=shown.more, beside=shown.beside)

    def _observe(self, systems: Sequence[str], clock: FakeClock) -> Observed:
        self.observed = Observed(systems, clock, history=True, tracing=self.tracing, log_requests=True)
        return self.observed

    @asynccontextmanager
    async def caller(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client of the application; a fault that the application lets through is raised here."""
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            yield client

    async def ask(self, query: str, headers: Mapping[str, str] | None = None, **variables: Any) -> httpx.Response:
        """The answer to one query."""
        async with self.caller() as client:
            return await client.post(
                "/graphql", json={"query": query, "variables": variables}, headers=dict(headers or {})
            )

    async def samples(self) -> dict[tuple[str, ...], float]:
        """What /metrics says, by name and values of labels in the order of the labels' names; buckets left out."""
        async with self.caller() as client:
            text = (await client.get("/metrics")).text
        return {
            (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if not sample.name.endswith("_bucket")
        }

    def spans(self) -> list[ReadableSpan]:
        """The spans that have ended, in the order in which they began."""
        return sorted(self.exporter.get_finished_spans(), key=lambda span: span.start_time or 0)


def business() -> tuple[FakeSystem, FakeSystem]:
    """A shop with two orders and an ERP that mirrors one."""
    return (
        shop([order("a1", "1001", email="ada@example.com", customer_id="c1"), order("a2", "1002", hours=1)]),
        erp([order("e1", "SO1", reference=("reference", "1001"), invoice="INV1")]),
    )
