"""What SAP's status letters mean here.

Most of them are the letters of the domain STATV: blank is "not relevant", A "not yet processed", B "partially" and C
"completely processed". Where a meaning hangs on two fields the raw word names both, as in `C/rejected`.
"""

from __future__ import annotations

from collections.abc import Mapping

from orderweave_sdk.records import Axis
from orderweave_sdk.statuses import StatusMap

REJECTED = "/rejected"
SOME_ISSUED = "/some issued"
ALL_ISSUED = "/all issued"
NOT_RELEVANT, NOT_YET, PARTLY, WHOLLY = "", "A", "B", "C"
LETTERS = (NOT_RELEVANT, NOT_YET, PARTLY, WHOLLY)

# AccountingTransferStatus with which a billing document stands in the books; how far it is cleared stands behind it.
POSTED = ("C", "H")

# OverallSDProcessStatus. "/rejected" is OverallSDDocumentRejectionSts C: every item was rejected.
_ORDER: Mapping[str, str] = {
    "": "UNKNOWN",
    "A": "OPEN",
    "B": "OPEN",
    "C": "COMPLETED",
    **{f"{letter}{REJECTED}": "CANCELED" for letter in LETTERS},
}

# OverallTotalDeliveryStatus says how much stands on deliveries, which is no more than a plan. What left says the goods
# movement status of these deliveries, which stands behind it.
_FULFILLMENT: Mapping[str, str] = {
    "": "NOT_REQUIRED",
    "A": "UNFULFILLED",
    "B": "IN_PROGRESS",
    "C": "IN_PROGRESS",
    **{f"{letter}{REJECTED}": "CANCELED" for letter in LETTERS},
    **{f"{letter}{SOME_ISSUED}": "PARTIALLY_FULFILLED" for letter in LETTERS},
    **{f"{letter}{ALL_ISSUED}": "PARTIALLY_FULFILLED" for letter in LETTERS},
    f"C{ALL_ISSUED}": "FULFILLED",
}

STATUSES = StatusMap.of(
    "1",
    {
        Axis.ORDER: _ORDER,
        Axis.FULFILLMENT: _FULFILLMENT,
        # How far the items are billed: OrderRelatedBillingStatus, or by the billed quantities where deliveries are.
        Axis.INVOICE: {"": "NOT_INVOICED", "A": "NOT_INVOICED", "B": "PARTIALLY_INVOICED", "C": "INVOICED"},
        # A delivery as a plan: how far it is picked and packed, until its goods are issued.
        Axis.FULFILLMENT_ORDER: {
            "picking": "RELEASED",
            "picking A": "RELEASED",
            "picking B": "PICKING",
            "picking C": "PICKING",
            "packing B": "PICKING",
            "packing C": "PACKED",
            "goods movement B": "PACKED",
            "goods movement C": "CLOSED",
        },
        # A delivery as a fact. A goods issue says that the goods left; that they arrived says a proof of delivery.
        Axis.SHIPMENT: {
            "packing C": "PENDING",
            "goods movement B": "PICKED_UP",
            "goods movement C": "PICKED_UP",
            "proof of delivery C": "DELIVERED",
        },
        # AccountingTransferStatus and, for what is posted, InvoiceClearingStatus behind it.
        Axis.INVOICE_DOCUMENT: {
            "canceled": "CANCELED",
            "": "DRAFT",
            "A": "DRAFT",
            "B": "DRAFT",
            "D": "UNKNOWN",
            "E": "CANCELED",
            "F": "DRAFT",
            "G": "DRAFT",
            "I": "DRAFT",
            "K": "DRAFT",
            "L": "DRAFT",
            "M": "DRAFT",
            "N": "DRAFT",
            **{f"{posted}/": "POSTED" for posted in POSTED},
            **{f"{posted}/A": "POSTED" for posted in POSTED},
            **{f"{posted}/B": "PARTIALLY_PAID" for posted in POSTED},
            **{f"{posted}/C": "PAID" for posted in POSTED},
        },
        # TotalCreditCheckStatus, SalesDocApprovalStatus and HeaderBillingBlockReason; a delivery block by its reason as
        # SAP delivers the list, which a company may change: reasons of its own read as UNKNOWN.
        Axis.HOLD_REASON: {
            "credit B": "CREDIT",
            "credit C": "CREDIT",
            "approval A": "APPROVAL",
            "billing block": "OTHER",
            "delivery block 01": "CREDIT",
            "delivery block 02": "OTHER",
            "delivery block 03": "OUT_OF_STOCK",
            "delivery block 04": "OTHER",
            "delivery block 05": "MANUAL_REVIEW",
        },
    },
)
