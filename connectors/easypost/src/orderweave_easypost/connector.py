"""The connector: reading parcels over the client and the mapping."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar

from orderweave_easypost.client import Client
from orderweave_easypost.manifest import MANIFEST
from orderweave_easypost.mapping import bare, moment, tracking_record
from orderweave_easypost.payloads import Tracker
from orderweave_easypost.webhooks import check, delivery
from orderweave_sdk.capabilities import Gap, Settings, Tracking
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode_each
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.manifest import Manifest
from orderweave_sdk.upstream import UpstreamFactory
from orderweave_sdk.webhooks import Delivery, Registered, secrets_of

# EasyPost's keys say by their first letters what they open; the other kind begins with EZAK.
_TEST_KEY = "EZTK"
_TEST = "test"
# EasyPost has no topics to choose from.
_EVENTS = "all events"
# Answers to one batch at most: its 100 codes in five pages of the usual 20, and as many again.
_MOST_ANSWERS = 10
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class EasypostConnector:
    """EasyPost, as Orderweave sees it."""

    manifest: ClassVar[Manifest] = MANIFEST

    def __init__(self, settings: Settings, upstream: UpstreamFactory) -> None:
        # The key is the name of HTTP basic authentication; there is no password.
        credentials = b64encode(f"{settings['api_key']}:".encode()).decode()
        self._test_mode = bool(settings.get("test_mode", False))
        self._webhook_secrets = secrets_of(settings)
        self._timed_webhooks_only = bool(settings.get("timed_webhooks_only", False))
        self._client = Client(upstream(settings["url"], headers={"authorization": f"Basic {credentials}"}))

    @classmethod
    def problems(cls, settings: Settings) -> list[str]:
        """A test key tells of parcels that never were, and must be meant."""
        if settings["api_key"].startswith(_TEST_KEY) and not settings.get("test_mode", False):
            return ["api_key is a test key, whose parcels are invented: give a production key, or set test_mode = true"]
        return []

    async def check(self, call: Call) -> str:
        """The newest tracker: one call that needs the key."""
        page = await self._client.newest(call)
        return f"reachable, API key accepted, {'trackers found' if page.trackers else 'no tracker yet'}"

    async def close(self) -> None:
        """Nothing is held."""

    async def read_tracking(self, numbers: Sequence[str], call: Call) -> Tracking:
        """The parcels that the account has trackers of. None is made for the others: that would be charged."""
        batch = self.manifest.tracking_batch
        assert batch is not None
        if len(numbers) > batch.size:
            raise GiveUp("tracking: more numbers than one batch takes")
        asked: dict[str, list[str]] = {}
        for number in dict.fromkeys(numbers):
            if code := bare(number):
                asked.setdefault(code.casefold(), []).append(number)
        newest, gaps = await self._newest({code: spellings[0] for code, spellings in asked.items()}, call)
        records = []
        for code, tracker in newest.items():
            if tracker.mode == _TEST and not self._test_mode:
                gaps.append(Gap("a test tracker, whose events are invented", tracker.id))
                continue
            for spelling in asked[code]:
                record, lost = tracking_record(tracker, spelling)
                records.append(record)
            gaps += lost
        return Tracking(records=tuple(records), gaps=tuple(gaps))

    async def register_webhooks(self, url: str, call: Call) -> Registered:
        """One webhook of the address, signed with the first of the secrets. It sends all kinds of events."""
        if not self._webhook_secrets:
            raise GiveUp("register webhook: webhook_secrets is not set, and EasyPost signs with what it is given")
        if any(webhook.url == url and not webhook.disabled_at for webhook in await self._client.webhooks(call)):
            return Registered(made=(), kept=(_EVENTS,))
        await self._client.make_webhook(url, self._webhook_secrets[0], call)
        return Registered(made=(_EVENTS,))

    def read_delivery(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Delivery:
        """The parcel that an event is about."""
        check(headers, body, self._webhook_secrets, now=now, timed_only=self._timed_webhooks_only)
        return delivery(body, test_mode=self._test_mode)

    async def _newest(self, asked: dict[str, str], call: Call) -> tuple[dict[str, Tracker], list[Gap]]:
        """The newest tracker of each code. Carriers give a code out again, and each use has a tracker of its own.

        Trackers come newest first: where an answer is cut short, what it holds is the newest of its codes, and only
        the codes that it does not hold are asked for again.
        """
        found: dict[str, Tracker] = {}
        gaps: list[Gap] = []
        left = dict(asked)
        for _ in range(_MOST_ANSWERS):
            if not left:
                return found, gaps
            page = await self._client.trackers([bare(number) for number in left.values()], call)
            trackers, unread = decode_each(page.trackers, Tracker, what="tracker")
            gaps += [gap for gap in unread if gap not in gaps]
            for tracker in trackers:
                code = bare(tracker.tracking_code).casefold()
                if code in left and (code not in found or _made_at(tracker) > _made_at(found[code])):
                    found[code] = tracker
            more = {code: number for code, number in left.items() if code not in found}
            if not page.has_more:
                return found, gaps
            if len(more) == len(left):
                break
            left = more
        return found, [*gaps, Gap(f"the answer is cut short, and {len(left)} parcels may stand in what is missing")]


def _made_at(tracker: Tracker) -> datetime:
    return moment(tracker.created_at) or _LONG_AGO
