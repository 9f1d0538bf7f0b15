"""The metrics of one process in Prometheus' own registry, and how they read on the wire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from orderweave.observing import catalog
from orderweave.observing.catalog import METRICS, Metric, MetricKind
from orderweave.observing.port import NOT_ASKED, CacheResult, Credential, Stage
from orderweave.observing.readings import Readings
from orderweave_sdk import errors
from orderweave_sdk.errors import UpstreamError

# Classes of the kit's errors as `UPSTREAM_REQUESTS` tells them; a connector's own class counts as OTHER.
_ERRORS = frozenset(
    {
        "Canceled",
        *(name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, UpstreamError)),
    }
)


class Metrics:
    """Counts and times what is reported. A series, once found by its labels, is kept: finding it costs most."""

    def __init__(self, readings: Readings) -> None:
        # Without it each series has a second one beside it, with the time of its birth, which nobody asks for.
        disable_created_metrics()  # type: ignore[no-untyped-call] # the library leaves this one untyped
        self.registry = CollectorRegistry()
        made = {metric: _made(metric, self.registry) for metric in METRICS if not metric.read}
        self.registry.register(_Read(readings))
        ProcessCollector(registry=self.registry)
        self._answers = made[catalog.ANSWERS]
        self._errors = made[catalog.ANSWER_ERRORS]
        self._answer_seconds = made[catalog.ANSWER_SECONDS]
        self._calls = made[catalog.CALLS]
        self._call_seconds = made[catalog.CALL_SECONDS]
        self._call_keys = made[catalog.CALL_KEYS]
        self._upstream = made[catalog.UPSTREAM_REQUESTS]
        self._cache = made[catalog.CACHE]
        self._age = made[catalog.SERVED_AGE_SECONDS]
        self._callers = made[catalog.CALLERS]
        self._key_sets = made[catalog.KEY_SETS]
        self._stages = {stage: made[catalog.STAGE_SECONDS].labels(stage.value) for stage in Stage}
        self._series: dict[tuple[Any, ...], Any] = {}

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """All metrics in the form that the Accept header asks for, and its media type."""
        encode, media_type = choose_encoder(accept)
        return encode(self.registry), media_type

    def passed(self, stage: Stage, seconds: float) -> None:
        """One passage through a stage."""
        self._stages[stage].observe(seconds)

    def answered(self, executor: str, codes: tuple[str, ...], seconds: float) -> None:
        """One answer."""
        self._found(self._answers, executor).inc()
        self._found(self._answer_seconds, executor).observe(seconds)
        for code in codes:
            self._found(self._errors, code).inc()

    def called(self, system: str, capability: str, outcome: str, *, size: int, seconds: float) -> None:
        """One call."""
        self._found(self._calls, system, capability, outcome).inc()
        if outcome == NOT_ASKED:
            return
        self._found(self._call_seconds, system, capability).observe(seconds)
        self._found(self._call_keys, system, capability).inc(size)

    def cached(self, system: str, capability: str, result: CacheResult, size: int) -> None:
        """A look into a cache."""
        self._found(self._cache, system, capability, result.value).inc(size)

    def sent(self, system: str, error: str | None) -> None:
        """One HTTP request."""
        told = "NONE" if error is None else error if error in _ERRORS else "OTHER"
        self._found(self._upstream, system, told).inc()

    def identified(self, credential: Credential, refusal: str | None) -> None:
        """Somebody who was let in, or not."""
        self._found(self._callers, credential.value, refusal or "OK").inc()

    def keys_fetched(self, issuer: str, *, failed: bool) -> None:
        """A fetch of an issuer's keys."""
        self._found(self._key_sets, issuer, "FAILED" if failed else "OK").inc()

    def served(self, system: str, age_seconds: float) -> None:
        """The age of data in one answer."""
        self._found(self._age, system).observe(age_seconds)

    def _found(self, metric: Any, *values: str) -> Any:
        key = (metric, *values)
        found = self._series.get(key)
        if found is None:
            found = self._series[key] = metric.labels(*values)
        return found


def _made(metric: Metric, registry: CollectorRegistry) -> Any:
    if metric.kind is MetricKind.HISTOGRAM:
        return Histogram(metric.name, metric.help, metric.labels, buckets=metric.buckets, registry=registry)
    return Counter(metric.name, metric.help, metric.labels, registry=registry)


class _Read(Collector):
    """The READ metrics, each read as it is collected; one without a source is not there."""

    def __init__(self, readings: Readings) -> None:
        self._readings = readings

    def describe(self) -> list[Family]:
        """The names alone, so that registering reads nothing."""
        return [_family(metric) for metric in METRICS if metric.read]

    def collect(self) -> Iterator[Family]:
        """Every metric that has a value."""
        for metric in METRICS:
            values = self._readings.values(metric) if metric.read else {}
            if values:
                family = _family(metric)
                for labels, value in sorted(values.items()):
                    family.add_metric(labels, value)
                yield family


def _family(metric: Metric) -> GaugeMetricFamily | CounterMetricFamily:
    kind = CounterMetricFamily if metric.kind is MetricKind.READ_COUNTER else GaugeMetricFamily
    return kind(metric.name, metric.help, labels=metric.labels)
