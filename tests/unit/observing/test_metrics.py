"""/metrics after a known number of questions: every figure exactly, and no label that a caller or a system wrote."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from orderweave.model.calls import CallRules
from orderweave.observing import CacheResult, catalog
from orderweave.observing.metrics import Metrics
from orderweave.observing.port import NOT_ASKED
from orderweave.observing.readings import Readings
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.manifest import RateLimit
from orderweave_sdk.records import Axis
from tests.unit.fake_business import erp, order, shop
from tests.unit.observing.watching import Watched

ORDER = "query($number: String!) { order(by: { number: $number }) { number invoices { number } } }"
# What the process says of itself, which no test can know.
PROCESS = ("process_",)


async def counted(watched: Watched, *names: str) -> dict[tuple[str, ...], float]:
    """The samples of some metrics, by name and label values."""
    return {key: value for key, value in (await watched.samples()).items() if key[0] in names}


async def test_three_questions() -> None:
    """Three orders asked for by number cost one call of two keys a system each, and pass each stage once."""
    watched = Watched()
    for number in ("1001", "1002", "1001"):
        await watched.ask(ORDER, number=number)
    samples = {key: value for key, value in (await watched.samples()).items() if not key[0].startswith(PROCESS)}
    del samples["orderweave_tasks",]  # of the test's own making
    stages = ("operation", "plan", "fetch", "match", "merge", "project", "write")
    assert samples == {
        ("orderweave_answers_total", "COMPILED"): 3,
        **timed(3, "orderweave_answer_seconds", "COMPILED"),
        **merged(timed(3, "orderweave_stage_seconds", stage) for stage in stages),
        **merged(looked_up(3, system, keys=6) for system in ("shop", "erp")),
        **timed(3, "orderweave_served_age_seconds", "shop"),
        **timed(2, "orderweave_served_age_seconds", "erp"),
        ("orderweave_requests_in_flight",): 0,
        ("orderweave_requests_queued",): 0,
        ("orderweave_documents_kept",): 1,
        ("orderweave_projections_kept",): 1,
        ("orderweave_live_watched",): 0,
        **merged({(name, system): 0 for name in IDLE} for system in ("shop", "erp")),
        **merged({("orderweave_breaker_state", "FIND_ORDERS", system): 0} for system in ("shop", "erp")),
        ("orderweave_system_up", "shop"): 1,
        ("orderweave_system_up", "erp"): 1,
    }


Samples = dict[tuple[str, ...], float]


def timed(count: int, name: str, *labels: str) -> Samples:
    """A histogram of so many, all of no time."""
    return {(f"{name}_count", *labels): count, (f"{name}_sum", *labels): 0}


def looked_up(count: int, system: str, *, keys: int) -> Samples:
    """So many look-ups of a system, with so many keys in all, that went well."""
    return {
        ("orderweave_calls_total", "FIND_ORDERS", "OK", system): count,
        ("orderweave_call_keys_total", "FIND_ORDERS", system): keys,
        **timed(count, "orderweave_call_seconds", "FIND_ORDERS", system),
    }


def merged(several: Iterable[Samples]) -> Samples:
    """Several together."""
    return {key: value for samples in several for key, value in samples.items()}


IDLE = (
    "orderweave_calls_in_flight",
    "orderweave_calls_waiting",
    "orderweave_unknown_status_words",
    "orderweave_unknown_status_words_seen_total",
)


async def test_seconds_are_the_clocks() -> None:
    """A system that uses up its share of the deadline is counted with that time, in its stage and in the answer."""
    watched = Watched()
    watched.fakes["erp"].silent = True
    await watched.ask(ORDER, number="1001")
    samples = await watched.samples()
    assert samples["orderweave_calls_total", "FIND_ORDERS", "TIMED_OUT", "erp"] == 1
    assert samples["orderweave_call_seconds_sum", "FIND_ORDERS", "erp"] == 5
    assert samples["orderweave_stage_seconds_sum", "fetch"] == 5
    assert samples["orderweave_answer_seconds_sum", "COMPILED"] == 5
    assert samples["orderweave_system_up", "erp"] == 0


async def test_errors_by_code_and_executor() -> None:
    """What cannot be run, is refused, or is introspection is counted by its code and by what projected it."""
    watched = Watched()
    await watched.ask("{ order")
    await watched.ask("{ nothing }")
    await watched.ask('{ order(by: {number: " "}) { id } again: order(by: {number: " "}) { id } }')
    await watched.ask("{ __schema { queryType { name } } }")
    async with watched.caller() as client:
        await client.post("/graphql", content=b"no", headers={"content-type": "application/json"})
    assert await counted(watched, "orderweave_answers_total", "orderweave_answer_errors_total") == {
        ("orderweave_answers_total", "NONE"): 3,
        ("orderweave_answers_total", "COMPILED"): 1,
        ("orderweave_answers_total", "REFERENCE"): 1,
        ("orderweave_answer_errors_total", "GRAPHQL_PARSE_FAILED"): 1,
        ("orderweave_answer_errors_total", "GRAPHQL_VALIDATION_FAILED"): 1,
        ("orderweave_answer_errors_total", "BAD_INPUT"): 2,
        ("orderweave_answer_errors_total", "BAD_REQUEST"): 1,
    }


async def test_failed_calls_by_reason() -> None:
    """A call that failed is counted under its reason; a list and stock are counted under their own capabilities."""
    watched = Watched()
    watched.fakes["shop"].errors["stock"] = Unreachable("stock: no connection")
    await watched.ask("{ orders(first: 2) { nodes { number invoices { number } } } }")
    await watched.ask('{ inventory(skus: ["TEA-1", "TEA-2"]) { onHand } }')
    assert await counted(watched, "orderweave_calls_total") == {
        ("orderweave_calls_total", "SEARCH_ORDERS", "OK", "shop"): 1,
        ("orderweave_calls_total", "SEARCH_ORDERS", "OK", "erp"): 1,
        ("orderweave_calls_total", "FIND_ORDERS", "OK", "erp"): 1,
        ("orderweave_calls_total", "READ_STOCK", "UNREACHABLE", "shop"): 1,
        ("orderweave_calls_total", "READ_STOCK", "OK", "erp"): 1,
    }


async def test_unmapped_words() -> None:
    """Status words that nobody mapped are counted, the different ones and each time that one came."""
    odd = ((Axis.ORDER, "wobbling", "UNKNOWN"), (Axis.PAYMENT, "half", "UNKNOWN"))
    watched = Watched(shop([order("a1", "1001", words=odd)]), erp())
    for _ in range(3):
        await watched.ask('{ order(by: {number: "1001"}) { sourceStatuses { raw } } }')
    samples = await watched.samples()
    assert samples["orderweave_unknown_status_words", "shop"] == 2
    assert samples["orderweave_unknown_status_words_seen_total", "shop"] == 6


async def test_what_is_read_comes_from_its_source() -> None:
    """Breakers, quota and cache are told once something has them, and not before; a later source replaces."""
    watched = Watched()
    names = [metric.exposed for metric in (catalog.BREAKER_STATE, catalog.QUOTA_AVAILABLE)]
    assert await counted(watched, *names) == {}
    readings = watched.observed.readings
    readings.read(catalog.BREAKER_STATE, lambda: {("erp", "FIND_ORDERS"): 1})
    readings.read(catalog.BREAKER_STATE, lambda: {("erp", "FIND_ORDERS"): 2})
    readings.read(catalog.QUOTA_AVAILABLE, lambda: {("shop",): 900.5})
    watched.observed.cached("shop", "FIND_ORDERS", CacheResult.HIT, 4)
    watched.observed.cached("shop", "FIND_ORDERS", CacheResult.MISS)
    assert await counted(watched, *names, "orderweave_cache_lookups_total") == {
        ("orderweave_breaker_state", "FIND_ORDERS", "erp"): 2,
        ("orderweave_quota_available", "shop"): 900.5,
        ("orderweave_cache_lookups_total", "FIND_ORDERS", "HIT", "shop"): 4,
        ("orderweave_cache_lookups_total", "FIND_ORDERS", "MISS", "shop"): 1,
    }


async def test_a_source_that_fails_costs_only_itself(caplog: pytest.LogCaptureFixture) -> None:
    """A source that raises is left out and logged by its class; the rest of the scrape stands."""
    watched = Watched()
    watched.observed.readings.read(catalog.QUOTA_AVAILABLE, lambda: {("shop",): 1 / len("")})
    await watched.ask(ORDER, number="1001")
    samples = await watched.samples()
    assert samples["orderweave_answers_total", "COMPILED"] == 1
    assert ("orderweave_quota_available", "shop") not in samples
    (record,) = [record for record in caplog.records if record.getMessage() == "reading_failed"]
    assert vars(record)["fields"] == {"metric": "orderweave_quota_available", "error": "ZeroDivisionError"}


def test_only_what_is_read_has_a_source() -> None:
    """A counter cannot be given a source: it would count twice."""
    with pytest.raises(ValueError, match="orderweave_calls is counted, not read"):
        Readings().read(catalog.CALLS, dict)


async def test_http_requests_by_class() -> None:
    """HTTP requests are counted by the kit's class of error; a class of a connector's own making is OTHER."""
    watched = Watched()
    for error in (None, None, "TimedOut", "Canceled", "ada@example.com"):
        watched.observed.sent("shop", error)
    assert await counted(watched, "orderweave_upstream_requests_total") == {
        ("orderweave_upstream_requests_total", "NONE", "shop"): 2,
        ("orderweave_upstream_requests_total", "TimedOut", "shop"): 1,
        ("orderweave_upstream_requests_total", "Canceled", "shop"): 1,
        ("orderweave_upstream_requests_total", "OTHER", "shop"): 1,
    }


async def test_media_types() -> None:
    """The scraper gets the form that it asks for, and the plain one when it asks for none."""
    watched = Watched()
    async with watched.caller() as client:
        plain = await client.get("/metrics", headers={"accept": "*/*"})
        open_metrics = await client.get("/metrics", headers={"accept": "application/openmetrics-text"})
    assert plain.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert open_metrics.headers["content-type"].startswith("application/openmetrics-text")
    assert open_metrics.text.endswith("# EOF\n")


def test_catalog_is_what_is_exposed() -> None:
    """Every metric of the catalog is registered by its name, labels and help, no other of ours is, names are unique."""
    readings = Readings()
    for metric in catalog.METRICS:
        if metric.read:
            readings.read(metric, lambda metric=metric: {tuple("x" for _ in metric.labels): 1})  # type: ignore[misc] # a default binds the loop's value
    text = Metrics(readings).exposition("")[0].decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    ours = {name: family for name, family in families.items() if name.startswith("orderweave_")}
    assert {name: family.documentation for name, family in ours.items()} == {
        metric.name: metric.help for metric in catalog.METRICS
    }
    assert len({metric.name for metric in catalog.METRICS}) == len(catalog.METRICS)
    allowed = {
        "system",
        "capability",
        "outcome",
        "error",
        "code",
        "executor",
        "stage",
        "result",
        "credential",
        "issuer",
        "field",
        "protocol",
        "state",
    }
    assert {label for metric in catalog.METRICS for label in metric.labels} == allowed


async def test_tasks_are_counted() -> None:
    """One task more is one more, until it ends."""
    watched = Watched()
    counts = []
    for work in (None, asyncio.Event().wait(), None):
        task = asyncio.create_task(work) if work is not None else None
        counts.append((await counted(watched, "orderweave_tasks"))["orderweave_tasks",])
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    assert counts[1] - counts[0] == 1
    assert counts[2] == counts[0]


async def test_quotas_are_told() -> None:
    """What is left of a system's quota and how much it is in all; a system without one tells none."""
    limited = shop()
    limited.manifest = msgspec.structs.replace(
        limited.manifest, rate_limit=RateLimit(units="points", burst=2000, per_second=50)
    )
    watched = Watched(limited, erp())
    assert await counted(watched, "orderweave_quota_available", "orderweave_quota_maximum") == {
        ("orderweave_quota_available", "shop"): 2000,
        ("orderweave_quota_maximum", "shop"): 2000,
    }


