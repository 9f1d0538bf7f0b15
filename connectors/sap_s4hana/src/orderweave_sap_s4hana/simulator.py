"""S/4HANA's OData services as far as the connector uses them, on a loopback socket, filled with records."""

from __future__ import annotations

import re
import secrets
from base64 import b64encode
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, unquote

from orderweave_sap_s4hana import queries
from orderweave_sap_s4hana.expressible import told_order
from orderweave_sap_s4hana.expressible_parties import told_product, told_stock
from orderweave_sap_s4hana.simulated_filter import Refused, parsed
from orderweave_sap_s4hana.simulated_tables import Tables
from orderweave_sap_s4hana.simulated_wire import collection, refusal
from orderweave_sdk.records import OrderRecord, ProductRecord, StockRecord
from orderweave_sdk.testing.faults import Fault
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest, Simulator
from orderweave_sdk.testing.world import World

USER, PASSWORD = "ORDERWEAVE", "simulated-password"
CLIENT_ID, CLIENT_SECRET = "sb-orderweave", "simulated-client-secret"
SAP_CLIENT = "100"
ROOT = "/sap/opu/odata/sap/"
TOKENS = "/oauth/token"
SERVICES = {
    queries.ORDERS: ("A_SalesOrder",),
    queries.DELIVERIES: ("A_OutbDeliveryHeader", "A_OutbDeliveryItem"),
    queries.BILLING: ("A_BillingDocument", "A_BillingDocumentItem"),
    queries.STOCK: ("A_MaterialStock",),
    queries.PRODUCTS: ("A_Product",),
}

_FORMS = {
    "order": "5{:09d}",
    "customer": "1{:07d}",
    "company": "2{:07d}",
    "shipment": "80{:06d}",
    "fulfillment_order": "84{:06d}",
    "invoice": "9{:07d}",
}
_PART = re.compile(rb"GET (\S+) HTTP/1\.1")
_BOUNDARY = "ejjeeffe0"


