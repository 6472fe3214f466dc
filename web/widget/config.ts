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
  /** The page's own tag ("ja", "en-US"), told to the server. */
  locale: () => string;
  /** The interface's language; follows the page when it switches. */
  language: Signal<Language>;
}

function customerOf({ customerId, customerName, signature }: DOMStringMap): Customer | null {
  if (!customerId) return null;
  return { id: customerId, ...(customerName && { name: customerName }), ...(signature && { signature }) };
}

export function readConfig(script: HTMLScriptElement): Config {
  const locale = () => script.dataset.lang || document.documentElement.lang || navigator.language || "en";
  const language = signal(pickLanguage(locale()));
  const watch = new MutationObserver(() => (language.value = pickLanguage(locale())));
  watch.observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
  watch.observe(script, { attributes: true, attributeFilter: ["data-lang"] });
  return {
    origin: new URL(script.src).origin,
    customer: customerOf(script.dataset),
    accent: script.dataset.accent || null,
    side: script.dataset.position === "left" ? "left" : "right",
    locale,
    language,
  };
}
