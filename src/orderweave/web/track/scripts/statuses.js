// What each status of a parcel means to whoever waits for it.

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
export const THERE = 4;
// Those of which a person should know at once, those after which nothing more comes, and those of parcels that will not
// come: no step of theirs is still to be made.
export const TROUBLE = new Set(["DELAYED", "ATTEMPTED_DELIVERY", "EXCEPTION", "LOST", "RETURNING", "RETURNED", "EXPIRED"]);
export const ENDED = new Set(["DELIVERED", "RETURNED", "CANCELED", "LOST", "EXPIRED"]);
export const GONE = new Set(["RETURNING", "RETURNED", "LOST", "EXPIRED", "CANCELED"]);
// Where several parcels stand differently, the first of these is what the top speaks of, before any progress.
export const FOREMOST = [
  "LOST",
  "EXCEPTION",
  "RETURNING",
  "RETURNED",
  "ATTEMPTED_DELIVERY",
  "AVAILABLE_FOR_PICKUP",
  "DELAYED",
  "EXPIRED",
];

export function reached(status) {
  return REACHED[status] ?? 1;
}

/** The status as keys of words name it. One that came into the schema after this page is one of which nothing is known. */
export function known(status) {
  return status in REACHED ? status.toLowerCase() : "unknown";
}
