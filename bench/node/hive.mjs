// Hive Gateway with JIT over a supergraph that is composed here; its own program is started in this process.
import { writeFileSync } from "node:fs";
import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";
import { subgraphs } from "./schema.mjs";

const stubs = JSON.parse(process.env.BENCH_STUBS);
const composed = composeServices(
  Object.entries(subgraphs).map(([name, sdl]) => ({ name, typeDefs: parse(sdl), url: `${stubs[name]}/subgraph` })),
);
if (!composed.supergraphSdl) throw new Error(JSON.stringify(composed.errors));
writeFileSync("supergraph.graphql", composed.supergraphSdl);
process.argv.push("supergraph", "supergraph.graphql", "--jit", "--fork", "1");
process.argv.push("--host", "127.0.0.1", "--port", process.env.BENCH_PORT);
await import("./node_modules/@graphql-hive/gateway/dist/bin.js");
