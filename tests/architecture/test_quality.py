"""The quality scale: every connector speaks of every rule, and what it calls proof is there; what is not, is found."""

from __future__ import annotations

import pytest

from orderweave.config import installed
from orderweave.quality import FILE, RULES, QualityError, problems_of, read_quality
from orderweave.scenario import CASTS
from orderweave_sdk.manifest import Capability
from orderweave_sdk.testing.contract import ConnectorContract
from tests.architecture.conftest import Plant, fail_with
from tests.architecture.sources import Finding, Repository

SUITE = (
    "from orderweave_sdk.testing.contract import ConnectorContract\n\n\nclass TestAcme(ConnectorContract):\n    pass\n"
)
TESTS = """import pytest

pytestmark = pytest.mark.contracts


class TestOwn:
    async def test_deep(self):
        pass


def helper():
    pass


@pytest.mark.parametrize("x", [1])
async def test_it(x):
    pass
"""
ALL = "\n".join(f'{rule.name} = {{ exempt = "Acme is not real." }}' for rule in RULES)


def with_rule(name: str, said: str) -> str:
    """A file that speaks of every rule, of one of them in this way."""
    return "\n".join(f"{name} = {said}" if line.startswith(f"{name} =") else line for line in ALL.splitlines())


def found_in(plant: Plant, quality: str) -> list[str]:
    """What is wrong with a connector that has this quality file."""
    repository = plant(
        {
            f"connectors/acme/{FILE}": quality,
            "connectors/acme/README.md": "# Acme\n## Limits\nNone.\n",
            "connectors/acme/tests/test_acme_contract.py": SUITE,
            "connectors/acme/tests/test_acme.py": TESTS,
            "tests/faults/test_business.py": "def test_all():\n    pass\n",
        }
    )
    folder = repository.root / "connectors" / "acme"
    return problems_of(read_quality(folder), folder)


def test_every_connector_keeps_the_scale(repository: Repository) -> None:
    """Each rule is done, with a proof that is there, or exempt with a reason, for every connector of this checkout."""
    findings = []
    for path in sorted(repository.root.glob("connectors/*/pyproject.toml")):
        file = f"connectors/{path.parent.name}/{FILE}"
        try:
            problems = problems_of(read_quality(path.parent), path.parent)
        except QualityError as error:
            problems = [str(error)]
        findings += [Finding(file, 1, problem) for problem in problems]
    fail_with(findings)


def test_exemptions_are_those_of_the_manifest(repository: Repository) -> None:
    """Exempt from a rule about an ability is who does not declare it, or has no part to play, and nobody else."""
    findings = []
    for name, load in sorted(installed().connectors.items()):
        manifest, quality = load().manifest, read_quality(repository.root / "connectors" / name)
        for rule, able in (
            ("search-pages", Capability.SEARCH_ORDERS in manifest.capabilities),
            ("changes", Capability.LIST_CHANGES in manifest.capabilities),
            ("quota", manifest.rate_limit is not None),
            ("truth-mix", name in CASTS),
            ("story", name in CASTS),
        ):
            said = quality.said.get(rule)
            if said is not None and (said.exempt is None) != able:
                wrong = "exempt, yet it can" if able else "done, yet it declares nothing of the kind"
                findings.append(Finding(f"connectors/{name}/{FILE}", 1, f"{rule}: {wrong}"))
    fail_with(findings)


def test_rules_stand_on_the_suite() -> None:
    """Each rule has a name of its own and a sentence, and what it says of the contract suite is in the suite."""
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert [rule.name for rule in RULES if not rule.demands.endswith(".")] == []
    assert [test for rule in RULES for test in rule.suite if not hasattr(ConnectorContract, test)] == []


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("contract-suite", '{ done = "tests/test_acme_contract.py::TestAcme" }'),
        (
            "errors",
            '{ done = ["tests/test_acme.py::test_it", "tests/test_acme.py::TestOwn::test_deep"], note = "All." }',
        ),
        ("vendor-contract", '{ done = "tests/test_acme.py::test_it", against = "samples" }'),
        ("fault-matrix", '{ done = "../../tests/faults/test_business.py::test_all" }'),
        ("readme-limits", '{ done = "README.md#Limits" }'),
    ],
)
def test_what_is_there_passes(rule: str, said: str, plant: Plant) -> None:
    """A class of the contract suite, a test, one in a class, one beside the connector, and a chapter are proofs."""
    assert found_in(plant, with_rule(rule, said)) == []


