"""The figures can fail: each kind of wrong is planted by hand and counted."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from orderweave.scenario.truth import PlantedConflict, TrueOrder, TrueStock
from orderweave.truth import Figures
from tests.unit.truth.stories import TRUTH, WORLDS, measured, order, stock, with_order

SOUND = Figures(orders=3, wrong_joins=0, missed_joins=0, conflicts_missed=0, stock_double_counted=0)


def test_a_sound_scenario_has_no_figure_but_its_orders() -> None:
    """All that is true is found, and nothing else."""
    assert measured(WORLDS) == SOUND


def test_a_wrong_join_is_counted_in_pairs() -> None:
    """The desk's own ERP order claims a shop order that nobody else of the ERP claims: two records wrongly with one."""
    worlds = with_order("erp", order("13", "S3", "10.00", reference="1001"))
    worlds = {
        **worlds,
        "erp": replace(worlds["erp"], orders=tuple(o for o in worlds["erp"].orders if o.external_id != "11")),
    }
    truth = replace(
        TRUTH,
        orders=(
            TrueOrder(number=1, anchor=("shop", "1"), members=frozenset({("shop", "1"), ("wms", "21")})),
            *TRUTH.orders[1:],
        ),
    )
    found = measured(worlds, truth)
    assert (found.wrong_joins, found.missed_joins) == (2, 0)


def test_a_missed_join_is_counted_in_pairs() -> None:
    """An ERP record that no longer refers to its order is missed by the order's two other records."""
    found = measured(with_order("erp", order("11", "S1", "10.00")))
    assert (found.wrong_joins, found.missed_joins) == (0, 2)


def test_a_record_in_the_wrong_order_is_wrong_and_missed() -> None:
    """The warehouse's record names the other order: two pairs are lost and two are wrong."""
    found = measured(with_order("wms", order("21", None, "20.00", order_number="1002")))
    assert (found.wrong_joins, found.missed_joins) == (2, 2)


def test_a_planted_conflict_that_no_answer_shows_is_counted_and_named() -> None:
    """The ERP agrees after all, so what was planted is not to be seen."""
    found = measured(with_order("erp", order("12", "S2", "20.00", reference="#1002")))
    assert found.conflicts_missed == 1
    assert found.missed == ("off_by_a_cent: shop 2: totals.total",)


def test_a_planted_conflict_of_stock_is_looked_for_in_stock() -> None:
    """A drift that was planted and is not there is missed; one that is there is shown."""
    drift = PlantedConflict(order=("stock", "Tea"), path="onHand", kind="stock_drift")
    truth = replace(TRUTH, conflicts=(*TRUTH.conflicts, drift))
    assert measured(WORLDS, truth).missed == ("stock_drift: stock Tea: onHand",)
    drifted = {**WORLDS, "erp": replace(WORLDS["erp"], stock=(stock("tea", "12", 9),))}
    assert measured(drifted, truth).conflicts_missed == 0


def test_a_conflict_that_nobody_planted_is_counted() -> None:
    """A false alarm on an order."""
    found = measured(with_order("erp", order("11", "S1", "10.01", reference="1001")))
    assert (found.conflicts_invented, found.conflicts_missed) == (1, 0)


@pytest.mark.parametrize(
    ("place", "miscounted"), [("12", 0), ("99", 1)], ids=["at one configured place", "at a place nobody configured"]
)
def test_stock_counted_twice_is_counted(place: str, miscounted: int) -> None:
    """The ERP's ten are the warehouse's ten at one place, and ten too many at a place that nobody tied to it."""
    worlds = {**WORLDS, "erp": replace(WORLDS["erp"], stock=(stock("tea", place, 10),))}
    assert measured(worlds).stock_double_counted == miscounted


def test_stock_that_nobody_reports_is_counted() -> None:
    """A SKU that is there and in no answer is miscounted too."""
    truth = replace(TRUTH, stock=(*TRUTH.stock, TrueStock(sku="CUP", place="east", on_hand=Decimal(1))))
    assert measured(WORLDS, truth).stock_double_counted == 1


def test_runs_add_up() -> None:
    """Figures of several seeds are summed, and the first twenty misses are kept to be read."""
    one = Figures(
        orders=1,
        wrong_joins=2,
        missed_joins=3,
        conflicts_missed=15,
        stock_double_counted=5,
        conflicts_invented=6,
        missed=("a",) * 15,
    )
    assert one.plus(one) == Figures(
        orders=2,
        wrong_joins=4,
        missed_joins=6,
        conflicts_missed=30,
        stock_double_counted=10,
        conflicts_invented=12,
        missed=("a",) * 20,
    )
