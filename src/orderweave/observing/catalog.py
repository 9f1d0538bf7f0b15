"""Every metric there is, with its name, its labels and what it says; docs/operating.md has the same list.

Labels hold names of systems, words of our own enums and error codes, never a value of a caller or of a system, so
that their number is bounded by the configuration.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class MetricKind(StrEnum):
    """How a metric moves. READ ones are read from their source when somebody looks, see `readings.py`."""

    COUNTER = "counter"
    HISTOGRAM = "histogram"
    READ_GAUGE = "gauge"
    READ_COUNTER = "counter, read"


class Metric(msgspec.Struct, frozen=True):
    """One metric. Counters are named without the `_total` that the exposition puts after them."""

    name: str
    kind: MetricKind
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()

    @property
    def exposed(self) -> str:
        """The name under which Prometheus knows it."""
        counts = self.kind in (MetricKind.COUNTER, MetricKind.READ_COUNTER)
        return f"{self.name}_total" if counts else self.name

    @property
    def read(self) -> bool:
        """Whether it is read from a source."""
        return self.kind in (MetricKind.READ_GAUGE, MetricKind.READ_COUNTER)


# Seconds: stages that compute take 10 µs to 100 ms, whole answers and calls 1 ms to the longest deadline.
_STAGE = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0)
_CALL = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_AGE = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14400.0, 86400.0)

ANSWERS = Metric(
    "orderweave_answers",
    MetricKind.COUNTER,
    "Answers to GraphQL requests, by what projected them (NONE: nothing was run).",
    ("executor",),
)
ANSWER_ERRORS = Metric(
    "orderweave_answer_errors", MetricKind.COUNTER, "Errors in answers, by their code in extensions.", ("code",)
)
ANSWER_SECONDS = Metric(
    "orderweave_answer_seconds",
    MetricKind.HISTOGRAM,
    "From the arrival of a request to its answer in bytes.",
    ("executor",),
    _CALL,
)
STAGE_SECONDS = Metric(
    "orderweave_stage_seconds",
    MetricKind.HISTOGRAM,
    "One passage through a stage of a query's way; a query may pass one several times.",
    ("stage",),
    _STAGE,
)
CALLS = Metric(
    "orderweave_calls",
    MetricKind.COUNTER,
    "Calls to systems, by outcome: OK, CANCELED, NOT_ASKED (it was not made) or the reason why it failed.",
    ("system", "capability", "outcome"),
)
CALL_SECONDS = Metric(
    "orderweave_call_seconds", MetricKind.HISTOGRAM, "Calls to systems.", ("system", "capability"), _CALL
)
CALL_KEYS = Metric(
    "orderweave_call_keys",
    MetricKind.COUNTER,
    "Keys or SKUs that calls asked for; over the calls it is the size of a batch.",
    ("system", "capability"),
)
UPSTREAM_REQUESTS = Metric(
    "orderweave_upstream_requests",
    MetricKind.COUNTER,
    "HTTP requests to systems, by the class of error they ended with (NONE: it went well). A call may need several.",
    ("system", "error"),
)
CACHE = Metric(
    "orderweave_cache_lookups",
    MetricKind.COUNTER,
    "Keys or SKUs looked up in the cache: HIT, STALE (given past its time), ABSENT (known not to be there) or MISS.",
    ("system", "capability", "result"),
)
SERVED_AGE_SECONDS = Metric(
    "orderweave_served_age_seconds",
    MetricKind.HISTOGRAM,
    "Age of the oldest of a system's data in an answer.",
    ("system",),
    _AGE,
)
REQUESTS_IN_FLIGHT = Metric("orderweave_requests_in_flight", MetricKind.READ_GAUGE, "GraphQL requests in work.")
REQUESTS_QUEUED = Metric(
    "orderweave_requests_queued", MetricKind.READ_GAUGE, "Accepted requests that wait for their turn."
)
TASKS = Metric(
    "orderweave_tasks",
    MetricKind.READ_GAUGE,
    "asyncio tasks of the process; with nothing to do it is the same hours later, or something leaks.",
)
CALLS_IN_FLIGHT = Metric(
    "orderweave_calls_in_flight",
    MetricKind.READ_GAUGE,
    "Calls to a system in work, waiting ones included.",
    ("system",),
)
CALLS_WAITING = Metric(
    "orderweave_calls_waiting",
    MetricKind.READ_GAUGE,
    "HTTP requests that wait for one of a system's slots.",
    ("system",),
)
SYSTEM_UP = Metric(
    "orderweave_system_up",
    MetricKind.READ_GAUGE,
    "Whether the last call to a system went well; absent before the first.",
    ("system",),
)
BREAKER_STATE = Metric(
    "orderweave_breaker_state",
    MetricKind.READ_GAUGE,
    "A system's breaker: 0 closed (calls pass), 1 half open (probes), 2 open (none passes).",
    ("system", "capability"),
)
QUOTA_AVAILABLE = Metric(
    "orderweave_quota_available",
    MetricKind.READ_GAUGE,
    "What is left of a system's quota, in its own units, as far as is known.",
    ("system",),
)
QUOTA_MAXIMUM = Metric(
    "orderweave_quota_maximum", MetricKind.READ_GAUGE, "A system's whole quota, in its own units.", ("system",)
)
UNKNOWN_WORDS = Metric(
    "orderweave_unknown_status_words",
    MetricKind.READ_GAUGE,
    "Different status words of a system that nobody has mapped.",
    ("system",),
)
UNKNOWN_WORDS_SEEN = Metric(
    "orderweave_unknown_status_words_seen",
    MetricKind.READ_COUNTER,
    "Status words in the answers of a system that nobody has mapped, each once an answer.",
    ("system",),
)
CALLERS = Metric(
    "orderweave_callers",
    MetricKind.COUNTER,
    "Requests by what callers said who they are with, and whether they were let in (OK) or why not.",
    ("credential", "outcome"),
)
KEY_SETS = Metric(
    "orderweave_key_set_fetches",
    MetricKind.COUNTER,
    "Fetches of an issuer's keys, which went well (OK) or FAILED.",
    ("issuer", "outcome"),
)
TRACKING = Metric(
    "orderweave_tracking",
    MetricKind.READ_COUNTER,
    "Guests' attempts to track an order and what their tokens were used for, by outcome.",
    ("outcome",),
)
DOCUMENTS_KEPT = Metric("orderweave_documents_kept", MetricKind.READ_GAUGE, "Parsed documents that are kept.")
PROJECTIONS_KEPT = Metric("orderweave_projections_kept", MetricKind.READ_GAUGE, "Compiled selections that are kept.")
LIVE_CONNECTIONS = Metric(
    "orderweave_live_connections",
    MetricKind.READ_GAUGE,
    "Open connections for subscriptions, and reserved streams.",
    ("protocol",),
)
SUBSCRIPTIONS = Metric("orderweave_subscriptions", MetricKind.READ_GAUGE, "Open subscriptions.", ("field",))
LIVE_WATCHED = Metric(
    "orderweave_live_watched", MetricKind.READ_GAUGE, "Different orders and sets of SKUs that are watched."
)
LIVE_POLLS = Metric(
    "orderweave_live_polls",
    MetricKind.READ_COUNTER,
    "Looks at what is watched, by outcome: OK, or FAILED where nothing could be said.",
    ("field", "outcome"),
)
LIVE_EVENTS = Metric("orderweave_live_events", MetricKind.READ_COUNTER, "Changes that were seen.", ("field",))
LIVE_REPLAYS = Metric(
    "orderweave_live_replays",
    MetricKind.READ_COUNTER,
    "Subscriptions that went on from a cursor with something to catch up on.",
    ("field",),
)
LIVE_GAPS = Metric(
    "orderweave_live_gaps",
    MetricKind.READ_COUNTER,
    "Subscriptions that went on from a cursor which is not known any more.",
    ("field",),
)
SYNC_LAG = Metric(
    "orderweave_sync_lag_seconds",
    MetricKind.READ_GAUGE,
    "Seconds since the instant up to which all changes of a system are in the index.",
    ("system",),
)
SYNC_DRIFT = Metric(
    "orderweave_sync_drift_records",
    MetricKind.READ_GAUGE,
    "Records that the last sweep found wrong in the index, and mended.",
    ("system",),
)
SYNC_SET_ASIDE = Metric(
    "orderweave_sync_set_aside_records",
    MetricKind.READ_GAUGE,
    "Things of a system that could not be read, and are not in the index.",
    ("system",),
)
WEBHOOKS = Metric(
    "orderweave_webhooks",
    MetricKind.READ_COUNTER,
    "Webhooks that came, by what became of them; for systems that are not configured without a name.",
    ("system", "outcome"),
)
WEBHOOKS_WORKED = Metric(
    "orderweave_webhooks_worked",
    MetricKind.READ_COUNTER,
    "Stored webhooks by what became of the work: DONE, OUTDATED, RETRIED or DEAD.",
    ("system", "outcome"),
)
WEBHOOKS_WAITING = Metric(
    "orderweave_webhooks_waiting", MetricKind.READ_GAUGE, "Stored webhooks that wait, over all processes."
)
WEBHOOKS_DEAD = Metric(
    "orderweave_webhooks_dead", MetricKind.READ_GAUGE, "Stored webhooks that were given up, over all processes."
)
WEBHOOK_LAG_SECONDS = Metric(
    "orderweave_webhook_lag_seconds", MetricKind.READ_GAUGE, "For how long the oldest webhook that waits has waited."
)
EXPORTS = Metric(
    "orderweave_exports",
    MetricKind.READ_GAUGE,
    "Exports by their state, over all processes; what is over is counted for another seven days.",
    ("state",),
)
EXPORT_ROWS = Metric(
    "orderweave_export_rows", MetricKind.READ_GAUGE, "Rows in the files of exports, over all processes."
)
EXPORT_BYTES = Metric(
    "orderweave_export_bytes", MetricKind.READ_GAUGE, "Bytes in the files of exports, over all processes."
)
EXPORT_OLDEST_SECONDS = Metric(
    "orderweave_export_oldest_seconds",
    MetricKind.READ_GAUGE,
    "For how long the oldest export that waits or is worked on has been there.",
)

METRICS: tuple[Metric, ...] = (
    ANSWERS,
    ANSWER_ERRORS,
    ANSWER_SECONDS,
    STAGE_SECONDS,
    CALLS,
    CALL_SECONDS,
    CALL_KEYS,
    UPSTREAM_REQUESTS,
    CACHE,
    SERVED_AGE_SECONDS,
    REQUESTS_IN_FLIGHT,
    REQUESTS_QUEUED,
    TASKS,
    CALLS_IN_FLIGHT,
    CALLS_WAITING,
    SYSTEM_UP,
    BREAKER_STATE,
    QUOTA_AVAILABLE,
    QUOTA_MAXIMUM,
    UNKNOWN_WORDS,
    UNKNOWN_WORDS_SEEN,
    CALLERS,
    KEY_SETS,
    TRACKING,
    DOCUMENTS_KEPT,
    PROJECTIONS_KEPT,
    LIVE_CONNECTIONS,
    SUBSCRIPTIONS,
    LIVE_WATCHED,
    LIVE_POLLS,
    LIVE_EVENTS,
    LIVE_REPLAYS,
    LIVE_GAPS,
    SYNC_LAG,
    SYNC_DRIFT,
    SYNC_SET_ASIDE,
    WEBHOOKS,
    WEBHOOKS_WORKED,
    WEBHOOKS_WAITING,
    WEBHOOKS_DEAD,
    WEBHOOK_LAG_SECONDS,
    EXPORTS,
    EXPORT_ROWS,
    EXPORT_BYTES,
    EXPORT_OLDEST_SECONDS,
)
