// Mercurius with JIT, its loaders batching by number. The source named in the command is where the parts come from.
import Fastify from "fastify";
import mercurius from "mercurius";
import { whole } from "./schema.mjs";

const { invoices, orders, shipments } = await import(`./${process.argv[2]}.mjs`);

const loader = (parts) => ({
  loader: (queries, context) => parts(queries.map(({ obj }) => obj), context),
  opts: { cache: false },
});

const app = Fastify();
app.register(mercurius, {
  schema: whole,
  resolvers: { Query: { orders: (_, given, context) => orders(given, context) } },
  loaders: { Order: { invoices: loader(invoices), shipments: loader(shipments) } },
  jit: 1,
});
await app.listen({ port: Number(process.env.BENCH_PORT), host: "127.0.0.1" });
