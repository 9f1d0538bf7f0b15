"""The part of the contract suite about webhooks: what the vendor signed is believed, and nothing else is let in."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

from orderweave_sdk.connecting import Connecting
from orderweave_sdk.manifest import Capability
from orderweave_sdk.testing.contract_setting import ContractSetting
from orderweave_sdk.testing.simulator import SimulatedSystem
from orderweave_sdk.testing.webhooks import SendsWebhooks, SentWebhook
from orderweave_sdk.webhooks import PUBLIC_KEYS, SECRETS, Delivery, Refusal, Refused

_AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
_LONGEST_SIGNATURE = 100_000
_ADDRESS = "https://gateway.example.com/webhooks/system"


class WebhookContract(ContractSetting):
    """Deliveries of webhooks; part of `ConnectorContract`."""

    def test_webhooks_are_simulated_where_they_are_declared(self) -> None:
        """A simulator sends them exactly where its connector takes them."""
        declared = Capability.RECEIVE_WEBHOOKS in self.connector.manifest.capabilities
        assert hasattr(self.simulator, "webhook") == declared

    async def test_webhook_is_believed(self, subject: Any, system: SimulatedSystem) -> None:
        """A delivery of the vendor's own names what changed by look-ups that the manifest has, at an instant in UTC."""
        sends = self._sends(system)
        delivery = subject.read_delivery(*_came(sends.webhook(_AT)), _AT)
        assert isinstance(delivery, Delivery)
        assert delivery.id
        assert delivery.topic
        assert not delivery.idle
        lookups = self.connector.manifest.lookups
        assert [key for key in delivery.order if key.namespace not in lookups] == []
        known = {key for order in self.world.orders for key in (*order.keys, *order.references)}
        assert [key for key in delivery.order if key not in known] == []
        assert delivery.occurred_at is None or delivery.occurred_at.utcoffset() == timedelta(0)

    async def test_webhook_again_is_known(self, subject: Any, system: SimulatedSystem) -> None:
        """Sent again it has the same id; another one has another."""
        sends = self._sends(system)
        first, again = (subject.read_delivery(*_came(sends.webhook(_AT)), _AT) for _ in range(2))
        later = _AT + timedelta(seconds=90)
        other = subject.read_delivery(*_came(sends.webhook(later)), later)
        assert first == again
        assert other.id != first.id
        assert other.position is None or other.position > first.position

    async def test_webhook_replayed(self, subject: Any, system: SimulatedSystem) -> None:
        """Days later it is refused where its time is signed; elsewhere it is known by its id."""
        sends = self._sends(system)
        sent, late = sends.webhook(_AT), _AT + timedelta(days=2)
        if sends.webhook_timed:
            assert _refusal(subject, sent, late) is Refusal.STALE
        else:
            assert subject.read_delivery(*_came(sent), late) == subject.read_delivery(*_came(sent), _AT)

    async def test_webhook_tried_again_late(self, subject: Any, system: SimulatedSystem) -> None:
        """What the vendor itself sends an hour later, because it could not before, is the same delivery."""
        sends, late = self._sends(system), _AT + timedelta(hours=1)
        first = subject.read_delivery(*_came(sends.webhook(_AT)), _AT)
        assert subject.read_delivery(*_came(sends.webhook(_AT, sent_at=late)), late) == first

    async def test_webhook_of_others_is_refused(self, subject: Any, system: SimulatedSystem) -> None:
        """Signed by somebody else, or not at all: refused."""
        sends = self._sends(system)
        assert _refusal(subject, sends.webhook(_AT, forged=True)) is Refusal.FORGED
        sent = sends.webhook(_AT)
        bare = {name: value for name, value in sent.headers.items() if name != sends.webhook_signature}
        assert _refusal(subject, SentWebhook(headers=bare, body=sent.body)) is Refusal.UNSIGNED
        assert _refusal(subject, SentWebhook(headers={}, body=sent.body)) is Refusal.UNSIGNED

    async def test_webhook_altered_is_refused(self, subject: Any, system: SimulatedSystem) -> None:
        """One byte more, less or other, and it is no longer the vendor's."""
        sent = self._sends(system).webhook(_AT)
        body, middle = sent.body, len(sent.body) // 2
        flipped = body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]
        others = [b"", body + b" ", b" " + body, body[:-1], flipped, body.decode().encode("utf-16"), body * 2]
        assert {_refusal(subject, SentWebhook(headers=sent.headers, body=other)) for other in others} == {
            Refusal.FORGED
        }

    async def test_webhook_wrongly_encoded_is_refused(self, subject: Any, system: SimulatedSystem) -> None:
        """A signature in any other spelling, or of any length, is refused, and breaks nothing."""
        sends = self._sends(system)
        sent = sends.webhook(_AT)
        right = sent.headers[sends.webhook_signature]
        others = [right + "=", right + " ", right.swapcase(), right.rstrip("="), right[:-4], "é", "\udc80", "\x00"]
        others += [b64encode(right.encode()).decode(), right * 2, "=" * _LONGEST_SIGNATURE]
        for other in others:
            if other != right:
                headers = {**sent.headers, sends.webhook_signature: other}
                assert _refusal(subject, SentWebhook(headers=headers, body=sent.body)) is Refusal.FORGED, other[:80]

    async def test_webhook_unsigned_headers_move_nothing(self, subject: Any, system: SimulatedSystem) -> None:
        """What the vendor does not sign says neither what is concerned nor when: it is changed, and both stay."""
        sends = self._sends(system)
        sent = sends.webhook(_AT)
        right = subject.read_delivery(*_came(sent), _AT)
        for name in sent.headers.keys() - {sends.webhook_signature}:
            changed = SentWebhook(headers={**sent.headers, name: "2099-01-01T00:00:00Z"}, body=sent.body)
            try:
                found = subject.read_delivery(*_came(changed), _AT)
            except Refused:
                continue
            assert (found.position, found.order, found.skus, found.stock_levels, found.tracking_numbers) == (
                right.position,
                right.order,
                right.skus,
                right.stock_levels,
                right.tracking_numbers,
            ), name

    async def test_webhook_without_a_secret_is_refused(self, system: SimulatedSystem) -> None:
        """Where no secret is configured nothing is believed, and where two are, either will do."""
        sends = self._sends(system)
        settings = system.settings()
        (name,) = {SECRETS, PUBLIC_KEYS} & settings.keys()
        outcomes = []
        for given in (None, settings[name], f"{settings[name]} {_other(name)}", f"{_other(name)} {settings[name]}"):
            connecting = Connecting(self.connector, {**settings, name: given})
            outcomes.append(_refusal(connecting.connector, sends.webhook(_AT)))
            await connecting.close()
        assert outcomes == [Refusal.NO_SECRET, None, None, None]

    async def test_webhooks_are_registered_once(self, subject: Any) -> None:
        """The first time makes some for an address, the second keeps them all; another address is another matter."""
        self.need(Capability.REGISTER_WEBHOOKS)
        first = await subject.register_webhooks(_ADDRESS, self.call())
        assert first.made
        assert first.kept == ()
        again = await subject.register_webhooks(_ADDRESS, self.call())
        assert (again.made, sorted(again.kept), again.secrets) == ((), sorted(first.made), ())
        other = await subject.register_webhooks(f"{_ADDRESS}-too", self.call())
        assert sorted(other.made) == sorted(first.made)
        assert not [secret for secret in first.secrets if secret in repr(first)]

    def _sends(self, system: SimulatedSystem) -> SendsWebhooks:
        self.need(Capability.RECEIVE_WEBHOOKS)
        assert isinstance(system, SendsWebhooks)
        return system


def _other(name: str) -> str:
    """One more secret, in a form that every scheme takes; of public keys the next one is still to come."""
    return b64encode(b"another-secret-of-24-byt").decode() if name == SECRETS else ""


def _came(sent: SentWebhook) -> tuple[dict[str, str], bytes]:
    return dict(sent.headers), sent.body


def _refusal(subject: Any, sent: SentWebhook, now: datetime = _AT) -> Refusal | None:
    """Why a delivery is refused; None for one that is believed. Any other exception is a flaw."""
    try:
        subject.read_delivery(*_came(sent), now)
    except Refused as refused:
        return refused.reason
    return None
