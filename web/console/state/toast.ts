// Short words at the edge of the screen about what just happened.
import { signal } from "@preact/signals";

interface Toast {
  id: number;
  words: string;
  bad: boolean;
}

const SECONDS = 6;
let last = 0;

export const toasts = signal<Toast[]>([]);

export const dismiss = (id: number): void => {
  toasts.value = toasts.value.filter((each) => each.id !== id);
};

export function say(words: string, bad = false): void {
  const id = ++last;
  // Good news is old news as soon as the next comes; what went wrong stays its time.
  toasts.value = [...toasts.value.filter((each) => each.bad), { id, words, bad }];
  setTimeout(() => dismiss(id), SECONDS * 1000);
}
