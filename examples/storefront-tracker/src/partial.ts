import { graphql, readFragment, type FragmentType } from "./gql/index.js";
import type { AnswerError } from "./client.js";

export const FRESHNESS = graphql(`
  fragment Freshness on Freshness {
    stale
    missing {
      system
      reason
    }
  }
`);

/** What to tell a person about the parts that are not there; nothing when all is. */
export function partial(given: FragmentType<typeof FRESHNESS>): string[] {
  const { stale, missing } = readFragment(FRESHNESS, given);
  const said = missing.map(({ system, reason }) => `  ! ${system} did not tell its part (${reason}): some of this may be wanting`);
  return stale ? [...said, "  ! some of this is older than it should be"] : said;
}

/** What went wrong with a field, and what to do about it, by its code. */
export function failed({ message, extensions }: AnswerError): string {
  switch (extensions.code) {
    case "INCOMPLETE":
    case "OVERLOADED":
    case "DEADLINE_EXCEEDED":
      return `try again in a moment: ${message}`;
    case "AMBIGUOUS":
      return `more than one order has this number: ${message}`;
    case "UNAUTHENTICATED":
      return `sign in again: ${message}`;
    default:
      return `${message} (${extensions.code})`;
  }
}
