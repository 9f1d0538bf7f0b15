// Yoga with JIT on Node's own HTTP server, a DataLoader a request batching by number. The source named in the command
// is where the parts come from.
import { createServer } from "node:http";
import { useGraphQlJit } from "@envelop/graphql-jit";
import DataLoader from "dataloader";
import { createSchema, createYoga } from "graphql-yoga";
import { whole } from "./schema.mjs";

const { invoices, orders, shipments } = await import(`./${process.argv[2]}.mjs`);

const loader = (parts, context) => new DataLoader((listed) => parts(listed, context), { cache: false });

const yoga = createYoga({
  schema: createSchema({
    typeDefs: whole,
    resolvers: {
      Query: { orders: (_, given, context) => orders(given, context) },
      Order: {
        invoices: (order, _, context) => (context.invoices ??= loader(invoices, context)).load(order),
        shipments: (order, _, context) => (context.shipments ??= loader(shipments, context)).load(order),
      },
    },
  }),
  plugins: [useGraphQlJit()],
  graphiql: false,
  landingPage: false,
  logging: false,
});
createServer(yoga).listen(Number(process.env.BENCH_PORT), "127.0.0.1");
