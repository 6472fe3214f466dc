// A clock that ticks each second, for waiting times.
import { signal } from "@preact/signals";
import type { Text } from "../text";

export const now = signal(Date.now());
setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 1000);

export function span(seconds: number, text: Text): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole >= 86_400) return text.days(Math.floor(whole / 86_400));
  if (whole >= 3_600) return text.hours(Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60));
  return text.minutes(Math.floor(whole / 60), whole % 60);
}
