// From the order as the gateway tells it to what the page shows of it. Pure: the same order and time in, the same out.

import { shipmentsOf } from "./parcels.js";
import { SAID, headline, over, steps } from "./standing.js";
import { date } from "./times.js";

const PICKUPS = new Set(["PREPARING", "READY", "COLLECTED", "CANCELED"]);
const WHOLE = new Set(["FULFILLED", "DELIVERED", "NOT_REQUIRED"]);

/** What is shown of an order at a time in milliseconds. */
export function read(order, now) {
  const canceled = order.status === "CANCELED" || order.fulfillmentStatus === "CANCELED";
  // What was not fetched before the order was canceled stands among the canceled goods.
  const pickups = order.pickups.map(pickupOf).filter((pickup) => !canceled || pickup.state === "collected");
  const shipments = shipmentsOf(order, canceled, now);
  const parcels = shipments.flatMap((shipment) => shipment.parcels);
  const whole = canceled || WHOLE.has(order.fulfillmentStatus);
  const said = parcels.length + pickups.length === 0 ? SAID[order.fulfillmentStatus] ?? null : null;
  const rest = leftOver(order.lines, said !== null || shipments.length > 0);
  const left = whole ? [] : rest;
  const view = { number: order.number, placedAt: date(order.placedAt), canceled, shipments, parcels, pickups, left, said };
  view.unsent = order.fulfillmentStatus === "NOT_REQUIRED" && parcels.length + pickups.length === 0;
  const collected = pickups.filter((pickup) => pickup.state === "collected").flatMap((pickup) => pickup.contents);
  view.calledOff = calledOff(order.lines, { whole: canceled, left: shipments.length > 0, collected });
  // What is in no parcel may be in one of which a silent system knows.
  const more = order.freshness.incomplete ? rest : left;
  view.collected = parcels.length === 0 && pickups.length > 0 && more.length === 0;
  view.headline = headline(view, order);
  view.steps = steps(view, order);
  // While something may be missing, it may yet appear.
  view.over = !order.freshness.incomplete && over(view);
  // Of one parcel alone the top says all that its own place would, unless it speaks of the order's end.
  view.single = parcels.length === 1 && left.length === 0 && pickups.length === 0 && !canceled;
  view.expected = view.single ? parcels[0].expected : null;
  return view;
}

function pickupOf(pickup) {
  const state = PICKUPS.has(pickup.state) ? pickup.state.toLowerCase() : "preparing";
  return { state, place: pickup.location, readyBy: date(pickup.readyBy), contents: pickup.lines };
}

/**
 * What is in no parcel yet and not to be picked up. Of a line of which nobody says what has left, nothing is claimed once
 * anything has.
 */
function leftOver(lines, anyLeft) {
  return goods(lines, (line) => line.toCome ?? (anyLeft ? 0 : (line.quantity.ordered ?? 0) - (line.quantity.canceled ?? 0)));
}

/**
 * What will not come because it was canceled: with the whole order, all that had neither left nor been collected, line by
 * line or not. Of a line of which nobody says what has left, nothing is claimed once anything has.
 */
function calledOff(lines, { whole, left, collected }) {
  return goods(lines, ({ title, quantity }) => {
    const canceled = quantity.canceled ?? 0;
    if (!whole || (left && quantity.shipped === null)) {
      return canceled;
    }
    const fetched = collected.filter((item) => item.title === title).reduce((sum, item) => sum + item.quantity, 0);
    return Math.max(canceled, (quantity.ordered ?? 0) - (quantity.shipped ?? 0) - fetched);
  });
}

function goods(lines, count) {
  return lines.map((line) => ({ title: line.title ?? line.sku, quantity: count(line) })).filter((line) => line.quantity > 0);
}

/**
 * What is new between two views, as words to read aloud can be made of: the headline, and parcels by their
 * position, with whether there is another event of theirs.
 */
export function changes(before, after) {
  const found = [];
  if (before.headline.key !== after.headline.key || before.headline.count !== after.headline.count) {
    found.push({ kind: "headline" });
  }
  for (const [position, parcel] of after.parcels.entries()) {
    const known = before.parcels[position];
    const event = known?.events.length !== parcel.events.length;
    if (event || known.status !== parcel.status) {
      found.push({ kind: "parcel", position, event });
    }
  }
  for (const [position, pickup] of after.pickups.entries()) {
    if (before.pickups[position]?.state !== pickup.state) {
      found.push({ kind: "pickup", position });
    }
  }
  return found;
}
