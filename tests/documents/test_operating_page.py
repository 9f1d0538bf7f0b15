"""docs/operating.md holds against the code: reasons, bounds and commands are those that there are."""

from __future__ import annotations

import ast
import re

import pytest

from orderweave.access.refusing import Reason
from orderweave.cli.main import main
from orderweave.model.provenance import IssueReason
from orderweave.observing.catalog import METRICS
from tests.documents.pages import ROOT, code_of, codes, read_page, table

PAGE = read_page("docs/operating.md")
LIMITS = {tuple(codes(where)): value for _, value, where in table(PAGE, "what", "at most", "where")}
COMMANDS = [code_of(row[0]) for row in table(PAGE, "command", "what it does", "exit code")]

_BOUND = re.compile(r"_?(?:MOST|LONGEST|DEEPEST|DEFAULT|SHARE|GRACE|QUEUE|CHECK)[A-Z_]*")
_LOGGED = re.compile(r"logger\.(info|warning|error)\(\s*\"(\w+)\"")
_LOGGED_BY_LEVEL = re.compile(r"_log\(logging\.([A-Z]+), \"(\w+)\"")
# What only makes the demo's data or runs in tests bounds nobody's query.
_NOT_SERVING = ("orderweave/scenario/", "orderweave_sdk/testing/")


def bounds() -> dict[tuple[str, str], str]:
    """Every number that is named as a bound at the top of a module, by the page's name of the file."""
    found = {}
    for file in sorted((ROOT / "src").rglob("*.py")):
        path = file.relative_to(ROOT / "src").as_posix()
        if path.startswith(_NOT_SERVING):
            continue
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name, value = node.targets[0].id, number(node.value)
                if value is not None and _BOUND.fullmatch(name):
                    found[path.removeprefix("orderweave/"), name] = str(value)
    return found


def number(node: ast.expr) -> int | float | None:
    """A number, or a product of numbers; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        left, right = number(node.left), number(node.right)
        return left * right if left is not None and right is not None else None
    return None


def test_limits_are_the_codes() -> None:
    """Every bound in the code stands in the table with its value, and the table invents none."""
    assert bounds() == LIMITS


def test_reasons_are_all_there() -> None:
    """Every reason that can stand in `missing` has its row."""
    written = [code_of(reason) for reason, _, _ in table(PAGE, "reason", "what happened", "what to do")]
    assert written == [reason.value for reason in IssueReason]


@pytest.mark.parametrize("command", COMMANDS)
def test_command_is_there(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command of the table is one that the program knows, with the options that are named."""
    words = [word for word in command.split()[1:] if not word.isupper()]
    options = [word for word in words if word.startswith("--")]
    with pytest.raises(SystemExit) as end:
        main([*(word for word in words if not word.startswith("--")), "--help"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    assert [option for option in options if option not in said] == []


def test_every_command_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The table lacks none of the program's commands."""
    with pytest.raises(SystemExit):
        main(["--help"])
    known = set(re.findall(r"^ {4}(\w+)", capsys.readouterr().out, re.MULTILINE))
    assert known == {command.split()[1] for command in COMMANDS}


def test_metrics_are_the_catalogs() -> None:
    """The table of metrics is the catalog, row by row: name, kind, labels and words."""
    rows = table(PAGE, "metric", "kind", "labels", "what it says")
    assert [(code_of(name), kind, tuple(codes(labels)), says) for name, kind, labels, says in rows] == [
        (metric.exposed, metric.kind.value.partition(",")[0], metric.labels, metric.help) for metric in METRICS
    ]


def test_outcomes_are_the_reasons() -> None:
    """Every reason for which a caller is refused has its row."""
    rows = table(PAGE, "outcome", "why the caller was refused")
    assert sorted(outcome for cell, _ in rows for outcome in codes(cell)) == sorted(Reason)


def test_events_are_those_that_are_logged() -> None:
    """Every event that the gateway logs has its row with its level, and the table invents none."""
    logged = set()
    for file in (ROOT / "src" / "orderweave").rglob("*.py"):
        text = file.read_text()
        logged |= {(event, level) for level, event in _LOGGED.findall(text)}
        logged |= {(event, level.lower()) for level, event in _LOGGED_BY_LEVEL.findall(text)}
    rows = table(PAGE, "event", "level", "when", "fields")
    assert {(code_of(event), level) for event, level, _, _ in rows} == logged


def test_attributes_are_those_of_the_spans() -> None:
    """The table of spans names exactly the attributes that the code sets."""
    written = {name for _, names in table(PAGE, "span", "attributes") for name in codes(names)}
    room = ROOT / "src" / "orderweave" / "observing"
    text = (room / "tracing.py").read_text() + (room / "observed.py").read_text()
    assert written == set(re.findall(r'(?<!getLogger\()"((?:orderweave|http|error)\.[a-z_.]+)"', text))