class SapS4hanaSimulator(Simulator):
    """Answers reads of the entity sets that the connector reads, alone and in `$batch`.

    `page_limit` is the server's own paging: no answer holds more rows, whatever `$top` says.
    """

    sign_in_paths = frozenset({TOKENS})

    def __init__(self, *, page_limit: int = 5000) -> None:
        super().__init__()
        self.page_limit = page_limit
        self._tables = Tables(self.world)
        self._tokens: set[str] = set()
        self._sessions: dict[str, str] = {}

    @classmethod
    def external_id(cls, kind: str, n: int) -> str:
        """Numbers from the ranges of their kinds; a plant has four digits."""
        return f"{1000 + 10 * n}" if kind == "location" else _FORMS.get(kind, "{}").format(n)

    @classmethod
    def expressible(cls, record: OrderRecord) -> OrderRecord:
        """See `orderweave_sap_s4hana.expressible.told_order`."""
        return told_order(record)

    @classmethod
    def expressible_stock(cls, record: StockRecord) -> StockRecord:
        """See `orderweave_sap_s4hana.expressible_parties.told_stock`."""
        return told_stock(record)

    @classmethod
    def expressible_product(cls, record: ProductRecord) -> ProductRecord:
        """See `orderweave_sap_s4hana.expressible_parties.told_product`."""
        return told_product(record)

    def settings(self) -> dict[str, Any]:
        """Where to find it, and the OAuth client that it takes."""
        return {
            "url": self.url,
            "oauth_url": f"{self.url}{TOKENS}",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "client": SAP_CLIENT,
        }

    def basic_settings(self) -> dict[str, Any]:
        """As `settings`, with the communication user."""
        return {"url": self.url, "user": USER, "password": PASSWORD, "client": SAP_CLIENT}

    def seed(self, world: World) -> None:
        """Replace all that the system knows; tokens and sessions stay."""
        super().seed(world)
        self._tables = Tables(world)

    def end_tokens(self) -> None:
        """Forget every access token, as when they have run out."""
        self._tokens.clear()

    def end_sessions(self) -> None:
        """Forget every session, as after half an hour: its CSRF token is refused then."""
        self._sessions.clear()

    def signs_in(self, request: SimulatedRequest) -> bool:
        """A token, or the opening of a session."""
        return super().signs_in(request) or request.headers.get("x-csrf-token", "").lower() == "fetch"

    def describe(self, request: SimulatedRequest) -> tuple[str, Any]:
        """For the call log: the entity set, or the sets of a batch, and how they are filtered."""
        service, _, rest = request.path.removeprefix(ROOT).partition("/")
        if rest == "$batch":
            return f"{service}/$batch", [unquote(target.decode()) for target in _PART.findall(request.body)]
        return rest or request.path, dict(request.query).get("$filter")

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """The server's answer."""
        if request.path == TOKENS:
            return self._sign_in(request)
        if not self._knows(request) or request.headers.get("sap-client") != SAP_CLIENT:
            return _page(401, "Logon failed")
        service, _, rest = request.path.removeprefix(ROOT).partition("/")
        if not request.path.startswith(ROOT) or service not in SERVICES:
            told = refusal("/IWFND/MED/170", f"No service found for namespace '', name '{service}', version '0001'")
            return SimulatedAnswer.of(told, status=403)
        if request.method == "POST" and rest == "$batch":
            return self._batch(service, request)
        if not rest:
            return self._service_document(service, request)
        status, document = self._read(service, rest, request.query)
        return SimulatedAnswer.of(document, status=status, headers={"dataserviceversion": "2.0"})

    def _distort(self, answer: SimulatedAnswer, fault: Fault | None) -> SimulatedAnswer:
        """A record is spoiled where it stands alone; in a batch all are left as they are."""
        if fault is Fault.BAD_RECORD and answer.headers.get("content-type", "").startswith("multipart/"):
            return answer
        return super()._distort(answer, fault)

    def _read(self, service: str, entity: str, query: Any) -> tuple[int, dict[str, Any]]:
        options = dict(query)
        if entity not in SERVICES[service]:
            return 404, refusal("005056A509B11EE1B9A8FEC11C21578E", f"Resource not found for the segment '{entity}'")
        try:
            return 200, self._found(service, entity, options)
        except Refused as error:
            return 400, refusal("005056A509B11EE1B9A8FEC11C22578E", str(error))

    def _found(self, service: str, entity: str, options: dict[str, str]) -> dict[str, Any]:
        unknown = options.keys() - {
            "$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$inlinecount", "$format"
        }  # fmt: skip
        if unknown or options.get("$format", "json") != "json":
            raise Refused("Invalid system query options")
        tree = parsed(options["$filter"]) if options.get("$filter") else None
        order = [
            (field, way == "desc")
            for field, _, way in (part.partition(" ") for part in options.get("$orderby", "").split(",") if part)
        ]
        rows = self._tables.search(entity, tree, order)
        top, skip = int(options.get("$top", self.page_limit)), int(options.get("$skip", 0))
        count = None
        if options.get("$inlinecount") == "allpages":
            every = list(rows)
            count, rows = str(len(every)), iter(every)
        page = list(islice(rows, skip, skip + min(top, self.page_limit) + 1))
        held = min(top, self.page_limit)
        further = "$skiptoken" if len(page) > held and top > held else None
        return collection(
            page[:held],
            entity,
            service,
            [part for part in options.get("$select", "").split(",") if part],
            [part for part in options.get("$expand", "").split(",") if part],
            count=count,
            next=further and f"https://sap.example{ROOT}{service}/{entity}?$skiptoken={skip + held}",
        )

    def _batch(self, service: str, request: SimulatedRequest) -> SimulatedAnswer:
        token, cookie = request.headers.get("x-csrf-token", ""), request.headers.get("cookie", "")
        if not token or self._sessions.get(token) not in [part.strip() for part in cookie.split(";")]:
            body = b"CSRF token validation failed"
            return SimulatedAnswer(
                status=403, headers={"x-csrf-token": "Required", "content-type": "text/plain"}, body=body
            )
        if not request.headers.get("content-type", "").startswith("multipart/mixed"):
            return SimulatedAnswer.of(refusal("SY/530", "Invalid content type"), status=415)
        parts = []
        for target in _PART.findall(request.body):
            entity, _, query = target.decode().partition("?")
            status, document = self._read(service, entity, parse_qsl(query, keep_blank_values=True))
            parts.append(_part(status, SimulatedAnswer.of(document).body))
        body = b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode()
        return SimulatedAnswer(
            status=202, headers={"content-type": f"multipart/mixed; boundary={_BOUNDARY}"}, body=body
        )

    def _service_document(self, service: str, request: SimulatedRequest) -> SimulatedAnswer:
        headers = {}
        if self.signs_in(request):
            token, session = secrets.token_urlsafe(12), f"SAP_SESSIONID_S4H_{SAP_CLIENT}={secrets.token_urlsafe(12)}"
            self._sessions[token] = session
            # Two headers on the wire; HTTP allows to join them, and the client sees them joined.
            cookies = f"sap-usercontext=sap-client={SAP_CLIENT}; path=/, {session}; path=/; secure; HttpOnly"
            headers = {"x-csrf-token": token, "set-cookie": cookies}
        return SimulatedAnswer.of({"d": {"EntitySets": list(SERVICES[service])}}, headers=headers)

    def _sign_in(self, request: SimulatedRequest) -> SimulatedAnswer:
        form = dict(parse_qsl(request.body.decode()))
        known = request.headers.get("authorization") == _basic(CLIENT_ID, CLIENT_SECRET)
        if not known or form.get("grant_type") != "client_credentials":
            return SimulatedAnswer.of({"error": "invalid_client"}, status=401)
        token = secrets.token_urlsafe(24)
        self._tokens.add(token)
        return SimulatedAnswer.of({"access_token": token, "token_type": "Bearer", "expires_in": 3600})

    def _knows(self, request: SimulatedRequest) -> bool:
        authorization = request.headers.get("authorization", "")
        kind, _, value = authorization.partition(" ")
        return authorization == _basic(USER, PASSWORD) or (kind == "Bearer" and value in self._tokens)


def _part(status: int, body: bytes) -> bytes:
    """One answer within a batch."""
    inner = f"HTTP/1.1 {status} Told\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    head = (
        f"--{_BOUNDARY}\r\nContent-Type: application/http\r\nContent-Length: {len(inner) + 2 + len(body)}\r\n"
        f"content-transfer-encoding: binary\r\n\r\n{inner}dataserviceversion: 2.0\r\n\r\n"
    )
    return head.encode() + body + b"\r\n"


def _basic(name: str, secret: str) -> str:
    return "Basic " + b64encode(f"{name}:{secret}".encode()).decode()


def _page(status: int, title: str) -> SimulatedAnswer:
    body = f"<html><head><title>{title}</title></head><body><h1>{status} {title}</h1></body></html>"
    return SimulatedAnswer(status=status, headers={"content-type": "text/html"}, body=body.encode())
