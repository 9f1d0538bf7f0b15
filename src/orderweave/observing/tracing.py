"""OpenTelemetry spans: one a request, a stage and a call, with words of ours and numbers only.

Only OpenTelemetry's interface is needed here. The SDK and the exporter come with the extra `otel`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

from opentelemetry import context, trace
from opentelemetry.trace import Span, SpanKind, StatusCode, TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from orderweave.observing.port import NO_HEADERS, CacheResult, Stage

_PARENT = "traceparent"
_W3C = TraceContextTextMapPropagator()


def exporting(endpoint: str) -> TracerProvider:
    """A provider that sends spans in batches to a collector, as OTLP over HTTP; needs the extra `otel`.

    The standard's variables hold for the rest: OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER and their like.
    """
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - an extra
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource  # noqa: PLC0415 - an extra
    from opentelemetry.sdk.trace import TracerProvider as Provider  # noqa: PLC0415 - an extra
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - an extra

    provider = Provider(resource=Resource.create({SERVICE_NAME: "orderweave"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    return provider


class Tracing:
    """Spans of one process. With `upstream` on, requests to systems carry the trace on."""

    def __init__(self, provider: TracerProvider, *, upstream: bool = False) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("orderweave")
        self._upstream = upstream

    def request(self, parent: str | None) -> AbstractContextManager[Span]:
        """A request's span, in the caller's trace where its traceparent names one.

        `tracestate` is left where it is: anything may stand in it, and it would go on to the collector.
        """
        within = _W3C.extract({_PARENT: parent}) if parent else context.Context()
        return self._span("request", SpanKind.SERVER, {}, within)

    def stage(self, stage: Stage) -> AbstractContextManager[Span]:
        """A stage's span."""
        return self._span(stage.value, SpanKind.INTERNAL, {"orderweave.stage": stage.value})

    def call(self, system: str, capability: str, size: int, cache: CacheResult | None) -> AbstractContextManager[Span]:
        """A call's span."""
        attributes: dict[str, str | int] = {
            "orderweave.system": system,
            "orderweave.capability": capability,
            "orderweave.batch_size": size,
            "orderweave.cache": cache.value if cache is not None else "OFF",
        }
        return self._span(f"call {system}", SpanKind.CLIENT, attributes)

    def cached(self, system: str, capability: str, result: CacheResult, size: int) -> None:
        """An event on the span that is open: a cache was looked into."""
        told = {
            "orderweave.system": system,
            "orderweave.capability": capability,
            "orderweave.cache": result.value,
            "orderweave.batch_size": size,
        }
        trace.get_current_span().add_event("cache", told)

    def carried(self) -> Mapping[str, str]:
        """The header that ties a request to the span that is open; none unless that is wanted."""
        if not self._upstream:
            return NO_HEADERS
        headers: dict[str, str] = {}
        _W3C.inject(headers)
        return {_PARENT: headers[_PARENT]} if _PARENT in headers else NO_HEADERS

    def close(self) -> None:
        """Send what is left; a provider that has nothing to send has no such method."""
        shutdown = getattr(self._provider, "shutdown", None)
        if shutdown is not None:
            shutdown()

    def _span(
        self,
        name: str,
        kind: SpanKind,
        attributes: Mapping[str, str | int],
        within: context.Context | None = None,
    ) -> AbstractContextManager[Span]:
        """A span around what follows. Errors are told by their class; their messages stay out of it."""
        return self._tracer.start_as_current_span(
            name,
            within,
            kind,
            attributes,
            record_exception=False,
            set_status_on_exception=False,
        )


def failed(span: Span, reason: str) -> None:
    """Mark a call's span."""
    span.set_attribute("error.type", reason)
    span.set_status(StatusCode.ERROR)


def answered(span: Span, *, status: int, executor: str, codes: Sequence[str]) -> None:
    """Tell a request's span of its answer."""
    span.set_attribute("http.response.status_code", status)
    span.set_attribute("orderweave.executor", executor)
    if codes:
        span.set_attribute("orderweave.error_codes", sorted(set(codes)))
        span.set_status(StatusCode.ERROR)
