import { graphql, readFragment, type FragmentType } from "./gql/index.js";
import type { ShipmentStatus } from "./gql/graphql.js";
import { partial } from "./partial.js";

const PARCEL = graphql(`
  fragment Parcel on Package {
    trackingNumber
    status
    carrier {
      name
    }
    eta {
      to
    }
  }
`);

const SCREEN = graphql(`
  fragment OrderScreen on Order {
    number
    status
    paymentStatus
    fulfillmentStatus
    totals {
      total {
        amount
        currency
      }
    }
    lines(first: 50) {
      totalCount
      nodes {
        id
        sku
        title
        quantity {
          current
          shipped
        }
      }
    }
    shipments {
      id
      packages {
        ...Parcel
      }
    }
    freshness {
      ...Freshness
    }
  }
`);

export const ORDER_SCREEN = graphql(`
  query OrderScreen($id: ID!) {
    node(id: $id) {
      __typename
      id
      ...OrderScreen
    }
  }
`);

/** Words of a milestone. The compiler sees to it that none is forgotten; one that a later gateway adds reads as it is. */
const MILESTONES: Record<ShipmentStatus, string> = {
  PENDING: "being prepared",
  LABEL_CREATED: "label printed",
  PICKED_UP: "picked up",
  IN_TRANSIT: "on its way",
  DELAYED: "delayed",
  OUT_FOR_DELIVERY: "out for delivery",
  AVAILABLE_FOR_PICKUP: "ready to be picked up",
  ATTEMPTED_DELIVERY: "nobody was there",
  DELIVERED: "delivered",
  EXCEPTION: "held up",
  RETURNING: "on its way back",
  RETURNED: "back with the sender",
  LOST: "lost",
  EXPIRED: "not followed any more",
  CANCELED: "canceled",
  UNKNOWN: "not known",
};

function parcel(given: FragmentType<typeof PARCEL>): string {
  const { carrier, trackingNumber, status, eta } = readFragment(PARCEL, given);
  const expected = eta?.to && status !== "DELIVERED" ? `, expected by ${eta.to.slice(0, 10)}` : "";
  return `    ${carrier?.name ?? "parcel"} ${trackingNumber ?? "without a number"}: ${MILESTONES[status] ?? status}${expected}`;
}

/** The screen of one order, line by line. */
export function orderScreen(given: FragmentType<typeof SCREEN>): string[] {
  const order = readFragment(SCREEN, given);
  const total = order.totals?.total;
  return [
    `Order ${order.number ?? "without a number"}: ${order.status}, ${order.paymentStatus}, ${order.fulfillmentStatus}`,
    ...(total ? [`  total ${total.amount} ${total.currency}`] : []),
    ...order.lines.nodes.map(({ sku, title, quantity }) => {
      // Null means that nobody says how many; 0 is 0.
      const shipped = quantity.shipped === null ? "" : `, ${quantity.shipped} shipped`;
      return `  ${quantity.current ?? "?"} x ${title ?? sku ?? "something"}${shipped}`;
    }),
    ...(order.lines.totalCount > order.lines.nodes.length ? [`  and more: ${order.lines.totalCount} lines in all`] : []),
    ...order.shipments.flatMap(({ packages }, index) => [`  Shipment ${index + 1}`, ...packages.map(parcel)]),
    ...partial(order.freshness),
  ];
}
