import { graphql, useFragment } from "react-relay";
import type { OrderRow_order$key } from "./__generated__/OrderRow_order.graphql.js";

/** One order in a list. */
export function OrderRow({ order }: { readonly order: OrderRow_order$key }) {
  const { number, fulfillmentStatus, totals, freshness } = useFragment(
    graphql`
      fragment OrderRow_order on Order {
        number
        fulfillmentStatus
        totals {
          total {
            amount
            currency
          }
        }
        freshness {
          missing {
            system
          }
        }
      }
    `,
    order,
  );
  const total = totals?.total;
  return (
    <li>
      {number ?? "–"} {fulfillmentStatus} {total ? `${total.amount} ${total.currency}` : "–"}
      {freshness.missing.length > 0 ? " (in part)" : ""}
    </li>
  );
}
