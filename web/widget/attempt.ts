// A tap that needs the server: said to be under way, and said when it failed, with a way to try again.
import { type Signal, signal } from "@preact/signals";
import { LEFT } from "../shared/outbox";

export interface Notice {
  words: string;
  again: () => void;
}

export const notice = signal<Notice | null>(null);

export function useAttempt(words: string) {
  return async function attempt(action: () => Promise<unknown>, busy?: Signal<boolean>): Promise<boolean> {
    notice.value = null;
    if (busy) busy.value = true;
    try {
      await action();
      return true;
    } catch (problem) {
      // Whoever is here now did not ask for it.
      if (problem === LEFT) return false;
      notice.value = { words, again: () => void attempt(action, busy) };
      return false;
    } finally {
      if (busy) busy.value = false;
    }
  };
}
