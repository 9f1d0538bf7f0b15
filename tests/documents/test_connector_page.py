"""docs/connectors/write-your-own.md holds against the kit and the scaffold."""

from __future__ import annotations

from pathlib import Path

from orderweave.calling import caller
from orderweave.scaffold import new_connector
from orderweave_sdk import errors
from orderweave_sdk.manifest import Manifest
from orderweave_sdk.testing.contract import ConnectorContract
from orderweave_sdk.testing.contract_faults import ERROR_OF_FAULT
from tests.documents.pages import code_of, codes, read_page, table

PAGE = read_page("docs/connectors/write-your-own.md")


def test_files_are_the_scaffolds(tmp_path: Path) -> None:
    """The table of files is what `orderweave connector new` writes."""
    written = {path.relative_to(tmp_path / "lagoon").as_posix() for path in new_connector("lagoon", tmp_path)}
    assert {code_of(file) for file, _ in table(PAGE, "file", "what it is for")} == written


def test_manifest_fields_are_all_there() -> None:
    """The table of the manifest's fields lacks none and invents none."""
    described = [name for field, _ in table(PAGE, "field", "what it says") for name in codes(field)]
    assert sorted(described) == sorted(Manifest.__struct_fields__)


def test_suite_is_described_whole() -> None:
    """Every test of the contract suite has its row, and every row its test."""
    described = [code_of(name) for name, _ in table(PAGE, "test", "what it proves")]
    assert sorted(described) == sorted(name for name in dir(ConnectorContract) if name.startswith("test_"))


def test_faults_become_what_is_written() -> None:
    """Each fault stands with the errors that the suite accepts for it."""
    written = {code_of(fault): codes(becomes) for fault, becomes in table(PAGE, "fault", "must become")}
    assert written == {
        fault.value: [error.__name__ for error in accepted] for fault, accepted in ERROR_OF_FAULT.items()
    }


def test_errors_are_told_as_written() -> None:
    """Each error of the kit stands with the reason that the API gives for it."""
    rows = table(PAGE, "error", "raise it when", "what the API then says")
    written = {getattr(errors, code_of(error)): code_of(reason) for error, _, reason in rows}
    assert written == {error: reason.value for error, reason in caller._REASONS}
