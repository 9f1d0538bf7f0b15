// The words of one language, with numbers, dates and times as it writes them. Times are the browser's zone's.

const DAY_MS = 86400000;
// A window as wide as this is meant in days, whatever hours it names.
const WIDE_MS = DAY_MS / 2;

export class Words {
  constructor(texts, language) {
    this.texts = texts;
    this.plurals = new Intl.PluralRules(language);
    // The page is in English; that a day's half is named and where the month stands is for the reader's own English.
    this.locale = navigator.languages.find((own) => own.split("-")[0] === language) ?? language;
    this.numbers = new Intl.NumberFormat(this.locale);
  }

  /** A text with its {places} filled. */
  say(key, values = {}) {
    return fill(this.texts[key], values);
  }

  /** A text about a number of things, in the form that the language has for that number. */
  count(key, count, values = {}) {
    const forms = this.texts[key];
    const form = forms[this.plurals.select(count)] ?? forms.other;
    return fill(form, { count: this.number(count), ...values });
  }

  number(value) {
    return this.numbers.format(value);
  }

  /** "Today, 14:02", or with the day's name and date. */
  moment(date) {
    return this.say("at", { day: this.day(date), time: this.time(date) });
  }

  /** "Today", "Tomorrow", "Yesterday", or the day's name and date; the year where it is another. */
  day(date) {
    const near = { [-1]: "yesterday", 0: "today", 1: "tomorrow" }[daysFromNow(date)];
    if (near) {
      return this.say(near);
    }
    const year = date.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
    return this.format({ weekday: "long", day: "numeric", month: "long", ...year }).format(date);
  }

  time(date) {
    return this.format({ hour: "numeric", minute: "2-digit" }).format(date);
  }

  /** From one moment to another: hours of one day or of a night, or days. */
  span(from, to) {
    if (to - from < WIDE_MS && daysFromNow(from) !== daysFromNow(to)) {
      return this.say("span", { from: this.moment(from), to: this.moment(to) });
    }
    if (to - from < WIDE_MS) {
      const hours = this.format({ hour: "numeric", minute: "2-digit" });
      return this.say("at", { day: this.day(from), time: hours.formatRange(from, to) });
    }
    if (daysFromNow(from) === daysFromNow(to)) {
      return this.day(from);
    }
    return this.format({ weekday: "short", day: "numeric", month: "long" }).formatRange(from, to);
  }

  /**
   * The name of the zone that times are told in, the same in summer and winter: the times may be of either. A zone that
   * has no such name, as UTC, has one time all year.
   */
  zone() {
    const named = ["longGeneric", "long"].map((timeZoneName) =>
      this.format({ timeZoneName }).formatToParts(new Date()).find((part) => part.type === "timeZoneName")?.value ?? "");
    return named.find((name) => name && !name.startsWith("GMT")) ?? named[0];
  }

  format(options) {
    return new Intl.DateTimeFormat(this.locale, options);
  }
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

function daysFromNow(date) {
  const midnight = (of) => new Date(of.getFullYear(), of.getMonth(), of.getDate()).getTime();
  return Math.round((midnight(date) - midnight(new Date())) / DAY_MS);
}