@pytest.mark.parametrize(
    ("rule", "said", "problem"),
    [
        ("errors", '{ done = "tests/gone.py::test_it" }', "tests/gone.py::test_it: there is no such file"),
        ("errors", '{ done = "tests/test_acme.py::test_no" }', "tests/test_acme.py::test_no: there is no such test"),
        ("errors", '{ done = "tests/test_acme.py::helper" }', "tests/test_acme.py::helper: there is no such test"),
        (
            "errors",
            '{ done = "tests/test_acme.py" }',
            "tests/test_acme.py: name the test in it, as in tests/test_x.py::test_y",
        ),
        (
            "contract-suite",
            '{ done = "tests/test_acme.py::TestOwn" }',
            "tests/test_acme.py::TestOwn: a class proves only what the contract suite proves; name the test",
        ),
        (
            "paging",
            '{ done = "tests/test_acme_contract.py::TestAcme" }',
            "tests/test_acme_contract.py::TestAcme: a class proves only what the contract suite proves; name the test",
        ),
        (
            "real-server",
            '{ done = "tests/test_acme.py::test_it" }',
            "tests/test_acme.py::test_it: the test must be marked systems",
        ),
        (
            "readme-gaps",
            '{ done = "README.md#Known gaps" }',
            "README.md#Known gaps: the README has no chapter '## Known gaps'",
        ),
        ("readme-gaps", '{ done = "README.md#Limits" }', "README.md#Limits: must be README.md#Known gaps"),
        *(
            (
                "vendor-contract",
                f'{{ done = "tests/test_acme.py::test_it"{said} }}',
                "say against = what it was proven, one of OpenAPI, GraphQL, EDMX, samples, recordings",
            )
            for said in ("", ', against = "hearsay"', ", against = [1]")
        ),
        *(
            (
                rule,
                f'{{ {said}, against = "OpenAPI" }}',
                "against belongs to a rule that is done, and has several things to be proven against",
            )
            for rule, said in (
                ("vendor-contract", 'exempt = "None."'),
                ("errors", 'done = "tests/test_acme.py::test_it"'),
            )
        ),
        *(
            ("errors", said, 'say done = "tests/test_x.py::test_y" (or a list of such), or exempt = "why not"')
            for said in (
                "{}",
                '"done"',
                "{ done = [] }",
                '{ exempt = " " }',
                '{ done = "x", exempt = "y" }',
                '{ dun = "x" }',
            )
        ),
    ],
)
def test_what_is_not_there_is_found(rule: str, said: str, problem: str, plant: Plant) -> None:
    """A proof that is not there or proves something else, and an entry that says neither, are told by their rule."""
    assert found_in(plant, with_rule(rule, said)) == [f"{rule}: {problem}"]


def test_a_rule_nobody_speaks_of_is_found(plant: Plant) -> None:
    """A missing rule is told with what it demands, and a rule that there is not with those that there are."""
    text = "\n".join(line for line in ALL.splitlines() if not line.startswith("times =")) + '\ntime = { done = "x" }\n'
    unknown, missing = found_in(plant, text)
    assert unknown.startswith("time: there is no such rule; the rules are contract-suite, vendor-contract, ")
    assert missing.startswith("times: is missing. The vendor's times become moments in UTC; ")


def test_a_file_that_cannot_be_read(plant: Plant) -> None:
    """No file, and a file that is no TOML, are told in words."""
    folder = plant({"acme/README.md": ""}).root / "acme"
    with pytest.raises(QualityError, match=r"acme/quality\.toml: cannot be read \(No such file or directory\)"):
        read_quality(folder)
    (folder / FILE).write_text("times = {")
    with pytest.raises(QualityError, match=r"acme/quality\.toml: "):
        read_quality(folder)
