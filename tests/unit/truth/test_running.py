"""The command's last line and its exit code: each figure but zero is an error, false alarms among them."""

from __future__ import annotations

import json

import msgspec
import pytest

from orderweave.truth import Figures, hold_against_truth, running

SOUND = Figures(orders=3, wrong_joins=0, missed_joins=0, conflicts_missed=0, stock_double_counted=0)
COUNTED = ("wrong_joins", "missed_joins", "conflicts_missed", "conflicts_invented", "stock_double_counted")


@pytest.mark.parametrize("wrong", [None, *COUNTED])
def test_every_figure_but_zero_fails(
    wrong: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each is in the last line, summed over the seeds, and any of them makes the exit code 1."""
    found = SOUND if wrong is None else msgspec.structs.replace(SOUND, **{wrong: 2})
    monkeypatch.setattr(running, "figures", lambda *_: found)
    assert hold_against_truth(orders=1, seeds=2) == (0 if wrong is None else 1)
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told == {"orders": 1, "seeds": 2, **{name: 4 if name == wrong else 0 for name in COUNTED}}


def test_no_orders_and_unknown_systems_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A run over nothing proves nothing, and so does one over systems that cannot play."""
    assert hold_against_truth(orders=0, seeds=1) == 2
    assert hold_against_truth(orders=1, seeds=1, connectors=("nobody",)) == 2
    assert capsys.readouterr().out == ""
