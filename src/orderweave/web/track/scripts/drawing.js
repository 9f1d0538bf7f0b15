// Builds the elements of an order. Texts are only ever set as texts: the page's policy forbids markup made of them.

import { Words } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const TICK = "M3.500 8.500 6.500 11.500 12.500 4.500";

/** An element with attributes and children; a child that is a text becomes one, null is left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) {
      made.setAttribute(key, value === true ? "" : value);
    }
  }
  made.append(...children.flat().filter((child) => child !== null));
  return made;
}

export class Drawing {
  constructor(texts, language) {
    this.words = new Words(texts, language);
  }

  /** Everything that is shown of an order, from `read`. */
  order(view, freshness) {
    const say = (key, values) => this.words.say(key, values);
    return [
      this.head(view),
      this.notes(freshness),
      element("section", { class: "line", "aria-labelledby": "line-title" },
        element("h2", { id: "line-title", class: "unseen" }, say("steps.title")),
        this.steps(view.steps),
      ),
      ...view.pickups.map((pickup, position) => this.pickup(pickup, position)),
      ...view.shipments.map((shipment, position) => this.shipment(shipment, position, view)),
      view.left.length > 0 ? this.left(view) : null,
      view.calledOff.length > 0 ? this.goodsCard("called-off", this.words.say("goods.canceled"), view.calledOff) : null,
    ].filter((part) => part !== null);
  }

  headline(view) {
    const { key, count, total } = view.headline;
    return count === undefined
      ? this.words.say(key)
      : this.words.count(key, count, { total: this.words.number(total) });
  }

  head(view) {
    const placed = view.placedAt ? this.words.say("placed_on", { day: this.words.day(view.placedAt) }) : null;
    const number = view.number ? this.words.say("order_number", { number: view.number }) : null;
    return element("header", { class: `head ${view.headline.tone}` },
      element("p", { class: "over" }, [number, placed].filter(Boolean).join(" · ")),
      element("h1", { id: "headline", tabindex: "-1" }, this.headline(view)),
      view.expected ? this.expected(view.expected, "p", "expected") : null,
    );
  }

  /** When a parcel is to come or came: a small word, and the time beneath it. */
  expected(expected, name, style) {
    const { kind, from, to, late } = expected;
    const day = this.words.moment(from);
    const time = kind === "window" ? this.words.span(from, to) : kind === "delivered" ? day : this.words.say(kind === "from" ? "from" : "by", { day });
    return element(name, { class: style },
      element("span", { class: "small" }, this.words.say(`expected.${kind}`)),
      " ",
      element("strong", {}, time),
      late ? element("span", { class: "later" }, " ", this.words.say("expected.late")) : null,
    );
  }

  /** What is said of the answer itself; a place that is empty where there is nothing to say. */
  notes(freshness) {
    const said = [];
    if (freshness.incomplete) {
      said.push(this.words.say("fresh.incomplete"));
    }
    if (freshness.stale && freshness.asOf) {
      said.push(this.words.say("fresh.stale", { when: this.words.moment(new Date(freshness.asOf)) }));
    }
    return element("div", { id: "notes", class: "note", hidden: said.length === 0 }, said.map((text) => element("p", {}, text)));
  }

  steps(steps) {
    return element("ol", { class: "steps" }, steps.map((step) => {
      const state = step.share
        ? this.words.count("step.share", step.share.count, { total: this.words.number(step.share.total) })
        : this.words.say(`step.${step.state}`);
      const part = step.state === "part";
      const counted = part || step.share;
      // A tick is for what is well done.
      const plain = part || step.state === "next" || step.words;
      return element("li", { class: step.state, "aria-current": step.state === "now" ? "step" : null },
        element("span", { class: "dot", "aria-hidden": "true" }, plain ? null : tick()),
        element("span", { class: "step" },
          element("span", { class: "name" }, this.words.say(step.words ?? `step.${step.kind}`)),
          element("span", { class: counted ? "when" : "unseen" }, state),
          step.at && !counted ? element("span", { class: "when" }, this.moment(step.at)) : null,
        ),
      );
    }));
  }

  moment(at) {
    return element("time", { datetime: at.toISOString() }, this.words.moment(at));
  }

  pickup(pickup, position) {
    const title = `pickup-${position}`;
    const by = pickup.state === "preparing" && pickup.readyBy;
    return element("section", { class: "card", "aria-labelledby": title },
      element("h2", { id: title }, pickup.place ? this.words.say("pickup.at", { place: pickup.place }) : this.words.say("pickup.title")),
      element("p", { class: `state ${pickup.state === "ready" ? "good" : ""}` }, this.words.say(`pickup.${pickup.state}`)),
      by ? element("p", { class: "expected" },
        element("span", { class: "small" }, this.words.say("pickup.ready_by")), " ",
        element("strong", {}, this.words.moment(by))) : null,
      pickup.contents.length > 0 ? element("div", { class: "contents" }, this.goods(pickup.contents)) : null,
    );
  }

  shipment(shipment, position, view) {
    const title = `shipment-${position}`;
    const first = view.shipments.slice(0, position).reduce((sum, one) => sum + one.parcels.length, 0);
    const alone = shipment.parcels.length === 1;
    return element("section", { class: "card", "aria-labelledby": title },
      element("h2", { id: title }, this.shipmentTitle(shipment, position, view)),
      shipment.common ? this.common(shipment, position) : null,
      shipment.parcels.map((parcel, inside) => this.parcel(parcel, first + inside, view, shipment)),
      shipment.contents.length > 0 ? this.contents(this.words.say(alone ? "contents" : "contents.shipment"), shipment.contents) : null,
    );
  }

  /** What is the same of all parcels of a shipment, once and above them. */
  common({ common, parcels }, position) {
    return element("div", { class: "parcel" },
      element("h3", {}, this.words.say("common")),
      common.stands ? this.state(parcels[0]) : null,
      common.expected ? this.expected(common.expected, "p", "expected") : null,
      common.stands ? bar(parcels[0]) : null,
      this.events(common.events, `earlier-shipment-${position}`),
    );
  }

  shipmentTitle(shipment, position, view) {
    if (view.shipments.length === 1) {
      return shipment.parcels.length === 1 ? this.words.say("parcel.only") : this.words.count("parcels", shipment.parcels.length);
    }
    const single = view.shipments.every((one) => one.parcels.length === 1);
    return this.parcelName(single ? "parcel.of" : "shipment.of", position, view.shipments.length);
  }

  /** "Parcel 1 of 2"; just the parcel where there is one. */
  parcelTitle(position, view) {
    return view.parcels.length === 1 ? this.words.say("parcel.only") : this.parcelName("parcel.of", position, view.parcels.length);
  }

  parcelName(key, position, total) {
    return this.words.say(key, { number: this.words.number(position + 1), total: this.words.number(total) });
  }

  parcel(parcel, position, view, { common, parcels }) {
    const alone = parcels.length === 1;
    const stands = !view.single && !common?.stands;
    return element("div", { class: "parcel" },
      alone ? null : element("h3", {}, this.parcelTitle(position, view)),
      stands ? this.state(parcel) : null,
      parcel.expected && !view.single && !common?.expected ? this.expected(parcel.expected, "p", "expected") : null,
      stands && view.parcels.length > 1 ? bar(parcel) : null,
      this.carriage(parcel, position),
      common?.events.length > 0 ? null : this.events(parcel.events, `earlier-${position}`),
      alone || parcel.contents.length === 0 ? null : this.contents(this.words.say("contents"), parcel.contents, "h4"),
    );
  }

  state(parcel) {
    return element("p", { class: `state ${parcel.trouble ? "trouble" : parcel.good ? "good" : ""}` }, this.words.say(parcel.words));
  }

  carriage(parcel, position) {
    if (!parcel.carrier && !parcel.number) {
      return null;
    }
    const follow = parcel.link && element("a", { id: `follow-${position}`, class: "follow", href: parcel.link, target: "_blank", rel: "noopener noreferrer" },
      parcel.carrier ? this.words.say("follow_at", { carrier: parcel.carrier }) : this.words.say("follow"),
      element("span", { class: "unseen" }, " ", this.words.say("new_tab")),
      arrow(),
    );
    return element("div", { class: "carriage" },
      element("p", {},
        parcel.carrier ? element("span", { class: "carrier" }, parcel.carrier) : null,
        parcel.number ? element("span", { class: "number" },
          element("span", { class: "unseen" }, this.words.say("parcel.number"), " "), element("bdi", {}, parcel.number)) : null,
      ),
      follow || null,
    );
  }

  /** The last event in sight, those before it one press away. */
  events([last, ...earlier], id) {
    if (!last) {
      return null;
    }
    return element("div", { class: "events" },
      element("ol", {}, this.event(last)),
      earlier.length === 0 ? null : element("details", { id },
        element("summary", { id: `${id}-summary` }, this.words.count("earlier", earlier.length)),
        element("ol", {}, earlier.map((event) => this.event(event))),
      ),
    );
  }

  /** What happened in the page's words, and the carrier's own beneath where they say more. */
  event(event) {
    const { status, more } = this.told(event);
    return element("li", {},
      status ? element("span", { class: "message" }, status) : null,
      more ? carriers(more, status ? "said" : "message") : null,
      element("span", { class: "when" }, this.moment(event.at), " ", event.location ? element("span", { class: "place" }, event.location) : null),
    );
  }

  /** The words of an event: its status where that is known, and the carrier's where they say more than it. */
  told({ status, words, message }) {
    const said = words ? this.words.say(words) : null;
    const same = message && words && [said, status].some((each) => bare(each) === bare(message));
    return { status: said, more: same ? null : message };
  }

  /** What is new of a parcel, to be read aloud: its last event or how it stands. `known` says that that was just told. */
  news(title, parcel, { event, known }) {
    const { status, more } = event && parcel.events.length > 0 ? this.told(parcel.events[0]) : { status: this.words.say(parcel.words), more: null };
    const own = known ? null : status;
    if (!own && !more) {
      return null;
    }
    const [before, after] = this.words.say("news", { parcel: title, news: "\n" }).split("\n");
    return element("span", {}, before, own, own && more ? ", " : null, more ? carriers(more, null) : null, after);
  }

  left(view) {
    const key = view.said || view.parcels.length + view.pickups.length > 0 ? "left.more" : "left.all";
    return this.goodsCard("left", this.words.say(key), view.left);
  }

  goodsCard(name, title, lines) {
    return element("section", { class: `card ${name}`, "aria-labelledby": `${name}-title` },
      element("h2", { id: `${name}-title` }, title),
      this.goods(lines),
    );
  }

  contents(title, lines, heading = "h3") {
    return element("div", { class: "contents" }, element(heading, {}, title), this.goods(lines));
  }

  goods(lines) {
    return element("ul", { class: "goods" }, lines.map((line) => element("li", {},
      element("span", { class: "count" }, this.words.number(line.quantity), element("span", { "aria-hidden": "true" }, "\u2009×")),
      element("span", {}, line.title || this.words.say("goods.untitled")),
    )));
  }
}

function drawn(shape, box, style) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", box);
  svg.setAttribute("class", style);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", shape);
  svg.append(path);
  return svg;
}

function tick() {
  return drawn(TICK, "0 0 16 16", "tick");
}

function arrow() {
  return drawn("M5 11 11 5M6 5h5v5", "0 0 16 16", "arrow");
}

/** How far a parcel has come, as four strokes; its words stand above. One that will not come goes no further. */
function bar(parcel) {
  if (parcel.gone) {
    return null;
  }
  const strokes = [1, 2, 3, 4].map((step) => element("i", { class: step <= parcel.reached ? "full" : "" }));
  return element("div", { class: "bar", "aria-hidden": "true" }, strokes);
}

/** A carrier's own words, of which nobody says in what language they are. */
function carriers(text, style) {
  return element("span", { class: style, lang: "", dir: "auto" }, text);
}

/** A text by its letters and figures alone. */
function bare(text) {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}
