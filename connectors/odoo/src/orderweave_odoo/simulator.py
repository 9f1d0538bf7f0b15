"""Odoo's server as far as the connector uses it, on a loopback socket, filled with records.

It speaks JSON-2 and JSON-RPC as the version that it plays does, tells errors by the names of Python's exceptions, and
refuses a whole request for one field that it does not have.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from orderweave_odoo.expressible import told_order, told_product, told_receipt, told_stock
from orderweave_odoo.simulated_database import Database, Refusal
from orderweave_odoo.simulated_rows import WALK_IN, Tables
from orderweave_sdk.records import OrderRecord, ProductRecord, ReceiptRecord, StockRecord
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest, Simulator
from orderweave_sdk.testing.world import World

DATABASE = "simulated"
LOGIN = "orderweave@example.com"
API_KEY = "simulated-api-key"
_USER = 5
# Each kind has a range of its own, because Odoo keeps some of our kinds in one table.
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
# The first and the last version with a field that not all have.
_VERSIONS: Mapping[tuple[str, str], tuple[int, int]] = {
    ("sale.order", "locked"): (17, 99),
    ("sale.order", "delivery_status"): (16, 99),
    ("sale.order.line", "product_uom"): (0, 18),
    ("sale.order.line", "product_uom_id"): (19, 99),
    ("res.partner", "mobile"): (0, 18),
    ("stock.move", "quantity_done"): (0, 16),
    ("stock.move", "quantity"): (17, 99),
    ("product.product", "is_storable"): (18, 99),
}
# What the module that ties sales to stock brings.
_SALE_STOCK = {
    "sale.order": {"delivery_status"},
    "stock.picking": {"sale_id"},
    "stock.move": {"sale_line_id"},
}
_STATUS_OF = {
    "odoo.exceptions.AccessError": 403,
    "odoo.exceptions.AccessDenied": 403,
    "odoo.exceptions.MissingError": 404,
    "werkzeug.exceptions.NotFound": 404,
    "odoo.exceptions.UserError": 422,
    "odoo.exceptions.ValidationError": 422,
}


class OdooSimulator(Simulator):
    """Answers `fields_get` and `search_read` of the models that the connector reads, as Odoo 19 over JSON-2.

    A subclass with another `version` plays that one. `unreadable` are models on which the user has no right;
    `modules` may lack "sale_stock" or "stock".
    """

    version: ClassVar[int] = 19

    def __init__(self) -> None:
        super().__init__()
        self.unreadable: set[str] = set()
        self.modules = {"sale_stock", "stock"}
        self._database: Database | None = None

    @classmethod
    def external_id(cls, kind: str, n: int) -> str:
        """Whole numbers, as Odoo's ids are."""
        return str(_FIRST_ID.get(kind, 0) + n)

    @classmethod
    def expressible(cls, record: OrderRecord) -> OrderRecord:
        """See `orderweave_odoo.expressible.told_order`."""
        return told_order(record)

    @classmethod
    def expressible_stock(cls, record: StockRecord) -> StockRecord:
        """See `orderweave_odoo.expressible.told_stock`."""
        return told_stock(record)

    @classmethod
    def expressible_receipt(cls, record: ReceiptRecord) -> ReceiptRecord:
        """See `orderweave_odoo.expressible.told_receipt`."""
        return told_receipt(record)

    @classmethod
    def expressible_product(cls, record: ProductRecord) -> ProductRecord:
        """See `orderweave_odoo.expressible.told_product`."""
        return told_product(record)

    def settings(self) -> dict[str, Any]:
        """Where to find it, and the key that it takes."""
        return {
            "url": self.url,
            "database": DATABASE,
            "login": LOGIN,
            "api_key": API_KEY,
            "walk_in_customer": WALK_IN,
        }

    def seed(self, world: World) -> None:
        """Replace all that the system knows; the tables are filled when they are first asked for."""
        super().seed(world)
        self._database = None

    def touch(self, model: str, identity: int, moment: datetime) -> None:
        """Let one record change by itself, as a transfer does without its order, until the next seed."""
        self._tables().touch(model, identity, moment)

    def signs_in(self, request: SimulatedRequest) -> bool:
        """The version and the user's id are asked for once."""
        return request.path == "/web/version" or b'"service":"common"' in request.body

    def describe(self, request: SimulatedRequest) -> tuple[str, Any]:
        """For the call log: the model and method, and the arguments without the credentials."""
        try:
            model, method, arguments = _asked(request)
        except (ValueError, KeyError, TypeError):
            return f"{request.method} {request.path}", None
        return f"{model}.{method}", {name: value for name, value in arguments.items() if name != "context"}

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """The server's answer."""
        if request.path == "/web/version" and self.version >= 19:
            return _json({"version_info": [self.version, 0, 0, "final", 0, ""], "version": f"{self.version}.0"})
        if request.path == "/jsonrpc":
            return self._json_rpc(request)
        if request.path.startswith("/json/2/") and self.version >= 19:
            return self._json2(request)
        page = b"<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"
        return SimulatedAnswer(status=404, headers={"content-type": "text/html; charset=utf-8"}, body=page)

    def _json2(self, request: SimulatedRequest) -> SimulatedAnswer:
        if request.headers.get("x-odoo-database") != DATABASE:
            return _told(404, "werkzeug.exceptions.NotFound", "no such database")
        if request.headers.get("authorization") != f"bearer {API_KEY}":
            return _told(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey")
        try:
            model, method, arguments = _asked(request)
            if not self._tables().has(model):
                return _told(404, "werkzeug.exceptions.NotFound", f"the model {model!r} does not exist")
            return _json(self._execute(model, method, arguments))
        except Refusal as refusal:
            return _told(_STATUS_OF.get(refusal.name, 500), refusal.name, str(refusal))

    def _json_rpc(self, request: SimulatedRequest) -> SimulatedAnswer:
        asked = request.json()
        params = asked["params"]
        reply = {"jsonrpc": "2.0", "id": asked["id"]}
        if params["service"] == "common":
            known = params["args"][:3] == [DATABASE, LOGIN, API_KEY]
            return _json({**reply, "result": _USER if known else False})
        try:
            if params["args"][:3] != [DATABASE, _USER, API_KEY]:
                raise Refusal("odoo.exceptions.AccessDenied", "Access Denied")
            model, method, arguments = _asked(request)
            if not self._tables().has(model):
                raise Refusal("odoo.exceptions.UserError", f"Object {model} doesn't exist")
            return _json({**reply, "result": self._execute(model, method, arguments)})
        except Refusal as refusal:
            data = {
                "name": refusal.name,
                "message": str(refusal),
                "arguments": [str(refusal)],
                "debug": "",
                "context": {},
            }
            return _json({**reply, "error": {"code": 200, "message": "Odoo Server Error", "data": data}})

    def _execute(self, model: str, method: str, arguments: Mapping[str, Any]) -> Any:
        database = self._tables()
        if method == "fields_get":
            return {name: {"type": "char"} for name in arguments["allfields"] if database.has_field(model, name)}
        if method != "search_read":
            raise Refusal("odoo.exceptions.AccessError", f"The method {method!r} is not read here")
        if model in self.unreadable:
            raise Refusal("odoo.exceptions.AccessError", f"You are not allowed to access {model}")
        return database.search_read(
            model,
            arguments["domain"],
            arguments["fields"],
            offset=arguments.get("offset", 0),
            limit=arguments.get("limit"),
            order=arguments.get("order") or "id",
        )

    def _tables(self) -> Database:
        if self._database is None:
            tables = Tables(self.world, self.version).tables()
            lacks: dict[str, set[str]] = {}
            for (model, name), (first, last) in _VERSIONS.items():
                if not first <= self.version <= last:
                    lacks.setdefault(model, set()).add(name)
            if "sale_stock" not in self.modules:
                for model, names in _SALE_STOCK.items():
                    lacks.setdefault(model, set()).update(names)
            if "stock" not in self.modules:
                tables = {model: rows for model, rows in tables.items() if not model.startswith("stock.")}
            self._database = Database(tables, {model: frozenset(names) for model, names in lacks.items()})
        return self._database


def _asked(request: SimulatedRequest) -> tuple[str, str, dict[str, Any]]:
    """The model, the method and its arguments, by either wire."""
    body = request.json()
    if request.path == "/jsonrpc":
        args = body["params"]["args"]
        return args[3], args[4], args[6]
    *_, model, method = request.path.split("/")
    return model, method, body


def _json(document: Any, *, status: int = 200) -> SimulatedAnswer:
    headers = {"content-type": "application/json; charset=utf-8"}
    return SimulatedAnswer(status=status, headers=headers, body=json.dumps(document).encode())


def _told(status: int, name: str, message: str) -> SimulatedAnswer:
    document = {"name": name, "message": message, "arguments": [message], "context": {}, "debug": ""}
    return _json(document, status=status)
