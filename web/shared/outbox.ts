// Messages on their way: kept in storage until the server has them, retried with the same id.
// More than one person may write in one browser: what somebody else wrote waits, unseen, until that person is back.
import { signal, type Signal } from "@preact/signals";
import { type Pause, backoff, pause } from "./backoff";
import { ApiError } from "./http";
import { load, onOtherTab, save } from "./store";

export interface Unsent {
  id: string;
  text: string;
  at: string;
  /** null while it is being tried; else why it stays unsent. */
  failed: "offline" | "refused" | null;
  why: string | null;
  /** The customer who wrote it; null: nobody who had logged in. */
  owner?: string | null;
  /** Number of the newest message that was there when it was written: a refused one stays behind it. */
  after?: number;
}

interface Outbox<T extends Unsent> {
  entries: Signal<T[]>;
  add(entry: T): void;
  retry(id: string): void;
  remove(id: string): void;
  /** The network is back: try everything that failed for want of it. */
  wake(): void;
  /** Another person is there: what is theirs comes into sight, the rest leaves it. */
  reload(): void;
  /** Corrects what is stored, other people's too. */
  change(edit: (list: T[]) => T[]): void;
}

const TRIES = 5;

/** Thrown by `send` when the writer has left meanwhile: the entry waits for their return. */
export const LEFT = new Error("Somebody else is here.");

export function createOutbox<T extends Unsent>(
  key: string,
  send: (entry: T) => Promise<unknown>,
  isMine: (entry: T) => boolean = () => true,
): Outbox<T> {
  const stored = () => load<T[]>(key) ?? [];
  const entries = signal<T[]>(stored().filter(isMine));
  let pumping = false;
  let resting: Pause | null = null;

  // Every change starts from what is stored, since another tab may have written meanwhile.
  function change(edit: (list: T[]) => T[]): void {
    const edited = edit(stored());
    save(key, edited.length ? edited : null);
    entries.value = edited.filter(isMine);
  }

  const mark = (chosen: (entry: T) => boolean, failed: T["failed"], why: string | null = null) =>
    change((list) => list.map((entry) => (isMine(entry) && chosen(entry) ? { ...entry, failed, why } : entry)));
  const remove = (id: string) => change((list) => list.filter((entry) => entry.id !== id));

  async function attempt(entry: T): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await send(entry);
        return remove(entry.id);
      } catch (problem) {
        if (problem === LEFT) return;
        if (!(problem instanceof ApiError)) throw problem;
        if (!problem.passing) return mark((each) => each.id === entry.id, "refused", problem.code || String(problem.status));
        // The order matters: when one cannot go out, those behind it must not overtake it.
        if (tries === TRIES) return mark((each) => each.failed === null, "offline");
        resting = pause(problem.retryAfter ? problem.retryAfter * 1000 : backoff(tries, 8_000));
        await resting.done;
        if (!entries.value.some((each) => each.id === entry.id)) return;
      }
    }
  }

  async function pump(): Promise<void> {
    if (pumping) return;
    pumping = true;
    try {
      for (let next = first(); next; next = first()) await attempt(next);
    } finally {
      pumping = false;
    }
  }

  const first = () => entries.value.find((entry) => entry.failed === null);

  function wake(): void {
    if (entries.value.some((entry) => entry.failed === "offline")) mark((entry) => entry.failed === "offline", null);
    resting?.end();
    void pump();
  }

  function reload(): void {
    entries.value = stored().filter(isMine);
    resting?.end();
    void pump();
  }

  onOtherTab(key, () => (entries.value = stored().filter(isMine)));
  return {
    entries,
    change,
    reload,
    remove,
    wake,
    add(entry) {
      change((list) => [...list, entry]);
      void pump();
    },
    retry(id) {
      mark((entry) => entry.id === id || entry.failed === "offline", null);
      void pump();
    },
  };
}
