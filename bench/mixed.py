"""What the run that looks at memory asks: a mix as a day brings it, and documents that nobody asked before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bench.recording import QUESTION, Page, Question

# Answers that the pages of the mix are taken from: 20 orders, and the 100 that single ones are looked up among.
PAGES = {20: (20,), 100: (100,)}
_LISTS, _SINGLE = 10, 60
_SHORT_LIST = """query Recent($first: Int!, $after: String) {
  orders(first: $first, after: $after) {
    nodes { id number placedAt status totals { total { amount currency } } customer { name } }
    pageInfo { endCursor hasNextPage }
  }
}"""
_ONE_STATUS = """query Status($number: String!) {
  order(by: {number: $number}) { id number status shipments { packages { trackingNumber status } } }
}"""
_ONE_WHOLE = """query Whole($number: String!) {
  order(by: {number: $number}) {
    id number placedAt status totals { total { amount currency } } customer { name email }
    lines(first: 50) { nodes { sku title quantity { ordered } unitPrice { amount currency } } }
    invoices { number due { amount currency } status }
    shipments { packages { carrier { name } trackingNumber status events { occurredAt status location } } }
  }
}"""
# Of a hundred queries so many are of each kind.
_FAN_OUT, _LIST, _ONE = "20 orders whole", "lists of 1 to 10 orders", "single orders"
SHARES = {_FAN_OUT: 10, _LIST: 30, _ONE: 60}


def questions(pages: Mapping[int, Sequence[Page]]) -> Iterator[Question]:
    """Everything in the mix, and last the question that the documents are made of."""
    yield Question(query=QUESTION.read_text(), variables={"first": 20})
    for first in range(1, _LISTS + 1):
        yield Question(query=_SHORT_LIST, variables={"first": first})
    numbers = [order["number"] for order in pages[100][0].orders[:_SINGLE]]
    for place, number in enumerate(numbers):
        yield Question(query=_ONE_WHOLE if place % 2 else _ONE_STATUS, variables={"number": number})
    yield Question(query=document(0), variables={"number": numbers[0]})


def mix(asked: Sequence[Question]) -> Iterator[Question]:
    """The questions as they are asked, without end: by their shares, evenly spread, each of a kind in turn."""
    kinds = {
        _FAN_OUT: asked[:1],
        _LIST: asked[1 : 1 + _LISTS],
        _ONE: asked[1 + _LISTS : -1],
    }
    due = dict.fromkeys(kinds, 0)
    turns = dict.fromkeys(kinds, 0)
    while True:
        for kind, share in SHARES.items():
            due[kind] += share
        kind = max(due, key=lambda name: due[name])
        due[kind] -= sum(SHARES.values())
        yield kinds[kind][turns[kind] % len(kinds[kind])]
        turns[kind] += 1


def document(turn: int) -> str:
    """A valid document of its own: an alias tells one from another."""
    return f"query Found($number: String!) {{ order(by: {{number: $number}}) {{ id n{turn}: number status }} }}"
