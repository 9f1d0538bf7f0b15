// Listens to a subscription by graphql-sse, each operation a connection of its own (its "distinct connections" mode):
// https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md. The token travels in the body, as always.

// A stream that sends no end of line is no stream.
const LONGEST_LINE = 65536;

/**
 * Calls `happened` for each message, and `opened` once the server takes the subscription. Ends when the server ends it,
 * when it cannot be had, or when `signal` says so; the caller decides whether to listen again.
 */
export async function listen(address, query, variables, { signal, opened, happened }) {
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
  opened();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
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
      if (/^event: ?complete$/.test(line)) {
        await reader.cancel();
        return;
      }
      if (/^event: ?next$/.test(line)) {
        happened();
      }
    }
  }
}
