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
const PICKUPS = new Set(["PREPARING", "READY", "COLLECTED", "CANCELED"]);
const WHOLE = new Set(["FULFILLED", "DELIVERED", "NOT_REQUIRED"]);
// How far the order's own word says that all of it has come, or a part: it stands where nobody tells of a parcel.
const SAID = {
  PARTIALLY_FULFILLED: { reached: 2, part: true, headline: "part_moving" },
  FULFILLED: { reached: 2, part: false, headline: "sent" },
  PARTIALLY_DELIVERED: { reached: THERE, part: true, headline: "part_delivered" },
  DELIVERED: { reached: THERE, part: false, headline: "delivered" },
};
const PREPARED = new Set(["IN_PROGRESS", "READY_FOR_PICKUP", ...Object.keys(SAID)]);

/** What is shown of an order at a time in milliseconds. */
export function read(order, now) {
  const canceled = order.status === "CANCELED" || order.fulfillmentStatus === "CANCELED";
  const pickups = order.pickups.map(pickupOf);
  const shipments = order.shipments
    .filter((shipment) => shipment.status !== "CANCELED" && !shipment.isPickup)
    .map((shipment) => shipmentOf(shipment, now));
  const parcels = shipments.flatMap((shipment) => shipment.parcels);
  const whole = canceled || WHOLE.has(order.fulfillmentStatus);
  const said = parcels.length + pickups.length === 0 ? SAID[order.fulfillmentStatus] ?? null : null;
  const rest = leftOver(order.lines, said !== null || shipments.length > 0);
  const left = whole ? [] : rest;
  const view = { number: order.number, placedAt: date(order.placedAt), canceled, shipments, parcels, pickups, left, said };
  view.unsent = order.fulfillmentStatus === "NOT_REQUIRED" && parcels.length + pickups.length === 0;
  // What is in no parcel may be in one of which a silent system knows.
  const more = order.freshness.incomplete ? rest : left;
  view.collected = parcels.length === 0 && pickups.length > 0 && more.length === 0;
  view.headline = headline(view, order);
  view.steps = steps(view, order);
  // While something may be missing, it may yet appear.
  view.over = !order.freshness.incomplete && over(view);
  // Of one parcel alone the top says all that its own place would.
  view.single = parcels.length === 1 && left.length === 0 && pickups.length === 0;
  view.expected = view.single ? parcels[0].expected : null;
  return view;
}

function shipmentOf(shipment, now) {
  const packages = shipment.packages.length > 0 ? shipment.packages : [withoutNumber(shipment)];
  // Where it is said of each of several parcels what is in it, that is all of the shipment.
  const sent = packages.filter((parcel) => parcel.status !== "CANCELED");
  const told = sent.length > 1 && sent.every((parcel) => parcel.lines !== null);
  return {
    status: shipment.status,
    contents: told ? [] : shipment.lines,
    shippedAt: date(shipment.shippedAt),
    deliveredAt: date(shipment.deliveredAt),
    parcels: packages.map((parcel) => ({ ...parcelOf(parcel, shipment, now), contents: told ? parcel.lines ?? [] : [] })),
  };
}

/** A shipment of which nobody told a parcel still is one. */
function withoutNumber(shipment) {
  return { carrier: null, trackingNumber: null, trackingUrl: null, status: shipment.status, promisedBy: null, eta: null, lines: null, events: [] };
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

function pickupOf(pickup) {
  const state = PICKUPS.has(pickup.state) ? pickup.state.toLowerCase() : "preparing";
  return { state, place: pickup.location, readyBy: date(pickup.readyBy), contents: pickup.lines };
}

/**
 * What is in no parcel yet and not to be picked up. Of a line of which nobody says what has left, nothing is claimed once
 * anything has.
 */
function leftOver(lines, anyLeft) {
  return lines
    .map((line) => ({ title: line.title ?? line.sku, quantity: line.toCome ?? (anyLeft ? 0 : open(line.quantity)) }))
    .filter((line) => line.quantity > 0);
}

function open(quantity) {
  return (quantity.ordered ?? 0) - (quantity.canceled ?? 0);
}

/** The key of the sentence at the top, how many of how many it speaks of, and whether it is good news. */
function headline(view, order) {
  const { parcels, pickups } = view;
  if (view.canceled) {
    return { key: "headline.canceled", tone: "plain" };
  }
  if (view.unsent) {
    return { key: "headline.not_required", tone: "plain" };
  }
  if (view.collected) {
    const state = firstOf(pickups, ["ready", "preparing", "collected", "canceled"]);
    return { key: `headline.pickup_${state}`, tone: state === "ready" ? "good" : "plain" };
  }
  if (view.said) {
    return { key: `headline.${view.said.headline}`, tone: view.said.headline === "delivered" ? "good" : "plain" };
  }
  if (parcels.length === 0) {
    // Some of it is picked up, and some is still to be sent.
    const fetched = firstOf(pickups, ["ready", "collected"]);
    if (fetched) {
      return { key: `headline.part_${fetched}`, tone: fetched === "ready" ? "good" : "plain" };
    }
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

/** The first of some states in which any pick-up stands. */
function firstOf(pickups, states) {
  return states.find((state) => pickups.some((pickup) => pickup.state === state));
}

function steps(view, order) {
  if (view.canceled) {
    return canceledSteps(view);
  }
  if (view.unsent) {
    return [{ kind: "placed", state: "done", at: view.placedAt }];
  }
  return view.collected ? pickupSteps(view, order) : deliverySteps(view, order);
}

function deliverySteps(view, order) {
  const { parcels, said } = view;
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
    if (said) {
      const state = said.reached < position + 2 ? "next" : said.part ? "part" : "done";
      steps.push({ kind, state, share: null, at: null });
      continue;
    }
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
  if (view.canceled || view.unsent) {
    return true;
  }
  const any = view.parcels.length + view.pickups.length > 0 || view.said?.headline === "delivered";
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
