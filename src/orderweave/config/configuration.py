"""A configuration that holds together, and the problems of one that does not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from orderweave.caching.ages import Ages, Subject
from orderweave.model.calls import CallRules
from orderweave.model.documents import Manifest
from orderweave.model.rights import Limits, Scope
from orderweave.model.systems import Business, SystemSpec
from orderweave_sdk.capabilities import Connector


class Problem(msgspec.Struct, frozen=True):
    """One mistake: where it stands and what would be right."""

    key: str
    message: str


class ConfigurationError(Exception):
    """The configuration cannot be used; `problems` are all that is wrong with it."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems
        super().__init__("\n".join(f"{file}: {problem.key}: {problem.message}" for problem in problems))


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """Where the gateway listens, how long one request may take, and how much is taken on at once by each process.

    `request_seconds` is for a request to arrive, `deadline_seconds` for its answer; `drain_seconds` is how long a
    process that is about to stop says so before it does. `federation` makes the schema a subgraph of a federated graph.
    `trusted_proxies` are networks (CIDR) of proxies that are
    believed about whose request they pass on.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    deadline_seconds: int = 10
    request_seconds: int = 10
    most_in_flight: int = 100
    most_waiting: int = 100
    drain_seconds: int = 5
    federation: bool = False
    trusted_proxies: tuple[str, ...] = ()


class CacheSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept in memory at most, and each system's ages; a system without ages is not cached."""

    entries: int = 20_000
    megabytes: int = 64
    ages: Mapping[str, Mapping[Subject, Ages]]

    def __repr__(self) -> str:
        return f"CacheSettings({', '.join(self.ages)})"


class ObservingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is seen of the gateway, and by whom; `docs/configuration.md` says what each is. Never printed."""

    metrics: bool = True
    metrics_port: int | None = None
    traces_to: str | None = None
    trace_upstream: bool = False
    ops_token: str | None = None
    log_format: str = "auto"
    log_requests: bool = True

    def __repr__(self) -> str:
        return "ObservingSettings(…)"


class HttpSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How /graphql is spoken to; `docs/configuration.md` says what each is. `manifests` are the files' names."""

    origins: tuple[str, ...] = ()
    credentials: bool = False
    preflight_seconds: int = 600
    require_preflight: str = "browsers"
    compress: bool = True
    documents: str = "any"
    automatic: bool = True
    introspection: bool = True
    manifests: tuple[str, ...] = ()


class Logo(msgspec.Struct, frozen=True):
    """A logo as it is served: its bytes, their type, and how the name of such a file ends."""

    content: bytes
    media_type: str
    ending: str


class TrackingPage(msgspec.Struct, frozen=True, kw_only=True):
    """What is the shop's own on the tracking page. The accents, as `#rrggbb`, are for light and dark grounds."""

    name: str = "Orderweave"
    logo: Logo | None = None
    accent: str = "#0b6650"
    accent_dark: str = "#72c7b0"
    support_url: str | None = None
    support_email: str | None = None


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """So many attempts at once; they flow back evenly, all of them within so many seconds."""

    attempts: int
    seconds: int


class TrackingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How guests track orders; `docs/configuration.md` says what each is. Never printed: it holds the keys."""

    keys: tuple[str, ...]
    postal_code: bool = True
    slot_seconds: float = 1.5
    token_seconds: int = 1_800
    session_seconds: int = 43_200
    link_seconds: int = 2_592_000
    link_url: str = "/track"
    revoked_before: datetime | None = None
    revoked_orders: frozenset[str] = frozenset()
    number: Allowance = Allowance(attempts=10, seconds=86_400)
    fact: Allowance = Allowance(attempts=30, seconds=86_400)
    address: Allowance = Allowance(attempts=60, seconds=3_600)
    everybody: Allowance = Allowance(attempts=3_000, seconds=3_600)
    page: TrackingPage = TrackingPage()

    def __repr__(self) -> str:
        return "TrackingSettings(…)"


class LiveSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Subscriptions: how many, how often what they follow is looked at, what is kept for those who come back, how often
    it is asked again who a caller is, and from pages of which origins browsers may open a WebSocket: where none are
    said, from those that `http` names.
    """

    most_connections: int = 500
    most_connections_per_caller: int | None = None
    most_subscriptions: int = 20
    most_subjects: int = 500
    poll_seconds: int = 5
    events_kept: int = 100
    keep_seconds: int = 600
    identify_seconds: int = 300
    origins: tuple[str, ...] | None = None

    @property
    def share(self) -> int:
        """Connections of one caller at once: a fifth of all, unless it is said."""
        return self.most_connections_per_caller or max(1, self.most_connections // 5)


class SharedRedis(msgspec.Struct, frozen=True, kw_only=True):
    """The Redis that all processes share. Its address may hold a password, so it is never printed."""

    url: str

    def __repr__(self) -> str:
        return "SharedRedis(…)"


class IndexSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the index is kept (SQLAlchemy's address, which may hold a password, so it is never printed), and how many
    seconds one question of it may take.
    """

    url: str
    answer_seconds: int = 10

    def __repr__(self) -> str:
        return "IndexSettings(…)"


class SyncSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the index is kept true; `docs/configuration.md` says what each is. Without `history_days` each system's whole
    history is read.
    """

    enabled: bool = True
    interval_seconds: int = 30
    goods_seconds: int = 300
    sweep_seconds: int = 21_600
    history_days: int | None = None


class WebhookSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Webhooks: how many may wait to be worked on, how often one is tried, for how long one that ended is known."""

    most_waiting: int = 20_000
    attempts: int = 9
    keep_days: int = 7


class ExportSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the files of exports are, for how long, and how much of them; `docs/configuration.md` says what each is."""

    folder: Path
    keep_hours: int = 24
    most_rows: int = 10_000_000
    most_at_once: int = 2
    most_megabytes: int = 10_240


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """What callers of one kind may see and spend. With `own` only their own orders exist for them; with `masked`
    personal data can be counted and not read.
    """

    scopes: frozenset[Scope]
    own: bool = False
    masked: bool = False
    limits: Limits = Limits()


class Issuer(msgspec.Struct, frozen=True, kw_only=True):
    """Who signs tokens, what such a token must be like, and what its claims mean here.

    `types` are in lower case, an empty one for a token that states none. Without `keys_url` the issuer's discovery
    document says where its keys are. `roles` are role names by values of the claim at `role_claim`; who has none of
    these values gets `default_role`, or is refused without one. `customer_ids` and `company_ids` are claims that hold
    the caller's ids, by the name of the system that gave them.
    """

    issuer: str
    audiences: frozenset[str]
    algorithms: tuple[str, ...]
    types: frozenset[str]
    keys_url: str | None = None
    longest_life_seconds: int = 86_400
    leeway_seconds: int = 30
    role_claim: str | None = None
    roles: Mapping[str, str] = {}
    default_role: str | None = None
    customer_ids: Mapping[str, str] = {}
    company_ids: Mapping[str, str] = {}


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key by the SHA-256 of its text, which does not give the key away."""

    sha256: bytes
    role: str
    expires: datetime | None = None


class AccessSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who is let in as what. `anonymous` is the role of who sends no credential; None: nobody is let in without one."""

    roles: Mapping[str, Role]
    issuers: Mapping[str, Issuer]
    keys: Mapping[str, ApiKey]
    anonymous: str | None


class ConfiguredSystem(msgspec.Struct, frozen=True, kw_only=True):
    """One system, its connector's class, its settings with secrets resolved, and how it is called. Never printed."""

    spec: SystemSpec
    connector: type[Connector]
    settings: Mapping[str, Any]
    calls: CallRules = CallRules()

    def __repr__(self) -> str:
        return f"ConfiguredSystem({self.spec.name})"


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration that holds together. Without `cache` everything is live; without `redis` every process keeps its
    own state; without `access` everybody who reaches the gateway sees everything. `manifest` holds the documents of
    the files that `http` names; without `tracking` no guest tracks an order, without `index` every answer is live,
    and without `exports`, which need an `index`, nobody takes files away. With `webhooks`, which need one too, they are
    taken at /webhooks.
    """

    file: str
    server: Server
    systems: Mapping[str, ConfiguredSystem]
    business: Business
    cache: CacheSettings | None = None
    observing: ObservingSettings = ObservingSettings()
    http: HttpSettings = HttpSettings()
    manifest: Manifest | None = None
    live: LiveSettings = LiveSettings()
    redis: SharedRedis | None = None
    access: AccessSettings | None = None
    tracking: TrackingSettings | None = None
    index: IndexSettings | None = None
    sync: SyncSettings = SyncSettings()
    webhooks: WebhookSettings | None = None
    exports: ExportSettings | None = None
