import { graphql, readFragment, type FragmentType } from "./gql/index.js";

const ROW = graphql(`
  fragment OrderRow on Order {
    number
    placedAt
    status
    fulfillmentStatus
    channel {
      name
    }
    totals {
      total {
        amount
        currency
      }
    }
  }
`);

export const ORDER_LIST = graphql(`
  query OrderList($first: Int!, $after: String) {
    orders(first: $first, after: $after) {
      edges {
        node {
          id
          ...OrderRow
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      coverage {
        complete
        sources {
          system
          ok
          error
        }
      }
    }
  }
`);

/** One line of the list. A part that nobody knows is a dash, never a reason to leave the order out. */
export function orderRow(given: FragmentType<typeof ROW>): string {
  const { number, placedAt, status, fulfillmentStatus, channel, totals } = readFragment(ROW, given);
  const total = totals?.total ? `${totals.total.amount} ${totals.total.currency}` : "–";
  const cells = [number ?? "–", placedAt?.slice(0, 10) ?? "–", status, fulfillmentStatus, total, channel?.name ?? "–"];
  return `  ${cells.join("  ")}`;
}
