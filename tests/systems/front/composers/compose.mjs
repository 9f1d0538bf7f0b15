// Composes subgraphs with both common composers. Reads [{"name", "sdl"}] from standard input and prints, for each
// composer, the errors and what became of the fields of Order, Product and Query in the supergraph.
import { composeServices as byApollo } from "@apollo/composition";
import { composeServices as byGuild } from "@theguild/federation-composition";
import { buildASTSchema, parse } from "graphql";

const text = await new Response(process.stdin).text();
const subgraphs = JSON.parse(text).map(({ name, sdl }) => ({ name, typeDefs: parse(sdl), url: `http://${name}/graphql` }));

function told({ errors, supergraphSdl }) {
  if (errors?.length || !supergraphSdl) return { errors: (errors ?? []).map((error) => error.message), fields: {} };
  const schema = buildASTSchema(parse(supergraphSdl), { assumeValidSDL: true });
  const fields = (name) => Object.keys(schema.getType(name).getFields()).sort();
  return { errors: [], fields: Object.fromEntries(["Order", "Product", "Query"].map((name) => [name, fields(name)])) };
}

console.log(JSON.stringify({ apollo: told(byApollo(subgraphs)), guild: told(byGuild(subgraphs)) }));
