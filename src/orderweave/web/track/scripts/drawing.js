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
    const time = to ? this.words.span(from, to) : kind === "delivered" ? this.words.moment(from) : this.words.say("by", { day: this.words.moment(from) });
    return element(name, { class: style },
      element("span", { class: "small" }, this.words.say(`expected.${kind}`)),
      " ",
      element("strong", {}, time),
      late && kind !== "delivered" ? element("span", { class: "later" }, " ", this.words.say("expected.late")) : null,
    );
  }

  notes(freshness) {
    const said = [];
    if (freshness.incomplete) {
      said.push(this.words.say("fresh.incomplete"));
    }
    if (freshness.stale && freshness.asOf) {
      said.push(this.words.say("fresh.stale", { when: this.words.moment(new Date(freshness.asOf)) }));
    }
    return said.length > 0 ? element("div", { class: "note" }, said.map((text) => element("p", {}, text))) : null;
  }

  steps(steps) {
    return element("ol", { class: "steps" }, steps.map((step) => {
      const state = step.share
        ? this.words.count("step.share", step.share.count, { total: this.words.number(step.share.total) })
        : this.words.say(`step.${step.state}`);
      const part = step.state === "part";
      return element("li", { class: step.state, "aria-current": step.state === "now" ? "step" : null },
        element("span", { class: "dot", "aria-hidden": "true" }, part || step.state === "next" ? null : tick()),
        element("span", { class: "step" },
          element("span", { class: "name" }, this.words.say(`step.${step.kind}`)),
          element("span", { class: part ? "when" : "unseen" }, state),
          step.at && !part ? element("span", { class: "when" }, this.moment(step.at)) : null,
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
      shipment.parcels.map((parcel, inside) => this.parcel(parcel, first + inside, view, alone)),
      shipment.contents.length > 0 ? this.contents(this.words.say(alone ? "contents" : "contents.shipment"), shipment.contents) : null,
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

  parcel(parcel, position, view, alone) {
    return element("div", { class: "parcel" },
      alone ? null : element("h3", {}, this.parcelTitle(position, view)),
      view.single ? null : element("p", { class: `state ${parcel.trouble ? "trouble" : parcel.reached === 4 ? "good" : ""}` }, this.words.say(parcel.words)),
      parcel.expected && !view.single ? this.expected(parcel.expected, "p", "expected") : null,
      view.parcels.length > 1 ? bar(parcel.reached) : null,
      this.carriage(parcel, position),
      this.events(parcel, position),
      alone || parcel.contents.length === 0 ? null : this.contents(this.words.say("contents"), parcel.contents, "h4"),
    );
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
  events(parcel, position) {
    const [last, ...earlier] = parcel.events;
    if (!last) {
      return null;
    }
    return element("div", { class: "events" },
      element("ol", {}, this.event(last)),
      earlier.length === 0 ? null : element("details", { id: `earlier-${position}` },
        element("summary", { id: `earlier-${position}-summary` }, this.words.count("earlier", earlier.length)),
        element("ol", {}, earlier.map((event) => this.event(event))),
      ),
    );
  }

  event(event) {
    return element("li", {},
      element("span", { class: "message" }, event.message || this.words.say(event.words)),
      element("span", { class: "when" }, this.moment(event.at), " ", event.location ? element("span", { class: "place" }, event.location) : null),
    );
  }

  left(view) {
    const key = view.said || view.parcels.length + view.pickups.length > 0 ? "left.more" : "left.all";
    return element("section", { class: "card left", "aria-labelledby": "left-title" },
      element("h2", { id: "left-title" }, this.words.say(key)),
      this.goods(view.left),
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

/** How far a parcel has come, as four strokes; its words stand above. */
function bar(reached) {
  const strokes = [1, 2, 3, 4].map((step) => element("i", { class: step <= reached ? "full" : "" }));
  return element("div", { class: "bar", "aria-hidden": "true" }, strokes);
}
