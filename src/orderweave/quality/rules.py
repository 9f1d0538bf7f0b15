"""The rules of the quality scale, in the one place where they stand.

A connector says of each in its quality.toml where the proof is (`done`), or why it does not hold (`exempt`). A rule
that is added here is missing in every quality file until each says one of the two.
"""

from __future__ import annotations

import msgspec


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule: its name in quality.toml, the part of a connector that it is about, and what it demands.

    `suite` names the tests of the contract suite that prove it: then a class of that suite is proof enough. `marker` is
    the pytest marker that a test must have to prove it. `heading` makes a chapter of the README the proof. `against`
    are the things that it may be proven against; a connector that has done it says which.
    """

    name: str
    about: str
    demands: str
    suite: tuple[str, ...] = ()
    marker: str | None = None
    heading: str | None = None
    against: tuple[str, ...] = ()


RULES: tuple[Rule, ...] = (
    Rule(
        name="contract-suite",
        about="truth",
        demands="The whole contract suite passes over a simulator on a real socket.",
        suite=("test_manifest_is_sound", "test_manifest_matches_the_class", "test_round_trip", "test_fault"),
    ),
    Rule(
        name="vendor-contract",
        about="truth",
        demands="Every kind of request and every answer of the simulator is held against what the vendor publishes.",
        marker="contracts",
        # The kinds of contracts, then what there is where a vendor publishes none.
        against=("OpenAPI", "GraphQL", "EDMX", "samples", "recordings"),
    ),
    Rule(
        name="real-server",
        about="truth",
        demands="A real server of the vendor's is asked, and tells what was put into it.",
        marker="systems",
    ),
    Rule(
        name="story",
        about="truth",
        demands="Every order, or every parcel, of a generated business comes back through the vendor's wire unchanged.",
    ),
    Rule(
        name="truth-mix",
        about="truth",
        demands="In a business where it plays its part no order is joined wrongly or missed, no conflict is hidden.",
    ),
    Rule(
        name="call-counts",
        about="calls",
        demands="So many orders, or parcels, cost exactly so many calls: 1, 20 and 1,000 of them.",
    ),
    Rule(
        name="batch-bounds",
        about="calls",
        demands="More keys than a declared batch holds are refused, and nothing is sent.",
        suite=("test_batches_over_the_size_are_refused", "test_tracking_batches_over_the_size_are_refused"),
    ),
    Rule(
        name="signing-in",
        about="calls",
        demands="Many calls sign in once; what has run out is renewed once; a credential that is refused is told.",
    ),
    Rule(
        name="paging",
        about="calls",
        demands="A list longer than one answer is read on, up to a bound; what is past the bound is a gap or an error.",
    ),
    Rule(
        name="throttling",
        about="calls",
        demands="The vendor's own way to ask for patience becomes `Wait`, with the seconds that it says.",
        suite=("test_fault",),
    ),
    Rule(
        name="quota",
        about="calls",
        demands="What the vendor allows is declared as a rate limit, and each call is paid with its price.",
    ),
    Rule(
        name="errors",
        about="calls",
        demands="The vendor's own errors, also those in a good answer, become errors by what one can do.",
        suite=("test_fault",),
    ),
    Rule(
        name="faults",
        about="calls",
        demands="Each fault of the suite becomes its error, and passes when the fault is gone.",
        suite=("test_fault",),
    ),
    Rule(
        name="fault-matrix",
        about="calls",
        demands="It takes part where every system fails in every way behind a gateway.",
    ),
    Rule(
        name="status-map",
        about="reading",
        demands="Every word that the vendor documents has a meaning, held against the vendor's own list of words.",
    ),
    Rule(
        name="unknown-words",
        about="reading",
        demands="A word that the vendor never documented reads as UNKNOWN, with the word kept on what it is a word of.",
        suite=("test_words_without_a_meaning_are_kept",),
    ),
    Rule(
        name="money",
        about="reading",
        demands="Amounts are exact, whatever the wire makes of them, and never without a currency.",
        suite=("test_money_and_time",),
    ),
    Rule(
        name="times",
        about="reading",
        demands="The vendor's times become moments in UTC; one that cannot be read is never half-read.",
        suite=(
            "test_money_and_time",
            "test_tracking_round_trip",
        ),
    ),
    Rule(
        name="references",
        about="reading",
        demands="Every field that keeps other systems' numbers comes as it stands, and finds where it is a look-up.",
        suite=("test_every_lookup_finds",),
    ),
    Rule(
        name="bad-record",
        about="reading",
        demands="A record that cannot be read is a gap beside the good ones; a search goes on behind a page of them.",
        suite=("test_one_bad_record", "test_a_page_of_bad_records"),
    ),
    Rule(
        name="search-pages",
        about="reading",
        demands="Pages of a search leave nothing out and tell nothing twice where orders are equal in the sort.",
    ),
    Rule(
        name="changes",
        about="reading",
        demands="The change feed misses nothing: orders of one moment, and what became visible late.",
    ),
    Rule(
        name="redaction",
        about="safety",
        demands="No error and no text of the connector tells a secret.",
        suite=("test_fault",),
    ),
    Rule(
        name="settings",
        about="safety",
        demands="Settings that cannot be are told before the start, each with its key.",
    ),
    Rule(
        name="readme-example",
        about="README",
        demands="The configuration in the README is one that starts.",
    ),
    Rule(
        name="readme-coverage",
        about="README",
        demands="The README says what is covered.",
        heading="What it covers",
    ),
    Rule(
        name="readme-rights",
        about="README",
        demands="The README says which credentials are needed, and the least rights that do.",
        heading="Credentials and least rights",
    ),
    Rule(
        name="readme-limits",
        about="README",
        demands="The README says quotas, batches and pages, and where they come from.",
        heading="Limits",
    ),
    Rule(
        name="readme-gaps",
        about="README",
        demands="The README says what the vendor's API cannot tell, and what is not read.",
        heading="Known gaps",
    ),
    Rule(
        name="readme-proof",
        about="README",
        demands="The README says against what all this was checked, and what was not.",
        heading="How it was proven",
    ),
)
