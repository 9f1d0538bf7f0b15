// The content ready-made, by as many calls as Orderweave makes for the same page, over undici's kept connections.
import { readFileSync } from "node:fs";
import { Pool } from "undici";

const pools = Object.fromEntries(
  Object.entries(JSON.parse(process.env.BENCH_STUBS)).map(([system, url]) => [system, new Pool(url, { connections: 16 })]),
);
const pages = new Map(
  JSON.parse(readFileSync(process.env.BENCH_PARTS, "utf8")).map((page) => [`${page.first} ${page.after ?? ""}`, page]),
);

async function json(system, method, path, body) {
  const answer = await pools[system].request({
    method,
    path,
    body,
    headers: body === undefined ? {} : { "content-type": "application/json" },
  });
  if (answer.statusCode !== 200) throw new Error(`${system} ${path}: HTTP ${answer.statusCode}`);
  return answer.body.json();
}

const newestFirst = (one, other) => (one.placedAt < other.placedAt ? 1 : one.placedAt > other.placedAt ? -1 : 0);

export async function orders({ first, after }, context) {
  const page = pages.get(`${first} ${after ?? ""}`);
  context.page = page;
  const lists = await Promise.all(page.lists.map(([system, path]) => json(system, "GET", path)));
  return { nodes: lists.flat().sort(newestFirst).slice(0, first), pageInfo: { endCursor: null } };
}

export const invoices = (listed, context) => byNumber("erp", "invoices", listed, context.page);
export const shipments = (listed, context) => byNumber("wms", "shipments", listed, context.page);

async function byNumber(system, what, listed, page) {
  const size = page.numbers_a_call[system];
  const calls = [];
  for (let at = 0; at < listed.length; at += size) {
    const numbers = listed.slice(at, at + size).map(({ number }) => number);
    calls.push(json(system, "POST", `/ready/${what}`, JSON.stringify(numbers)));
  }
  return (await Promise.all(calls)).flat();
}
