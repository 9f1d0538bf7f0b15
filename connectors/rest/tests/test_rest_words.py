"""Words: what they mean, that those without a meaning are kept and told, and what is no word of the system's."""

from __future__ import annotations

import json
from typing import Any

from connectors.rest.tests.scripted import api
from orderweave_rest.expressions import document_of
from orderweave_rest.mapping import order_record
from orderweave_rest.reading import read_api
from orderweave_sdk.records import (
    Axis,
    Facet,
    HoldReason,
    Invoice,
    Invoices,
    OrderRecord,
    Payment,
    Payments,
    PaymentStatus,
    Return,
    ReturnStatus,
    ShipmentStatus,
    StatusWord,
    Transaction,
    TransactionKind,
    TransactionStatus,
)
from orderweave_sdk.unmapped import meeting_unmapped


def record(order: dict[str, Any], item: Any, **more: Any) -> OrderRecord:
    """The record that this mapping makes of an item."""
    told, problems = read_api(api(order={"id": "id", **order}, **more))
    assert problems == []
    return order_record(document_of(json.dumps(item).encode()), frozenset(Facet), told)


def test_unknown_words_are_kept() -> None:
    """A word that the mapping lacks is UNKNOWN beside the word itself, on the order and on its parts."""
    status = {"order": {"at": "state", "words": {"1": "OPEN", "true": "COMPLETED"}}}
    shipments = {"each": "sent", "id": "no", "status": {"at": "how", "words": {"x": "IN_TRANSIT"}}}
    mapping = {"statuses": status, "fulfillment": {"shipments": shipments}}
    found = record(mapping, {"id": 1, "state": "odd", "sent": [{"no": 1, "how": "lost?"}, {"no": 2}]}, version="9")
    assert found.statuses == (StatusWord(Axis.ORDER, "odd", "UNKNOWN", "9"),)
    assert found.fulfillment
    first, second = found.fulfillment.shipments
    assert (first.status, first.raw_status) == (ShipmentStatus.UNKNOWN, "lost?")
    assert (second.status, second.raw_status) == (ShipmentStatus.UNKNOWN, None)
    assert record(mapping, {"id": 1, "state": 1}).statuses[0].normalized == "OPEN"
    assert record(mapping, {"id": 1, "state": True}).statuses[0].normalized == "COMPLETED"
    assert record(mapping, {"id": 1}).statuses == ()


def test_unknown_words_of_money_and_returns_are_kept() -> None:
    """Payments, their transactions, invoices and returns are UNKNOWN beside the word, and a transaction keeps both."""
    word = {"at": "how", "words": {"-": "UNKNOWN"}}
    moved = {"each": "moved", "id": "no", "kind": {**word, "at": "what"}, "status": word}
    mapping = {
        "payments": {"payments": {"each": "paid", "id": "no", "status": word, "transactions": moved}},
        "invoices": {"invoices": {"each": "billed", "id": "no", "status": word}},
        "returns": {"each": "back", "id": "no", "status": word},
    }
    item = {
        "id": 1,
        "paid": [{"no": 1, "how": "pledged", "moved": [{"no": 2, "what": "swap", "how": "in limbo"}]}],
        "billed": [{"no": 3, "how": "parked"}, {"no": 4}],
        "back": [{"no": 5, "how": "mislaid"}],
    }
    found = record(mapping, item)
    assert found.payments == Payments(
        payments=(
            Payment(
                external_id="1",
                status=PaymentStatus.UNKNOWN,
                raw_status="pledged",
                transactions=(
                    Transaction(
                        external_id="2",
                        kind=TransactionKind.UNKNOWN,
                        raw_kind="swap",
                        status=TransactionStatus.UNKNOWN,
                        raw_status="in limbo",
                    ),
                ),
            ),
        )
    )
    assert found.invoices == Invoices(
        invoices=(Invoice(external_id="3", raw_status="parked"), Invoice(external_id="4"))
    )
    assert found.returns == (Return(external_id="5", status=ReturnStatus.UNKNOWN, raw_status="mislaid"),)


def test_unknown_words_are_told() -> None:
    """By their axis, where they are those of a status; not what is mapped to UNKNOWN, nor the kind of a place."""
    mapping = {
        "statuses": {"return": {"at": "back", "words": {"x": "OPEN"}}},
        "payments": {"payments": {"each": "paid", "id": "no", "status": {"at": "how", "words": {"?": "UNKNOWN"}}}},
        "returns": {"each": "returned", "id": "no", "status": {"at": "how", "words": {"x": "OPEN"}}},
        "header": {"channel": {"code": "via", "kind": {"at": "via", "words": {"x": "SALES_DESK"}}}},
    }
    item = {"id": 1, "back": "a", "via": "b", "paid": [{"no": 1, "how": "c"}, {"no": 2, "how": "?"}]}
    with meeting_unmapped(10) as words:
        record(mapping, item | {"returned": [{"no": 3, "how": "d"}]})
    assert words == {(Axis.RETURN, "a"), (Axis.PAYMENT_PART, "c"), (Axis.RETURN_PART, "d")}


def test_a_constant_is_no_word_of_the_system() -> None:
    """What the mapping says itself has a meaning, and no raw word."""
    found = record({"holds": {"each": "[@][?held]", "reason": {"value": "CREDIT"}}}, {"id": 1, "held": True})
    assert found.holds
    assert (found.holds[0].reason, found.holds[0].raw) == (HoldReason.CREDIT, None)
    assert record({"holds": {"each": "[@][?held]", "reason": {"value": "CREDIT"}}}, {"id": 1}).holds == ()
