// Listens to a subscription by graphql-sse, each operation a connection of its own (its "distinct connections" mode):
// https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md. The token travels in the body, as always.

// A stream that sends no end of line is no stream.
const LONGEST_LINE = 65536;

/**
 * Calls `happened` for each message that tells of the order. One with errors tells only that it could not be read: where
 * the gateway is overloaded a stream may be no more than that and its end. Ends when the server ends it, when it cannot
 * be had, or when `signal` says so; the caller decides whether to listen again.
 */
export async function listen(address, query, variables, { signal, happened }) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify({ query, variables }),
    cache: "no-store",
    redirect: "error",
    signal,
  });
  if (!answer.ok || !(answer.headers.get("content-type") ?? "").startsWith("text/event-stream")) {
    await answer.body?.cancel();
    return;
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let kind = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) {
      return;
    }
    const lines = (rest + value).split(/\r\n|\n|\r/);
    rest = lines.pop();
    if (rest.length > LONGEST_LINE) {
      await reader.cancel();
      return;
    }
    for (const line of lines) {
      const [, name, text] = /^(event|data): ?(.*)$/.exec(line) ?? [];
      if (name === "event") {
        kind = text;
      } else if (name === "data" && kind === "next" && tells(text)) {
        happened();
      }
      if (line === "") {
        kind = "";
      }
      if (kind === "complete") {
        await reader.cancel();
        return;
      }
    }
  }
}

/** Whether an answer, which stands in one line, is one without errors. */
function tells(text) {
  try {
    const answer = JSON.parse(text);
    return Boolean(answer?.data) && !answer.errors;
  } catch {
    return false;
  }
}
