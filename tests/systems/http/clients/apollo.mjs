// Apollo's client, with its link for automatic persisted queries, asks one query twice; says what it got and what it sent.
import { ApolloClient, InMemoryCache, gql } from "@apollo/client";
import { HttpLink } from "@apollo/client/link/http";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { createHash } from "node:crypto";

const [url, method] = process.argv.slice(2);
const sent = [];
const link = new PersistedQueryLink({
  sha256: (text) => createHash("sha256").update(text).digest("hex"),
  useGETForHashedQueries: method === "GET",
}).concat(
  new HttpLink({
    uri: url,
    fetch: async (address, options) => {
      const answer = await fetch(address, options);
      const { searchParams } = new URL(address);
      const body = options.body ? JSON.parse(options.body) : Object.fromEntries(searchParams);
      sent.push([options.method, "query" in body, answer.status]);
      return answer;
    },
  }),
);
const client = new ApolloClient({ link, cache: new InMemoryCache() });
const query = gql`
  query Systems {
    systems {
      name
    }
  }
`;
const titles = [];
for (let turn = 0; turn < 2; turn += 1) {
  const { data } = await client.query({ query, fetchPolicy: "network-only" });
  titles.push(data.systems.length);
}
process.stdout.write(JSON.stringify({ titles, sent }));
