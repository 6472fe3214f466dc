// The language of the agent's screen: their choice, else the browser's.
import { effect, signal } from "@preact/signals";
import { LANGUAGES, pickLanguage } from "../../shared/language";
import { load, save } from "../../shared/store";
import type { Language } from "../../shared/types";
import { en } from "./en";
import { ja } from "./ja";

const KEY = "yorisoi:console:language";

export type Text = typeof ja;
export const language = signal<Language>(pickLanguage(LANGUAGES, load<string>(KEY), ...navigator.languages));
export const text = (): Text => (language.value === "ja" ? ja : en);

export function switchLanguage(): void {
  language.value = language.value === "ja" ? "en" : "ja";
  save(KEY, language.value);
}

/** The table's word for a code of the API; a code that is new to this build shows as it is. */
export const word = (table: Record<string, string>, code: string): string => (Object.hasOwn(table, code) && table[code]) || code;

effect(() => {
  document.documentElement.lang = language.value;
});
