"""What differs by version, module and right: only what exists is asked for, and what lacks is a facet less."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.odoo.tests.servers import Odoo15, Odoo16, Odoo19, ask, connected
from orderweave_odoo.connector import OdooConnector
from orderweave_odoo.manifest import MANIFEST
from orderweave_odoo.simulator import OdooSimulator
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import FixCredentials, GiveUp
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import Facet

ALL = MANIFEST.facets


def asked_for(server: OdooSimulator, model: str) -> set[str]:
    """The fields that a model was read with."""
    return {name for call in server.calls if call.operation == f"{model}.search_read" for name in call.detail["fields"]}


async def test_only_fields_that_exist_are_asked_for() -> None:
    """The fields that were renamed, added or dropped, by version."""
    differing = {"locked", "delivery_status", "product_uom", "product_uom_id", "mobile", "quantity", "quantity_done"}
    expected = {
        Odoo19: {"locked", "delivery_status", "product_uom_id", "quantity"},
        Odoo16: {"delivery_status", "product_uom", "mobile", "quantity_done"},
        Odoo15: {"product_uom", "mobile", "quantity_done"},
    }
    for kind, names in expected.items():
        server = kind()
        async with connected(server) as subject:
            found = await ask(subject, ALL)
        assert found.gaps == ()
        models = ("sale.order", "sale.order.line", "res.partner", "stock.move")
        assert set.union(*(asked_for(server, model) for model in models)) & differing == names


async def test_settings_narrow_the_manifest() -> None:
    """Without stock or invoices these facets and capabilities are not declared, and their models never asked."""
    manifest = OdooConnector.narrowed({"stock": False, "invoices": False, "numbers_unique": False})
    assert manifest.facets == {Facet.HEADER, Facet.LINES, Facet.CUSTOMER, Facet.ADDRESSES}
    assert manifest.capabilities == MANIFEST.capabilities - {
        Capability.READ_STOCK,
        Capability.READ_RECEIPTS,
        Capability.LIST_LOCATIONS,
        Capability.LIST_SKUS,
    }
    assert (manifest.stock_batch, manifest.numbers_unique) == (None, False)
    assert manifest.problems() == []
    assert OdooConnector.narrowed({}) == MANIFEST
    server = Odoo19()
    server.modules.clear()
    server.unreadable.add("account.move")
    async with connected(server, stock=False, invoices=False) as subject:
        assert await subject.check(Call.within(10))
        found = await ask(subject, manifest.facets)
        changes = await subject.list_changes(None, None, frozenset(), Call.within(10))
    assert (len(found.records), found.gaps) == (1, ())
    assert len(changes.records) == 25
    models = {call.operation.rpartition(".")[0] for call in server.calls}
    assert not any(model.startswith(("stock.", "account.")) for model in models)


@pytest.mark.parametrize("missing", ["stock", "sale_stock"])
@pytest.mark.parametrize("kind", [Odoo19, Odoo16])
async def test_a_module_that_lacks_is_a_gap(missing: str, kind: type[Odoo19]) -> None:
    """What the settings promise and the database lacks: a check names the setting, an answer has all the rest."""
    server = kind()
    server.modules.discard(missing)
    async with connected(server) as subject:
        with pytest.raises(GiveUp, match=r"^check: the database lacks sale_stock; install it, or set stock = false$"):
            await subject.check(Call.within(10))
        found = await ask(subject, ALL)
        changes = await subject.list_changes(None, None, frozenset(), Call.within(10))
    (record,) = found.records
    assert record.delivered() == {Facet.HEADER, Facet.LINES, Facet.CUSTOMER, Facet.ADDRESSES, Facet.INVOICES}
    assert [gap.reason for gap in found.gaps] == [
        "fulfillment and returns: the database lacks stock.picking or its tie to sales; see the settings",
        "fulfillment and returns: the database lacks stock.move or its tie to sales; see the settings",
    ]
    assert len(changes.records) == 25


@pytest.mark.parametrize("model", ["account.move", "stock.quant", "res.country.state"])
async def test_a_right_that_lacks_shows_at_the_check(model: str) -> None:
    """The check reads one record of each model, so that the one without a right is named."""
    for server in (Odoo19(), Odoo16()):
        server.unreadable.add(model)
        async with connected(server) as subject:
            with pytest.raises(FixCredentials, match=rf"^search of {model}: the user lacks a right"):
                await subject.check(Call.within(10))


class Clock:
    """A clock that a test sets."""

    seconds = 0.0

    def now(self) -> datetime:
        """The same moment always."""
        return datetime(2026, 3, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        """The test's seconds."""
        return self.seconds


async def test_the_fields_are_looked_up_again() -> None:
    """Once for an hour, and after a check."""
    clock = Clock()
    server = Odoo19()
    async with connected(server) as subject:
        looks = []
        for seconds in (0.0, 3599.0, 3600.0):
            clock.seconds = seconds
            await subject.find_products(["TEA-GREEN-100"], Call.within(10, clock))
            looks.append(sum(call.operation == "sale.order.fields_get" for call in server.calls))
        await subject.check(Call.within(10, clock))
        looks.append(sum(call.operation == "sale.order.fields_get" for call in server.calls))
    assert looks == [1, 1, 2, 3]
