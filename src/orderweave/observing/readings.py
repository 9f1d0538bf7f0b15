"""Figures that somebody has at hand anyway: they are read when they are looked at, and cost a query nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from orderweave.observing.catalog import Metric

logger = logging.getLogger("orderweave.observing")

# By the values of the metric's labels, in their order; () for a metric without labels.
Values = Mapping[tuple[str, ...], float]
_NONE: Values = {}


class Readings:
    """How each READ metric of the catalog is read. A source named later takes the place of an earlier one."""

    def __init__(self) -> None:
        self._sources: dict[Metric, Callable[[], Values]] = {}

    def read(self, metric: Metric, source: Callable[[], Values]) -> None:
        """Have a metric read from `source`, which gives a value for each set of label values and does no I/O."""
        if not metric.read:
            raise ValueError(f"{metric.name} is counted, not read")
        self._sources[metric] = source

    def values(self, metric: Metric) -> Values:
        """What a metric says now; nothing where it has no source or the source fails, which is logged."""
        source = self._sources.get(metric)
        if source is None:
            return _NONE
        try:
            return source()
        except Exception as error:
            logger.error("reading_failed", extra={"fields": {"metric": metric.name, "error": type(error).__name__}})
            return _NONE


class NoReadings(Readings):
    """Where nobody looks: sources are not kept."""

    def read(self, metric: Metric, source: Callable[[], Values]) -> None:
        """Nothing."""
