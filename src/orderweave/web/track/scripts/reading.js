// From the order as the gateway tells it to what the page shows of it. Pure: the same order and time in, the same out.

// How far a parcel with this status has come: 1 being prepared, 2 on its way, 3 out for delivery, 4 there.
const REACHED = {
  PENDING: 1,
  LABEL_CREATED: 1,
  CANCELED: 1,
  PICKED_UP: 2,
  IN_TRANSIT: 2,
  DELAYED: 2,
  EXCEPTION: 2,
  RETURNING: 2,
  RETURNED: 2,
  LOST: 2,
  EXPIRED: 2,
  OUT_FOR_DELIVERY: 3,
  ATTEMPTED_DELIVERY: 3,
  AVAILABLE_FOR_PICKUP: 3,
  DELIVERED: 4,
};
const THERE = 4;
// Statuses of which a person should know at once, and those after which nothing more comes.
const TROUBLE = new Set(["DELAYED", "ATTEMPTED_DELIVERY", "EXCEPTION", "LOST", "RETURNING", "RETURNED", "EXPIRED"]);
const ENDED = new Set(["DELIVERED", "RETURNED", "CANCELED", "LOST", "EXPIRED"]);
const GONE = new Set(["CANCELED", "REJECTED"]);
const COLLECTED = new Set(["PICKED_UP", "DELIVERED"]);
const WHOLE = new Set(["FULFILLED", "DELIVERED", "NOT_REQUIRED"]);
const PREPARED = new Set(["IN_PROGRESS", "READY_FOR_PICKUP", "PARTIALLY_FULFILLED", "FULFILLED"]);

/** What is shown of an order at a time in milliseconds. */
export function read(order, now) {
  const canceled = order.status === "CANCELED" || order.fulfillmentStatus === "CANCELED";
  const pickups = order.pickups.map((pickup) => pickupOf(pickup, order));
  const shipments = order.shipments
    .filter((shipment) => shipment.status !== "CANCELED" && !order.pickups.some((pickup) => standsFor(shipment, pickup)))
    .map((shipment) => shipmentOf(shipment, now));
  const parcels = shipments.flatMap((shipment) => shipment.parcels);
  const whole = canceled || WHOLE.has(order.fulfillmentStatus);
  const left = whole ? [] : leftOver(order.lines, pickups, shipments.length > 0);
  const view = { number: order.number, placedAt: date(order.placedAt), canceled, shipments, parcels, pickups, left };
  view.collected = shipments.length === 0 && pickups.length > 0;
  view.headline = headline(view, order);
  view.steps = canceled ? canceledSteps(view) : view.collected ? pickupSteps(view, order) : deliverySteps(view, order);
  // While something may be missing, it may yet appear.
  view.over = !order.freshness.incomplete && over(view);
  // Of one parcel alone the top says all that its own place would.
  view.single = parcels.length === 1 && left.length === 0 && pickups.length === 0;
  view.expected = view.single ? parcels[0].expected : null;
  return view;
}

/**
 * Whether a shipment is one that some systems write for goods that are picked up: it has no number, and just these goods.
 * What it says is then said of the pick-up.
 */
function standsFor(shipment, pickup) {
  const titles = new Set(pickup.lines.map((line) => line.title));
  const numbered = shipment.packages.some((parcel) => parcel.trackingNumber || parcel.events.length > 0);
  return !numbered && shipment.lines.length > 0 && shipment.lines.every((line) => titles.has(line.title));
}

function shipmentOf(shipment, now) {
  const packages = shipment.packages.length > 0 ? shipment.packages : [withoutNumber(shipment)];
  return {
    status: shipment.status,
    contents: shipment.lines,
    shippedAt: date(shipment.shippedAt),
    deliveredAt: date(shipment.deliveredAt),
    parcels: packages.map((parcel) => parcelOf(parcel, shipment, now)),
  };
}

/** A shipment of which nobody told a parcel still is one. */
function withoutNumber(shipment) {
  return { carrier: null, trackingNumber: null, trackingUrl: null, status: shipment.status, promisedBy: null, eta: null, events: [] };
}

