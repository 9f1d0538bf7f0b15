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
   * it is handed a signal, and a function to call for each message, of which the first says how things stand.
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
    // Until when it was told to wait, and whether the next look is one of those that are made by the clock alone.
    this.notBefore = 0;
    this.idle = false;
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
    this.idle = false;
    // What changed after this look and before the stream stood is told by nobody: then the next one comes soon.
    const stood = this.streams;
    let pause = null;
    try {
      const more = await this.look();
      this.failures = 0;
      this.notBefore = 0;
      this.lastAt = Date.now();
      this.idle = true;
      pause = more ? this.interval(stood) : null;
    } catch (problem) {
      pause = problem.seconds ? problem.seconds * 1000 : this.patience();
      this.notBefore = problem.seconds ? Date.now() + pause : 0;
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
      this.wait(soon ? 0 : pause);
    }
  }

  wait(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), pause);
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

  interval(stood) {
    if (document.hidden) {
      this.unseen += 1;
      return spread(Math.min(LONGEST_HIDDEN_MS, EVERY_MS * 2 ** this.unseen));
    }
    return spread(stood ? EVERY_WITH_STREAM_MS : EVERY_MS);
  }

  patience() {
    this.failures += 1;
    return spread(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.failures - 1)));
  }

  /** Listens, and listens again after ever longer pauses unless the stream stood for a while. */
  async stream() {
    const { signal } = this.ended;
    let pause = FIRST_PAUSE_MS;
    for (let first = true; !signal.aborted; first = false) {
      let toldAt = null;
      try {
        await this.listen({
          signal,
          happened: () => {
            // The page has looked just before its first stream, which begins with how things stand.
            const news = !first || toldAt !== null;
            toldAt = toldAt ?? Date.now();
            this.streams = true;
            if (news && Date.now() >= this.notBefore) {
              this.now();
            }
          },
        });
      } catch {
        // Whatever it was, the clock goes on by itself.
      }
      this.streams = false;
      if (toldAt !== null && Date.now() - toldAt >= EVERY_MS) {
        pause = FIRST_PAUSE_MS;
      }
      if (toldAt !== null && this.idle && !signal.aborted) {
        this.wait(this.interval(false));
      }
      await new Promise((done) => setTimeout(done, spread(pause)));
      pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
    }
  }
}

/** A little more or less, so that a thousand phones that lost us at once do not come back at once. */
function spread(milliseconds) {
  return milliseconds * (0.9 + Math.random() * 0.2);
}
