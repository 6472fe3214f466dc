// The shop's language: the address's, else what was chosen before, else the browser's; written to <html lang> where the widget reads it.
import { effect, signal } from "@preact/signals";
import { LANGUAGES, pickLanguage } from "../shared/language";
import { load, save } from "../shared/store";
import type { Language } from "../shared/types";
import { text } from "./text";

const KEY = "komorebi:language";
export const language = signal<Language>("ja");

export function followAddress(): void {
  language.value = pickLanguage(LANGUAGES, new URLSearchParams(location.search).get("lang"), load<string>(KEY), ...navigator.languages);
  effect(() => {
    document.documentElement.lang = language.value;
    document.title = text[language.value].shop;
  });
}

export function choose(next: Language): void {
  language.value = next;
  save(KEY, next);
  const address = new URL(location.href);
  address.searchParams.set("lang", next);
  history.replaceState(null, "", address);
}
