"""Tryton's server as far as the connector uses it, on a loopback socket, filled with records.

It answers JSON-RPC as the real one does, but does not compress: what counts here is what is said.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64decode
from typing import Any

from orderweave_sdk.records import OrderRecord, ProductRecord, ReceiptRecord, StockRecord
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest, Simulator
from orderweave_sdk.testing.world import World
from orderweave_tryton.expressible import told_order, told_product, told_receipt, told_stock
from orderweave_tryton.simulated_database import Database
from orderweave_tryton.simulated_domain import understood
from orderweave_tryton.simulated_rows import COMPANY_CATEGORY, read

DATABASE = "simulated"
USER = "orderweave"
PASSWORD = "simulated-password"
_LOGIN = "common.db.login"
_SEARCH = ".search_read"
# Each kind has a range of its own, because Tryton keeps some of our kinds in one table.
_FIRST_ID = {
    "location": 10_000,
    "product": 20_000,
    "order": 1_000_000,
    "return": 2_000_000,
    "line": 3_000_000,
    "shipment": 4_000_000,
    "fulfillment_order": 5_000_000,
    "package": 6_000_000,
    "customer": 7_000_000,
    "company": 8_000_000,
    "invoice": 9_000_000,
    "receipt": 11_000_000,
}
_PAGE = "<!doctype html>\n<html lang=en>\n<title>{0}</title>\n<h1>{0}</h1>\n"


class TrytonSimulator(Simulator):
    """Answers sign-in and `search_read` of the models that the connector reads."""

    def __init__(self) -> None:
        super().__init__()
        self._database = Database(self.world)
        self._sessions: set[str] = set()

    @classmethod
    def external_id(cls, kind: str, n: int) -> str:
        """Whole numbers, as Tryton's ids are."""
        return str(_FIRST_ID.get(kind, 0) + n)

    @classmethod
    def expressible(cls, record: OrderRecord) -> OrderRecord:
        """See `orderweave_tryton.expressible.told_order`."""
        return told_order(record)

    @classmethod
    def expressible_stock(cls, record: StockRecord) -> StockRecord:
        """See `orderweave_tryton.expressible.told_stock`."""
        return told_stock(record)

    @classmethod
    def expressible_receipt(cls, record: ReceiptRecord) -> ReceiptRecord:
        """See `orderweave_tryton.expressible.told_receipt`."""
        return told_receipt(record)

    @classmethod
    def expressible_product(cls, record: ProductRecord) -> ProductRecord:
        """See `orderweave_tryton.expressible.told_product`."""
        return told_product(record)

    def settings(self) -> dict[str, Any]:
        """Where to find it, and the login that it takes."""
        return {
            "url": self.url,
            "database": DATABASE,
            "user": USER,
            "password": PASSWORD,
            "company_category": COMPANY_CATEGORY,
        }

    def seed(self, world: World) -> None:
        """Replace all that the system knows; sessions stay."""
        super().seed(world)
        self._database = Database(world)

    def drop_sessions(self) -> None:
        """Forget every session, as the server does with old ones."""
        self._sessions.clear()

    def signs_in(self, request: SimulatedRequest) -> bool:
        """Tryton signs in at the path of its data."""
        return b'"common.db.login"' in request.body

    def describe(self, request: SimulatedRequest) -> tuple[str, Any]:
        """For the call log: the model, and what was searched."""
        try:
            asked = request.json()
            domain, _, limit, *_ = asked["params"]
            return asked["method"].removeprefix("model."), {"domain": domain, "limit": limit}
        except (ValueError, KeyError, TypeError):
            return f"{request.method} {request.path}", None

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """The server's answer."""
        if request.path != f"/{DATABASE}/rpc/":
            return _page(404, "Not Found")
        try:
            asked = understood(request.json())
            request_id, method, params = asked["id"], asked["method"], asked["params"]
        except (ValueError, KeyError, TypeError):
            return _page(400, "Bad Request")
        if method == _LOGIN:
            return self._sign_in(request_id, params)
        if not self._knows(request.headers.get("authorization", "")):
            return SimulatedAnswer(status=401, headers={"www-authenticate": 'Basic realm="Tryton"'})
        return self._search_read(request_id, method, params)

    def _search_read(self, request_id: int, method: str, params: Any) -> SimulatedAnswer:
        if not method.startswith("model.") or not method.endswith(_SEARCH):
            return _page(403, "Forbidden")
        domain, offset, limit, order, fields, context = params
        model = method.removeprefix("model.").removesuffix(_SEARCH)
        try:
            rows = self._database.search(model, domain, offset + limit, order or [["id", "ASC"]], context)
            return _json({"id": request_id, "result": [read(row, fields) for row in rows[offset:]]})
        except KeyError as error:
            # A failure in the server is told with HTTP 200, as its text and an empty trace.
            return _json({"id": request_id, "error": [str(error), ""]})

    def _sign_in(self, request_id: int, params: Any) -> SimulatedAnswer:
        user, credentials, *_ = params
        if user != USER or credentials.get("password") != PASSWORD:
            return _page(401, "Unauthorized")
        token = secrets.token_hex(16)
        self._sessions.add(token)
        return _json({"id": request_id, "result": [2, token, None]})

    def _knows(self, authorization: str) -> bool:
        kind, _, session = authorization.partition(" ")
        try:
            user, user_id, token = b64decode(session).decode().split(":")
        except ValueError:
            return False
        return kind == "Session" and (user, user_id) == (USER, "2") and token in self._sessions


def _json(document: Any) -> SimulatedAnswer:
    return SimulatedAnswer(headers={"content-type": "application/json"}, body=json.dumps(document).encode())


def _page(status: int, title: str) -> SimulatedAnswer:
    return SimulatedAnswer(
        status=status,
        headers={"content-type": "text/html; charset=utf-8"},
        body=_PAGE.format(f"{status} {title}").encode(),
    )
