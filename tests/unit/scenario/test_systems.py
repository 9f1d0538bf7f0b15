"""Other vendors' systems in the business: the story stays the same, whoever tells it."""

from __future__ import annotations

import pytest

from orderweave.config.configuration import ConfiguredSystem
from orderweave.demo import DemoBusiness
from orderweave.scenario import CASTS, UNTIL, USUAL
from orderweave.scenario.casting import Part
from orderweave.truth import figures
from orderweave_sdk.batches import keys_of
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting, capability
from orderweave_sdk.facets import facets_of
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import OrderRecord
from orderweave_sdk.testing.comparing import comparable
from orderweave_sdk.unmapped import meeting_unmapped

# From so many orders on every kind of mess is there.
ORDERS = 200
OTHERS = sorted(set(CASTS) - set(USUAL))
CARRIERS = {name for name, one in CASTS.items() if one.part is Part.CARRIER}


def mix_with(connector: str) -> tuple[str, ...]:
    """The usual business with this one in its part; a carrier has nobody to take the place of."""
    part = CASTS[connector].part
    return (*(usual for usual in USUAL if CASTS[usual].part is not part), connector)


MIXES = [
    USUAL,
    *(mix_with(connector) for connector in OTHERS),
    ("adobe_commerce", "sap_s4hana", "extensiv", "easypost"),
    ("salesforce_b2c", "odoo", "fluent_commerce"),
    ("vendure", "tryton"),
    ("shopify", "adobe_commerce", "tryton", "shiphero"),
    ("shopify", "adobe_commerce", "salesforce_b2c", "tryton", "shiphero"),
    ("shopify", "adobe_commerce", "salesforce_b2c"),
]


@pytest.mark.parametrize("mix", MIXES, ids="-".join)
async def test_the_truth_holds(mix: tuple[str, ...]) -> None:
    """What a vendor cannot say joins nothing wrongly, hides no planted conflict, and makes no false alarm."""
    async with DemoBusiness(seed=3, orders=ORDERS, connectors=mix) as made:
        configuration = made.configuration()
        found = figures(made.scenario, made.worlds, configuration.business, UNTIL)
    assert all(f'connector = "{connector}"' in made.toml for connector in mix)
    # Without an ERP nobody knows the orders of the desk and the tills: three in ten.
    assert found.orders >= (ORDERS if any(CASTS[name].part is Part.ERP for name in mix) else ORDERS * 7 // 10)
    assert found.missed == ()
    assert (found.wrong_joins, found.missed_joins, found.conflicts_missed) == (0, 0, 0)
    assert (found.conflicts_invented, found.stock_double_counted) == (0, 0)


@pytest.mark.parametrize("connector", sorted(set(CASTS) - CARRIERS))
async def test_every_order_comes_back(connector: str) -> None:
    """All that the system knows goes through its vendor's wire unchanged."""
    async with DemoBusiness(seed=3, orders=ORDERS, connectors=mix_with(connector)) as made:
        for name, configured in made.configuration().systems.items():
            if f'[systems.{name}]\nconnector = "{connector}"' in made.toml:
                await comes_back(configured, made.worlds[name].orders)


@pytest.mark.parametrize("connector", sorted(CARRIERS))
async def test_every_parcel_comes_back(connector: str) -> None:
    """All that the carrier knows of each parcel of the business goes through its wire unchanged."""
    async with DemoBusiness(seed=3, orders=ORDERS, connectors=mix_with(connector)) as made:
        ((name, configured),) = [
            (name, configured)
            for name, configured in made.configuration().systems.items()
            if f'[systems.{name}]\nconnector = "{connector}"' in made.toml
        ]
        told = {
            package.tracking_number: package
            for order in made.worlds[name].orders
            for shipment in (order.fulfillment.shipments if order.fulfillment else ())
            for package in shipment.packages
        }
        connecting = Connecting(configured.connector, configured.settings)
        batch = connecting.manifest.tracking_batch
        assert batch is not None
        reading = capability(connecting.connector, Capability.READ_TRACKING)
        numbers = sorted(number for number in told if number)
        found = []
        for start in range(0, len(numbers), batch.size):
            read = await reading.read_tracking(numbers[start : start + batch.size], Call.within(30))
            assert read.gaps == ()
            found += read.records
        await connecting.close()
    assert sorted(record.tracking_number for record in found) == numbers
    assert len(numbers) > 30
    for record in found:
        assert comparable(record.package) == comparable(told[record.tracking_number])


async def comes_back(configured: ConfiguredSystem, told: tuple[OrderRecord, ...]) -> None:
    """Every one of these records is read as it was told, and no word of theirs is one that nobody mapped."""
    connecting = Connecting(configured.connector, configured.settings)
    facets, size = connecting.manifest.facets, connecting.manifest.lookups["id"].size
    found = []
    finding = capability(connecting.connector, Capability.FIND_ORDERS)
    for start in range(0, len(told), size):
        keys = keys_of("id", [order.external_id for order in told[start : start + size]])
        with meeting_unmapped(10) as words:
            read = await finding.find_orders(keys, facets, Call.within(30))
        assert words == set()
        assert read.gaps == ()
        found += read.records
    await connecting.close()
    assert len(found) == len(told) > 30
    by_id = {order.external_id: order for order in told}
    for record in found:
        assert comparable(record) == comparable(facets_of(by_id[record.external_id], facets))
