"""The calls themselves: who signs in when, what a session costs, paging, and what becomes of each error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from orderweave_sap_s4hana import queries
from orderweave_sap_s4hana.client import ROOT
from orderweave_sap_s4hana.connector import SapS4hanaConnector
from orderweave_sap_s4hana.failures import failure
from orderweave_sap_s4hana.simulator import TOKENS, SapS4hanaSimulator
from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Orders, Search
from orderweave_sdk.clock import Call, SystemClock
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import FixCredentials, GiveUp, Retry, UpstreamError, Wait
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.records import Facet, Key
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest

HEADER = frozenset({Facet.HEADER})
# A hundred references of 35 characters do not fit into one address.
LONG = keys_of("PurchaseOrderByCustomer", [f"{n:03d}{'é' * 32}" for n in range(100)])


class Watched(SapS4hanaSimulator):
    """Counts every request, sign-ins too, and may answer one in another way."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[str] = Counter()
        self.instead: Callable[[SimulatedRequest], SimulatedAnswer | None] = lambda request: None

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """As the simulator, unless told otherwise."""
        self.asked[f"{request.method} {request.path.removeprefix(ROOT)}"] += 1
        return self.instead(request) or await super().answer(request)


async def found_by(connecting: Connecting, keys: Sequence[Key]) -> Orders:
    """The orders with these keys."""
    assert isinstance(connecting.connector, SapS4hanaConnector)
    return await connecting.connector.find_orders(keys, HEADER, Call.within(10))


async def asked(system: Watched, *batches: Any, settings: dict[str, Any] | None = None) -> list[Any]:
    """Each batch looked up by one connector; an error in its place."""
    connecting = Connecting(SapS4hanaConnector, settings or system.settings())
    found: list[Any] = []
    try:
        for keys in batches:
            try:
                found.append(await found_by(connecting, keys))
            except UpstreamError as error:
                found.append(error)
            if len(found) == 1:
                system.end_tokens()
    finally:
        await connecting.close()
    return found


async def test_a_token_is_kept_and_renewed_once() -> None:
    """One sign-in serves many calls; when the token has ended, one call makes another and is sent again."""
    async with Watched() as system:
        system.seed(sample_world(system.external_id))
        one = keys_of("id", ["5000000001"])
        first, second, third = await asked(system, one, one, one)
        assert [len(each.records) for each in (first, second, third)] == [1, 1, 1]
        assert system.asked == {
            f"POST {TOKENS}": 2,
            "GET /API_SALES_ORDER_SRV/A_SalesOrder": 4,
        }


async def test_a_password_signs_in_without_a_token() -> None:
    """Basic authentication needs no sign-in, and a refused password is not tried again."""
    async with Watched() as system:
        system.seed(sample_world(system.external_id))
        (found,) = await asked(system, keys_of("id", ["5000000001"]), settings=system.basic_settings())
        assert len(found.records) == 1
        assert system.asked == {"GET /API_SALES_ORDER_SRV/A_SalesOrder": 1}
        wrong = {**system.basic_settings(), "password": "another"}
        (error,) = await asked(system, keys_of("id", ["5000000001"]), settings=wrong)
        assert isinstance(error, FixCredentials)
        assert "another" not in str(error)
        assert system.asked["GET /API_SALES_ORDER_SRV/A_SalesOrder"] == 2


async def test_client_and_language_go_along() -> None:
    """Every call names the SAP client and the language."""
    async with Watched() as system:
        system.seed(sample_world(system.external_id))
        await asked(system, keys_of("id", ["5000000001"]), settings={**system.settings(), "language": "DE"})
        headers = system.calls[0].request.headers
        assert (headers["sap-client"], headers["sap-language"]) == ("100", "DE")


