// How long to wait before the next try.

/** Doubles from half a second to the ceiling; jitter keeps many clients from returning in step. */
export function backoff(tries: number, ceilingMs = 30_000, random = Math.random): number {
  const limit = Math.min(ceilingMs, 500 * 2 ** tries);
  return limit / 2 + random() * (limit / 2);
}

export interface Pause {
  done: Promise<void>;
  end(): void;
}

/** A wait that something else (the network coming back, a tap on "retry") may cut short. */
export function pause(ms: number): Pause {
  let end = () => {};
  const done = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    end = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  return { done, end: () => end() };
}
