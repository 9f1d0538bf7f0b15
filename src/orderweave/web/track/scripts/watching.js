// Looks again while the page is open: soon while it is seen, ever more rarely while it is not, at once when it is seen
// again. A stream, where there is one, says when to look; the clock stays behind it.

const EVERY_MS = 30000;
const EVERY_WITH_STREAM_MS = 300000;
const LONGEST_HIDDEN_MS = 900000;
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 120000;

export class Watch {
  /**
   * `look` asks once and gives whether to go on; it throws when it could not, with `seconds` when it was told to wait.
   * `failed` hears of each failure with the milliseconds until the next look. `listen`, if given, holds a stream open:
   * it is handed a signal, a function to call when the stream is there and one for each message.
   */
  constructor({ look, failed, listen }) {
    this.look = look;
    this.failed = failed;
    this.listen = listen;
    this.timer = null;
    this.ended = new AbortController();
    this.looking = false;
    this.asked = false;
    this.failures = 0;
    this.unseen = 0;
    this.streams = false;
    this.lastAt = 0;
  }

  start() {
    const { signal } = this.ended;
    document.addEventListener("visibilitychange", () => this.seen(), { signal });
    window.addEventListener("online", () => this.now(), { signal });
    if (this.listen) {
      this.stream();
    }
    return this.now();
  }

  stop() {
    clearTimeout(this.timer);
    this.ended.abort();
  }

  /** Look at once; a look that is under way is followed by another. */
  async now() {
    if (this.looking) {
      this.asked = true;
      return;
    }
    clearTimeout(this.timer);
    this.looking = true;
    let pause = null;
    try {
      const more = await this.look();
      this.failures = 0;
      this.lastAt = Date.now();
      pause = more ? this.interval() : null;
    } catch (problem) {
      pause = problem.seconds ? problem.seconds * 1000 : this.patience();
      if (!this.ended.signal.aborted) {
        this.failed(problem, pause);
      }
    }
    this.looking = false;
    if (pause === null) {
      this.stop();
    } else if (!this.ended.signal.aborted) {
      const soon = this.asked && this.failures === 0;
      this.asked = false;
      this.timer = setTimeout(() => this.now(), soon ? 0 : pause);
    }
  }

  seen() {
    if (document.hidden) {
      return;
    }
    this.unseen = 0;
    if (Date.now() - this.lastAt >= EVERY_MS / 2) {
      this.now();
    }
  }

  interval() {
    if (document.hidden) {
      this.unseen += 1;
      return spread(Math.min(LONGEST_HIDDEN_MS, EVERY_MS * 2 ** this.unseen));
    }
    return spread(this.streams ? EVERY_WITH_STREAM_MS : EVERY_MS);
  }

  patience() {
    this.failures += 1;
    return spread(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.failures - 1)));
  }

  async stream() {
    const { signal } = this.ended;
    let pause = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      try {
        await this.listen({
          signal,
          opened: () => {
            this.streams = true;
            pause = FIRST_PAUSE_MS;
            // What changed before the stream stood is told by nobody.
            this.now();
          },
          happened: () => this.now(),
        });
      } catch {
        // Whatever it was, the clock goes on by itself.
      }
      this.streams = false;
      await new Promise((done) => setTimeout(done, spread(pause)));
      pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
    }
  }
}

/** A little more or less, so that a thousand phones that lost us at once do not come back at once. */
function spread(milliseconds) {
  return milliseconds * (0.9 + Math.random() * 0.2);
}
