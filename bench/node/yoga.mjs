// Yoga with JIT on Node's own HTTP server, a DataLoader a request batching by number.
import { createServer } from "node:http";
import { useGraphQlJit } from "@envelop/graphql-jit";
import DataLoader from "dataloader";
import { createSchema, createYoga } from "graphql-yoga";
import { whole } from "./schema.mjs";
import { byNumber, orders, port } from "./upstreams.mjs";

const loader = (system, what, context) =>
  new DataLoader((numbers) => byNumber(system, what, numbers, context.page), { cache: false });

const yoga = createYoga({
  schema: createSchema({
    typeDefs: whole,
    resolvers: {
      Query: { orders: (_, given, context) => orders(given, context) },
      Order: {
        invoices: (order, _, context) => (context.invoices ??= loader("erp", "invoices", context)).load(order.number),
        shipments: (order, _, context) => (context.shipments ??= loader("wms", "shipments", context)).load(order.number),
      },
    },
  }),
  plugins: [useGraphQlJit()],
  graphiql: false,
  landingPage: false,
  logging: false,
});
createServer(yoga).listen(port, "127.0.0.1");
