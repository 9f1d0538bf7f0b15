// The page: the form, the order that it leads to, and what is said when either does not come.

import { Limited, Refused, Unreachable, ask } from "./asking.js";
import { Drawing, element } from "./drawing.js";
import { changes, read } from "./reading.js";
import { listen } from "./streaming.js";
import { forget, keep, kept } from "./token.js";
import { Watch } from "./watching.js";

const told = JSON.parse(document.body.dataset.page);
const drawing = new Drawing(told.words, told.language);
const words = drawing.words;
const at = (id) => document.getElementById(id);

// Once more after a network that failed: a phone that changes from one to another drops what is under way.
const LOOK_UPS = 2;
const PAUSE_MS = 1000;

let watch = null;
let shown = null;
let countdown = null;
// Why the gateway could not be asked, and whether the reader has asked again since that was last read aloud.
let outage = null;
let askedAgain = false;

function show(id) {
  for (const part of ["lookup", "waiting", "order"]) {
    at(part).hidden = part !== id;
  }
}

function speak(...said) {
  at("spoken").replaceChildren(...said);
}

/** Says something above the form, and takes the reader there. */
function tell(title, text) {
  at("told").replaceChildren(element("h2", {}, title), element("p", {}, text));
  at("told").hidden = false;
  at("told").focus();
}

// The form

function lookUp({ focus = false } = {}) {
  show("lookup");
  document.title = `${words.say("title")} · ${told.name}`;
  if (focus) {
    at("number").focus();
  }
}

/** The key of a word that names the second fact: where postal codes are not taken, it names the e-mail address alone. */
function fact(key) {
  return told.postalCode ? key : `${key}_email`;
}

/** The fields' texts; null where one is empty, which is then said and gone to. */
function filled() {
  let first = null;
  const values = {};
  for (const id of ["number", "fact"]) {
    values[id] = at(id).value.trim();
    const empty = values[id] === "";
    at(`${id}-error`).textContent = empty ? words.say(id === "number" ? "lookup.number_missing" : fact("lookup.fact_missing")) : "";
    at(id).toggleAttribute("aria-invalid", false);
    if (empty) {
      at(id).setAttribute("aria-invalid", "true");
      first = first ?? id;
    }
  }
  if (first) {
    at(first).focus();
    return null;
  }
  return values;
}

async function find(event) {
  event.preventDefault();
  if (at("find").getAttribute("aria-disabled") === "true") {
    return;
  }
  const values = filled();
  if (!values) {
    return;
  }
  at("told").hidden = true;
  busy(true);
  try {
    const kind = values.fact.includes("@") || !told.postalCode ? "email" : "postalCode";
    const { trackOrder } = await twice({ number: values.number, [kind]: values.fact });
    busy(false);
    if (!trackOrder?.access) {
      tell(words.say("not_found.title"), words.say(fact("not_found.text")));
      return;
    }
    at("form").reset();
    keep(trackOrder.access);
    follow(trackOrder.access, { focus: true });
  } catch (problem) {
    busy(false);
    sayWhy(problem);
  }
}

async function twice(variables) {
  for (let turn = 1; ; turn += 1) {
    try {
      return await ask(told.graphql, told.documents.track_order, variables);
    } catch (problem) {
      if (!(problem instanceof Unreachable) || turn === LOOK_UPS) {
        throw problem;
      }
      await new Promise((done) => setTimeout(done, PAUSE_MS));
    }
  }
}

function busy(is) {
  at("find").setAttribute("aria-disabled", String(is));
  at("find").textContent = words.say(is ? "lookup.finding" : "lookup.find");
  at("progress").textContent = is ? words.say("waiting") : "";
}

function sayWhy(problem) {
  if (problem instanceof Refused) {
    tell(words.say("not_found.title"), words.say(fact("not_found.text")));
  } else if (problem instanceof Limited) {
    limit(problem.seconds);
  } else {
    const key = navigator.onLine ? "unreachable" : "offline";
    tell(words.say(`${key}.title`), words.say(`${key}.text`));
  }
}

/** Counts down to when one may ask again. Read aloud once: a voice that counts is no help. */
function limit(seconds) {
  const end = Date.now() + seconds * 1000;
  tell(words.say("limited.title"), words.count("limited.text", seconds));
  at("find").setAttribute("aria-disabled", "true");
  clearInterval(countdown);
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left > 0) {
      at("find").textContent = words.say("limited.button", { time: clock(left) });
      return;
    }
    clearInterval(countdown);
    busy(false);
    at("told").hidden = true;
    speak(words.say("limited.over"));
  };
  tick();
  countdown = setInterval(tick, 500);
}

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

// The order

function follow(access, { focus }) {
  show("waiting");
  speak(words.say("waiting"));
  shown = null;
  watch?.stop();
  const variables = { token: access.token };
  let until = access.expiresAt;
  const own = new Watch({
    look: async () => {
      if (until && Date.parse(until) <= Date.now()) {
        ended();
        return false;
      }
      const order = await orderOf(variables);
      if (watch !== own) {
        return false;
      }
      if (!order) {
        ended();
        return false;
      }
      // Each answer brings a token that holds on from now: a page that stays open is not cut off. That of a link, whose
      // end nobody told, holds longer than any of these.
      if (until) {
        keep(order.access);
        variables.token = order.access.token;
        until = order.access.expiresAt;
      }
      return draw(order, focus);
    },
    failed: (problem, pause) => waitOn(problem, pause),
    listen: told.stream && ((stream) => listen(told.stream, told.documents.tracked_order_updated, variables, stream)),
  });
  watch = own;
  own.start();
}

