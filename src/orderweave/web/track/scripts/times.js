// Times as the gateway writes them, and the first and last of several of which some may be unknown.

export function date(text) {
  return text ? new Date(text) : null;
}

export function earliest(dates) {
  return dates.reduce((first, at) => (at && (!first || at < first) ? at : first), null);
}

export function latest(dates) {
  return dates.reduce((last, at) => (at && (!last || at > last) ? at : last), null);
}
