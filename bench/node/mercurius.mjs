// Mercurius with JIT, its loaders batching by number.
import Fastify from "fastify";
import mercurius from "mercurius";
import { whole } from "./schema.mjs";
import { byNumber, orders, port } from "./upstreams.mjs";

const loader = (system, what) => ({
  loader: (queries, context) => byNumber(system, what, queries.map(({ obj }) => obj.number), context.page),
  opts: { cache: false },
});

const app = Fastify();
app.register(mercurius, {
  schema: whole,
  resolvers: { Query: { orders: (_, given, context) => orders(given, context) } },
  loaders: { Order: { invoices: loader("erp", "invoices"), shipments: loader("wms", "shipments") } },
  jit: 1,
});
await app.listen({ port, host: "127.0.0.1" });