async def test_an_open_breaker_is_told() -> None:
    """A system that kept failing has its breaker at 2 for what was asked of it."""
    watched = Watched(calls=CallRules(attempts=1))
    watched.fakes["erp"].error = Unreachable("orders: no connection")
    for _ in range(10):
        await watched.ask(ORDER, number="1001")
    assert await counted(watched, "orderweave_breaker_state") == {
        ("orderweave_breaker_state", "FIND_ORDERS", "shop"): 0,
        ("orderweave_breaker_state", "FIND_ORDERS", "erp"): 2,
    }


async def test_a_call_that_was_not_made() -> None:
    """A call that a breaker holds back is counted as such, with no time and no keys; the system stands as it did."""
    watched = Watched()
    with watched.observed.call("erp", "FIND_ORDERS", 3):
        pass
    with watched.observed.call("erp", "FIND_ORDERS", 3) as calling:
        calling.failed(NOT_ASKED)
    assert await counted(watched, *CALL_METRICS) == {
        ("orderweave_calls_total", "FIND_ORDERS", "OK", "erp"): 1,
        ("orderweave_calls_total", "FIND_ORDERS", "NOT_ASKED", "erp"): 1,
        ("orderweave_call_seconds_count", "FIND_ORDERS", "erp"): 1,
        ("orderweave_call_keys_total", "FIND_ORDERS", "erp"): 3,
    }
    assert watched.observed.standings.of("erp").up is True


@pytest.mark.parametrize(
    ("error", "outcome"), [(asyncio.CancelledError(), "CANCELED"), (RuntimeError("odd"), "FAILED")]
)
async def test_a_call_that_ends_by_an_exception(error: BaseException, outcome: str) -> None:
    """A call that is canceled counts as such, one that a bug ends as failed, and neither stays in flight."""
    watched = Watched()
    with pytest.raises(type(error)), watched.observed.call("erp", "FIND_ORDERS", 1):
        raise error
    assert await counted(watched, "orderweave_calls_total", "orderweave_calls_in_flight") == {
        ("orderweave_calls_total", "FIND_ORDERS", outcome, "erp"): 1,
        ("orderweave_calls_in_flight", "erp"): 0,
    }


CALL_METRICS = ("orderweave_calls_total", "orderweave_call_seconds_count", "orderweave_call_keys_total")
