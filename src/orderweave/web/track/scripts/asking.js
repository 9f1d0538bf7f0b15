// Asks the gateway's endpoint. What may come of it is told by what the reader can do: three errors, or data.

// A phone in a tunnel: after so long without an answer it is as if there were no network.
const LONGEST_MS = 15000;
const SHORTEST_LIMIT_SECONDS = 1;
const USUAL_LIMIT_SECONDS = 30;

/** The gateway did not answer, or could not: try again later. */
export class Unreachable extends Error {}

/** Too much was asked: wait so many seconds. */
export class Limited extends Error {
  constructor(seconds) {
    super("limited");
    this.seconds = Math.max(SHORTEST_LIMIT_SECONDS, Math.ceil(Number(seconds) || USUAL_LIMIT_SECONDS));
  }
}

/** What was asked cannot be right: asking again is of no use. */
export class Refused extends Error {}

/** The data of one operation; throws one of the three. */
export async function ask(address, query, variables) {
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), LONGEST_MS);
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json, application/json;q=0.9",
      },
      body: JSON.stringify({ query, variables }),
      cache: "no-store",
      redirect: "error",
      signal: ending.signal,
    });
    return read(answer, await answer.json());
  } catch (problem) {
    if (problem instanceof Limited || problem instanceof Refused) {
      throw problem;
    }
    throw new Unreachable(problem.message);
  } finally {
    clearTimeout(timer);
  }
}

function read(answer, document) {
  const errors = Array.isArray(document.errors) ? document.errors : [];
  const coded = (code) => errors.find((error) => error.extensions?.code === code);
  const limited = coded("RATE_LIMITED");
  if (limited) {
    throw new Limited(limited.extensions.retryAfterSeconds ?? answer.headers.get("retry-after"));
  }
  if (answer.status === 429) {
    throw new Limited(answer.headers.get("retry-after"));
  }
  if (coded("BAD_INPUT")) {
    throw new Refused("bad input");
  }
  // A field that failed is null with an error beside it: null alone would say that there is nothing.
  if (errors.length > 0 && !Object.values(document.data ?? {}).some((value) => value !== null)) {
    throw new Unreachable("failed");
  }
  if (!document.data) {
    throw new Unreachable(`HTTP ${answer.status}`);
  }
  return document.data;
}
