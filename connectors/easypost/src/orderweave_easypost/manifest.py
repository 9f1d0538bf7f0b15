"""What this connector declares."""

from __future__ import annotations

from orderweave_easypost.statuses import STATUSES
from orderweave_sdk.manifest import Batch, BatchStrategy, Capability, Manifest, RateLimit, Setting, SettingKind
from orderweave_sdk.records import Facet, SystemKind

MANIFEST = Manifest(
    name="easypost",
    title="EasyPost",
    version="0.1.0",
    kind=SystemKind.CARRIER,
    capabilities=frozenset({Capability.READ_TRACKING, Capability.RECEIVE_WEBHOOKS, Capability.REGISTER_WEBHOOKS}),
    facets=frozenset({Facet.TRACKING}),
    lookups={},
    mixed_lookups=False,
    references=(),
    numbers_unique=False,
    stock_batch=None,
    # POST /v2/trackers/batch takes a list. How long it may be is not documented; a page of trackers holds 100 at most,
    # and where an answer is cut into shorter pages, the rest is asked for anew.
    tracking_batch=Batch(strategy=BatchStrategy.LIST, size=100),
    product_batch=None,
    filters={},
    sorts=frozenset(),
    page_size=100,
    concurrency=4,
    # Documented for the endpoints that list; whether the batch is one of them is not, so it is counted as one.
    rate_limit=RateLimit.window("requests", 5, 1),
    max_answer_bytes=8 * 1024 * 1024,
    settings=(
        Setting(
            name="url",
            kind=SettingKind.URL,
            required=False,
            secret=False,
            description="The API's address.",
            default="https://api.easypost.com",
        ),
        Setting(
            name="api_key",
            kind=SettingKind.TEXT,
            required=True,
            secret=True,
            description="A production API key; a test key only with test_mode.",
        ),
        Setting(
            name="test_mode",
            kind=SettingKind.BOOLEAN,
            required=False,
            secret=False,
            description="Whether test trackers, whose events are invented, are believed.",
            default=False,
        ),
        Setting(
            name="webhook_secrets",
            kind=SettingKind.TEXT,
            required=False,
            secret=True,
            description="The secret that the webhook was given; two, while it is rotated, with a space.",
        ),
        Setting(
            name="timed_webhooks_only",
            kind=SettingKind.BOOLEAN,
            required=False,
            secret=False,
            description="Whether webhooks need the newer signature, which holds for five minutes.",
            default=False,
        ),
    ),
    statuses=STATUSES,
)
