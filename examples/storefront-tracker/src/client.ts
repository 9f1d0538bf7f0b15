import type { TypedDocumentString } from "./gql/graphql.js";

/** An error of an answer. Its `code` is one of those in docs/graphql.md; a later gateway may have more. */
export interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly [more: string]: unknown };
}

/** Data may come with errors beside it: each belongs to the field that its path names, and the rest holds. */
export interface Answer<Data> {
  readonly data: Data | null;
  readonly errors: readonly AnswerError[];
}

/** Nobody answered, or something that is no answer. */
export class NoAnswer extends Error {}

/** Asks one operation of a gateway. Variables are checked against the document when this is compiled. */
export async function ask<Data, Variables>(
  endpoint: string,
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
): Promise<Answer<Data>> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json, application/json" },
    body: JSON.stringify({ query: document.toString(), variables }),
  }).catch((cause: unknown) => {
    throw new NoAnswer(`${endpoint} cannot be reached`, { cause });
  });
  const body = (await response.json().catch(() => undefined)) as Partial<Answer<Data>> | undefined;
  if (body === undefined) throw new NoAnswer(`${endpoint} answered ${response.status} without JSON`);
  return { data: body.data ?? null, errors: body.errors ?? [] };
}
