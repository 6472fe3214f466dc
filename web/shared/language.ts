// Which of the two interface languages to use, and dates and numbers in it.
import type { Language } from "./types";

/** The first of the tags ("ja-JP", "fr") that is one of ours; English where none is. */
export function pickLanguage(...tags: (string | null | undefined)[]): Language {
  const spoken = tags.map((tag) => tag?.toLowerCase().split(/[-_]/)[0]);
  return spoken.find((each): each is Language => each === "ja" || each === "en") ?? "en";
}

export function clock(iso: string, language: Language): string {
  return new Date(iso).toLocaleTimeString(language, { hour: "numeric", minute: "2-digit" });
}

/** Today: the time only; earlier: with the date. */
export function moment(iso: string, language: Language): string {
  const then = new Date(iso);
  if (then.toDateString() === new Date().toDateString()) return clock(iso, language);
  return then.toLocaleString(language, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
}
