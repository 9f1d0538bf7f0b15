import { Environment, Network, RecordSource, Store, type GraphQLResponse } from "relay-runtime";

/** A Relay environment over one gateway. */
export function environment(endpoint: string): Environment {
  return new Environment({
    network: Network.create(async ({ text }, variables) => {
      const response = await fetch(endpoint, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/graphql-response+json, application/json" },
        body: JSON.stringify({ query: text, variables }),
      });
      return (await response.json()) as GraphQLResponse;
    }),
    store: new Store(new RecordSource()),
    // Ids of nodes are one of a kind. Those of invoices, payments, refunds and returns are their systems' own: two of
    // different types may be equal, so the type is part of the key.
    getDataID: (value, typename) => (typeof value["id"] === "string" ? `${typename}:${value["id"]}` : null),
  });
}
