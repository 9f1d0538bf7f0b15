"""Orders placed and worked on through the server's own Shop and Admin APIs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.systems.vendure.asking import Session

_ERROR = "... on ErrorResult { errorCode message }"
ADDRESS = {
    "fullName": "Robin Sample",
    "company": "Corner Cafe Inc",
    "streetLine1": "1 Market Street",
    "streetLine2": "Floor 2",
    "city": "Portland",
    "province": "ME",
    "postalCode": "04101",
    "countryCode": "US",
    "phoneNumber": "+12025550101",
}


def purchase_order(number: int) -> str:
    """The number that a buyer has of their own for the so-manieth order."""
    return f"PO-{number:04d}"


class Buyer:
    """A visitor who fills a cart; a guest, unless somebody signed in with the session."""

    def __init__(self, shop: Session, shipping_method: str) -> None:
        self._shop = shop
        self._method = shipping_method

    def fill(self, goods: Mapping[str, int]) -> None:
        """Put variants, by id, into the cart."""
        for variant, quantity in goods.items():
            self._shop.ask(
                "mutation ($variant: ID!, $quantity: Int!) { addItemToOrder(productVariantId: $variant, "
                f"quantity: $quantity) {{ ... on Order {{ id }} {_ERROR} }} }}",
                {"variant": variant, "quantity": quantity},
            )

    def buy(self, number: int, goods: Mapping[str, int], *, coupon: str | None = None) -> dict[str, Any]:
        """Place an order whose payment is authorized; its id, code, lines and payments.

        Every other buyer has a number of their own.
        """
        self.fill(goods)
        customer = {"firstName": "Robin", "lastName": f"Sample{number}", "emailAddress": f"robin{number}@example.com"}
        self._order("setCustomerForOrder(input: $v)", "CreateCustomerInput!", customer)
        self._order("setOrderShippingAddress(input: $v)", "CreateAddressInput!", ADDRESS)
        self._order("setOrderShippingMethod(shippingMethodId: $v)", "[ID!]!", [self._method])
        if number % 2 == 0:
            theirs = {"customFields": {"purchaseOrder": purchase_order(number)}}
            self._order("setOrderCustomFields(input: $v)", "UpdateOrderInput!", theirs)
        if coupon is not None:
            self._order("applyCouponCode(couponCode: $v)", "String!", coupon)
        self._order("transitionOrderToState(state: $v)", "String!", "ArrangingPayment")
        return self._order(
            "addPaymentToOrder(input: $v)",
            "PaymentInput!",
            {"method": "card", "metadata": {}},
            "id code lines { id productVariant { sku } } payments { id amount }",
        )

    def _order(self, field: str, kind: str, value: Any, wanted: str = "id") -> dict[str, Any]:
        document = f"mutation ($v: {kind}) {{ {field} {{ ... on Order {{ {wanted} }} {_ERROR} }} }}"
        told: dict[str, Any] = self._shop.ask(document, {"v": value})
        return told


class Staff:
    """The people who work on orders."""

    def __init__(self, admin: Session) -> None:
        self._admin = admin

    def settle(self, payment: str) -> None:
        """Take the money that was authorized."""
        self._done("settlePayment(id: $v)", "ID!", payment, "Payment")

    def ship(self, lines: Mapping[str, int], *, method: str, tracking: str, states: Sequence[str] = ()) -> str:
        """Pack so many of each line and move the fulfillment through the states; its id."""
        arguments = [{"name": "method", "value": method}, {"name": "trackingCode", "value": tracking}]
        packed = {
            "lines": _lines(lines),
            "handler": {"code": "manual-fulfillment", "arguments": arguments},
        }
        made = self._done("addFulfillmentToOrder(input: $v)", "FulfillOrderInput!", packed, "Fulfillment")
        for state in states:
            self._moved_fulfillment(made["id"], state)
        return str(made["id"])

    def _moved_fulfillment(self, identity: str, state: str) -> None:
        self._admin.ask(
            "mutation ($id: ID!, $state: String!) { transitionFulfillmentToState(id: $id, state: $state)"
            f" {{ ... on Fulfillment {{ id }} {_ERROR} }} }}",
            {"id": identity, "state": state},
        )

    def refund(self, payment: str, cents: int, reason: str) -> str:
        """Give money back and say that it was paid out; the refund's id."""
        # The amount decides; the others are of old, and yet may not be left out.
        old = {"lines": [], "shipping": 0, "adjustment": 0}
        given = {"paymentId": payment, "amount": cents, "reason": reason, **old}
        identity = str(self._done("refundOrder(input: $v)", "RefundOrderInput!", given, "Refund")["id"])
        paid_out = {"id": identity, "transactionId": f"RF-{identity}"}
        self._done("settleRefund(input: $v)", "SettleRefundInput!", paid_out, "Refund")
        return identity

    def cancel(self, order: str, lines: Mapping[str, int] | None = None, *, reason: str) -> None:
        """Cancel an order, or so many of some lines."""
        told = {"orderId": order, "reason": reason, "cancelShipping": lines is None}
        if lines is not None:
            told["lines"] = _lines(lines)
        self._done("cancelOrder(input: $v)", "CancelOrderInput!", told, "Order")

    def note(self, order: str, text: str, *, public: bool) -> None:
        """Write a note on an order."""
        told = {"id": order, "note": text, "isPublic": public}
        self._admin.ask("mutation ($v: AddNoteToOrderInput!) { addNoteToOrder(input: $v) { id } }", {"v": told})

    def move(self, order: str, state: str) -> None:
        """Bring an order into a state."""
        self._admin.ask(
            "mutation ($id: ID!, $state: String!)"
            f" {{ transitionOrderToState(id: $id, state: $state) {{ ... on Order {{ id }} {_ERROR} }} }}",
            {"id": order, "state": state},
        )

    def modify(self, order: str, **changes: Any) -> None:
        """Change an order that is being modified."""
        self._done(
            "modifyOrder(input: $v)", "ModifyOrderInput!", {"dryRun": False, "orderId": order} | changes, "Order"
        )

    def pay_more(self, order: str, reference: str) -> None:
        """Enter a payment that came by other ways."""
        told = {"orderId": order, "method": "transfer", "transactionId": reference, "metadata": {}}
        self._done("addManualPaymentToOrder(input: $v)", "ManualPaymentInput!", told, "Order")

    def _done(self, field: str, kind: str, value: Any, answered: str) -> dict[str, Any]:
        document = f"mutation ($v: {kind}) {{ {field} {{ ... on {answered} {{ id }} {_ERROR} }} }}"
        told: dict[str, Any] = self._admin.ask(document, {"v": value})
        return told


def _lines(quantities: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"orderLineId": line, "quantity": quantity} for line, quantity in quantities.items()]
