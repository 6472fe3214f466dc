// What the page says about the chat: the attributes of its one script line and its own language.
import { signal, type Signal } from "@preact/signals";
import { pickLanguage } from "../shared/language";
import type { Language } from "../shared/types";

export interface Customer {
  id: string;
  name?: string;
  signature?: string;
}

export interface Config {
  origin: string;
  customer: Customer | null;
  accent: string | null;
  side: "left" | "right";
  /** The interface's language, told to the server too; follows the page when it switches. */
  language: Signal<Language>;
}

function customerOf({ customerId, customerName, signature }: DOMStringMap): Customer | null {
  if (!customerId) return null;
  return { id: customerId, ...(customerName && { name: customerName }), ...(signature && { signature }) };
}

export function readConfig(script: HTMLScriptElement): Config {
  // What the page says goes first; a page in neither language leaves it to the browser.
  const tags = () => [script.dataset.lang, document.documentElement.lang, ...navigator.languages];
  const pick = () => pickLanguage(...tags());
  const language = signal(pick());
  const watch = new MutationObserver(() => (language.value = pick()));
  watch.observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
  watch.observe(script, { attributes: true, attributeFilter: ["data-lang"] });
  return {
    origin: new URL(script.src).origin,
    customer: customerOf(script.dataset),
    accent: script.dataset.accent || (globalThis as { YORISOI_ACCENT?: string }).YORISOI_ACCENT || null,
    side: script.dataset.position === "left" ? "left" : "right",
    language,
  };
}
