// Follows an order, its shipments or stock with a reference client: node follow.mjs ws|sse|sse-single <url> <number>.
// Reads commands, one JSON a line: {"subscribe": cursor or null, "to": field, "skus": [...]}, {"leave": true}, {"query": text}.
// Where no field is said it is orderUpdated.
// Writes what happens, one JSON a line.
import { createInterface } from "node:readline";

const [, , protocol, url, number] = process.argv;
const say = (what) => process.stdout.write(JSON.stringify(what) + "\n");
const again = { retryAttempts: 900, retryWait: () => new Promise((done) => setTimeout(done, 100)) };

async function client() {
  if (protocol === "ws") {
    const { createClient } = await import("graphql-ws");
    const { WebSocket } = await import("ws");
    const on = { closed: (event) => say({ closed: event.code }), connected: () => say({ connected: true }) };
    return createClient({ url, webSocketImpl: WebSocket, shouldRetry: () => true, lazy: true, on, ...again });
  }
  const { createClient } = await import("graphql-sse");
  const singleConnection = protocol === "sse-single";
  const on = singleConnection ? { connected: () => say({ connected: true }) } : {};
  return createClient({ url, singleConnection, lazy: true, on, ...again });
}

const documents = {
  orderUpdated: `subscription ($number: String!, $after: String) {
    orderUpdated(by: { number: $number }, after: $after) { cursor changed gap order { number status } }
  }`,
  shipmentUpdated: `subscription ($number: String!, $after: String) {
    shipmentUpdated(by: { number: $number }, after: $after) {
      cursor changed gap changes { changed } shipments { packages { trackingNumber } }
    }
  }`,
  inventoryChanged: `subscription ($skus: [String!]!, $after: String) {
    inventoryChanged(skus: $skus, after: $after) { cursor changed gap items { sku onHand } }
  }`,
};
const made = await client();
let leave = () => {};
let last = null;

function run(request, name) {
  const sink = {
    next: (result) => {
      last = Object.values(result.data ?? {})[0]?.cursor ?? last;
      say({ [name]: result.data ?? null, errors: result.errors });
    },
    error: (error) => say({ failed: String(error?.message ?? error?.code ?? JSON.stringify(error)) }),
    complete: () => say({ complete: name }),
  };
  return made.subscribe(request, sink);
}

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  if ("subscribe" in command) {
    last = command.subscribe;
    const to = command.to ?? "orderUpdated";
    const about = to === "inventoryChanged" ? { skus: command.skus } : { number };
    // A getter: when the client connects again by itself, it is read again.
    leave = run({ query: documents[to], variables: { ...about, get after() { return last; } } }, "next");
  } else if (command.leave) {
    leave();
  } else if (command.query) {
    run({ query: command.query }, "answer");
  }
}
made.dispose();
process.exit(0);
