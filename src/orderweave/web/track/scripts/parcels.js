// The shipments of an order as the page shows them: their parcels, what happened to each, and what they have in common.

import { carrierName } from "./carriers.js";
import { ENDED, GONE, TROUBLE, known, reached } from "./statuses.js";
import { date } from "./times.js";

/**
 * What left or is packed to leave. Of a canceled order nothing is expected. A parcel that was canceled, as one whose label
 * was voided, is left out unless there is no other.
 */
export function shipmentsOf(order, canceled, now) {
  const packed = order.shipments
    .filter((shipment) => shipment.status !== "CANCELED" && !shipment.isPickup)
    .map((shipment) => ({ shipment, packages: shipment.packages.length > 0 ? shipment.packages : [withoutNumber(shipment)] }));
  const sent = (parcel) => parcel.status !== "CANCELED";
  const any = packed.some(({ packages }) => packages.some(sent));
  return packed
    .map(({ shipment, packages }) => ({ shipment, packages: any ? packages.filter(sent) : packages }))
    .filter(({ packages }) => packages.length > 0)
    .map(({ shipment, packages }) => shipmentOf(shipment, packages, canceled, now));
}

/** A shipment of which nobody told a parcel still is one. */
function withoutNumber(shipment) {
  return { carrier: null, trackingNumber: null, trackingUrl: null, status: shipment.status, promisedBy: null, eta: null, lines: null, events: [] };
}

function shipmentOf(shipment, packages, canceled, now) {
  // Where it is said of each of several parcels what is in it, that is all of the shipment.
  const told = packages.length > 1 && packages.every((parcel) => parcel.lines !== null);
  const parcels = packages.map((parcel) => ({
    ...parcelOf(parcel, shipment, canceled, now),
    contents: told ? parcel.lines : [],
  }));
  return {
    contents: told ? [] : shipment.lines,
    shippedAt: date(shipment.shippedAt),
    common: commonOf(parcels),
    parcels,
  };
}

/**
 * What is the same of all of several parcels: some systems tell what happened to the shipment alone, which then stands
 * with each parcel. How they stand is said once where anything else is; null where they share neither events nor time.
 */
function commonOf(parcels) {
  const same = (of) => parcels.length > 1 && parcels.every((parcel) => JSON.stringify(of(parcel)) === JSON.stringify(of(parcels[0])));
  const events = same((parcel) => parcel.events) ? parcels[0].events : [];
  const expected = same((parcel) => parcel.expected) ? parcels[0].expected : null;
  return events.length > 0 || expected ? { events, expected, stands: same((parcel) => parcel.status) } : null;
}

function parcelOf(parcel, shipment, canceled, now) {
  const events = parcel.events.map(eventOf).sort((one, other) => other.at - one.at);
  const delivered = events.find((event) => event.status === "DELIVERED")?.at ?? date(shipment.deliveredAt);
  const gone = GONE.has(parcel.status);
  const coming = !canceled && !gone && !ENDED.has(parcel.status);
  return {
    status: parcel.status,
    words: `status.${known(parcel.status)}`,
    reached: reached(parcel.status),
    trouble: TROUBLE.has(parcel.status),
    good: parcel.status === "DELIVERED" || parcel.status === "AVAILABLE_FOR_PICKUP",
    ended: ENDED.has(parcel.status),
    gone,
    carrier: parcel.carrier?.name ? carrierName(parcel.carrier.name) : null,
    number: parcel.trackingNumber,
    link: linkOf(parcel.trackingUrl),
    expected: parcel.status === "DELIVERED" ? there(delivered) : coming ? expected(parcel, now) : null,
    deliveredAt: delivered,
    outAt: events.findLast((event) => event.status === "OUT_FOR_DELIVERY")?.at ?? null,
    stoodAt: events.find((event) => event.status === parcel.status)?.at ?? null,
    events,
  };
}

/** An event by its status, in the page's language; the carrier's words beside it where they say more, or in its place. */
function eventOf({ occurredAt, status, message, location }) {
  const words = `status.${known(status)}`;
  const unknown = words === "status.unknown" && Boolean(message);
  return { status, at: new Date(occurredAt), words: unknown ? null : words, message, location };
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

/** When a parcel is to come: the carrier's window or the end of it that is known, else the shop's promise. */
function expected(parcel, now) {
  const from = date(parcel.eta?.from);
  const to = date(parcel.eta?.to);
  if (from && to && from <= to) {
    return { kind: "window", from, to, late: to.getTime() < now };
  }
  if (from && !to) {
    // Of a beginning alone nobody can say when it is over.
    return { kind: "from", from, to: null, late: false };
  }
  const by = to ?? date(parcel.promisedBy);
  return by ? { kind: to ? "by" : "promised", from: by, to: null, late: by.getTime() < now } : null;
}
