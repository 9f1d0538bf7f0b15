// The vendors' own answers, fetched, read and joined as bench/contenders/handwritten.py does it in Python.
// The calls are Orderweave's, ready-made: what is known beforehand at once, then what is asked by number.
import { readFileSync } from "node:fs";
import { Pool } from "undici";

const stubs = JSON.parse(process.env.BENCH_STUBS);
const pools = Object.fromEntries(Object.entries(stubs).map(([system, url]) => [system, new Pool(url, { connections: 16 })]));
const pages = new Map();
const SHOPS = ["shop-us", "shop-eu"];

const recording = JSON.parse(readFileSync(process.env.BENCH_RECORDING, "utf8"));
for (const page of Object.values(recording.pages).flat()) {
  const calls = page.calls.map(({ system, exchange, searched }) => {
    const { method, path, headers, body } = recording.exchanges[system][exchange];
    return { system, searched, request: { method, path, headers, body: Buffer.from(body, "base64") } };
  });
  pages.set(`${page.first} ${page.after ?? ""}`, {
    searched: calls.filter((call) => call.searched),
    shops: calls.filter((call) => !call.searched && SHOPS.includes(call.system)),
    erp: calls.filter((call) => !call.searched && call.system === "erp"),
    wms: calls.filter((call) => !call.searched && call.system === "wms"),
  });
}
recording.exchanges = recording.pages = null;

async function answer({ system, request }) {
  const answered = await pools[system].request(request);
  if (answered.statusCode !== 200) throw new Error(`${system} ${request.path}: HTTP ${answered.statusCode}`);
  return answered.body.json();
}

const all = (calls) => Promise.all(calls.map(answer));

export async function orders({ first, after }, context) {
  const page = pages.get(`${first} ${after ?? ""}`);
  context.page = page;
  const said = await all(page.searched);
  const calls = [...page.searched, ...page.shops];
  if (page.shops.length) said.push(...(await all(page.shops)));
  // A shop is asked for some orders twice: in its list and by their numbers.
  const found = new Map();
  calls.forEach(({ system }, place) => {
    if (!SHOPS.includes(system)) return;
    for (const { node } of said[place].data.orders.edges) found.set(node.id, { shop: system, node });
  });
  let listed = [...found.values()];
  if (after) {
    const moment = momentOf(after);
    listed = listed.filter(({ node }) => utc(node.processedAt) < moment);
  }
  listed.sort(({ node: one }, { node: other }) =>
    one.processedAt < other.processedAt ? 1 : one.processedAt > other.processedAt ? -1 : 0,
  );
  return { nodes: listed.slice(0, first).map(orderOf), pageInfo: { endCursor: null } };
}

export async function invoices(listed, context) {
  const sales = new Map();
  for (const { result } of await all(context.page.erp)) {
    // The ERP is searched for keys alone, too: those rows have no invoices.
    for (const sale of result) if (sale["invoices."]) sales.set(sale.reference, sale["invoices."]);
  }
  return listed.map(({ number }) => sales.get(bare(number)).map(invoiceOf));
}

export async function shipments(listed, context) {
  const released = new Map();
  for (const { data } of await all(context.page.wms)) {
    for (const name in data) {
      for (const { node } of data[name].data.edges) released.set(node.order_number, node.shipments);
    }
  }
  return listed.map((order) =>
    released.get(`#${bare(order.number)}`).map(({ shipping_labels }) => ({
      packages: shipping_labels.map((label) => packageOf(label, order.fulfillments)),
    })),
  );
}

function orderOf({ shop, node }) {
  return {
    id: Buffer.from(JSON.stringify(["Order", `${shop}:number`, bare(node.name).toLowerCase()])).toString("base64url"),
    number: node.name,
    placedAt: utc(node.processedAt),
    status: node.cancelledAt ? "CANCELED" : node.closedAt ? "COMPLETED" : "OPEN",
    totals: { total: moneyOf(node.totalPriceSet) },
    customer: {
      name: node.customer.displayName,
      email: node.email || node.customer.defaultEmailAddress.emailAddress,
    },
    lines: { nodes: node.lineItems.nodes.map(lineOf) },
    // No field of the API: the shipments need it.
    fulfillments: node.fulfillments,
  };
}

const lineOf = (line) => ({
  sku: line.sku,
  title: line.name,
  quantity: { ordered: line.quantity },
  unitPrice: moneyOf(line.originalUnitPriceSet),
});

const INVOICES = { draft: "DRAFT", validated: "DRAFT", posted: "POSTED", paid: "PAID", cancelled: "CANCELED" };

const invoiceOf = (invoice) => ({
  number: invoice.number,
  due: { amount: invoice.amount_to_pay.decimal, currency: invoice["currency."].code },
  status: INVOICES[invoice.state],
});

const EVENTS = {
  LABEL_PURCHASED: "LABEL_CREATED",
  LABEL_PRINTED: "LABEL_CREATED",
  CARRIER_PICKED_UP: "PICKED_UP",
  FAILURE: "EXCEPTION",
};
const PROGRESS = [
  ...["FULFILLED", "LABEL_CREATED", "PICKED_UP", "IN_TRANSIT", "DELAYED", "EXCEPTION"],
  ...["OUT_FOR_DELIVERY", "ATTEMPTED_DELIVERY", "DELIVERED"],
];

// The warehouse's parcel with the carrier's events that the shop was told; the warehouse's own come first.
function packageOf(label, fulfillments) {
  let status = label.delivered ? "DELIVERED" : label.picked_up ? "PICKED_UP" : "LABEL_CREATED";
  const created = { occurredAt: `${label.created_date}+00:00`, status: "LABEL_CREATED", location: null };
  const events = new Map([[`LABEL_CREATED ${created.occurredAt}`, created]]);
  for (const fulfillment of fulfillments) {
    if (fulfillment.trackingInfo[0].number !== label.tracking_number) continue;
    const shown = statusOf(fulfillment.displayStatus);
    if (PROGRESS.indexOf(shown) > PROGRESS.indexOf(status)) status = shown;
    for (const event of fulfillment.events.nodes) {
      const known = { occurredAt: utc(event.happenedAt), status: statusOf(event.status), location: placeOf(event) };
      const key = `${known.status} ${known.occurredAt}`;
      if (!events.has(key)) events.set(key, known);
    }
  }
  return {
    carrier: { name: label.carrier },
    trackingNumber: label.tracking_number,
    status,
    events: [...events.values()].sort((one, other) =>
      one.occurredAt < other.occurredAt ? -1 : one.occurredAt > other.occurredAt ? 1 : 0,
    ),
  };
}

const placeOf = ({ city, province, country }) => [city, province, country].filter(Boolean).join(", ") || null;
const statusOf = (word) => EVENTS[word] ?? word;
const moneyOf = ({ shopMoney }) => ({ amount: shopMoney.amount, currency: shopMoney.currencyCode });
const bare = (number) => (number.startsWith("#") ? number.slice(1) : number);
const utc = (moment) => `${moment.endsWith("Z") ? moment.slice(0, -1) : moment}+00:00`;
// The instant in a cursor of the API.
const momentOf = (cursor) => JSON.parse(Buffer.from(cursor, "base64url").toString()).p[0];
