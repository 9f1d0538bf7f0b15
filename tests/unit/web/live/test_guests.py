"""A guest follows their order over a WebSocket: by the token alone, told of each change, until it holds no more."""

from __future__ import annotations

from typing import Any

from orderweave.config.configuration import TrackingSettings
from orderweave.config.roles import BUILT_IN
from orderweave.model.ids import encode_id
from orderweave.model.rights import ANYBODY, Caller, Owned, Rights
from orderweave.planning.needs import needs_of
from orderweave.web.live.running import Identity
from tests.unit.fake_business import order, shop
from tests.unit.fake_systems import Woven, weave
from tests.unit.web.live.talks import Talk, talking

GUEST = Caller(name="anonymous", role="guest", rights=Rights(scopes=BUILT_IN["guest"].scopes, owned=Owned()))
TOLD = "order { number shipments { status } }"
FOLLOW = f"subscription($token: String!) {{ trackedOrderUpdated(token: $token) {{ {TOLD} }} }}"
SETTINGS = TrackingSettings(keys=("k" * 32,))


async def a_guest(headers: Any) -> Caller:
    """Whoever comes is a guest."""
    return GUEST


def business() -> Woven:
    """A shop with one order, for guests to track."""
    return weave(shop([order("a1", "#1001", email="ada@example.com")]), tracking=SETTINGS)


async def token(woven: Woven) -> str:
    """A token for that order, as staff gets it for a mail."""
    found = await woven.gateway.order_by_number("1001", needs_of(["Order.id"]), woven.gateway.call())
    assert found is not None
    return woven.gateway.tracking_link(found, ANYBODY).token


async def heard(talk: Talk) -> Any:
    """The order of the next message."""
    message = await talk.hear()
    assert message["type"] == "next", message
    return message["payload"]["data"]["trackedOrderUpdated"]["order"]


async def test_each_change_until_it_is_revoked() -> None:
    """First the order as it is, then as it became; once its tokens are revoked nothing more."""
    woven = business()
    async with talking(identify=a_guest, woven=woven) as talks:
        talk = await talks.begun()
        talk.subscribe("1", FOLLOW, token=await token(woven))
        assert await heard(talk) == {"number": "#1001", "shipments": []}
        woven.fakes["shop"].orders = [order("a1", "#1001", email="ada@example.com", tracking="T1")]
        await talks.changed()
        assert await heard(talk) == {"number": "#1001", "shipments": [{"status": "IN_TRANSIT"}]}
        await woven.gateway.revoke_tracking(encode_id("Order", "shop:number", "1001"), ANYBODY)
        woven.fakes["shop"].orders = [order("a1", "#1001", email="ada@example.com")]
        await talks.changed()
        assert await heard(talk) is None
        assert await talk.hear() == {"type": "complete", "id": "1"}


async def test_a_token_that_does_not_hold() -> None:
    """It is told no more than that there is nothing, and no system is asked."""
    woven = business()
    async with talking(identify=a_guest, woven=woven) as talks:
        talk = await talks.begun()
        talk.subscribe("1", FOLLOW, token="forged")
        assert await heard(talk) is None
        assert await talk.hear() == {"type": "complete", "id": "1"}
    assert woven.fakes["shop"].calls == []


async def test_other_rights_end_it() -> None:
    """What is followed was let through by the rights at its beginning; with others the caller connects again."""
    rights = [GUEST.rights, Rights(scopes=frozenset(), owned=Owned())]

    async def identify(headers: Any) -> Caller:
        return Caller(name="anonymous", role="guest", rights=rights.pop(0))

    async with talking(identify=identify, woven=business()) as talks:
        current = talks.app.endpoint._current
        who = await Identity.of(current, {}, {"type": "websocket", "headers": []})
        assert str(await who.lapse(0)) == "the caller's rights are others now; connect again"
