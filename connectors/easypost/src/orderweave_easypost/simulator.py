"""EasyPost's server as far as the connector uses it, on a loopback socket, filled with the parcels of records."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from time import monotonic
from typing import Any, ClassVar

import msgspec

from orderweave_easypost.mapping import bare
from orderweave_easypost.simulated_wire import expressible_package, tracker_document
from orderweave_easypost.webhooks import PATH, PREFIX, SIGNATURE_V2, TIMESTAMP
from orderweave_sdk.records import Fulfillment, OrderRecord, Shipment
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest, Simulator
from orderweave_sdk.testing.webhooks import SentWebhook
from orderweave_sdk.testing.world import World

WEBHOOK_SECRET = "s\u00e9cret"
_WEBHOOK_PATH = "/webhooks/easypost"
API_KEY = "EZAKsimulated"
BATCH_PATH = "/v2/trackers/batch"
LIST_PATH = "/v2/trackers"
WEBHOOKS_PATH = "/v2/webhooks"
_USUAL_PAGE, _LARGEST_PAGE = 20, 100
_PREFIXES = {"package": "trk_", "shipment": "shp_", "order": "order_"}


class EasypostSimulator(Simulator):
    """Answers POST /v2/trackers/batch and GET /v2/trackers, newest tracker first.

    The trackers are those of the parcels of the world's orders. `page` is how many one answer to a batch holds at
    most; `per_second` how many requests it takes a second by `clock`, None for any number. `mode` is what its trackers
    say of themselves.
    """

    webhook_signature: ClassVar[str] = SIGNATURE_V2
    webhook_timed: ClassVar[bool] = True

    def __init__(self, *, mode: str = "production", clock: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self.mode = mode
        self.page = _LARGEST_PAGE
        self.per_second: int | None = None
        self._clock = clock
        self._taken: list[float] = []
        self._trackers: list[dict[str, Any]] = []
        self._webhooks: list[dict[str, Any]] = []
        self._by_code: dict[str, list[int]] = {}

    @classmethod
    def external_id(cls, kind: str, n: int) -> str:
        """Ids such as "trk_" and 32 hexadecimal digits."""
        digest = hashlib.blake2b(f"{kind} {n}".encode(), digest_size=16).hexdigest()
        return _PREFIXES.get(kind, f"{kind}_") + digest

    @classmethod
    def expressible(cls, record: OrderRecord) -> OrderRecord:
        """Of an order its parcels, of these what a tracker says, and nothing that tells whose they are."""
        shipments = tuple(
            Shipment(
                external_id=packages[0].tracking_number or shipment.external_id,
                status=packages[0].status,
                packages=packages,
            )
            for shipment in (record.fulfillment.shipments if record.fulfillment else ())
            if (packages := tuple(expressible_package(each) for each in shipment.packages if each.tracking_number))
        )
        return OrderRecord(
            external_id=record.external_id, keys=(), fulfillment=Fulfillment(shipments=shipments) if shipments else None
        )

    def settings(self) -> dict[str, Any]:
        """Where to find it, and the key that it takes."""
        return {"url": self.url, "api_key": API_KEY, "webhook_secrets": WEBHOOK_SECRET}

    def webhook(self, at: datetime, *, sent_at: datetime | None = None, forged: bool = False) -> SentWebhook:
        """See `SendsWebhooks`: the oldest tracker was updated."""
        tracker = self._trackers[-1]
        event = {
            "id": f"evt_{int(at.timestamp())}_{tracker['id']}",
            "object": "Event",
            "mode": self.mode,
            "description": "tracker.updated",
            "created_at": at.isoformat().replace("+00:00", "Z"),
            "result": tracker,
        }
        stamp, body = format_datetime(sent_at or at), msgspec.json.encode(event)
        # The secret as EasyPost takes it, with the accent apart from its letter.
        key = b"another" if forged else b"se\xcc\x81cret"
        made = hmac.new(key, f"{stamp}POST{_WEBHOOK_PATH}".encode() + body, "sha256").hexdigest()
        return SentWebhook(headers={TIMESTAMP: stamp, PATH: _WEBHOOK_PATH, SIGNATURE_V2: PREFIX + made}, body=body)

    def seed(self, world: World) -> None:
        """Replace all trackers. Those of later orders are newer."""
        super().seed(world)
        packages = [
            package
            for order in world.orders
            for shipment in (order.fulfillment.shipments if order.fulfillment else ())
            for package in shipment.packages
            if package.tracking_number
        ]
        self._trackers = [
            tracker_document(package, place=place, mode=self.mode) for place, package in enumerate(packages)
        ]
        self._trackers.reverse()
        self._by_code = {}
        for place, tracker in enumerate(self._trackers):
            self._by_code.setdefault(_folded(tracker["tracking_code"]), []).append(place)

    def describe(self, request: SimulatedRequest) -> tuple[str, Any]:
        """For the call log."""
        if request.path == BATCH_PATH:
            return "trackers by code", sorted(request.json()["tracking_codes"])
        if request.path == WEBHOOKS_PATH:
            return "webhooks", request.method
        return "trackers", dict(request.query)

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """The vendor's answer."""
        if request.headers.get("authorization") != f"Basic {b64encode(f'{API_KEY}:'.encode()).decode()}":
            return _refused(401, "APIKEY.INACTIVE", "This api key is no longer active.")
        if not self._takes_one_more():
            return _refused(429, "RATE_LIMITED", "Too many requests.")
        if (request.method, request.path) == ("POST", BATCH_PATH):
            return self._batch(request)
        if request.path == WEBHOOKS_PATH:
            return self._webhook(request)
        if (request.method, request.path) == ("GET", LIST_PATH):
            return self._list(dict(request.query))
        return _refused(404, "NOT_FOUND", "The requested resource could not be found.")

    def _webhook(self, request: SimulatedRequest) -> SimulatedAnswer:
        if request.method == "GET":
            return SimulatedAnswer.of({"webhooks": self._webhooks})
        digest = hashlib.blake2b(request.body, digest_size=16).hexdigest()
        made = {
            "id": f"hook_{digest}",
            "object": "Webhook",
            "mode": self.mode,
            "url": request.json()["webhook"]["url"],
            "created_at": "2026-05-04T12:00:00Z",
            "disabled_at": None,
            "custom_headers": [],
        }
        self._webhooks.append(made)
        return SimulatedAnswer.of(made, status=201)

    def _takes_one_more(self) -> bool:
        now = self._clock()
        self._taken = [moment for moment in self._taken if now - moment < 1]
        if self.per_second is not None and len(self._taken) >= self.per_second:
            return False
        self._taken.append(now)
        return True

    def _batch(self, request: SimulatedRequest) -> SimulatedAnswer:
        codes = (request.json() or {}).get("tracking_codes")
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            return _refused(422, "PARAMETER.REQUIRED", "Missing required parameter.")
        places = sorted({place for code in codes for place in self._by_code.get(_folded(code), ())})
        return SimulatedAnswer.of(
            {
                "trackers": [self._trackers[place] for place in places[: self.page]],
                "has_more": len(places) > self.page,
            }
        )

    def _list(self, query: dict[str, str]) -> SimulatedAnswer:
        found = self._trackers
        if "tracking_code" in query:
            found = [self._trackers[place] for place in self._by_code.get(_folded(query["tracking_code"]), ())]
        if "before_id" in query:
            ids = [tracker["id"] for tracker in found]
            if query["before_id"] not in ids:
                return _refused(404, "NOT_FOUND", "The requested resource could not be found.")
            found = found[ids.index(query["before_id"]) + 1 :]
        size = min(int(query.get("page_size", _USUAL_PAGE)), _LARGEST_PAGE)
        return SimulatedAnswer.of({"trackers": found[:size], "has_more": len(found) > size})


def _folded(code: str) -> str:
    return bare(code).casefold()


def _refused(status: int, code: str, message: str) -> SimulatedAnswer:
    return SimulatedAnswer.of({"error": {"code": code, "message": message, "errors": []}}, status=status)
