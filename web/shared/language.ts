// Which interface language to use, and dates and numbers in it.
import type { Language } from "./types";

export const LANGUAGES: readonly Language[] = ["ja", "en"];

/** The first of the tags ("ja-JP", "fr") that is one of `ours`; English where none is. */
export function pickLanguage<T extends string>(ours: readonly (T | "en")[], ...tags: (string | null | undefined)[]): T | "en" {
  const spoken = tags.map((tag) => tag?.toLowerCase().split(/[-_]/)[0]);
  return spoken.flatMap((each) => ours.find((one) => one === each) ?? [])[0] ?? "en";
}

export function clock(iso: string, language: string): string {
  return new Date(iso).toLocaleTimeString(language, { hour: "numeric", minute: "2-digit" });
}

/** Today: the time only; earlier: with the date. */
export function moment(iso: string, language: Language): string {
  const then = new Date(iso);
  if (then.toDateString() === new Date().toDateString()) return clock(iso, language);
  return then.toLocaleString(language, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
}
