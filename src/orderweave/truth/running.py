"""`orderweave truth`: the figures over several seeds."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

import msgspec

from orderweave.demo import DemoBusiness
from orderweave.scenario import UNTIL, CastError
from orderweave.truth.figures import Figures, figures

_FIRST_SEED = 1


def hold_against_truth(*, orders: int, seeds: int, connectors: Sequence[str] | None = None) -> int:
    """Print the figures of each seed and, as the last line, all of them as JSON; 1 when any is not zero.

    `connectors` play the business, by default the usual ones.
    """
    if orders < 1 or seeds < 1:
        print("orders and seeds must be at least 1", file=sys.stderr)
        return 2
    try:
        total = asyncio.run(_all(orders, seeds, connectors))
    except CastError as error:
        print(error, file=sys.stderr)
        return 2
    for line in total.missed:
        print(f"not shown: {line}", file=sys.stderr)
    wrong = {
        "wrong_joins": total.wrong_joins,
        "missed_joins": total.missed_joins,
        "conflicts_missed": total.conflicts_missed,
        "conflicts_invented": total.conflicts_invented,
        "stock_double_counted": total.stock_double_counted,
    }
    played = {} if connectors is None else {"systems": ",".join(connectors)}
    print(msgspec.json.encode({"orders": orders, "seeds": seeds, **played, **wrong}).decode())
    return 1 if any(wrong.values()) else 0


async def _all(orders: int, seeds: int, connectors: Sequence[str] | None) -> Figures:
    total = Figures(orders=0, wrong_joins=0, missed_joins=0, conflicts_missed=0, stock_double_counted=0)
    for seed in range(_FIRST_SEED, _FIRST_SEED + seeds):
        async with DemoBusiness(seed=seed, orders=orders, connectors=connectors) as business:
            found = figures(business.scenario, business.worlds, business.configuration().business, UNTIL)
        print(
            f"seed {seed}: {found.orders} true orders, {found.wrong_joins} wrong joins, "
            f"{found.missed_joins} missed joins, {found.conflicts_missed} conflicts not shown, "
            f"{found.conflicts_invented} shown that nobody planted, "
            f"{found.stock_double_counted} SKUs miscounted",
            flush=True,
        )
        total = total.plus(found)
    return total