function parcelOf(parcel, shipment, now) {
  const events = parcel.events
    .map((event) => ({ ...event, words: `status.${known(event.status)}`, at: new Date(event.occurredAt) }))
    .sort((one, other) => other.at - one.at);
  const delivered = events.find((event) => event.status === "DELIVERED")?.at ?? date(shipment.deliveredAt);
  return {
    status: parcel.status,
    words: `status.${known(parcel.status)}`,
    reached: REACHED[parcel.status] ?? 1,
    trouble: TROUBLE.has(parcel.status),
    ended: ENDED.has(parcel.status),
    carrier: parcel.carrier?.name ? named(parcel.carrier.name) : null,
    number: parcel.trackingNumber,
    link: linkOf(parcel.trackingUrl),
    expected: parcel.status === "DELIVERED" ? there(delivered) : ENDED.has(parcel.status) ? null : expected(parcel, now),
    deliveredAt: delivered,
    outAt: events.findLast((event) => event.status === "OUT_FOR_DELIVERY")?.at ?? null,
    events,
  };
}

/** Some systems know a carrier by its code alone, in small letters: the short ones are initials. */
function named(carrier) {
  if (carrier !== carrier.toLowerCase()) {
    return carrier;
  }
  return carrier.length <= 4 ? carrier.toUpperCase() : carrier[0].toUpperCase() + carrier.slice(1);
}

/** Only pages on the web are linked to. */
function linkOf(address) {
  try {
    return ["https:", "http:"].includes(new URL(address).protocol) ? address : null;
  } catch {
    return null;
  }
}

function there(at) {
  return at ? { kind: "delivered", from: at, to: null, late: false } : null;
}

/** When a parcel is to come: the carrier's window, else the shop's promise. */
function expected(parcel, now) {
  const from = date(parcel.eta?.from);
  const to = date(parcel.eta?.to);
  const by = to ?? from ?? date(parcel.promisedBy);
  if (!by) {
    return null;
  }
  const kind = from && to ? "window" : to || from ? "by" : "promised";
  return { kind, from: kind === "window" ? from : by, to: kind === "window" ? to : null, late: by.getTime() < now };
}

function pickupOf(pickup, order) {
  const told = order.shipments.filter((shipment) => standsFor(shipment, pickup)).map((shipment) => shipment.status);
  const done = pickup.status === "CLOSED" || told.some((status) => COLLECTED.has(status));
  const ready = order.fulfillmentStatus === "READY_FOR_PICKUP" || told.includes("AVAILABLE_FOR_PICKUP");
  const state = done ? "collected" : GONE.has(pickup.status) ? "canceled" : ready ? "ready" : "preparing";
  return { state, place: pickup.location, readyBy: date(pickup.readyBy), contents: pickup.lines };
}

/**
 * What is ordered, in no parcel yet and not to be picked up. Of a line of which nobody says what has left, nothing is
 * claimed once anything has.
 */
function leftOver(lines, pickups, anyLeft) {
  const fetched = new Map();
  for (const line of pickups.flatMap((pickup) => pickup.contents)) {
    fetched.set(line.title, (fetched.get(line.title) ?? 0) + line.quantity);
  }
  const left = [];
  for (const line of lines.filter((each) => !anyLeft || each.quantity.shipped !== null)) {
    const open = rest(line.quantity);
    // What is packed is told by the title, or by the SKU of a line without one.
    const name = line.title ?? line.sku;
    const here = Math.min(open, fetched.get(name) ?? 0);
    fetched.set(name, (fetched.get(name) ?? 0) - here);
    if (open > here) {
      left.push({ title: name, quantity: open - here });
    }
  }
  return left;
}

function rest(quantity) {
  return (quantity.ordered ?? 0) - (quantity.canceled ?? 0) - (quantity.shipped ?? 0);
}

/** The key of the sentence at the top, how many of how many it speaks of, and whether it is good news. */
function headline(view, order) {
  const { parcels, pickups } = view;
  if (view.canceled) {
    return { key: "headline.canceled", tone: "plain" };
  }
  if (view.collected) {
    const states = pickups.map((pickup) => pickup.state);
    const state = ["ready", "preparing", "collected", "canceled"].find((one) => states.includes(one));
    return { key: `headline.pickup_${state}`, tone: state === "ready" ? "good" : "plain" };
  }
  if (parcels.length === 0) {
    const state = order.fulfillmentStatus === "BACKORDERED" ? "backordered" : PREPARED.has(order.fulfillmentStatus) ? "preparing" : "placed";
    return { key: `headline.${state}`, tone: "plain" };
  }
  const arrived = parcels.filter((parcel) => parcel.reached === THERE).length;
  const inHand = view.left.length > 0 || view.pickups.some((pickup) => pickup.state !== "collected" && pickup.state !== "canceled");
  if (arrived === parcels.length && !inHand) {
    return { key: "headline.delivered", tone: "good" };
  }
  if (arrived > 0) {
    return inHand
      ? { key: "headline.part_delivered", tone: "plain" }
      : { key: "headline.some_delivered", tone: "plain", count: arrived, total: parcels.length };
  }
  const furthest = parcels.reduce((most, parcel) => (parcel.reached > most.reached ? parcel : most));
  if (parcels.length === 1 && !inHand) {
    return { key: `headline.parcel_${known(furthest.status)}`, tone: furthest.trouble ? "trouble" : "plain" };
  }
  const moving = parcels.filter((parcel) => parcel.reached > 1).length;
  if (moving === 0) {
    return { key: "headline.preparing", tone: "plain" };
  }
  return { key: moving < parcels.length || inHand ? "headline.part_moving" : "headline.all_moving", tone: "plain" };
}

