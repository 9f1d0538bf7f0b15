// Where an order stands: the sentence at the top, the milestones, and whether anything is still to happen.

import { FOREMOST, THERE, known } from "./statuses.js";
import { earliest, latest } from "./times.js";

// How far the order's own word says that all of it has come, or a part: it stands where nobody tells of a parcel.
export const SAID = {
  PARTIALLY_FULFILLED: { reached: 2, part: true, headline: "part_moving" },
  FULFILLED: { reached: 2, part: false, headline: "sent" },
  PARTIALLY_DELIVERED: { reached: THERE, part: true, headline: "part_delivered" },
  DELIVERED: { reached: THERE, part: false, headline: "delivered" },
};
const PREPARED = new Set(["IN_PROGRESS", "READY_FOR_PICKUP", ...Object.keys(SAID)]);

/** The key of the sentence at the top, how many of how many it speaks of, and whether it is good news. */
export function headline(view, order) {
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
  const inHand = view.left.length > 0 || pickups.some((pickup) => pickup.state !== "collected" && pickup.state !== "canceled");
  return foremost(view, inHand) ?? progress(parcels, inHand);
}

/** What a person should know or do, before any progress: trouble, and what waits to be fetched. */
function foremost({ parcels, pickups }, inHand) {
  const status = FOREMOST.find((each) => parcels.some((parcel) => parcel.status === each));
  const all = parcels.every((parcel) => parcel.status === status);
  const waits = status === "AVAILABLE_FOR_PICKUP";
  if ((waits && all && inHand) || (!status && firstOf(pickups, ["ready"]))) {
    return { key: "headline.part_ready", tone: "good" };
  }
  if (!status) {
    return null;
  }
  const tone = waits ? "good" : "trouble";
  return all ? { key: allOf(parcels), tone } : { key: `headline.some_${known(status)}`, tone, ...shareOf(parcels, status) };
}

function progress(parcels, inHand) {
  const arrived = parcels.filter((parcel) => parcel.reached === THERE).length;
  if (arrived === parcels.length && !inHand) {
    return { key: "headline.delivered", tone: "good" };
  }
  if (arrived > 0) {
    return inHand
      ? { key: "headline.part_delivered", tone: "plain" }
      : { key: "headline.some_delivered", tone: "plain", ...shareOf(parcels, "DELIVERED") };
  }
  if (!inHand && parcels.every((parcel) => parcel.words === parcels[0].words)) {
    return { key: allOf(parcels), tone: "plain" };
  }
  const moving = parcels.filter((parcel) => parcel.reached > 1).length;
  if (moving === 0) {
    return { key: "headline.preparing", tone: "plain" };
  }
  return { key: moving < parcels.length || inHand ? "headline.part_moving" : "headline.all_moving", tone: "plain" };
}

/** The sentence of parcels that all stand alike. */
function allOf(parcels) {
  return `headline.${parcels.length === 1 ? "parcel" : "parcels"}_${known(parcels[0].status)}`;
}

function shareOf(parcels, status) {
  return { count: parcels.filter((parcel) => parcel.status === status).length, total: parcels.length };
}

/** The first of some states in which any pick-up stands. */
function firstOf(pickups, states) {
  return states.find((state) => pickups.some((pickup) => pickup.state === state));
}

export function steps(view, order) {
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
  const made = [
    { kind: "placed", state: "done", at: view.placedAt },
    { kind: "preparing", state: preparing ? "done" : "next", at: null },
  ];
  // Where none of the parcels will come, no step is still to be made.
  const gone = whole && parcels.length > 0 && parcels.every((parcel) => parcel.gone);
  const times = [
    earliest(view.shipments.map((shipment) => shipment.shippedAt)),
    earliest(parcels.map((parcel) => parcel.outAt)),
    latest(parcels.map((parcel) => parcel.deliveredAt)),
  ];
  for (const [position, kind] of ["shipped", "out", "delivered"].entries()) {
    if (said) {
      const state = said.reached < position + 2 ? "next" : said.part ? "part" : "done";
      made.push({ kind, state, share: null, at: null });
      continue;
    }
    const come = parcels.filter((parcel) => parcel.reached >= position + 2).length;
    const due = parcels.some((parcel) => !parcel.gone && parcel.reached < position + 2) || !whole;
    if (come === 0 && gone) {
      continue;
    }
    const state = come === 0 ? "next" : due ? "part" : "done";
    // How many of how many is only known when nothing is left for a parcel that does not exist yet.
    const share = come > 0 && come < parcels.length && whole ? { count: come, total: parcels.length } : null;
    made.push({ kind, state, share, at: state === "next" ? null : times[position] });
  }
  return current(gone ? [...made, lastStep(parcels)] : made);
}

/** What became of parcels of which none will come. */
function lastStep(parcels) {
  const status = FOREMOST.find((each) => parcels.some((parcel) => parcel.status === each)) ?? "CANCELED";
  const share = shareOf(parcels, status);
  const at = latest(parcels.filter((parcel) => parcel.status === status).map((parcel) => parcel.stoodAt));
  return { words: `status.${known(status)}`, state: "now", share: share.count < share.total ? share : null, at };
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
function current(made) {
  const last = made.findLastIndex((step) => step.state === "done");
  if (made[last + 1]?.state === "next") {
    made[last].state = "now";
  }
  for (const step of made) {
    if (step.kind === "preparing" && step.state === "done") {
      step.kind = "prepared";
    }
  }
  return made;
}

/** Whether nothing more will happen: nothing is left, and each parcel and pick-up has come to its end. */
export function over(view) {
  if (view.canceled || view.unsent) {
    return true;
  }
  const any = view.parcels.length + view.pickups.length > 0 || view.said?.headline === "delivered";
  const ended = view.parcels.every((parcel) => parcel.ended);
  const collected = view.pickups.every((pickup) => pickup.state === "collected" || pickup.state === "canceled");
  return any && ended && collected && view.left.length === 0;
}