async def test_a_batch_opens_one_session() -> None:
    """What does not fit into an address is one POST, with a token fetched once; a session that ended is opened anew."""
    async with Watched() as system:
        system.seed(sample_world(system.external_id))
        first, second = await asked(system, LONG, LONG)
        assert (first.records, second.records) == ((), ())
        assert system.asked["GET /API_SALES_ORDER_SRV/"] == 1
        assert system.asked["GET /API_SALES_ORDER_SRV/A_SalesOrder"] == 0
        system.asked.clear()
        connecting = Connecting(SapS4hanaConnector, system.settings())
        try:
            for _ in range(2):
                await found_by(connecting, LONG)
                system.end_sessions()
        finally:
            await connecting.close()
        assert system.asked == {
            f"POST {TOKENS}": 1,
            "GET /API_SALES_ORDER_SRV/": 2,
            "POST /API_SALES_ORDER_SRV/$batch": 3,
        }


async def test_a_session_without_a_token() -> None:
    """A system that hands out no token and then demands one is a matter of its configuration: no endless fetching."""
    async with Watched() as system:
        system.instead = lambda request: SimulatedAnswer.of({"d": {}}) if request.path.endswith("_SRV/") else None
        (error,) = await asked(system, LONG)
        assert isinstance(error, FixCredentials)
        assert system.asked["POST /API_SALES_ORDER_SRV/$batch"] == 2


async def test_the_servers_own_pages_are_read_on() -> None:
    """A server that gives seven rows at a time is asked until all are there."""
    async with SapS4hanaSimulator(page_limit=7) as system:
        system.seed(sample_world(system.external_id))
        connecting = Connecting(SapS4hanaConnector, system.settings())
        try:
            ids = [system.external_id("order", n) for n in range(1, 26)]
            found = await found_by(connecting, keys_of("id", ids))
        finally:
            await connecting.close()
        assert sorted(record.external_id for record in found.records) == ids
        assert found.gaps == ()
        assert len(system.calls) == 4


async def test_a_page_is_as_long_as_it_was_asked_for() -> None:
    """A server that gives fewer rows than a page of a search asks for is asked again, and the search goes on."""
    async with SapS4hanaSimulator(page_limit=7) as system:
        system.seed(sample_world(system.external_id))
        connecting = Connecting(SapS4hanaConnector, system.settings())
        found: list[str] = []
        after, more = None, True
        try:
            assert isinstance(connecting.connector, SapS4hanaConnector)
            while more:
                search = Search(
                    conditions=(), sort=SearchField.PLACED_AT, descending=True, size=10, after=after, facets=HEADER
                )
                page = await connecting.connector.search_orders(search, Call.within(10))
                found += [hit.record.external_id for hit in page.hits]
                after, more = page.hits[-1].cursor, page.more
        finally:
            await connecting.close()
        assert found == [system.external_id("order", n) for n in range(25, 0, -1)]


async def test_a_token_is_renewed_before_it_ends() -> None:
    """An hour's token serves 59 minutes, and the next call signs in anew without having been refused."""

    class Later(SystemClock):
        seconds = 0.0

        def monotonic(self) -> float:
            return self.seconds

    clock = Later()
    async with Watched() as system:
        system.seed(sample_world(system.external_id))
        connecting = Connecting(SapS4hanaConnector, system.settings())
        try:
            assert isinstance(connecting.connector, SapS4hanaConnector)
            for seconds in (0, 3500, 3541):
                clock.seconds = seconds
                await connecting.connector.find_orders(keys_of("id", ["1"]), HEADER, Call.within(10, clock))
        finally:
            await connecting.close()
        assert system.asked == {f"POST {TOKENS}": 2, "GET /API_SALES_ORDER_SRV/A_SalesOrder": 3}


async def test_an_endless_answer_is_cut() -> None:
    """Pages have a bound, and what lies past it is a gap."""
    row = {"__metadata": {}, "SalesOrder": "5000000001"}
    async with Watched() as system:
        system.instead = lambda request: (
            None if request.path == TOKENS else SimulatedAnswer.of({"d": {"__count": "99999", "results": [row]}})
        )
        (found,) = await asked(system, keys_of("id", ["5000000001"]))
        assert [gap.reason for gap in found.gaps] == [
            "SalesOrder: more rows than are read at once, the rest was left out"
        ]
        assert len(found.records) == 1
        assert system.asked["GET /API_SALES_ORDER_SRV/A_SalesOrder"] == 20