/** The order of a token; null for a token that does not hold, and for what cannot be one. */
async function orderOf(variables) {
  try {
    return (await ask(told.graphql, told.documents.tracked_order, variables)).trackedOrder;
  } catch (problem) {
    if (problem instanceof Refused) {
      return null;
    }
    throw problem;
  }
}

/** Draws what is new; whether there is more to come. */
function draw(order, focus) {
  const view = read(order, Date.now());
  const late = view.parcels.map((parcel) => parcel.expected?.late);
  const same = JSON.stringify([{ ...order, access: null, freshness: { ...order.freshness, asOf: null } }, late, new Date().toDateString()]);
  const waited = at("offline").contains(document.activeElement);
  if (outage) {
    speak();
  }
  if (shown?.same !== same) {
    const open = [...document.querySelectorAll("details[open]")].map((each) => each.id);
    const focused = document.activeElement?.id;
    at("shown").replaceChildren(...drawing.order(view, order.freshness));
    open.forEach((id) => at(id)?.setAttribute("open", ""));
    document.title = `${drawing.headline(view)} · ${told.name}`;
    if (shown === null) {
      show("order");
      speak();
      if (focus) {
        at("headline").focus();
      }
    } else {
      at(focused)?.focus();
      announce(changes(shown.view, view), view);
    }
  } else {
    at("notes").replaceWith(drawing.notes(order.freshness));
  }
  shown = { same, view, asOf: order.freshness.asOf };
  answered();
  if (waited) {
    at("headline").focus();
  }
  sayWhen(view);
  return !view.over;
}

function sayWhen(view) {
  const known = shown.asOf ? new Date(shown.asOf) : null;
  const when = known ? words.say("as_of", { when: words.moment(known) }) : "";
  const next = view.over ? "" : words.say("updates");
  at("as-of").replaceChildren(
    element("span", {}, [when, next].filter(Boolean).join(" ")),
    element("span", {}, words.say("zone", { zone: words.zone() })),
  );
}

function announce(found, view) {
  const top = found.some(({ kind }) => kind === "headline");
  const said = found.map(({ kind, position, event }) => {
    if (kind === "headline") {
      return drawing.headline(view);
    }
    if (kind === "pickup") {
      return words.say(`pickup.${view.pickups[position].state}`);
    }
    const parcel = view.parcels[position];
    const { common } = view.shipments.find((shipment) => shipment.parcels.includes(parcel));
    const title = common?.events.length > 0 ? words.say("common") : drawing.parcelTitle(position, view);
    return drawing.news(title, parcel, { event, known: top && view.single });
  });
  const once = new Map(said.filter(Boolean).map((each) => [each.textContent ?? each, each]));
  if (once.size > 0) {
    speak(...[...once.values()].flatMap((each, place) => (place > 0 ? [". ", each] : [each])));
  }
}

/**
 * What is said while the order cannot be had: over what is known of it, or in its place. Read aloud once, and again to a
 * reader who asked again: when the page tries by itself is nothing to listen to.
 */
function waitOn(problem, pause) {
  const seconds = Math.max(1, Math.round(pause / 1000));
  const key = !navigator.onLine ? "offline" : problem instanceof Limited ? "limited" : "unreachable";
  const title = words.say(`${key}.title`);
  const text = navigator.onLine ? words.count("retrying", seconds) : words.say("offline.text");
  const since = shown?.asOf ? words.say("known_as_of", { when: words.moment(new Date(shown.asOf)) }) : "";
  at("offline-told").replaceChildren(element("strong", {}, title), " ", [text, since].filter(Boolean).join(" "));
  at("offline").hidden = false;
  if (outage !== key || askedAgain) {
    speak(`${title} ${text}`);
  }
  outage = key;
  askedAgain = false;
}

/** The gateway answered: what was said of it goes. */
function answered() {
  at("offline").hidden = true;
  outage = null;
  askedAgain = false;
}

/** The token holds no more: the form again, and why. */
function ended() {
  forget();
  watch?.stop();
  watch = null;
  answered();
  lookUp();
  tell(words.say("ended.title"), words.say("ended.text"));
}

function begin() {
  const access = kept();
  if (access) {
    follow(access, { focus: false });
  } else {
    lookUp();
  }
}

at("form").addEventListener("submit", find);
at("another").addEventListener("click", () => {
  forget();
  watch?.stop();
  watch = null;
  at("told").hidden = true;
  answered();
  lookUp({ focus: true });
});
at("again").addEventListener("click", () => {
  askedAgain = true;
  speak(words.say("waiting"));
  watch?.now();
});
window.addEventListener("hashchange", begin);
window.addEventListener("offline", () => shown && watch && waitOn(new Unreachable("offline"), 0));
begin();
