// Composes subgraphs with both common composers. Reads [{"name", "sdl", "url"}] from standard input and prints, for each
// composer, the errors, the supergraph, and which fields Order, Product and Query have in it.
import { composeServices as byApollo } from "@apollo/composition";
import { composeServices as byGuild } from "@theguild/federation-composition";
import { buildASTSchema, parse } from "graphql";

const text = await new Response(process.stdin).text();
const subgraphs = JSON.parse(text).map(({ name, sdl, url }) => ({ name, typeDefs: parse(sdl), url }));

function told({ errors, supergraphSdl }) {
  if (errors?.length || !supergraphSdl) return { errors: (errors ?? []).map((error) => error.message), fields: {} };
  const schema = buildASTSchema(parse(supergraphSdl), { assumeValidSDL: true });
  const fields = (name) => Object.keys(schema.getType(name).getFields()).sort();
  return { errors: [], supergraph: supergraphSdl, fields: Object.fromEntries(["Order", "Product", "Query"].map((name) => [name, fields(name)])) };
}

console.log(JSON.stringify({ apollo: told(byApollo(subgraphs)), guild: told(byGuild(subgraphs)) }));