async def test_a_part_of_a_batch_that_fails() -> None:
    """An error inside a batch is the error of the whole, by its own status."""
    part = b"HTTP/1.1 500 Told\r\nContent-Type: application/json\r\n\r\n{}"
    body = b"--b\r\nContent-Type: application/http\r\n\r\n" + part + b"\r\n--b--\r\n"
    async with Watched() as system:

        def instead(request: SimulatedRequest) -> SimulatedAnswer | None:
            if not request.path.endswith("$batch"):
                return None
            count = request.body.count(b"GET ")
            whole = body.removesuffix(b"--b--\r\n") * count + b"--b--\r\n"
            return SimulatedAnswer(status=202, headers={"content-type": "multipart/mixed; boundary=b"}, body=whole)

        system.instead = instead
        (error,) = await asked(system, LONG)
        assert isinstance(error, Retry)


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (400, b'{"error":{"code":"SY/530","message":{"value":"Secret 4711"}}}', GiveUp, "x: HTTP 400, SY/530"),
        (403, b"{}", FixCredentials, "x: HTTP 403, the user is refused or lacks the right to S"),
        (
            403,
            b'{"error":{"code":"/IWFND/MED/170","message":{"lang":"en","value":"No service found"}}}',
            FixCredentials,
            "x: HTTP 403, /IWFND/MED/170, the service S is not there; is it activated, and the user allowed to use it?",
        ),
        (
            404,
            b"<html>",
            GiveUp,
            "x: HTTP 404, the service S is not there; is it activated, and the user allowed to use it?",
        ),
        (429, b"{}", Wait, "x: HTTP 429, the system asks to wait"),
        (503, b"{}", Retry, "x: HTTP 503"),
        (400, b'{"error":{"code":"a b","message":{}}}', GiveUp, "x: HTTP 400"),
    ],
)
def test_errors_by_what_one_can_do(status: int, body: bytes, kind: type[UpstreamError], words: str) -> None:
    """Each status has its class; codes are told, the texts beside them never."""
    error = failure(status, body, "x", "S")
    assert type(error) is kind
    assert str(error) == words


async def test_a_right_that_lacks_names_the_service() -> None:
    """A check says which service is not to be had."""
    async with Watched() as system:
        system.instead = lambda request: SimulatedAnswer(status=403) if queries.BILLING in request.path else None
        connecting = Connecting(SapS4hanaConnector, system.settings())
        try:
            with pytest.raises(FixCredentials, match=queries.BILLING):
                await connecting.connector.check(Call.within(10))
        finally:
            await connecting.close()


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({}, "settings: give either user and password, or oauth_url, client_id and client_secret"),
        ({"user": "a"}, "settings: give either user and password, or oauth_url, client_id and client_secret"),
        (
            {"user": "a", "password": "b", "client_id": "c"},
            "settings: give either user and password, or oauth_url, client_id and client_secret",
        ),
        ({"user": "a:b", "password": "c"}, "setting user: must not hold a colon"),
        ({"user": "a", "password": "b", "client": "10"}, "setting client: must be three digits"),
        ({"user": "a", "password": "b", "language": "ENG"}, "setting language: must be two letters"),
        ({"user": "a", "password": "b", "places": "bin"}, "setting places: must be one of plant, storage_location"),
        (
            {"user": "a", "password": "b", "time_zone": "CEST/Nowhere"},
            "setting time_zone: must be the IANA name of a time zone, such as Europe/Berlin",
        ),
        (
            {"user": "a", "password": "b", "tracking_field": "Note"},
            "setting tracking_field: must be one of BillOfLading, MeansOfTransport, DeliveryDocumentBySupplier",
        ),
    ],
)
def test_settings_that_cannot_be(settings: dict[str, str], problem: str) -> None:
    """Each mistake is told by its key."""
    assert SapS4hanaConnector.problems(settings) == [problem]


def test_sound_settings() -> None:
    """Either kind of credentials will do."""
    assert SapS4hanaConnector.problems({"user": "a", "password": "b", "time_zone": "Europe/Berlin"}) == []
    assert SapS4hanaConnector.problems({"oauth_url": "https://x", "client_id": "a", "client_secret": "b"}) == []
