import { graphql, useLazyLoadQuery, usePaginationFragment } from "react-relay";
import type { CustomerOrdersQuery } from "./__generated__/CustomerOrdersQuery.graphql.js";
import type { CustomerOrdersPageQuery } from "./__generated__/CustomerOrdersPageQuery.graphql.js";
import type { CustomerOrders_customer$key } from "./__generated__/CustomerOrders_customer.graphql.js";
import { OrderRow } from "./OrderRow.js";

/** The orders of one customer, by the id that stands in any of them. */
export function CustomerScreen({ id }: { readonly id: string }) {
  const { node } = useLazyLoadQuery<CustomerOrdersQuery>(
    graphql`
      query CustomerOrdersQuery($id: ID!) {
        node(id: $id) {
          __typename
          ... on Customer {
            name
            ...CustomerOrders_customer @alias(as: "orders")
          }
        }
      }
    `,
    { id },
  );
  if (node?.__typename !== "Customer") return <p>There is no such customer.</p>;
  return (
    <section>
      <h1>{node.name ?? "A guest"}</h1>
      {node.orders ? <CustomerOrders customer={node.orders} /> : null}
    </section>
  );
}

/** Page after page: the fragment is fetched again by the customer's id, as every node can be. */
export function CustomerOrders({ customer }: { readonly customer: CustomerOrders_customer$key }) {
  const { data, loadNext, hasNext } = usePaginationFragment<CustomerOrdersPageQuery, CustomerOrders_customer$key>(
    graphql`
      fragment CustomerOrders_customer on Customer
      @argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" })
      @refetchable(queryName: "CustomerOrdersPageQuery") {
        orders(first: $count, after: $cursor) @connection(key: "CustomerOrders_orders") {
          edges {
            node {
              id
              ...OrderRow_order
            }
          }
          coverage {
            complete
          }
        }
      }
    `,
    customer,
  );
  return (
    <>
      {data.orders.coverage.complete ? null : <p>Some orders may be missing at present.</p>}
      <ul>
        {data.orders.edges.map(({ node }) => (
          <OrderRow key={node.id} order={node} />
        ))}
      </ul>
      {hasNext ? <button onClick={() => loadNext(10)}>More</button> : null}
    </>
  );
}
