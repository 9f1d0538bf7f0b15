import { ask, NoAnswer } from "./client.js";
import { ORDER_LIST, orderRow } from "./order-list.js";
import { ORDER_SCREEN, orderScreen } from "./order-screen.js";
import { failed } from "./partial.js";

const ENDPOINT = process.env["ORDERWEAVE_URL"] ?? "http://localhost:8000/graphql";

async function main(): Promise<number> {
  const { data, errors } = await ask(ENDPOINT, ORDER_LIST, { first: 5, after: null });
  errors.map(failed).forEach((line) => console.log(line));
  if (!data) return 1;
  const { edges, pageInfo, coverage } = data.orders;
  console.log(pageInfo.hasNextPage ? "Latest orders, and there are more" : "All orders");
  edges.forEach(({ node }) => console.log(orderRow(node)));
  const silent = coverage.sources.filter(({ ok, error }) => !ok || error !== null);
  if (!coverage.complete) console.log(`  ! not whole: ${silent.map(({ system }) => system).join(", ")} did not tell all`);

  const chosen = process.argv[2] ?? edges[0]?.node.id;
  if (chosen === undefined) return 0;
  const screen = await ask(ENDPOINT, ORDER_SCREEN, { id: chosen });
  console.log();
  screen.errors.map(failed).forEach((line) => console.log(line));
  const node = screen.data?.node;
  if (node?.__typename !== "Order") {
    console.log("there is no such order");
    return 1;
  }
  orderScreen(node).forEach((line) => console.log(line));
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof NoAnswer)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