function deliverySteps(view, order) {
  const { parcels } = view;
  const whole = view.left.length === 0;
  const preparing = parcels.length > 0 || PREPARED.has(order.fulfillmentStatus);
  const steps = [
    { kind: "placed", state: "done", at: view.placedAt },
    { kind: "preparing", state: preparing ? "done" : "next", at: null },
  ];
  const times = [
    earliest(view.shipments.map((shipment) => shipment.shippedAt)),
    earliest(parcels.map((parcel) => parcel.outAt)),
    latest(parcels.map((parcel) => parcel.deliveredAt)),
  ];
  for (const [position, kind] of ["shipped", "out", "delivered"].entries()) {
    const come = parcels.filter((parcel) => parcel.reached >= position + 2).length;
    const state = come === 0 ? "next" : come < parcels.length || !whole ? "part" : "done";
    const total = parcels.length;
    // How many of how many is only known when nothing is left for a parcel that does not exist yet.
    const share = state === "part" && whole ? { count: come, total } : null;
    steps.push({ kind, state, share, at: state === "next" ? null : times[position] });
  }
  return current(steps);
}

function pickupSteps(view, order) {
  const live = view.pickups.filter((pickup) => pickup.state !== "canceled");
  const ready = live.filter((pickup) => pickup.state !== "preparing").length;
  const collected = live.filter((pickup) => pickup.state === "collected").length;
  const of = (count) => (count === 0 ? "next" : count < live.length ? "part" : "done");
  return current([
    { kind: "placed", state: "done", at: view.placedAt },
    { kind: "preparing", state: ready > 0 || PREPARED.has(order.fulfillmentStatus) ? "done" : "next", at: null },
    { kind: "ready", state: of(ready), at: null },
    { kind: "collected", state: of(collected), at: null },
  ]);
}

function canceledSteps(view) {
  return [
    { kind: "placed", state: "done", at: view.placedAt },
    { kind: "canceled", state: "now", at: null },
  ];
}

/** Marks the step at which things stand: the last that is done, unless it is the end or a part has gone on from it. */
function current(steps) {
  const last = steps.findLastIndex((step) => step.state === "done");
  if (steps[last + 1]?.state === "next") {
    steps[last].state = "now";
  }
  for (const step of steps) {
    if (step.kind === "preparing" && step.state === "done") {
      step.kind = "prepared";
    }
  }
  return steps;
}

/** Whether nothing more will happen: nothing is left, and each parcel and pick-up has come to its end. */
function over(view) {
  if (view.canceled) {
    return true;
  }
  const any = view.parcels.length + view.pickups.length > 0;
  const ended = view.parcels.every((parcel) => parcel.ended);
  const collected = view.pickups.every((pickup) => pickup.state === "collected" || pickup.state === "canceled");
  return any && ended && collected && view.left.length === 0;
}

/** What is new between two views, as words to read aloud can be made of: the headline, and parcels by their position. */
export function changes(before, after) {
  const found = [];
  if (before.headline.key !== after.headline.key || before.headline.count !== after.headline.count) {
    found.push({ kind: "headline" });
  }
  for (const [position, parcel] of after.parcels.entries()) {
    const known = before.parcels[position];
    if (!known || known.status !== parcel.status || known.events.length !== parcel.events.length) {
      found.push({ kind: "parcel", position });
    }
  }
  for (const [position, pickup] of after.pickups.entries()) {
    if (before.pickups[position]?.state !== pickup.state) {
      found.push({ kind: "pickup", position });
    }
  }
  return found;
}

/** A status that came into the schema after this page is one of which nothing is known. */
function known(status) {
  return status in REACHED ? status.toLowerCase() : "unknown";
}

function date(text) {
  return text ? new Date(text) : null;
}

function earliest(dates) {
  return dates.reduce((first, at) => (at && (!first || at < first) ? at : first), null);
}

function latest(dates) {
  return dates.reduce((last, at) => (at && (!last || at > last) ? at : last), null);
}
